"""Changing a proposal as a new version, its history, and taking it back."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from app.consultations.actions import closing
from app.core import db, markdown, web
from app.core.access import Conflict, CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_, gettext
from app.offices import queries as offices
from app.proposals import actions, queries
from app.proposals.forms import ProposalForm, WithdrawalForm
from app.proposals.routes import merging
from app.proposals.routes.lists import topic_options
from app.rules import phases as rules

router = APIRouter()
Readable = Annotated[queries.ProposalView, guard("proposals.read", queries.in_path)]
Own = Annotated[queries.ProposalView, guard("proposals.edit", merging.with_authors)]


@router.get("/proposals/{code}/versions")
def versions(request: Request, session: db.Read, proposal: Readable) -> Response:
    """Every version, and word by word what each changed."""
    found = queries.versions(session, proposal.id)
    return web.render(
        request,
        "proposals/versions.html",
        proposal=proposal,
        differences=queries.differences(found) if proposal.shown else [],
        first=found[-1],
    )


_DONE = {
    actions.Edited.TEXT: N_("The new version is published."),
    actions.Edited.PLACING: N_("Topic and place are changed. The text is the same, so there is no new version."),
    actions.Edited.NOTHING: N_("Nothing was changed, so there is no new version."),
}


def _edit_page(
    request: Request, proposal: queries.ProposalView, form: Submission[Any], preview: Any = None, places: Any = ()
) -> Response:
    with db.reading() as session:
        topics = topic_options(session, proposal.consultation.id)
    if proposal.topic_slug and proposal.topic and proposal.topic_slug not in dict(topics):
        topics.append((proposal.topic_slug, proposal.topic))
    return web.render(
        request,
        "proposals/edit.html",
        form.status,
        proposal=proposal,
        form=form,
        preview=preview,
        topics=[("", gettext("No topic")), *topics],
        places=places,
    )


@router.get("/proposals/{code}/edit")
def edit_page(request: Request, session: db.Read, proposal: Own) -> Response:
    """The text to change, and what it is about."""
    answer = proposal.consultation.takes("edit")
    if isinstance(answer, rules.Refusal):
        raise closing.refusal("edit", answer)
    form = blank(
        title=proposal.title,
        body=proposal.body,
        topic=proposal.topic_slug or "",
        area=offices.area_path(session, proposal.area_id),
        saving=proposal.version,
    )
    return _edit_page(request, proposal, form)


def _where(form: Submission[ProposalForm], proposal: queries.ProposalView) -> tuple[Any, int | None]:
    """The places a typed one may mean, and the one it means; a field that was not sent stays as it was."""
    if "topic" not in form.values and form.content is not None:
        form.content.topic = proposal.topic_slug or ""
    if "area" not in form.values:
        return (), proposal.area_id
    with db.reading() as session:
        places = offices.chosen_area(session, form)
        typed = str(form.values["area"]).strip()
        found = offices.resolve_area(session, typed) if typed else None
    return places, found.id if isinstance(found, offices.AreaView) else None


@router.post("/proposals/{code}/edit")
async def edit(
    request: Request,
    actor: CurrentActor,
    proposal: Own,
    form: Annotated[Submission[ProposalForm], submitted(ProposalForm)],
) -> Response:
    """Publish a new version, or show it first."""
    form.values.setdefault("saving", str(proposal.version))
    places, area = await run_in_threadpool(_where, form, proposal)
    if form.valid and request.state.typed.get("act") == "preview":
        return _edit_page(request, proposal, form, markdown.to_html(form.checked.body, 4))
    done = actions.Edited.NOTHING
    if form.valid:
        arrived = request.state.arrived
        try:
            done = await db.write(actions.edit, actor, proposal.id, form.checked, arrived, area_id=area)
        except Conflict as refused:
            form.refuse(refused.reason)
    if not form.valid:
        return _edit_page(request, proposal, form, places=places)
    return web.done(request, proposal.url, _DONE[done])


def _withdrawal_page(request: Request, proposal: queries.ProposalView, form: Submission[Any]) -> Response:
    return web.render(request, "proposals/withdrawal.html", form.status, proposal=proposal, form=form)


@router.get("/proposals/{code}/withdrawal")
def withdrawal_page(request: Request, proposal: Own) -> Response:
    """What withdrawing means, and the reason asked for."""
    return _withdrawal_page(request, proposal, blank())


@router.post("/proposals/{code}/withdrawal")
async def withdraw(
    request: Request,
    actor: CurrentActor,
    proposal: Own,
    form: Annotated[Submission[WithdrawalForm], submitted(WithdrawalForm)],
) -> Response:
    """Take the proposal back."""
    await form.attempt(lambda sent: db.write(actions.withdraw, actor, proposal.id, sent.reason))
    if not form.valid:
        return _withdrawal_page(request, proposal, form)
    return web.done(request, proposal.url, N_("Your proposal is withdrawn. Its text and your reason stay readable."))
