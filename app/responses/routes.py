"""The desk where official answers are written: what waits, one text for one or many, and publishing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.consultations import queries as consultations
from app.contributions.models import STATUSES
from app.core import db, web
from app.core.access import Conflict, CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_, gettext
from app.core.paging import Cursor
from app.responses import actions, queries
from app.responses.forms import ResponseForm

router = APIRouter()
Consultation = Annotated[consultations.ConsultationView, guard("responses.write", consultations.at_desk)]
Draft = Annotated[queries.ResponseView, guard("responses.write", queries.in_path)]
Codes = Annotated[tuple[str, ...], Query(max_length=500)]
State = Literal["unanswered", "drafted", "answered"]
NONE: tuple[str, ...] = ()


@router.get("/desk/consultations/{slug}/answers")
def at_desk(
    request: Request, session: db.Read, consultation: Consultation, state: State = "unanswered", after: Cursor = ""
) -> Response:
    """The proposals of a consultation by where their answer stands, to choose from."""
    return _list(request, session, consultation, state, after, blank())


def _list(
    request: Request,
    session: Session,
    consultation: consultations.ConsultationView,
    state: State,
    after: str,
    form: Submission[Any],
) -> Response:
    found = queries.at_desk(session, consultation.id, state, after or None)
    base = f"/desk/consultations/{consultation.slug}/answers?state={state}"
    return web.render(
        request,
        "responses/desk.html",
        form.status,
        consultation=consultation,
        form=form,
        found=found,
        state=state,
        after=after,
        progress=queries.progress_at_desk(session, consultation.id),
        next_url=f"{base}&after={found.next}" if found.next else None,
        first_url=base if after else None,
    )


def _page(
    request: Request,
    consultation: consultations.ConsultationView,
    form: Submission[Any],
    response: queries.ResponseView | None = None,
    preview: bool = False,
    drafts: Mapping[str, int] = MappingProxyType({}),
) -> Response:
    codes = form.values.get("proposal", [])
    with db.reading() as session:
        chosen = queries.chosen(session, consultation.id, [codes] if isinstance(codes, str) else list(codes))
        elsewhere = queries.chosen(session, consultation.id, list(drafts))
    statuses = [(code, gettext(name)) for code, name in STATUSES.items()]
    return web.render(
        request,
        "responses/write.html",
        form.status,
        consultation=consultation,
        form=form,
        chosen=chosen,
        elsewhere=[(proposal, drafts[proposal.code]) for proposal in elsewhere],
        statuses=[("", gettext("Choose a status")), *statuses],
        response=response,
        preview=preview,
    )


@router.get("/desk/consultations/{slug}/answers/new")
def new(
    request: Request,
    session: db.Read,
    consultation: Consultation,
    proposal: Codes = NONE,
    state: State = "unanswered",
    after: Cursor = "",
) -> Response:
    """The page on which one text is written for the chosen proposals; those in a draft are gone on with there."""
    if not proposal:
        form = blank()
        form.blame("proposal", N_("Choose at least one proposal."))
        return _list(request, session, consultation, state, after, form)
    drafts = queries.drafts_with(session, consultation.id, list(proposal))
    free = [code for code in proposal if code not in drafts]
    if not free and len(set(drafts.values())) == 1:
        return RedirectResponse(f"/desk/answers/{next(iter(drafts.values()))}", 303)
    return _page(request, consultation, blank(proposal=free), drafts=drafts)


@router.post("/desk/consultations/{slug}/answers")
async def create(
    request: Request,
    actor: CurrentActor,
    consultation: Consultation,
    form: Annotated[Submission[ResponseForm], submitted(ResponseForm)],
) -> Response:
    """Keep the text as a draft, show it, or go on to publishing."""
    return await _keep(request, actor, consultation, form, None)


@router.get("/desk/answers/{number}")
def edit_page(request: Request, response: Draft) -> Response:
    """A draft to go on with; a published answer to read."""
    form = blank(
        proposal=[proposal.code for proposal in response.proposals],
        status=response.status,
        refers_to=response.refers_to,
        text=response.text,
        other_text=response.other_text,
    )
    return _page(request, response.consultation, form, response)


@router.post("/desk/answers/{number}")
async def edit(
    request: Request,
    actor: CurrentActor,
    response: Draft,
    form: Annotated[Submission[ResponseForm], submitted(ResponseForm)],
) -> Response:
    """Change a draft."""
    return await _keep(request, actor, response.consultation, form, response)


async def _keep(
    request: Request,
    actor: CurrentActor,
    consultation: consultations.ConsultationView,
    form: Submission[ResponseForm],
    response: queries.ResponseView | None,
) -> Response:
    if form.valid and request.state.typed.get("act") == "preview":
        return await run_in_threadpool(_page, request, consultation, form, response, True)
    number = response.id if response else None
    if form.valid:
        try:
            number = await db.write(actions.draft, actor, consultation.id, form.checked, number)
        except Conflict as refused:
            form.refuse(refused.reason)
    if not form.valid:
        drafts = await run_in_threadpool(_other_drafts, consultation.id, form, number)
        return await run_in_threadpool(_page, request, consultation, form, response, drafts=drafts)
    if request.state.typed.get("act") == "publish":
        return web.done(request, f"/desk/answers/{number}/publication")
    return web.done(request, f"/desk/answers/{number}", N_("Draft saved. Nothing is public yet."))


def _other_drafts(consultation_id: int, form: Submission[ResponseForm], number: int | None) -> dict[str, int]:
    """The other drafts that answer one of the proposals of a form."""
    codes = form.values.get("proposal", [])
    with db.reading() as session:
        found = queries.drafts_with(session, consultation_id, [codes] if isinstance(codes, str) else codes)
    return {code: draft for code, draft in found.items() if draft != number}


@router.get("/desk/answers/{number}/publication")
def publication_page(request: Request, response: Draft) -> Response:
    """The text as it will be read, before it is signed."""
    return web.render(request, "responses/publication.html", response=response)


@router.post("/desk/answers/{number}/publication")
async def publish(request: Request, actor: CurrentActor, response: Draft) -> Response:
    """Sign and publish."""
    await db.write(actions.publish, actor, response.id, web.base_url(request))
    to = f"/desk/consultations/{response.consultation.slug}/answers"
    return web.done(request, to, N_("The answer is published. Authors whose address is known are told by mail."))


@router.post("/desk/answers/{number}/removal")
async def remove(request: Request, actor: CurrentActor, response: Draft) -> Response:
    """Throw a draft away."""
    await db.write(actions.remove_draft, actor, response.id)
    return web.done(request, f"/desk/consultations/{response.consultation.slug}/answers", N_("The draft is gone."))
