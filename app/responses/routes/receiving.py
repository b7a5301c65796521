"""Where somebody who was owed an answer says whether it answers them."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.core import db, web
from app.core.access import CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.responses import actions, queries
from app.responses.forms import ReceptionForm

router = APIRouter()
Receiving = Annotated[queries.Received, guard("responses.receive", queries.to_receive)]


@router.get("/contributions/{code}/reception")
def reception_page(request: Request, session: db.Read, received: Receiving) -> Response:
    """Where the author says whether the answer answers them."""
    return _reception_page(request, session, received, blank())


def _reception_page(request: Request, session: Session, received: queries.Received, form: Submission[Any]) -> Response:
    answers = [it for it in queries.answers_of(session, received.contribution_id) if it.superseded_at is None]
    return web.render(
        request, "responses/reception.html", form.status, received=received, form=form, answers=answers
    )  # fmt: skip


@router.post("/contributions/{code}/reception")
async def receive(
    request: Request,
    actor: CurrentActor,
    received: Receiving,
    form: Annotated[Submission[ReceptionForm], submitted(ReceptionForm)],
) -> Response:
    """Say whether the answer answers; once that it does not."""
    await form.attempt(lambda sent: db.write(actions.receive, actor, received.code, sent))
    if not form.valid:
        return await run_in_threadpool(_refused_reception, request, received, form)
    disputed = form.checked.said == "disputed"
    told = (
        N_("Noted. Somebody else of the office now owes a second answer.")
        if disputed
        else N_("Noted: this answers you.")
    )
    return web.done(request, received.url, told)


def _refused_reception(request: Request, received: queries.Received, form: Submission[Any]) -> Response:
    with db.reading() as session:
        return _reception_page(request, session, received, form)
