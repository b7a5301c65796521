"""Leaving contributions out with a reason, taking them in again, and appeals: of authors and at the desk."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.core import access, db, web
from app.core.access import Actor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_, gettext
from app.themes import actions, queries
from app.themes.forms import AppealDecisionForm, AppealForm, ExclusionForm
from app.themes.models import GONE, GROUNDS

router = APIRouter()
Item = Annotated[queries.Words, guard("themes.write", queries.in_path)]
Read = Annotated[queries.Words, guard("themes.read", queries.in_path)]
Own = Annotated[queries.Words, guard("themes.appeal", queries.in_path)]


def exclusion_in_path(session: db.Read, number: queries.RowNumber) -> queries.ExclusionView:
    """The exclusion a desk address names."""
    return queries.exclusion(session, number)


Excluded = Annotated[queries.ExclusionView, guard("themes.write", exclusion_in_path)]


@router.get("/desk/contributions/{code}/exclusion")
def leaving_out(request: Request, session: db.Read, actor: access.CurrentActor, item: Item) -> Response:
    """A contribution to be left out, or one that is, with its appeal."""
    return _desk(request, session, actor, item, blank())


def _desk(request: Request, session: Session, actor: Actor, item: queries.Words, form: Submission[Any]) -> Response:
    every = queries.exclusions_of(session, item)
    return web.render(
        request,
        "themes/exclusion_desk.html",
        form.status,
        item=item,
        consultation=item.consultation,
        exclusions=every,
        standing=next((one for one in every if one.lifted_at is None), None),
        grounds=[(str(code), gettext(words)) for code, words in GROUNDS.items() if (code in GONE) == item.gone],
        words={str(code): gettext(words) for code, words in GROUNDS.items()},
        own=item.participant_id is not None and item.participant_id == actor.participant,
        form=form,
    )


@router.post("/desk/contributions/{code}/exclusion")
async def exclude(
    request: Request,
    actor: access.CurrentActor,
    item: Item,
    form: Annotated[Submission[ExclusionForm], submitted(ExclusionForm)],
) -> Response:
    """Leave it out, and tell its author."""
    await form.attempt(lambda sent: db.write(actions.exclude, actor, item.code, sent, web.base_url(request)))
    if form.valid:
        return web.done(request, item.page, N_("Left out, in public and with your name. Its author is told."))
    return await run_in_threadpool(_refused, request, actor, item, form)


def _refused(request: Request, actor: Actor, item: queries.Words, form: Submission[Any]) -> Response:
    with db.reading() as session:
        return _desk(request, session, actor, item, form)


@router.post("/desk/exclusions/{number}/lifting")
async def take_in(request: Request, actor: access.CurrentActor, excluded: Excluded) -> Response:
    """Take it in again."""
    await db.write(actions.take_in, actor, excluded.id)
    to = f"/desk/contributions/{excluded.code}/coding"
    return web.done(request, to, N_("Taken in again. That it was left out stays readable."))


@router.post("/desk/exclusions/{number}/appeal")
async def decide(
    request: Request,
    actor: access.CurrentActor,
    excluded: Excluded,
    form: Annotated[Submission[AppealDecisionForm], submitted(AppealDecisionForm)],
) -> Response:
    """Decide an appeal as a second person."""
    await form.attempt(lambda sent: db.write(actions.decide, actor, excluded.id, sent, web.base_url(request)))
    if form.valid:
        to = f"/desk/contributions/{excluded.code}/exclusion"
        return web.done(request, to, N_("Decided, in public and with your name. The author is told."))

    def refused() -> Response:
        with db.reading() as session:
            return _desk(request, session, actor, queries.words(session, excluded.code), form)

    return await run_in_threadpool(refused)


@router.get("/contributions/{code}/exclusion")
def public(request: Request, session: db.Read, actor: access.CurrentActor, item: Read) -> Response:
    """Whether and why a contribution is left out, and how its author can appeal."""
    return _public(request, session, actor, item, blank())


def _public(request: Request, session: Session, actor: Actor, item: queries.Words, form: Submission[Any]) -> Response:
    every = queries.exclusions_of(session, item)
    standing = next((one for one in every if one.lifted_at is None), None)
    return web.render(
        request,
        "themes/exclusion.html",
        form.status,
        item=item,
        consultation=item.consultation,
        exclusions=every,
        words={str(code): gettext(words) for code, words in GROUNDS.items()},
        can_appeal=standing is not None and standing.appealed_at is None and access.may("themes.appeal", actor, item),
        form=form,
    )


@router.post("/contributions/{code}/exclusion")
async def appeal(
    request: Request,
    actor: access.CurrentActor,
    item: Own,
    form: Annotated[Submission[AppealForm], submitted(AppealForm)],
) -> Response:
    """Say once why it should be taken into account after all."""
    await form.attempt(lambda sent: db.write(actions.appeal, actor, item.code, sent))
    if form.valid:
        to = f"/contributions/{item.code}/exclusion"
        return web.done(request, to, N_("Your appeal is sent. A second person of the office decides it."))

    def refused() -> Response:
        with db.reading() as session:
            return _public(request, session, actor, item, form)

    return await run_in_threadpool(refused)
