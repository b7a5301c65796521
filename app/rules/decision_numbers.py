"""The numbers of decisions: K-2026-001, in one row per year without gaps, given at publishing.

Source: ARCHITECTURE section 8, "Codes".
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

_PRINTED = re.compile(r"K-([1-9][0-9]{3})-([0-9]{3}|[1-9][0-9]{3,5})", re.ASCII)
_LAST_YEAR, _LAST_ORDINAL = 9999, 999_999


class DecisionNumber(NamedTuple):
    """A decision's place in its year: the calendar year of publishing and the ordinal, from 1."""

    year: int
    ordinal: int

    def __str__(self) -> str:
        return f"K-{self.year}-{self.ordinal:03}"


def decision_number(year: int, ordinal: int) -> DecisionNumber:
    """Make the number of the decision that is number `ordinal` (from 1) of its calendar year.

    `str()` of it is the printed form. Raises ValueError outside the years 1000 to 9999 and the ordinals 1 to
    999999.
    """
    if not 1000 <= year <= _LAST_YEAR:
        raise ValueError(f"no decision is made in the year {year}")
    if not 1 <= ordinal <= _LAST_ORDINAL:
        raise ValueError(f"no decision is number {ordinal} of its year")
    return DecisionNumber(year, ordinal)


def read_decision_number(text: str) -> DecisionNumber | None:
    """Read a decision number as a person types it, in capitals or not; None where it is not one.

    Each number has one spelling: three digits at least, no further zeros in front.
    """
    found = _PRINTED.fullmatch(text.strip().upper()) if text.isascii() else None
    if found is None or int(found[2]) == 0:
        return None
    return DecisionNumber(int(found[1]), int(found[2]))


def next_decision_number(year: int, given: Iterable[DecisionNumber]) -> DecisionNumber:
    """The number the next decision published in `year` gets: one more than the last of that year.

    `given` are the numbers given so far, of any years and in any order. A number that was given is never
    given again, even if one below it is missing. Raises ValueError as `decision_number` does.
    """
    last = max((number.ordinal for number in given if number.year == year), default=0)
    return decision_number(year, last + 1)


def missing_decision_numbers(given: Iterable[DecisionNumber]) -> tuple[DecisionNumber, ...]:
    """The gaps in the rows of numbers, in order: each is a decision that was given a number and is not there.

    Nothing is missing as long as numbers come from `next_decision_number` and no decision is removed.
    """
    known = set(given)
    lasts: dict[int, int] = {}
    for number in known:
        lasts[number.year] = max(number.ordinal, lasts.get(number.year, 0))
    rows = (DecisionNumber(year, ordinal) for year in sorted(lasts) for ordinal in range(1, lasts[year]))
    return tuple(number for number in rows if number not in known)
