"""One's own account: details, password, address, signed-in devices."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from app.accounts.actions import links, passwords, signing_in, signing_up
from app.accounts.actions import own as acts
from app.accounts.forms import DetailsForm, NewAddressForm, PasswordForm
from app.accounts.queries import ROLE_NAMES, names, own
from app.accounts.routes import browsers
from app.accounts.routes.signing_up import GUESSABLE, over
from app.core import db, web
from app.core.access import Actor, Conflict, CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_, language

router = APIRouter()


@router.get("/me", dependencies=[guard("accounts.manage")])
def account_page(request: Request, session: db.Read, actor: CurrentActor) -> Response:
    """What is known of the one who looks, and what they can change."""
    return _page(request, session, actor)


def _page(request: Request, session: db.Read, actor: Actor, form: Submission[DetailsForm] | None = None) -> Response:
    assert actor.account is not None
    mine = own.account(session, actor.account)
    if form is None:
        form = blank(name=mine.name, lang=mine.lang, answers_by_mail=mine.answers_by_mail)
    roles = [ROLE_NAMES[role] for role in sorted(actor.roles)]
    values = {"form": form, "mine": mine, "roles": roles, "sessions": own.sessions(session, actor.account)}
    return web.render(request, "accounts/me.html", form.status, **values)


@router.post("/me", dependencies=[guard("accounts.manage")])
async def change_details(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    form: Annotated[Submission[DetailsForm], submitted(DetailsForm)],
) -> Response:
    """Another name, language or choice of messages."""
    if (
        form.valid
        and form.checked.name != actor.name
        and (why := names.taken(session, form.checked.name, actor.account))
    ):
        form.blame("name", why)
    if not form.valid:
        return _page(request, session, actor, form)
    await db.write(acts.change_details, actor, form.checked)
    language.set(form.checked.lang)
    response = web.done(request, "/me", N_("Your details are saved."))
    browsers.keep_language(response, form.checked.lang)
    return response


@router.post("/me/confirmation", dependencies=[guard("accounts.manage")])
async def send_confirmation(request: Request, actor: CurrentActor) -> Response:
    """Send the link that confirms the address once more."""
    sent = await db.write(signing_up.send_confirmation_again, actor, web.base_url(request))
    told = N_("We sent the message again. Look in the spam folder too.")
    return web.done(request, "/me", told if sent else N_("We have sent this message often today. Try again tomorrow."))


@router.get("/me/password", dependencies=[guard("accounts.manage")])
def password_page(request: Request, session: db.Read, actor: CurrentActor) -> Response:
    """The form for another password."""
    return _password_page(request, session, actor, blank())


def _password_page(request: Request, session: db.Read, actor: Actor, form: Submission[PasswordForm]) -> Response:
    assert actor.account is not None
    email = own.account(session, actor.account).email
    return web.render(request, "accounts/password.html", form.status, form=form, email=email)


async def knows_password(request: Request, actor: Actor, form: Submission[Any], typed: str) -> signing_in.Attempt:
    """Count a try, compare the current password, and say in the form what is wrong with it."""
    tried = await db.write(signing_in.attempt_as, actor, web.client_address(request))
    if tried.blocked_until is not None:
        browsers.too_many(form, tried)
    elif not await passwords.checked(tried.password_hash, typed):
        form.blame("current_password", N_("This is not your current password."))
    return tried


@router.post("/me/password", dependencies=[guard("accounts.manage")])
async def change_password(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    form: Annotated[Submission[PasswordForm], submitted(PasswordForm)],
) -> Response:
    """Another password; other devices are signed out."""
    if form.valid:
        tried = await knows_password(request, actor, form, form.checked.current_password)
    if form.valid and passwords.guessable(form.checked.new_password, tried.email, actor.name):
        form.blame("new_password", GUESSABLE)
    if not form.valid:
        return _password_page(request, session, actor, form)
    password_hash = await passwords.hashed(form.checked.new_password)
    await db.write(acts.change_password, actor, tried, password_hash, web.base_url(request))
    return web.done(request, "/me", N_("Your password is changed. Other devices are signed out."))


@router.get("/me/address", dependencies=[guard("accounts.manage")])
def address_page(request: Request, session: db.Read, actor: CurrentActor) -> Response:
    """The form for another e-mail address."""
    return _address_page(request, session, actor, blank())


def _address_page(request: Request, session: db.Read, actor: Actor, form: Submission[NewAddressForm]) -> Response:
    assert actor.account is not None
    mine = own.account(session, actor.account)
    return web.render(request, "accounts/address.html", form.status, form=form, mine=mine)


@router.post("/me/address", dependencies=[guard("accounts.manage")])
async def ask_for_address(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    form: Annotated[Submission[NewAddressForm], submitted(NewAddressForm)],
) -> Response:
    """Send a link to the new address; until it is used nothing changes."""
    if form.valid:
        tried = await knows_password(request, actor, form, form.checked.current_password)
    if form.valid:
        try:
            await db.write(acts.ask_for_address, actor, tried, form.checked.email, web.base_url(request))
        except Conflict as refused:
            form.refuse(refused.reason)
    if not form.valid:
        return _address_page(request, session, actor, form)
    told = N_("We sent a message to %(address)s. Use the link in it, and the address is changed.")
    return web.done(request, "/me", told, address=form.checked.email)


@router.get("/address/{token}", dependencies=[guard("accounts.sign_in")])
def confirm_address_page(request: Request, session: db.Read, actor: CurrentActor, token: str) -> Response:
    """A button, because mail scanners follow links."""
    link = own.open_link(session, links.ADDRESS, token)
    if link is None:
        return over(request)
    return browsers.private(web.render(request, "accounts/confirm_address.html", link=link))


@router.post("/address/{token}", dependencies=[guard("accounts.sign_in")])
async def change_address(request: Request, actor: CurrentActor, token: str) -> Response:
    """The new address is the account's from now on."""
    try:
        account = await db.write(acts.change_address, actor, token, web.base_url(request))
    except links.LinkOver:
        return over(request)
    to = "/me" if actor.account == account else "/sign-in"
    return web.done(request, to, N_("Your new e-mail address is in use now."))


@router.post("/me/sessions/others/end", dependencies=[guard("accounts.manage")])
async def end_other_sessions(request: Request, actor: CurrentActor) -> Response:
    """Sign every other device out."""
    await db.write(signing_in.end_other_sessions, actor)
    return web.done(request, "/me", N_("All other devices are signed out."))


@router.post("/me/sessions/{number}/end", dependencies=[guard("accounts.manage")])
async def end_session(request: Request, actor: CurrentActor, number: int) -> Response:
    """Sign one device out."""
    await db.write(signing_in.end_session, actor, number)
    if number == actor.session:
        response = web.done(request, "/", N_("You are signed out."))
        browsers.drop_session(response)
        return response
    return web.done(request, "/me", N_("This device is signed out."))
