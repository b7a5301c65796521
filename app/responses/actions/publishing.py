"""Publishing what was signed: the first answers at once, further ones in a job, each bound to the public log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app.consultations import queries as consultations
from app.contributions.models import Kind
from app.core import access, clock, db, indexing, jobs
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.obligations import queries as obligations
from app.proposals.models import Proposal
from app.publiclog import actions as publiclog
from app.responses import mails, queries
from app.responses.actions.stepping import lock, record, require_holder, require_turn
from app.responses.models import Answer, Response
from app.rules import quoting
from app.rules.canonical import digest
from app.rules.signing import Act
from app.themes import queries as themes

#: How many answers are published in one act, so that the writer is not held for long.
CHUNK = 25
#: So many characters of a coded passage are quoted at most.
LONGEST = 1_000
_a = table(Answer).c
UNBALANCED = N_(
    "Of %(received)s contributions received only %(counted)s are accounted for: %(coded)s with their themes, "
    "%(excluded)s left out, %(pending)s still to be read. As long as that does not add up, no answer for a theme is "
    "published. Nothing is lost: the signed answer waits. Ask whoever runs the installation to recount, then publish."
)


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

    Conflict unless exactly this text was handed on, checked and signed. A text for a theme is also refused while not
    all that was received is accounted for. `at` is given by the demo and by imports only.
    """
    lock(session, response_id)
    view = queries.by_id(session, response_id)
    access.require("responses.publish", actor, view)
    if view.published_at is not None or not require_turn(actor, view, Act.PUBLICATION, seen):
        return
    if view.theme is None:
        require_holder(session, view.answering, view.items)
    else:
        require_balance(session, view.consultation.id)
        _require_found(session, view.theme, view.items)
    signature = view.step(Act.SIGNATURE)
    assert signature is not None
    row = session.get_one(Response, response_id)
    row.published_at, row.signed_by, row.signer_id = at or clock.now(), signature.name, signature.account_id
    session.flush()
    record(session, actor, view, Act.PUBLICATION, role, at=at)
    publish_some(session, response_id, base_url)


def give(session: Session, actor: Actor, consultation_id: int, number: int, base_url: str) -> int:
    """Give the published answer for a theme to those in whom it was found since; says how many wait for it. Idempotent.

    It is the text that was checked and signed; whoever gives it says with their name that it fits these too.
    """
    consultation = consultations.by_id(session, consultation_id)
    access.require("themes.write", actor, consultation)
    book = themes.in_force(session, consultation_id)
    theme = book.by_number.get(number) if book else None
    text = queries.present_text(session, consultation_id, theme.id) if theme else None
    if theme is None or text is None:
        raise Conflict("no-answer", N_("There is no published answer for this theme yet. Write and publish it first."))
    lock(session, text)
    view = queries.by_id(session, text)
    access.require("responses.publish", actor, view)
    require_balance(session, consultation_id)
    waiting = len(queries.next_to_reach(session, theme.id, text, 0, WAITING, lacking=True))
    if waiting:
        record(session, actor, view, Act.GIVING, queries.last_role(session, actor))
        publish_some(session, text, base_url, given_at=clock.now())
    return waiting


#: So many that wait are counted at most for what is said of giving.
WAITING = 100_000


def require_balance(session: Session, consultation_id: int) -> None:
    """Refuse to answer by theme while something that was received is neither coded, left out nor pending."""
    found = themes.balance(session, consultation_id)
    if not found.holds:
        counted = vars(found.counted)
        told = found.counted.coded + found.counted.excluded + found.counted.pending
        raise Conflict("unbalanced", UNBALANCED, counted=told, **counted)


def _require_found(session: Session, theme: themes.ThemeName, items: Collection[queries.Answered]) -> None:
    """Refuse to publish an exception for what no longer contains the theme: it would reach nobody."""
    there = themes.first_passages(session, theme.id, [item.id for item in items])
    for item in items:
        if item.id not in there:
            raise Conflict(
                "exception",
                N_(
                    "An exception is written for %(which)s, in which this theme is not found any more. Take the "
                    "exception out, or find the theme there again."
                ),
                which=item.code,
            )


@dataclass(frozen=True)
class _Theme:
    """The theme a text is for: its number, and the rows of the themes it speaks for."""

    id: int
    number: int
    ids: list[int]


@dataclass(frozen=True)
class _Part:
    """The next answers of a text; `after` is where the ones after them begin, None where none are left."""

    answers: Sequence[Answer]
    passages: dict[int, str]
    after: int | None


def publish_some(
    session: Session, response_id: int, base_url: str, after: int = 0, given_at: datetime | None = None
) -> bool:
    """Publish the next answers of a published text and say whether some are left.

    A text for a theme reaches what it is found in by then, in the order of the ledger; what another office still has
    time to answer is left to that office. With `given_at` it goes to those that lack it alone.
    """
    row = session.get_one(Response, response_id)
    assert row.published_at is not None
    theme = _theme(session, row.theme_id) if row.theme_id is not None else None
    part = _part(session, row) if theme is None else _part_of_theme(session, row, theme.id, after, given_at)
    items = queries.items(session, [answer.contribution_id for answer in part.answers])
    words = queries.quotable(session, list(items))
    for answer in part.answers:
        _quote(answer, words.get(answer.contribution_id), part.passages.get(answer.contribution_id, ""))
    session.flush()
    for answer in part.answers:
        _publish_one(session, row, answer, items[answer.contribution_id], given_at or row.published_at, theme)
    indexing.changed(session, "answer", queries.answering(session, list(items)))
    mails.answered(session, row, part.answers, items, base_url)
    db.renew_pages(session)
    if part.after is not None:
        given = given_at.isoformat() if given_at else None
        jobs.later(session, "responses.publish", response=response_id, base_url=base_url, after=part.after, given=given)
    return part.after is not None


def _part(session: Session, row: Response) -> _Part:
    """The next of those that were named."""
    waiting = session.execute(
        select(Answer).where(_a.response_id == row.id, _a.published_at.is_(None)).order_by(_a.id).limit(CHUNK + 1)
    )
    answers = list(waiting.scalars())
    return _Part(answers[:CHUNK], {}, 0 if len(answers) > CHUNK else None)


def _theme(session: Session, theme_id: int) -> _Theme:
    """The theme that speaks for one now."""
    speaks = queries.speaking(session, theme_id)
    return _Theme(speaks.id, speaks.number, queries.spoken_for(session, speaks.id))


def _part_of_theme(session: Session, row: Response, speaks: int, after: int, given_at: datetime | None) -> _Part:
    """The next in which the theme is found."""
    assert row.id is not None
    found = queries.next_to_reach(session, speaks, row.id, after, CHUNK + 1, lacking=given_at is not None)
    held = obligations.held_by(session, found[:CHUNK], in_time=True)
    ids = [number for number in found[:CHUNK] if not held.get(number, set()) - {row.office_id}]
    drafted = session.execute(select(Answer).where(_a.response_id == row.id, _a.contribution_id.in_(ids))).scalars()
    known = {answer.contribution_id: answer for answer in drafted}
    for number in (it for it in ids if it not in known):
        known[number] = Answer(response_id=row.id, contribution_id=number, theme_id=speaks)
        session.add(known[number])
    passages = themes.first_passages(session, speaks, ids)
    return _Part([known[number] for number in ids], passages, found[CHUNK - 1] if len(found) > CHUNK else None)


_SUPERSEDE = update(table(Answer)).where(
    _a.contribution_id == bindparam("contribution"), _a.published_at.is_not(None), _a.superseded_at.is_(None)
)
#: An answer takes the place of the one before it to the same: to the contribution alone, or for the theme in it.
_SUPERSEDE_ALONE = _SUPERSEDE.where(_a.theme_id.is_(None))
_SUPERSEDE_THEME = _SUPERSEDE.where(_a.theme_id.in_(bindparam("themes", expanding=True)))
_PUBLISH = update(table(Answer)).where(_a.id == bindparam("number"))
_SAY_STATUS = update(table(Proposal)).where(table(Proposal).c.id == bindparam("contribution"))


def _publish_one(
    session: Session, response: Response, answer: Answer, item: queries.Answered, at: datetime, theme: _Theme | None
) -> None:
    subject = {"contribution": item.id}
    if theme is None:
        session.execute(_SUPERSEDE_ALONE.values(superseded_at=at), subject)
    else:
        session.execute(_SUPERSEDE_THEME.values(superseded_at=at), subject | {"themes": theme.ids})
    number = theme.number if theme else None
    made = publiclog.commit_to("answer", _payload(response, answer, number))
    published = {
        "published_at": at,
        "nonce": made.nonce,
        "h": made.h,
    }
    session.execute(_PUBLISH.values(published), {"number": answer.id})
    if item.kind == Kind.PROPOSAL and theme is None:
        session.execute(_SAY_STATUS.values(status=response.status), subject)
    publiclog.record(
        session,
        "answer",
        response.consultation_id,
        ("contribution", item.id),
        item=item.h,
        code=item.code,
        status=response.status,
        theme=number,
        reason=digest({"text": response.text}),
        h=made.h,
    )


def _quote(answer: Answer, words: tuple[str, str] | None, passage: str = "") -> None:
    """Let an answer begin with the words it answers: the passage that carries its theme, or the beginning of the text.

    What is no exact piece of the text as it stands is not kept, and nothing is quoted that not everybody may read. A
    passage that begins with the title is quoted from the text on, as the title stands above it.
    """
    title, text = words or ("", "")
    answer.quote_title = title
    said = (passage or answer.quote).removeprefix(title).strip() if title else passage or answer.quote
    answer.quote = quoting.beginning(said, LONGEST) if quoting.exact(said, text) else quoting.beginning(text)


def _payload(response: Response, answer: Answer, theme: int | None) -> dict[str, Any]:
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
        **({"theme": theme} if theme is not None else {}),
    }
