"""The days on which nobody works, as the administrators of the installation keep them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.core import access
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.obligations import queries
from app.obligations.models import Holiday

_h = table(Holiday).c
_SET = {
    dialect.name: (made := module.insert(table(Holiday))).on_conflict_do_update(
        index_elements=["day"], set_={"name": made.excluded.name, "name_en": made.excluded.name_en}
    )
    for dialect, module in ((sqlite.dialect, sqlite), (postgresql.dialect, postgresql))
}


def set_holidays(session: Session, actor: Actor, days: Mapping[date, tuple[str, str]]) -> int:
    """Enter days with their names; a day that is known gets the new name. Due instants that exist stay."""
    access.require("obligations.arrange", actor)
    rows = [{"day": day, "name": name, "name_en": english} for day, (name, english) in days.items()]
    if rows:
        session.connection().execute(_SET[session.get_bind().dialect.name], rows)
    return len(rows)


def remove_holiday(session: Session, actor: Actor, day: date) -> None:
    """Let a day be a working day again. Idempotent; due instants that exist stay."""
    access.require("obligations.arrange", actor)
    session.execute(delete(table(Holiday)).where(_h.day == day))


def copy_year(session: Session, actor: Actor, year: int) -> int:
    """Enter last year's days for this year, on the same dates; those that are known stay. Says how many are new.

    Conflict where last year has none. Feasts that move from year to year have to be corrected by hand.
    """
    access.require("obligations.arrange", actor)
    before = queries.holidays(session, year - 1)
    if not before:
        raise Conflict("no-holidays", N_("Last year has no holidays to copy. Enter them one by one, or paste a list."))
    moved = {
        it.day.replace(year=year): (it.name_id, it.name_en) for it in before if (it.day.month, it.day.day) != (2, 29)
    }
    known = queries.known_days(session, moved)
    return set_holidays(session, actor, {day: names for day, names in moved.items() if day not in known})
