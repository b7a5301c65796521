"""Reminding offices of what they owe: a week before, a day before, and when it is overdue; each step once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.accounts.models import Account, Role, RoleGrant
from app.contributions.models import Contribution
from app.core import clock, jobs
from app.core.columns import Instant, table
from app.obligations import mails
from app.obligations.models import Obligation, Reminder, ReminderDigest, ReminderRound
from app.rules import obligations as rules

#: From this hour of the installation's day on, and so many answers and officials in one act.
HOUR, CHUNK, OFFICIALS = 7, 200, 20
_ORDER = [name for name, _before in rules.REMINDERS]

_o, _r, _c, _a, _g, _d = (
    table(model).c for model in (Obligation, Reminder, Contribution, Account, RoleGrant, ReminderDigest)
)
_KNOWN_ROUND = select(table(ReminderRound).c.day).where(table(ReminderRound).c.day == bindparam("day"))


def _fresh(model: Any) -> dict[str, Any]:
    """Inserting what may be there already, on either database; gives the day of what was not."""
    return {
        dialect: made.insert(table(model)).on_conflict_do_nothing().returning(table(model).c.day)
        for dialect, made in (("sqlite", sqlite), ("postgresql", postgresql))
    }


_ROUND, _REMIND, _DIGEST = (_fresh(model) for model in (ReminderRound, Reminder, ReminderDigest))
_after_at: Any = bindparam("after_at", type_=Instant())
_after: Any = bindparam("after")
_NEXT = (
    select(_o.id, _o.office_id, _o.arose_at, _o.due_at)
    .where(
        _o.outcome == "open",
        _o.due_at <= bindparam("soon", type_=Instant()),
        or_(_o.due_at > _after_at, (_o.due_at == _after_at) & (_o.id > _after)),
        ~exists().where(_r.obligation_id == _o.id, _r.office_id == _o.office_id, _r.name == "overdue"),
    )
    .order_by(_o.due_at, _o.id)
    .limit(CHUNK)
)
_HAD = select(_r.obligation_id, _r.office_id, _r.name).where(_r.obligation_id.in_(bindparam("ids", expanding=True)))
_TODAY = (
    select(_c.code, _o.due_at, _r.name)
    .select_from(table(Reminder))
    .join(table(Obligation), (_o.id == _r.obligation_id) & (_o.office_id == _r.office_id))
    .join(table(Contribution), _c.id == _o.contribution_id)
    .where(_r.day == bindparam("day"), _r.office_id.in_(bindparam("offices", expanding=True)), _o.outcome == "open")
    .order_by(_o.due_at, _o.id)
)
_TOLD = (
    select(_a.id, _a.email, _a.lang)
    .where(
        _a.id > bindparam("after"),
        _a.email.is_not(None),
        _a.confirmed_at.is_not(None),
        _a.deleted_at.is_(None),
        exists().where(
            _g.account_id == _a.id,
            _g.role == Role.OFFICIAL,
            _g.office_id.in_(select(_r.office_id).where(_r.day == bindparam("day"))),
        ),
        ~exists().where(_d.account_id == _a.id, _d.day == bindparam("day")),
    )
    .order_by(_a.id)
    .limit(OFFICIALS)
)
_OFFICES = select(_g.office_id).where(_g.account_id == bindparam("account"), _g.role == Role.OFFICIAL)


def begin_round(session: Session) -> None:
    """Begin the reminders of the day, once, in the morning of the installation's zone."""
    now = clock.now()
    here = clock.local(now)
    day = here.date()
    if here.hour < HOUR or session.execute(_KNOWN_ROUND, {"day": day}).first() is not None:
        return
    connection = session.connection()
    begun = connection.execute(_ROUND[connection.dialect.name], {"day": day, "begun_at": now})
    if begun.first() is not None:
        jobs.later(session, "obligations.remind", day=day.isoformat(), after_at=None, after=0)


def remind_some(session: Session, day: date, after_at: datetime | None, after: int) -> None:
    """Record the reminders the next part of what is owed has reached; then write to the officials. Idempotent."""
    now = clock.now()
    beginning = after_at or datetime(1900, 1, 1, tzinfo=now.tzinfo)
    values = {"soon": now + rules.SOON, "after_at": beginning, "after": after}
    rows = session.execute(_NEXT, values).all()
    had = {(it.obligation_id, it.office_id, it.name) for it in session.execute(_HAD, {"ids": [r.id for r in rows]})}
    new = [
        {"obligation_id": row.id, "office_id": row.office_id, "name": name, "day": day}
        for row in rows
        for name in rules.reminders(rules.Obligation(row.arose_at, row.due_at), now)
        if (row.id, row.office_id, name) not in had
    ]
    connection = session.connection()
    if new:
        connection.execute(_REMIND[connection.dialect.name], new)
    if len(rows) == CHUNK:
        last = rows[-1]
        further = {"after_at": last.due_at.isoformat(), "after": last.id}
        jobs.later(session, "obligations.remind", day=day.isoformat(), **further)
    else:
        jobs.later(session, "obligations.digest", day=day.isoformat(), after=0)


def write_some(session: Session, day: date, after: int) -> None:
    """Write to the next officials whose offices were reminded today; nobody gets two messages a day. Idempotent."""
    told = session.execute(_TOLD, {"day": day, "after": after}).all()
    connection = session.connection()
    for person in told:
        offices = list(session.execute(_OFFICES, {"account": person.id}).scalars())
        due = _most_urgent(session.execute(_TODAY, {"day": day, "offices": offices}).all())
        first = connection.execute(_DIGEST[connection.dialect.name], {"account_id": person.id, "day": day})
        if first.first() is not None and due:
            mails.digest(session, person.email, person.lang, due)
    if len(told) == OFFICIALS:
        jobs.later(session, "obligations.digest", day=day.isoformat(), after=told[-1].id)


def _most_urgent(rows: Sequence[Any]) -> list[mails.Due]:
    """Each answer once, with the last step it has reached."""
    found: dict[str, mails.Due] = {}
    for row in rows:
        kept = found.get(row.code)
        if kept is None or _ORDER.index(row.name) > _ORDER.index(kept.name) or row.due_at < kept.due_at:
            found[row.code] = mails.Due(row.code, row.name, row.due_at)
    return sorted(found.values(), key=lambda it: (it.due_at, it.code))
