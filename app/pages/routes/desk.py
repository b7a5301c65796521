"""The officials' desk: what waits for them."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.consultations import queries as consultations
from app.core import access, db, web
from app.core.access import guard
from app.responses import queries as responses

router = APIRouter()
DONE = 20


@router.get("/desk", dependencies=[guard("desk.read")])
def desk(request: Request, session: db.Read, actor: access.CurrentActor) -> Response:
    """What waits: drafts to open, proposals to answer, decisions to publish."""
    awaiting = consultations.awaiting(session, actor.offices)
    ids = [view.id for view in (*awaiting.open, *awaiting.closed)]
    return web.render(
        request,
        "pages/desk.html",
        awaiting=awaiting,
        done=consultations.done(session, actor.offices, DONE),
        progress=responses.progress(session, ids),
    )
