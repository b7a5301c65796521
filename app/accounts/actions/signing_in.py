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
LASTS = timedelta(days=30)
#: So long after its end it is still known whose a session was, so that a text sent too late stays its author's.
REMEMBERED = timedelta(days=30)

_a, _s = table(Account).c, table(SignIn).c
_BY_EMAIL = select(_a.id, _a.password_hash)


@dataclass(frozen=True)
class Attempt:
    """A try to prove who one is: what to compare the password with, or until when no more tries are taken."""

    email: str
    client: str
    account: int | None
    password_hash: str
    blocked_until: datetime | None = None


def attempt(session: Session, email: str, client: str) -> Attempt:
    """Count a try against the account and against the address it comes from, before anything is compared."""
    counts = [ratelimit.count(session, "sign-in", who, SPAN) for who in (f"account {email}", f"from {client}")]
    if max(counts) > settings().sign_in_attempts:
        return Attempt(email, client, None, "", ratelimit.span_ends(SPAN))
    row = session.execute(_BY_EMAIL.where(_a.email == email)).first()
    return Attempt(email, client, row.id if row else None, row.password_hash if row else "")


def attempt_as(session: Session, actor: Actor, client: str) -> Attempt:
    """The same for somebody who is signed in and has to show that they know the password."""
    access.require("accounts.manage", actor)
    email = session.execute(select(_a.email).where(_a.id == actor.account)).scalar_one()
    return attempt(session, email, client)


def succeeded(session: Session, tried: Attempt) -> None:
    """The password was right: this try is not one of those that are limited."""
    for who in (f"account {tried.email}", f"from {tried.client}"):
        ratelimit.give_back(session, "sign-in", who, SPAN)


def sign_in(
    session: Session,
    actor: Actor,
    tried: Attempt,
    token: str,
    device: str,
    password_hash: str | None = None,
    held: str = "",
) -> str:
    """Begin a session after the right password, ending the one this browser had; gives the account's language.

    `held` is the cookie of texts kept in this browser.
    """
    access.require("accounts.sign_in", actor)
    assert tried.account is not None
    succeeded(session, tried)
    if actor.session is not None:
        session.execute(delete(SignIn).where(_s.id == actor.session))
    if password_hash is not None:
        session.execute(update(Account).where(_a.id == tried.account).values(password_hash=password_hash))
    start(session, tried.account, token, device)
    holding.claim(session, tried.account, held)
    return str(session.execute(select(_a.lang).where(_a.id == tried.account)).scalar_one())


def start(session: Session, account_id: int, token: str, device: str) -> None:
    """A new session of an account."""
    now = clock.now()
    session.add(
        SignIn(
            token_hash=tokens.digest(token),
            account_id=account_id,
            device=device,
            created_at=now,
            seen_at=now,
            expires_at=now + LASTS,
        )
    )


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
