"""Asked, said, answered: what became of a consultation, on one page."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.core import db, web
from app.core.access import guard
from app.exports import queries

router = APIRouter()
Readable = Annotated[ConsultationView, guard("themes.read", consultations.in_path)]


@router.get("/consultations/{slug}/answered.json")
def facts(session: db.Read, view: Readable) -> Response:
    """The same facts as JSON."""
    return JSONResponse(queries.account(session, view).facts)


@router.get("/consultations/{slug}/answered")
def page(request: Request, session: db.Read, view: Readable) -> Response:
    """What was asked, what was said in which words, what was answered, and what changed."""
    return web.render(request, "pages/answered.html", account=queries.account(session, view), why=queries.WHY)
