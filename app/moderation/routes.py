"""Reporting a contribution, and the moderators' desk."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.core import access, db, ratelimit, web
from app.core.access import Actor, Conflict, CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_, gettext
from app.core.paging import Cursor
from app.moderation import actions, mails, queries
from app.moderation.forms import REASONS, DecisionForm, ReportForm
from app.moderation.queries import Case

router = APIRouter()
Reportable = Annotated[Case, guard("moderation.report", queries.in_path)]
Decidable = Annotated[Case, guard("moderation.act", queries.in_path)]
TOO_MANY = N_("Very many reports came from you or your connection. Try again after %(when)s.")
DONE = {
    ("hide", True): N_("It is hidden now. Its author is told."),
    ("hide", False): N_("It is hidden now. Its author is not told, as no address is known."),
    ("restore", True): N_("It is shown again. Its author is told."),
    ("restore", False): N_("It is shown again. Its author is not told, as no address is known."),
    ("dismiss", False): N_("The reports are settled. It stays as it is."),
}


def _reasons() -> list[tuple[str, str]]:
    return [(code, gettext(words)) for code, words in REASONS.items()]


@router.get("/contributions/{code}/report")
def report_page(request: Request, case: Reportable) -> Response:
    """The form with which somebody says that a contribution breaks the rules."""
    return _report_page(request, case, blank())


def _report_page(request: Request, case: Case, form: Submission[Any]) -> Response:
    return web.render(request, "moderation/report.html", form.status, form=form, case=case, reasons=_reasons())


@router.post("/contributions/{code}/report")
async def report(
    request: Request,
    actor: CurrentActor,
    case: Reportable,
    form: Annotated[Submission[ReportForm], submitted(ReportForm)],
) -> Response:
    """Take a report; a machine that filled in the hidden field is thanked like everyone."""
    if form.valid and not form.checked.website:
        await _take_report(request, actor, case, form)
    if not form.valid:
        return _report_page(request, case, form)
    return web.done(request, f"/contributions/{case.code}/report/received")


async def _take_report(request: Request, actor: Actor, case: Case, form: Submission[ReportForm]) -> None:
    if not await db.write(actions.count_try, web.client_address(request), actor.account):
        when = ratelimit.span_ends(actions.SPAN)
        form.refuse(access.Reason("too-many", TOO_MANY, 429, {"when": when}))
        return
    try:
        await db.write(actions.report, actor, case.id, form.checked)
    except Conflict as refused:
        form.refuse(refused.reason)


@router.get("/contributions/{code}/report/received")
def report_received(request: Request, case: Reportable) -> Response:
    """What happens next with a report."""
    return web.render(request, "moderation/received.html", case=case)


@router.get("/moderation", dependencies=[guard("moderation.read")])
def desk(
    request: Request,
    session: db.Read,
    which: Annotated[Literal["", "hidden"], Query(alias="list")] = "",
    after: Cursor = "",
) -> Response:
    """What was reported and waits for a decision, or what is hidden now."""
    found = queries.hidden(session, after or None) if which else queries.reported(session, after or None)
    base = f"/moderation?list={which}&" if which else "/moderation?"
    return web.render(
        request,
        "moderation/desk.html",
        found=found,
        words=REASONS,
        hidden=bool(which),
        first=not after,
        next_url=f"{base}after={found.next}" if found.next else None,
    )


@router.get("/moderation/{code}")
def case_page(request: Request, session: db.Read, actor: CurrentActor, case: Decidable) -> Response:
    """A contribution with all reports about it, and the form for a decision."""
    return _case_page(request, session, actor, case, blank())


def _case_page(request: Request, session: Session, actor: Actor, case: Case, form: Submission[Any]) -> Response:
    return web.render(
        request,
        "moderation/case.html",
        form.status,
        form=form,
        case=case,
        told=mails.reachable(session, case) is not None,
        own=case.participant_id is not None and case.participant_id == actor.participant,
        reports=queries.reports_of(session, case.id),
        acts=queries.acts_of(session, case.id),
        reasons=_reasons(),
        words=REASONS,
    )


@router.post("/moderation/{code}")
async def decide(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    case: Decidable,
    form: Annotated[Submission[DecisionForm], submitted(DecisionForm)],
) -> Response:
    """Hide a contribution, show it again, or settle the reports about it."""
    if form.valid:
        for name, message in form.checked.lacking().items():
            form.blame(name, message)
    if form.valid:
        try:
            told = await _carry_out(actor, case, form.checked, web.base_url(request))
        except Conflict as refused:
            form.refuse(refused.reason)
        else:
            return web.done(request, f"/moderation/{case.code}", DONE[form.checked.act, told])
    return _case_page(request, session, actor, case, form)


async def _carry_out(actor: Actor, case: Case, decision: DecisionForm, base_url: str) -> bool:
    if decision.act == "hide":
        return await db.write(actions.hide, actor, case.id, decision.reason, decision.text, base_url)
    if decision.act == "restore":
        return await db.write(actions.restore, actor, case.id, decision.text, base_url)
    await db.write(actions.dismiss, actor, case.id)
    return False
