"""What an answer says to single contributions alone: found by code or words, written on a page of its own."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.core import db, web
from app.core.access import CurrentActor, Missing, guard
from app.core.codes import read_code
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.responses import actions, queries
from app.responses.forms import ExceptionForm
from app.responses.queries import Answered, ResponseView

router = APIRouter()
Draft = Annotated[ResponseView, guard("responses.write", queries.in_path)]
#: So many contributions are listed at once; others are found by their code or words.
MOST = 50


@router.get("/desk/answers/{number}/exceptions")
def exceptions(
    request: Request, session: db.Read, response: Draft, q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """The contributions of a draft: those with an exception first, narrowed by a code or by words."""
    sought, code = q.strip().casefold(), read_code(q)
    found = [
        it
        for it in queries.answered_now(session, response)
        if not sought or it.code == code or sought in it.title.casefold()
    ]
    found.sort(key=lambda it: not (it.exception or it.other_exception))
    return web.render(
        request, "responses/exceptions.html", response=response, q=q, found=found[:MOST], more=len(found) - MOST
    )


def _one(session: Session, response: ResponseView, code: str) -> Answered:
    item = next((it for it in queries.answered_now(session, response) if it.code == read_code(code)), None)
    if item is None:
        raise Missing
    return item


def _page(request: Request, response: ResponseView, item: Answered, form: Submission[Any]) -> Response:
    with db.reading() as session:
        words = queries.quotable(session, [item.id]).get(item.id)
    form.values["seen"] = response.digest
    return web.render(
        request, "responses/exception.html", form.status, response=response, item=item, words=words, form=form
    )


@router.get("/desk/answers/{number}/exceptions/{code}")
def exception_page(request: Request, session: db.Read, response: Draft, code: str) -> Response:
    """Where something is said to one contribution alone."""
    item = _one(session, response, code)
    return _page(request, response, item, blank(text=item.exception, other_text=item.other_exception))


@router.post("/desk/answers/{number}/exceptions/{code}")
async def write_exception(
    request: Request,
    actor: CurrentActor,
    response: Draft,
    code: str,
    form: Annotated[Submission[ExceptionForm], submitted(ExceptionForm)],
) -> Response:
    """Keep it with the draft; empty takes it away."""
    await form.attempt(lambda sent: db.write(actions.write_exception, actor, response.id, code, sent))
    if not form.valid:
        return await run_in_threadpool(_again, request, response.id, code, form)
    told = N_("The exception is kept with the draft.") if form.checked.text else N_("There is no exception here.")
    return web.done(request, f"/desk/answers/{response.id}/exceptions", told)


def _again(request: Request, number: int, code: str, form: Submission[ExceptionForm]) -> Response:
    with db.reading() as session:
        response = queries.by_id(session, number)
        item = _one(session, response, code)
    return _page(request, response, item, form)
