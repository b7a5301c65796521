"""Consultations for everyone: the list, and the history of one."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from app.consultations import queries
from app.consultations.queries import ConsultationView, Filters
from app.core import db, web
from app.core.access import guard
from app.core.forms import Submission, clean_line
from app.core.paging import Cursor
from app.offices import queries as offices

router = APIRouter()
State = Literal["", "open", "upcoming", "closed", "decided", "cancelled"]


@router.get("/consultations.json", dependencies=[guard("consultations.list")])
@router.get("/consultations", dependencies=[guard("consultations.list")])
def page(
    request: Request,
    session: db.Read,
    state: State = "",
    topic: Annotated[str, Query(max_length=80)] = "",
    area: Annotated[str, Query(max_length=200)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    after: Cursor = "",
) -> Response:
    """Open and past consultations, found by state, topic, place and words."""
    asked = {"state": state, "topic": topic, "area": clean_line(area), "q": clean_line(q)}
    form: Submission[Any] = Submission(values={**asked})
    places = offices.chosen_area(session, form)
    place = offices.resolve_area(session, asked["area"]) if asked["area"] and not form.errors else None
    area_id = place.id if isinstance(place, offices.AreaView) else None
    filters = Filters(state, topic, area_id, asked["q"])
    found = queries.NOTHING if form.errors else queries.listing(session, filters, after or None)
    kept = {name: value for name, value in asked.items() if value}
    if web.wants_json(request):
        return _json(found.items, found.next, kept)
    return web.render(
        request,
        "consultations/list.html",
        found=found,
        topics=[(topic.slug, topic.name) for topic in queries.topics(session)],
        form=form,
        places=places,
        place=place,
        filtered=len(kept),
        after=after,
        address=_address(kept),
        next_url=_address({**kept, "after": found.next}) if found.next else None,
    )


def _address(asked: dict[str, Any]) -> str:
    return f"/consultations?{urlencode(asked)}" if asked else "/consultations"


def _json(items: tuple[ConsultationView, ...], after: str | None, kept: dict[str, str]) -> Response:
    further = f"/consultations.json?{urlencode({**kept, 'after': after})}" if after else None
    return JSONResponse({"consultations": [queries.facts(it) for it in items], "next": further})


@router.get("/consultations/{slug}/changes.json")
@router.get("/consultations/{slug}/changes")
def changes(
    request: Request,
    session: db.Read,
    view: Annotated[ConsultationView, guard("consultations.read", queries.in_path)],
) -> Response:
    """Every public change after opening, with what was there before and why."""
    first_lang = queries.lang_of(session, view.id)
    found = queries.changes_of(session, view.id, first_lang)
    if web.wants_json(request):
        return JSONResponse({"consultation": view.slug, "changes": queries.change_facts(found)})
    return web.render(request, "consultations/changes.html", view=view, sets=found, first_lang=first_lang)
