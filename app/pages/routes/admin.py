"""The administrators' first page: where offices, people, topics and mail are looked after."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.core import db, web
from app.core.access import guard
from app.pages import queries

router = APIRouter()


@router.get("/admin", dependencies=[guard("admin.read")])
def admin(request: Request, session: db.Read) -> Response:
    """What there is to look after, with figures."""
    return web.render(request, "pages/admin.html", installation=queries.installation(session))
