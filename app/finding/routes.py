"""The page on which people find what exists."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from app.consultations import queries as consultations
from app.core import db, paging, web
from app.core.access import Missing, guard
from app.core.forms import Submission, clean_line
from app.core.i18n import N_
from app.finding import queries
from app.finding.queries import Found, Narrowing
from app.offices import queries as offices

router = APIRouter()
Kind = Literal["", "consultation", "proposal", "answer", "decision"]
State = Literal["", "open", "upcoming", "closed", "decided", "cancelled"]
Slug = Annotated[str, Query(max_length=80, pattern=r"^[a-z0-9-]*$")]


#: So many characters can be looked for at once.
LONGEST = 200
TOO_LONG = N_("Look for at most %(most)s characters. A few words of what you look for are enough.")


class Asked:
    """What a visitor looks for."""

    def __init__(
        self,
        q: str = "",
        kind: Kind = "",
        consultation: Slug = "",
        topic: Slug = "",
        area: Annotated[str, Query(max_length=200)] = "",
        state: State = "",
        after: paging.Cursor = "",
    ) -> None:
        self.after = after
        values = {
            "q": clean_line(q), "kind": kind, "consultation": consultation, "topic": topic,
            "area": clean_line(area), "state": state,
        }  # fmt: skip
        self.kept = {name: value for name, value in values.items() if value}
        self.form: Submission[Any] = Submission(values={**values})
        if len(values["q"]) > LONGEST:
            self.form.blame("q", TOO_LONG, most=LONGEST)

    def address(self, **changes: str | None) -> str:
        """The address of this search with changes."""
        kept = {name: value for name, value in (self.kept | changes).items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@router.get("/search.json", dependencies=[guard("finding.read")])
@router.get("/search", dependencies=[guard("finding.read")])
def page(request: Request, session: db.Read, asked: Annotated[Asked, Depends()]) -> Response:
    """Consultations, proposals, answers and decisions that have the words looked for."""
    topics = consultations.topics(session)
    values = asked.form.values
    topic = next((one.id for one in topics if one.slug == values["topic"]), None)
    place, places = _place(session, asked.form)
    within = queries.named(session, str(values["consultation"])) if values["consultation"] else None
    if (values["topic"] and topic is None) or (values["consultation"] and within is None):
        raise Missing
    narrowing = Narrowing(
        kind=str(values["kind"]),
        consultation=within.id if within else None,
        topic=topic,
        area=place.code if place else "",
        state=str(values["state"]),
    )
    looked = bool(values["q"]) and not asked.form.errors
    found = queries.search(session, str(values["q"]), narrowing, asked.after or None) if looked else Found()
    if web.wants_json(request):
        return _json(asked, found) if "q" not in asked.form.errors else _too_long(asked)
    return web.render(
        request,
        "finding/page.html",
        asked.form.status if asked.form.errors.get("q") else 200,
        found=found,
        form=asked.form,
        looked=looked,
        narrowed=len(asked.kept) > bool(values["q"]),
        within=within,
        place=place,
        places=places,
        topics=[(one.slug, one.name) for one in topics],
        wider="/search" + (f"?{urlencode({'q': values['q']})}" if values["q"] else ""),
        next_url=f"/search{asked.address(after=found.next)}" if found.next else None,
        first_url=f"/search{asked.address()}" if asked.after else None,
    )


def _place(session: Session, form: Submission[Any]) -> tuple[offices.AreaView | None, tuple[offices.AreaView, ...]]:
    """The place that was typed, or those it may mean, which the form is blamed for."""
    typed = str(form.values["area"])
    found = offices.resolve_area(session, typed) if typed else ()
    if isinstance(found, offices.AreaView):
        return found, ()
    if typed:
        form.blame("area", offices.SEVERAL if found else offices.NOWHERE)
    return None, found


def _too_long(asked: Asked) -> Response:
    return JSONResponse({"error": "too-long", "detail": asked.form.errors["q"]}, asked.form.status)


def _json(asked: Asked, found: Found) -> Response:
    results = [
        {
            "kind": it.kind,
            "url": it.url,
            "title": "".join(piece for piece, _ in it.title),
            "excerpt": "".join(piece for piece, _ in it.text),
            "lang": it.lang,
            "consultation": it.about or None,
            "status": it.status or None,
            "at": it.at.isoformat(),
        }
        for it in found.items
    ]
    told = {"found": found.number, "more": found.more, "results": results}
    return JSONResponse(told | {"next": f"/search.json{asked.address(after=found.next)}" if found.next else None})
