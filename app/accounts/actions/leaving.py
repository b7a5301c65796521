"""Leaving for good: what is personal goes, what was said in public stays under "a former participant"."""

from collections.abc import Callable

from sqlalchemy import delete, select, update
from sqlmodel import Session

from app.accounts.actions import holding, links, signing_in
from app.accounts.models import Account, MailToken, Participant, Role, RoleGrant, SignIn
from app.accounts.queries import administrators
from app.core import access, clock, mail
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_

#: Called with the account and the participant, in the same transaction.
Erasing = Callable[[Session, int, int], None]
_erasings: list[Erasing] = []


def when_erased(erasing: Erasing) -> Erasing:
    """Register what another feature must do when a person leaves: withdraw open votes, remove drafts."""
    if erasing not in _erasings:
        _erasings.append(erasing)
    return erasing


class LastAdministrator(Conflict):
    """Nobody would be left to run the installation."""

    def __init__(self) -> None:
        super().__init__(
            "last-administrator",
            N_("You are the last administrator. Give the role to somebody else first."),
        )


def erase(session: Session, actor: Actor, tried: signing_in.Attempt, held: str = "") -> None:
    """Delete the account of the one who asks; `held` is the cookie of texts kept in this browser."""
    access.require("accounts.manage", actor)
    signing_in.succeeded(session, tried)
    if Role.ADMINISTRATOR in actor.roles and administrators(session) == 1:
        raise LastAdministrator
    account = session.get_one(Account, actor.account)
    assert account.id is not None
    for erasing in _erasings:
        erasing(session, account.id, account.participant_id)
    _forget_mail(session, account)
    for model in (SignIn, MailToken, RoleGrant):
        session.execute(delete(model).where(table(model).c.account_id == account.id))
    holding.erase(session, account.id, held)
    now = clock.now()
    account.email, account.password_hash, account.deleted_at = None, "", now
    account.confirmed_at, account.answers_by_mail = None, False
    person = update(Participant).where(table(Participant).c.id == account.participant_id)
    session.execute(person.values(name=None, erased_at=now))


def _forget_mail(session: Session, account: Account) -> None:
    """Remove messages to every address the account had, unless it is somebody else's by now."""
    assert account.id is not None
    had = links.addresses(session, account.id) | {account.email or ""}
    t = table(Account).c
    others = set(session.execute(select(t.email).where(t.email.in_(had), t.id != account.id)).scalars())
    for address in had - others:
        mail.forget(session, address)
