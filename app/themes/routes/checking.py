"""The blind check at the desk: drawing a sample, and coding it again without seeing what the first person found."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.core import access, db, web
from app.core.access import Actor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.rules.agreement import FEWEST
from app.themes import actions, queries
from app.themes.forms import SampleForm, SecondForm

router = APIRouter()
Mine = Annotated[ConsultationView, guard("themes.write", consultations.at_desk)]
SIZE = 50


def item_in_path(session: db.Read, number: queries.RowNumber) -> queries.ToCheck:
    """The contribution of a sample that a desk address names."""
    return queries.to_check(session, number)


Item = Annotated[queries.ToCheck, guard("themes.write", item_in_path)]


@router.get("/desk/consultations/{slug}/check")
def page(request: Request, session: db.Read, actor: access.CurrentActor, consultation: Mine) -> Response:
    """The newest sample, how far it is, and drawing another one."""
    return _page(request, session, actor, consultation, blank(size=SIZE))


def _page(
    request: Request, session: Session, actor: Actor, consultation: ConsultationView, form: Submission[Any]
) -> Response:
    book = queries.in_force(session, consultation.id)
    check = queries.newest_check(session, consultation.id, book)
    outdated = check is not None and book is not None and check.version != book.number
    following = None
    if check and check.open and not outdated:
        following = queries.next_to_check(session, check.id, actor.account, actor.participant)
    return web.render(
        request,
        "themes/check.html",
        form.status,
        consultation=consultation,
        check=check,
        outdated=outdated,
        following=following,
        fewest=FEWEST,
        coded=queries.balance(session, consultation.id).counted.coded,
        form=form,
    )


@router.post("/desk/consultations/{slug}/check")
async def draw(
    request: Request,
    actor: access.CurrentActor,
    consultation: Mine,
    form: Annotated[Submission[SampleForm], submitted(SampleForm)],
) -> Response:
    """Draw a sample by chance; its seed is published."""

    def coded() -> list[str]:
        with db.reading() as session:
            return queries.coded_codes(session, consultation.id)

    codes = await run_in_threadpool(coded) if form.valid else []
    seed = actions.new_seed()
    await form.attempt(lambda sent: db.write(actions.draw, actor, consultation.id, codes, sent.size, seed))
    if form.valid:
        return web.done(request, f"/desk/consultations/{consultation.slug}/check", N_("The sample is drawn."))

    def refused() -> Response:
        with db.reading() as session:
            return _page(request, session, actor, consultation, form)

    return await run_in_threadpool(refused)


@router.get("/desk/check/{number}")
def one(request: Request, session: db.Read, item: Item) -> Response:
    """A contribution to be coded again, without what the first person found."""
    return _item(request, session, item, blank())


def _item(request: Request, session: Session, item: queries.ToCheck, form: Submission[Any]) -> Response:
    return web.render(
        request,
        "themes/check_one.html",
        form.status,
        item=item,
        words=queries.words(session, item.code),
        consultation=item.consultation,
        book=queries.in_force(session, item.consultation.id),
        form=form,
    )


@router.post("/desk/check/{number}")
async def code(
    request: Request,
    actor: access.CurrentActor,
    item: Item,
    form: Annotated[Submission[SecondForm], submitted(SecondForm)],
) -> Response:
    """Record what the second person found, and go on to the next."""
    await form.attempt(lambda sent: db.write(actions.code_second, actor, item.id, sent))
    to = await run_in_threadpool(_answer, request, actor, item, form)
    return to if isinstance(to, Response) else web.done(request, to)


def _answer(request: Request, actor: Actor, item: queries.ToCheck, form: Submission[Any]) -> Response | str:
    with db.reading() as session:
        if not form.valid:
            return _item(request, session, item, form)
        following = queries.next_to_check(session, item.check_id, actor.account, actor.participant, item.id)
    return f"/desk/check/{following}" if following else f"/desk/consultations/{item.consultation.slug}/check"
