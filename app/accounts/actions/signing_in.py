"""Signing in and out: counted tries, a new session each time, and ending sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import Session

from app.accounts.actions import holding
from app.accounts.models import Account, SignIn
from app.accounts.queries import SEEN_STEP
from app.core import access, clock, db, ratelimit, tokens
from app.core.access import Actor
from app.core.columns import table
from app.settings import settings

SPAN = timedelta(minutes=15)
#: How many times as many failures an account may have from everywhere, and an address for all accounts together.
FROM_EVERYWHERE, FOR_ALL = 5, 20
LASTS = timedelta(days=30)
#: So long after its end it is still known whose a session was, so that a text sent too late stays its author's.
REMEMBERED = timedelta(days=30)

_a, _s = table(Account).c, table(SignIn).c
_BY_EMAIL = select(_a.id, _a.password_hash)


@dataclass(frozen=True)
class Browser:
    """Where somebody signs in: language, the new session's token, words for the device, what it holds, address."""

    lang: str
    token: str
    device: str
    held: str = ""
    client: str = ""


@dataclass(frozen=True)
class Attempt:
    """A try to prove who one is: what to compare the password with, or until when no more tries are taken."""

    email: str
    client: str
    account: int | None
    password_hash: str
    counted: tuple[tuple[str, int], ...] = ()
    blocked_until: datetime | None = None


def _limits(email: str, client: str) -> tuple[tuple[str, int], ...]:
    """What a try counts against, each with its limit: a stranger's failures must not lock out a whole village."""
    each = settings().sign_in_attempts
    return (
        (f"account {email} from {client}", each),
        (f"account {email}", each * FROM_EVERYWHERE),
        (f"from {client}", each * FOR_ALL),
    )


def attempt(session: Session, email: str, client: str) -> Attempt:
    """Count a try against the account, the address it comes from and both together, before anything is compared."""
    return _counted(session, email, client, _limits(email, client))


def attempt_as(session: Session, actor: Actor, client: str) -> Attempt:
    """The same for somebody who is signed in and has to show that they know the password; counted apart."""
    access.require("accounts.manage", actor)
    email = session.execute(select(_a.email).where(_a.id == actor.account)).scalar_one()
    return _counted(session, email, client, ((_within(actor.account), settings().sign_in_attempts),))


def _within(account_id: int | None) -> str:
    return f"within {account_id}"


def _counted(session: Session, email: str, client: str, limits: tuple[tuple[str, int], ...]) -> Attempt:
    over = [ratelimit.count(session, "sign-in", who, SPAN) > limit for who, limit in limits]
    if any(over):
        return Attempt(email, client, None, "", limits, ratelimit.span_ends(SPAN))
    row = session.execute(_BY_EMAIL.where(_a.email == email)).first()
    return Attempt(email, client, row.id if row else None, row.password_hash if row else "", limits)


def succeeded(session: Session, tried: Attempt) -> None:
    """The password was right: this try is not one of those that are limited."""
    for who, _limit in tried.counted:
        ratelimit.give_back(session, "sign-in", who, SPAN)


def forget_tries(session: Session, account_id: int, email: str, client: str) -> None:
    """A new password by link: the failures of the account, and those from this address, count no more."""
    for who in (f"account {email} from {client}", f"account {email}", _within(account_id)):
        ratelimit.forget(session, "sign-in", who, SPAN)


def sign_in(session: Session, actor: Actor, tried: Attempt, browser: Browser, password_hash: str | None = None) -> str:
    """Begin a session after the right password, ending the one this browser had; gives the account's language."""
    access.require("accounts.sign_in", actor)
    assert tried.account is not None
    succeeded(session, tried)
    if password_hash is not None:
        session.execute(update(Account).where(_a.id == tried.account).values(password_hash=password_hash))
    replace(session, actor, tried.account, browser)
    return str(session.execute(select(_a.lang).where(_a.id == tried.account)).scalar_one())


def replace(session: Session, actor: Actor, account_id: int, browser: Browser) -> None:
    """A new session of an account in place of the one this browser had."""
    if actor.session is not None:
        session.execute(delete(SignIn).where(_s.id == actor.session))
    start(session, account_id, browser)


def start(session: Session, account_id: int, browser: Browser) -> None:
    """A new session of an account, which takes up what the browser holds for nobody yet."""
    now = clock.now()
    session.add(
        SignIn(
            token_hash=tokens.digest(browser.token),
            account_id=account_id,
            device=browser.device,
            created_at=now,
            seen_at=now,
            expires_at=now + LASTS,
        )
    )
    holding.claim(session, account_id, browser.held)


def sign_out(session: Session, actor: Actor) -> None:
    """End the session of this browser."""
    access.require("accounts.sign_in", actor)
    if actor.session is not None:
        session.execute(delete(SignIn).where(_s.id == actor.session))


def end_session(session: Session, actor: Actor, number: int) -> None:
    """End one of one's own sessions; one that is not there, or not one's own, changes nothing."""
    access.require("accounts.manage", actor)
    assert actor.account is not None
    _end(session, actor.account, _s.id == number)


def end_other_sessions(session: Session, actor: Actor) -> None:
    """End every session but this browser's."""
    access.require("accounts.manage", actor)
    assert actor.account is not None
    end_sessions(session, actor.account, actor.session)


def end_sessions(session: Session, account_id: int, but: int | None = None) -> None:
    """End all sessions of an account, but perhaps one."""
    _end(session, account_id, *([_s.id != but] if but is not None else []))


def _end(session: Session, account_id: int, *which: ColumnElement[bool]) -> None:
    """Sessions that others ended are over at once, but it stays known whose they were."""
    now = clock.now()
    session.execute(
        update(SignIn).where(_s.account_id == account_id, _s.expires_at > now, *which).values(expires_at=now)
    )


@db.when_noticed("accounts.seen")
def record_seen(session: Session, number: int) -> None:
    """Write down that a session was used; at most once an hour."""
    now = clock.now()
    session.execute(update(SignIn).where(_s.id == number, _s.seen_at < now - SEEN_STEP).values(seen_at=now))
