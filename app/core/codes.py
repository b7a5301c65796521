"""The public code of a contribution: eight random characters and a check character, printed XXXX-XXXXX.

The alphabet is Crockford's base32 (no I, L, O, U). Crockford's own check symbol counts modulo 37 and
needs five further characters (*~$=U) that break in addresses and on the phone, so the check character
here comes from the same 32: read the characters as numbers of the field GF(2^5) (x^5 + x^2 + 1); the
code, taken as a polynomial, is zero at x = 2. The weights 2^8 … 2^0 are nine different elements, none of
them zero, so that every single wrong character, every swap of any two different characters (neighbours or
not) and every pair of equal characters mistyped as another pair (11 for 22) is noticed; other mistakes
pass once in 32 times.
"""

import secrets
from collections.abc import Sequence
from typing import Protocol

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_CHARACTERS = 8
_LONGEST_TYPED = 40

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_AS_READ = str.maketrans(
    {"I": "1", "L": "1", "O": "0"} | dict.fromkeys("- \t\r\n\u00a0\u2010\u2011\u2012\u2013\u2014\u2212")
)


class Chooser(Protocol):
    """A source of chance: the module `secrets`, or a seeded generator for demo and load data."""

    def choice(self, seq: Sequence[str], /) -> str: ...


def new_code(random: Chooser = secrets) -> str:
    """Make the code of a new contribution, in its printed form; its uniqueness is the database's to keep."""
    characters = "".join(random.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return _printed(characters + check_character(characters))


def read_code(text: str) -> str | None:
    """Read a code as a person types it and give its printed form; None where it is not a code.

    Upper or lower case, I and L for 1, O for 0, with or without hyphens and spaces.
    """
    if len(text) > _LONGEST_TYPED:
        return None
    characters = "".join(character.upper() if character.isascii() else character for character in text)
    characters = characters.translate(_AS_READ)
    if len(characters) != RANDOM_CHARACTERS + 1 or not _VALUES.keys() >= set(characters):
        return None
    return _printed(characters) if check_character(characters[:-1]) == characters[-1] else None


def check_character(characters: str) -> str:
    """The character that ends the code of these eight; see the module for the mistakes it notices."""
    total = 0
    for character in characters:
        total = _double(total ^ _VALUES[character])
    return ALPHABET[total]


def _double(element: int) -> int:
    """Multiply by 2 in GF(2^5): shift, and reduce by x^5 + x^2 + 1."""
    return element << 1 ^ (0b100101 if element & 0b10000 else 0)


def _printed(characters: str) -> str:
    return f"{characters[:4]}-{characters[4:]}"
