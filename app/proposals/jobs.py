"""Telling everyone who took part that proposals were merged, or that a merge was undone, some at a time."""

from typing import Any

from sqlmodel import Session

from app.consultations import queries as consultations
from app.core import db, jobs
from app.proposals import mails, queries

#: So many messages in one write; so many accounts looked at in one read.
CHUNK, LOOKED_AT = 25, 500


@jobs.handles("proposals.merged")
def tell(job_id: int, payload: dict[str, Any]) -> None:
    """Write to the next who took part; while accounts are left, a further job follows in the same transaction.

    Who voted is not stored beside any address: all who took part get the same text. Idempotent.
    """
    with db.reading() as session:
        merge = queries.merge_by_id(session, payload["merge"])
        found, last = consultations.next_to_tell(session, merge.consultation.id, payload["after"], LOOKED_AT)
    some = found[:CHUNK]
    after = some[-1].id if len(found) > CHUNK else last
    values = mails.values_of(merge, payload["base_url"])

    def step(session: Session) -> None:
        if session.get(jobs.Job, job_id) is None:
            return
        for account in some:
            mails.told(session, account, values, payload["undone"], payload["base_url"])
        if after is not None:
            jobs.later(session, "proposals.merged", **{**payload, "after": after})
        jobs.finish(session, job_id)

    db.write_now(step)
