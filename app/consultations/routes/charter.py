"""The charter: written at the desk, read by everyone."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlmodel import Session

from app.consultations import actions, queries
from app.consultations.forms import CRITERIA, AmendmentForm, CharterForm, typed_charter, whole_promises, whole_rule
from app.consultations.queries import Change, ConsultationView
from app.core import access, db, web
from app.core.access import Conflict, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.rules.canonical import canonical
from app.rules.charters import Reopening

router = APIRouter()
Mine = Annotated[ConsultationView, guard("consultations.edit", queries.at_desk)]
Readable = Annotated[ConsultationView, guard("consultations.read", queries.in_path)]


def _form_page(
    request: Request,
    session: Session,
    view: ConsultationView,
    form: Submission[Any],
    amending: bool = False,
    apart: tuple[Change, ...] = (),
    looking: bool = False,
    reopened: Reopening | None = None,
) -> Response:
    content = queries.promised(session, view.id)
    return web.render(
        request,
        "consultations/charter_form.html",
        form.status,
        form=form,
        view=view,
        amending=amending,
        ways=queries.ways_of(view),
        rows=CRITERIA,
        flags=queries.flags_of(session, view.id, content),
        apart=apart,
        looking=looking,
        reopened=reopened,
        lacking=queries.lacking(session, view),
    )


def _content(session: Session, view: ConsultationView, form: Any) -> dict[str, Any]:
    """The charter as typed, with the notes on what the question is flagged for now."""
    flags = queries.flags_of(session, view.id, {})
    notes = form.notes((flag.kind, flag.words) for flag in flags)
    return {**form.content(), **({"notes": notes} if notes else {})}


def _typed(session: Session, view: ConsultationView) -> Submission[Any]:
    stored = queries.promised(session, view.id)
    return blank(**typed_charter(stored), seen=queries.seen(stored))


def _apart(
    session: Session, view: ConsultationView, form: Submission[Any], refused: Conflict, content: dict[str, Any]
) -> tuple[Change, ...]:
    """What somebody else stored meanwhile, beside what was typed; whoever has been shown it may send it again."""
    if refused.reason.code != queries.MEANWHILE:
        return ()
    form.values["seen"] = queries.seen(queries.promised(session, view.id))
    return queries.charter_apart(session, view, content)


@router.get("/desk/consultations/{slug}/charter")
def write(request: Request, session: db.Read, view: Mine) -> Response:
    """The charter, in one form; once the first contribution is in, it changes only by an amendment."""
    if view.opened_at is not None:
        if view.imported_from:
            raise access.Missing
        if queries.locked_since(session, view.id) is not None or queries.amendments(session, view.id):
            return RedirectResponse(f"/desk/consultations/{view.slug}/amendment", 303)
    return _form_page(request, session, view, _typed(session, view))


@router.post("/desk/consultations/{slug}/charter")
async def save(
    request: Request,
    session: db.Read,
    actor: access.CurrentActor,
    view: Mine,
    form: Annotated[Submission[Any], submitted(CharterForm)],
) -> Response:
    """Give a consultation its charter."""
    whole_promises(form)
    whole_rule(form)
    apart: tuple[Change, ...] = ()
    locked = False
    if form.valid:
        content = _content(session, view, form.checked)
        try:
            await db.write(actions.set_charter, actor, view.id, content, request.state.arrived, form.checked.seen)
        except Conflict as refused:
            form.refuse(refused.reason)
            apart = _apart(session, view, form, refused, content)
            # Locked while it was being written: the same words can go on as an amendment, with a reason.
            locked = refused.reason.code in ("locked", "amended")
        else:
            return web.done(request, f"/desk/consultations/{view.slug}", N_("The charter is saved."))
    return _form_page(request, session, view, form, amending=locked, apart=apart)


@router.get("/desk/consultations/{slug}/amendment")
def begin_amendment(request: Request, session: db.Read, view: Mine) -> Response:
    """The charter of an open consultation, to be changed in public."""
    if view.opened_at is None or view.imported_from:
        raise access.Missing
    return _form_page(request, session, view, _typed(session, view), amending=True)


@router.post("/desk/consultations/{slug}/amendment")
async def amend(
    request: Request,
    session: db.Read,
    actor: access.CurrentActor,
    view: Mine,
    form: Annotated[Submission[Any], submitted(AmendmentForm)],
) -> Response:
    """Change the charter in public, once whoever does it has looked at what changes."""
    whole_promises(form)
    whole_rule(form)
    apart: tuple[Change, ...] = ()
    if form.valid:
        content, reason = _content(session, view, form.checked), form.checked.reason
        given = (
            content,
            reason,
            request.state.arrived,
            web.base_url(request),
            form.checked.seen,
            form.checked.looked_at,
        )
        try:
            number = await db.write(actions.amend_charter, actor, view.id, *given)
        except Conflict as refused:
            if refused.reason.code == queries.UNLOOKED:
                form.values["looked_at"] = queries.seen(content)
                changes = queries.charter_apart(session, view, content)
                shown: dict[str, Any] = {"apart": changes, "reopened": queries.reopened_by(session, view, content)}
                return _form_page(request, session, view, form, amending=True, looking=True, **shown)
            form.refuse(refused.reason)
            apart = _apart(session, view, form, refused, content)
        else:
            return web.done(request, f"{view.url}/charter/amendments/{number}", N_("The amendment is public now."))
    return _form_page(request, session, view, form, amending=True, apart=apart)


Number = Annotated[int, Path(ge=1, le=100_000)]


@router.get("/consultations/{slug}/charter/amendments/{amendment}")
@router.get("/consultations/{slug}/charter/amendments/{amendment}.json")
def amendment(request: Request, session: db.Read, view: Readable, amendment: Number) -> Response:
    """One amendment: its date, its reason, what it changed word by word, and what it reopened."""
    first_lang = queries.lang_of(session, view.id)
    found = queries.amendment(session, view.id, amendment, first_lang)
    if web.wants_json(request):
        return JSONResponse(queries.amendment_facts(session, view.id, found) | {"consultation": view.slug})
    address = f"{web.base_url(request).partition('://')[2]}{view.url}/charter/amendments/{amendment}"
    return web.render(
        request, "consultations/amendment.html", view=view, sets=[found], first_lang=first_lang, address=address
    )


@router.get("/consultations/{slug}/charter/rule.json")
def rule(session: db.Read, view: Readable) -> Response:
    """The counting rule in the spelling that its fingerprint is of."""
    return Response(canonical(queries.rule(session, view)), media_type="application/json")


@router.get("/consultations/{slug}/charter.json")
@router.get("/consultations/{slug}/charter")
def read(request: Request, session: db.Read, view: Readable) -> Response:
    """What is promised, in plain words, or in the spelling that the fingerprint is of."""
    if web.wants_json(request):
        return Response(canonical(queries.charter(session, view.id)), media_type="application/json")
    page, charter = queries.consultation_page(session, view), queries.charter_page(session, view)
    locked = queries.locked_since(session, view.id)
    return web.render(request, "consultations/charter.html", view=view, page=page, charter=charter, locked=locked)
