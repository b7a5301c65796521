"""Opening an account, and confirming its address."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session

from app.accounts import mails
from app.accounts.actions import links, signing_in
from app.accounts.forms import SignUpForm
from app.accounts.models import Account, Participant
from app.accounts.queries import PRIVACY_VERSION, name_of
from app.core import access, clock, ratelimit
from app.core.access import Actor
from app.core.columns import table

#: From one address, such as a village hall's connection, so many accounts may be asked for in an hour.
SIGN_UPS, SIGN_UP_SPAN = 60, timedelta(hours=1)
#: One mailbox gets at most so many messages about sign-ups in a day.
NOTES, NOTES_SPAN = 3, timedelta(days=1)


def count_try(session: Session, client: str) -> bool:
    """Count a sign-up from this address; whether it is still within the limit."""
    return ratelimit.count(session, "sign-up", client, SIGN_UP_SPAN) <= SIGN_UPS


def sign_up(
    session: Session, actor: Actor, form: SignUpForm, password_hash: str, base_url: str, browser: signing_in.Browser
) -> bool:
    """Open an account and sign in, or write to the owner of the one that has the address; says whether it is new."""
    access.require("accounts.sign_in", actor)
    account = session.execute(select(Account).where(table(Account).c.email == form.email)).scalar_one_or_none()
    if account is None:
        account_id = open_account(session, form.email, form.name, password_hash, browser.lang)
        send_confirmation(session, account_id, base_url, form.next)
        signing_in.start(session, account_id, browser)
        return True
    if ratelimit.count(session, "sign-up-note", form.email, NOTES_SPAN) <= NOTES:
        mails.sign_up_tried(session, form.email, account.lang, base_url)
    return False


def open_account(session: Session, email: str, name: str, password_hash: str, lang: str) -> int:
    """A new person with an account that is not confirmed yet."""
    now = clock.now()
    participant = Participant(name=name, created_at=now)
    session.add(participant)
    session.flush()
    assert participant.id is not None
    account = Account(
        participant_id=participant.id,
        email=email,
        password_hash=password_hash,
        lang=lang,
        consented_at=now,
        consent_version=PRIVACY_VERSION,
        created_at=now,
    )
    session.add(account)
    session.flush()
    assert account.id is not None
    return account.id


def send_confirmation(session: Session, account_id: int, base_url: str, back: str = "") -> None:
    """Send the link that confirms an account's address; `back` is the page it leads to afterwards."""
    account = session.get_one(Account, account_id)
    if account.email is None or account.confirmed_at is not None:
        return
    link = links.make(session, account_id, links.CONFIRM, account.email)
    name = name_of(session, account.participant_id)
    mails.confirm(session, account.email, account.lang, base_url, name, link.token, link.until, back)


def send_confirmation_again(session: Session, actor: Actor, base_url: str) -> bool:
    """Send it once more, for somebody who asks; says whether it was sent, as one mailbox gets only a few a day."""
    access.require("accounts.manage", actor)
    assert actor.account is not None
    if ratelimit.count(session, "confirmation", str(actor.account), NOTES_SPAN) > 2 * NOTES:
        return False
    send_confirmation(session, actor.account, base_url)
    return True


def confirm(session: Session, actor: Actor, token: str) -> int:
    """The owner of an address says that it is theirs; gives the account."""
    access.require("accounts.sign_in", actor)
    account, address = links.use(session, links.CONFIRM, token)
    if account.email != address:
        raise links.LinkOver
    assert account.id is not None
    account.confirmed_at = account.confirmed_at or clock.now()
    links.end(session, account.id, links.CONFIRM)
    return account.id
