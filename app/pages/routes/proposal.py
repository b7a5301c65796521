"""The page of a proposal: text, vote box, answer, comments."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from app.comments import queries as comments
from app.contributions import queries as contributions
from app.contributions.models import Kind
from app.core import access, db, web
from app.core.access import Actor, guard
from app.core.paging import Cursor
from app.obligations import queries as obligations
from app.proposals import queries as proposals
from app.proposals.queries import ProposalView
from app.responses import queries as responses
from app.votes import queries as votes

router = APIRouter()
Readable = Annotated[ProposalView, guard("proposals.read", proposals.in_path)]


@router.get("/proposals/{code}.json")
def facts(session: db.Read, proposal: Readable) -> Response:
    """The same facts as JSON."""
    sealed = not proposal.consultation.counts_shown
    answers = responses.answers_of(session, proposal.id)
    votes = {"supports": proposal.supports, "opposes": proposal.opposes, "neutrals": proposal.neutrals}
    told = {
        "code": proposal.code,
        "consultation": proposal.consultation.slug,
        "visibility": proposal.visibility,
        "reason": proposal.reason_code or None,
        "title": proposal.title if proposal.shown else None,
        "body": proposal.body if proposal.shown else None,
        "difference": proposal.difference if proposal.shown else None,
        "lang": proposal.lang,
        "version": proposal.version,
        "h": proposal.h,
        "channel": proposal.channel,
        "received": proposal.received_at.isoformat(),
        "withdrawn": proposal.withdrawn_at.isoformat() if proposal.withdrawn_at else None,
        **_merged_facts(session, proposal),
        "votes": None if sealed else votes,
        "imported_supports": proposal.imported_supports or None,
        "comments": proposal.comments,
        "lights": contributions.lights_of(session, [proposal])[proposal.id].facts,
        "answers": [
            {
                "status": answer.status,
                "text": answer.text,
                "lang": answer.lang,
                "office": answer.office,
                "signed_by": answer.signed_by,
                "quote": answer.quoted,
                "exception": answer.exception or None,
                "theme": answer.theme.number if answer.theme else None,
                "steps": [step.facts for step in answer.steps],
                "published": answer.published_at.isoformat(),
                "superseded": answer.superseded_at.isoformat() if answer.superseded_at else None,
            }
            for answer in answers
        ],
    }
    return JSONResponse(told)


def _merged_facts(session: Session, proposal: ProposalView) -> dict[str, Any]:
    """What it was merged into, or what was merged into it and who is behind all of it."""
    group = proposals.group_of(proposal.id, proposals.merges_about(session, proposal))
    if group is None or proposal.merged:
        return {"merged_into": group.target.code if group else None, "merged": [], "together": None}
    seen = proposal.consultation.counts_shown and proposal.consultation.has_voting
    counted = votes.together(session, proposal.id, group.ids) if seen else None
    people = {name: getattr(counted, name) for name in ("supports", "opposes", "neutrals")} if counted else None
    return {"merged_into": None, "merged": [part.code for part in group.sources], "together": people}


@router.get("/proposals/{code}")
def page(
    request: Request,
    session: db.Read,
    proposal: Readable,
    actor: access.CurrentActor,
    order: Annotated[Literal["", "oldest", "newest"], Query(alias="comments")] = "",
    after: Cursor = "",
) -> Response:
    """One proposal."""
    parts = _parts(session, actor, proposal, order == "newest", after or None)
    return web.render(request, "pages/proposal.html", proposal=proposal, **parts)


def _parts(session: Session, actor: Actor, proposal: ProposalView, newest: bool, after: str | None) -> dict[str, Any]:
    thread = comments.shown(session, proposal, None, after, newest)
    lights, answers = thread.reached.lights[proposal.id], thread.reached.answers.get(proposal.id, ())
    consultation = proposal.consultation
    owed = lights.answered.awaited_until or answers or proposal.withdrawn_at
    own = proposal.participant_id is not None and proposal.participant_id == actor.participant
    found = votes.in_group(session, actor, proposal)
    return {
        "merges": found.merges,
        "group": found.group,
        "together": found.together,
        "co_author": actor.participant in found.joined,
        "box": found.box,
        "answers": answers,
        "clock": obligations.of_contribution(session, proposal.id) if owed else (),
        "received": responses.receivable(proposal, Kind.PROPOSAL, consultation, answers) if answers and own else None,
        "thread": thread,
        "writing": comments.writing(actor, proposal),
        **({} if proposal.shown and proposal.withdrawn_at is None else {"indexed": False}),
        "lights": lights,
        "own": own,
    }
