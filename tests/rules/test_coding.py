"""Each contribution is coded, excluded or pending, and the three always add up to what was received."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.coding import Assignment, Balance, Exclusion, State, balance, state

THEN = datetime(2026, 5, 4, 3, 17, tzinfo=UTC)
BY = "Sri Lestari"
assignments = st.builds(Assignment, st.sampled_from([BY, "", " "]), st.sampled_from([None, THEN]))
exclusions = st.builds(
    Exclusion,
    st.sampled_from([BY, ""]),
    st.sampled_from(["unrelated", ""]),
    st.sampled_from(["Membicarakan hal lain.", " "]),
    st.sampled_from([None, THEN]),
)


@pytest.mark.parametrize(
    ("given", "kept_out", "expected"),
    [
        ([], [], State.PENDING),
        ([Assignment(BY)], [], State.CODED),
        ([Assignment(BY, THEN)], [], State.PENDING),
        ([Assignment(BY, THEN), Assignment(BY)], [], State.CODED),
        ([Assignment("")], [], State.PENDING),
        ([], [Exclusion(BY, "unrelated", "Membicarakan hal lain.")], State.EXCLUDED),
        ([Assignment(BY)], [Exclusion(BY, "unrelated", "Membicarakan hal lain.")], State.EXCLUDED),
        ([Assignment(BY)], [Exclusion(BY, "unrelated", "Membicarakan hal lain.", THEN)], State.CODED),
        ([], [Exclusion(BY, "unrelated", " ")], State.PENDING),
        ([], [Exclusion(BY, "", "Membicarakan hal lain.")], State.PENDING),
        ([], [Exclusion("", "unrelated", "Membicarakan hal lain.")], State.PENDING),
    ],
)
def test_the_state_follows_from_what_was_recorded(
    given: list[Assignment], kept_out: list[Exclusion], expected: State
) -> None:
    assert state(given, kept_out) is expected


@given(st.lists(st.tuples(st.lists(assignments, max_size=4), st.lists(exclusions, max_size=3)), max_size=30))
def test_it_always_balances(recorded: list[tuple[list[Assignment], list[Exclusion]]]) -> None:
    found = balance(state(*one) for one in recorded)
    assert found.holds and found.received == len(recorded)


@pytest.mark.parametrize("lost", [Balance(3, 1, 1, 0), Balance(3, 2, 1, 1), Balance(1, 2, 0, -1)])
def test_a_balance_that_does_not_hold_is_told(lost: Balance) -> None:
    assert not lost.holds
