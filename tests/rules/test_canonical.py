"""A published fact has one spelling and one fingerprint, whoever recomputes it."""

import hashlib
import json
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.canonical import LARGEST_INTEGER, NotCanonical, canonical, commitment, digest

NONCE = bytes(range(32))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
facts = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def test_keys_are_sorted_by_utf16_units_as_in_rfc_8785_section_3_2_3() -> None:
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert canonical(value).decode() == (
        '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",'
        '"€":"Euro Sign","\U0001f600":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
    )


def test_strings_and_literals_as_in_rfc_8785_section_3_2_2() -> None:
    value = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]}
    assert canonical(value).hex() == (
        # the bytes RFC 8785 section 3.2.4 prints, without the member "numbers" (fractions are refused here)
        "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c"
        "22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d"
    )


def test_every_control_character_is_escaped_the_short_way() -> None:
    assert canonical("\b\t\n\f\r\x00\x1f\x7f\u2028") == b'"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f\xe2\x80\xa8"'


def test_the_neighbours_of_the_surrogates_are_texts() -> None:
    assert canonical("\ud7ff\ue000") == b'"\xed\x9f\xbf\xee\x80\x80"'


def test_nothing_is_normalised_and_no_space_is_added() -> None:
    assert canonical(["A\u030a", "\u00c5", {"b": [], "a": {}}]) == b'["A\xcc\x8a","\xc3\x85",{"a":{},"b":[]}]'


def test_a_tuple_is_a_list_and_an_enumerated_text_its_value() -> None:
    class Choice(StrEnum):
        SUPPORT = "support"

    assert canonical((Choice.SUPPORT, 0, -1)) == b'["support",0,-1]'


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        Decimal(1),
        Fraction(1, 2),
        b"x",
        {1: 2},
        {1, 2},
        object(),
        [{"a": 0.5}],
        2**53,
        -(2**53),
    ],
)
def test_what_has_no_common_spelling_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


@pytest.mark.parametrize("value", [chr(0xD800), chr(0xDFFF), {"\udc00": 1}, ["\ude00\ud83d"]], ids=ascii)
def test_half_a_surrogate_pair_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_the_largest_integers_are_kept_whole() -> None:
    assert canonical([2**53 - 1, -(2**53) + 1]) == b"[9007199254740991,-9007199254740991]"


@given(facts)
def test_any_json_reader_gets_the_fact_back_and_spells_it_the_same(fact: Any) -> None:
    spelled = canonical(fact)
    assert json.loads(spelled) == fact
    assert canonical(json.loads(spelled)) == spelled


@given(st.dictionaries(texts, st.integers(0, 9), min_size=2, max_size=6), st.randoms())
def test_the_order_in_which_keys_were_set_does_not_matter(fact: dict[str, int], random: Any) -> None:
    keys = list(fact)
    random.shuffle(keys)
    assert canonical({key: fact[key] for key in keys}) == canonical(fact)


def test_the_digest_is_sha256_of_the_spelling() -> None:
    assert digest({"b": 1, "a": "é"}) == hashlib.sha256(b'{"a":"\xc3\xa9","b":1}').hexdigest()


def test_a_commitment_is_the_hash_of_tag_zero_nonce_and_payload() -> None:
    payload = b'{"choice":"support","version":2}'
    expected = hashlib.sha256(b"rembuk/ballot/v1\x00" + NONCE + payload).hexdigest()
    assert commitment("rembuk/ballot/v1", NONCE, {"version": 2, "choice": "support"}) == expected


def test_a_commitment_changes_with_tag_nonce_and_payload() -> None:
    ways = {
        commitment("rembuk/ballot/v1", NONCE, {"choice": "support"}),
        commitment("rembuk/ballot/v2", NONCE, {"choice": "support"}),
        commitment("rembuk/ballot/v1", bytes(32), {"choice": "support"}),
        commitment("rembuk/ballot/v1", NONCE, {"choice": "oppose"}),
    }
    assert len(ways) == 4


def test_a_tag_may_use_every_printable_character() -> None:
    assert commitment("!~", NONCE, 0) == hashlib.sha256(b"!~\x00" + NONCE + b"0").hexdigest()


@pytest.mark.parametrize("nonce", [b"", bytes(31), bytes(33)])
def test_a_commitment_needs_a_whole_nonce(nonce: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        commitment("rembuk/ballot/v1", nonce, {})


@pytest.mark.parametrize("tag", ["", "a\x00b", "ballot é", "a b", "a\n", "a\x7f"])
def test_a_tag_cannot_run_into_the_nonce(tag: str) -> None:
    with pytest.raises(ValueError, match="tag"):
        commitment(tag, NONCE, {})
