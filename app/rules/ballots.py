"""How votes are counted and which votes may be cast: the engines `count/1` and `approval/1`, and the kinds of voting.

`count/1` says how many voted how. `approval/1` counts in the same way and also says which proposals are chosen, by
the parameters of a rule that is published as data: integers and shares "p/q".

Source: ARCHITECTURE section 9 (opening freezes the engine) and PUBLIC_LOG (engine ids are immutable: a
mistake in `count/1` is mended as `count/2`, and `count/1` stays for ever).
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

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


ENGINES: Mapping[str, Callable[[Iterable[Mark]], Tally]] = MappingProxyType({"count/1": count_1, "approval/1": count_1})
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


BALLOTS, CHOICES_MADE = "ballots", "choices"
BASES = (BALLOTS, CHOICES_MADE)
"""What a threshold is a share of: all ballots, or the supports and opposes a proposal got together."""

ALL, NOBODY, EARLIER, BODY = "all", "none", "earlier", "body"
TIES = (ALL, NOBODY, EARLIER, BODY)
"""What happens to proposals that tie for the last places: all are in, none is, the earlier received ones are, or the
body that decides chooses among them."""


class InvalidRule(ValueError):
    """A rule lacks a parameter or has one that cannot be: nothing can be computed by it."""


def read_share(text: str) -> Fraction:
    """Read a share "p/q" of published data: in lowest terms, above 0 and at most 1. Raises InvalidRule."""
    found = re.fullmatch(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})", text, re.ASCII)
    share = Fraction(int(found[1]), int(found[2])) if found else Fraction(0)
    if not 0 < share <= 1 or write_share(share) != text:
        raise InvalidRule(f"{text!r} is not a share between 0 and 1 in lowest terms")
    return share


def write_share(share: Fraction) -> str:
    """Spell a share the way published data has it: "p/q" in lowest terms."""
    return f"{share.numerator}/{share.denominator}"


@dataclass(frozen=True)
class Approval:
    """The parameters of `approval/1`; each None where the rule does without it.

    `quorum` is the least number of ballots. `turnout` is the least share that ballots have of the `entitled` people.
    `share` is the least share of supports (more than it, where `more` is true) of `share_of`. `most` is how many
    proposals can be chosen, and `ties` what happens where the last places are tied.
    """

    quorum: int | None = None
    turnout: Fraction | None = None
    entitled: int | None = None
    share: Fraction | None = None
    share_of: str = BALLOTS
    more: bool = False
    most: int | None = None
    ties: str = ALL


def read_approval(rule: Mapping[str, Any]) -> Approval:
    """Read the parameters of `approval/1` out of a published rule. Raises InvalidRule."""
    turnout, share = rule.get("participation"), rule.get("threshold")
    read = Approval(
        quorum=_count(rule.get("quorum")),
        turnout=read_share(turnout["least"]) if turnout else None,
        entitled=_count(turnout["of"]) if turnout else None,
        share=read_share(share["least"]) if share else None,
        share_of=share["of"] if share else BALLOTS,
        more=bool(share["more"]) if share else False,
        most=_count(rule.get("most")),
        ties=rule.get("ties") or ALL,
    )
    if read.share_of not in BASES or read.ties not in TIES or (turnout and read.entitled is None):
        raise InvalidRule("the rule names what this engine does not know")
    return read


def _count(value: Any) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise InvalidRule(f"{value!r} is not a number from 1")
    return value


@dataclass(frozen=True)
class Candidate(Generic[Subject]):
    """A proposal that stands for the vote, with its supports and opposes. Unit: votes."""

    subject: Subject
    supports: int
    opposes: int = 0


@dataclass(frozen=True)
class Step(Generic[Subject]):
    """One step on the way to an outcome: what was asked, the numbers it was asked of, the proposals it concerns."""

    code: str
    subjects: tuple[Subject, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Outcome(Generic[Subject]):
    """What a rule gives: the chosen proposals in order of supports, and how it came to them.

    `tied` are those among which the body that decides still chooses `places`. An outcome that is not `valid`, because
    too few people voted, chooses nothing.
    """

    valid: bool
    chosen: tuple[Subject, ...]
    tied: tuple[Subject, ...]
    places: int
    steps: tuple[Step[Subject], ...]


def approval_1(rule: Approval, candidates: Sequence[Candidate[Subject]], ballots: int) -> Outcome[Subject]:
    """Choose as `approval/1` does: enough ballots, enough supports, then the most supported up to the places there are.

    `candidates` are in the order in which they were received, `ballots` is how many people voted. A proposal nobody
    supports is never chosen. Raises ValueError where a proposal has more votes than there are ballots.
    """
    if any(min(it.supports, it.opposes) < 0 or it.supports + it.opposes > ballots for it in candidates):
        raise ValueError("nobody votes more than once on a proposal")
    steps: list[Step[Subject]] = [Step("ballots", numbers={"ballots": ballots})]
    if not _enough(rule, ballots, steps):
        return Outcome(False, (), (), 0, tuple(steps))
    reached = sorted((it for it in candidates if _reaches(rule, it, ballots)), key=lambda it: -it.supports)
    steps.append(Step("threshold" if rule.share else "supported", tuple(it.subject for it in reached)))
    if rule.most is None or len(reached) <= rule.most:
        chosen = tuple(it.subject for it in reached)
        return Outcome(True, chosen, (), 0, (*steps, Step("chosen", chosen)))
    return _cut(rule.ties, rule.most, reached, steps)


def _enough(rule: Approval, ballots: int, steps: list[Step[Subject]]) -> bool:
    """Whether enough people voted; each question asked is a step."""
    met = True
    if rule.quorum is not None:
        met = ballots >= rule.quorum
        steps.append(Step("quorum-met" if met else "quorum-missed", numbers={"quorum": rule.quorum}))
    if met and rule.turnout is not None and rule.entitled is not None:
        met = ballots >= rule.turnout * rule.entitled
        needed = -(-rule.turnout.numerator * rule.entitled // rule.turnout.denominator)
        numbers = {"needed": needed, "entitled": rule.entitled}
        steps.append(Step("participation-met" if met else "participation-missed", numbers=numbers))
    return met


def _reaches(rule: Approval, it: Candidate[Subject], ballots: int) -> bool:
    if rule.share is None or it.supports == 0:
        return it.supports > 0
    needed = rule.share * (ballots if rule.share_of == BALLOTS else it.supports + it.opposes)
    return it.supports > needed if rule.more else it.supports >= needed


def _cut(ties: str, most: int, reached: Sequence[Candidate[Subject]], steps: list[Step[Subject]]) -> Outcome[Subject]:
    """Give the places to the most supported; who ties for the last of them is treated as the rule says."""
    last = reached[most - 1].supports
    ahead = tuple(it.subject for it in reached if it.supports > last)
    tied = tuple(it.subject for it in reached if it.supports == last)
    places = most - len(ahead)
    steps.append(Step("places", ahead, {"most": most, "places": places}))
    if len(tied) == places:
        chosen = (*ahead, *tied)
        return Outcome(True, chosen, (), 0, (*steps, Step("chosen", chosen)))
    steps.append(Step(f"tie-{ties}", tied, {"places": places, "supports": last}))
    taken = {ALL: tied, NOBODY: (), EARLIER: tied[:places], BODY: ()}[ties]
    chosen = (*ahead, *taken)
    undecided = tied if ties == BODY else ()
    return Outcome(True, chosen, undecided, places if undecided else 0, (*steps, Step("chosen", chosen)))


CHOOSING = frozenset({"approval/1"})
"""The engines that give an outcome; `count/1` gives none."""


def outcome(rule: Mapping[str, Any], candidates: Sequence[Candidate[Subject]], ballots: int) -> Outcome[Subject] | None:
    """What a published rule gives for these proposals; None where it only counts.

    Raises UnknownEngine, InvalidRule, and ValueError as the engine does.
    """
    engine = rule.get("engine", "")
    if engine not in ENGINES:
        raise UnknownEngine(engine)
    return approval_1(read_approval(rule), candidates, ballots) if engine in CHOOSING else None
