"""The public board: which answers are owed, and how each office keeps its promises."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from app.consultations import queries as consultations
from app.core import db, paging, web
from app.core.access import Missing, guard
from app.core.forms import blank
from app.core.i18n import gettext
from app.obligations import queries
from app.obligations.models import KINDS
from app.obligations.queries import Asked
from app.obligations.queries.words import DAYS, STATES
from app.offices import queries as offices

router = APIRouter()
State = Literal[
    "",
    "overdue",
    "due-soon",
    "on-time",
    "answered",
    "answered-late",
    "not-confirmed",
    "confirmed",
    "disputed",
    "lapsed",
]
Kind = Literal["", "closing", "threshold", "question", "review"]
Slug = Annotated[str, Query(max_length=120)]


def asked(session: db.Read, office: Slug = "", kind: Kind = "", state: State = "", consultation: Slug = "") -> Asked:
    """What the address asks for; an office or consultation that does not exist is an address that does not."""
    view = consultations.in_path(session, consultation) if consultation else None
    if view is not None and view.opened_at is None:
        raise Missing
    return Asked(offices.in_path(session, office) if office else None, kind, state or "overdue", view)


AskedFor = Annotated[Asked, Depends(asked)]


@router.get("/board", dependencies=[guard("obligations.read")])
@router.get("/board.json", dependencies=[guard("obligations.read")])
def board(request: Request, session: db.Read, asked: AskedFor, after: paging.Cursor = "") -> Response:
    """How all offices stand, and a list of what is owed."""
    found = queries.board(session, asked, after or None)
    if web.wants_json(request):
        return JSONResponse(queries.facts(asked, found))
    values = _values(asked)
    query = urlencode({name: value for name, value in values.items() if value})
    return web.render(
        request,
        "obligations/board.html",
        asked=asked,
        board=found,
        form=blank(**values),
        kinds={kind: gettext(words) for kind, words in KINDS.items()},
        states={state: gettext(words) for state, words in STATES.items()},
        office_choices=offices.office_choices(session),
        rest=[gettext(DAYS[day]) for day in found.rest_days],
        query=query,
        first_url=f"/board?{query}" if after else None,
        next_url=f"/board?{query}&after={found.items.next}" if found.items.next else None,
    )


def _values(asked: Asked) -> dict[str, str]:
    """What was asked, as the filter shows it."""
    return {
        "office": asked.office.slug if asked.office else "",
        "kind": asked.kind,
        "state": asked.state,
        "consultation": asked.consultation.slug if asked.consultation else "",
    }
