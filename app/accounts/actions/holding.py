"""Holding what somebody was writing when their session ended, for a day, under a random cookie."""

import json
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlmodel import Session

from app.accounts.models import HeldText
from app.core import access, clock, ratelimit, tokens
from app.core.access import Actor
from app.core.columns import table
from app.settings import settings

LASTS = timedelta(hours=24)
LARGEST = 64 * 1024
#: How many texts one browser may have waiting, and how many may come from one address in a quarter of an hour.
EACH, FROM_ONE, SPAN = 3, 60, timedelta(minutes=15)

_h = table(HeldText).c


def hold(session: Session, cookie: str, path: str, fields: Mapping[str, list[str]], client: str) -> str:
    """Keep a text and give the cookie under which this browser finds it; "" when it cannot be kept."""
    kept = json.dumps(fields, ensure_ascii=False)
    too_many = ratelimit.count(session, "hold", client, SPAN) > FROM_ONE
    if too_many or len(kept.encode()) > LARGEST:
        return ""
    token = tokens.new_token()
    session.add(HeldText(token_hash=tokens.digest(token), path=path, fields=kept, created_at=clock.now()))
    session.flush()
    _make_room(session)
    return ".".join([token, *(part for part in cookie.split(".") if part)][:EACH])


def _make_room(session: Session) -> None:
    """The oldest go when there are too many."""
    surplus = session.execute(select(func.count()).select_from(HeldText)).scalar_one() - settings().holds
    if surplus > 0:
        oldest = select(_h.id).order_by(_h.id).limit(surplus)
        session.execute(delete(HeldText).where(_h.id.in_(oldest)))


def let_go(session: Session, actor: Actor, cookie: str, number: int) -> str | None:
    """Remove a held text of this browser, because it is sent now or not wanted; gives where it was to go."""
    access.require("accounts.manage", actor)
    digests = [tokens.digest(token) for token in cookie.split(".")[:EACH]]
    removed = delete(HeldText).where(_h.id == number, _h.token_hash.in_(digests)).returning(_h.path)
    return session.execute(removed).scalar_one_or_none()
