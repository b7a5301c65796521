"""Texts that many sent at the desk: comparing texts, a theme found in all copies at once, and what somebody added."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.core import access, db, paging, web
from app.core.access import guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.themes import actions, queries
from app.themes.forms import CodingForm

router = APIRouter()
Mine = Annotated[ConsultationView, guard("themes.write", consultations.at_desk)]
Item = Annotated[queries.Words, guard("themes.write", queries.in_path)]


def campaign_in_path(session: db.Read, number: queries.RowNumber) -> queries.CampaignView:
    """The campaign a desk address names."""
    return queries.campaign(session, number)


def shared_in_path(session: db.Read, number: queries.RowNumber) -> queries.SharedView:
    """The shared coding a desk address names."""
    return queries.shared(session, number)


Campaign = Annotated[queries.CampaignView, guard("themes.write", campaign_in_path)]
Shared = Annotated[queries.SharedView, guard("themes.write", shared_in_path)]


@router.get("/desk/consultations/{slug}/campaigns")
def listed(request: Request, session: db.Read, consultation: Mine, after: paging.Cursor = "") -> Response:
    """The texts that many sent, and when texts were last compared."""
    here = f"/desk/consultations/{consultation.slug}/campaigns"
    found = queries.campaigns(session, consultation, after or None)
    return web.render(
        request,
        "themes/campaigns.html",
        consultation=consultation,
        here=here,
        run=queries.newest_run(session, consultation.id),
        found=found,
        next_url=f"{here}?after={found.next}" if found.next else None,
        first_url=here if after else None,
    )


@router.post("/desk/consultations/{slug}/campaigns")
async def compare(request: Request, actor: access.CurrentActor, consultation: Mine) -> Response:
    """Have the texts compared."""
    await db.write(actions.compare, actor, consultation.id)
    notice = N_("The texts are being compared. Open this page again in a while.")
    return web.done(request, f"/desk/consultations/{consultation.slug}/campaigns", notice)


@router.get("/desk/campaigns/{number}")
def one(request: Request, session: db.Read, campaign: Campaign, after: paging.Cursor = "") -> Response:
    """A text that many sent, the themes beside it, and each copy with what differs."""
    return _page(request, session, campaign, blank(), after)


def _page(
    request: Request, session: Session, campaign: queries.CampaignView, form: Submission[Any], after: str = ""
) -> Response:
    book = queries.in_force(session, campaign.consultation.id)
    desk = queries.campaign_desk(session, campaign, book, after or None)
    return web.render(
        request,
        "themes/campaign.html",
        form.status,
        desk=desk,
        item=desk.item,
        consultation=campaign.consultation,
        ticked=form.values.get("piece") or [],
        form=form,
        next_url=f"{campaign.page}?after={desk.copies.next}#copies" if desk.copies.next else None,
        first_url=f"{campaign.page}#copies" if after else None,
    )


@router.post("/desk/campaigns/{number}")
async def code_all(
    request: Request,
    actor: access.CurrentActor,
    campaign: Campaign,
    form: Annotated[Submission[CodingForm], submitted(CodingForm)],
) -> Response:
    """Say that the text contains a theme, for all its copies."""
    await form.attempt(lambda sent: db.write(actions.code_all, actor, campaign.id, sent))
    if form.valid:
        notice = N_("Coded in the copies that carry the passage, each with its own words.")
        return web.done(request, f"{campaign.page}#found", notice)

    def refused() -> Response:
        with db.reading() as session:
            return _page(request, session, queries.campaign(session, campaign.id), form)

    return await run_in_threadpool(refused)


@router.post("/desk/shared-codings/{number}/retraction")
async def retract_all(request: Request, actor: access.CurrentActor, shared: Shared) -> Response:
    """Take it back from all copies."""
    await db.write(actions.retract_all, actor, shared.id)
    notice = N_("Taken back from all copies. Everyone can read that it was found and taken back.")
    return web.done(request, f"/desk/campaigns/{shared.campaign_id}#found", notice)


@router.post("/desk/contributions/{code}/additions")
async def clear(request: Request, actor: access.CurrentActor, item: Item) -> Response:
    """Say that what was added is read."""
    await db.write(actions.clear, actor, item.code)
    return web.done(request, item.page, N_("Noted with your name: what was added is read."))
