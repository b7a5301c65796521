"""Letting the rest of a closed consultation be owed, part by part."""

from typing import Any

from sqlmodel import Session

from app.core import db, jobs
from app.obligations import actions


@jobs.handles("obligations.arise")
def arise_rest(job_id: int, payload: dict[str, Any]) -> None:
    """Let the next part be owed; while some is left, a further job follows in the same transaction."""

    def step(session: Session) -> None:
        actions.arise_some(session, payload["consultation"], payload["plan"])
        jobs.finish(session, job_id)

    db.write_now(step)
