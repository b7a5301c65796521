"""The desk where themes are answered: how many wait for each, a text for one, and giving it to those found since."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.consultations import queries as consultations
from app.core import db, web
from app.core.access import CurrentActor, Missing, guard
from app.core.forms import blank
from app.core.i18n import N_
from app.responses import actions, queries
from app.responses.routes import writing
from app.themes import queries as themes
from app.themes.queries import ThemeNumber

router = APIRouter()
Mine = Annotated[consultations.ConsultationView, guard("themes.write", consultations.at_desk)]


def _list_url(view: consultations.ConsultationView) -> str:
    return f"/desk/consultations/{view.slug}/answers/themes"


@router.get("/desk/consultations/{slug}/answers/themes")
def by_theme(request: Request, session: db.Read, consultation: Mine) -> Response:
    """The themes of a consultation, those for whose answer most contributions wait first."""
    book = themes.in_force(session, consultation.id)
    return web.render(
        request,
        "responses/themes.html",
        consultation=consultation,
        here=_list_url(consultation),
        book=book,
        found=queries.themes_at_desk(session, consultation.id, book),
        balance=themes.balance(session, consultation.id),
    )


@router.get("/desk/consultations/{slug}/answers/themes/{number}")
def new(request: Request, session: db.Read, consultation: Mine, number: ThemeNumber) -> Response:
    """The page on which one text is written for a theme; a draft is gone on with there."""
    book = themes.in_force(session, consultation.id)
    theme = book.by_number.get(number) if book else None
    if theme is None:
        raise Missing
    draft = queries.draft_for(session, theme.id)
    if draft is not None:
        return RedirectResponse(f"/desk/answers/{draft}", 303)
    return writing.page(request, consultation, blank(theme=number))


@router.post("/desk/consultations/{slug}/answers/themes/{number}/giving")
async def give(request: Request, actor: CurrentActor, consultation: Mine, number: ThemeNumber) -> Response:
    """Give the published answer to the contributions in which its theme was found since."""
    given = await db.write(actions.give, actor, consultation.id, number, web.base_url(request))
    told = N_("Given to %(n)s contributions. Their authors are told by mail where an address is known.")
    return web.done(request, _list_url(consultation), told if given else N_("Nobody waits for this answer."), n=given)
