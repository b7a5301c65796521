"""Publishing what was signed: the first answers at once, further ones in a job, each bound to the public log."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app.contributions.models import Kind
from app.core import access, clock, db, indexing, jobs
from app.core.access import Actor
from app.core.columns import table
from app.proposals.models import Proposal
from app.publiclog import actions as publiclog
from app.responses import mails, queries
from app.responses.actions.stepping import lock, record, require_holder, require_turn
from app.responses.models import Answer, Response
from app.rules import quoting
from app.rules.canonical import digest
from app.rules.signing import Act

#: How many answers are published in one act, so that the writer is not held for long.
CHUNK = 25
_a = table(Answer).c


def publish(
    session: Session,
    actor: Actor,
    response_id: int,
    base_url: str,
    role: str = "",
    seen: str = "",
    at: datetime | None = None,
) -> None:
    """Publish a signed text; the first answers appear at once, further ones follow in a job. Idempotent.

    Conflict unless exactly this text was handed on, checked and signed. `at` is given by the demo and by imports only.
    """
    lock(session, response_id)
    view = queries.by_id(session, response_id)
    access.require("responses.publish", actor, view)
    if view.published_at is not None or not require_turn(actor, view, Act.PUBLICATION, seen):
        return
    require_holder(session, view.answering, view.items)
    signature = view.step(Act.SIGNATURE)
    assert signature is not None
    row = session.get_one(Response, response_id)
    row.published_at, row.signed_by, row.signer_id = at or clock.now(), signature.name, signature.account_id
    session.flush()
    record(session, actor, view, Act.PUBLICATION, role, at=at)
    publish_some(session, response_id, base_url)


def publish_some(session: Session, response_id: int, base_url: str) -> int:
    """Publish the next answers of a published text and say how many are left."""
    row = session.get_one(Response, response_id)
    assert row.published_at is not None
    waiting = session.execute(
        select(Answer).where(_a.response_id == response_id, _a.published_at.is_(None)).order_by(_a.id).limit(CHUNK + 1)
    )
    answers = list(waiting.scalars())
    items = queries.items(session, [answer.contribution_id for answer in answers[:CHUNK]])
    words = queries.quotable(session, list(items))
    for answer in answers[:CHUNK]:
        _quote(answer, words.get(answer.contribution_id))
    session.flush()
    for answer in answers[:CHUNK]:
        _publish_one(session, row, answer, items[answer.contribution_id])
    indexing.changed(session, "answer", queries.answering(session, list(items)))
    mails.answered(session, row, answers[:CHUNK], items, base_url)
    db.renew_pages(session)
    left = len(answers) - CHUNK
    if left > 0:
        jobs.later(session, "responses.publish", response=response_id, base_url=base_url)
    return max(0, left)


_SUPERSEDE = update(table(Answer)).where(
    _a.contribution_id == bindparam("contribution"), _a.published_at.is_not(None), _a.superseded_at.is_(None)
)
_PUBLISH = update(table(Answer)).where(_a.id == bindparam("number"))
_SAY_STATUS = update(table(Proposal)).where(table(Proposal).c.id == bindparam("contribution"))


def _publish_one(session: Session, response: Response, answer: Answer, item: queries.Answered) -> None:
    subject = {"contribution": item.id}
    session.execute(_SUPERSEDE.values(superseded_at=response.published_at), subject)
    made = publiclog.commit_to("answer", _payload(response, answer))
    published = {
        "published_at": response.published_at,
        "nonce": made.nonce,
        "h": made.h,
    }
    session.execute(_PUBLISH.values(published), {"number": answer.id})
    if item.kind == Kind.PROPOSAL:
        session.execute(_SAY_STATUS.values(status=response.status), subject)
    publiclog.record(
        session,
        "answer",
        response.consultation_id,
        ("contribution", item.id),
        item=item.h,
        code=item.code,
        status=response.status,
        reason=digest({"text": response.text}),
        h=made.h,
    )


def _quote(answer: Answer, words: tuple[str, str] | None) -> None:
    """Let an answer begin with the words it answers: a quote that was handed in, or the beginning of the text.

    What is no exact piece of the text as it stands is not kept, and nothing is quoted that not everybody may read.
    """
    title, text = words or ("", "")
    answer.quote_title = title
    answer.quote = answer.quote if quoting.exact(answer.quote, text) else quoting.beginning(text)


def _payload(response: Response, answer: Answer) -> dict[str, Any]:
    return {
        "contribution": answer.contribution_id,
        "status": response.status,
        "refers_to": response.refers_to,
        "text": response.text,
        "other_text": response.other_text,
        "signed_by": response.signed_by,
        "quote": answer.quote,
        "exception": answer.exception,
        "other_exception": answer.other_exception,
    }
