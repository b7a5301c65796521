"""The writer: one commit for many, nobody failed by a neighbour, and no answer before the commit."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from app.core import db
from app.core.access import Conflict
from app.core.columns import table
from app.core.ratelimit import Attempts
from tests.conftest import POSTGRES
from tests.page import Browser

pytestmark = pytest.mark.usefixtures("database")
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


def test_acts_that_wait_together_are_stored_with_one_commit() -> None:
    commits: list[int] = []
    event.listen(db.current().writes, "commit", lambda _connection: commits.append(1))
    with held():
        answers = [db.submit(note, None, f"{n}") for n in range(db.BATCH)]
    assert [outcome(answer) for answer in answers] == [f"{n}" for n in range(db.BATCH)]
    assert len(commits) == 2, "one for the act that held the writer, one for all others"
    assert len(notes()) == db.BATCH


def test_more_than_a_batch_is_taken_in_several() -> None:
    with held():
        answers = [db.submit(note, None, f"{n}") for n in range(2 * db.BATCH + 1)]
    assert all(isinstance(outcome(answer), str) for answer in answers)
    assert len(notes()) == 2 * db.BATCH + 1


def refused(session: Session, _actor: object, key: str) -> None:
    """Write something, then find that it may not be."""
    note(session, None, key + " refused")
    raise Conflict("no", "No.")


def broken(session: Session, _actor: object, key: str) -> None:
    """Write something, then fall over."""
    note(session, None, key + " broken")
    raise ZeroDivisionError


def twice(session: Session, _actor: object, key: str) -> None:
    """Be refused by the database through a statement."""
    note(session, None, key + " twice")
    note(session, None, key + " twice")


def twice_by_object(session: Session, _actor: object, key: str) -> None:
    """Be refused by the database when objects are flushed."""
    session.add(Attempts(key=key + " object", tries=1, ends_at=LATER))
    session.flush()
    session.expunge_all()
    session.add(Attempts(key=key + " object", tries=1, ends_at=LATER))
    session.flush()


@pytest.mark.parametrize(
    ("bad", "failure"),
    [(refused, Conflict), (broken, ZeroDivisionError), (twice, IntegrityError), (twice_by_object, IntegrityError)],
)
def test_a_bad_act_undoes_only_itself(bad: Any, failure: type[Exception]) -> None:
    commits: list[int] = []
    event.listen(db.current().writes, "commit", lambda _connection: commits.append(1))
    with held():
        before = db.submit(note, None, "before")
        wrong = db.submit(bad, None, "middle")
        after = db.submit(note, None, "then")
    assert isinstance(outcome(wrong), failure)
    assert (outcome(before), outcome(after)) == ("before", "then")
    assert notes() == {"before": 1, "then": 1}
    assert len(commits) == 2, "the batch was not run again"


def test_an_act_may_catch_a_refusal_of_the_database_and_go_on() -> None:
    def act(session: Session, _actor: object, key: str) -> None:
        note(session, None, key)
        with pytest.raises(IntegrityError), session.begin_nested():
            note(session, None, key)
        note(session, None, key + " again")

    db.write_now(act, None, "x")
    assert notes() == {"x": 1, "x again": 1}


def test_nothing_is_answered_before_it_is_durable() -> None:
    seen_before: list[bool] = []
    seen_after: list[bool] = []
    answers: list[Future[str]] = []

    @event.listens_for(db.current().writes, "commit")
    def about_to_commit(_connection: object) -> None:
        seen_before.extend(answer.done() or bool(notes()) for answer in answers)

    with held():
        answers += [db.submit(note, None, f"{n}") for n in range(5)]
        for n, answer in enumerate(answers):
            answer.add_done_callback(lambda _answer, key=f"{n}": seen_after.append(key in notes()))  # type: ignore[misc]
        seen_before.clear()
    db.write_now(note, None, "afterwards")
    two_commits = seen_before[:10]  # of the act that held the writer, and of the five; then comes "afterwards"
    assert len(two_commits) == 10 and not any(two_commits)
    assert seen_after == [True] * 5


def test_a_failed_commit_is_not_acknowledged() -> None:
    class PowerCut(Exception):
        pass

    @event.listens_for(db.current().writes, "commit")
    def fail(_connection: object) -> None:
        raise PowerCut

    answer = db.submit(note, None, "x")
    assert isinstance(outcome(answer), db.Busy)
    event.remove(db.current().writes, "commit", fail)
    assert notes() == {}
    assert db.write_now(note, None, "x") == "x"


def test_what_follows_an_act_happens_after_the_commit_and_only_if_it_is_stored() -> None:
    called: list[tuple[str, bool]] = []

    def act(session: Session, _actor: object, key: str, fails: bool) -> None:
        note(session, None, key)
        db.after_commit(session, lambda: called.append((key, key in notes())))
        if fails:
            raise ZeroDivisionError

    with held():
        db.submit(act, None, "good", False)
        db.submit(act, None, "bad", True)
    db.write_now(note, None, "afterwards")
    assert called == [("good", True)]


def test_a_batch_runs_in_the_order_of_its_rows() -> None:
    order: list[int] = []

    @db.ordered_by("note")
    def act(_session: Session, _actor: object, number: int) -> None:
        order.append(number)

    with held():
        for number in (300, 20, 1, 1000):
            db.submit(act, None, number)
    db.write_now(note, None, "afterwards")
    assert order == [1, 20, 300, 1000]


def test_a_full_queue_refuses_at_once_and_takes_acts_again_later(database: str) -> None:
    small = db.Database(database, queue_size=2)
    with held(small):
        waiting = [small.writer.submit(lambda session, k=f"{n}": note(session, None, k), "") for n in range(2)]  # type: ignore[misc]
        with pytest.raises(db.Busy):
            small.writer.submit(lambda session: note(session, None, "too much"), "")
    assert [outcome(answer) for answer in waiting] == ["0", "1"]
    small.writer.submit(lambda session: note(session, None, "later"), "").result(PATIENCE)
    small.close()
    assert set(notes()) == {"0", "1", "later"}


def test_an_act_that_waited_too_long_is_refused_and_not_stored(database: str) -> None:
    hasty = db.Database(database, patience=0.05)
    with held(hasty):
        late = hasty.writer.submit(lambda session: note(session, None, "late"), "")
        threading.Event().wait(0.1)
    assert isinstance(outcome(late), db.Busy)
    hasty.close()
    assert notes() == {}


def test_closing_stores_what_is_waiting() -> None:
    with held():
        answers = [db.submit(note, None, f"{n}") for n in range(3)]
        closing = threading.Thread(target=db.current().writer.stop)
        closing.start()
    closing.join(PATIENCE)
    assert not closing.is_alive() and [outcome(answer) for answer in answers] == ["0", "1", "2"]
    db.open_database(db.current().url)


def test_the_version_grows_with_each_batch() -> None:
    before = db.current().writer.version
    db.write_now(note, None, "x")
    assert db.current().writer.version == before + 1


def test_a_route_waits_for_the_writer_without_blocking() -> None:
    async def both() -> list[str]:
        return await asyncio.gather(db.write(note, None, "a"), db.write(note, None, "b"))

    assert asyncio.run(both()) == ["a", "b"]


def test_without_a_database_there_is_an_error_and_no_default(database: str) -> None:
    db.close_database()
    with pytest.raises(RuntimeError):
        db.current()
    db.close_database()
    db.open_database(database)


def test_a_read_session_cannot_write() -> None:
    with db.reading() as session, pytest.raises(DBAPIError):
        note(session, None, "x")
    with db.reading() as session:
        session.add(Attempts(key="y", tries=1, ends_at=LATER))
        with pytest.raises(DBAPIError):
            session.flush()
    assert notes() == {}


def test_a_read_may_notice_that_an_act_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "_noticed", {})
    db.when_noticed("test.due")(lambda session, subject: note(session, None, f"due {subject}") and None)
    reading = db._read_session()
    session = next(reading)
    db.notice(session, "test.due", 7)
    db.notice(session, "test.due", 7)
    assert list(reading) == []
    db.write_now(note, None, "afterwards")
    assert set(notes()) == {"due 7", "afterwards"}


def test_a_busy_writer_is_an_answer_with_a_time_to_try_again(database: str, browser: Browser) -> None:
    db.close_database()
    busy = db.open_database(database, queue_size=1)
    with held(busy):
        busy.writer.submit(lambda session: note(session, None, "x"), "")
        page = browser.post("/sign-in", {"email": "warga@contoh.id", "password": "kata sandi yang panjang"})
    assert (page.status, page.response.headers["retry-after"]) == (503, "2")
    assert browser.get("/").status == 200


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
