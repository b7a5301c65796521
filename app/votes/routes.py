"""Casting and withdrawing a vote: one handler, answered with the box alone or with the page."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.core import clock, db, web
from app.core.access import (
    Actor,
    Conflict,
    CurrentActor,
    Denied,
    Missing,
    Visitor,
    guard,
    guard_in_act,
    identify,
    require,
)
from app.core.codes import read_code
from app.core.forms import Submission, submitted
from app.core.i18n import N_, say
from app.proposals import queries as proposals
from app.votes import actions, queries
from app.votes.forms import VoteForm

router = APIRouter()
Voted = Annotated[ConsultationView, guard("votes.cast", consultations.in_path)]
Voter = Annotated[Visitor, guard_in_act("votes.cast")]
NO_CHOICE = Conflict("no-choice", N_("Choose what you vote."))


@router.post("/proposals/{code}/vote")
async def cast(
    request: Request, code: str, voter: Voter, form: Annotated[Submission[VoteForm], submitted(VoteForm)]
) -> Response:
    """Set a vote."""
    try:
        if not form.valid:
            raise NO_CHOICE
        box = await db.write(actions.cast, voter, _named(code), form.checked.choice, request.state.arrived)
    except (Conflict, Denied, Missing) as refused:
        return await _refused(request, code, refused)
    return _answer(request, box, N_("Your vote is stored. You can change it while voting is open."))


@router.post("/proposals/{code}/vote/withdrawal")
async def withdraw(request: Request, code: str, voter: Voter) -> Response:
    """Take a vote back."""
    try:
        box = await db.write(actions.withdraw, voter, _named(code), request.state.arrived)
    except (Conflict, Denied, Missing) as refused:
        return await _refused(request, code, refused)
    return _answer(request, box, N_("Your vote is withdrawn."))


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


def _named(code: str) -> str:
    """The code as it is stored; Missing where it is none."""
    read = read_code(code)
    if read is None:
        raise Missing
    return read


def _answer(request: Request, box: queries.Box, notice: str) -> Response:
    return web.done(
        request, f"{box.url}#vote", notice, fragment=lambda: web.render(request, "votes/_box.html", box=box)
    )


async def _refused(request: Request, code: str, refused: Conflict | Denied | Missing) -> Response:
    """The box with the reason, alone or on a page; what is no matter of the box has the refusal's own page."""
    actor = await identify(request)
    if not isinstance(refused, Conflict):
        raise refused
    return await run_in_threadpool(_with_reason, request, actor, _named(code), refused)


def _with_reason(request: Request, actor: Actor, code: str, refused: Conflict) -> Response:
    alone = web.is_htmx(request)
    with db.reading() as session:
        proposal = proposals.votable_by_code(session, code)
        require("votes.cast", actor, proposal)
        box = queries.box(session, actor, proposal)
        whole = None if alone else proposals.by_id(session, proposal.id)
    if box is None or (not alone and refused.reason.code != "limit-reached"):
        raise refused
    sentence = say(refused.reason.text, refused.reason.values)
    template = "votes/_box.html" if alone else "votes/refused.html"
    return web.render(request, template, refused.reason.status, box=box, refused=sentence, proposal=whole)
