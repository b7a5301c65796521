"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.accounts.actions import passwords, signing_in
from app.accounts.forms import SignInForm
from app.accounts.queries import DEMO_PASSWORD, DEMO_PEOPLE, ROLE_NAMES, own
from app.accounts.routes import browsers
from app.core import db, tokens, web
from app.core.access import CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_

router = APIRouter()


@router.get("/sign-in", dependencies=[guard("accounts.sign_in")])
def sign_in_page(request: Request, session: db.Read, actor: CurrentActor, next: str = "") -> Response:
    """The form of somebody who comes back."""
    if actor.signed_in:
        return web.done(request, web.own_path(next))
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
    held = request.cookies.get(web.HELD_COOKIE, "")
    lang = await db.write(signing_in.sign_in, actor, tried, token, browsers.device(request), anew, held)
    to = web.own_path(form.checked.next)
    if own.held(session, held, tried.account):
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
