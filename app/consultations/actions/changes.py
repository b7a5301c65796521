"""Amendments: after opening everything changes in public, with a reason and with what was there before."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from app.consultations import queries
from app.consultations.actions.drafts import locked, require_seen, store
from app.consultations.actions.reopening import reopening
from app.consultations.forms import PhaseRow, TextsForm
from app.consultations.models import Amendment, Consultation, ConsultationChange, ConsultationPhase
from app.consultations.queries.charter import instant
from app.core import clock, indexing, jobs
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.publiclog import actions as publiclog
from app.rules import charters
from app.rules import phases as rules
from app.rules.canonical import canonical, digest
from app.settings import settings

TEXTS = ("title", "summary", "background", "other_title", "other_summary", "other_background")


@dataclass
class Amending:
    """An amendment in the making: it knows the fingerprint before, and writes what follows."""

    session: Session
    actor: Actor
    consultation: Consultation
    reason: str
    at: datetime
    before: str
    number: int
    base_url: str
    reopening: charters.Reopening

    def note(self, what: str, before: str, after: str) -> None:
        """Write down one thing that changes."""
        assert self.consultation.id is not None
        self.session.add(
            ConsultationChange(
                consultation_id=self.consultation.id,
                number=self.number,
                what=what,
                before=before,
                after=after,
                reason=self.reason,
                at=self.at,
                by=self.actor.account,
            )
        )

    def publish(self) -> None:
        """Publish it under its number, with the fingerprints of both states and of the reason, and tell everyone."""
        consultation = self.consultation.id
        assert consultation is not None
        self.session.flush()
        left = queries.charter(self.session, consultation)
        self.session.add(
            Amendment(
                consultation_id=consultation,
                number=self.number,
                at=self.at,
                reason=self.reason,
                by=self.actor.account,
                before_hash=self.before,
                after_hash=digest(left),
                content=canonical(left).decode(),
                asks_voters=self.reopening.asks_voters,
                applies_from=self.reopening.applies_from,
            )
        )
        publiclog.record(
            self.session,
            "amend",
            consultation,
            ("consultation", consultation),
            n=self.number,
            old=self.before,
            new=digest(left),
            reason=digest({"reason": self.reason}),
        )
        told = {"consultation": consultation, "number": self.number, "after": 0, "base_url": self.base_url}
        for those in ("consultations.amended", "consultations.amended_entries"):
            jobs.later(self.session, those, **told)


def begin(session: Session, actor: Actor, consultation_id: int, reason: str, base_url: str = "") -> Amending:
    """Start an amendment of an open consultation; Conflict where there is nothing to change any more."""
    row = locked(session, actor, consultation_id)
    if row.opened_at is None:
        raise Conflict("draft", N_("This consultation has not opened yet. Change the draft instead."))
    if row.cancelled_at is not None:
        raise Conflict("cancelled", N_("This consultation was cancelled on %(when)s."), when=row.cancelled_at)
    if row.decided_at is not None:
        raise Conflict("decided", N_("This consultation was decided on %(when)s."), when=row.decided_at)
    now, before = clock.now(), digest(queries.charter(session, consultation_id))
    number = queries.amendments(session, consultation_id) + 1
    at_once = charters.Reopening(False, now)
    return Amending(session, actor, row, reason, now, before, number, base_url or settings().base_url, at_once)


def amend(
    session: Session,
    actor: Actor,
    consultation_id: int,
    texts: TextsForm,
    reason: str,
    at: datetime,
    base_url: str = "",
    note: str = "",
) -> None:
    """Change the question's texts in public; `note` says why words that may bend the answers stand in it.

    Where the question changes after voting began, voters are asked to confirm their votes. Conflict where they could
    not, nothing changed, something would be missing, such words go without a note, or somebody else changed the texts
    since the form was shown.
    """
    amendment = begin(session, actor, consultation_id, reason, base_url)
    require_seen(texts.seen, queries.typed_texts(session, consultation_id))
    row = amendment.consultation
    changed = [name for name in TEXTS if getattr(row, name) != getattr(texts, name)]
    if not changed:
        raise Conflict("unchanged", N_("Nothing was changed: the texts are the same as before."))
    if not texts.summary or not texts.background:
        raise Conflict("incomplete", N_("An open consultation needs its summary and its background."))
    if charters.question_changed((row.title, row.other_title), (texts.title, texts.other_title)):
        amendment.reopening = reopening(session, consultation_id, {"question"}, amendment.at)
    for name in changed:
        amendment.note(name, getattr(row, name), getattr(texts, name))
        setattr(row, name, getattr(texts, name))
    if "title" in changed or "other_title" in changed:
        _note_on_the_question(amendment, note)
    amendment.publish()
    indexing.changed(session, "consultation", [consultation_id])


def _note_on_the_question(amendment: Amending, note: str) -> None:
    """Keep a public note on each of the new words that may bend the answers, as before opening."""
    session, row = amendment.session, amendment.consultation
    assert row.id is not None
    content = queries.promised(session, row.id)
    if not content:
        return
    flags = queries.flags_in(row.title, row.lang, row.other_title, content.get("notes"))
    flags = [replace(flag, note=flag.note or note) for flag in flags]
    queries.require_noted(flags)
    before, after = content.get("notes"), queries.kept_notes(flags)
    if (before or {}) != after:
        amendment.note("charter.notes", canonical(before).decode(), canonical(after or None).decode())
        rest = {name: it for name, it in content.items() if name != "notes"}
        store(session, row.id, rest | ({"notes": after} if after else {}))


def move_dates(
    session: Session,
    actor: Actor,
    consultation_id: int,
    rows: tuple[PhaseRow, ...],
    reason: str,
    at: datetime,
    base_url: str = "",
) -> None:
    """Move the dates of phases that are not over; `number` of a row is the place of the phase in their order."""
    amendment = begin(session, actor, consultation_id, reason, base_url)
    phases = _phases(session, consultation_id)
    moved = False
    for row in rows:
        phase = phases[row.number - 1] if row.number <= len(phases) else None
        if phase is None or phase.kind != row.kind:
            raise Conflict("phases", N_("Phases stay as they were at opening; only their dates can be moved."))
        if (row.opens, row.closes) == (_to_minute(phase.opens_at), _to_minute(phase.closes_at)):
            continue
        _require_movable(phase, row, amendment.at)
        _require_time_to_confirm(session, consultation_id, phase, row.closes)
        before = _dates(phase)
        if row.opens != _to_minute(phase.opens_at):
            phase.opens_at = row.opens
        if row.closes != _to_minute(phase.closes_at):
            phase.closes_at = row.closes
        amendment.note("phase", before, _dates(phase))
        moved = True
    if not moved:
        raise Conflict("unchanged", N_("Nothing was changed: the dates are the same as before."))
    amendment.publish()


def close_early(
    session: Session,
    actor: Actor,
    consultation_id: int,
    phases: Collection[int],
    reason: str,
    at: datetime,
    base_url: str = "",
) -> None:
    """End those of the named phases that are open now; what arrived before this moment still counts."""
    amendment = begin(session, actor, consultation_id, reason, base_url)
    now = amendment.at
    running = [
        phase
        for phase in _phases(session, consultation_id)
        if phase.id in phases and phase.ended_at is None and phase.opens_at < now < phase.closes_at
    ]
    if not running:
        raise Conflict("nothing-open", N_("None of these phases is open now, so there is nothing to close."))
    for phase in running:
        _require_time_to_confirm(session, consultation_id, phase, now)
        before = _dates(phase)
        phase.closes_at = phase.ended_at = now
        amendment.note("closing", before, _dates(phase))
    amendment.publish()


def cancel(session: Session, actor: Actor, consultation_id: int, reason: str, at: datetime, base_url: str = "") -> None:
    """Give a consultation up for good; its page stays and says why. Conflict once it has closed."""
    amendment = begin(session, actor, consultation_id, reason, base_url)
    require_before_closing(queries.by_id(session, consultation_id))
    amendment.consultation.cancelled_at = amendment.at
    amendment.consultation.cancel_reason = reason
    amendment.note("cancellation", "", "")
    amendment.publish()


def require_before_closing(consultation: queries.ConsultationView) -> None:
    """Conflict for a consultation that has closed: what people said then is owed answers and a decision."""
    if consultation.state in ("counting", "closed"):
        raise Conflict(
            "closed",
            N_("This consultation closed on %(when)s, so it cannot be cancelled any more. Publish a decision instead."),
            when=consultation.closes_at,
        )


def _phases(session: Session, consultation_id: int) -> list[ConsultationPhase]:
    """The phases in the order pages show them, kept from being sealed meanwhile."""
    p = table(ConsultationPhase).c
    statement = select(ConsultationPhase).where(p.consultation_id == consultation_id)
    return list(session.execute(statement.order_by(p.opens_at, p.closes_at, p.id).with_for_update()).scalars())


def _require_movable(phase: ConsultationPhase, row: PhaseRow, now: datetime) -> None:
    """Conflict for a phase that is over, an opening that has been, or a date that would already be past."""
    if phase.ended_at is not None or phase.closes_at <= now:
        raise Conflict(
            "ended", N_("The phase that closed on %(when)s is over. Its dates stay as they are."), when=phase.closes_at
        )
    if row.opens != _to_minute(phase.opens_at) and phase.opens_at <= now:
        raise Conflict(
            "begun", N_("The phase that opened on %(when)s has begun. Its opening stays."), when=phase.opens_at
        )
    if row.closes <= now or (row.opens != _to_minute(phase.opens_at) and row.opens <= now):
        raise Conflict("past", N_("A new date has to lie in the future. To end a phase now, close it early."))


def _require_time_to_confirm(session: Session, consultation_id: int, phase: ConsultationPhase, ends: datetime) -> None:
    """Conflict where a voting would end before its voters had time to confirm their votes under a changed rule."""
    latest = queries.by_id(session, consultation_id).rule_from
    if latest is not None and rules.VOTE in phase.acts.split() and ends < latest + charters.CONFIRMING:
        raise Conflict(
            "confirming",
            N_("Voters are being asked to confirm their votes, so voting cannot end before %(when)s."),
            when=latest + charters.CONFIRMING,
        )


def _to_minute(moment: datetime) -> datetime:
    """A stored instant as the form's field shows it."""
    return moment.replace(second=0, microsecond=0)


def _dates(phase: ConsultationPhase) -> str:
    dates = {"kind": phase.kind, "opens": instant(phase.opens_at), "closes": instant(phase.closes_at)}
    return canonical(dates).decode()
