"""What became of a contribution, and of one's own."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from app.core import access, codes, db, web
from app.core.access import Denied, Reason, guard
from app.core.forms import Submission, blank
from app.core.i18n import N_, gettext
from app.core.paging import Cursor
from app.pages import queries
from app.responses import queries as responses
from app.themes.models import GROUNDS

router = APIRouter()
MISTYPED = Reason(
    "mistyped",
    N_("This code is mistyped: a code has nine letters and digits, such as 7K3M-9QX2D. Compare it with yours."),
    404,
)


def in_path(session: db.Read, code: str) -> queries.Trail:
    """The contribution a route's address names."""
    if codes.read_code(code) is None:
        raise Denied(MISTYPED)
    return queries.trail(session, code)


@router.get("/contributions", dependencies=[guard("pages.read")])
def find(request: Request, code: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Where the code on a slip or in a message is typed to see what became of it."""
    form: Submission[Any] = blank(code=code)
    if code.strip():
        read = codes.read_code(code)
        if read is not None:
            return RedirectResponse(f"/contributions/{read}", 303)
        form.blame("code", MISTYPED.text)
    return web.render(request, "pages/find.html", form.status, form=form)


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
            "lights": trail.lights.facts,
            "handlings": [
                {
                    "by": one.name,
                    "role": one.role,
                    "office": one.office,
                    "outcome": one.outcome,
                    "note": one.note or None,
                    "at": one.at.isoformat(),
                    "retracted": one.retracted_at.isoformat() if one.retracted_at else None,
                }
                for one in trail.handlings
            ],
            "owed": [owed.facts for owed in trail.clock],
            "votes": _votes(trail),
            "answers": [_answer(answer) for answer in trail.answers],
            "merged_into": trail.merged_into,
            "themes": [
                {
                    "theme": one.number,
                    "codebook": one.version,
                    "quote": one.quote or None,
                    "by": one.name,
                    "at": one.at.isoformat(),
                    "retracted": one.retracted_at.isoformat() if one.retracted_at else None,
                    "h": one.h,
                }
                for one in trail.themes
            ],
            "exclusions": [
                {
                    "ground": one.ground,
                    "text": one.text,
                    "by": one.name,
                    "at": one.at.isoformat(),
                    "lifted": one.lifted_at.isoformat() if one.lifted_at else None,
                    "h": one.h,
                }
                for one in trail.exclusions
            ],
            "moderation": [{"act": m.act, "reason": m.reason, "at": m.at.isoformat()} for m in trail.moderation],
        }
    )


def _answer(answer: responses.AnswerView) -> dict[str, Any]:
    """One answer and who stands behind it."""
    return {
        "status": answer.status,
        "theme": answer.theme.number if answer.theme else None,
        "published": answer.published_at.isoformat(),
        "h": answer.h,
        "quote": answer.quoted,
        "text": answer.text,
        "exception": answer.exception or None,
        "steps": [step.facts for step in answer.steps],
    }


def _votes(trail: queries.Trail) -> dict[str, int] | None:
    """What the votes came to, once they are counted."""
    if trail.counted_at is None:
        return None
    return {"supports": trail.item.supports, "opposes": trail.item.opposes, "neutrals": trail.item.neutrals}


@router.get("/contributions/{code}")
def page(request: Request, trail: Readable, actor: access.CurrentActor) -> Response:
    """One contribution's trail, step by step."""
    own = trail.item.participant_id is not None and trail.item.participant_id == actor.participant
    known = (trail.item, trail.kind, trail.proposal.consultation, trail.answers)
    received = responses.receivable(*known) if own and trail.answers else None
    grounds = {str(code): gettext(words) for code, words in GROUNDS.items()}
    return web.render(request, "pages/trail.html", trail=trail, clock=trail.clock, received=received, grounds=grounds)


@router.get("/me/contributions", dependencies=[guard("accounts.manage")])
def own(
    request: Request, session: db.Read, actor: access.CurrentActor, after: Cursor = "", comments_after: Cursor = ""
) -> Response:
    """Everything the person put in, with where it stands."""
    participant = actor.participant or 0
    found = queries.contributed(session, participant, after or None, comments_after or None)
    voted = queries.own_votes(session, participant)
    shown = [own.item.code for own in found.proposals.items] + [own.code for own in found.comments.items]
    reminders = queries.reminders(session, actor, voted, shown)
    return web.render(
        request,
        "pages/own.html",
        proposals=found.proposals,
        comments=found.comments,
        answers=found.answers,
        acts=reminders.acts,
        voted=voted,
        amended=reminders.amended,
        asked=[vote for some in voted for vote in some.votes if vote.outdated],
        drafts=reminders.drafts,
    )
