"""Letting the rest of a closed consultation be owed, and reminding offices, part by part."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from app.core import db, jobs
from app.obligations import actions


def _done_with(job_id: int, act: Callable[[Session], None]) -> None:
    """Do a part; while some is left, the act has a further job follow in the same transaction."""

    def step(session: Session) -> None:
        act(session)
        jobs.finish(session, job_id)

    db.write_now(step)


@jobs.handles("obligations.arise")
def arise_rest(job_id: int, payload: dict[str, Any]) -> None:
    """Let the next part of a closed consultation be owed."""
    _done_with(job_id, lambda session: actions.arise_some(session, payload["consultation"], payload["plan"]))


@jobs.handles("obligations.remind")
def remind(job_id: int, payload: dict[str, Any]) -> None:
    """Record the next reminders of a day."""
    day, at = date.fromisoformat(payload["day"]), payload["after_at"]
    after_at = datetime.fromisoformat(at) if at else None
    _done_with(job_id, lambda session: actions.remind_some(session, day, after_at, payload["after"]))


@jobs.handles("obligations.digest")
def write(job_id: int, payload: dict[str, Any]) -> None:
    """Write to the next officials."""
    day = date.fromisoformat(payload["day"])
    _done_with(job_id, lambda session: actions.write_some(session, day, payload["after"]))
