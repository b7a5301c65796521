"""The first page: what is open, what was answered and decided lately, and where to look."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.consultations import queries as consultations
from app.core import db, web
from app.core.access import guard
from app.core.forms import blank
from app.decisions import queries as decisions
from app.obligations import queries as obligations
from app.responses import queries as responses

router = APIRouter()


@router.get("/", dependencies=[guard("pages.read")])
def home(request: Request, session: db.Read) -> Response:
    """Home."""
    current = consultations.open_or_soon(session, 6, 5)
    return web.render(
        request,
        "pages/home.html",
        open_now=current.open_now,
        opens_soon=current.soon,
        answered=responses.lately(session, 5),
        decided=decisions.lately(session, 4),
        topics=consultations.topics(session),
        standing=obligations.total(session),
        form=blank(),
    )
