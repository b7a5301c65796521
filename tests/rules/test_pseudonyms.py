"""A voter has one name inside a consultation, and none that links two consultations."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.pseudonyms import consultation_key, pid

MASTER = bytes(range(32))
KEY = consultation_key(MASTER, b"s" * 16)


def test_the_key_is_hmac_of_the_salt_under_the_master_key() -> None:
    assert hmac.new(MASTER, b"s" * 16, hashlib.sha256).digest() == KEY


def test_the_hmac_is_that_of_rfc_4231() -> None:
    # test case 6 of RFC 4231: a key longer than a block
    key = consultation_key(b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First")
    assert key.hex() == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"


def test_a_pseudonym_is_a_known_value_that_never_changes() -> None:
    # the first 26 base32 digits of HMAC-SHA-256(32 zero bytes, "7"), worked out bit by bit
    bits = int.from_bytes(hmac.new(bytes(32), b"7", hashlib.sha256).digest(), "big") >> (256 - 130)
    expected = ""
    for _ in range(26):
        bits, digit = divmod(bits, 32)
        expected = "abcdefghijklmnopqrstuvwxyz234567"[digit] + expected
    assert pid(bytes(32), 7) == expected


@given(st.integers(1) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_pseudonym_is_stable_short_and_plain(participant: int | str) -> None:
    name = pid(KEY, participant)
    assert name == pid(KEY, participant)
    assert len(name) == 26
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz234567")


@given(st.lists(st.integers(1), unique=True, max_size=30))
def test_no_two_participants_share_a_pseudonym(participants: list[int]) -> None:
    assert len({pid(KEY, participant) for participant in participants}) == len(participants)


def test_another_consultation_or_master_key_gives_another_pseudonym() -> None:
    names = {
        pid(KEY, 1),
        pid(consultation_key(MASTER, b"t" * 16), 1),
        pid(consultation_key(bytes(32), b"s" * 16), 1),
    }
    assert len(names) == 3


def test_a_number_and_its_spelling_are_the_same_participant() -> None:
    assert pid(KEY, 12) == pid(KEY, "12")


def test_a_short_master_key_is_refused() -> None:
    with pytest.raises(ValueError, match="master key"):
        consultation_key(bytes(31), bytes(16))


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="salt"):
        consultation_key(bytes(32), bytes(15))


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
def test_a_key_of_another_length_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        pid(key, 1)


def test_nobody_has_no_pseudonym() -> None:
    with pytest.raises(ValueError, match="participant"):
        pid(KEY, "")
