"""Notes for tests of the writer: acts that store something small, and the writer held while others wait."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session

from app.core import db
from app.core.columns import table
from app.core.ratelimit import Attempts

NOTES = table(Attempts)  # a small table with a unique key, to write notes into
LATER = datetime(2100, 1, 1, tzinfo=UTC)
PATIENCE = 20


def note(session: Session, _actor: object, key: str, tries: int = 1) -> str:
    """Store a note; one that is there already is refused by the database."""
    session.execute(insert(NOTES), {"key": key, "tries": tries, "ends_at": LATER})
    return key


def count_up(session: Session, _actor: object, key: str) -> None:
    """Change a note that is there."""
    session.execute(update(NOTES).where(NOTES.c.key == key).values(tries=NOTES.c.tries + 1))


def notes() -> dict[str, int]:
    """What another connection sees."""
    with db.reading() as session:
        return {row.key: row.tries for row in session.execute(select(NOTES)).all()}


@contextmanager
def held(database: db.Database | None = None) -> Iterator[None]:
    """The writer busy with one act until the block is over, so that what is submitted meanwhile is one batch."""
    writer = (database or db.current()).writer
    busy, free = threading.Event(), threading.Event()

    def act(_session: Session) -> None:
        busy.set()
        assert free.wait(PATIENCE)

    first = writer.submit(act, "")
    assert busy.wait(PATIENCE)
    try:
        yield
    finally:
        free.set()
        first.result(PATIENCE)


def outcome(answer: "Future[Any]") -> Any:
    """The result, or the failure as a value."""
    return answer.exception(PATIENCE) or answer.result()
