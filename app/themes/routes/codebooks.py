"""The codebook at the desk: the draft, its themes, merging and splitting, and publishing it."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.core import access, db, web
from app.core.access import Missing, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.themes import actions, queries
from app.themes.forms import CodebookForm, MergeForm, ThemeForm

router = APIRouter()
Mine = Annotated[ConsultationView, guard("themes.write", consultations.at_desk)]
Number = queries.ThemeNumber
Worded = Annotated[Submission[ThemeForm], submitted(ThemeForm)]
KEPT = N_("Kept in the draft. Nobody else sees it until you publish the codebook.")


def _desk(view: ConsultationView) -> str:
    return f"/desk/consultations/{view.slug}/codebook"


@router.get("/desk/consultations/{slug}/codebook")
def page(request: Request, session: db.Read, consultation: Mine) -> Response:
    """The codebook in force, the draft of the next, and what can be done with them."""
    return _page(request, session, consultation, blank())


def _page(request: Request, session: Session, consultation: ConsultationView, form: Submission[Any]) -> Response:
    draft, in_force = queries.draft(session, consultation.id), queries.in_force(session, consultation.id)
    lost = [it for it in in_force.themes if it.id not in draft.by_id] if draft and in_force else []
    taken = {number for theme in draft.themes for number in theme.merged} if draft else set()
    return web.render(
        request,
        "themes/codebook_desk.html",
        form.status,
        consultation=consultation,
        here=_desk(consultation),
        draft=draft,
        in_force=in_force,
        book=draft or in_force,
        lost=[(theme, theme.number in taken) for theme in lost],
        form=form,
    )


@router.get("/desk/consultations/{slug}/codebook/new")
def new(request: Request, session: db.Read, consultation: Mine) -> Response:
    """A theme to be added to the draft."""
    return _theme_page(request, session, consultation, blank())


@router.post("/desk/consultations/{slug}/codebook/new")
async def add(request: Request, actor: access.CurrentActor, consultation: Mine, form: Worded) -> Response:
    """Add a theme to the draft."""
    await form.attempt(lambda sent: db.write(actions.keep_theme, actor, consultation.id, sent))
    return await _kept(request, form, consultation)


def _theme_page(
    request: Request,
    session: Session,
    consultation: ConsultationView,
    form: Submission[Any],
    number: int | None = None,
    splits: bool = False,
) -> Response:
    """The form of a theme: a new one, one with changed words, or part of one that is split."""
    book = queries.draft(session, consultation.id) or queries.in_force(session, consultation.id)
    theme = book.by_number.get(number) if book and number else None
    if number is not None and theme is None:
        raise Missing
    above = [it for it in (book.themes if book else ()) if theme is None or splits or it.id != theme.id]
    return web.render(
        request,
        "themes/theme.html",
        form.status,
        consultation=consultation,
        here=_desk(consultation),
        theme=theme,
        splits=splits,
        others=[it for it in above if theme is None or it.id != theme.id],
        above=[(str(it.number), f"{it.label} {it.says}") for it in above],
        lang_of_texts=book.lang if book else consultation.lang,
        form=form,
    )


async def _kept(
    request: Request,
    form: Submission[ThemeForm],
    consultation: ConsultationView,
    number: int | None = None,
    splits: bool = False,
) -> Response:
    def refused() -> Response:
        with db.reading() as session:
            return _theme_page(request, session, consultation, form, number, splits)

    if not form.valid:
        return await run_in_threadpool(refused)
    return web.done(request, _desk(consultation), KEPT)


@router.post("/desk/consultations/{slug}/codebook/discarding")
async def discard(request: Request, actor: access.CurrentActor, consultation: Mine) -> Response:
    """Throw the draft away."""
    await db.write(actions.discard, actor, consultation.id)
    return web.done(request, _desk(consultation), N_("The draft is gone. The version in force stays as it was."))


@router.post("/desk/consultations/{slug}/codebook/publication")
async def publish(
    request: Request,
    actor: access.CurrentActor,
    consultation: Mine,
    form: Annotated[Submission[CodebookForm], submitted(CodebookForm)],
) -> Response:
    """Put the draft in force."""
    await form.attempt(lambda sent: db.write(actions.publish, actor, consultation.id, sent))
    if form.valid:
        return web.done(request, _desk(consultation), N_("Published. From now on it is coded with this version."))

    def refused() -> Response:
        with db.reading() as session:
            return _page(request, session, consultation, form)

    return await run_in_threadpool(refused)


@router.get("/desk/consultations/{slug}/codebook/themes/{theme}")
def one(request: Request, session: db.Read, consultation: Mine, theme: Number) -> Response:
    """A theme to be changed, merged, split or taken out."""
    return _theme_page(request, session, consultation, _words(session, consultation, theme), theme)


def _words(session: Session, consultation: ConsultationView, number: int) -> Submission[Any]:
    """A theme as it is worded now, in the fields of its form."""
    book = queries.draft(session, consultation.id) or queries.in_force(session, consultation.id)
    theme = book.by_number.get(number) if book else None
    if book is None or theme is None:
        raise Missing
    above = book.by_id.get(theme.parent_id or 0)
    return blank(
        stance=theme.stance, other_stance=theme.other_stance, includes=theme.includes, excludes=theme.excludes,
        parent=above.number if above else "", seen=theme.seen,
    )  # fmt: skip


@router.post("/desk/consultations/{slug}/codebook/themes/{theme}")
async def change(
    request: Request, actor: access.CurrentActor, consultation: Mine, theme: Number, form: Worded
) -> Response:
    """Keep a theme's changed words in the draft."""
    await form.attempt(lambda sent: db.write(actions.keep_theme, actor, consultation.id, sent, theme))
    return await _kept(request, form, consultation, theme)


@router.get("/desk/consultations/{slug}/codebook/themes/{theme}/split")
def split_form(request: Request, session: db.Read, consultation: Mine, theme: Number) -> Response:
    """Part of a theme, to become a theme of its own."""
    form = blank(parent=_words(session, consultation, theme).values["parent"])
    return _theme_page(request, session, consultation, form, theme, splits=True)


@router.post("/desk/consultations/{slug}/codebook/themes/{theme}/split")
async def split(
    request: Request, actor: access.CurrentActor, consultation: Mine, theme: Number, form: Worded
) -> Response:
    """Make part of a theme a theme of its own."""
    await form.attempt(lambda sent: db.write(actions.split, actor, consultation.id, theme, sent))
    return await _kept(request, form, consultation, theme, splits=True)


@router.post("/desk/consultations/{slug}/codebook/themes/{theme}/merger")
async def merge(
    request: Request,
    actor: access.CurrentActor,
    consultation: Mine,
    theme: Number,
    form: Annotated[Submission[MergeForm], submitted(MergeForm)],
) -> Response:
    """Have another theme speak for this one."""
    await form.attempt(lambda sent: db.write(actions.merge, actor, consultation.id, theme, sent.into))
    if form.valid:
        return web.done(request, _desk(consultation), N_("Merged in the draft. “Put back” undoes it."))

    def refused() -> Response:
        with db.reading() as session:
            words = _words(session, consultation, theme)
            shown = Submission[Any](values=words.values | form.values, errors=form.errors, status=form.status)
            return _theme_page(request, session, consultation, shown, theme)

    return await run_in_threadpool(refused)


@router.post("/desk/consultations/{slug}/codebook/themes/{theme}/removal")
async def drop(request: Request, actor: access.CurrentActor, consultation: Mine, theme: Number) -> Response:
    """Take a theme out of the draft."""
    await db.write(actions.drop, actor, consultation.id, theme)
    return web.done(request, _desk(consultation), N_("Taken out of the draft. Published versions keep it."))


@router.post("/desk/consultations/{slug}/codebook/themes/{theme}/return")
async def put_back(request: Request, actor: access.CurrentActor, consultation: Mine, theme: Number) -> Response:
    """Have a theme of the version in force in the draft again."""
    await db.write(actions.put_back, actor, consultation.id, theme)
    return web.done(request, _desk(consultation), N_("The theme is in the draft again, as it was."))
