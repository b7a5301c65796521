"""The writer: one commit for many, nobody failed by a neighbour, and no answer before the commit."""

import asyncio
import threading
from concurrent.futures import Future
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError
from sqlmodel import Session

from app.core import db
from app.core.access import Conflict
from app.core.ratelimit import Attempts
from tests.page import Browser
from tests.writing import LATER, PATIENCE, held, note, notes, outcome

pytestmark = pytest.mark.usefixtures("database")


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


@pytest.mark.parametrize(
    ("bad", "failure"),
    [(refused, Conflict), (broken, ZeroDivisionError), (twice, IntegrityError), (twice_by_object, IntegrityError)],
)
def test_a_bad_act_that_is_alone_stores_nothing_of_what_it_did(bad: Any, failure: type[Exception]) -> None:
    """It has no savepoint of its own: its transaction is undone."""

    def act(session: Session, _actor: object, key: str) -> None:
        note(session, None, "beside")
        bad(session, None, key)

    version = db.current().writer.version
    assert isinstance(outcome(db.submit(act, None, "x")), failure)
    assert notes() == {}
    assert db.current().writer.version == version
    assert db.write_now(note, None, "then") == "then"
    assert notes() == {"then": 1}


def test_an_act_that_undoes_its_own_transaction_and_goes_on_is_not_acknowledged() -> None:
    def act(session: Session, _actor: object, key: str) -> str:
        note(session, None, key)
        session.rollback()
        return note(session, None, key)

    assert isinstance(outcome(db.submit(act, None, "x")), InvalidRequestError)
    assert notes() == {}
    assert db.write_now(note, None, "x") == "x"


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


def test_an_act_that_waited_too_long_is_refused_and_not_stored() -> None:
    writer = db.current().writer
    with held():
        writer.patience = 0
        late = db.submit(note, None, "late")
        threading.Event().wait(0.01)
        writer.patience = PATIENCE
        in_time = db.submit(note, None, "in time")
    assert isinstance(outcome(late), db.Busy) and outcome(in_time) == "in time"
    assert set(notes()) == {"in time"}


def test_closing_stores_what_is_waiting() -> None:
    with held():
        answers = [db.submit(note, None, f"{n}") for n in range(3)]
        closing = threading.Thread(target=db.current().writer.stop)
        closing.start()
    closing.join(PATIENCE)
    assert not closing.is_alive() and [outcome(answer) for answer in answers] == ["0", "1", "2"]
    db.open_database(db.current().url)


def test_the_version_stays_when_all_was_refused() -> None:
    """So that nobody throws away the kept pages by sending what is refused."""
    before = db.current().writer.version
    with pytest.raises(ZeroDivisionError):
        db.write_now(lambda session: 1 / 0)
    assert db.current().writer.version == before


def test_the_version_grows_with_each_batch() -> None:
    before = db.current().writer.version
    db.write_now(note, None, "x")
    assert db.current().writer.version == before + 1


def test_a_route_waits_for_the_writer_without_blocking() -> None:
    async def both() -> list[str]:
        return await asyncio.gather(db.write(note, None, "a"), db.write(note, None, "b"))

    assert asyncio.run(both()) == ["a", "b"]


def test_whoever_does_not_wait_for_the_answer_holds_up_nobody() -> None:
    async def left() -> None:
        with held():
            asking = asyncio.create_task(db.write(note, None, "left"))
            await asyncio.sleep(0)
            asking.cancel()
        assert await db.write(note, None, "then") == "then"
        assert asking.cancelled()

    asyncio.run(left())
    assert db.write_now(note, None, "later") == "later"
    assert notes() == {"left": 1, "then": 1, "later": 1}, "what was handed over is stored"


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

    async def read() -> None:
        async for session in db._read_session():
            db.notice(session, "test.due", 7)
            db.notice(session, "test.due", 7)

    asyncio.run(read())
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
