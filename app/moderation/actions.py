"""Reporting a contribution, and what a moderator does about it: hide, show again, or leave as it is."""

from datetime import timedelta

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app.accounts.actions import leaving
from app.contributions.models import Contribution, Kind, Visibility
from app.core import access, clock, indexing, ratelimit
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.moderation import mails, queries
from app.moderation.forms import ReportForm
from app.moderation.models import ModerationAct, Report
from app.moderation.queries import Case
from app.publiclog import actions as publiclog

#: So many reports are taken in an hour from one address (a village hall shares one) and by one account.
FROM_ADDRESS, FROM_ACCOUNT, SPAN = 30, 10, timedelta(hours=1)
HIDE, RESTORE = "hide", "restore"
HIDDEN, KEPT = "hidden", "kept"

_c, _r = table(Contribution).c, table(Report).c
_LOCK = select(_c.id).where(_c.id == bindparam("contribution")).with_for_update()


def count_try(session: Session, client: str, account: int | None) -> bool:
    """Count a report from this address and account; whether it is still within the limits."""
    within = ratelimit.count(session, "report", f"from {client}", SPAN) <= FROM_ADDRESS
    if account is not None:
        within = ratelimit.count(session, "report", f"account {account}", SPAN) <= FROM_ACCOUNT and within
    return within


def report(session: Session, actor: Actor, contribution_id: int, form: ReportForm) -> None:
    """Say that a contribution breaks the rules; somebody known has one open report about it, the latest words count.

    Conflict for what nobody can read any more.
    """
    session.execute(_LOCK, {"contribution": contribution_id})
    case = queries.by_id(session, contribution_id)
    access.require("moderation.report", actor, case)
    if not case.shown:
        raise Conflict("not-shown", N_("This was hidden or removed already, so it need not be reported."))
    if actor.participant is not None:
        known = select(Report).where(
            _r.contribution_id == contribution_id, _r.reporter_id == actor.participant, _r.settled_at.is_(None)
        )
        if (earlier := session.execute(known).scalars().first()) is not None:
            earlier.reason, earlier.text = form.reason, form.text
            return
    session.add(
        Report(
            contribution_id=contribution_id,
            reporter_id=actor.participant,
            reason=form.reason,
            text=form.text,
            at=clock.now(),
        )
    )


def hide(session: Session, actor: Actor, contribution_id: int, reason: str, text: str, base_url: str) -> bool:
    """Take a contribution out of sight with a public reason; a tombstone stays. Idempotent.

    Says whether its author is told: not where we know no address.
    """
    case = _to_decide(session, actor, contribution_id)
    if case.hidden:
        return False
    if not case.shown:
        raise Conflict("gone", N_("Its author removed this already. There is nothing left to hide."))
    _show(session, case, Visibility.HIDDEN, reason)
    _record(session, actor, case, HIDE, reason, text)
    _settle(session, case, HIDDEN)
    return mails.hidden(session, case, reason, text, base_url)


def restore(session: Session, actor: Actor, contribution_id: int, text: str, base_url: str) -> bool:
    """Show a hidden contribution again, with a public reason. Idempotent.

    What its author removed meanwhile stays away. Says whether the author is told.
    """
    case = _to_decide(session, actor, contribution_id)
    if not case.hidden:
        return False
    _show(session, case, Visibility.WITHDRAWN if case.removed else Visibility.PUBLIC, "")
    _record(session, actor, case, RESTORE, case.reason_code, text)
    _settle(session, case, KEPT)
    return not case.removed and mails.restored(session, case, text, base_url)


def dismiss(session: Session, actor: Actor, contribution_id: int) -> None:
    """Settle the reports about a contribution that breaks no rule; nothing the public sees changes. Idempotent."""
    _settle(session, _to_decide(session, actor, contribution_id), KEPT)


def _to_decide(session: Session, actor: Actor, contribution_id: int) -> Case:
    """The contribution, locked; Denied for others than moderators, Conflict for one's own."""
    session.execute(_LOCK, {"contribution": contribution_id})
    case = queries.by_id(session, contribution_id)
    access.require("moderation.act", actor, case)
    if case.participant_id is not None and case.participant_id == actor.participant:
        raise Conflict("own", N_("You wrote this yourself. Another moderator decides about it."))
    return case


def _show(session: Session, case: Case, visibility: Visibility, reason: str) -> None:
    session.execute(
        update(table(Contribution)).where(_c.id == case.id).values(visibility=visibility, reason_code=reason)
    )
    if case.kind == Kind.PROPOSAL:
        indexing.changed(session, "proposal", [case.id])


def _record(session: Session, actor: Actor, case: Case, act: str, reason: str, text: str) -> None:
    """Keep the act and record it: what was done to which text and by which role, never by whom."""
    made = publiclog.commit_to(
        "moderation", {"code": case.code, "act": act, "reason": reason, "text": text, "target": case.h}
    )
    session.add(
        ModerationAct(
            contribution_id=case.id,
            act=act,
            reason=reason,
            text=text,
            by=actor.account,
            at=clock.now(),
            nonce=made.nonce,
            h=made.h,
        )
    )
    publiclog.record(
        session,
        "moderate" if act == HIDE else "restore",
        case.consultation_id,
        ("contribution", case.id),
        target=case.h,
        action=act,
        clause=reason,
        reason=made.h,
        role="moderator",
        code=case.code,
    )


def _settle(session: Session, case: Case, outcome: str) -> None:
    waiting = update(table(Report)).where(_r.contribution_id == case.id, _r.settled_at.is_(None))
    session.execute(waiting.values(settled_at=clock.now(), outcome=outcome))


@leaving.when_erased
def forget_reporter(session: Session, account_id: int, participant_id: int) -> None:
    """What somebody who leaves reported stays, without a trace of who reported it."""
    session.execute(update(table(Report)).where(_r.reporter_id == participant_id).values(reporter_id=None))
