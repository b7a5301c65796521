"""An office's own desk of what it owes: the list by due date, and for each answer hand-over and holding reply."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.core import access, db, paging, web
from app.core.access import Missing, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_, gettext
from app.obligations import actions, queries
from app.obligations.forms import HandOverForm, HoldingReplyForm
from app.obligations.models import KINDS
from app.offices import queries as offices

router = APIRouter()
Mine = Annotated[queries.Owed, guard("obligations.act", queries.in_path)]


@router.get("/desk/obligations", dependencies=[guard("desk.read")])
def owed(
    request: Request,
    session: db.Read,
    actor: access.CurrentActor,
    office: Annotated[str, Query(max_length=120)] = "",
    after: paging.Cursor = "",
) -> Response:
    """What an office owes, the longest overdue first."""
    own = offices.by_ids(session, actor.offices)
    chosen = next((it for it in own if it.slug == office), None) if office else next(iter(own), None)
    if chosen is None and office:
        raise Missing
    to = queries.Narrowed(office_id=chosen.id if chosen else -1)
    found = queries.items(session, "open", to, after or None)
    base = f"/desk/obligations?office={chosen.slug}" if chosen else "/desk/obligations"
    return web.render(
        request,
        "obligations/desk.html",
        own=own,
        chosen=chosen,
        found=found,
        standing=queries.total(session, to),
        kinds=_words(),
        states={state: gettext(words) for state, words in queries.STATE_WORDS.items()},
        next_url=f"{base}&after={found.next}" if found.next else None,
        first_url=base if after else None,
    )


def _words() -> dict[str, str]:
    return {str(kind): gettext(words) for kind, words in KINDS.items()}


@router.get("/desk/obligations/{number}")
def one(request: Request, session: db.Read, owed: Mine) -> Response:
    """One answer that is owed, and what can be done until it comes."""
    return _page(request, session, owed, blank(), blank())


def _page(
    request: Request, session: Session, owed: queries.Owed, handing: Submission[Any], replying: Submission[Any]
) -> Response:
    choices = [choice for choice in offices.office_choices(session) if choice[0] != owed.office_slug]
    return web.render(
        request,
        "obligations/one.html",
        max(handing.status, replying.status),
        owed=owed,
        consultation=queries.consultation_of(session, owed),
        kinds=_words(),
        handing=handing,
        replying=replying,
        form=handing if handing.errors else replying,
        too_short=queries.TOO_SHORT,
        choices=[("", gettext("Choose an office")), *choices],
    )


def _refused(request: Request, owed: queries.Owed, handing: Submission[Any], replying: Submission[Any]) -> Response:
    with db.reading() as session:
        return _page(request, session, owed, handing, replying)


@router.post("/desk/obligations/{number}/hand-over")
async def hand_over(
    request: Request,
    actor: access.CurrentActor,
    owed: Mine,
    form: Annotated[Submission[HandOverForm], submitted(HandOverForm)],
) -> Response:
    """Give it to another office; the clock runs on."""
    await form.attempt(lambda sent: db.write(actions.hand_over, actor, owed.id, sent))
    if not form.valid:
        return await run_in_threadpool(_refused, request, owed, form, blank())
    return web.done(request, "/desk/obligations", N_("Handed over. The due date stays, and everyone can see it."))


@router.post("/desk/obligations/{number}/holding-reply")
async def reply(
    request: Request,
    actor: access.CurrentActor,
    owed: Mine,
    form: Annotated[Submission[HoldingReplyForm], submitted(HoldingReplyForm)],
) -> Response:
    """Name a new date; the due date stays."""
    await form.attempt(lambda sent: db.write(actions.reply, actor, owed.id, sent))
    if not form.valid:
        return await run_in_threadpool(_refused, request, owed, blank(), form)
    notice = N_("Published. The due date stays; the new date stands beside it.")
    return web.done(request, f"/desk/obligations/{owed.id}", notice)
