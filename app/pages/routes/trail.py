"""What became of a contribution, and of one's own."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from app.comments import queries as comments
from app.core import access, db, web
from app.core.access import guard
from app.moderation import queries as moderation
from app.pages import queries
from app.proposals import queries as proposals

router = APIRouter()
After = Annotated[str, Query(max_length=300)]


def in_path(session: db.Read, code: str) -> queries.Trail:
    """The contribution a route's address names."""
    return queries.trail(session, code)


Readable = Annotated[queries.Trail, guard("contributions.read", in_path)]


@router.get("/contributions/{code}.json")
def facts(trail: Readable) -> Response:
    """The same facts as JSON."""
    return JSONResponse(
        {
            "code": trail.code,
            "kind": trail.kind,
            "consultation": trail.proposal.consultation.slug,
            "proposal": trail.proposal.code,
            "channel": trail.channel,
            "received": trail.received_at.isoformat(),
            "visibility": trail.item.visibility,
            "versions": [{"number": v.number, "at": v.at.isoformat(), "h": v.h} for v in trail.versions],
            "answers": [{"status": a.status, "published": a.published_at.isoformat(), "h": a.h} for a in trail.answers],
            "moderation": [{"act": m.act, "reason": m.reason, "at": m.at.isoformat()} for m in trail.moderation],
        }
    )


@router.get("/contributions/{code}")
def page(request: Request, trail: Readable) -> Response:
    """One contribution's trail, step by step."""
    return web.render(request, "pages/trail.html", trail=trail)


@router.get("/me/contributions", dependencies=[guard("accounts.manage")])
def own(
    request: Request, session: db.Read, actor: access.CurrentActor, after: After = "", comments_after: After = ""
) -> Response:
    """Everything the person put in, with where it stands."""
    participant = actor.participant or 0
    own_proposals = proposals.by_author(session, participant, after or None)
    own_comments = comments.by_author(session, participant, comments_after or None)
    codes = [own.item.code for own in own_proposals.items] + [own.code for own in own_comments.items]
    return web.render(
        request,
        "pages/own.html",
        proposals=own_proposals,
        comments=own_comments,
        acts=moderation.acts_for(session, codes),
        asked=queries.outdated_votes(session, participant),
        drafts=proposals.drafts_of(session, actor.account or 0),
    )
