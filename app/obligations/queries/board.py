"""The board: how all offices keep their promises, and which answers are owed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlmodel import Session

from app.consultations.models import Consultation
from app.consultations.queries import ConsultationView
from app.core import clock, paging
from app.core.columns import table
from app.core.i18n import language
from app.obligations.models import KINDS, ObligationCount
from app.obligations.queries.asking import Asked
from app.obligations.queries.calendar import HolidayView, holidays, rest_days
from app.obligations.queries.lists import Item, items
from app.obligations.queries.standings import Standings, standings
from app.offices import queries as offices
from app.rules.obligations import Standing

#: So many consultations can be chosen from, the newest first.
CHOICES = 100

_k, _n = table(Consultation).c, table(ObligationCount).c
_OWING = (
    select(_k.id, _k.slug, _k.title, _k.other_title, _k.lang)
    .where(exists().where(_n.consultation_id == _k.id))
    .order_by(_k.opened_at.desc(), _k.id.desc())
    .limit(CHOICES)
)


@dataclass(frozen=True)
class OfficeLine:
    """An office with how it stands."""

    slug: str
    name: str
    standing: Standing


@dataclass(frozen=True)
class Board:
    """The board as it stands now for what a visitor asked."""

    standings: Standings
    offices: tuple[OfficeLine, ...]
    #: The offices to choose from.
    choices: tuple[tuple[str, str], ...]
    items: paging.Page[Item]
    consultations: tuple[tuple[str, str], ...]
    holidays: tuple[HolidayView, ...]
    rest_days: tuple[int, ...]
    year: int
    at: datetime


def board(session: Session, asked: Asked, after: str | None) -> Board:
    """The board for what was asked."""
    found = standings(session, asked.narrowed)
    tree = offices.tree(session)
    now = clock.now()
    year = clock.local(now).year
    return Board(
        standings=found,
        offices=_lines(tree, found),
        choices=tuple(offices.choices_in(tree)),
        items=items(session, asked.state, asked.narrowed, after),
        consultations=_owing(session, asked.consultation),
        holidays=holidays(session, year),
        rest_days=tuple(sorted(rest_days())),
        year=year,
        at=now,
    )


def _lines(tree: tuple[offices.Branch, ...], found: Standings) -> tuple[OfficeLine, ...]:
    """The offices that owe or owed something, by name."""
    every = {office.id: office for office, _depth in offices.walk(tree)}
    named = [OfficeLine(every[number].slug, every[number].name, standing) for number, standing in found.offices.items()]
    return tuple(sorted(named, key=lambda line: (line.name, line.slug)))


def _owing(session: Session, chosen: ConsultationView | None) -> tuple[tuple[str, str], ...]:
    lang = language.get()
    rows = session.execute(_OWING).all()
    choices = [(row.slug, row.other_title if lang != row.lang and row.other_title else row.title) for row in rows]
    if chosen is not None and chosen.slug not in dict(choices):
        choices.append((chosen.slug, chosen.title))
    return tuple(choices)


def facts(asked: Asked, found: Board) -> dict[str, Any]:
    """The board as data."""
    return {
        "at": found.at.isoformat(),
        "office": asked.office.slug if asked.office else None,
        "kind": asked.kind or None,
        "consultation": asked.consultation.slug if asked.consultation else None,
        "total": _standing(found.standings.total),
        "said": vars(found.standings.said),
        "offices": [{"slug": line.slug, "name": line.name, **_standing(line.standing)} for line in found.offices],
        "kinds": {str(kind): _standing(found.standings.kinds[kind]) for kind in KINDS if kind in found.standings.kinds},
        "months": [
            {"month": f"{it.number // 100}-{it.number % 100:02}", "in_time": it.in_time, "late": it.late,
             "overdue": it.overdue, "judged": it.judged}
            for it in found.standings.months
        ],
        "state": asked.state,
        "items": [item_facts(item) for item in found.items.items],
        "next": found.items.next,
    }  # fmt: skip


def _standing(found: Standing) -> dict[str, Any]:
    return vars(found) | {"judged": found.judged, "rate": str(found.rate) if found.rate is not None else None}


def item_facts(item: Item) -> dict[str, Any]:
    """One answer that is owed, as data."""
    return {
        "code": item.code,
        "url": item.url,
        "title": item.title or None,
        "kind": item.kind,
        "state": item.state,
        "reception": item.reception or None,
        "office": item.office_slug,
        "consultation": item.consultation_slug,
        "arose": item.arose_at.isoformat(),
        "due": item.due_at.isoformat(),
        "answered": item.answered_at.isoformat() if item.answered_at else None,
        "promised": item.promised_at.isoformat() if item.promised_at else None,
        "handed_over": item.handed_over,
    }
