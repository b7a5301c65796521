"""Merging proposals: proposing it, what every author is asked, and undoing it."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.consultations import queries as consultations
from app.core import clock, db, web
from app.core.access import CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.finding import queries as finding
from app.finding.queries import Alike
from app.proposals import actions, queries
from app.proposals.forms import AgreementForm, MergeForm, MergeRefusalForm, ReversalForm

router = APIRouter()


def with_authors(session: db.Read, code: str) -> queries.ProposalView:
    """The proposal a route's address names, with all of its authors."""
    return queries.with_co_authors(session, queries.at_code(session, code))


Consultation = Annotated[consultations.ConsultationView, guard("proposals.read", consultations.in_path)]
Mergeable = Annotated[queries.ProposalView, guard("proposals.merge", with_authors)]
Readable = Annotated[queries.MergeView, guard("proposals.read", queries.merge_in_path)]
Settled = Annotated[queries.MergeView, guard("proposals.settle", queries.merge_in_path)]


@router.get("/consultations/{slug}/merges")
def listing(request: Request, session: db.Read, consultation: Consultation) -> Response:
    """Every merge of a consultation, whatever became of it."""
    merges = queries.merges_in(session, consultation)
    return web.render(request, "proposals/merges.html", consultation=consultation, merges=merges)


def _alike(session: Session, proposal: queries.ProposalView) -> list[Alike]:
    """Proposals that read like it, to choose from."""
    found = finding.alike(session, proposal.consultation.id, proposal.title, proposal.body)
    return [one for one in found if one.code != proposal.code]


def _new_page(request: Request, proposal: queries.ProposalView, form: Submission[Any]) -> Response:
    with db.reading() as session:
        alike = _alike(session, proposal)
    latest = queries.latest_merge(proposal.consultation, clock.now())
    return web.render(
        request, "proposals/merge_new.html", form.status, proposal=proposal, form=form, alike=alike, latest=latest
    )


@router.get("/proposals/{code}/merges/new")
def new(request: Request, proposal: Mergeable) -> Response:
    """What a merge means, which proposals, and why."""
    return _new_page(request, proposal, blank(remains="this"))


@router.post("/proposals/{code}/merges")
async def propose(
    request: Request,
    actor: CurrentActor,
    proposal: Mergeable,
    form: Annotated[Submission[MergeForm], submitted(MergeForm)],
) -> Response:
    """Propose it."""
    base = web.base_url(request)
    number = await form.attempt(lambda sent: db.write(actions.propose_merge, actor, proposal.id, sent, base))
    if number is None:
        return await run_in_threadpool(_new_page, request, proposal, form)
    return web.done(request, f"/merges/{number}", N_("The merge is proposed. The authors are asked."))


def _page(request: Request, merge: queries.MergeView, actor: CurrentActor, form: Submission[Any]) -> Response:
    return web.render(
        request, "proposals/merge.html", form.status, merge=merge, asked=merge.asks(actor), form=form,
        can_refuse=merge.state == queries.PENDING and merge.concerns(actor),
    )  # fmt: skip


@router.get("/merges/{merge}.json")
def facts(found: Readable) -> Response:
    """The same facts as JSON."""
    return JSONResponse(
        {
            "consultation": found.consultation.slug,
            "state": found.state,
            "into": found.target.code,
            "merged": [part.code for part in found.sources],
            "reason": found.reason,
            "role": found.role,
            "proposed": found.at.isoformat(),
            "carried_out": found.carried_at.isoformat() if found.carried_at else None,
            "ended": found.ended_at.isoformat() if found.ended_at else None,
            "ended_reason": found.ended_reason or None,
            "ended_role": found.ended_role or None,
            "agreements": [
                {
                    "proposal": part.code,
                    "role": part.agreed_role or None,
                    "version": part.agreed_version or None,
                    "agreed": part.agreed_at.isoformat() if part.agreed_at else None,
                }
                for part in found.parts
            ],
        }
    )


@router.get("/merges/{merge}")
def page(request: Request, found: Readable, actor: CurrentActor) -> Response:
    """One merge: which proposals, why, who agreed, and what became of it."""
    return _page(request, found, actor, blank())


_MERGED = N_("You agreed. All have agreed now, so the proposals are merged.")
_AGREED = N_("You agreed. The proposals are merged as soon as everyone else has agreed.")


@router.post("/merges/{merge}/agreement")
async def agree(
    request: Request,
    actor: CurrentActor,
    found: Settled,
    form: Annotated[Submission[AgreementForm], submitted(AgreementForm)],
) -> Response:
    """Agree for one's own proposal, or as the office for one without an author to ask."""
    base = web.base_url(request)
    done = await form.attempt(lambda sent: db.write(actions.agree, actor, found.id, sent.saving, base))
    if done is None:
        return await run_in_threadpool(_again, request, found, actor, form)
    return web.done(request, found.url, _MERGED if done else _AGREED)


def _again(request: Request, found: queries.MergeView, actor: CurrentActor, form: Submission[Any]) -> Response:
    """The page as it stands now, with what was said to it."""
    with db.reading() as session:
        now = queries.merge_by_id(session, found.id)
    return _page(request, now, actor, form)


@router.post("/merges/{merge}/refusal")
async def refuse(
    request: Request,
    actor: CurrentActor,
    found: Settled,
    form: Annotated[Submission[MergeRefusalForm], submitted(MergeRefusalForm)],
) -> Response:
    """Refuse it, or take back what one proposed."""
    base = web.base_url(request)
    await form.attempt(lambda sent: db.write(actions.refuse_merge, actor, found.id, sent.reason, base))
    if not form.valid:
        return await run_in_threadpool(_again, request, found, actor, form)
    return web.done(request, found.url, N_("The proposals stay as they are. Everyone can read your reason."))


def _reversal_page(request: Request, merge: queries.MergeView, form: Submission[Any]) -> Response:
    return web.render(request, "proposals/reversal.html", form.status, merge=merge, form=form)


@router.get("/merges/{merge}/reversal")
def reversal_page(request: Request, found: Settled) -> Response:
    """What undoing means, and the reason asked for."""
    return _reversal_page(request, found, blank())


@router.post("/merges/{merge}/reversal")
async def undo(
    request: Request,
    actor: CurrentActor,
    found: Settled,
    form: Annotated[Submission[ReversalForm], submitted(ReversalForm)],
) -> Response:
    """Undo it."""
    base = web.base_url(request)
    await form.attempt(lambda sent: db.write(actions.undo_merge, actor, found.id, sent.reason, base))
    if not form.valid:
        return _reversal_page(request, found, form)
    return web.done(request, found.url, N_("The merge is undone. Every proposal stands on its own again."))
