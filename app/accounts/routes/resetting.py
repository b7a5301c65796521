"""Choosing a new password by a link that comes by mail."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.accounts.actions import links, passwords
from app.accounts.actions import own as acts
from app.accounts.forms import AddressForm, NewPasswordForm
from app.accounts.queries import own
from app.accounts.routes import browsers
from app.accounts.routes.signing_in import desk_of
from app.accounts.routes.signing_up import GUESSABLE, over
from app.core import db, ratelimit, tokens, web
from app.core.access import CurrentActor, Reason, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_

router = APIRouter()
TOO_MANY = N_("Links were asked for very often from your connection. Try again after %(when)s.")


@router.get("/reset", dependencies=[guard("accounts.sign_in")])
def ask_page(request: Request, actor: CurrentActor) -> Response:
    """Which address to send the link to."""
    return web.render(request, "accounts/reset.html", form=blank())


@router.post("/reset", dependencies=[guard("accounts.sign_in")])
async def ask(
    request: Request, actor: CurrentActor, form: Annotated[Submission[AddressForm], submitted(AddressForm)]
) -> Response:
    """Send the link, if there is such an account; the answer does not say so."""
    if form.valid:
        given = (form.checked.email, web.client_address(request), web.base_url(request))
        if not await db.write(acts.ask_for_reset, actor, *given):
            form.refuse(Reason("too-many", TOO_MANY, 429, {"when": ratelimit.span_ends(acts.ASKED_SPAN)}))
    if not form.valid:
        return web.render(request, "accounts/reset.html", form.status, form=form)
    return web.render(request, "accounts/reset_sent.html", email=form.checked.email)


@router.get("/reset/{token}", dependencies=[guard("accounts.sign_in")])
def reset_page(request: Request, session: db.Read, actor: CurrentActor, token: str) -> Response:
    """The form for the new password."""
    return _page(request, session, token, blank())


def _page(request: Request, session: db.Read, token: str, form: Submission[NewPasswordForm]) -> Response:
    link = own.open_link(session, links.RESET, token)
    if link is None:
        return over(request)
    return browsers.private(web.render(request, "accounts/reset_password.html", form.status, form=form, link=link))


@router.post("/reset/{token}", dependencies=[guard("accounts.sign_in")])
async def reset(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    token: str,
    form: Annotated[Submission[NewPasswordForm], submitted(NewPasswordForm)],
) -> Response:
    """Set the new password, end every session and begin one here."""
    link = own.open_link(session, links.RESET, token)
    if link is not None and form.valid and passwords.guessable(form.checked.new_password, link.email, link.name):
        form.blame("new_password", GUESSABLE)
    if link is None or not form.valid:
        return _page(request, session, token, form)
    password_hash = await passwords.hashed(form.checked.new_password)
    here = browsers.known(request, tokens.new_token())
    try:
        account = await db.write(acts.reset_password, actor, token, password_hash, web.base_url(request), here)
    except links.LinkOver:
        return over(request)
    to = "/held" if own.held(session, here.held, account) else desk_of(own.roles(session, account))
    response = web.done(request, to, N_("Your new password is set, and you are signed in here."))
    browsers.keep_session(response, here.token)
    return response
