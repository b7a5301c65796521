"""The writer in trouble: other writers, deadlocks, failed statements, a full disk, a lost transaction."""

import threading
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.core import db
from tests.databases import POSTGRES
from tests.writing import PATIENCE, count_up, held, note, notes, outcome

pytestmark = pytest.mark.usefixtures("database")

# -- databases with more than one writer -----------------------------------------------------------


@pytest.mark.skipif(not POSTGRES, reason="SQLite has one writer at a time and cannot deadlock")
def test_the_victim_of_a_deadlock_is_run_again(database: str) -> None:
    for key in ("a", "b"):
        db.write_now(note, None, key, 0)
    meeting = threading.Barrier(2)
    deadlocks = _deadlocks(db.current())

    def act(session: Session, first: str, second: str, met: list[bool]) -> None:
        count_up(session, None, first)
        if not met:
            met.append(True)
            meeting.wait(PATIENCE)
        count_up(session, None, second)

    other = db.Database(database)
    deadlocks_there = _deadlocks(other)
    here: list[bool] = []
    there: list[bool] = []
    one = db.current().writer.submit(lambda session: act(session, "a", "b", here), "")
    two = other.writer.submit(lambda session: act(session, "b", "a", there), "")
    assert (outcome(one), outcome(two)) == (None, None)
    other.close()
    assert notes() == {"a": 2, "b": 2}
    assert len(deadlocks) + len(deadlocks_there) == 1


@pytest.mark.skipif(not POSTGRES, reason="SQLite has one writer at a time and cannot deadlock")
def test_two_writers_that_meet_the_same_rows_in_opposite_order_do_not_deadlock(database: str) -> None:
    keys = [f"{n:03}" for n in range(20)]
    for key in keys:
        db.write_now(note, None, key, 0)
    here, there = db.current(), db.Database(database)
    deadlocks = _deadlocks(here), _deadlocks(there)
    answers = []
    for _ in range(15):
        with held(here), held(there):
            for one, other in zip(keys, reversed(keys), strict=True):
                answers.append(here.writer.submit(lambda session, k=one: count_up(session, None, k), one))  # type: ignore[misc]
                answers.append(there.writer.submit(lambda session, k=other: count_up(session, None, k), other))  # type: ignore[misc]
    assert [outcome(answer) for answer in answers] == [None] * len(answers)
    there.close()
    assert set(notes().values()) == {30}
    assert deadlocks == ([], [])


def _deadlocks(database: db.Database) -> list[str]:
    """Collects the deadlocks that a writer meets."""
    met: list[str] = []

    @event.listens_for(database.writes, "handle_error")
    def seen(context: Any) -> None:
        if getattr(context.original_exception, "sqlstate", "") == "40P01":
            met.append("40P01")

    return met


# -- a full disk -----------------------------------------------------------------------------------


def _limit_pages(session: Session, spare: int | None) -> None:
    connection = session.connection()
    pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    connection.exec_driver_sql(f"PRAGMA max_page_count={pages + spare if spare is not None else 2**30}")


@pytest.mark.skipif(bool(POSTGRES), reason="the limit of pages is SQLite's")
def test_a_full_disk_in_the_middle_of_a_batch_acknowledges_nothing_that_is_not_stored() -> None:
    db.write_now(_limit_pages, 3)
    with held():
        answers = {
            f"{n} {'x' * size}": db.submit(note, None, f"{n} {'x' * size}")
            for n, size in enumerate((10, 10, 500_000, 10, 10))
        }
    outcomes = {key: outcome(answer) for key, answer in answers.items()}
    stored = set(notes())
    assert {key for key, result in outcomes.items() if result == key} == stored
    assert all(result == key or isinstance(result, db.Busy) for key, result in outcomes.items())
    assert not any(len(key) > 1000 for key in stored)
    db.write_now(_limit_pages, None)
    assert all(db.write_now(note, None, key) == key for key in set(answers) - stored)
    assert set(notes()) == set(answers)


@pytest.mark.skipif(bool(POSTGRES), reason="SQLite gives up the whole transaction; PostgreSQL does not")
def test_a_transaction_lost_behind_our_back_is_noticed_before_the_commit() -> None:
    lost: list[int] = []

    def lose(session: Session, _actor: object, key: str) -> None:
        note(session, None, key)
        if not lost:
            lost.append(1)
            raw: Any = session.connection().connection.dbapi_connection
            raw.execute("ROLLBACK")  # what SQLite does by itself when it cannot write

    with held():
        first = db.submit(note, None, "first")
        loser = db.submit(lose, None, "loser")
        last = db.submit(note, None, "last")
    results = [outcome(answer) for answer in (first, loser, last)]
    assert results == ["first", None, "last"] and lost == [1]
    assert set(notes()) == {"first", "loser", "last"}


@pytest.mark.skipif(not POSTGRES, reason="SQLite undoes a failed statement by itself")
def test_an_act_that_hides_a_failed_statement_stores_nothing() -> None:
    def act(session: Session, _actor: object, key: str) -> None:
        note(session, None, key)
        with suppress(IntegrityError):
            note(session, None, key)

    with held():
        before = db.submit(note, None, "before")
        hiding = db.submit(act, None, "hiding")
        after = db.submit(note, None, "then")
    assert (outcome(before), outcome(after)) == ("before", "then")
    assert isinstance(outcome(hiding), RuntimeError)
    assert set(notes()) == {"before", "then"}
