"""What one person's votes say about proposals that were merged, so that everyone is counted once over the group.

A group is the proposal that remains and those merged into it. Each vote stays where it was cast; the counts of a group
are computed from the votes. The order and the moment of votes are not asked: no ballot carries them.

Source: issue on merging ("counted once per voter over the group, not by moving counters") and decision 020.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from datetime import datetime
from typing import NamedTuple, TypeVar

from app.rules.ballots import NEUTRAL, OPPOSE, SUPPORT
from app.rules.charters import CONFIRMING
from app.rules.phases import Phase

Voter = TypeVar("Voter", bound=Hashable)
Subject = TypeVar("Subject", bound=Hashable)


class Said(NamedTuple):
    """What one person's votes say in a group: their choices on what remains, on what was merged, and supports given."""

    on_remaining: frozenset[str]
    on_merged: frozenset[str]
    supported: int


class Together(NamedTuple):
    """The people behind a group, each counted once. Unit: people.

    `several` of those in support had supported more than one proposal of the group.
    """

    supports: int = 0
    opposes: int = 0
    neutrals: int = 0
    several: int = 0


def one_choice(said: Said) -> str | None:
    """The one choice a person has on a group; None for somebody who voted on none of it.

    A vote on the proposal that remains decides, because it is about the text that goes on. Without it, what was said
    of the merged ones counts: who supported one and opposed another is neutral, since nobody is counted for what they
    also opposed; a support or an opposition outweighs a neutral vote, which speaks for neither.
    """
    return _one(said.on_remaining) or _one(said.on_merged)


def _one(choices: Collection[str]) -> str | None:
    if SUPPORT in choices and OPPOSE in choices:
        return NEUTRAL
    return next((choice for choice in (SUPPORT, OPPOSE, NEUTRAL) if choice in choices), None)


def together(people: Iterable[tuple[Said, int]]) -> Together:
    """Count a group from how many people's votes say the same."""
    counted: Counter[str] = Counter()
    several = 0
    for said, number in people:
        choice = one_choice(said)
        if choice is not None:
            counted[choice] += number
        if choice == SUPPORT and said.supported > 1:
            several += number
    return Together(counted[SUPPORT], counted[OPPOSE], counted[NEUTRAL], several)


def by_person(votes: Iterable[tuple[Voter, Subject, str]], remaining: Subject) -> list[tuple[Said, int]]:
    """The votes on a group as (voter, proposal, choice), gathered into how many people's votes say the same."""
    on_remaining: dict[Voter, set[str]] = {}
    on_merged: dict[Voter, set[str]] = {}
    supported: dict[Voter, set[Subject]] = {}
    for voter, proposal, choice in votes:
        place = on_remaining if proposal == remaining else on_merged
        place.setdefault(voter, set()).add(choice)
        if choice == SUPPORT:
            supported.setdefault(voter, set()).add(proposal)
    said = Counter(
        Said(
            frozenset(on_remaining.get(voter, ())),
            frozenset(on_merged.get(voter, ())),
            len(supported.get(voter, ())),
        )
        for voter in {**on_remaining, **on_merged}
    )
    return list(said.items())


def latest(voting: Iterable[Phase], now: datetime) -> datetime | None:
    """Until when proposals can be merged, and a merge undone, given the phases with votes; None for no bound yet.

    Whoever voted needs time to keep or withdraw their vote: as long as after a change of what votes bring about. A
    voting that has not begun leaves them all of it.
    """
    return min((phase.end - CONFIRMING for phase in voting if phase.opens <= now), default=None)
