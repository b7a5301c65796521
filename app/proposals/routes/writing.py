"""Writing a proposal: the page, the preview, the draft that is kept while writing, and sending."""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from app.consultations import queries as consultations
from app.consultations.actions import closing
from app.core import db, markdown, web, words
from app.core.access import Conflict, CurrentActor, guard
from app.core.forms import Submission, blank, check, submitted
from app.core.i18n import N_, gettext, language, say
from app.finding import queries as finding
from app.finding.queries import Alike
from app.offices import queries as offices
from app.proposals import actions, queries
from app.proposals.actions.writing import AlreadySent
from app.proposals.forms import DraftForm, ProposalForm
from app.proposals.routes.lists import topic_options
from app.rules import phases as rules

router = APIRouter()
Consultation = Annotated[consultations.ConsultationView, guard("proposals.write", consultations.in_path)]


def _page(
    request: Request,
    consultation: consultations.ConsultationView,
    form: Submission[Any],
    draft: queries.Draft | None = None,
    places: Any = (),
    preview: Any = None,
    alike: tuple[Alike, ...] = (),
) -> Response:
    with db.reading() as session:
        topics = topic_options(session, consultation.id)
    phase = consultation.takes("propose")
    return web.render(
        request,
        "proposals/new.html",
        form.status,
        consultation=consultation,
        form=form,
        topics=[("", gettext("No topic")), *topics],
        places=places,
        preview=preview,
        until=phase.closes if isinstance(phase, rules.Phase) else None,
        saving=draft.saving if draft else form.values.get("saving", "0"),
        saved_at=draft.saved_at if draft else None,
        conflict=None,
        has_draft=draft is not None,
        alike=alike,
        step=bool(alike),
    )


@router.get("/consultations/{slug}/proposals/new")
def new(request: Request, session: db.Read, consultation: Consultation, actor: CurrentActor) -> Response:
    """The page on which a proposal is written, with the draft if there is one."""
    answer = consultation.takes("propose")
    if isinstance(answer, rules.Refusal):
        raise closing.refusal("propose", answer)
    draft = queries.draft(session, actor.account or 0, consultation.id)
    form = blank(title=draft.title, body=draft.body, topic=draft.topic, area=draft.area) if draft else blank()
    return _page(request, consultation, form, draft)


def _places(form: Submission[ProposalForm]) -> Any:
    with db.reading() as session:
        return offices.chosen_area(session, form)


def _area_id(typed: str) -> int | None:
    with db.reading() as session:
        area = offices.resolve_area(session, typed) if typed else None
    return area.id if isinstance(area, offices.AreaView) else None


@router.post("/consultations/{slug}/proposals")
async def create(
    request: Request,
    consultation: Consultation,
    actor: CurrentActor,
    form: Annotated[Submission[ProposalForm], submitted(ProposalForm)],
) -> Response:
    """Send the proposal, show it before it is sent, or keep it as a draft."""
    act = request.state.typed.get("act", "send")
    if act == "draft":
        return await _keep(request, actor, consultation)
    places = await run_in_threadpool(_places, form)
    if form.valid and act == "preview":
        return _page(request, consultation, form, preview=markdown.to_html(form.checked.body, 4))
    if not form.valid:
        return _page(request, consultation, form, places=places)
    like_it = await run_in_threadpool(_alike, consultation, form.checked.title, form.checked.body)
    if act == "look" and like_it and not form.checked.looked:
        return await _look(request, actor, consultation, form, like_it)
    area = await run_in_threadpool(_area_id, form.checked.area)
    try:
        code = await db.write(
            actions.propose,
            actor,
            consultation.id,
            form.checked,
            request.state.arrived,
            area_id=area,
            lang=language.get(),
        )
    except AlreadySent as sent:
        code = sent.code
    except Conflict as refused:
        form.refuse(refused.reason)
        return _page(request, consultation, form)
    return web.done(
        request,
        f"/proposals/{code}",
        N_("Your proposal is published. Its code is %(code)s: keep it to follow it."),
        code=code,
    )


def _alike(consultation: consultations.ConsultationView, title: str, body: str) -> tuple[Alike, ...]:
    """What is like a text; this also makes its stems here, so that the writer finds them made."""
    words.stems(body, language.get())
    with db.reading() as session:
        return finding.alike(session, consultation.id, title, body)


async def _look(
    request: Request,
    actor: CurrentActor,
    consultation: consultations.ConsultationView,
    form: Submission[ProposalForm],
    like_it: tuple[Alike, ...],
) -> Response:
    """What is like the proposal, before it is sent; the text is kept meanwhile, so that any way on loses nothing."""
    kept = check(DraftForm, request.state.typed)
    if kept.valid:
        with suppress(Conflict):  # another window has kept a draft of its own; this text stays in this one
            form.values["saving"] = str(await db.write(actions.save_draft, actor, consultation.id, 0, kept.checked))
    return _page(request, consultation, form, alike=like_it)


@router.post("/consultations/{slug}/proposals/alike")
def look(
    request: Request,
    session: db.Read,
    consultation: Consultation,
    form: Annotated[Submission[DraftForm], submitted(DraftForm)],
) -> Response:
    """What is like a text that is being written, after a pause in typing; nothing is kept."""
    like_it = finding.alike(session, consultation.id, form.checked.title, form.checked.body) if form.valid else ()
    typed = check(ProposalForm, request.state.typed)
    return web.render(
        request,
        "proposals/_alike.html",
        consultation=consultation,
        alike=like_it,
        step=False,
        form=Submission(values={**typed.values}),
    )


async def _keep(request: Request, actor: CurrentActor, consultation: consultations.ConsultationView) -> Response:
    form = check(DraftForm, request.state.typed)
    await form.attempt(lambda sent: db.write(actions.save_draft, actor, consultation.id, 0, sent))
    if not form.valid:
        return _page(request, consultation, form)
    return web.done(request, f"{consultation.url}/proposals/new", N_("Draft saved. Only you can see it."))


@router.post("/consultations/{slug}/proposals/draft")
async def keep_draft(
    request: Request,
    consultation: Consultation,
    actor: CurrentActor,
    form: Annotated[Submission[DraftForm], submitted(DraftForm)],
) -> Response:
    """Keep what is being written, by itself after a pause in typing."""
    conflict, saving = None, form.values.get("saving", "0")
    try:
        if form.valid:
            saving = str(await db.write(actions.save_draft, actor, consultation.id, 0, form.checked))
    except Conflict as refused:
        conflict = say(refused.reason.text, refused.reason.values)
    return web.render(
        request,
        "proposals/_draft.html",
        saving=saving,
        saved_at=request.state.arrived if form.valid and not conflict else None,
        conflict=conflict or next(iter(form.errors.values()), None),
    )


@router.post("/consultations/{slug}/proposals/draft/removal")
async def remove_draft(request: Request, consultation: Consultation, actor: CurrentActor) -> Response:
    """Throw the draft away."""
    await db.write(actions.discard_draft, actor, consultation.id)
    return web.done(request, consultation.url, N_("The draft is gone."))
