"""Which days the offices of this installation work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.core import clock
from app.core.columns import table
from app.core.i18n import language
from app.obligations.models import Holiday
from app.rules.obligations import WorkingDays
from app.settings import settings

_h = table(Holiday).c
_YEAR = (
    select(_h.day, _h.name, _h.name_en).where(_h.day.between(bindparam("first"), bindparam("last"))).order_by(_h.day)
)


@dataclass(frozen=True)
class HolidayView:
    """A day of rest with its name in the reader's language and as it was written."""

    day: date
    name: str
    name_id: str
    name_en: str


def rest_days() -> frozenset[int]:
    """The weekdays of rest."""
    return frozenset(int(day) for day in settings().rest_days.split(",") if day)


def working_days(session: Session) -> WorkingDays:
    """The calendar by which due instants are counted, in the zone of the offices."""
    return WorkingDays(clock.zone(), rest_days(), frozenset(session.execute(select(_h.day)).scalars()))


def holidays(session: Session, year: int) -> tuple[HolidayView, ...]:
    """The days of rest of a year in order."""
    span = {"first": date(year, 1, 1), "last": date(year, 12, 31)}
    english = language.get() == "en"
    return tuple(
        HolidayView(row.day, row.name_en if english and row.name_en else row.name, row.name, row.name_en)
        for row in session.execute(_YEAR, span).all()
    )


def known_days(session: Session, days: Iterable[date]) -> set[date]:
    """Which of these are days of rest already."""
    return set(session.execute(select(_h.day).where(_h.day.in_(list(days)))).scalars())


def month_of(due_at: datetime) -> int:
    """The month in which something is due on the installation's calendar, as 202603."""
    here = clock.local(due_at)
    return here.year * 100 + here.month
