"""Casting and withdrawing a vote: one handler, answered with the box alone or with the page."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.core import clock, db, web
from app.core.access import Conflict, CurrentActor, guard
from app.core.forms import Submission, submitted
from app.core.i18n import N_, say
from app.proposals import queries as proposals
from app.votes import actions, queries
from app.votes.forms import VoteForm

router = APIRouter()
Voted = Annotated[ConsultationView, guard("votes.cast", consultations.in_path)]
Proposal = Annotated[proposals.Votable, guard("votes.cast", proposals.votable_in_path)]
NO_CHOICE = Conflict("no-choice", N_("Choose what you vote."))


@router.post("/proposals/{code}/vote")
async def cast(
    request: Request,
    proposal: Proposal,
    actor: CurrentActor,
    form: Annotated[Submission[VoteForm], submitted(VoteForm)],
) -> Response:
    """Set a vote."""
    if not form.valid:
        raise NO_CHOICE
    try:
        box = await db.write(actions.cast, actor, proposal.id, form.checked.choice, request.state.arrived)
    except Conflict as refused:
        return _refused(request, actor, proposal, refused)
    return _answer(request, proposal, box, N_("Your vote is stored. You can change it while voting is open."))


@router.post("/proposals/{code}/vote/withdrawal")
async def withdraw(request: Request, proposal: Proposal, actor: CurrentActor) -> Response:
    """Take a vote back."""
    try:
        box = await db.write(actions.withdraw, actor, proposal.id, request.state.arrived)
    except Conflict as refused:
        return _refused(request, actor, proposal, refused)
    return _answer(request, proposal, box, N_("Your vote is withdrawn."))


@router.get("/consultations/{slug}/votes")
def own(request: Request, session: db.Read, actor: CurrentActor, view: Voted) -> Response:
    """One's own votes in a consultation, to be confirmed where its counting rule was changed."""
    return _own_page(request, session, actor, view, "")


@router.post("/consultations/{slug}/votes/confirmation")
async def confirm(request: Request, session: db.Read, actor: CurrentActor, view: Voted) -> Response:
    """Confirm them all."""
    try:
        await db.write(actions.confirm, actor, view.id, request.state.arrived)
    except Conflict as refused:
        return _own_page(request, session, actor, view, say(refused.reason.text, refused.reason.values), 409)
    return web.done(request, f"{view.url}/votes", N_("Your votes are confirmed."))


def _own_page(
    request: Request, session: Session, actor: CurrentActor, view: ConsultationView, refused: str, status: int = 200
) -> Response:
    found = queries.own(session, actor.participant, view.id) if actor.participant is not None else []
    in_force = view.rule_at(clock.now())
    unconfirmed = any(vote.rule < view.rule_changes for vote in found)
    values = {"votes": found, "unconfirmed": unconfirmed, "applies": in_force == view.rule_changes}
    return web.render(request, "votes/own.html", status, view=view, refused=refused, **values)


def _answer(request: Request, proposal: proposals.Votable, box: queries.Box, notice: str) -> Response:
    return web.done(
        request, f"{proposal.url}#vote", notice, fragment=lambda: web.render(request, "votes/_box.html", box=box)
    )


def _refused(request: Request, actor: CurrentActor, proposal: proposals.Votable, refused: Conflict) -> Response:
    """The box with the reason, alone or on a page; what is no matter of the box has the refusal's own page."""
    alone = web.is_htmx(request)
    if not alone and refused.reason.code != "limit-reached":
        raise refused
    with db.reading() as session:
        box = queries.box(session, actor, proposal)
        whole = None if alone else proposals.by_id(session, proposal.id)
    sentence = say(refused.reason.text, refused.reason.values)
    if box is None:
        raise refused
    template = "votes/_box.html" if alone else "votes/refused.html"
    return web.render(request, template, refused.reason.status, box=box, refused=sentence, proposal=whole)
