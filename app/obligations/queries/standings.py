"""How offices keep their promises: sums by office, by kind and by month, from the counts the database keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, case, func, select
from sqlmodel import Session

from app.core import clock
from app.core.columns import Instant, table
from app.core.pagecache import changes_at
from app.obligations.models import Kind, ObligationCount, ObligationMonth
from app.rules import obligations as rules

#: So many months are drawn.
MONTHS = 12


@dataclass(frozen=True)
class Narrowed:
    """To what the board is narrowed; 0 and "" mean all."""

    office_id: int = 0
    kind: str = ""
    consultation_id: int = 0


@dataclass(frozen=True)
class Said:
    """What those who were answered say. Unit: answers that were owed."""

    confirmed: int = 0
    disputed: int = 0
    silent: int = 0


@dataclass(frozen=True)
class Month:
    """What was due in a month, as far as it is known whether it came in time. Unit: answers that were owed."""

    number: int
    in_time: int
    late: int
    overdue: int

    @property
    def judged(self) -> int:
        """All of which it is known whether they came in time."""
        return self.in_time + self.late + self.overdue


@dataclass(frozen=True)
class Standings:
    """How all offices stand: together, each by itself, by kind and by month."""

    total: rules.Standing
    said: Said
    offices: dict[int, rules.Standing]
    kinds: dict[str, rules.Standing]
    months: tuple[Month, ...]


_n = table(ObligationCount).c
_NOW, _SOON = bindparam("now", type_=Instant()), bindparam("soon", type_=Instant())
_CLASS = case((_n.due_at < _NOW, 0), (_n.due_at <= _SOON, 1), else_=2)
_THIS_MONTH = _n.due_month == bindparam("month")


def _narrowed(statement: Select[Any], columns: Any, by: tuple[bool, bool, bool]) -> Select[Any]:
    """A statement with a condition for each thing the board is narrowed to."""
    conditions: tuple[ColumnElement[bool], ...] = (
        columns.office_id == bindparam("office"),
        columns.kind == bindparam("kind"),
        _n.consultation_id == bindparam("consultation"),
    )
    return statement.where(*(condition for wanted, condition in zip(by, conditions, strict=True) if wanted))


@lru_cache(maxsize=8)
def _pending(by: tuple[bool, bool, bool]) -> Select[Any]:
    """What is due in the present month or later and open, by office, kind and nearness of the due instant.

    One due instant stands for the rest. What was due in a month that is over is overdue, and counted with its month.
    """
    columns = (
        _n.office_id,
        _n.kind,
        _THIS_MONTH.label("this_month"),
        func.min(_n.due_at).label("due_at"),
        func.sum(_n.pending).label("n"),
    )
    grouped = (_n.office_id, _n.kind, _THIS_MONTH, _CLASS)
    ahead = (_n.pending > 0, _n.due_at >= bindparam("since", type_=Instant()), _n.due_month >= bindparam("month"))
    return _narrowed(select(*columns).where(*ahead).group_by(*grouped), _n, by)


def _sums(counts: Table) -> list[Any]:
    names = ("pending", "in_time", "late", "lapsed", "confirmed", "disputed")
    return [func.coalesce(func.sum(counts.c[name]), 0).label(name) for name in names]


@lru_cache(maxsize=16)
def _settled(by: tuple[bool, bool, bool], monthly: bool) -> Select[Any]:
    """What is settled and what is open since months that are over, by office and kind or by month.

    Of one consultation it comes from the finer table.
    """
    counts = table(ObligationCount) if by[2] else table(ObligationMonth)
    grouped = (counts.c.due_month,) if monthly else (counts.c.office_id, counts.c.kind)
    before = func.coalesce(func.sum(case((counts.c.due_month < bindparam("month"), counts.c.pending), else_=0)), 0)
    statement = select(*grouped, *_sums(counts), before.label("overdue_before")).group_by(*grouped)
    if monthly:
        statement = statement.where(counts.c.due_month >= bindparam("first"))
    return _narrowed(statement, counts.c, by)


def total(session: Session, to: Narrowed = Narrowed()) -> rules.Standing:
    """How all offices together stand, or one; for a line on other pages."""
    now = clock.now()
    asked, by = asked_of(to)
    pending = session.execute(_pending(by), asked | _dates(now)).all()
    _tell_next_change(pending, now)
    settled = session.execute(_settled(by, False), asked | _dates(now)).all()
    return rules.standing((each for _office, _kind, each in _rows(pending, settled, now)), now)


def asked_of(to: Narrowed) -> tuple[dict[str, Any], tuple[bool, bool, bool]]:
    """The parameters of a narrowed statement, and which conditions it has."""
    by = (bool(to.office_id), bool(to.kind), bool(to.consultation_id))
    values = {"office": to.office_id, "kind": to.kind, "consultation": to.consultation_id}
    return {name: value for (name, value), wanted in zip(values.items(), by, strict=True) if wanted}, by


def _dates(now: datetime) -> dict[str, Any]:
    months, here = _months(now), clock.local(now)
    since = clock.from_local(datetime(here.year, here.month, 1)) - timedelta(days=1)
    return {"now": now, "soon": now + rules.SOON, "first": months[0], "month": months[-1], "since": since}


def _rows(pending: Iterable[Any], settled: Iterable[Any], now: datetime) -> list[tuple[int, str, rules.Counts]]:
    """Sums as the rules judge them, with their office and kind."""
    past = now - timedelta(seconds=1)
    return [
        *((row.office_id, row.kind, rules.Counts(row.due_at, pending=row.n)) for row in pending),
        *(
            (row.office_id, row.kind, rules.Counts(past, row.overdue_before, row.in_time, row.late, row.lapsed))
            for row in settled
        ),
    ]


def standings(session: Session, to: Narrowed = Narrowed()) -> Standings:
    """How offices stand now. The page they are on is not kept past the next change."""
    now = clock.now()
    asked, by = asked_of(to)
    pending = session.execute(_pending(by), asked | _dates(now)).all()
    _tell_next_change(pending, now)
    settled = session.execute(_settled(by, False), asked | _dates(now)).all()
    monthly = session.execute(_settled(by, True), asked | _dates(now)).all()
    rows = _rows(pending, settled, now)
    confirmed, disputed = (int(sum(getattr(row, name) for row in settled)) for name in ("confirmed", "disputed"))
    answered = int(sum(row.in_time + row.late for row in settled))
    kinds = _grouped(((kind, each) for _office, kind, each in rows), now)
    return Standings(
        total=rules.standing((each for _office, _kind, each in rows), now),
        said=Said(confirmed, disputed, answered - confirmed - disputed),
        offices=_grouped(((office, each) for office, _kind, each in rows), now),
        kinds={kind: kinds[kind] for kind in Kind if kind in kinds},
        months=_by_month(pending, monthly, now),
    )


def _tell_next_change(pending: Iterable[Any], now: datetime) -> None:
    """Say until when a page that shows the clock may be kept: each class has its earliest due instant in a row."""
    owed = (rules.Obligation(row.due_at, row.due_at) for row in pending)
    if (change := rules.next_change(owed, now)) is not None:
        changes_at(change)


def _grouped(rows: Iterable[tuple[Any, rules.Counts]], now: datetime) -> dict[Any, rules.Standing]:
    found: dict[Any, list[rules.Counts]] = {}
    for key, each in rows:
        found.setdefault(key, []).append(each)
    return {key: rules.standing(each, now) for key, each in found.items()}


def _months(now: datetime) -> list[int]:
    """The months that are drawn, up to the present one, as 202603."""
    here = clock.local(now)
    last = here.year * 12 + here.month - 1
    return [n // 12 * 100 + n % 12 + 1 for n in range(last - MONTHS + 1, last + 1)]


def _by_month(pending: Iterable[Any], settled: Iterable[Any], now: datetime) -> tuple[Month, ...]:
    """The months in order; an open answer counts only once it is overdue, as all of a month that is over are."""
    known = {row.due_month: row for row in settled}
    overdue = {number: int(row.pending) for number, row in known.items()}
    overdue[_months(now)[-1]] = sum(int(row.n) for row in pending if row.this_month and now > row.due_at)
    return tuple(
        Month(
            number,
            int(known[number].in_time) if number in known else 0,
            int(known[number].late) if number in known else 0,
            overdue.get(number, 0),
        )
        for number in _months(now)
    )
