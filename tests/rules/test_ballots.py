"""Every vote counts once, in any order, and nobody casts what the charter does not offer."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.ballots import (
    CHOICES,
    ENGINES,
    InvalidMark,
    Tally,
    UnknownEngine,
    UnknownKind,
    VersionTally,
    check_choice,
    check_limit,
    choices_of,
    tally,
    tally_all,
)

marks = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(CHOICES)), max_size=40)


def test_votes_on_all_versions_count_and_are_shown_by_version() -> None:
    counted = tally("count/1", [(3, "support"), (1, "support"), (1, "oppose"), (3, "neutral"), (1, "support")])
    assert counted == Tally(3, 1, 1, (VersionTally(1, 2, 1, 0), VersionTally(3, 1, 0, 1)))
    assert counted.total == 5


def test_no_votes_are_a_tally_of_nothing() -> None:
    assert tally("count/1", []) == Tally(0, 0, 0, ())


def test_an_even_split_has_no_winner() -> None:
    assert not [name for name in dir(tally("count/1", [(1, "support"), (1, "oppose")])) if "win" in name]


def test_a_generator_is_counted_like_a_list() -> None:
    assert tally("count/1", ((1, choice) for choice in CHOICES)) == Tally(1, 1, 1, (VersionTally(1, 1, 1, 1),))


@given(marks, st.randoms())
def test_permuted_ballots_give_the_same_tally(cast: list[tuple[int, str]], random: Any) -> None:
    shuffled = list(cast)
    random.shuffle(shuffled)
    assert tally("count/1", shuffled) == tally("count/1", cast)


@given(marks, marks)
def test_two_heaps_counted_apart_add_up(first: list[tuple[int, str]], second: list[tuple[int, str]]) -> None:
    one, other, both = tally("count/1", first), tally("count/1", second), tally("count/1", first + second)
    assert both.supports == one.supports + other.supports
    assert both.opposes == one.opposes + other.opposes
    assert both.neutrals == one.neutrals + other.neutrals


@given(marks)
def test_the_versions_add_up_to_the_whole_and_no_vote_is_lost(cast: list[tuple[int, str]]) -> None:
    counted = tally("count/1", cast)
    assert counted.total == len(cast)
    assert counted.supports == sum(row.supports for row in counted.by_version)
    assert [row.version for row in counted.by_version] == sorted({version for version, _ in cast})


@given(marks, st.integers(1, 4), st.sampled_from(CHOICES))
def test_one_more_vote_moves_exactly_one_figure_by_one(cast: list[tuple[int, str]], version: int, choice: str) -> None:
    before, after = tally("count/1", cast), tally("count/1", [*cast, (version, choice)])
    moved = (
        after.supports - before.supports,
        after.opposes - before.opposes,
        after.neutrals - before.neutrals,
    )
    assert moved == tuple(int(choice == known) for known in CHOICES)


@pytest.mark.parametrize("mark", [(1, "Support"), (1, ""), (0, "support"), (-1, "oppose"), (1, "abstain")])
def test_a_vote_that_cannot_exist_stops_the_count(mark: tuple[int, str]) -> None:
    with pytest.raises(InvalidMark):
        tally("count/1", [(1, "support"), mark])


def test_an_unknown_counting_rule_counts_nothing() -> None:
    with pytest.raises(UnknownEngine, match="count/2"):
        tally("count/2", [])
    with pytest.raises(UnknownEngine):
        tally_all("COUNT/1", [])


def test_the_counting_rules_cannot_be_exchanged_at_run_time() -> None:
    with pytest.raises(TypeError):
        ENGINES["count/1"] = lambda marks: Tally()  # type: ignore[index]
    assert list(ENGINES) == ["count/1", "approval/1"]


def test_a_whole_consultation_is_counted_proposal_by_proposal() -> None:
    counted = tally_all(
        "count/1",
        [("B", 1, "support"), ("A", 2, "oppose"), ("B", 1, "support"), ("Z", 1, "neutral")],
        subjects=["A", "B", "C"],
    )
    assert list(counted) == ["A", "B", "C", "Z"]
    assert counted["A"] == Tally(0, 1, 0, (VersionTally(2, 0, 1, 0),))
    assert counted["B"] == Tally(2, 0, 0, (VersionTally(1, 2, 0, 0),))
    assert counted["C"] == Tally()
    assert counted["Z"].neutrals == 1


def test_a_damaged_vote_anywhere_stops_the_whole_count() -> None:
    with pytest.raises(InvalidMark):
        tally_all("count/1", [("A", 1, "support"), ("B", 1, "maybe")])


@pytest.mark.parametrize(
    ("kind", "offered"),
    [
        ("support", ("support",)),
        ("three", ("support", "oppose", "neutral")),
        ("limited", ("support",)),
    ],
)
def test_each_kind_of_voting_takes_what_it_offers_and_nothing_else(kind: str, offered: tuple[str, ...]) -> None:
    assert choices_of(kind) == offered
    for choice in (*CHOICES, "", "Support", "abstain"):
        assert check_choice(kind, choice) == (None if choice in offered else "choice-not-offered")


@pytest.mark.parametrize("kind", ["", "Three", "budget"])
def test_an_unknown_kind_of_voting_is_an_error(kind: str) -> None:
    with pytest.raises(UnknownKind):
        check_choice(kind, "support")
    with pytest.raises(UnknownKind):
        check_limit(kind, 3, 0)


def test_the_last_support_of_a_limited_vote_is_taken_and_the_next_is_not() -> None:
    assert check_limit("limited", 3, 2) is None
    assert check_limit("limited", 3, 3) == "limit-reached"
    assert check_limit("limited", 3, 9) == "limit-reached"


def test_a_limit_of_one_takes_one() -> None:
    assert check_limit("limited", 1, 0) is None
    assert check_limit("limited", 1, 1) == "limit-reached"


def test_a_tally_cannot_be_changed_after_the_count() -> None:
    with pytest.raises(FrozenInstanceError):
        Tally().supports = 1  # type: ignore[misc]


def test_casting_the_same_support_again_needs_no_room() -> None:
    assert check_limit("limited", 3, 3, changes=True) is None


@pytest.mark.parametrize("kind", ["support", "three"])
@pytest.mark.parametrize("limit", [None, 0, 1])
def test_other_kinds_have_no_limit(kind: str, limit: int | None) -> None:
    assert check_limit(kind, limit, 1000) is None


@pytest.mark.parametrize("limit", [None, 0, -1])
def test_a_limited_vote_without_a_limit_is_an_error(limit: int | None) -> None:
    with pytest.raises(ValueError, match="limit of at least 1"):
        check_limit("limited", limit, 0)


@pytest.mark.parametrize("kind", ["limited", "three"])
def test_a_count_below_nothing_is_an_error(kind: str) -> None:
    with pytest.raises(ValueError, match="fewer than no"):
        check_limit(kind, 3, -1)
