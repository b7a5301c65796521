"""Leaving contributions out of the coding with a reason, taking them in again, and appeals against it."""

from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.consultations import queries as consultations
from app.contributions import actions as contributions
from app.contributions.models import Contribution, Visibility
from app.core import access, clock, db
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_, gettext, language
from app.publiclog import actions as publiclog
from app.themes import mails, queries
from app.themes.forms import AppealDecisionForm, AppealForm, ExclusionForm
from app.themes.models import GONE, GROUNDS, Exclusion, Ground

#: So many whose text is gone are left out in one act, so that the writer is not held for long.
CHUNK = 50
_x, _c = table(Exclusion).c, table(Contribution).c
_LOCK = select(_c.id).where(_c.id == bindparam("id")).with_for_update()
_LOCK_ALL = select(_c.id).where(_c.id.in_(bindparam("ids", expanding=True))).order_by(_c.id).with_for_update()
_INSERT = insert(table(Exclusion)).returning(_x.id)


def exclude(session: Session, actor: Actor, code: str, form: ExclusionForm, base_url: str) -> None:
    """Leave a contribution out of the coding, in public, and tell its author. Idempotent.

    What was found in it stays readable and does not count while it is left out. Conflict for one's own words, and for
    a ground that does not fit: that a text was withdrawn or hidden is said of texts that are gone, and only of them.
    """
    item = queries.words(session, code)
    access.require("themes.write", actor, item)
    session.execute(_LOCK, {"id": item.id})
    _require_name(actor)
    if any(one.lifted_at is None for one in queries.exclusions_of(session, item)):
        return
    if item.participant_id is not None and item.participant_id == actor.participant:
        raise Conflict("own", N_("You wrote this yourself. A colleague decides whether it is left out."))
    if item.gone != (form.ground in GONE):
        raise Conflict(
            "ground",
            N_("The text can be read, so this is no reason to leave it out. Choose another one.")
            if form.ground in GONE
            else N_("The text was withdrawn or hidden. Choose that as the reason."),
        )
    number = _leave_out(session, actor, item.consultation, item, form.ground, form.text)
    if not item.gone:
        contributions.considered(session, actor, item.consultation, item)
    mails.excluded(session, queries.exclusion(session, number), base_url)
    db.renew_pages(session)


def exclude_gone(session: Session, actor: Actor, consultation_id: int) -> int:
    """Leave out the next contributions whose text was withdrawn or hidden, and say how many; their authors know."""
    consultation = consultations.by_id(session, consultation_id)
    access.require("themes.write", actor, consultation)
    _require_name(actor)
    found = queries.gone(session, consultation_id, CHUNK)
    session.execute(_LOCK_ALL, {"ids": [row.id for row in found]})
    waiting = {row.id for row in queries.gone(session, consultation_id, CHUNK)}
    rows = [row for row in found if row.id in waiting]
    for row in rows:
        ground = Ground.HIDDEN if row.visibility == Visibility.HIDDEN else Ground.WITHDRAWN
        _leave_out(session, actor, consultation, row, ground, gettext(GROUNDS[ground]) + ".")
    db.renew_pages(session)
    return len(rows)


def take_in(session: Session, actor: Actor, exclusion_id: int) -> None:
    """Take a contribution in again; that it was left out stays readable. Idempotent."""
    one = queries.exclusion(session, exclusion_id)
    access.require("themes.write", actor, one)
    session.execute(_LOCK, {"id": one.contribution_id})
    _require_name(actor)
    _lift(session, actor, one)
    db.renew_pages(session)


def appeal(session: Session, actor: Actor, code: str, form: AppealForm) -> None:
    """Say once why a contribution should be taken into account after all; a second person looks at it.

    Conflict where it is not left out, and for a second appeal.
    """
    item = queries.words(session, code)
    access.require("themes.appeal", actor, item)
    session.execute(_LOCK, {"id": item.id})
    one = next((it for it in queries.exclusions_of(session, item) if it.lifted_at is None), None)
    if one is None:
        raise Conflict("not-excluded", N_("This contribution is not left out, so there is nothing to appeal against."))
    if one.appealed_at is not None:
        raise Conflict("once", N_("An appeal can be made once. It was made on %(when)s."), when=one.appealed_at)
    session.execute(_CHANGE.values(appealed_at=clock.now(), appeal=form.text), {"number": one.id})
    facts = {"code": one.code, "s": one.h}
    publiclog.record(session, "appeal", one.consultation.id, ("contribution", item.id), act="exclusion", **facts)
    db.renew_pages(session)


def decide(session: Session, actor: Actor, exclusion_id: int, form: AppealDecisionForm, base_url: str) -> None:
    """Decide an appeal as a second person, with a reason, and tell the author. Idempotent.

    Conflict for whoever left it out, for its author, and where no appeal waits.
    """
    one = queries.exclusion(session, exclusion_id)
    access.require("themes.write", actor, one)
    session.execute(_LOCK, {"id": one.contribution_id})
    one = queries.exclusion(session, exclusion_id)
    _require_name(actor)
    if one.decided_at is not None:
        return
    if not one.waits:
        raise Conflict("no-appeal", N_("There is no appeal that waits for a decision."))
    if one.account_id == actor.account or (one.participant_id is not None and one.participant_id == actor.participant):
        raise Conflict(
            "second-person", N_("You left it out yourself, or wrote it. A second person decides the appeal.")
        )
    decided = {"decided_at": clock.now(), "decided_by": actor.name, "decision": form.text}
    session.execute(_CHANGE.values(decided), {"number": one.id})
    subject, taken_in = ("contribution", one.contribution_id), form.outcome == "taken-in"
    facts = {"code": one.code, "s": one.h, "outcome": form.outcome, "role": contributions.ROLE}
    publiclog.record(session, "appeal", one.consultation.id, subject, act="decided", **facts)
    if taken_in:
        _lift(session, actor, one)
    mails.decided(session, queries.exclusion(session, exclusion_id), base_url)
    db.renew_pages(session)


_CHANGE = update(table(Exclusion)).where(_x.id == bindparam("number"))
_LIFT = _CHANGE.where(_x.lifted_at.is_(None))


def _require_name(actor: Actor) -> None:
    if actor.account is None or not actor.name.strip():
        raise Conflict("nameless", N_("Only somebody with a name can decide this."))


def _leave_out(
    session: Session,
    actor: Actor,
    consultation: consultations.ConsultationView,
    item: Any,
    ground: Ground,
    text: str,
) -> int:
    """Store and record it; `item` has `id` and `code`."""
    made = publiclog.commit_to("exclusion", {"contribution": item.code, "ground": str(ground), "text": text})
    values = {
        "contribution_id": item.id, "ground": ground, "text": text, "lang": language.get(),
        "account_id": actor.account, "office_id": consultation.office_id, "name": actor.name, "at": clock.now(),
        "lifted_by": "", "appeal": "", "decided_by": "", "decision": "", "nonce": made.nonce, "h": made.h,
    }  # fmt: skip
    number = session.execute(_INSERT, values).scalar_one()
    facts = {"code": item.code, "ground": str(ground), "role": contributions.ROLE, "h": made.h}
    publiclog.record(session, "code", consultation.id, ("contribution", item.id), act="exclude", **facts)
    return int(number)


def _lift(session: Session, actor: Actor, one: queries.ExclusionView) -> None:
    changed: Any = session.execute(
        _LIFT.values(lifted_at=clock.now(), lifted_by=actor.name).returning(_x.id), {"number": one.id}
    ).first()
    if changed is not None:
        facts = {"code": one.code, "s": one.h, "role": contributions.ROLE}
        publiclog.record(
            session, "code", one.consultation.id, ("contribution", one.contribution_id), act="take-in", **facts
        )
