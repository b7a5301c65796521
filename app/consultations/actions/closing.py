"""Closing: a one-way fact, recorded by whoever first sees that it is due; and the gate every act passes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.consultations import queries
from app.consultations.models import Consultation, ConsultationPhase
from app.core import clock, db
from app.core.access import Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.publiclog import actions as publiclog
from app.rules import phases as rules
from app.settings import settings

Facts = Callable[[Session, int, int], dict[str, Any]]
_facts: list[Facts] = []


def tells_at_closing(facts: Facts) -> Facts:
    """Register what a feature above adds to the record of a closing: (session, consultation, phase) to facts."""
    _facts.append(facts)
    return facts


@db.when_noticed("consultations.closing")
def record_closing(session: Session, phase_id: int) -> None:
    """Record that a phase has ended, and seal its count once what arrived in time has been stored.

    Idempotent. Recording the end never waits; sealing waits `settle_seconds` after it (closing rules R1, R5).
    A draft has nothing to record: its phases may be replaced until it opens.
    """
    p, c = table(ConsultationPhase).c, table(Consultation).c
    opened = select(c.id).where(c.id == p.consultation_id, c.opened_at.is_not(None)).exists()
    found = session.execute(select(ConsultationPhase).where(p.id == phase_id, opened).with_for_update())
    row: ConsultationPhase | None = found.scalar_one_or_none()
    if row is None:
        return
    now = clock.now()
    phase = _as_rule(row)
    if rules.due_to_end(phase, now):
        row.ended_at = now
        phase = _as_rule(row)
    if phase.ended_at is not None and rules.may_be_counted(phase, now, settings().settle_seconds):
        row.counted_at = now
        told: dict[str, Any] = {}
        for facts in _facts:
            told.update(facts(session, row.consultation_id, phase_id))
        publiclog.record(session, "close", row.consultation_id, ("phase", phase_id), phase=row.kind, **told)


def _as_rule(row: ConsultationPhase) -> queries.KnownPhase:
    return queries.KnownPhase(
        row.kind, row.opens_at, row.closes_at, frozenset(row.acts.split()), row.ended_at, row.counted_at, row.id or 0
    )


_CLOSED = {
    "propose": N_("Proposals could be sent until %(when)s. This one arrived after that and was not taken."),
    "edit": N_("Proposals could be changed until %(when)s. This change arrived after that and was not taken."),
    "comment": N_("Comments could be sent until %(when)s. This one arrived after that and was not taken."),
    "vote": N_("Voting closed on %(when)s. This arrived after that, so your vote stays as it was."),
}
_NOT_YET = {
    "propose": N_("Proposals can be sent from %(when)s."),
    "edit": N_("Proposals can be changed from %(when)s."),
    "comment": N_("Comments can be sent from %(when)s."),
    "vote": N_("Voting opens on %(when)s."),
}
_NEVER = {
    "propose": N_("This consultation does not take proposals."),
    "edit": N_("This consultation does not take changes to proposals."),
    "comment": N_("This consultation does not take comments."),
    "vote": N_("There is no voting in this consultation."),
}


def refusal(act: str, reason: rules.Refusal) -> Conflict:
    """The sentence that says why an act is not taken, with the date and the zone."""
    if reason.reason == "not-offered":
        return Conflict("not-offered", _NEVER[act])
    texts = _NOT_YET if reason.reason == "not-yet" else _CLOSED
    return Conflict(reason.reason, texts[act], when=reason.at)


def require_open(
    session: Session, consultation: queries.ConsultationView, act: str, at: datetime
) -> queries.KnownPhase:
    """The phase that takes an act which arrived at `at`; Conflict with date and zone where none does.

    The phase is held until the act is stored. An act that waited longer than the published time is refused rather
    than stored after the count was sealed.
    """
    if consultation.cancelled_at is not None:
        raise Conflict("cancelled", N_("This consultation was cancelled. Nothing can be sent any more."))
    now = clock.now()
    answer = rules.open_for(act, consultation.phases, at, now)
    if isinstance(answer, rules.Refusal):
        raise refusal(act, answer)
    assert isinstance(answer, queries.KnownPhase)
    if now - at > timedelta(seconds=settings().settle_seconds):
        raise db.Busy
    if _held(session, answer) is not None:
        raise refusal(act, rules.Refusal("ended", closed_at=answer.end))
    return answer


def _held(session: Session, phase: queries.KnownPhase) -> datetime | None:
    """Keep a phase from being sealed, and its charter from being corrected, until this act is stored.

    Gives when its count was sealed, as far as that is known here. On SQLite acts come one after another anyway.
    """
    if session.get_bind().dialect.name != "postgresql":
        return None
    sealed = select(table(ConsultationPhase).c.counted_at).where(table(ConsultationPhase).c.id == phase.id)
    at: datetime | None = session.execute(sealed.with_for_update(read=True)).scalar()
    return at


def require_received(
    session: Session, consultation: queries.ConsultationView, act: str, received_at: datetime
) -> queries.KnownPhase:
    """The phase in which something was received elsewhere, on paper or at a meeting; Conflict where there was none.

    What was handed in within the phase counts however much later it is entered, until the decision is published.
    """
    if consultation.cancelled_at is not None:
        raise Conflict("cancelled", N_("This consultation was cancelled. Nothing can be sent any more."))
    if consultation.decided_at is not None:
        raise Conflict("decided", N_("This consultation is decided. Nothing can be entered any more."))
    if received_at > clock.now():
        raise Conflict("future", N_("The time of receipt lies in the future. Write when it was received."))
    offering = sorted((it for it in consultation.phases if act in it.acts), key=lambda it: (it.opens, it.closes))
    for phase in offering:
        if phase.opens <= received_at < phase.end:
            _held(session, phase)
            return phase
    if not offering:
        raise refusal(act, rules.Refusal("not-offered"))
    raise Conflict(
        "not-received-in-time",
        N_("This was received outside the time in which it could be handed in, from %(opens)s to %(closes)s."),
        opens=offering[0].opens,
        closes=offering[-1].end,
    )
