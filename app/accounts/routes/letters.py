"""Stopping messages about answers with one press, as RFC 8058 asks."""

from fastapi import APIRouter, Request, Response

from app.accounts.actions import own
from app.accounts.queries import unsubscribing
from app.core import db, web
from app.core.access import CurrentActor, Missing, guard

router = APIRouter()


@router.get("/unsubscribe/{signed}", dependencies=[guard("accounts.sign_in")])
def unsubscribe_page(request: Request, actor: CurrentActor, signed: str) -> Response:
    """A button, because mail scanners follow links."""
    if unsubscribing(signed) is None:
        raise Missing
    return web.render(request, "accounts/unsubscribe.html", done=False)


@router.post("/unsubscribe/{signed}", dependencies=[guard("accounts.sign_in")])
async def unsubscribe(request: Request, actor: CurrentActor, signed: str) -> Response:
    """No more of these messages; for mail programs without a session, and for people at the button."""
    account = unsubscribing(signed)
    if account is None:
        raise Missing
    await db.write(own.stop_answers_by_mail, actor, account)
    return web.render(request, "accounts/unsubscribe.html", done=True)
