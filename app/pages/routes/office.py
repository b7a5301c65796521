"""The page of an office: what it does, how it is reached, and what it has asked."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app.consultations import queries as consultations
from app.core import db, web
from app.core.access import guard
from app.obligations import queries as obligations
from app.offices import queries as offices
from app.offices.queries import OfficePage, OfficeView

router = APIRouter()
Known = Annotated[OfficeView, guard("offices.read", offices.in_path)]
ASKED = 10


@router.get("/offices/{slug}")
@router.get("/offices/{slug}.json")
def office(request: Request, session: db.Read, office: Known) -> Response:
    """An office among its neighbours, and the latest it has asked."""
    page = offices.office_page(session, office)
    asked = consultations.of_office(session, office.id, ASKED)
    if web.wants_json(request):
        return JSONResponse(_facts(page, asked))
    standing = obligations.total(session, obligations.Narrowed(office_id=office.id))
    return web.render(request, "offices/office.html", page=page, asked=asked, standing=standing)


def _facts(page: OfficePage, asked: tuple[consultations.ConsultationView, ...]) -> dict[str, Any]:
    return offices.facts(page.office) | {
        "parent": page.parent.slug if page.parent else None,
        "children": [child.slug for child in page.children],
        "consultations": [
            {"slug": view.slug, "url": view.url, "title": view.title, "state": view.state} for view in asked
        ],
    }
