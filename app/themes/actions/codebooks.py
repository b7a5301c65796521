"""Writing the codebook: themes in a draft, merged and split there, and the version published as a whole."""

from typing import Any

from sqlalchemy import bindparam, delete, func, insert, literal, select, update
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.models import Consultation
from app.core import access, clock, db
from app.core.access import Actor, Conflict, Missing
from app.core.columns import table
from app.core.i18n import N_, language
from app.publiclog import actions as publiclog
from app.rules import codebooks as rules
from app.themes import queries
from app.themes.forms import CodebookForm, ThemeForm
from app.themes.models import Codebook, Coding, Origin, Theme, ThemeOrigin, ThemeVersion

_b, _t, _v, _g, _k = (table(model).c for model in (Codebook, Theme, ThemeVersion, ThemeOrigin, Coding))
_LOCK = select(table(Consultation).c.id).where(table(Consultation).c.id == bindparam("id")).with_for_update()
_REFUSED = {
    rules.Wrong.EMPTY: N_("A codebook needs at least one theme."),
    rules.Wrong.SAME: N_("Nothing differs from the version in force, so there is nothing to publish."),
    rules.Wrong.TWICE: N_("Two themes say the same. Merge them, or word the difference."),
    rules.Wrong.LOOP: N_("The parents of some themes lead in a circle, or to a theme that is no longer there."),
    rules.Wrong.CODED: N_(
        "A theme that was found in contributions cannot simply end. Merge it into another one, or put it back."
    ),
}
MEANWHILE = N_("Somebody else changed this while you were writing. Look at what stands there now, then send it again.")


def keep_theme(session: Session, actor: Actor, consultation_id: int, form: ThemeForm, number: int | None = None) -> int:
    """Keep a theme in the draft, a new one or changed words of one that is there; gives its number.

    Begins the draft from the version in force where there is none. Conflict for a parent that is not there or below
    the theme itself, and where somebody else changed the theme since the form was shown.
    """
    book = _to_write(session, actor, consultation_id)
    theme = book.by_number.get(number) if number is not None else None
    if number is not None and theme is None:
        raise Missing
    if theme is not None and form.seen and form.seen != theme.seen:
        raise Conflict("meanwhile", MEANWHILE)
    values = {
        "stance": form.stance, "other_stance": form.other_stance, "includes": form.includes,
        "excludes": form.excludes, "parent_id": _parent(book, form.parent, theme),
    }  # fmt: skip
    if theme is not None:
        session.execute(update(table(ThemeVersion)).where(_of(book, theme.id)).values(values))
        return theme.number
    made, new = _new_theme(session, consultation_id)
    session.execute(
        insert(table(ThemeVersion)), values | {"codebook_id": book.id, "theme_id": made, "since": book.number}
    )
    return new


def split(session: Session, actor: Actor, consultation_id: int, number: int, form: ThemeForm) -> int:
    """Make part of a theme a theme of its own; what was coded to the first is to be checked again."""
    new = keep_theme(session, actor, consultation_id, form)
    book = _to_write(session, actor, consultation_id)
    origin = {"from_id": _theme(book, number).id, "theme_id": _theme(book, new).id}
    session.execute(insert(table(ThemeOrigin)).values(codebook_id=book.id, act=Origin.SPLIT, **origin))
    return new


def merge(session: Session, actor: Actor, consultation_id: int, number: int, into: int) -> None:
    """Have one theme speak for another one from the next version on; what was coded to it goes along.

    Conflict for a theme into itself. What stood below it stands below the other one.
    """
    book = _to_write(session, actor, consultation_id)
    gone, stays = _theme(book, number), book.by_number.get(into)
    if stays is None or stays.id == gone.id:
        raise Conflict("into", N_("Choose another theme of this codebook."))
    above = gone.parent_id if stays.parent_id == gone.id else stays.parent_id
    below = (_v.codebook_id == book.id) & (_v.parent_id == gone.id)
    session.execute(update(table(ThemeVersion)).where(below).values(parent_id=stays.id))
    session.execute(update(table(ThemeVersion)).where(_of(book, stays.id)).values(parent_id=above))
    taken = (_g.codebook_id == book.id) & (_g.theme_id == gone.id) & (_g.act == Origin.MERGED)
    session.execute(update(table(ThemeOrigin)).where(taken).values(theme_id=stays.id))
    _take_out(session, book, gone)
    if _published(session, gone.id):
        origin = {"theme_id": stays.id, "from_id": gone.id, "act": Origin.MERGED}
        session.execute(insert(table(ThemeOrigin)).values(codebook_id=book.id, **origin))


def drop(session: Session, actor: Actor, consultation_id: int, number: int) -> None:
    """Take a theme out of the draft; what stood below it goes one level up. Published versions keep it."""
    book = _to_write(session, actor, consultation_id)
    gone = book.by_number.get(number)
    if gone is None:
        return
    below = (_v.codebook_id == book.id) & (_v.parent_id == gone.id)
    session.execute(update(table(ThemeVersion)).where(below).values(parent_id=gone.parent_id))
    _take_out(session, book, gone)


def put_back(session: Session, actor: Actor, consultation_id: int, number: int) -> None:
    """Have a theme of the version in force in the draft again, as it was; undoes that it was dropped or merged."""
    book = _to_write(session, actor, consultation_id)
    before = queries.in_force(session, consultation_id)
    theme = before.by_number.get(number) if before else None
    if theme is None:
        raise Missing
    if theme.id in book.by_id:
        return
    session.execute(delete(table(ThemeOrigin)).where(_g.codebook_id == book.id, _g.from_id == theme.id))
    values = {
        "codebook_id": book.id, "theme_id": theme.id, "stance": theme.stance, "other_stance": theme.other_stance,
        "includes": theme.includes, "excludes": theme.excludes, "since": theme.since,
        "parent_id": theme.parent_id if theme.parent_id in book.by_id else None,
    }  # fmt: skip
    session.execute(insert(table(ThemeVersion)), values)


def discard(session: Session, actor: Actor, consultation_id: int) -> None:
    """Throw the draft away; the version in force stays."""
    access.require("themes.write", actor, consultations.by_id(session, consultation_id))
    book = queries.draft(session, consultation_id)
    if book is None:
        return
    session.execute(delete(table(ThemeOrigin)).where(_g.codebook_id == book.id))
    session.execute(delete(table(ThemeVersion)).where(_v.codebook_id == book.id))
    never_published = _t.id.in_(list(book.by_id)) & _t.id.not_in(select(_v.theme_id))
    session.execute(delete(table(Theme)).where(never_published))
    session.execute(delete(table(Codebook)).where(_b.id == book.id))


def publish(session: Session, actor: Actor, consultation_id: int, form: CodebookForm) -> int:
    """Put the draft in force with a name and a reason, and record it; gives its number. It never changes again.

    Conflict where it would lose something, where nothing differs, and where it is not what the page showed.
    """
    consultation = consultations.by_id(session, consultation_id)
    access.require("themes.write", actor, consultation)
    session.execute(_LOCK, {"id": consultation_id})
    book, before = queries.draft(session, consultation_id), queries.in_force(session, consultation_id)
    if book is None:
        raise Conflict("no-draft", N_("There is no draft of the codebook. It may have been published already."))
    if form.seen and form.seen != book.seen:
        raise Conflict("meanwhile", MEANWHILE)
    if before is not None and not form.reason:
        raise Conflict("reason", N_("Say why the codebook changes: everybody who reads it asks that first."))
    merged = session.execute(select(_g.from_id, _g.theme_id).where(_of_draft(book, Origin.MERGED)))
    taken_in = {row.from_id: row.theme_id for row in merged}
    _require_sound(session, before, book, taken_in)
    _mark_changed(session, before, book, taken_in)
    _let_speak(session, taken_in)
    signed = {"published_at": clock.now(), "account_id": actor.account, "name": actor.name, "reason": form.reason}
    session.execute(update(table(Codebook)).where(_b.id == book.id).values(signed))
    stored = queries.edition(session, consultation_id, book.number)
    made = publiclog.commit_to("codebook", stored.facts)
    session.execute(update(table(Codebook)).where(_b.id == book.id).values(nonce=made.nonce, h=made.h))
    counts = vars(queries.balance(session, consultation_id).counted)
    publiclog.record(
        session, "code", consultation_id, ("codebook", book.id), act="codebook", version=book.number, h=made.h, **counts
    )
    db.renew_pages(session)
    return book.number


def _require_sound(
    session: Session, before: queries.CodebookView | None, book: queries.CodebookView, taken_in: dict[int, int]
) -> None:
    was = before.by_id if before else {}
    coded = select(_k.theme_id).distinct().where(_k.theme_id.in_(list(was)), _k.retracted_at.is_(None))
    reason = rules.wrong(
        {theme.id: theme.wording for theme in was.values()},
        {theme.id: theme.wording for theme in book.themes},
        ({theme.id: theme.parent_id for theme in was.values()}, {it.id: it.parent_id for it in book.themes}),
        taken_in,
        set(session.execute(coded).scalars()),
    )
    if reason is not None:
        raise Conflict(str(reason), _REFUSED[reason])


def _mark_changed(
    session: Session, before: queries.CodebookView | None, book: queries.CodebookView, taken_in: dict[int, int]
) -> None:
    """Say of each theme in which version its meaning last changed."""
    split_off = session.execute(select(_g.from_id).where(_of_draft(book, Origin.SPLIT))).scalars()
    found = rules.since(
        {theme.id: theme.wording for theme in before.themes} if before else {},
        {theme.id: theme.wording for theme in book.themes},
        {*taken_in.values(), *split_off},
        book.number,
    )
    for theme, number in found.items():
        session.execute(update(table(ThemeVersion)).where(_of(book, theme)).values(since=number))


def _let_speak(session: Session, taken_in: dict[int, int]) -> None:
    """Have one theme speak for those it took in, and for those that they had taken in before."""
    for gone, stays in taken_in.items():
        earlier = (_t.id == gone) | (_t.merged_into == gone)
        session.execute(update(table(Theme)).where(earlier).values(merged_into=stays))


def _to_write(session: Session, actor: Actor, consultation_id: int) -> queries.CodebookView:
    """The draft, begun from the version in force where there is none; one at a time for each consultation."""
    access.require("themes.write", actor, consultations.by_id(session, consultation_id))
    session.execute(_LOCK, {"id": consultation_id})
    found = queries.draft(session, consultation_id)
    if found is not None:
        return found
    before = queries.in_force(session, consultation_id)
    row = Codebook(
        consultation_id=consultation_id,
        number=before.number + 1 if before else 1,
        lang=before.lang if before else language.get(),
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    if before is not None:
        names = ["theme_id", "parent_id", "stance", "other_stance", "includes", "excludes", "since"]
        copied = select(literal(row.id), *(_v[name] for name in names)).where(_v.codebook_id == before.id)
        session.execute(insert(table(ThemeVersion)).from_select(["codebook_id", *names], copied))
    made = queries.draft(session, consultation_id)
    assert made is not None
    return made


def _theme(book: queries.CodebookView, number: int) -> queries.ThemeView:
    theme = book.by_number.get(number)
    if theme is None:
        raise Missing
    return theme


def _parent(book: queries.CodebookView, number: int | None, theme: queries.ThemeView | None) -> int | None:
    """The row of the theme above; Conflict where it is not there, or is the theme itself or below it."""
    if number is None:
        return None
    above = book.by_number.get(number)
    at: queries.ThemeView | None = above
    while at is not None and theme is not None:
        if at.id == theme.id:
            raise Conflict("below-itself", N_("A theme cannot stand below itself. Choose another one above it."))
        at = book.by_id.get(at.parent_id or 0)
    if above is None:
        raise Conflict("no-parent", N_("The theme above this one is no longer in the draft. Choose another one."))
    return above.id


def _new_theme(session: Session, consultation_id: int) -> tuple[int, int]:
    """A new theme's row and its number, which no other theme of the consultation had before."""
    last = session.execute(select(func.max(_t.number)).where(_t.consultation_id == consultation_id)).scalar()
    row = Theme(consultation_id=consultation_id, number=(last or 0) + 1)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id, row.number


def _take_out(session: Session, book: queries.CodebookView, theme: queries.ThemeView) -> None:
    """Take a theme out of a draft, and out of the database where no published version has it."""
    session.execute(delete(table(ThemeVersion)).where(_of(book, theme.id)))
    origins = (_g.codebook_id == book.id) & (
        (_g.theme_id == theme.id) | ((_g.from_id == theme.id) & (_g.act == Origin.SPLIT))
    )
    session.execute(delete(table(ThemeOrigin)).where(origins))
    if not _published(session, theme.id):
        session.execute(delete(table(Theme)).where(_t.id == theme.id))


def _published(session: Session, theme_id: int) -> bool:
    return session.execute(select(_v.id).where(_v.theme_id == theme_id).limit(1)).first() is not None


def _of(book: queries.CodebookView, theme_id: int) -> Any:
    return (_v.codebook_id == book.id) & (_v.theme_id == theme_id)


def _of_draft(book: queries.CodebookView, act: Origin) -> Any:
    return (_g.codebook_id == book.id) & (_g.act == act)
