"""Decisions are numbered year by year without gaps, and each number has one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.decision_numbers import (
    DecisionNumber,
    decision_number,
    missing_decision_numbers,
    next_decision_number,
    read_decision_number,
)


@pytest.mark.parametrize(
    ("year", "ordinal", "printed"),
    [(2026, 1, "K-2026-001"), (2026, 999, "K-2026-999"), (2031, 1000, "K-2031-1000")],
)
def test_a_number_is_printed_with_year_and_three_digits(year: int, ordinal: int, printed: str) -> None:
    assert str(decision_number(year, ordinal)) == printed


@given(st.integers(1000, 9999), st.integers(1, 999_999))
def test_a_printed_number_is_read_back(year: int, ordinal: int) -> None:
    number = decision_number(year, ordinal)
    assert read_decision_number(str(number)) == number
    assert read_decision_number(f" {str(number).lower()}\n") == number


@given(st.text() | st.from_regex(r"\A[Kk]-[0-9]{3,5}-[0-9]{1,7}\Z"))
def test_what_is_read_is_spelled_in_exactly_one_way(text: str) -> None:
    number = read_decision_number(text)
    assert number is None or str(number) == text.strip().upper()


@pytest.mark.parametrize(
    "text",
    [
        "", "K-2026-1", "K-2026-01", "K-2026-000", "K-2026-0001", "K-0226-001", "K-26-001", "K2026001",
        "S-2026-001", "K-2026-001x", "K-2026--01", "K-2026-１２３", "\u212a-2026-001", "K-2026-1000000",
    ],
)  # fmt: skip
def test_anything_else_is_not_a_number(text: str) -> None:
    assert read_decision_number(text) is None


@pytest.mark.parametrize(("year", "ordinal"), [(999, 1), (10000, 1), (2026, 0), (2026, -1), (2026, 1_000_000)])
def test_impossible_numbers_are_refused(year: int, ordinal: int) -> None:
    with pytest.raises(ValueError, match="no decision"):
        decision_number(year, ordinal)


@given(st.lists(st.sampled_from([2025, 2026, 2027])))
def test_numbers_given_one_after_the_other_have_no_gap_in_any_year(years: list[int]) -> None:
    numbers: list[DecisionNumber] = []
    for year in years:
        numbers.append(next_decision_number(year, reversed(numbers)))
    assert len(set(numbers)) == len(numbers)
    assert missing_decision_numbers(numbers) == ()


def test_a_number_is_never_given_twice() -> None:
    assert next_decision_number(2026, [DecisionNumber(2026, 3), DecisionNumber(2025, 9)]) == (2026, 4)


def test_removed_decisions_show_as_gaps() -> None:
    there = [DecisionNumber(2027, 2), DecisionNumber(2026, 4), DecisionNumber(2026, 2)]
    assert missing_decision_numbers(there) == ((2026, 1), (2026, 3), (2027, 1))
