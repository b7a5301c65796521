"""Signing in and out."""

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.accounts.actions import passwords, signing_in
from app.accounts.forms import SignInForm
from app.accounts.models import Role
from app.accounts.queries import DEMO_PASSWORD, DEMO_PEOPLE, ROLE_NAMES, own
from app.accounts.routes import browsers
from app.core import db, tokens, web
from app.core.access import CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_

router = APIRouter()


#: Where somebody with a role starts who asked for no page.
_DESKS = {
    Role.OFFICIAL: "/desk",
    Role.CHECKER: "/desk/answers",
    Role.MODERATOR: "/moderation",
    Role.FACILITATOR: "/facilitation",
    Role.ADMINISTRATOR: "/admin",
}


def desk_of(roles: Collection[str]) -> str:
    """Where somebody with these roles starts; a citizen at the home page."""
    return next((page for role, page in _DESKS.items() if role in roles), "/")


def _asked_for(target: str) -> str:
    """The page of ours to come back to; the home page is where nothing was asked for."""
    return "" if target == "/" else web.own_path(target, "")


@router.get("/sign-in", dependencies=[guard("accounts.sign_in")])
def sign_in_page(request: Request, session: db.Read, actor: CurrentActor, next: str = "") -> Response:
    """The form of somebody who comes back."""
    if actor.signed_in:
        return web.done(request, _asked_for(next) or desk_of(actor.roles))
    held = own.holds(session, request.cookies.get(web.HELD_COOKIE, ""))
    return _page(request, blank(next=web.own_path(next, "")), held)


def _page(request: Request, form: Submission[SignInForm], held: bool = False) -> Response:
    demo = [(address, ROLE_NAMES[role]) for address, role in DEMO_PEOPLE] if web.site.demo else []
    values = {"form": form, "demo": demo, "demo_password": DEMO_PASSWORD, "held": held}
    return web.render(request, "accounts/sign_in.html", form.status, **values)


@router.post("/sign-in", dependencies=[guard("accounts.sign_in")])
async def sign_in(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    form: Annotated[Submission[SignInForm], submitted(SignInForm)],
) -> Response:
    """Begin a session; a wrong password and an unknown address get the same answer."""
    if not form.valid:
        return _page(request, form)
    tried = await db.write(signing_in.attempt, form.checked.email, web.client_address(request))
    if tried.blocked_until is not None:
        browsers.too_many(form, tried)
        return _page(request, form)
    if not await passwords.checked(tried.password_hash, form.checked.password):
        form.blame("", N_("The e-mail address or the password is not right. Check both and try again."))
        return _page(request, form)
    token = tokens.new_token()
    anew = await passwords.hashed(form.checked.password) if passwords.outdated(tried.password_hash) else None
    here = browsers.known(request, token)
    lang = await db.write(signing_in.sign_in, actor, tried, here, anew)
    assert tried.account is not None
    to = _asked_for(form.checked.next) or desk_of(own.roles(session, tried.account))
    if own.held(session, here.held, tried.account):
        to = "/held"
    response = web.done(request, to)
    browsers.keep_session(response, token)
    browsers.keep_language(response, lang)
    return response


@router.post("/sign-out", dependencies=[guard("accounts.sign_in")])
async def sign_out(request: Request, actor: CurrentActor) -> Response:
    """End the session of this browser."""
    await db.write(signing_in.sign_out, actor)
    response = web.done(request, "/", N_("You are signed out."))
    browsers.drop_session(response)
    return response
