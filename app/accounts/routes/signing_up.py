"""Signing up, and confirming the address."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import IntegrityError

from app.accounts.actions import links, passwords, signing_up
from app.accounts.forms import BackForm, SignUpForm
from app.accounts.queries import PRIVACY_VERSION, names, own
from app.accounts.routes import browsers
from app.core import db, ratelimit, tokens, web
from app.core.access import Actor, CurrentActor, Reason, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_

router = APIRouter()
TOO_MANY = N_("Very many accounts were opened from your connection. Try again after %(when)s.")
GUESSABLE = N_("This password is easy to guess. Choose another, such as several words in a row.")


@router.get("/sign-up", dependencies=[guard("accounts.sign_in")])
def sign_up_page(request: Request, actor: CurrentActor, next: str = "") -> Response:
    """The form of somebody who wants to take part."""
    if actor.signed_in:
        return web.done(request, web.own_path(next, "/me"))
    return _page(request, blank(next=web.own_path(next, "")))


def _page(request: Request, form: Submission[SignUpForm]) -> Response:
    return web.render(request, "accounts/sign_up.html", form.status, form=form, version=PRIVACY_VERSION)


@router.post("/sign-up", dependencies=[guard("accounts.sign_in")])
async def sign_up(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    form: Annotated[Submission[SignUpForm], submitted(SignUpForm)],
) -> Response:
    """Open the account; the answer is the same where the address has one already."""
    if form.valid and (why := names.taken(session, form.checked.name)):
        form.blame("name", why)
    if form.valid and passwords.guessable(form.checked.password, form.checked.email, form.checked.name):
        form.blame("password", GUESSABLE)
    if form.valid and not await db.write(signing_up.count_try, web.client_address(request)):
        form.refuse(Reason("too-many", TOO_MANY, 429, {"when": ratelimit.span_ends(signing_up.SIGN_UP_SPAN)}))
    if not form.valid:
        return _page(request, form)
    token = tokens.new_token()
    if not form.checked.website:
        password_hash = await passwords.hashed(form.checked.password)
        given = (actor, form.checked, password_hash, web.base_url(request), browsers.known(request, token))
        try:
            await db.write(signing_up.sign_up, *given)
        except IntegrityError:  # somebody else was first with this address, in another process
            await db.write(signing_up.sign_up, *given)
    path = web.own_path(form.checked.next, "/me")
    request.state.actor = Actor(account=0, name=form.checked.name)  # signed in, as the next page will show
    response = web.render(request, "accounts/signed_up.html", email=form.checked.email, to=path)
    browsers.keep_session(response, token)  # where no account was opened it belongs to nobody, and looks the same
    return browsers.private(response)


@router.get("/confirm/{token}", dependencies=[guard("accounts.sign_in")])
def confirm_page(request: Request, session: db.Read, actor: CurrentActor, token: str, next: str = "") -> Response:
    """A button, because mail scanners follow links."""
    link = own.open_link(session, links.CONFIRM, token)
    if link is None:
        return over(request)
    return browsers.private(web.render(request, "accounts/confirm.html", link=link, next=web.own_path(next, "")))


def over(request: Request) -> Response:
    """The page for a link that cannot be used any more."""
    return browsers.private(web.render(request, "accounts/link_over.html", 410))


@router.post("/confirm/{token}", dependencies=[guard("accounts.sign_in")])
async def confirm(
    request: Request, actor: CurrentActor, token: str, form: Annotated[Submission[BackForm], submitted(BackForm)]
) -> Response:
    """The address is theirs; they go on where they signed up."""
    try:
        account = await db.write(signing_up.confirm, actor, token)
    except links.LinkOver:
        return over(request)
    back = web.own_path(form.checked.next if form.valid else "", "")
    to = (back or "/me") if actor.account == account else "/sign-in" + (f"?next={quote(back, safe='')}" if back else "")
    return web.done(request, to, N_("Your e-mail address is confirmed. You can now take part."))
