"""Finding themes in contributions, and taking that back."""

from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.contributions import actions as contributions
from app.contributions.models import Contribution
from app.core import access, clock, db
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.publiclog import actions as publiclog
from app.rules import quoting
from app.themes import queries
from app.themes.forms import CodingForm
from app.themes.models import Coding, Source

_k, _c = (table(model).c for model in (Coding, Contribution))
_LOCK = select(_c.id).where(_c.id == bindparam("id")).with_for_update()
_INSERT = insert(table(Coding))
_TAKE_BACK = update(table(Coding)).where(_k.id == bindparam("number"), _k.retracted_at.is_(None))


def assign(session: Session, actor: Actor, code: str, form: CodingForm, source: Source = Source.PERSON) -> bool:
    """Say that a contribution contains a theme, in a passage of its text, with a name and in public. Idempotent.

    Gives whether that is new. The same theme by the same person in another passage takes the place of the first, which
    stays as taken back. Conflict for one's own words, a text that is gone or changed since it was shown, a passage that
    is not in it, a theme that is not in force, an excluded contribution, and a theme that a colleague found there.
    """
    item = _to_code(session, actor, code)
    book = queries.in_force(session, item.consultation.id)
    theme = book.by_number.get(form.theme) if book else None
    if book is None or theme is None:
        raise Conflict("no-theme", N_("This theme is not in the codebook that is in force. Choose another one."))
    if form.seen != item.h:
        raise Conflict(
            "text-changed",
            N_("The author changed the text while you were reading. Read it again, then mark the passage."),
        )
    passage = passage_of(item, form)
    present = [one for one in queries.found_in(session, item, book) if one.retracted_at is None]
    for one in (it for it in present if it.theme is not None and it.theme.id == theme.id):
        if (one.begins, one.ends) == (passage.begins, passage.ends) and not one.again:
            return False
        if one.account_id != actor.account and not one.again:
            raise Conflict(
                "found-already",
                N_("%(name)s found this theme here already. If another passage carries it, take that back first."),
                name=one.name,
            )
        take_back(session, actor, item, one.id)
    record(session, actor, item, theme, book.number, passage, source)
    return True


def confirm(session: Session, actor: Actor, coding_id: int) -> None:
    """Say of an older coding, after looking again, that it is right as it is: made anew with the version in force.

    Idempotent. Conflict where its theme has ended, or its passage is no longer in the text.
    """
    known = queries.coding(session, coding_id)
    item = _to_code(session, actor, known.item.code)
    book = queries.in_force(session, item.consultation.id)
    one = next(it for it in queries.found_in(session, item, book) if it.id == coding_id)
    if one.retracted_at is not None or not one.again:
        return
    if book is None or one.theme is None:
        raise Conflict("no-theme", N_("This theme is not in the codebook that is in force. Choose another one."))
    passage = quoting.find(item.text, one.quote)
    if passage is None:
        raise Conflict("not-there", N_("The passage is no longer in the text. Mark the passage that carries it now."))
    take_back(session, actor, item, one.id)
    standing = (it for it in queries.found_in(session, item, book) if it.retracted_at is None)
    if all(it.theme is None or it.theme.id != one.theme.id for it in standing):
        record(session, actor, item, one.theme, book.number, passage, Source(one.source))


def retract(session: Session, actor: Actor, coding_id: int) -> None:
    """Take back that a theme was found; it stays readable as taken back. Idempotent."""
    known = queries.coding(session, coding_id)
    access.require("themes.write", actor, known)
    session.execute(_LOCK, {"id": known.item.id})
    take_back(session, actor, known.item, coding_id)
    db.renew_pages(session)


def _to_code(session: Session, actor: Actor, code: str) -> queries.Words:
    """The contribution, locked; refused where nobody, or not this person, may code it."""
    item = queries.words(session, code)
    access.require("themes.write", actor, item)
    session.execute(_LOCK, {"id": item.id})
    item = queries.words(session, code)
    if actor.account is None or not actor.name.strip():
        raise Conflict("nameless", N_("Only somebody with a name can code a contribution."))
    if item.participant_id is not None and item.participant_id == actor.participant:
        raise Conflict("own", N_("You wrote this yourself. A colleague codes it: nobody codes their own words."))
    if item.gone:
        raise Conflict("gone", N_("Its text is no longer there to be read. Leave it out of the coding with a reason."))
    if any(one.lifted_at is None for one in queries.exclusions_of(session, item)):
        raise Conflict("excluded", N_("It is left out of the coding. Take it in again first."))
    return item


def passage_of(item: queries.Words, form: CodingForm) -> quoting.Passage:
    """The passage that was marked or quoted; Conflict where none was, or where it does not stand in the text."""
    if form.quote:
        quoted = quoting.find(item.text, form.quote)
        if quoted is None:
            raise Conflict(
                "not-there", N_("These words do not stand in the text like that. Mark or copy them from it.")
            )
        return quoted
    chosen = quoting.covering(item.pieces, form.piece)
    if chosen is not None:
        return chosen
    if form.piece or not item.short:
        raise Conflict("no-passage", N_("Mark the sentences that carry this theme."))
    return quoting.whole(item.text)


def record(
    session: Session,
    actor: Actor,
    item: queries.Words,
    theme: queries.ThemeView,
    version: int,
    passage: quoting.Passage,
    source: Source,
    shared: int | None = None,
) -> None:
    """Write down that a theme stands in a passage, with its commitment and its event; `shared` as in `Coding`."""
    quote = passage.of(item.text)
    payload = {"contribution": item.code, "theme": theme.number, "version": version, "quote": quote, "text": item.h}
    made = publiclog.commit_to("coding", payload)
    values = {
        "contribution_id": item.id, "theme_id": theme.id, "version": version, "source": source,
        "begins": passage.begins, "ends": passage.ends, "quote": quote, "text_h": item.h,
        "account_id": actor.account, "office_id": item.consultation.office_id, "name": actor.name, "at": clock.now(),
        "retracted_by": "", "nonce": made.nonce, "h": made.h,
        "shared_id": shared,
    }  # fmt: skip
    session.execute(_INSERT, values)
    facts = {"code": item.code, "theme": theme.number, "version": version, "role": contributions.ROLE, "h": made.h}
    subject = ("contribution", item.id)
    publiclog.record(session, "code", item.consultation.id, subject, act="find", source=str(source), **facts)
    contributions.considered(session, actor, item.consultation, item)
    db.renew_pages(session)


def take_back(session: Session, actor: Actor, item: queries.Words, coding_id: int) -> None:
    """Write down that a coding was taken back, once."""
    changed: Any = session.execute(
        _TAKE_BACK.values(retracted_at=clock.now(), retracted_by=actor.name).returning(_k.h), {"number": coding_id}
    ).first()
    if changed is not None:
        facts = {"code": item.code, "role": contributions.ROLE, "s": changed.h}
        publiclog.record(session, "code", item.consultation.id, ("contribution", item.id), act="unfind", **facts)
