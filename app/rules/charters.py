"""What an office promises before it opens a consultation: what a charter must say, and what in it contradicts itself.

A charter is a document: its content is one JSON object of texts, integers, "p/q" texts and lists, spelled by
`canonical`. Everything here is decided from that content and from what people can do in the consultation's phases.

Source: PRODUCT, promise 2; ARCHITECTURE section 9.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.rules import ballots, phases

INFLUENCES = ("inform", "consult", "co-decide", "binding")
"""How much the contributions weigh, from the least to the most."""

KINDS = ("proposal", "comment", "question")
"""What an answer can be owed to: a proposal, a comment, a question put to an office."""

WORKING, CALENDAR, NONE = "working", "calendar", "none"
BASES = (WORKING, CALENDAR, NONE)
"""How the days of a promise are counted; "none" says that no answer to each is promised."""

TEXTS = (
    "can_change",
    "cannot_change",
    "decider",
    "legal_basis",
    "votes_use",
    "paper",
    "late",
    "privacy",
    "published",
)
"""The parts of a charter that an office writes in its own words, in the order in which they are read."""

COUNTED: Mapping[str, Any] = MappingProxyType({"engine": "count/1"})
"""The rule that only counts."""

WHOLE = 100
"""What the weights of all criteria make together, in percent."""


@dataclass(frozen=True)
class Period:
    """How long an answer may take: days from its beginning, working days or days of any kind."""

    days: int
    working: bool


@dataclass(frozen=True)
class Promises:
    """Until when which contribution is answered; None where no answer to each is promised.

    `threshold` is the number of supports from which a proposal is owed an answer before closing, within
    `threshold_period`.
    """

    proposal: Period | None = None
    comment: Period | None = None
    question: Period | None = None
    threshold: int | None = None
    threshold_period: Period | None = None


NOTHING_PROMISED = Promises()


@dataclass(frozen=True)
class Ways:
    """What people can do in the phases of a consultation, and how votes are cast there."""

    proposes: bool
    comments: bool
    votes: bool
    kind: str
    open_counts: bool
    votings: int = 1


@dataclass(frozen=True)
class Condition:
    """One thing a charter must say, and whether it does."""

    code: str
    met: bool


def promises(charter: Mapping[str, Any]) -> Promises:
    """Read the promised times of answers out of a charter."""
    due = charter.get("due") or {}
    early = due.get("threshold")
    return Promises(
        proposal=_period(due.get("proposal")),
        comment=_period(due.get("comment")),
        question=_period(due.get("question")),
        threshold=early["supports"] if early else None,
        threshold_period=_period(early),
    )


def rule_of(charter: Mapping[str, Any]) -> Mapping[str, Any]:
    """The counting rule of a charter; one that says nothing of it only counts."""
    return charter.get("rule") or COUNTED


def _whole(rule: Mapping[str, Any]) -> bool:
    """Whether everything is said that the engine needs: where places are few, also what happens to ties."""
    return rule["engine"] in ballots.ENGINES and bool(not rule.get("most") or rule.get("ties"))


def _period(stored: Any) -> Period | None:
    if not stored or stored == NONE:
        return None
    return Period(stored["days"], stored["basis"] == WORKING)


def checklist(charter: Mapping[str, Any], ways: Ways) -> tuple[Condition, ...]:
    """Everything a charter must say before its consultation opens, said or not, in the order of the form.

    What nobody can do needs no word: without votes nothing is said of votes, without proposals nothing of when
    they are answered.
    """
    due = charter.get("due") or {}
    wanted = [(name, bool(charter.get(name))) for name in ("can_change", "cannot_change", "decider", "legal_basis")]
    if ways.votes:
        wanted.append(("rule", _whole(rule_of(charter))))
    wanted.append(("influence", charter.get("influence") in INFLUENCES))
    wanted.append(("criteria", bool(charter.get("criteria"))))
    if ways.votes:
        wanted.append(("votes_use", bool(charter.get("votes_use"))))
    wanted += [(name, bool(charter.get(name))) for name in ("paper", "late")]
    asked = {"proposal": ways.proposes, "comment": ways.comments, "question": True}
    wanted += [(f"due_{kind}", bool(due.get(kind))) for kind in KINDS if asked[kind]]
    wanted += [(name, bool(charter.get(name))) for name in ("privacy", "published")]
    return tuple(Condition(code, met) for code, met in wanted)


def missing(charter: Mapping[str, Any], ways: Ways) -> tuple[str, ...]:
    """What a charter still has to say before its consultation opens."""
    return tuple(condition.code for condition in checklist(charter, ways) if not condition.met)


def contradictions(charter: Mapping[str, Any], ways: Ways) -> tuple[str, ...]:
    """What in a charter cannot be true together.

    "binding-without-votes" and "binding-without-outcome": what binds needs votes and a rule that gives an outcome.
    "rule-without-votes": a rule that chooses needs votes to choose by. "quorum-above-entitled": no more ballots can be
    asked for than people may vote. "several-votings": whoever votes in two phases would count twice.
    "threshold-of-choices": without opposes there is no share of supports and opposes.
    "inform-with-votes": who only informs does not let people vote. "weights": either no criterion has a weight, or
    all have and they make 100 together. "threshold-without-votes" and "threshold-while-sealed": supports can only
    oblige where there are proposals and votes, and where everyone may see the counts.
    """
    influence = charter.get("influence")
    early = (charter.get("due") or {}).get("threshold")
    rule = rule_of(charter)
    chooses = rule["engine"] in ballots.CHOOSING
    turnout, share = rule.get("participation"), rule.get("threshold")
    found = {
        "binding-without-votes": influence == "binding" and not ways.votes,
        "binding-without-outcome": influence == "binding" and ways.votes and not chooses,
        "rule-without-votes": chooses and not ways.votes,
        "several-votings": chooses and ways.votings > 1,
        "quorum-above-entitled": bool(turnout and (rule.get("quorum") or 0) > turnout["of"]),
        "threshold-of-choices": bool(share and share["of"] == ballots.CHOICES_MADE and ways.kind != "three"),
        "inform-with-votes": influence == "inform" and ways.votes,
        "weights": _uneven(charter.get("criteria") or ()),
        "threshold-without-votes": bool(early) and not (ways.votes and ways.proposes),
        "threshold-while-sealed": bool(early) and ways.votes and not ways.open_counts,
    }
    return tuple(code for code, holds in found.items() if holds)


class Change(StrEnum):
    """Why a change of the charter cannot be made any more."""

    VOTES_CAST = "votes-cast"
    NO_TIME = "no-time-to-confirm"
    STILL_PENDING = "still-pending"


@dataclass(frozen=True)
class Reopening:
    """What an amendment reopens: whether voters are asked to confirm their votes, and from when it applies."""

    asks_voters: bool
    applies_from: datetime


VOTED_ON = frozenset({"question", "rule", "influence"})
"""What people are asked when they vote, and the parts of a charter that say what a vote brings about."""

CONFIRMING = timedelta(days=3)
"""The least time that voters have to confirm."""

_HOUR = timedelta(hours=1)


def reopening(
    changed: Iterable[str], voting: Iterable[phases.Phase], now: datetime, pending_until: datetime | None = None
) -> Reopening | Change:
    """What a change of these parts reopens, or why it cannot be made; `voting` are the phases with votes.

    Votes are never dropped. Where the question, or what a vote brings about, changes after voting began, voters are
    asked to confirm, and the change applies from the next full hour: a time finer than the hour at which somebody
    voted would show in whether the vote is confirmed. It is refused once a voting is over, where less than
    `CONFIRMING` would be left to confirm, and until an earlier such change, pending until `pending_until`, applies.
    """
    concerned = [phase for phase in voting if VOTED_ON & set(changed)]
    if all(now < phase.opens for phase in concerned):
        return Reopening(False, now)
    if any(now >= phase.end for phase in concerned):
        return Change.VOTES_CAST
    if pending_until is not None and now < pending_until:
        return Change.STILL_PENDING
    applies_from = now.replace(minute=0, second=0, microsecond=0) + _HOUR
    if any(phase.opens <= now and phase.end - applies_from < CONFIRMING for phase in concerned):
        return Change.NO_TIME
    return Reopening(True, applies_from)


def question_changed(before: Iterable[str], after: Iterable[str]) -> bool:
    """Whether a question changed, spelled in its languages in the same order; a further language is no change."""
    return any(old and old != new for old, new in zip(before, after, strict=True))


def in_force(changes: int, latest_from: datetime | None, at: datetime) -> int:
    """How many changes that voters are asked to confirm are in force at `at`; only the latest can be pending."""
    return changes - 1 if latest_from is not None and at < latest_from else changes


def _uneven(criteria: Iterable[Mapping[str, Any]]) -> bool:
    weights = [criterion["weight"] for criterion in criteria]
    given = [weight for weight in weights if weight is not None]
    return bool(given) and (len(given) != len(weights) or sum(given) != WHOLE)
