"""How votes are counted and which votes may be cast: the engine `count/1` and the three kinds of voting.

Source: ARCHITECTURE section 9 (opening freezes the engine) and PUBLIC_LOG (engine ids are immutable: a
mistake in `count/1` is mended as `count/2`, and `count/1` stays for ever).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, TypeVar

SUPPORT, OPPOSE, NEUTRAL = "support", "oppose", "neutral"
CHOICES = (SUPPORT, OPPOSE, NEUTRAL)

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"support": (SUPPORT,), "three": CHOICES, "limited": (SUPPORT,)}
)
"""The kinds of voting and the choices each offers, in the order in which a page shows them."""

CHOICE_NOT_OFFERED = "choice-not-offered"
LIMIT_REACHED = "limit-reached"

Mark = tuple[int, str]
"""One vote on one proposal: the number of the version it was cast on (from 1), and the choice."""

Subject = TypeVar("Subject", bound=Hashable)


class UnknownEngine(ValueError):
    """No counting rule has this id: the result cannot be computed by this program."""


class UnknownKind(ValueError):
    """No kind of voting has this name."""


class InvalidMark(ValueError):
    """A vote names a choice or a version that cannot exist: the ballots are damaged, nothing is counted."""


class VersionTally(NamedTuple):
    """How many votes stand behind one version of a proposal's text. Unit: votes."""

    version: int
    supports: int
    opposes: int
    neutrals: int


@dataclass(frozen=True)
class Tally:
    """The counted votes on one proposal, all versions together and each by itself. Unit: votes.

    `by_version` is in the order of the versions and leaves out versions nobody voted on. There is no winner:
    `count/1` says how many, and the decision says what follows.
    """

    supports: int = 0
    opposes: int = 0
    neutrals: int = 0
    by_version: tuple[VersionTally, ...] = ()

    @property
    def total(self) -> int:
        """All votes on the proposal, whatever the choice."""
        return self.supports + self.opposes + self.neutrals


def count_1(marks: Iterable[Mark]) -> Tally:
    """Count the votes on one proposal as `count/1` does: every vote on every version counts once.

    Raises InvalidMark for a choice other than support, oppose or neutral and for a version below 1. The order
    of the marks does not matter. Source: ARCHITECTURE section 9.
    """
    counted = Counter(marks)
    for version, choice in counted:
        if choice not in CHOICES or version < 1:
            raise InvalidMark(f"no vote can be {choice!r} on version {version!r}")
    versions = sorted({version for version, _ in counted})
    rows = tuple(VersionTally(version, *(counted[version, choice] for choice in CHOICES)) for version in versions)
    return Tally(
        supports=sum(row.supports for row in rows),
        opposes=sum(row.opposes for row in rows),
        neutrals=sum(row.neutrals for row in rows),
        by_version=rows,
    )


ENGINES: Mapping[str, Callable[[Iterable[Mark]], Tally]] = MappingProxyType({"count/1": count_1})
"""The counting rules by their immutable ids."""


def tally(engine: str, marks: Iterable[Mark]) -> Tally:
    """Count the votes on one proposal by the rule that was frozen when the consultation opened.

    Raises UnknownEngine, and InvalidMark as the engine does.
    """
    try:
        count = ENGINES[engine]
    except KeyError:
        raise UnknownEngine(engine) from None
    return count(marks)


def tally_all(
    engine: str, marks: Iterable[tuple[Subject, int, str]], subjects: Iterable[Subject] = ()
) -> dict[Subject, Tally]:
    """Count a whole consultation: a tally for each proposal that was voted on and for each of `subjects`.

    A mark is (proposal, version, choice). Those of `subjects` (the proposals that stood for the vote) come
    first and in their order, with an empty tally where nobody voted. Raises UnknownEngine (also when there is
    nothing to count) and InvalidMark.
    """
    by_subject: dict[Subject, list[Mark]] = {subject: [] for subject in subjects}
    for subject, version, choice in marks:
        by_subject.setdefault(subject, []).append((version, choice))
    tally(engine, ())
    return {subject: tally(engine, its_marks) for subject, its_marks in by_subject.items()}


def choices_of(kind: str) -> tuple[str, ...]:
    """The choices a kind of voting offers, in the order in which a page shows them. Raises UnknownKind."""
    try:
        return KINDS[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def check_choice(kind: str, choice: str) -> str | None:
    """Say why this choice may not be cast, or None: "choice-not-offered". Raises UnknownKind."""
    return None if choice in choices_of(kind) else CHOICE_NOT_OFFERED


def check_limit(kind: str, limit: int | None, already: int, *, changes: bool = False) -> str | None:
    """Say why a person may not vote on one more proposal, or None: "limit-reached".

    `limit` is the most proposals a person may support in a phase, `already` how many they support now, both
    in proposals; `changes` says that the vote replaces their own earlier one on the same proposal, which adds
    nothing. Only "limited" has a limit; the others ignore it. Raises UnknownKind, and ValueError where
    "limited" lacks a limit of at least 1 or `already` is below 0.
    """
    choices_of(kind)
    if already < 0:
        raise ValueError("nobody supports fewer than no proposals")
    if kind != "limited":
        return None
    if limit is None or limit < 1:
        raise ValueError('voting of the kind "limited" has a limit of at least 1')
    return LIMIT_REACHED if already >= limit and not changes else None
