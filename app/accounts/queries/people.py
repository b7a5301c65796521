"""People as administrators see them: who has an account, and who holds which role."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Table, func, or_, select
from sqlmodel import Session

from app.accounts.models import Account, Participant, RoleGrant
from app.core import db
from app.core.access import Missing
from app.core.columns import table
from app.core.paging import Key, Page, page

_a, _p, _g = (table(model).c for model in (Account, Participant, RoleGrant))


@cache
def office_table() -> Table:
    """The table a grant's office is a row of; offices lie above accounts, so it is reached by the foreign key."""
    return next(iter(_g.office_id.foreign_keys)).column.table


@dataclass(frozen=True)
class OfficeChoice:
    """An office an official may belong to."""

    id: int
    slug: str
    name: str


def offices(session: Session) -> tuple[OfficeChoice, ...]:
    """The offices that are at work, by name."""
    o = office_table().c
    rows = session.execute(select(o.id, o.slug, o.name).where(o.closed_at.is_(None)).order_by(o.name))
    return tuple(OfficeChoice(*row) for row in rows)


@dataclass(frozen=True)
class Grant:
    """A role somebody holds: for which office, since when, given by whom."""

    id: int
    role: str
    office: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Somebody:
    """A person with an account."""

    id: int
    name: str
    email: str
    confirmed: bool
    created_at: datetime
    grants: tuple[Grant, ...]


_SOMEBODY = (
    select(_a.id, _p.name, _a.email, _a.confirmed_at, _a.created_at)
    .select_from(table(Account))
    .join(table(Participant), _p.id == _a.participant_id)
    .where(_a.email.is_not(None), _a.deleted_at.is_(None))
)


def people(session: Session, sought: str, after: str | None) -> Page[Somebody]:
    """People whose name or address contains what is sought, the newest first."""
    statement = _SOMEBODY
    if sought:
        places = (func.lower(column).contains(sought.lower(), autoescape=True) for column in (_a.email, _p.name))
        statement = statement.where(or_(*places))
    found = page(session, statement, [Key("id", _a.id, descending=True)], after)
    grants = _grants(session, [row.id for row in found.items])
    return Page(tuple(_somebody(row, grants.get(row.id, ())) for row in found.items), found.next)


def holders(session: Session) -> tuple[Somebody, ...]:
    """Everyone who holds a role, by name."""
    rows = session.execute(_SOMEBODY.where(_a.id.in_(select(_g.account_id))).order_by(_p.name, _a.id).limit(500)).all()
    grants = _grants(session, [row.id for row in rows])
    return tuple(_somebody(row, grants.get(row.id, ())) for row in rows)


def in_path(session: db.Read, number: int) -> Somebody:
    """The person a page's address names."""
    row = session.execute(_SOMEBODY.where(_a.id == number)).first() if number < 2**31 else None
    if row is None:
        raise Missing
    return _somebody(row, _grants(session, [number]).get(number, ()))


def _somebody(row: Any, grants: tuple[Grant, ...]) -> Somebody:
    return Somebody(row.id, row.name or "", row.email, row.confirmed_at is not None, row.created_at, grants)


def _grants(session: Session, accounts: list[int]) -> dict[int, tuple[Grant, ...]]:
    o, giver, giving = office_table().c, table(Account).alias(), table(Participant).alias()
    held = (
        select(_g.account_id, _g.id, _g.role, o.name.label("office"), _g.granted_at, giving.c.name.label("by"))
        .select_from(table(RoleGrant))
        .outerjoin(office_table(), o.id == _g.office_id)
        .outerjoin(giver, giver.c.id == _g.granted_by)
        .outerjoin(giving, giving.c.id == giver.c.participant_id)
        .where(_g.account_id.in_(accounts))
        .order_by(_g.id)
    )
    found: dict[int, tuple[Grant, ...]] = {}
    for row in session.execute(held):
        one = Grant(row.id, row.role, row.office or "", row.granted_at, row.by or "")
        found[row.account_id] = (*found.get(row.account_id, ()), one)
    return found
