"""What an office does about an answer it owes before it comes: hand it over, or name a new date. Neither moves it."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.core import access, clock, db
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.obligations import queries
from app.obligations.forms import HandOverForm, HoldingReplyForm
from app.obligations.models import HandOver, HoldingReply, Obligation
from app.offices.models import Office
from app.publiclog import actions as publiclog
from app.rules import obligations as rules
from app.rules.canonical import digest

_f, _o = table(Office).c, table(Obligation).c
_LOCK = select(_o.id).where(_o.id == bindparam("id")).with_for_update()
_OFFICE = select(_f.id, _f.slug, _f.closed_at).where(_f.slug == bindparam("slug"))

SETTLED = N_("This answer is not owed any more: it was given, or its author took the contribution back.")
_REFUSED = {
    rules.Refused.PAST: N_("The new date lies in the past. Name a date that is still to come."),
    rules.Refused.NO_LATER: N_(
        "The new date must be later than the due date and every date named before. "
        "A holding reply says when the answer comes; it moves nothing."
    ),
    rules.Refused.TOO_FAR: N_("Name a date within a year. Whoever asked cannot be left waiting longer than that."),
    rules.Refused.LATE: N_(
        "The due date has passed, so your office keeps owing this answer. "
        "If the matter is not in its power, say so in the answer and name the office it belongs to."
    ),
    rules.Refused.TOO_SHORT: queries.TOO_SHORT,
}


def hand_over(session: Session, actor: Actor, obligation_id: int, form: HandOverForm) -> None:
    """Give an obligation to another office, in public and with a reason; the clock runs on.

    Conflict for one's own office, one that is closed or unknown, and for what is no longer owed, is late already, or
    would leave the other office too little time.
    """
    owed = _to_act_on(session, actor, obligation_id)
    _require_possible(rules.check_hand_over(owed.rule, clock.now()))
    to = session.execute(_OFFICE, {"slug": form.office}).first()
    if to is None or to.closed_at is not None:
        raise Conflict("no-office", N_("There is no such office, or it was closed. Choose another one."))
    if to.id == owed.holder_id:
        raise Conflict("own-office", N_("This office owes the answer already. Choose another one."))
    row = HandOver(
        obligation_id=owed.id,
        from_office_id=owed.holder_id,
        to_office_id=to.id,
        reason=form.reason,
        **_signed(actor),
    )
    _keep(session, owed, row, "handed-over", form.reason, office=to.slug)


def reply(session: Session, actor: Actor, obligation_id: int, form: HoldingReplyForm) -> None:
    """Say in public when the answer will come instead; the due instant stays where it is.

    Conflict for a date that is not later than the due instant and all dates named before, not in the future, or more
    than a year ahead.
    """
    owed = _to_act_on(session, actor, obligation_id)
    named = [it.promised_at for it in owed.replies]
    _require_possible(rules.check_holding(owed.rule, named, form.promised, clock.now()))
    row = HoldingReply(
        obligation_id=owed.id,
        office_id=owed.holder_id,
        promised_at=form.promised,
        text=form.text,
        **_signed(actor),
    )
    _keep(session, owed, row, "holding", form.text, promised=queries.instant(form.promised))


def _to_act_on(session: Session, actor: Actor, obligation_id: int) -> queries.Owed:
    """What is owed, locked; Denied for others than the office that owes it, Conflict for what is settled."""
    session.execute(_LOCK, {"id": obligation_id})
    owed = queries.by_id(session, obligation_id)
    access.require("obligations.act", actor, owed)
    if not owed.open:
        raise Conflict("settled", SETTLED)
    return owed


def _require_possible(refused: rules.Refused | None) -> None:
    """Conflict with the sentence that belongs to what the rules refuse."""
    if refused is not None:
        raise Conflict(str(refused), _REFUSED.get(refused, SETTLED))


def _signed(actor: Actor) -> dict[str, Any]:
    """By whom and when something is done."""
    return {"by": actor.account, "signed_by": actor.name, "at": clock.now()}


def _keep(
    session: Session, owed: queries.Owed, row: HandOver | HoldingReply, state: str, text: str, **facts: str
) -> None:
    """Keep a step and record it: by which office and when, never by whom or in what words."""
    session.add(row)
    session.flush()
    publiclog.record(
        session,
        "progress",
        owed.consultation_id,
        ("contribution", owed.contribution_id),
        code=owed.code,
        state=state,
        kind=owed.kind,
        reason=digest({"text": text}),
        **facts,
    )
    db.renew_pages(session)
