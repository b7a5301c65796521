"""The database: read sessions, and the writer, the only place that commits.

A write is handed to one thread per process. It takes what is waiting, opens one transaction, runs each of several
acts in a savepoint of its own, commits once and only then answers the callers: nothing is acknowledged before it
is durable, one bad act never fails its neighbours, and SQLite sees no lock contention.
"""

import queue
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from typing import Annotated, Any, Concatenate, Literal, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from app.core.answering import Answer, Called
from app.core.lending import lend
from app.core.stamp import Stamp

P = ParamSpec("P")
T = TypeVar("T")

BATCH = 50
ATTEMPTS = 3
_DEADLOCK = frozenset({"40P01", "40001"})


class Busy(Exception):
    """The store cannot take the act now; nothing was stored, and trying again later is right."""

    retry_after = 2


class _TransactionLost(Exception):
    """The database gave up the whole transaction in the middle of a batch."""


@dataclass
class _Waiting:
    """An act that waits for the writer."""

    act: Callable[[Session], Any]
    lock: str
    until: float
    answer: Answer


class Writer:
    """One thread that runs acts in batches and answers after the commit."""

    def __init__(self, engine: Engine, size: int, patience: float) -> None:
        self.engine = engine
        self.patience = patience
        self.version = 0
        self.size = size
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def submit(self, act: Callable[[Session], Any], lock: str) -> "Future[Any]":
        """Hand over an act; raises Busy when too many are waiting."""
        answer: Future[Any] = Future()
        self.answer_to(answer, act, lock)
        return answer

    def answer_to(self, answer: Answer, act: Callable[[Session], Any], lock: str) -> None:
        """Hand over an act and say where its outcome goes."""
        if self._queue.qsize() >= self.size:
            raise Busy
        self._queue.put(_Waiting(act, lock, time.monotonic() + self.patience, answer))

    def stop(self) -> None:
        """Finish what is waiting, then end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, last = self._take(first)
            self._run(sorted(batch, key=lambda waiting: waiting.lock))
            if last:
                break

    def _take(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """What is waiting now, up to a bound, and whether the writer is to stop after it."""
        batch = [first]
        while len(batch) < BATCH and not self._queue.empty():
            waiting = self._queue.get_nowait()
            if waiting is None:
                return batch, True
            batch.append(waiting)
        return batch, False

    def _run(self, batch: list[_Waiting]) -> None:
        """Store a batch, trying again after a deadlock or a lost transaction; then answer everyone."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                outcomes, afterwards = self._transact(batch)
                break
            except Exception as error:
                if attempt == ATTEMPTS or not _worth_retrying(error):
                    for waiting in batch:
                        waiting.answer.set_exception(Busy())
                    return
                time.sleep(0.01 * attempt)
        if any(failure is None for _, failure in outcomes):  # what was refused has changed nothing
            self.version += 1
        for waiting, (result, failure) in zip(batch, outcomes, strict=True):
            if failure is not None:
                waiting.answer.set_exception(failure)
            else:
                waiting.answer.set_result(result)
        for call in afterwards:
            call()

    def _transact(
        self, batch: list[_Waiting]
    ) -> tuple[list[tuple[Any, BaseException | None]], list[Callable[[], None]]]:
        """Run every act of a batch in one transaction and commit it."""
        outcomes: list[tuple[Any, BaseException | None]] = []
        afterwards: list[Callable[[], None]] = []
        alone = len(batch) == 1
        with self.engine.connect() as connection, connection.begin():
            for waiting in batch:
                outcomes.append(_attempt(connection, waiting, afterwards, alone=alone))
            if not _still_open(connection) and any(failure is None for _, failure in outcomes):
                raise _TransactionLost
        return outcomes, afterwards


def _attempt(
    connection: Connection, waiting: _Waiting, afterwards: list[Callable[[], None]], *, alone: bool
) -> tuple[Any, BaseException | None]:
    """Run one act in a savepoint of its own; a failure undoes only this act.

    An act that is alone in its transaction needs no savepoint: a failure undoes the transaction.
    """
    if time.monotonic() > waiting.until:
        return None, Busy()
    mode: Literal["rollback_only", "create_savepoint"] = "rollback_only" if alone else "create_savepoint"
    session = Session(bind=connection, join_transaction_mode=mode, expire_on_commit=False)
    whole = connection.get_transaction()
    assert whole is not None
    try:
        result = waiting.act(session)
        if not whole.is_active or not _still_open(connection):
            raise RuntimeError("an act went on after the database had refused a statement of it")
        session.commit()
    except Exception as failure:
        if _worth_retrying(failure):
            raise
        if whole.is_active and not _still_open(connection, failed=True):
            raise _TransactionLost from failure
        session.rollback()
        return None, Busy() if _storage_failed(failure) else failure
    finally:
        with suppress(DBAPIError):  # where the transaction is lost, so is the savepoint to go back to
            session.close()
    afterwards.extend(session.info.get("after_commit", ()))
    return result, None


def _still_open(connection: Connection, failed: bool = False) -> bool:
    """Whether the transaction the batch runs in is still there (a full disk ends it behind our back).

    On PostgreSQL a transaction in which a statement failed goes on once the savepoint is rolled back, so it is
    there for an act that `failed`; committing it would store nothing.
    """
    raw: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        return bool(raw.in_transaction)
    status = int(raw.info.transaction_status)  # 0: nothing was sent yet, so nothing can be lost; 3: failed
    return status in (0, 1, 2) or (failed and status == 3)


def _worth_retrying(error: BaseException) -> bool:
    """Whether the same batch may succeed in a new transaction."""
    if isinstance(error, _TransactionLost):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _DEADLOCK


def _storage_failed(error: BaseException) -> bool:
    """Whether the database could not store, through no fault of the act: full disk, read-only, locked."""
    names = ("OperationalError", "InterfaceError")
    return isinstance(error, DBAPIError) and type(error).__name__ in names


class Database:
    """The open database of this process."""

    def __init__(self, url: str, queue_size: int = 1000, patience: float = 20) -> None:
        self.url = url
        self.reads = _engine(url, writes=False)
        self.writes = _engine(url, writes=True)
        self.writer = Writer(self.writes, queue_size, patience)
        self.stamp = Stamp(url)

    def close(self) -> None:
        """Finish waiting writes and let go of the connections."""
        self.writer.stop()
        self.stamp.close()
        self.reads.dispose()
        self.writes.dispose()


def _engine(url: str, writes: bool) -> Engine:
    """An engine for one of the two uses, with the pragmas of the house."""
    if not url.startswith("sqlite"):
        mode = "" if writes else "-c default_transaction_read_only=on"
        engine = create_engine(
            url, pool_pre_ping=True, pool_size=2 if writes else 20, max_overflow=20, connect_args={"options": mode}
        )
        _say_savepoints_directly(engine)
        return engine
    engine = create_engine(
        url,
        pool_size=2 if writes else 40,
        max_overflow=10,
        connect_args={"timeout": 5, "check_same_thread": False, "cached_statements": 256},
    )
    pragmas = ["journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON", "cache_size=-16000"]
    if not writes:
        pragmas.append("query_only=ON")
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @event.listens_for(engine, "connect")
    def prepare(raw: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        raw.isolation_level = None  # type: ignore[attr-defined]  # we say BEGIN ourselves
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        raw: Any = connection.connection.dbapi_connection
        raw.execute(begin)  # straight to the driver: it stands before everything that is asked

    _say_savepoints_directly(engine)
    return engine


def _say_savepoints_directly(engine: Engine) -> None:
    """Have savepoints sent as they are: the library would compile a statement for each, three times the cost."""
    dialect: Any = engine.dialect
    for method, words in (
        ("do_savepoint", "SAVEPOINT"),
        ("do_release_savepoint", "RELEASE SAVEPOINT"),
        ("do_rollback_to_savepoint", "ROLLBACK TO SAVEPOINT"),
    ):
        setattr(dialect, method, lambda connection, name, words=words: connection.exec_driver_sql(f"{words} {name}"))


_current: Database | None = None


def open_database(url: str, queue_size: int = 1000, patience: float = 20) -> Database:
    """Make a database the one this process works on."""
    global _current
    _current = Database(url, queue_size, patience)
    return _current


def close_database() -> None:
    """Close the database of this process."""
    global _current
    if _current is not None:
        _current.close()
        _current = None


def current() -> Database:
    """The database of this process; an error when none was opened."""
    if _current is None:
        raise RuntimeError("no database is open")
    return _current


@contextmanager
def reading() -> Iterator[Session]:
    """A read-only session."""
    with Session(current().reads, autoflush=False) as session:
        yield session


_noticed: dict[str, Callable[[Session, int], None]] = {}


def when_noticed(name: str) -> Callable[[Callable[[Session, int], None]], Callable[[Session, int], None]]:
    """Register an act that a read may find to be due, such as recording that a phase has ended."""

    def register(act: Callable[[Session, int], None]) -> Callable[[Session, int], None]:
        _noticed[name] = act
        return act

    return register


def notice(session: Session, name: str, subject: int) -> None:
    """Say in a read that an act is due; it goes to the writer when the read is over."""
    session.info.setdefault("noticed", set()).add((name, subject))


def notice_now(name: str, subject: int) -> None:
    """Hand a noticed act to the writer; where it cannot take it now, the next read notices it again."""
    with suppress(Busy):
        submit(_noticed[name], subject)


async def _read_session() -> AsyncIterator[Session]:
    """Lend a session that connects only when it is used; giving it back waits for nothing on SQLite."""
    session = await lend(current().reads)
    try:
        yield session
        due = session.info.pop("noticed", ())
    finally:
        if session.in_transaction() and session.get_bind().dialect.name != "sqlite":
            await to_thread.run_sync(session.close, limiter=CapacityLimiter(1))  # not behind those who wait for it
        else:
            session.close()
    for name, subject in due:
        notice_now(name, subject)


#: The read-only session of a request.
Read = Annotated[Session, Depends(_read_session)]


def submit(action: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
    """Hand an act to the writer without waiting for it; it runs in the language and time of who asked."""
    return current().writer.submit(*_bound(action, args, kwargs))


def _bound(
    action: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Callable[[Session], Any], str]:
    """An act with all it is about, and what orders it among others."""
    row = str(args[1]) if len(args) > 1 else ""
    lock = f"{getattr(action, 'lock', action.__module__)}/{row:0>20}"
    context = copy_context()
    return lambda session: context.run(action, session, *args, **kwargs), lock


def ordered_by(subject: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Mark an act that changes a hot row of a subject: a batch runs such acts in the order of their subjects.

    The act's second argument after the session (the first is the actor) names the row. Two processes that batch
    the same rows on PostgreSQL then meet them in the same order and do not deadlock.
    """

    def mark(action: Callable[P, T]) -> Callable[P, T]:
        action.lock = subject  # type: ignore[attr-defined]
        return action

    return mark


async def write(action: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run an act through the writer and wait until it is durable."""
    answer = Called()
    current().writer.answer_to(answer, *_bound(action, args, kwargs))
    done: T = await answer.future
    return done


def write_now(action: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run an act through the writer from a thread that may wait: commands and jobs."""
    return submit(action, *args, **kwargs).result()


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Ask for a call once the act of this session is durable."""
    session.info.setdefault("after_commit", []).append(call)


def renew_pages(session: Session) -> None:
    """Have kept pages made anew as soon as the act of this session is durable."""
    after_commit(session, current().stamp.rise)
