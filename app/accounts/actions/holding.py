"""Holding what somebody was writing when their session ended, for a day, for that account and this browser."""

import json
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import Session

from app.accounts.models import HeldText, SignIn
from app.core import access, clock, ratelimit, tokens
from app.core.access import Actor
from app.core.columns import table
from app.settings import settings

LASTS = timedelta(hours=24)
LARGEST = 64 * 1024
#: How many texts one browser may have waiting, and how many may come from one address in a quarter of an hour.
EACH, FROM_ONE, SPAN = 3, 60, timedelta(minutes=15)

_h, _s = table(HeldText).c, table(SignIn).c


def hold(
    session: Session, cookie: str, path: str, fields: Mapping[str, list[str]], client: str, ended: str = ""
) -> str:
    """Keep a text and give the cookie under which this browser finds it; "" when it cannot be kept.

    It is held for the account of the session that has `ended`; of a browser without one, for the next to sign in.
    """
    author = _author(session, ended)
    if ended and author is None:  # nobody can say whose it is
        return ""
    kept = json.dumps(fields, ensure_ascii=False)
    too_many = ratelimit.count(session, "hold", client, SPAN) > FROM_ONE
    if too_many or len(kept.encode()) > LARGEST:
        return ""
    token = tokens.new_token()
    session.add(
        HeldText(token_hash=tokens.digest(token), account_id=author, path=path, fields=kept, created_at=clock.now())
    )
    session.flush()
    _make_room(session)
    return ".".join([token, *(part for part in cookie.split(".") if part)][:EACH])


def _author(session: Session, ended: str) -> int | None:
    whose = select(_s.account_id).where(_s.token_hash == tokens.digest(ended))
    return session.execute(whose).scalar_one_or_none() if ended else None


def _make_room(session: Session) -> None:
    """The oldest go when there are too many."""
    surplus = session.execute(select(func.count()).select_from(HeldText)).scalar_one() - settings().holds
    if surplus > 0:
        oldest = select(_h.id).order_by(_h.id).limit(surplus)
        session.execute(delete(HeldText).where(_h.id.in_(oldest)))


def claim(session: Session, account_id: int, cookie: str) -> None:
    """What this browser holds for nobody yet belongs to the account that signs in first."""
    if cookie:
        unclaimed = update(HeldText).where(_h.token_hash.in_(_digests(cookie)), _h.account_id.is_(None))
        session.execute(unclaimed.values(account_id=account_id))


def _digests(cookie: str) -> list[str]:
    return [tokens.digest(token) for token in cookie.split(".")[:EACH] if token]


def let_go(session: Session, actor: Actor, cookie: str, number: int) -> str | None:
    """Remove one's own held text of this browser, because it is sent now or not wanted; gives where it was to go."""
    access.require("accounts.manage", actor)
    mine = or_(_h.account_id.is_(None), _h.account_id == actor.account)
    removed = delete(HeldText).where(_h.id == number, _h.token_hash.in_(_digests(cookie)), mine)
    return session.execute(removed.returning(_h.path)).scalar_one_or_none()


def erase(session: Session, account_id: int, cookie: str) -> None:
    """Remove everything held for an account that is deleted, and what this browser holds for nobody yet."""
    unclaimed = _h.token_hash.in_(_digests(cookie)) & _h.account_id.is_(None)
    session.execute(delete(HeldText).where(or_(_h.account_id == account_id, unclaimed)))
