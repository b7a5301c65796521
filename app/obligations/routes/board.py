"""The public board: which answers are owed, and how each office keeps its promises."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from app.core import db, paging, web
from app.core.access import guard
from app.core.forms import blank
from app.core.i18n import gettext
from app.obligations import queries
from app.obligations.models import KINDS
from app.obligations.queries import Asked
from app.obligations.queries.words import DAYS, STATES

router = APIRouter()
AskedFor = Annotated[Asked, Depends(queries.asked)]


@router.get("/board", dependencies=[guard("obligations.read")])
@router.get("/board.json", dependencies=[guard("obligations.read")])
def board(request: Request, session: db.Read, asked: AskedFor, after: paging.Cursor = "") -> Response:
    """How all offices stand, and a list of what is owed."""
    found = queries.board(session, asked, after or None)
    if web.wants_json(request):
        return JSONResponse(queries.facts(asked, found))
    values = asked.values
    query = urlencode({name: value for name, value in values.items() if value})
    return web.render(
        request,
        "obligations/board.html",
        asked=asked,
        board=found,
        form=blank(**values),
        kinds={kind: gettext(words) for kind, words in KINDS.items()},
        states={state: gettext(words) for state, words in STATES.items()},
        office_choices=list(found.choices),
        rest=[gettext(DAYS[day]) for day in found.rest_days],
        query=query,
        first_url=f"/board?{query}" if after else None,
        next_url=f"/board?{query}&after={found.items.next}" if found.items.next else None,
    )
