"""What an account page shows its owner, and what a link of a message is for."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlmodel import Session

from app.accounts.models import Account, HeldText, MailToken, Participant, RoleGrant, SignIn
from app.core import clock, tokens
from app.core.columns import table
from app.core.web import HELD_SECONDS, own_path

_a, _p, _s, _m, _h, _g = (table(model).c for model in (Account, Participant, SignIn, MailToken, HeldText, RoleGrant))


@dataclass(frozen=True)
class OwnAccount:
    """An account as its owner sees it."""

    id: int
    email: str
    name: str
    lang: str
    confirmed: bool
    answers_by_mail: bool
    created_at: datetime


def account(session: Session, account_id: int) -> OwnAccount:
    """The account of the one who looks."""
    row = session.execute(
        select(table(Account), _p.name).join(table(Participant), _p.id == _a.participant_id).where(_a.id == account_id)
    ).one()
    confirmed = row.confirmed_at is not None
    return OwnAccount(row.id, row.email, row.name or "", row.lang, confirmed, row.answers_by_mail, row.created_at)


def roles(session: Session, account_id: int) -> frozenset[str]:
    """The roles an account holds."""
    return frozenset(session.execute(select(_g.role).where(_g.account_id == account_id)).scalars())


@dataclass(frozen=True)
class OwnSession:
    """One signed-in browser."""

    id: int
    device: str
    created_at: datetime
    seen_at: datetime


def sessions(session: Session, account_id: int) -> tuple[OwnSession, ...]:
    """The browsers an account is signed in on, last used first."""
    mine = select(_s.id, _s.device, _s.created_at, _s.seen_at).where(
        _s.account_id == account_id, _s.expires_at > clock.now()
    )
    rows = session.execute(mine.order_by(_s.seen_at.desc(), _s.id.desc()).limit(100))
    return tuple(OwnSession(*row) for row in rows)


@dataclass(frozen=True)
class LinkPurpose:
    """What an open link of a message is for."""

    account: int
    name: str
    email: str
    address: str


def open_link(session: Session, purpose: str, token: str) -> LinkPurpose | None:
    """The account of a link that can still be used."""
    found = (
        select(_a.id, _p.name, _a.email, _m.address)
        .select_from(table(MailToken))
        .join(table(Account), _a.id == _m.account_id)
        .join(table(Participant), _p.id == _a.participant_id)
        .where(
            _m.token_hash == tokens.digest(token),
            _m.purpose == purpose,
            _m.used_at.is_(None),
            _m.expires_at > clock.now(),
            _a.deleted_at.is_(None),
        )
    )
    row = session.execute(found).first()
    return LinkPurpose(row.id, row.name or "", row.email, row.address) if row else None


def holds(session: Session, cookie: str) -> bool:
    """Whether this browser holds a text, whoever wrote it."""
    digests = [tokens.digest(token) for token in cookie.split(".")[:3] if token]
    since = clock.now() - timedelta(seconds=HELD_SECONDS)
    kept = select(_h.id).where(_h.token_hash.in_(digests), _h.created_at > since)
    return bool(digests) and session.execute(kept.limit(1)).first() is not None


@dataclass(frozen=True)
class Held:
    """A text held for its author: where it was going and what was in it."""

    id: int
    path: str
    fields: dict[str, list[str]]
    created_at: datetime


def held(session: Session, cookie: str, account_id: int | None) -> tuple[Held, ...]:
    """The texts held in this browser for an account or for nobody yet, the newest first."""
    digests = [tokens.digest(token) for token in cookie.split(".")[:3] if token]
    if not digests:
        return ()
    since = clock.now().timestamp() - HELD_SECONDS
    theirs = or_(_h.account_id.is_(None), _h.account_id == account_id)
    rows = session.execute(select(table(HeldText)).where(_h.token_hash.in_(digests), theirs).order_by(_h.id.desc()))
    fresh = [row for row in rows if row.created_at.timestamp() > since and own_path(row.path) == row.path]
    return tuple(Held(row.id, row.path, json.loads(row.fields), row.created_at) for row in fresh)
