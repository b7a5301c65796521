"""Preparing and opening a consultation, at the officials' desk."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.consultations import actions, queries
from app.consultations.forms import (
    ROWS,
    DraftForm,
    PhasesForm,
    QuestionForm,
    typed_rows,
    whole_rows,
    whole_translation,
)
from app.consultations.queries import Change, ConsultationView
from app.consultations.routes.changes import texts_apart, typed
from app.core import access, db, web
from app.core.access import Conflict, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.offices import queries as offices

router = APIRouter()
Mine = Annotated[ConsultationView, guard("consultations.edit", queries.at_desk)]
Places = tuple[offices.AreaView, ...]


def drafted(
    session: db.Read, form: Annotated[Submission[DraftForm], submitted(DraftForm)]
) -> tuple[Submission[DraftForm], Places]:
    """A draft as typed, held against what is known: the place, and the second language as a whole."""
    places = offices.chosen_area(session, form)
    whole_translation(form)
    if form.content is not None and form.content.voting == "limited" and form.content.vote_limit is None:
        form.blame("vote_limit", N_("Say how many proposals one person may support."))
    return form, places


Drafted = Annotated[tuple[Submission[DraftForm], Places], Depends(drafted)]


def _draft_page(
    request: Request,
    session: Session,
    actor: access.Actor,
    form: Submission[Any],
    view: ConsultationView | None = None,
    places: Places = (),
    apart: tuple[Change, ...] = (),
) -> Response:
    own = [office for office in offices.by_ids(session, actor.offices) if office.closed_at is None]
    return web.render(
        request,
        "consultations/draft.html",
        form.status,
        form=form,
        view=view,
        places=places,
        own=own,
        apart=apart,
        topics=queries.topics(session),
        lacking=queries.lacking(session, view) if view else (),
        flags=queries.flags_in(
            str(form.values.get("title", "")),
            "en" if form.values.get("lang") == "en" else "id",
            str(form.values.get("other_title", "")),
        ),
    )


@router.get("/desk/question", dependencies=[guard("consultations.create")])
def question(request: Request) -> Response:
    """A question to be checked before there is a draft of it."""
    return web.render(request, "consultations/question.html", form=blank(lang="id"), flags=[], checked=False)


@router.post("/desk/question", dependencies=[guard("consultations.create")])
def check(request: Request, form: Annotated[Submission[QuestionForm], submitted(QuestionForm)]) -> Response:
    """What in a question may bend the answers, while it is being written; nothing is kept."""
    flags = queries.flags_in(form.checked.title, form.checked.lang) if form.valid else []
    if web.is_htmx(request):
        return web.render(request, "consultations/_flags.html", flags=flags)
    return web.render(request, "consultations/question.html", form.status, form=form, flags=flags, checked=form.valid)


@router.get("/desk/consultations/new", dependencies=[guard("consultations.create")])
def new(request: Request, session: db.Read, actor: access.CurrentActor) -> Response:
    """An empty draft."""
    return _draft_page(request, session, actor, blank(lang="id", voting="support"))


@router.post("/desk/consultations", dependencies=[guard("consultations.create")])
async def create(request: Request, session: db.Read, actor: access.CurrentActor, drafted: Drafted) -> Response:
    """Begin a consultation."""
    form, places = drafted
    slug = await form.attempt(lambda sent: db.write(actions.create, actor, sent, request.state.arrived))
    if form.valid:
        to = f"/desk/consultations/{slug}/phases"
        return web.done(request, to, N_("The draft is saved. Now say when people can do what."))
    return _draft_page(request, session, actor, form, places=places)


@router.get("/desk/consultations/{slug}")
def edit(request: Request, session: db.Read, actor: access.CurrentActor, view: Mine) -> Response:
    """A draft to work on, or an opened consultation to look after."""
    page = queries.consultation_page(session, view)
    if view.opened_at is not None:
        return web.render(request, "consultations/manage.html", view=view, page=page)
    return _draft_page(request, session, actor, typed(session, view), view)


@router.post("/desk/consultations/{slug}")
async def save(
    request: Request, session: db.Read, actor: access.CurrentActor, view: Mine, drafted: Drafted
) -> Response:
    """Change a draft."""
    form, places = drafted
    apart: tuple[Change, ...] = ()
    if form.valid:
        try:
            await db.write(actions.edit, actor, view.id, form.checked, request.state.arrived)
        except Conflict as refused:
            form.refuse(refused.reason)
            apart = texts_apart(session, view, form, refused)
        else:
            return web.done(request, f"/desk/consultations/{view.slug}", N_("The draft is saved."))
    return _draft_page(request, session, actor, form, view, places, apart)


def _phases_page(request: Request, view: ConsultationView, form: Submission[Any]) -> Response:
    names = [f"{name}_{number}" for number in range(5, ROWS + 1) for name in ("kind", "opens", "closes")]
    later = any(form.values.get(name) or name in form.errors for name in names)
    return web.render(request, "consultations/phases.html", form.status, form=form, view=view, rows=ROWS, later=later)


@router.get("/desk/consultations/{slug}/phases")
def phases(request: Request, view: Mine) -> Response:
    """The phases of a draft, in one form."""
    if view.opened_at is not None:
        raise access.Missing
    return _phases_page(request, view, blank(**typed_rows(view.phases)))


@router.post("/desk/consultations/{slug}/phases")
async def save_phases(
    request: Request,
    actor: access.CurrentActor,
    view: Mine,
    form: Annotated[Submission[Any], submitted(PhasesForm)],
) -> Response:
    """Give a draft its phases."""
    whole_rows(form)
    await form.attempt(lambda sent: db.write(actions.set_phases, actor, view.id, sent.rows(), request.state.arrived))
    if form.valid:
        return web.done(request, f"/desk/consultations/{view.slug}", N_("The phases are saved."))
    return _phases_page(request, view, form)


@router.get("/desk/consultations/{slug}/preview")
def preview(request: Request, session: db.Read, view: Mine) -> Response:
    """The page as the public will see it."""
    page = queries.consultation_page(session, queries.as_opened(view))
    return web.render(request, "consultations/preview.html", view=view, page=page)


def _opening_page(request: Request, session: Session, view: ConsultationView, form: Submission[Any]) -> Response:
    return web.render(
        request,
        "consultations/opening.html",
        form.status,
        form=form,
        view=view,
        page=queries.consultation_page(session, queries.as_opened(view)),
        late=[(queries.kind_name(phase.kind), phase.opens) for phase in view.late_phases],
        lacking=queries.lacking(session, view),
    )


@router.get("/desk/consultations/{slug}/opening")
def confirm_opening(request: Request, session: db.Read, view: Mine) -> Response:
    """What opening means, before it is done."""
    if view.opened_at is not None:
        raise access.Missing
    return _opening_page(request, session, view, blank())


@router.post("/desk/consultations/{slug}/opening")
async def open(request: Request, session: db.Read, actor: access.CurrentActor, view: Mine) -> Response:
    """Open it to the public."""
    try:
        await db.write(actions.open, actor, view.id, request.state.arrived)
    except Conflict as refused:
        form = blank()
        form.refuse(refused.reason)
        return _opening_page(request, session, view, form)
    return web.done(request, f"/desk/consultations/{view.slug}", N_("The consultation is open to the public."))


@router.get("/desk/consultations/{slug}/removal")
def confirm_removal(request: Request, view: Mine) -> Response:
    """What throwing a draft away means, before it is done."""
    if view.opened_at is not None:
        raise access.Missing
    return web.render(request, "consultations/removal.html", view=view)


@router.post("/desk/consultations/{slug}/removal")
async def remove(request: Request, actor: access.CurrentActor, view: Mine) -> Response:
    """Throw a draft away."""
    await db.write(actions.remove, actor, view.id, request.state.arrived)
    return web.done(request, "/desk", N_("The draft is gone."))
