"""Changing a proposal as a new version, its history, and taking it back."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.consultations.actions import closing
from app.core import db, markdown, web
from app.core.access import Conflict, CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.proposals import actions, queries
from app.proposals.forms import ProposalForm, WithdrawalForm
from app.rules import phases as rules

router = APIRouter()
Readable = Annotated[queries.ProposalView, guard("proposals.read", queries.in_path)]
Own = Annotated[queries.ProposalView, guard("proposals.edit", queries.in_path)]


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


def _edit_page(
    request: Request, proposal: queries.ProposalView, form: Submission[Any], preview: Any = None
) -> Response:
    return web.render(request, "proposals/edit.html", form.status, proposal=proposal, form=form, preview=preview)


@router.get("/proposals/{code}/edit")
def edit_page(request: Request, proposal: Own) -> Response:
    """The text to change."""
    answer = proposal.consultation.takes("edit")
    if isinstance(answer, rules.Refusal):
        raise closing.refusal("edit", answer)
    form = blank(title=proposal.title, body=proposal.body, topic=proposal.topic_slug or "", saving=proposal.version)
    return _edit_page(request, proposal, form)


@router.post("/proposals/{code}/edit")
async def edit(
    request: Request,
    actor: CurrentActor,
    proposal: Own,
    form: Annotated[Submission[ProposalForm], submitted(ProposalForm)],
) -> Response:
    """Publish a new version, or show it first."""
    form.values.setdefault("saving", str(proposal.version))
    if form.valid and request.state.typed.get("act") == "preview":
        return _edit_page(request, proposal, form, markdown.to_html(form.checked.body, 4))
    if form.valid:
        try:
            await db.write(actions.edit, actor, proposal.id, form.checked, request.state.arrived)
        except Conflict as refused:
            form.refuse(refused.reason)
    if not form.valid:
        return _edit_page(request, proposal, form)
    return web.done(request, proposal.url, N_("The new version is published."))


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
    if form.valid:
        try:
            await db.write(actions.withdraw, actor, proposal.id, form.checked.reason)
        except Conflict as refused:
            form.refuse(refused.reason)
    if not form.valid:
        return _withdrawal_page(request, proposal, form)
    return web.done(request, proposal.url, N_("Your proposal is withdrawn. Its text and your reason stay readable."))
