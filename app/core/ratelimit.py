"""Limits on how often something may be tried: exact counters in the database, for every process alike."""

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel

from app.core import clock
from app.core.columns import Instant, table


class Attempts(SQLModel, table=True):
    """How often something was tried in a span of time; the key is hashed, so that no address is kept."""

    key: str = Field(primary_key=True)
    tries: int
    ends_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))


def count(session: Session, act: str, who: str, span: timedelta) -> int:
    """Count one more try and say how many there were in this span."""
    key = _key(act, who, span)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    t = table(Attempts)
    statement = insert(t).values(key=key, tries=1, ends_at=span_ends(span))
    counted = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={"tries": t.c.tries + 1},
    ).returning(t.c.tries)
    return int(session.execute(counted).scalar_one())


def give_back(session: Session, act: str, who: str, span: timedelta) -> None:
    """Take one try off again, when it turned out to be none of those that are limited."""
    t = table(Attempts).c
    session.execute(update(Attempts).where(t.key == _key(act, who, span), t.tries > 0).values(tries=t.tries - 1))


def forget(session: Session, act: str, who: str, span: timedelta) -> None:
    """Count from nothing again, when somebody proved in another way who they are."""
    session.execute(delete(table(Attempts)).where(table(Attempts).c.key == _key(act, who, span)))


def span_ends(span: timedelta) -> datetime:
    """When the present span is over and counting starts again."""
    seconds = int(span.total_seconds())
    return datetime.fromtimestamp((int(clock.now().timestamp()) // seconds + 1) * seconds, UTC)


def _key(act: str, who: str, span: timedelta) -> str:
    window = int(span_ends(span).timestamp())
    return hashlib.sha256(f"{act}|{who}|{window}".encode()).hexdigest()


def sweep(session: Session) -> None:
    """Forget spans that are over."""
    session.execute(delete(table(Attempts)).where(table(Attempts).c.ends_at < clock.now()))
