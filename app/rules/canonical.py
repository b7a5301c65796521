"""One spelling for every published fact, so that its fingerprint can be recomputed by anyone.

Source: RFC 8785 (JSON Canonicalization Scheme) for the subset without fractions; PUBLIC_LOG.
"""

import hashlib
from collections.abc import Mapping
from json.encoder import encode_basestring

LARGEST_INTEGER = 2**53 - 1
"""Beyond this JSON readers that use doubles lose digits (RFC 8785 section 3.2.2.3, RFC 7493 section 2.2)."""

NONCE_BYTES = 32
"""A commitment's nonce has 256 bits, so that a short text cannot be guessed from its fingerprint."""


class NotCanonical(ValueError):
    """The value has no canonical spelling here: a fraction, a huge integer, a broken text, a foreign type."""


def canonical(value: object) -> bytes:
    """Spell a fact the one canonical way: RFC 8785 JSON in UTF-8.

    Takes None, booleans, integers up to ±(2**53 - 1), texts, lists or tuples of these, and mappings with text
    keys; keys are sorted by their UTF-16 code units. Amounts that are not whole are written as "p/q" texts.
    Raises NotCanonical for anything else, fractions (floats) above all: their spelling differs by language.
    """
    try:
        return _spell(value).encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical("a text with half a surrogate pair is broken") from None


def digest(value: object) -> str:
    """Give the fingerprint of a published fact: lower-case hex SHA-256 of its canonical spelling.

    Raises NotCanonical as `canonical` does. Source: PUBLIC_LOG (charter, rule and manifest hashes).
    """
    return hashlib.sha256(canonical(value)).hexdigest()


def commitment(tag: str, nonce: bytes, payload: object) -> str:
    """Bind a private text in public: hex SHA-256(tag ‖ 0x00 ‖ nonce ‖ JCS(payload)).

    `tag` names the kind and version of the thing, such as "rembuk/ballot/v1": printable ASCII without spaces.
    `nonce` is 32 random bytes used once; destroying it and the payload erases the person's data and leaves
    the log intact. Raises ValueError for a bad tag or nonce, NotCanonical for a payload that has no spelling.
    Source: PUBLIC_LOG, "What goes in".
    """
    if not tag or not (tag.isascii() and tag.isprintable()) or " " in tag:
        raise ValueError("a commitment's tag is printable ASCII without spaces")
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a commitment's nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
    return hashlib.sha256(tag.encode("ascii") + b"\x00" + nonce + canonical(payload)).hexdigest()


def _spell(value: object) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _spell_integer(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_spell(item) for item in value) + "]"
    if isinstance(value, (dict, Mapping)):  # the first is asked for quickly
        return "{" + ",".join(f"{encode_basestring(key)}:{_spell(value[key])}" for key in _sorted_keys(value)) + "}"
    raise NotCanonical(f"{type(value).__name__} has no canonical spelling")


def _spell_integer(value: int) -> str:
    if abs(value) > LARGEST_INTEGER:
        raise NotCanonical("an integer beyond 2**53 - 1 is written as a text")
    return int.__repr__(value)


def _sorted_keys(value: Mapping[object, object]) -> list[str]:
    keys: list[str] = []
    for key in value:
        if not isinstance(key, str):
            raise NotCanonical(f"a key is a text, not {type(key).__name__}")
        keys.append(key)
    return sorted(keys, key=None if "".join(keys).isascii() else _utf16)


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")
