"""The officials' desk: what waits for them."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.consultations import queries as consultations
from app.contributions import queries as contributions
from app.core import access, db, web
from app.core.access import guard
from app.core.i18n import gettext
from app.obligations import queries as obligations
from app.obligations.models import KINDS
from app.responses import queries as responses

router = APIRouter()
DONE = 20
#: So many owed answers stand on the desk itself.
FIRST = 5


@router.get("/desk", dependencies=[guard("desk.read")])
def desk(request: Request, session: db.Read, actor: access.CurrentActor) -> Response:
    """What waits: drafts to open, contributions to read and answer, decisions to publish."""
    awaiting = consultations.awaiting(session, actor.offices)
    ids = [view.id for view in (*awaiting.open, *awaiting.closed)]
    return web.render(
        request,
        "pages/desk.html",
        awaiting=awaiting,
        done=consultations.done(session, actor.offices, DONE),
        totals=contributions.totals_of(session, ids),
        owed=_owed(session, actor.offices),
        in_work=responses.counts(session, actor),
        kinds={str(kind): gettext(words) for kind, words in KINDS.items()},
        states={state: gettext(words) for state, words in obligations.STATE_WORDS.items()},
    )


def _owed(session: Session, offices: frozenset[int]) -> list[obligations.Item]:
    """What somebody's offices owe next, the longest overdue first."""
    narrowed = (obligations.Narrowed(office_id=office) for office in sorted(offices))
    found = [item for to in narrowed for item in obligations.items(session, "open", to, None, FIRST).items]
    return sorted(found, key=lambda item: (item.due_at, item.id))[:FIRST]
