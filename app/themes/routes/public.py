"""What everybody reads of themes: the codebook in force, its history, and whether all that was received is counted."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.core import db, web
from app.core.access import guard
from app.themes import queries

router = APIRouter()
Readable = Annotated[ConsultationView, guard("themes.read", consultations.in_path)]
Number = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/consultations/{slug}/themes.json")
def facts(session: db.Read, consultation: Readable) -> JSONResponse:
    """The codebook in force and the balance, as JSON."""
    book, reconciled = queries.in_force(session, consultation.id), queries.balance(session, consultation.id)
    check = queries.newest_check(session, consultation.id, book)
    return JSONResponse(
        {
            "consultation": consultation.slug,
            "balance": vars(reconciled.counted),
            "by_kind": {kind: vars(one) for kind, one in reconciled.by_kind.items()},
            "codebook": _fact(book) if book else None,
            "weights": _weights(book, queries.weights(session, consultation.id)) if book else [],
            "additions_unread": queries.unread_additions(session, consultation.id),
            "check": check.facts() if check else None,
            "versions": [
                {"version": one.number, "published": one.published_at.isoformat(), "by": one.name, "reason": one.reason}
                for one in queries.editions(session, consultation.id)
            ],
        }
    )


def _fact(book: queries.CodebookView) -> dict[str, Any]:
    assert book.published_at is not None
    return {**book.facts, "published": book.published_at.isoformat(), "by": book.name, "h": book.h}


def _weights(book: queries.CodebookView, found: dict[int, queries.Weight]) -> list[dict[str, int]]:
    """Each theme in force with its weight, the heaviest first; equal ones by their numbers."""
    every = [(theme.number, found.get(theme.id, queries.Weight())) for theme in book.themes]
    every.sort(key=lambda it: (-it[1].contributions, it[0]))
    return [
        {"theme": number, "contributions": it.contributions, "arguments": it.arguments, "people": it.people}
        for number, it in every
    ]


@router.get("/consultations/{slug}/themes")
def page(request: Request, session: db.Read, consultation: Readable) -> Response:
    """The themes that were found in what people said."""
    return _page(request, session, consultation, queries.in_force(session, consultation.id))


@router.get("/consultations/{slug}/themes/{number}")
def edition(request: Request, session: db.Read, consultation: Readable, number: Number) -> Response:
    """An earlier version of the codebook, as it was in force."""
    return _page(request, session, consultation, queries.edition(session, consultation.id, number))


def _page(
    request: Request, session: Session, consultation: ConsultationView, book: queries.CodebookView | None
) -> Response:
    editions = queries.editions(session, consultation.id)
    in_force = book is not None and book.number == editions[0].number
    return web.render(
        request,
        "themes/codebook.html",
        consultation=consultation,
        book=book,
        editions=editions,
        newest=editions[0].number if editions else 0,
        weights=_weights(book, queries.weights(session, consultation.id)) if book and in_force else [],
        balance=queries.balance(session, consultation.id).counted,
        check=queries.newest_check(session, consultation.id, book),
        unread=queries.unread_additions(session, consultation.id),
    )
