"""Single-use links sent by mail: the person holds the token, the database its digest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session

from app.accounts.models import Account, MailToken
from app.core import clock, tokens
from app.core.access import Conflict
from app.core.columns import table
from app.core.i18n import N_

CONFIRM, RESET, ADDRESS = "confirm", "reset", "address"
LASTS = {CONFIRM: timedelta(days=3), RESET: timedelta(hours=1), ADDRESS: timedelta(days=1)}

_m = table(MailToken).c


@dataclass(frozen=True)
class Link:
    """A new link: its secret part and when it ends."""

    token: str
    until: datetime


class LinkOver(Conflict):
    """The link was used, has expired, or never was one."""

    def __init__(self) -> None:
        super().__init__("link-over", N_("This link has been used or has expired. Ask for a new one."))


def make(session: Session, account_id: int, purpose: str, address: str) -> Link:
    """A new link for an account; `address` is where it is sent."""
    token, now = tokens.new_token(), clock.now()
    session.add(
        MailToken(
            token_hash=tokens.digest(token),
            account_id=account_id,
            purpose=purpose,
            address=address,
            created_at=now,
            expires_at=now + LASTS[purpose],
        )
    )
    session.flush()
    return Link(token, now + LASTS[purpose])


def use(session: Session, purpose: str, token: str) -> tuple[Account, str]:
    """Use a link up: the account it was for, and the address it was sent to."""
    now = clock.now()
    open_one = (_m.token_hash == tokens.digest(token), _m.purpose == purpose, _m.used_at.is_(None), _m.expires_at > now)
    used = session.execute(
        update(MailToken).where(*open_one).values(used_at=now).returning(_m.account_id, _m.address)
    ).first()
    account = session.get(Account, used.account_id) if used else None
    if used is None or account is None or account.deleted_at is not None:
        raise LinkOver
    return account, used.address


def end(session: Session, account_id: int, *purposes: str) -> None:
    """End the open links of an account: of these purposes, or all."""
    open_ones = [_m.account_id == account_id, _m.used_at.is_(None)]
    if purposes:
        open_ones.append(_m.purpose.in_(purposes))
    session.execute(update(MailToken).where(*open_ones).values(used_at=clock.now()))


def addresses(session: Session, account_id: int) -> set[str]:
    """Every address a link was sent to; links are kept as long as the messages that carried them."""
    return set(session.execute(select(_m.address).where(_m.account_id == account_id)).scalars())
