"""Limits on how often something may be tried: exact counters in the database, for every process alike."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Column, delete
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
    now, seconds = clock.now(), int(span.total_seconds())
    window = int(now.timestamp()) // seconds
    key = hashlib.sha256(f"{act}|{who}|{window}".encode()).hexdigest()
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    t = table(Attempts)
    statement = insert(t).values(key=key, tries=1, ends_at=now + span)
    counted = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={"tries": t.c.tries + 1},
    ).returning(t.c.tries)
    return int(session.execute(counted).scalar_one())


def sweep(session: Session) -> None:
    """Forget spans that are over."""
    session.execute(delete(table(Attempts)).where(table(Attempts).c.ends_at < clock.now()))
