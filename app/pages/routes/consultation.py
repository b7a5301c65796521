"""The page of a consultation."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.core import clock, db, web
from app.core.access import guard
from app.decisions import queries as decisions
from app.pages import queries
from app.proposals import queries as proposals

router = APIRouter()
Readable = Annotated[ConsultationView, guard("consultations.read", consultations.in_path)]


def _some(session: Session, view: ConsultationView) -> list[proposals.Item]:
    """A few proposals: while people can act, others each day, so that none has an advantage; then the newest."""
    if view.state in ("open", "counting"):
        return proposals.some(session, view.id, clock.local(clock.now()).toordinal() % proposals.SEEDS, 4)
    return proposals.newest(session, view.id, 4)


@router.get("/consultations/{slug}.json")
def facts(session: db.Read, view: Readable) -> Response:
    """The same facts as JSON."""
    totals = queries.totals(session, view)
    told = consultations.facts(view) | {
        "proposals": totals.proposals,
        "comments": totals.comments,
        "ballots": totals.ballots,
        "answered": totals.answered,
        "lights": asdict(totals.lights),
    }
    return JSONResponse(told)


@router.get("/consultations/{slug}")
def page(request: Request, session: db.Read, view: Readable) -> Response:
    """One question: until when, what can be done, what came of it, and everything there is to know."""
    return web.render(request, "pages/consultation.html", view=view, **_parts(session, view))


def _parts(session: Session, view: ConsultationView) -> dict[str, Any]:
    decision = decisions.of_consultation(session, view.id) if view.decided_at else None
    return {
        "page": consultations.consultation_page(session, view),
        "totals": queries.totals(session, view),
        "some": _some(session, view),
        "decision": decision,
    }
