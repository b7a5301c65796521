"""A charter says what it must, does not contradict itself, and its promises are read as they were written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.charters import (
    NOTHING_PROMISED,
    TEXTS,
    Change,
    Period,
    Promises,
    Reopening,
    Ways,
    checklist,
    contradictions,
    in_force,
    missing,
    promises,
    question_changed,
    reopening,
)
from app.rules.phases import Phase
from tests.factories import CHARTER

ALL = Ways(proposes=True, comments=True, votes=True, kind="three", open_counts=True)
SILENT = Ways(proposes=False, comments=False, votes=False, kind="support", open_counts=False)
EVERYTHING = (
    "can_change", "cannot_change", "decider", "legal_basis", "influence", "criteria", "votes_use", "paper", "late",
    "due_proposal", "due_comment", "due_question", "privacy", "published",
)  # fmt: skip


def changed(**parts: Any) -> dict[str, Any]:
    return {**CHARTER, **parts}


def test_an_empty_charter_lacks_everything_and_a_whole_one_nothing() -> None:
    assert missing({}, ALL) == EVERYTHING
    assert missing(CHARTER, ALL) == ()
    assert [it.code for it in checklist(CHARTER, ALL) if it.code != "rule"] == list(EVERYTHING)


def test_what_nobody_can_do_needs_no_word() -> None:
    assert set(EVERYTHING) - set(missing({}, SILENT)) == {"votes_use", "due_proposal", "due_comment"}


@pytest.mark.parametrize("code", [code for code in EVERYTHING if not code.startswith("due_")])
def test_each_part_is_missed_when_it_is_empty(code: str) -> None:
    empty: Any = [] if code == "criteria" else ""
    assert missing(changed(**{code: empty}), ALL) == (code,)


@pytest.mark.parametrize("kind", ["proposal", "comment", "question"])
def test_each_kind_is_answered_in_time_or_said_not_to_be(kind: str) -> None:
    for said, lacking in ((None, (f"due_{kind}",)), ("none", ()), ({"days": 1, "basis": "calendar"}, ())):
        assert missing(changed(due={**CHARTER["due"], kind: said}), ALL) == lacking


def test_places_need_a_word_on_ties_and_the_engine_has_to_be_known() -> None:
    assert missing(changed(rule=CHOOSING), ALL) == ()
    for rule in ({**CHOOSING, "ties": ""}, {"engine": "approval/2"}):
        assert missing(changed(rule=rule), ALL) == ("rule",)
        assert missing(changed(rule=rule), SILENT) == ()
    assert missing(changed(rule={**CHOOSING, "most": None, "ties": ""}), ALL) == ()


def test_an_influence_nobody_knows_is_none() -> None:
    assert missing(changed(influence="advise"), ALL) == ("influence",)


def test_promises_are_read_as_written() -> None:
    due = {
        "proposal": {"days": 14, "basis": "working"},
        "comment": "none",
        "question": {"days": 3, "basis": "calendar"},
        "threshold": {"supports": 50, "days": 10, "basis": "working"},
    }
    assert promises(changed(due=due)) == Promises(Period(14, True), None, Period(3, False), 50, Period(10, True))
    assert promises({}) == NOTHING_PROMISED
    assert promises(CHARTER).threshold is promises(CHARTER).threshold_period is None


CHOOSING = {
    "engine": "approval/1", "quorum": 5000, "participation": {"least": "1/10", "of": 5000},
    "threshold": {"least": "1/2", "of": "choices", "more": False}, "most": 3, "ties": "all",
}  # fmt: skip
EARLY = {**CHARTER["due"], "threshold": {"supports": 50, "days": 10, "basis": "working"}}


@pytest.mark.parametrize(
    ("parts", "ways", "found"),
    [
        ({}, {}, ()),
        ({"influence": "binding"}, {"votes": False}, ("binding-without-votes",)),
        ({"influence": "inform"}, {}, ("inform-with-votes",)),
        ({"influence": "inform"}, {"votes": False}, ()),
        ({"influence": "binding"}, {}, ("binding-without-outcome",)),
        ({"influence": "binding", "rule": CHOOSING}, {}, ()),
        ({"rule": CHOOSING}, {"votes": False}, ("rule-without-votes",)),
        ({"rule": CHOOSING}, {"votings": 2}, ("several-votings",)),
        ({"rule": {**CHOOSING, "quorum": 5001}}, {}, ("quorum-above-entitled",)),
        ({"rule": {**CHOOSING, "quorum": 5001, "participation": None}}, {}, ()),
        ({"rule": CHOOSING}, {"kind": "limited"}, ("threshold-of-choices",)),
        ({"rule": {**CHOOSING, "threshold": None}}, {"kind": "limited"}, ()),
        ({"due": EARLY}, {}, ()),
        ({"due": EARLY}, {"open_counts": False}, ("threshold-while-sealed",)),
        ({"due": EARLY}, {"votes": False}, ("threshold-without-votes",)),
        ({"due": EARLY}, {"proposes": False}, ("threshold-without-votes",)),
    ],
)
def test_what_cannot_be_true_together_is_named(
    parts: dict[str, Any], ways: dict[str, Any], found: tuple[str, ...]
) -> None:
    assert contradictions(changed(**parts), Ways(**{**vars(ALL), **ways})) == found


@given(st.lists(st.one_of(st.none(), st.integers(0, 100)), max_size=6))
def test_weights_are_all_there_and_make_a_hundred_or_none_is(weights: list[int | None]) -> None:
    criteria = [{"name": "K", "other": "", "weight": weight} for weight in weights]
    even = all(weight is None for weight in weights) or (None not in weights and sum(filter(None, weights)) == 100)
    assert contradictions(changed(criteria=criteria), ALL) == (() if even else ("weights",))


NOW = datetime(2026, 5, 4, 3, 17, 12, tzinfo=UTC)


def voting(opens: timedelta, closes: timedelta, **ended: Any) -> Phase:
    return Phase("voting", NOW + opens, NOW + closes, frozenset({"vote"}), **ended)


DAY = timedelta(days=1)
OPEN = voting(-DAY, 9 * DAY)


@pytest.mark.parametrize("part", ["question", "rule", "influence"])
def test_what_people_vote_on_is_confirmed_when_voting_has_begun(part: str) -> None:
    full_hour = NOW.replace(hour=4, minute=0, second=0)
    assert reopening({part, "late"}, [OPEN], NOW) == Reopening(True, full_hour)
    assert reopening({part}, [voting(DAY, 9 * DAY)], NOW) == Reopening(False, NOW)
    assert reopening({part}, [], NOW) == Reopening(False, NOW)
    assert reopening({part}, [voting(-DAY, 3 * DAY)], NOW) is Change.NO_TIME
    assert reopening({part}, [voting(-9 * DAY, -DAY), OPEN], NOW) is Change.VOTES_CAST
    assert reopening({part}, [voting(-DAY, DAY, ended_at=NOW)], NOW) is Change.VOTES_CAST
    assert reopening({part}, [OPEN], NOW, NOW + DAY) is Change.STILL_PENDING
    assert reopening({part}, [OPEN], NOW, NOW) == Reopening(True, full_hour)
    assert reopening({part}, [OPEN, voting(20 * DAY, 21 * DAY)], NOW) == Reopening(True, full_hour)


@given(st.sets(st.sampled_from([*TEXTS, "due", "criteria", "notes"])), st.integers(-20, 20), st.integers(1, 20))
def test_all_else_reopens_nothing_and_applies_at_once(parts: set[str], opens: int, days: int) -> None:
    phase = voting(opens * DAY, (opens + days) * DAY)
    assert reopening(parts, [phase], NOW) == Reopening(False, NOW)


@given(st.integers(0, 10**6), st.integers(1, 400))
def test_a_change_that_is_confirmed_applies_within_the_hour_and_leaves_time(seconds: int, hours: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    phase = Phase("voting", NOW - DAY, now + timedelta(hours=hours), frozenset({"vote"}))
    found = reopening({"rule"}, [phase], now)
    if isinstance(found, Reopening):
        assert timedelta(0) < found.applies_from - now <= timedelta(hours=1)
        assert (found.applies_from.minute, found.applies_from.second) == (0, 0)
        assert phase.closes - found.applies_from >= timedelta(days=3)
    else:
        assert found is Change.NO_TIME and hours < 73


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (("Di mana?", ""), ("Di mana?", "Where?"), False),
        (("Di mana?", "Where?"), ("Di mana?", "Where?"), False),
        (("Di mana?", "Where?"), ("Kapan?", "Where?"), True),
        (("Di mana?", "Where?"), ("Di mana?", "When?"), True),
        (("Di mana?", "Where?"), ("Di mana?", ""), True),
    ],
)
def test_a_question_changes_with_its_words_not_with_a_further_language(
    before: tuple[str, str], after: tuple[str, str], changed: bool
) -> None:
    assert question_changed(before, after) is changed


def test_only_the_latest_change_can_be_pending() -> None:
    assert [in_force(2, NOW, NOW + step * DAY) for step in (-1, 0, 1)] == [1, 2, 2]
    assert in_force(0, None, NOW) == 0
