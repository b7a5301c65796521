"""The reading desk: what waits to be considered in a consultation, and recording that it was."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.comments import queries as comments
from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.contributions import actions
from app.contributions import queries as contributions
from app.contributions.forms import HandlingForm
from app.contributions.models import BY_HAND
from app.core import access, codes, db, paging, web
from app.core.access import Actor, Conflict, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.pages import queries

router = APIRouter()
Mine = Annotated[ConsultationView, guard("contributions.handle", consultations.at_desk)]
Done = Annotated[str, Query(max_length=40)]


def in_path(session: db.Read, code: str) -> queries.Trail:
    """The contribution a desk address names."""
    return queries.trail(session, code)


Read = Annotated[queries.Trail, guard("contributions.handle", in_path)]
Handled = Annotated[contributions.HandlingView, guard("contributions.handle", contributions.handling_in_path)]


@router.get("/desk/consultations/{slug}/reading")
def waiting(
    request: Request,
    session: db.Read,
    actor: access.CurrentActor,
    consultation: Mine,
    after: paging.Cursor = "",
    done: Done = "",
) -> Response:
    """What nobody has considered yet, the oldest first."""
    return web.render(
        request,
        "pages/reading.html",
        consultation=consultation,
        found=queries.waiting(session, actor, consultation.id, after or None),
        after=after,
        **_around(session, actor, consultation, done),
    )


def _around(session: Session, actor: Actor, consultation: ConsultationView, done: str) -> dict[str, Any]:
    """How far the office is, and what this person recorded a moment ago and can take back."""
    code = codes.read_code(done)
    return {
        "progress": contributions.totals(session, consultation.id).all,
        "recorded": contributions.recorded_by(session, actor, code) if code else None,
    }


@router.get("/desk/contributions/{code}/reading")
def read(request: Request, session: db.Read, actor: access.CurrentActor, trail: Read, done: Done = "") -> Response:
    """One contribution with all its words and what it answers, to be considered."""
    mine = contributions.recorded_by(session, actor, trail.code)
    form = blank(outcome=mine.outcome, note=mine.note) if mine else blank()
    return _page(request, session, actor, trail, form, done)


def _page(
    request: Request, session: Session, actor: Actor, trail: queries.Trail, form: Submission[Any], done: str = ""
) -> Response:
    above = trail.comment.parent if trail.comment else None
    return web.render(
        request,
        "pages/reading_one.html",
        form.status,
        trail=trail,
        consultation=trail.consultation,
        form=form,
        outcomes=[str(outcome) for outcome in BY_HAND],
        above=comments.at_code(session, above) if above else None,
        shown_to=contributions.shown_to(actor, [trail.code]),
        gone=not trail.item.shown or trail.taken_back,
        own=trail.item.participant_id is not None and trail.item.participant_id == actor.participant,
        following=_following(session, actor, trail),
        whole=_reads_all(actor, trail),
        **_around(session, actor, trail.consultation, done),
    )


def _reads_all(actor: Actor, trail: queries.Trail) -> bool:
    """Whether somebody reads for the office in charge, and not for one to which this answer alone was handed over."""
    return access.refusal("contributions.handle", actor, trail.consultation) is None


def _following(session: Session, actor: Actor, trail: queries.Trail) -> queries.Waiting | None:
    return (
        queries.next_waiting(session, actor, trail.consultation.id, trail.item.id) if _reads_all(actor, trail) else None
    )


@router.post("/desk/contributions/{code}/reading")
async def consider(
    request: Request,
    actor: access.CurrentActor,
    trail: Read,
    form: Annotated[Submission[HandlingForm], submitted(HandlingForm)],
) -> Response:
    """Record what was done with it, and go on to the next."""
    if form.valid:
        try:
            await db.write(actions.handle, actor, trail.consultation.id, form.checked)
        except Conflict as refused:
            form.refuse(refused.reason)
    to = await run_in_threadpool(_answer, request, actor, trail, form)
    return to if isinstance(to, Response) else web.done(request, to, N_("Recorded, with your name."))


def _answer(request: Request, actor: Actor, trail: queries.Trail, form: Submission[Any]) -> Response | str:
    """The page again where something is wrong with what was sent, else the address of what waits next."""
    with db.reading() as session:
        if not form.valid:
            return _page(request, session, actor, trail, form)
        following = _following(session, actor, trail)
    if not _reads_all(actor, trail):
        return f"/desk/contributions/{trail.code}/reading?done={trail.code}"
    page = following.page if following else f"/desk/consultations/{trail.consultation.slug}/reading"
    return f"{page}?done={trail.code}"


@router.post("/desk/handlings/{number}/retraction")
async def take_back(request: Request, actor: access.CurrentActor, handling: Handled) -> Response:
    """Take back what was recorded; it stays readable as taken back."""
    await db.write(actions.retract, actor, handling.id)
    notice = N_("Taken back. Everyone can read that; the contribution waits again unless a colleague considered it.")
    whole = access.refusal("contributions.handle", actor, handling.consultation) is None
    to = f"/desk/contributions/{handling.code}/reading" if whole else f"/contributions/{handling.code}"
    return web.done(request, to, notice)
