"""Deleting one's account."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.accounts.actions import leaving
from app.accounts.forms import DeletionForm
from app.accounts.routes import browsers
from app.accounts.routes.me import knows_password
from app.core import db, web
from app.core.access import Conflict, CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_

router = APIRouter()


@router.get("/me/deletion", dependencies=[guard("accounts.manage")])
def deletion_page(request: Request, actor: CurrentActor) -> Response:
    """What deleting means, and the form."""
    return web.render(request, "accounts/deletion.html", form=blank())


@router.post("/me/deletion", dependencies=[guard("accounts.manage")])
async def delete(
    request: Request, actor: CurrentActor, form: Annotated[Submission[DeletionForm], submitted(DeletionForm)]
) -> Response:
    """Delete the account at once."""
    if form.valid:
        tried = await knows_password(request, actor, form, form.checked.current_password)
    if form.valid:
        try:
            await db.write(leaving.erase, actor, tried, request.cookies.get(web.HELD_COOKIE, ""))
        except Conflict as refused:
            form.refuse(refused.reason)
    if not form.valid:
        return web.render(request, "accounts/deletion.html", form.status, form=form)
    response = web.done(request, "/", N_("Your account is deleted. Thank you for having taken part."))
    browsers.drop_session(response)
    response.delete_cookie(web.HELD_COOKIE)
    return response
