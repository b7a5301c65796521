"""People are counted once over merged proposals: against a count that asks each person by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.ballots import CHOICES
from app.rules.merging import Said, Together, by_person, latest, one_choice, together
from app.rules.phases import VOTE, Phase

VOTES = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 1)), st.sampled_from(CHOICES), max_size=40
)
"""One choice for each of (voter, proposal, voting phase); proposal 0 remains."""


def oracle(votes: dict[tuple[int, int, int], str]) -> Together:
    """Ask each person by themselves, in the words of the rule."""
    found = {"support": 0, "oppose": 0, "neutral": 0}
    several = 0
    for person in {voter for voter, _proposal, _phase in votes}:
        mine = [(proposal, choice) for (voter, proposal, _phase), choice in votes.items() if voter == person]
        deciding = [choice for proposal, choice in mine if proposal == 0] or [choice for _proposal, choice in mine]
        wants, wants_not = "support" in deciding, "oppose" in deciding
        choice = "neutral" if wants == wants_not else "support" if wants else "oppose"
        found[choice] += 1
        if choice == "support" and len({proposal for proposal, its in mine if its == "support"}) > 1:
            several += 1
    return Together(found["support"], found["oppose"], found["neutral"], several)


@given(VOTES)
def test_everyone_is_counted_once(votes: dict[tuple[int, int, int], str]) -> None:
    marks = [(voter, proposal, choice) for (voter, proposal, _phase), choice in votes.items()]
    counted = together(by_person(marks, 0))
    assert counted == oracle(votes)
    assert sum(counted[:3]) == len({voter for voter, _proposal, _choice in marks})
    assert together(by_person(reversed(marks), 0)) == counted, "the order of votes tells nothing"


@given(VOTES)
def test_where_only_supports_can_be_cast_it_is_the_union_of_the_supporters(
    votes: dict[tuple[int, int, int], str],
) -> None:
    marks = [(voter, proposal, "support") for voter, proposal, _phase in votes]
    assert together(by_person(marks, 0)).supports == len({voter for voter, _proposal, _choice in marks})


@pytest.mark.parametrize(
    ("remaining", "merged", "choice"),
    [
        ((), (), None),
        (("oppose",), ("support", "support"), "oppose"),
        (("neutral",), ("support",), "neutral"),
        ((), ("support", "oppose"), "neutral"),
        ((), ("support", "neutral"), "support"),
        ((), ("neutral", "oppose"), "oppose"),
        (("support", "oppose"), ("support",), "neutral"),
    ],
)
def test_what_each_case_gives(remaining: tuple[str, ...], merged: tuple[str, ...], choice: str | None) -> None:
    said = Said(frozenset(remaining), frozenset(merged), 0)
    assert one_choice(said) == choice
    assert sum(together([(said, 3)])[:3]) == (3 if choice else 0)


def test_voters_have_three_days_left() -> None:
    now, day = datetime(2026, 3, 1, tzinfo=UTC), timedelta(days=1)
    running, coming, over = (
        Phase("voting", now + opens * day, now + closes * day, frozenset({VOTE}))
        for opens, closes in ((-2, 5), (1, 4), (-5, -1))
    )
    assert latest([], now) is None and latest([coming], now) is None
    assert latest([running, coming], now) == now + 2 * day
    assert latest([running, over], now) == now - 4 * day, "a voting that is over leaves no time"
