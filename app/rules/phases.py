"""When an act of a citizen counts: phases, their closing, and the state of a consultation.

A phase runs over the half-open time [opens, closes). Opening and due states follow from the dates;
closing is in addition a fact that is recorded once (`ended_at`), as is the sealing of the count
(`counted_at`), so that a clock that steps back reopens nothing. All instants are aware datetimes, of any
zone; all rules compare instants.

Source: SECURITY, "Rules for votes at closing" R1, R2, R5 and "Decided"; ARCHITECTURE sections 3 and 9.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

PhaseState = Literal["upcoming", "open", "counting", "ended"]
ConsultationState = Literal["draft", "cancelled", "upcoming", "open", "counting", "closed", "decided"]

VOTE = "vote"

ACTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "information": frozenset(),
        "proposals": frozenset({"propose", "edit", "comment"}),
        "discussion": frozenset({"comment"}),
        "voting": frozenset({VOTE, "comment"}),
        "review": frozenset(),
        "decided": frozenset(),
    }
)
"""The kinds of phases, in their usual order, and what people can do in each if the charter is silent."""

_OFFICE_KINDS = frozenset({"review", "decided"})


class UnknownPhaseKind(ValueError):
    """No kind of phase has this name."""


class Acceptance(StrEnum):
    """What becomes of an act that a person sends: taken, too early, or too late."""

    ACCEPTED = "accepted"
    NOT_YET = "not-yet"
    ENDED = "ended"


@dataclass(frozen=True)
class Phase:
    """A dated part of a consultation in which certain acts are possible; see the module for its times.

    Raises UnknownPhaseKind, and ValueError for an instant without a zone or a phase that closes before it
    opens.
    """

    kind: str
    opens: datetime
    closes: datetime
    acts: frozenset[str]
    ended_at: datetime | None = None
    counted_at: datetime | None = None

    def __post_init__(self) -> None:
        acts_of(self.kind)
        for instant in (self.opens, self.closes, self.ended_at, self.counted_at):
            if instant is not None and instant.utcoffset() is None:
                raise ValueError("the instants of a phase name their zone")
        if self.opens >= self.closes:
            raise ValueError("a phase opens before it closes")

    @property
    def end(self) -> datetime:
        """The instant from which nothing that arrives counts: the closing date, or an earlier recorded end.

        Moving the date of a phase that has ended does not move its end.
        """
        return self.closes if self.ended_at is None else min(self.closes, self.ended_at)


@dataclass(frozen=True)
class Refusal:
    """Why no phase takes an act, with the dates a person needs.

    `reason` is "not-offered" (no phase has the act), "not-yet" (one will open) or "ended" (the last is
    over); `closed_at` is the last closing and `opens_at` the next opening of a phase with the act, where
    there is one.
    """

    reason: Literal["not-offered", "not-yet", "ended"]
    closed_at: datetime | None = None
    opens_at: datetime | None = None

    @property
    def at(self) -> datetime | None:
        """The date that goes with the reason: the next opening if there is one, else the last closing."""
        return self.opens_at or self.closed_at


def acts_of(kind: str) -> frozenset[str]:
    """What people can do in a phase of this kind if the charter is silent. Raises UnknownPhaseKind."""
    try:
        return ACTS[kind]
    except KeyError:
        raise UnknownPhaseKind(kind) from None


def acceptance(phase: Phase, arrived: datetime, now: datetime) -> Acceptance:
    """Decide whether an act that arrived at `arrived` and is being carried out at `now` counts in the phase.

    What arrived in [opens, end) counts even when it is carried out later (R1), until the count is sealed
    (R5). Once an end is recorded, a clock that shows an earlier time is wrong, and its stamps are not
    believed: the act is too late. `arrived` comes from the outermost layer or a trusted proxy (R2), never
    from the sender; a stamp a wrong clock made between recording and sealing cannot be told from a true
    one here, so the stamping layer must not go back behind what it has stamped.
    """
    if phase.counted_at is not None or arrived >= phase.end:
        return Acceptance.ENDED
    if phase.ended_at is not None and now < phase.ended_at:
        return Acceptance.ENDED
    return Acceptance.NOT_YET if arrived < phase.opens else Acceptance.ACCEPTED


def due_to_end(phase: Phase, now: datetime) -> bool:
    """Whether the closing date has come and the end is still to be recorded by the first who sees it."""
    return phase.ended_at is None and phase.counted_at is None and now >= phase.closes


def may_be_counted(phase: Phase, now: datetime, settle_seconds: float) -> bool:
    """Whether the count can be sealed: the phase is over and what arrived in time has had time to be stored.

    `settle_seconds` is the published time, in seconds after the end, within which every act that arrived in
    time is either stored or answered with a refusal (R5). False once the count is sealed.
    """
    return phase.counted_at is None and now >= phase.end + timedelta(seconds=settle_seconds)


def phase_state(phase: Phase, now: datetime) -> PhaseState:
    """What a page says of a phase: "upcoming", "open", "counting" (the last votes) or "ended".

    Only a phase with votes is "counting", from its end until the count is sealed. A recorded end is final.
    """
    if phase.counted_at is not None:
        return "ended"
    if phase.ended_at is None and now < phase.closes:
        return "upcoming" if now < phase.opens else "open"
    return "counting" if VOTE in phase.acts else "ended"


def consultation_state(
    opened_at: datetime | None,
    cancelled_at: datetime | None,
    decided_at: datetime | None,
    phases: Iterable[Phase],
    now: datetime,
) -> ConsultationState:
    """What a page says of a consultation: from recorded facts and the dates of its phases.

    The three facts are taken as they are, whatever the clock says: cancelled before all, then draft
    (never opened), then decided. Otherwise it is "open" while a phase is open, or between two phases;
    "counting" while votes are counted and nothing is open; "upcoming" before the first phase; "closed"
    after the last. Review and decided phases in which people cannot act do not hold it open: that is the
    office's time.
    """
    if cancelled_at is not None:
        return "cancelled"
    if opened_at is None:
        return "draft"
    if decided_at is not None:
        return "decided"
    return _state_by_phases(
        {phase_state(phase, now) for phase in phases if phase.acts or phase.kind not in _OFFICE_KINDS}
    )


def _state_by_phases(states: set[PhaseState]) -> Literal["upcoming", "open", "counting", "closed"]:
    if "open" in states:
        return "open"
    if "counting" in states:
        return "counting"
    if "upcoming" in states:
        return "open" if "ended" in states else "upcoming"
    return "closed"


def next_change(phases: Iterable[Phase], now: datetime, settle_seconds: float) -> datetime | None:
    """The earliest instant after `now` at which time alone changes what a page says; None if there is none.

    These are the openings and closings of phases that have not ended and the earliest sealing of a count
    (`settle_seconds` after the end, in seconds). A page made now must not be shown from that instant on.
    What else a page derives from the time, such as the days left, is for the page to add.
    """
    instants: list[datetime] = []
    for phase in phases:
        if phase.counted_at is None and VOTE in phase.acts:
            instants.append(phase.end + timedelta(seconds=settle_seconds))
        if phase.counted_at is None and phase.ended_at is None:
            instants += [phase.opens, phase.closes]
    return min((instant for instant in instants if instant > now), default=None)


def open_for(act: str, phases: Iterable[Phase], arrived: datetime, now: datetime) -> Phase | Refusal:
    """Find the phase that takes an act which arrived at `arrived` and is being carried out at `now`.

    Where several take it, it is the one that opened first (then the one that closes first), so that an
    act stays with its phase. Otherwise a Refusal says why and from or until when; see `acceptance` for
    the times.
    """
    offering = sorted((phase for phase in phases if act in phase.acts), key=lambda it: (it.opens, it.closes))
    if not offering:
        return Refusal("not-offered")
    answers = [(acceptance(phase, arrived, now), phase) for phase in offering]
    for answer, phase in answers:
        if answer is Acceptance.ACCEPTED:
            return phase
    closed_at = max((phase.end for answer, phase in answers if answer is Acceptance.ENDED), default=None)
    opens_at = min((phase.opens for answer, phase in answers if answer is Acceptance.NOT_YET), default=None)
    return Refusal("ended" if opens_at is None else "not-yet", closed_at, opens_at)
