"""Publishing the rest of an answer given to many."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.core import db, jobs
from app.responses import actions


@jobs.handles("responses.publish")
def publish_rest(job_id: int, payload: dict[str, Any]) -> None:
    """Publish the next part; while some are left, a further job follows in the same transaction."""

    def step(session: Session) -> None:
        given = datetime.fromisoformat(payload["given"]) if payload.get("given") else None
        actions.publish_some(session, payload["response"], payload["base_url"], payload.get("after", 0), given)
        jobs.finish(session, job_id)

    db.write_now(step)
