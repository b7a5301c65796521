"""The coding desk: how far the office is, the next that waits, and one contribution with the themes beside it."""

from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.core import access, clock, db, paging, web
from app.core.access import Actor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.themes import actions, queries
from app.themes.forms import CodingForm, NextForm, Order
from app.themes.models import Source

router = APIRouter()
Mine = Annotated[ConsultationView, guard("themes.write", consultations.at_desk)]
Item = Annotated[queries.Words, guard("themes.write", queries.in_path)]
List = Literal["pending", "additions", "gone", "again", "coded", "excluded", "appealed"]


def coding_in_path(session: db.Read, number: queries.RowNumber) -> queries.FoundHere:
    """The coding a desk address names."""
    return queries.coding(session, number)


Coded = Annotated[queries.FoundHere, guard("themes.write", coding_in_path)]


@router.get("/desk/consultations/{slug}/coding")
def overview(
    request: Request,
    session: db.Read,
    consultation: Mine,
    list: Annotated[List, Query()] = "pending",
    after: paging.Cursor = "",
) -> Response:
    """How much is coded, what waits, and lists of both."""
    book = queries.in_force(session, consultation.id)
    here = f"/desk/consultations/{consultation.slug}/coding"
    found = queries.listed(session, list, consultation.id, book.id if book else 0, after or None)
    return web.render(
        request,
        "themes/coding.html",
        consultation=consultation,
        here=here,
        book=book,
        balance=queries.balance(session, consultation.id).counted,
        chosen=list,
        found=found,
        next_url=f"{here}?list={list}&after={found.next}" if found.next else None,
        first_url=f"{here}?list={list}" if after else None,
    )


@router.post("/desk/consultations/{slug}/coding/next")
async def take_next(
    request: Request,
    actor: access.CurrentActor,
    consultation: Mine,
    form: Annotated[Submission[NextForm], submitted(NextForm)],
) -> Response:
    """Open the next contribution that waits and that nobody else has open."""
    asked = form.checked if form.valid else NextForm()
    code = await db.write(actions.take_next, actor, consultation.id, asked)
    if code is None:
        notice = N_("Nothing waits for you: it is coded, left out, open with a colleague, or your own.")
        return web.done(request, f"/desk/consultations/{consultation.slug}/coding", notice)
    return web.done(request, f"/desk/contributions/{code}/coding?order={asked.order}")


@router.post("/desk/consultations/{slug}/coding/gone")
async def exclude_gone(request: Request, actor: access.CurrentActor, consultation: Mine) -> Response:
    """Leave out the next contributions whose text nobody can read any more."""
    number = await db.write(actions.exclude_gone, actor, consultation.id)
    to = f"/desk/consultations/{consultation.slug}/coding?list=gone"
    return web.done(request, to, N_("%(number)s left out, with the reason."), number=number)


@router.get("/desk/contributions/{code}/coding")
def one(
    request: Request, session: db.Read, actor: access.CurrentActor, item: Item, order: Order = "chance"
) -> Response:
    """One contribution with its words, what stands around it, and the themes beside it."""
    return _page(request, session, actor, item, blank(order=order))


def _page(
    request: Request, session: Session, actor: Actor, item: queries.Words, form: Submission[Any], part: bool = False
) -> Response:
    order = form.values.get("order")
    return web.render(
        request,
        "themes/_coding_one.html" if part else "themes/coding_one.html",
        form.status,
        desk=queries.desk(session, actor, item, clock.now()),
        copy=queries.copy_of(session, item),
        item=item,
        consultation=item.consultation,
        balance=queries.balance(session, item.consultation.id).counted,
        order=order if order in get_args(Order) else "chance",
        own=item.participant_id is not None and item.participant_id == actor.participant,
        ticked=form.values.get("piece") or [],
        form=form,
    )


@router.post("/desk/contributions/{code}/coding")
async def assign(
    request: Request,
    actor: access.CurrentActor,
    item: Item,
    form: Annotated[Submission[CodingForm], submitted(CodingForm)],
) -> Response:
    """Say that it contains a theme; the page stays, for a contribution may contain several."""
    await form.attempt(lambda sent: db.write(actions.assign, actor, item.code, sent, Source.PERSON))
    return await _answer(request, actor, item, form)


async def _answer(request: Request, actor: Actor, item: queries.Words, form: Submission[Any]) -> Response:
    """The desk again: with what is wrong where something is, else ready for the next theme."""
    order = form.values.get("order") or "chance"

    def again() -> Response:
        with db.reading() as session:
            shown = blank(order=order) if form.valid else form
            return _page(request, session, actor, queries.words(session, item.code), shown, web.is_htmx(request))

    if form.valid and not web.is_htmx(request):
        return web.done(request, f"{item.page}?order={order if order in get_args(Order) else 'chance'}#found")
    return await run_in_threadpool(again)


@router.post("/desk/codings/{number}/retraction")
async def retract(request: Request, actor: access.CurrentActor, coded: Coded) -> Response:
    """Take back that a theme was found."""
    await db.write(actions.retract, actor, coded.found.id)
    notice = N_("Taken back. Everyone can read that it was found and taken back.")
    return web.done(request, f"{coded.item.page}#found", notice)


@router.post("/desk/codings/{number}/confirmation")
async def confirm(request: Request, actor: access.CurrentActor, coded: Coded) -> Response:
    """Say of an older coding that it is right as it is."""
    await db.write(actions.confirm, actor, coded.found.id)
    return web.done(request, f"{coded.item.page}#found", N_("Confirmed with the codebook in force."))
