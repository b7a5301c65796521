"""What people change in their own account: details, password, address, messages."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.accounts import mails
from app.accounts.actions import links, signing_in
from app.accounts.forms import DetailsForm
from app.accounts.models import Account, Participant
from app.core import access, clock, mail, ratelimit
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_

#: Links for a new password: for one address in an hour, and from one client in a quarter.
RESETS, RESETS_SPAN = 3, timedelta(hours=1)
ASKED, ASKED_SPAN = 20, timedelta(minutes=15)

_a = table(Account).c


def change_details(session: Session, actor: Actor, form: DetailsForm) -> None:
    """Another name, language or choice of messages."""
    account = _own(session, actor)
    account.lang, account.answers_by_mail = form.lang, form.answers_by_mail
    session.execute(update(Participant).where(table(Participant).c.id == account.participant_id).values(name=form.name))


def _own(session: Session, actor: Actor) -> Account:
    access.require("accounts.manage", actor)
    return session.get_one(Account, actor.account)


def change_password(
    session: Session, actor: Actor, tried: signing_in.Attempt, password_hash: str, base_url: str
) -> None:
    """A new password by somebody who knew the old one: links and other sessions end."""
    account = _own(session, actor)
    signing_in.succeeded(session, tried)
    _set_password(session, account, password_hash, base_url, but=actor.session)


def _set_password(session: Session, account: Account, password_hash: str, base_url: str, but: int | None) -> None:
    assert account.id is not None
    assert account.email is not None
    account.password_hash = password_hash
    links.end(session, account.id)
    signing_in.end_sessions(session, account.id, but)
    mails.password_changed(session, account.email, account.lang, base_url)


def ask_for_reset(session: Session, actor: Actor, email: str, client: str, base_url: str) -> bool:
    """Send a link for a new password if there is such an account; says only whether more may be asked from here."""
    access.require("accounts.sign_in", actor)
    if ratelimit.count(session, "reset", f"from {client}", ASKED_SPAN) > ASKED:
        return False
    within = ratelimit.count(session, "reset", f"account {email}", RESETS_SPAN) <= RESETS
    account = session.execute(select(Account).where(_a.email == email)).scalar_one_or_none()
    if account is not None and within:
        assert account.id is not None
        link = links.make(session, account.id, links.RESET, email)
        mails.reset(session, email, account.lang, base_url, link.token, link.until)
    return True


def reset_password(
    session: Session, actor: Actor, token: str, password_hash: str, base_url: str, browser: signing_in.Browser
) -> int:
    """A new password by link, which also proves the address; every session ends, and one begins here.

    Gives the account.
    """
    access.require("accounts.sign_in", actor)
    account, address = links.use(session, links.RESET, token)
    if account.email != address:
        raise links.LinkOver
    account.confirmed_at = account.confirmed_at or clock.now()
    _set_password(session, account, password_hash, base_url, but=None)
    assert account.id is not None
    signing_in.forget_tries(session, account.id, address, browser.client)
    signing_in.replace(session, actor, account.id, browser)
    return account.id


def ask_for_address(session: Session, actor: Actor, tried: signing_in.Attempt, email: str, base_url: str) -> None:
    """Send a link to a new address; the old one stays until the link is used. Says nothing about other accounts."""
    account = _own(session, actor)
    assert account.id is not None
    signing_in.succeeded(session, tried)
    if ratelimit.count(session, "address", str(account.id), timedelta(days=1)) > ASKED:
        raise Conflict("too-many", N_("You have asked for this very often today. Try again tomorrow."))
    links.end(session, account.id, links.ADDRESS)
    owner = session.execute(select(Account).where(_a.email == email)).scalar_one_or_none()
    if owner is None:
        link = links.make(session, account.id, links.ADDRESS, email)
        mails.address(session, email, account.lang, base_url, link.token, link.until)
    elif owner.id != account.id and ratelimit.count(session, "address-note", email, timedelta(days=1)) <= RESETS:
        mails.address_taken(session, email, owner.lang, base_url)


def change_address(session: Session, actor: Actor, token: str, base_url: str) -> int:
    """The owner of the new address agrees: it becomes the account's, and all other links end."""
    access.require("accounts.sign_in", actor)
    account, address = links.use(session, links.ADDRESS, token)
    assert account.id is not None
    assert account.email is not None
    old, account.email = account.email, address
    account.confirmed_at = account.confirmed_at or clock.now()
    try:
        session.flush()
    except IntegrityError:
        taken = N_("This address now belongs to another account. Choose a different one.")
        raise Conflict("address-taken", taken) from None
    links.make(session, account.id, links.ADDRESS, old)  # a trace of the old address, for erasing its messages
    links.end(session, account.id)
    mail.forget(session, old)
    mails.address_changed(session, old, account.lang, base_url)
    return account.id


def stop_answers_by_mail(session: Session, actor: Actor, account_id: int) -> None:
    """No more messages about answers; for whoever holds the signed link of a message."""
    access.require("accounts.sign_in", actor)
    session.execute(update(Account).where(_a.id == account_id).values(answers_by_mail=False))
