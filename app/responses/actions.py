"""Drafting and publishing official answers, singly or for many contributions at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import Session

from app.accounts.actions import leaving
from app.consultations import queries as consultations
from app.contributions.models import Contribution, Kind
from app.core import access, clock, db, indexing, jobs
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_, language
from app.obligations import actions as obligations
from app.obligations import queries as obligations_read
from app.obligations.models import Kind as Due
from app.proposals.models import Proposal
from app.publiclog import actions as publiclog
from app.responses import mails, queries
from app.responses.forms import ReceptionForm, ResponseForm
from app.responses.models import Answer, Reception, Response, Said
from app.rules.canonical import digest

#: How many answers are published in one act, so that the writer is not held for long.
CHUNK = 25
_a = table(Answer).c


def draft(
    session: Session, actor: Actor, consultation_id: int, form: ResponseForm, response_id: int | None = None
) -> int:
    """Keep a draft of one text for one or many contributions and give its number; nothing is public yet.

    Conflict for contributions of another consultation or in another draft, and for a text that is already published.
    """
    consultation = queries.with_owing(session, consultations.by_id(session, consultation_id))
    access.require("responses.write", actor, consultation)
    if consultation.opened_at is None:
        raise Conflict("not-open", N_("Answers can be written once the consultation has opened."))
    found = queries.chosen(session, consultation_id, form.proposal)
    if len(found) != len(set(form.proposal)):
        raise Conflict("unknown-proposal", N_("One of these contributions does not belong to this consultation."))
    _require_no_other_draft(session, consultation_id, found, response_id)
    _require_second_person(session, actor, found)
    row = _row(session, response_id, consultation)
    row.office_id = _answering_office(session, actor, consultation, found)
    _require_holder(session, row.office_id, found)
    row.status, row.refers_to, row.text, row.other_text = form.status, form.refers_to, form.text, form.other_text
    row.written_by = actor.account
    session.flush()
    assert row.id is not None
    session.execute(delete(table(Answer)).where(_a.response_id == row.id, _a.published_at.is_(None)))
    blank = {"response_id": row.id, "h": ""}
    session.execute(insert(table(Answer)), [blank | {"contribution_id": item.id} for item in found])
    return row.id


def _answering_office(
    session: Session, actor: Actor, consultation: consultations.ConsultationView, found: tuple[queries.Answered, ...]
) -> int:
    """The office that signs: the one in charge, or one to which all of these were handed over; Conflict otherwise."""
    if actor.machine or consultation.office_id in actor.offices:
        return consultation.office_id
    held = obligations_read.held_by(session, [item.id for item in found])
    ours = [held.get(item.id, set()) & actor.offices for item in found]
    common = set.intersection(*ours) if ours else set()
    if not common:
        raise Conflict(
            "not-handed-over", N_("Your office answers here only what was handed over to it. Leave out the others.")
        )
    return min(common)


def _require_holder(session: Session, office_id: int, found: tuple[queries.Answered, ...]) -> None:
    """Refuse to answer what another office owes while its time runs: that office would seem to have answered.

    Once it is late any office that may answer here may do so: it stays the lateness of the one that owed it.
    """
    held = obligations_read.held_by(session, [item.id for item in found], in_time=True)
    for item in found:
        if held.get(item.id, set()) - {office_id}:
            raise Conflict(
                "handed-over",
                N_("%(which)s was handed over, and another office answers it. Leave it out here."),
                which=item.code,
            )


def _require_no_other_draft(
    session: Session, consultation_id: int, items: tuple[queries.Answered, ...], response_id: int | None
) -> None:
    """Refuse to answer a contribution in two drafts at once: one would replace the other unseen."""
    drafts = queries.drafts_with(session, consultation_id, [item.code for item in items])
    for item in items:
        if drafts.get(item.code, response_id) != response_id:
            raise Conflict(
                "drafted",
                N_("“%(title)s” is already in another draft. Go on with that draft, or leave it out here."),
                title=item.title,
            )


def _require_second_person(session: Session, actor: Actor, items: tuple[queries.Answered, ...]) -> None:
    """Refuse that somebody looks a second time at what they answered the first time, under whatever office."""
    first = queries.signed_first(session, [item.id for item in items], actor.participant)
    if first:
        raise Conflict(
            "second-person",
            N_("You signed the answer that did not answer %(which)s. Somebody else has to answer it now."),
            which=first[0],
        )


def _row(session: Session, response_id: int | None, consultation: consultations.ConsultationView) -> Response:
    if response_id is None:
        row = Response(
            consultation_id=consultation.id,
            office_id=consultation.office_id,
            status="",
            text="",
            lang=language.get(),
            created_at=clock.now(),
        )
        session.add(row)
        return row
    kept = session.get(Response, response_id)
    if kept is None or kept.consultation_id != consultation.id:
        raise access.Missing
    if kept.published_at is not None:
        raise Conflict(
            "published",
            N_("This answer is published and stays as it is. To change it, write a new one: both stay readable."),
        )
    return kept


def remove_draft(session: Session, actor: Actor, response_id: int) -> None:
    """Throw a draft away; a published answer stays."""
    response = queries.by_id(session, response_id)
    access.require("responses.write", actor, response)
    if response.published_at is not None:
        raise Conflict("published", N_("This answer is published and cannot be removed."))
    session.execute(delete(table(Answer)).where(_a.response_id == response_id))
    session.execute(delete(table(Response)).where(table(Response).c.id == response_id))


def publish(session: Session, actor: Actor, response_id: int, base_url: str, at: datetime | None = None) -> None:
    """Sign and publish a text; the first answers appear at once, further ones follow in a job. Idempotent.

    `at` is given by the demo and by imports only.
    """
    response = queries.by_id(session, response_id)
    access.require("responses.write", actor, response)
    if response.published_at is not None:
        return
    _require_second_person(session, actor, response.items)
    row = session.get_one(Response, response_id)
    _require_holder(session, row.office_id, response.items)
    row.published_at, row.signed_by, row.signer_id = at or clock.now(), actor.name, actor.account
    session.flush()
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
    for answer in answers[:CHUNK]:
        _publish_one(session, row, answer, items[answer.contribution_id])
    indexing.changed(session, "answer", queries.answering(session, list(items)))
    mails.answered(session, items, base_url)
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
    published = {"published_at": response.published_at, "nonce": made.nonce, "h": made.h}
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


def _payload(response: Response, answer: Answer) -> dict[str, Any]:
    return {
        "contribution": answer.contribution_id,
        "status": response.status,
        "refers_to": response.refers_to,
        "text": response.text,
        "other_text": response.other_text,
        "signed_by": response.signed_by,
    }


# -- what the author says of it --------------------------------------------------------------------

_LOCK = select(table(Contribution).c.id).where(table(Contribution).c.id == bindparam("id")).with_for_update()


def receive(session: Session, actor: Actor, code: str, form: ReceptionForm) -> None:
    """Say that an answer answers its contribution, as often as asked, or once that it does not.

    A dispute makes a second look owed, by somebody who did not sign the answer; it goes to that person with its
    words, which nobody else reads. Conflict without an answer, and for a second dispute.
    """
    view = queries.to_receive(session, code)
    access.require("responses.receive", actor, view)
    session.execute(_LOCK, {"id": view.contribution_id})
    view = queries.to_receive(session, code)
    if view.answer_id is None or view.answer_office_id is None:
        raise Conflict("no-answer", N_("There is no answer yet of which something can be said."))
    if form.said is Said.CONFIRMED:
        if view.confirmed:
            return
    elif view.disputed_at is not None:
        raise Conflict(
            "once", N_("That an answer does not answer you can be said once. It was said on %(when)s."),
            when=view.disputed_at,
        )  # fmt: skip
    now = clock.now()
    said = Reception(
        contribution_id=view.contribution_id,
        answer_id=view.answer_id,
        said=form.said,
        text=form.text if form.said is Said.DISPUTED else "",
        entered_by=None if view.participant_id == actor.participant else actor.account,
        at=now,
    )
    session.add(said)
    session.flush()
    subject = ("contribution", view.contribution_id)
    publiclog.record(session, "progress", view.consultation.id, subject, code=view.code, state=str(form.said))
    if form.said is Said.DISPUTED:
        due_at = obligations_read.due_of_second_look(session, view.consultation.id, view.kind, now)
        owed = [obligations.Owed(view.contribution_id, view.code)]
        obligations.arise(
            session, Due.REVIEW, view.consultation.id, view.answer_office_id, now, due_at, owed,
            answer_id=view.answer_id,
        )  # fmt: skip
    db.renew_pages(session)


@leaving.when_erased
def forget_words(session: Session, account_id: int, participant_id: int) -> None:
    """The words with which somebody who leaves disputed an answer go; that they did stays."""
    c, r = table(Contribution).c, table(Reception)
    theirs = select(c.id).where(c.participant_id == participant_id)
    session.execute(update(r).where(r.c.contribution_id.in_(theirs)).values(text=""))
