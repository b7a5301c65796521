"""Public changes of an open consultation: its texts, its dates, its early end."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.consultations import actions, queries
from app.consultations.forms import AmendForm, DatesForm, ReasonForm, typed_rows, whole_rows, whole_translation
from app.consultations.queries import ConsultationView
from app.core import access, clock, db, web
from app.core.access import Conflict, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.rules import phases as rules

router = APIRouter()
Mine = Annotated[ConsultationView, guard("consultations.edit", queries.at_desk)]
Reasoned = Annotated[Submission[ReasonForm], submitted(ReasonForm)]


def opened(view: ConsultationView) -> ConsultationView:
    """These pages exist only for what has been opened."""
    if view.opened_at is None:
        raise access.Missing
    return view


@router.get("/desk/consultations/{slug}/texts")
def texts(request: Request, session: db.Read, view: Mine) -> Response:
    """The question's texts, to be changed in public."""
    form = blank(**queries.typed_texts(session, opened(view).id))
    return web.render(request, "consultations/texts.html", form=form, view=view)


@router.post("/desk/consultations/{slug}/texts")
async def amend(
    request: Request,
    actor: access.CurrentActor,
    view: Mine,
    form: Annotated[Submission[AmendForm], submitted(AmendForm)],
) -> Response:
    """Change the texts in public."""
    whole_translation(form)
    if form.valid:
        try:
            checked = form.checked
            await db.write(actions.amend, actor, view.id, checked, checked.reason, request.state.arrived)
        except Conflict as refused:
            form.refuse(refused.reason)
        else:
            return web.done(request, f"{view.url}/changes", N_("The change is public now."))
    return web.render(request, "consultations/texts.html", form.status, form=form, view=view)


def _dates_page(request: Request, view: ConsultationView, form: Submission[Any]) -> Response:
    now = clock.now()
    numbered = [
        (number, phase, rules.phase_state(phase, now), queries.kind_name(phase.kind))
        for number, phase in enumerate(view.phases, 1)
    ]
    return web.render(request, "consultations/dates.html", form.status, form=form, view=view, phases=numbered)


@router.get("/desk/consultations/{slug}/dates")
def dates(request: Request, view: Mine) -> Response:
    """The dates that can still be moved."""
    return _dates_page(request, opened(view), blank(**typed_rows(view.phases)))


@router.post("/desk/consultations/{slug}/dates")
async def move_dates(
    request: Request,
    actor: access.CurrentActor,
    view: Mine,
    form: Annotated[Submission[Any], submitted(DatesForm)],
) -> Response:
    """Move dates in public."""
    whole_rows(form)
    if form.valid:
        rows, reason = form.checked.rows(), form.checked.reason
        try:
            await db.write(actions.move_dates, actor, view.id, rows, reason, request.state.arrived)
        except Conflict as refused:
            form.refuse(refused.reason)
        else:
            return web.done(request, f"{view.url}/changes", N_("The change is public now."))
    return _dates_page(request, view, form)


def _reason_page(request: Request, view: ConsultationView, form: Submission[Any], what: str) -> Response:
    now = clock.now()
    running = [queries.kind_name(it.kind) for it in view.phases if rules.phase_state(it, now) == "open"]
    return web.render(request, f"consultations/{what}.html", form.status, form=form, view=view, running=running)


async def _with_reason(
    request: Request,
    actor: access.Actor,
    view: ConsultationView,
    form: Submission[ReasonForm],
    what: str,
    act: Callable[[Session, access.Actor, int, str, Any], None],
    notice: str,
) -> Response:
    if form.valid:
        try:
            await db.write(act, actor, view.id, form.checked.reason, request.state.arrived)
        except Conflict as refused:
            form.refuse(refused.reason)
        else:
            return web.done(request, f"/desk/consultations/{view.slug}", notice)
    return _reason_page(request, view, form, what)


@router.get("/desk/consultations/{slug}/closing")
def confirm_closing(request: Request, view: Mine) -> Response:
    """What closing early means, before it is done."""
    return _reason_page(request, opened(view), blank(), "closing")


@router.post("/desk/consultations/{slug}/closing")
async def close(request: Request, actor: access.CurrentActor, view: Mine, form: Reasoned) -> Response:
    """End the phases that are open now."""
    notice = N_("The open phases are closed. What arrived before is being counted.")
    return await _with_reason(request, actor, view, form, "closing", actions.close_early, notice)


@router.get("/desk/consultations/{slug}/cancellation")
def confirm_cancellation(request: Request, view: Mine) -> Response:
    """What cancelling means, before it is done."""
    return _reason_page(request, opened(view), blank(), "cancellation")


@router.post("/desk/consultations/{slug}/cancellation")
async def cancel(request: Request, actor: access.CurrentActor, view: Mine, form: Reasoned) -> Response:
    """Give the consultation up for good."""
    notice = N_("The consultation is cancelled. Its page says why.")
    return await _with_reason(request, actor, view, form, "cancellation", actions.cancel, notice)
