"""Public changes of an open consultation: its texts, its dates, its early end."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.consultations import actions, queries
from app.consultations.actions.changes import require_before_closing
from app.consultations.forms import (
    AmendForm,
    ClosingForm,
    DatesForm,
    ReasonForm,
    typed_rows,
    whole_rows,
    whole_translation,
)
from app.consultations.queries import Change, ConsultationView
from app.core import access, clock, db, web
from app.core.access import Conflict, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.rules import phases as rules

router = APIRouter()
Mine = Annotated[ConsultationView, guard("consultations.edit", queries.at_desk)]


def opened(view: ConsultationView) -> ConsultationView:
    """These pages exist only for what has been opened."""
    if view.opened_at is None:
        raise access.Missing
    return view


def _when_and_where(request: Request) -> tuple[datetime, str]:
    """When the act arrived, and where the links of mail about it lead."""
    return request.state.arrived, web.base_url(request)


@router.get("/desk/consultations/{slug}/texts")
def texts(request: Request, session: db.Read, view: Mine) -> Response:
    """The question's texts, to be changed in public."""
    return _texts_page(request, session, view, typed(session, opened(view)))


def typed(session: Session, view: ConsultationView) -> Submission[Any]:
    """The texts as they are stored, with their fingerprint: it tells from which state the form was filled in."""
    stored = queries.typed_texts(session, view.id)
    return blank(**stored, seen=queries.seen(stored))


def texts_apart(
    session: Session, view: ConsultationView, form: Submission[Any], refused: Conflict
) -> tuple[Change, ...]:
    """What somebody else stored meanwhile, beside what was typed; whoever has been shown it may send it again."""
    if refused.reason.code != queries.MEANWHILE:
        return ()
    form.values["seen"] = queries.seen(queries.typed_texts(session, view.id))
    return queries.texts_apart(session, view.id, form.values)


def _texts_page(
    request: Request,
    session: Session,
    view: ConsultationView,
    form: Submission[Any],
    apart: tuple[Change, ...] = (),
) -> Response:
    title, other = (str(form.values.get(name, "")) for name in ("title", "other_title"))
    lang = queries.lang_of(session, view.id)
    flags = queries.flags_in(title, lang, other)
    return web.render(
        request, "consultations/texts.html", form.status,
        form=form, view=view, flags=flags, first_lang=lang, apart=apart,
    )  # fmt: skip


@router.post("/desk/consultations/{slug}/texts")
async def amend(
    request: Request,
    session: db.Read,
    actor: access.CurrentActor,
    view: Mine,
    form: Annotated[Submission[AmendForm], submitted(AmendForm)],
) -> Response:
    """Change the texts in public."""
    whole_translation(form)
    apart: tuple[Change, ...] = ()
    if form.valid:
        try:
            checked = form.checked
            given = (checked, checked.reason, *_when_and_where(request), checked.note)
            await db.write(actions.amend, actor, view.id, *given)
        except Conflict as refused:
            form.refuse(refused.reason)
            apart = texts_apart(session, view, form, refused)
        else:
            return web.done(request, f"{view.url}/changes", N_("The change is public now."))
    return _texts_page(request, session, view, form, apart)


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
            await db.write(actions.move_dates, actor, view.id, rows, reason, *_when_and_where(request))
        except Conflict as refused:
            form.refuse(refused.reason)
        else:
            return web.done(request, f"{view.url}/changes", N_("The change is public now."))
    return _dates_page(request, view, form)


def _closing_page(request: Request, view: ConsultationView, form: Submission[Any]) -> Response:
    running = [it for it in view.phases if view.phase_state(it) == "open"]
    return web.render(request, "consultations/closing.html", form.status, form=form, view=view, running=_named(running))


def _named(phases: Iterable[queries.KnownPhase]) -> list[tuple[int, str, str]]:
    """Phases to choose from, with their dates."""
    return [(it.id, queries.kind_name(it.kind), queries.span(it.opens, it.closes)) for it in phases]


@router.get("/desk/consultations/{slug}/closing")
def confirm_closing(request: Request, view: Mine) -> Response:
    """Which phases can be ended early, and what that means; the office's own time is not ticked."""
    people = [it.id for it in opened(view).phases if it.kind not in ("review", "decided")]
    return _closing_page(request, view, blank(phases=people))


@router.post("/desk/consultations/{slug}/closing")
async def close(
    request: Request,
    actor: access.CurrentActor,
    view: Mine,
    form: Annotated[Submission[ClosingForm], submitted(ClosingForm)],
) -> Response:
    """End the chosen phases."""
    if form.content is not None and not form.content.phases:
        form.blame("phases", N_("Choose at least one phase."))
    if form.valid:
        phases, reason = form.checked.phases, form.checked.reason
        try:
            await db.write(actions.close_early, actor, view.id, phases, reason, *_when_and_where(request))
        except Conflict as refused:
            form.refuse(refused.reason)
        else:
            notice = N_("The chosen phases are closed. What arrived before still counts.")
            return web.done(request, f"/desk/consultations/{view.slug}", notice)
    return _closing_page(request, view, form)


def _cancellation_page(request: Request, view: ConsultationView, form: Submission[Any]) -> Response:
    return web.render(request, "consultations/cancellation.html", form.status, form=form, view=view)


@router.get("/desk/consultations/{slug}/cancellation")
def confirm_cancellation(request: Request, view: Mine) -> Response:
    """What cancelling means, before it is done."""
    require_before_closing(opened(view))
    return _cancellation_page(request, view, blank())


@router.post("/desk/consultations/{slug}/cancellation")
async def cancel(
    request: Request,
    actor: access.CurrentActor,
    view: Mine,
    form: Annotated[Submission[ReasonForm], submitted(ReasonForm)],
) -> Response:
    """Give the consultation up for good."""
    await form.attempt(lambda sent: db.write(actions.cancel, actor, view.id, sent.reason, *_when_and_where(request)))
    if form.valid:
        notice = N_("The consultation is cancelled. Its page says why.")
        return web.done(request, f"/desk/consultations/{view.slug}", notice)
    return _cancellation_page(request, view, form)
