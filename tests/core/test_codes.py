"""A contribution's code survives being read aloud, typed and mistyped."""

import re
import secrets
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.codes import ALPHABET, check_character, new_code, read_code

codes = st.integers(0, 2**32).map(lambda seed: new_code(Random(seed)))


def plain(code: str) -> str:
    return code.replace("-", "")


def test_a_code_is_nine_characters_in_two_groups() -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{5}", new_code())
    assert len(ALPHABET) == len(set(ALPHABET)) == 32


def test_codes_come_from_chance_that_cannot_be_foretold() -> None:
    assert new_code.__defaults__ == (secrets,)
    assert len({new_code() for _ in range(1000)}) == 1000
    assert {character for _ in range(300) for character in plain(new_code())[:8]} == set(ALPHABET)


def test_a_seeded_source_gives_the_same_codes_again() -> None:
    assert new_code(Random(7)) == new_code(Random(7)) != new_code(Random(8))


def test_the_check_character_is_a_known_value_that_never_changes() -> None:
    assert check_character("00000000") == "0"
    # by hand: 1 is doubled once at the last place, eight times at the first (2^8 = 13 in this field)
    assert check_character("00000001") == "2"
    assert check_character("10000000") == "D"
    # and the sum of both without carrying: 13 xor 2 = 15
    assert check_character("10000001") == "F"


@given(codes)
def test_a_code_is_read_in_every_way_people_write_it(code: str) -> None:
    bare = plain(code)
    ways = [
        code,
        bare,
        code.lower(),
        f" {code} \n",
        " ".join(bare),
        bare[:3] + "-" + bare[3:6] + "-" + bare[6:],
        code.replace("-", "\u2013"),
        code.replace("-", "\u00a0"),
        code.replace("1", "I").replace("0", "O"),
        code.replace("1", "l").replace("0", "o"),
        code.replace("1", "i"),
    ]
    assert {read_code(way) for way in ways} == {code}


@given(codes)
def test_every_single_wrong_character_is_noticed(code: str) -> None:
    bare = plain(code)
    for place in range(9):
        for wrong in ALPHABET:
            if wrong != bare[place]:
                assert read_code(bare[:place] + wrong + bare[place + 1 :]) is None


@given(codes)
def test_every_swap_of_two_characters_is_noticed(code: str) -> None:
    bare = plain(code)
    for one, other in combinations(range(9), 2):
        if bare[one] != bare[other]:
            swapped = list(bare)
            swapped[one], swapped[other] = bare[other], bare[one]
            assert read_code("".join(swapped)) is None


@pytest.mark.parametrize("place", range(8))
def test_every_doubled_character_mistyped_is_noticed(place: int) -> None:
    for right, wrong in combinations(ALPHABET, 2):
        body = ("7KQ2" * 3)[:8]
        body = (body[:place] + right * 2 + body[place + 2 :])[:8]
        code = body + check_character(body)
        if code[place] == code[place + 1] == right:
            assert read_code(code[:place] + wrong * 2 + code[place + 2 :]) is None


@given(codes, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_a_missing_or_additional_character_is_noticed(code: str, place: int, more: str) -> None:
    bare = plain(code)
    assert read_code(bare[:place] + bare[place + 1 :]) is None
    assert read_code(bare[:place] + more + bare[place:]) is None


@pytest.mark.parametrize(
    "text",
    ["", "-", "0000", "U000-00000", "0000-0000U", "００００-０００００", "0000/00000", "../../etc/passwd",
     "<script>", "0000-0000\x00", "0000_00000", "\u0131000-00000", "\u017f000-00000", "0" * 10**6],
)  # fmt: skip
def test_what_is_no_code_is_not_read(text: str) -> None:
    assert read_code(text) is None


@given(st.text())
def test_reading_takes_any_text_and_what_it_gives_is_read_as_itself(text: str) -> None:
    code = read_code(text)
    assert code is None or read_code(code) == code
