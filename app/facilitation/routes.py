"""The facilitators' pages: where to enter something, the two forms, and the slip to hand over."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.comments import queries as comments
from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.core import db, web
from app.core.access import Conflict, CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_, gettext, language
from app.core.paging import Cursor
from app.facilitation import actions, queries
from app.facilitation.forms import EnteredComment, EnteredProposal
from app.facilitation.queries import Slip
from app.offices import queries as offices
from app.proposals import queries as proposals
from app.proposals.queries import ProposalView

router = APIRouter()
Consultation = Annotated[ConsultationView, guard("contributions.enter", consultations.in_path)]
Proposal = Annotated[ProposalView, guard("contributions.enter", proposals.in_path)]
ENTERED = N_("It is entered. Give this slip to the person it comes from.")


@router.get("/facilitation", dependencies=[guard("facilitation.read")])
def page(request: Request, session: db.Read, actor: CurrentActor, after: Cursor = "") -> Response:
    """The consultations in which something can be entered, and what was entered lately."""
    return web.render(
        request,
        "facilitation/list.html",
        found=queries.places(session, after or None),
        after=after,
        entries=queries.entries_by(session, actor.account or 0),
    )


@router.get("/facilitation/{slug}")
def consultation_page(request: Request, session: db.Read, consultation: Consultation, after: Cursor = "") -> Response:
    """What can be entered in one consultation, and the proposals that can be commented on."""
    found = proposals.listing(session, consultation.id, "newest", proposals.Filters(), after or None)
    place = queries.place(consultation)
    return web.render(request, "facilitation/consultation.html", place=place, found=found, after=after)


@router.get("/facilitation/{slug}/proposals/new")
def new_proposal(request: Request, session: db.Read, consultation: Consultation) -> Response:
    """The form for a proposal that somebody put forward elsewhere."""
    return _proposal_page(request, session, consultation, blank())


def _proposal_page(
    request: Request, session: Session, consultation: ConsultationView, form: Submission[Any], places: Any = ()
) -> Response:
    topics = consultations.topics_of_many(session, [consultation.id])[consultation.id]
    return web.render(
        request,
        "facilitation/proposal.html",
        form.status,
        form=form,
        place=queries.place(consultation),
        places=places,
        topics=[("", gettext("No topic")), *((topic.slug, topic.name) for topic in topics)],
    )


@router.post("/facilitation/{slug}/proposals/new")
async def enter_proposal(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    consultation: Consultation,
    form: Annotated[Submission[EnteredProposal], submitted(EnteredProposal)],
) -> Response:
    """Enter a proposal for somebody."""
    places = offices.chosen_area(session, form)
    if form.valid:
        area = offices.resolve_area(session, form.checked.area) if form.checked.area else None
        area_id = area.id if isinstance(area, offices.AreaView) else None
        arrived, lang = request.state.arrived, language.get()
        try:
            code = await db.write(
                actions.enter_proposal, actor, consultation.id, form.checked, arrived, area_id=area_id, lang=lang
            )
        except Conflict as refused:
            form.refuse(refused.reason)
        else:
            return web.done(request, f"/facilitation/slips/{code}", ENTERED)
    return _proposal_page(request, session, consultation, form, places)


@router.get("/facilitation/proposals/{code}/comments/new")
def new_comment(
    request: Request,
    session: db.Read,
    proposal: Proposal,
    parent: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The form for a comment that somebody made elsewhere."""
    return _comment_page(request, session, proposal, blank(stance="neutral", parent=parent))


def _comment_page(request: Request, session: Session, proposal: ProposalView, form: Submission[Any]) -> Response:
    answered = comments.answered(session, proposal, str(form.values.get("parent", "")))
    return web.render(
        request, "facilitation/comment.html", form.status, form=form, proposal=proposal, answered=answered
    )


@router.post("/facilitation/proposals/{code}/comments/new")
async def enter_comment(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    proposal: Proposal,
    form: Annotated[Submission[EnteredComment], submitted(EnteredComment)],
) -> Response:
    """Enter a comment for somebody."""
    if form.valid:
        arrived, lang = request.state.arrived, language.get()
        try:
            code = await db.write(actions.enter_comment, actor, proposal.id, form.checked, arrived, lang=lang)
        except Conflict as refused:
            form.refuse(refused.reason)
        else:
            return web.done(request, f"/facilitation/slips/{code}", ENTERED)
    return _comment_page(request, session, proposal, form)


@router.get("/facilitation/slips/{code}")
def slip(request: Request, slip: Annotated[Slip, guard("contributions.enter", queries.slip_in_path)]) -> Response:
    """The slip with the code, to be printed or copied by hand."""
    return web.render(request, "facilitation/slip.html", slip=slip)
