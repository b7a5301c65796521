"""Taking the next contribution that waits: by chance, by age, or by likeness, and never the same for two people."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.consultations import queries as consultations
from app.contributions.models import Contribution
from app.core import access, clock
from app.core.access import Actor
from app.core.codes import new_code, read_code
from app.core.columns import table
from app.themes import queries
from app.themes.forms import NextForm
from app.themes.models import CodingLease

#: So long a contribution stays with whoever took it from the queue, without a sign of life.
LEASE = timedelta(minutes=15)
#: So often the next one is looked for, where others take it at the same moment.
TRIES = 5
_l, _c = table(CodingLease).c, table(Contribution).c
_ROW = select(_c.id).where(_c.code == bindparam("code"))


def _lease(made: Any) -> Any:
    """Takes a contribution unless somebody else has it open; gives its row number if it was taken."""
    begun = made.insert(table(CodingLease)).values(
        contribution_id=bindparam("contribution"), account_id=bindparam("account"), until=bindparam("ends")
    )
    return begun.on_conflict_do_update(
        index_elements=["contribution_id"],
        set_={"account_id": begun.excluded.account_id, "until": begun.excluded.until},
        where=(_l.account_id == begun.excluded.account_id) | (_l.until <= bindparam("now", type_=_l.until.type)),
    ).returning(_l.contribution_id)


_LEASE = {dialect.name: _lease(made) for dialect, made in ((sqlite.dialect, sqlite), (postgresql.dialect, postgresql))}
_RELEASE = delete(table(CodingLease)).where(_l.account_id == bindparam("account"))


def take_next(session: Session, actor: Actor, consultation_id: int, form: NextForm) -> str | None:
    """Open the next contribution that waits in an order and give its code; None where nothing waits for this person.

    Nobody is given what somebody else has open, what they wrote themselves, or what cannot be read any more. Whoever
    begins by chance begins at a place of their own, so that two people read different things. By likeness comes what is
    most like the one they have before them; without one, any.
    """
    access.require("themes.write", actor, consultations.by_id(session, consultation_id))
    session.execute(_RELEASE, {"account": actor.account})
    now = clock.now()
    before = read_code(form.after)
    if form.order == "alike" and before is not None:
        item = queries.words(session, before)
        if item.consultation.id == consultation_id:
            return _take_alike(session, actor, item)
    order = "age" if form.order == "age" else "chance"
    first, begins = _places(session, order, before)
    for after in (begins, first):
        for _ in range(TRIES):
            found = queries.next_free(session, order, consultation_id, after, actor.account, actor.participant, now)
            if found is None or found.code == before:
                break
            if _leased(session, actor, found, now):
                return found.code
            after = found.code if order == "chance" else found.id
    return None


def _take_alike(session: Session, actor: Actor, item: queries.Words) -> str | None:
    now = clock.now()
    found = queries.most_alike_free(session, item, actor.account, actor.participant, now)
    return next((one.code for one in found[:TRIES] if _leased(session, actor, one, now)), None)


def _leased(session: Session, actor: Actor, one: queries.Next, now: datetime) -> bool:
    values = {"contribution": one.id, "account": actor.account, "now": now, "ends": now + LEASE}
    return session.execute(_LEASE[session.get_bind().dialect.name], values).first() is not None


def _places(session: Session, order: str, before: str | None) -> tuple[Any, Any]:
    """Where an order begins for everybody, and where somebody goes on who has this contribution before them."""
    if order == "chance":
        return "", before or new_code()
    return 0, session.execute(_ROW, {"code": before}).scalar() or 0 if before else 0
