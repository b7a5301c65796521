"""Writing about an amendment to everyone who took part, some at a time."""

from typing import Any

from sqlmodel import Session

from app.consultations import mails, queries
from app.core import db, jobs

#: So many messages in one write; so many accounts looked at in one read.
CHUNK, LOOKED_AT = 25, 500


@jobs.handles("consultations.amended")
def tell(job_id: int, payload: dict[str, Any]) -> None:
    """Write to the next who took part; while accounts are left, a further job follows in the same transaction.

    Idempotent: the messages, the further job and the end of this one are one write, done only while it is owed.
    """
    with db.reading() as session:
        told = queries.amendment_told(session, payload["consultation"], payload["number"])
        found, last = queries.next_to_tell(session, payload["consultation"], payload["after"], LOOKED_AT)
    some = found[:CHUNK]
    after = some[-1].id if len(found) > CHUNK else last

    def step(session: Session) -> None:
        if session.get(jobs.Job, job_id) is None:
            return
        for account in some:
            mails.amended(session, account, told, payload["base_url"])
        if after is not None:
            jobs.later(session, "consultations.amended", **{**payload, "after": after})
        jobs.finish(session, job_id)

    db.write_now(step)


@jobs.handles("consultations.amended_entries")
def tell_who_entered(job_id: int, payload: dict[str, Any]) -> None:
    """Write to the next who entered something for people without an account; as `tell`, and idempotent like it."""
    with db.reading() as session:
        told = queries.amendment_told(session, payload["consultation"], payload["number"])
        found, last = queries.next_who_entered(session, payload["consultation"], payload["after"], CHUNK)

    def step(session: Session) -> None:
        if session.get(jobs.Job, job_id) is None:
            return
        for account, codes in found:
            mails.entered(session, account, codes, told, payload["base_url"])
        if last is not None:
            jobs.later(session, "consultations.amended_entries", **{**payload, "after": last})
        jobs.finish(session, job_id)

    db.write_now(step)
