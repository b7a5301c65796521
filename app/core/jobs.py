"""Work done after the answer: outbox rows written with the act, run by huey, removed by their own handler."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from sqlalchemy import Column, ColumnElement, Text, delete, or_, select, update
from sqlmodel import Field, Session, SQLModel

from app.core import clock, db
from app.core.columns import Instant, RowId, table
from app.settings import settings

Handler = Callable[[int, dict[str, Any]], None]
MAX_ATTEMPTS = 8
CLAIM = timedelta(minutes=5)
log = structlog.get_logger()
_handlers: dict[str, Handler] = {}
_periodic: list[Callable[[], None]] = []


class Job(SQLModel, table=True):
    """One piece of work that is still owed; the row is the only truth."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    kind: str
    payload: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    due_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    claimed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    attempts: int = 0
    error: str = ""


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def each_minute(call: Callable[[], None]) -> Callable[[], None]:
    """Register something to be looked after every minute."""
    _periodic.append(call)
    return call


def later(session: Session, kind: str, **payload: Any) -> None:
    """Owe a piece of work, in the transaction of the act that makes it necessary."""
    now = clock.now()
    job = Job(kind=kind, payload=json.dumps(payload), created_at=now, due_at=now)
    session.add(job)
    session.flush()
    job_id = job.id
    assert job_id is not None
    db.after_commit(session, lambda: _enqueue(job_id))


def finish(session: Session, job_id: int) -> None:
    """Remove a job; called in the handler's own write."""
    session.execute(delete(Job).where(table(Job).c.id == job_id))


def run(job_id: int) -> None:
    """Run one job if it is still owed and nobody else has it."""
    job = db.write_now(_claim, job_id)
    if job is None:
        return
    try:
        _handlers[job.kind](job_id, json.loads(job.payload))
    except Exception as error:
        log.warning("job failed", kind=job.kind, job=job_id, error=type(error).__name__)
        db.write_now(_postpone, job_id, type(error).__name__)


def due() -> list[int]:
    """The jobs that are owed now and that nobody has."""
    now = clock.now()
    t = table(Job).c
    query = select(t.id).where(t.due_at <= now, t.attempts < MAX_ATTEMPTS, _free(now))
    with db.reading() as session:
        return list(session.execute(query.order_by(t.id).limit(500)).scalars())


def run_due() -> int:
    """Run everything that is owed now, in this thread; says how many."""
    ids = due()
    for job_id in ids:
        run(job_id)
    return len(ids)


def _free(now: datetime) -> ColumnElement[bool]:
    """Nobody has it, or whoever had it has not come back."""
    claimed = table(Job).c.claimed_at
    return or_(claimed.is_(None), claimed < now - CLAIM)


def _claim(session: Session, job_id: int) -> Job | None:
    now = clock.now()
    t = table(Job).c
    claim = update(Job).where(t.id == job_id, _free(now)).values(claimed_at=now, attempts=t.attempts + 1)
    taken = session.execute(claim.returning(t.id)).first()
    return session.get(Job, job_id) if taken else None


def _postpone(session: Session, job_id: int, error: str) -> None:
    job = session.get(Job, job_id)
    if job is not None:
        job.claimed_at, job.error = None, error
        job.due_at = clock.now() + timedelta(seconds=30 * 2**job.attempts)


@cache
def _queue() -> Huey:
    """Huey on a disposable store of its own."""
    url = settings().database
    if url.startswith("sqlite"):
        settings().data_dir.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("rembuk", filename=str(settings().data_dir / "jobs.db"), results=False)
    dsn = url.replace("postgresql+psycopg://", "postgresql://")
    return PostgresHuey("rembuk", dsn=dsn, table_prefix="huey_jobs", results=False)


_enqueue_lock = threading.Lock()
_enqueue_with: Callable[[int], None] | None = None


def _enqueue(job_id: int) -> None:
    """Tell huey of a new row, where it runs in this process; the minute's round finds it otherwise."""
    if _enqueue_with is not None:
        with _enqueue_lock:
            _enqueue_with(job_id)


def _minute() -> None:
    for job_id in due():
        _enqueue(job_id)
    for call in _periodic:
        call()


def start(workers: int = 1) -> Any:
    """Start running jobs in this process; returns the consumer, whose `stop()` ends it."""
    global _enqueue_with
    queue = _queue()
    task = queue.task(name="run_job")(run)
    queue.periodic_task(crontab(minute="*"), name="minute")(_minute)
    _enqueue_with = lambda job_id: task(job_id)  # noqa: E731
    consumer = queue.create_consumer(workers=workers, worker_type="thread", check_worker_health=True)
    consumer._signal_actions = {}  # stopping is the server's affair: huey's handlers would swallow the signal
    consumer.start()
    _minute()
    return consumer


def stop(consumer: Any) -> None:
    """End the consumer; what is owed stays as rows."""
    global _enqueue_with
    _enqueue_with = None
    consumer.stop(graceful=True)
    _queue.cache_clear()
