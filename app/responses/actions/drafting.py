"""Writing official answers, singly or for many contributions at once; nothing of it is public."""

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import Session

from app.consultations import queries as consultations
from app.core import access, clock
from app.core.access import Actor, Conflict
from app.core.codes import read_code
from app.core.columns import table
from app.core.i18n import N_, language
from app.obligations import queries as obligations
from app.responses import queries
from app.responses.actions.stepping import (
    CHANGED,
    PUBLISHED,
    hand_on,
    lock,
    record,
    require_holder,
    require_second_person,
)
from app.responses.forms import ExceptionForm, ResponseForm
from app.responses.models import Answer, Response, ResponseStep
from app.rules.signing import Act
from app.themes import queries as themes
from app.themes.models import Theme

_a, _t = table(Answer).c, table(Theme).c
_LOCK_THEME = select(_t.id).where(_t.id == bindparam("id")).with_for_update()


def draft(
    session: Session, actor: Actor, consultation_id: int, form: ResponseForm, response_id: int | None = None
) -> int:
    """Keep a draft of one text for one or many contributions and give its number; nothing is public yet.

    A text for a theme names no contribution. A change makes the steps void that were taken before. Conflict for
    contributions of another consultation or in another draft, for a theme that has another draft, for a text that is
    already published, and for one that somebody else changed meanwhile.
    """
    consultation = queries.with_owing(session, consultations.by_id(session, consultation_id))
    access.require("responses.write", actor, consultation)
    if consultation.opened_at is None:
        raise Conflict("not-open", N_("Answers can be written once the consultation has opened."))
    theme = _theme(session, actor, consultation, form.theme, response_id) if form.theme is not None else None
    found = queries.chosen(session, consultation_id, form.proposal)
    if len(found) != len(set(form.proposal)):
        raise Conflict("unknown-proposal", N_("One of these contributions does not belong to this consultation."))
    _require_no_other_draft(session, consultation_id, found, response_id)
    require_second_person(session, actor, found)
    row = _row(session, response_id, consultation)
    known = queries.by_id(session, row.id) if row.id is not None else None
    before = known.digest if known else ""
    if before and form.seen and form.seen != before:
        raise Conflict("changed", CHANGED)
    if known is not None and (known.theme.id if known.theme else None) != (theme.id if theme else None):
        raise access.Missing
    row.theme_id = theme.id if theme else None
    row.office_id = _answering_office(session, actor, consultation, found)
    require_holder(session, row.office_id, found)
    row.status, row.refers_to, row.text, row.other_text = form.status, form.refers_to, form.text, form.other_text
    row.written_by = actor.account
    kept = queries.reused(session, form.reused)
    row.reused_id = kept.id if kept else None
    session.flush()
    assert row.id is not None
    if theme is None:
        _list(session, row.id, found)
    after = queries.by_id(session, row.id)
    if after.digest != before:
        record(session, actor, after, Act.WRITING)
    return row.id


def write_exception(session: Session, actor: Actor, response_id: int, code: str, form: ExceptionForm) -> None:
    """Say something to one contribution alone, beside the text for all; empty takes it away.

    A change makes the steps void. Missing where the draft does not answer it, or its theme is not found in it; Conflict
    where somebody changed the draft meanwhile, and once it is published.
    """
    lock(session, response_id)
    before = queries.by_id(session, response_id)
    access.require("responses.write", actor, before)
    item = next((it for it in queries.answered_now(session, before) if it.code == read_code(code)), None)
    if item is None:
        raise access.Missing
    if before.published_at is not None:
        raise Conflict("published", PUBLISHED)
    if form.seen and form.seen != before.digest:
        raise Conflict("changed", CHANGED)
    of_it = (_a.response_id == response_id) & (_a.contribution_id == item.id)
    if before.theme is not None:
        session.execute(delete(table(Answer)).where(of_it))
        if form.text or form.other_text:
            row = {"response_id": response_id, "contribution_id": item.id, "theme_id": before.theme.id, "h": ""}
            session.execute(insert(table(Answer)), row)
    session.execute(update(table(Answer)).where(of_it).values(exception=form.text, other_exception=form.other_text))
    after = queries.by_id(session, response_id)
    if after.digest != before.digest:
        record(session, actor, after, Act.WRITING)


def finish(
    session: Session, actor: Actor, consultation_id: int, form: ResponseForm, response_id: int | None = None
) -> int:
    """Keep a draft and hand it on in one act, so that what is checked is what was typed."""
    number = draft(session, actor, consultation_id, form, response_id)
    hand_on(session, actor, number, form.role)
    return number


def _theme(
    session: Session,
    actor: Actor,
    consultation: consultations.ConsultationView,
    number: int,
    response_id: int | None,
) -> themes.ThemeView:
    """The theme a text is for: in force, and in no other draft. Only the office in charge answers by theme."""
    access.require("themes.write", actor, consultation)
    book = themes.in_force(session, consultation.id)
    theme = book.by_number.get(number) if book else None
    if theme is None:
        raise Conflict("no-theme", N_("This theme is not in the codebook that is in force. Choose another one."))
    session.execute(_LOCK_THEME, {"id": theme.id})
    if queries.draft_for(session, theme.id) not in (None, response_id):
        raise Conflict("drafted", N_("There is a draft for this theme already. Go on with that one."))
    return theme


def _list(session: Session, response_id: int, found: tuple[queries.Answered, ...]) -> None:
    """Let a draft answer these contributions and no others."""
    chosen, known = {item.id for item in found}, {item.id for item in queries.answered_by(session, response_id)}
    gone = (_a.response_id == response_id) & _a.contribution_id.in_(known - chosen)
    if known - chosen:
        session.execute(delete(table(Answer)).where(gone))
    blank = {"response_id": response_id, "h": ""}
    if new := [blank | {"contribution_id": item.id} for item in found if item.id not in known]:
        session.execute(insert(table(Answer)), new)


def _answering_office(
    session: Session, actor: Actor, consultation: consultations.ConsultationView, found: tuple[queries.Answered, ...]
) -> int:
    """The office that signs: the one in charge, or one to which all of these were handed over; Conflict otherwise."""
    if actor.machine or consultation.office_id in actor.offices:
        return consultation.office_id
    held = obligations.held_by(session, [item.id for item in found])
    ours = [held.get(item.id, set()) & actor.offices for item in found]
    common = set.intersection(*ours) if ours else set()
    if not common:
        raise Conflict(
            "not-handed-over", N_("Your office answers here only what was handed over to it. Leave out the others.")
        )
    return min(common)


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
    lock(session, response_id)
    kept = session.get(Response, response_id)
    if kept is None or kept.consultation_id != consultation.id:
        raise access.Missing
    if kept.published_at is not None:
        raise Conflict("published", PUBLISHED)
    return kept


def remove_draft(session: Session, actor: Actor, response_id: int) -> None:
    """Throw a draft away; a published answer stays."""
    lock(session, response_id)
    response = queries.by_id(session, response_id)
    access.require("responses.write", actor, response)
    if response.published_at is not None:
        raise Conflict("published", N_("This answer is published and cannot be removed."))
    session.execute(delete(table(Answer)).where(_a.response_id == response_id))
    session.execute(delete(table(ResponseStep)).where(table(ResponseStep).c.response_id == response_id))
    session.execute(delete(table(Response)).where(table(Response).c.id == response_id))
