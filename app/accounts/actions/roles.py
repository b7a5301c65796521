"""Giving and taking roles, and the first administrator."""

from sqlalchemy import select
from sqlmodel import Session

from app.accounts import mails
from app.accounts.actions import leaving, signing_up
from app.accounts.models import Account, Role, RoleGrant
from app.accounts.queries import ROLE_NAMES, administrators
from app.accounts.queries.people import offices
from app.core import access, clock
from app.core.access import OPERATOR, Actor, Conflict, Missing
from app.core.columns import table
from app.core.i18n import N_
from app.settings import settings

_a, _g = table(Account).c, table(RoleGrant).c


def grant(session: Session, actor: Actor, account_id: int, role: Role, office_id: int | None, base_url: str) -> bool:
    """Give somebody a role, an official's for one office; says whether it is new. Repeating it changes nothing."""
    access.require("accounts.grant", actor)
    account = session.get(Account, account_id)
    if account is None or account.email is None:
        raise Missing
    names = {office.id: office.name for office in offices(session)}
    office_id = office_id if role is Role.OFFICIAL else None
    if role is Role.OFFICIAL and office_id not in names:
        raise Conflict("no-office", N_("Choose the office this official belongs to."))
    same = (_g.account_id == account_id, _g.role == role, _g.office_id.is_not_distinct_from(office_id))
    if session.execute(select(_g.id).where(*same)).first() is not None:
        return False
    session.add(
        RoleGrant(
            account_id=account_id, role=role, office_id=office_id, granted_at=clock.now(), granted_by=actor.account
        )
    )
    if base_url:
        office = names.get(office_id, "") if office_id else ""
        mails.role_granted(session, account.email, account.lang, base_url, ROLE_NAMES[role], office)
    return True


def take(session: Session, actor: Actor, grant_id: int) -> None:
    """Take a role back; the last administrator keeps theirs."""
    access.require("accounts.grant", actor)
    held = session.get(RoleGrant, grant_id)
    if held is None:
        return
    if held.role == Role.ADMINISTRATOR and administrators(session) == 1:
        raise leaving.LastAdministrator
    session.delete(held)


def grant_by_email(session: Session, email: str, role: Role, office_slug: str) -> bool:
    """The same by address and office slug, for the command line."""
    account = session.execute(select(_a.id).where(_a.email == email.lower())).scalar_one_or_none()
    if account is None:
        raise Conflict("no-account", N_("There is no account with this address."))
    found = [office.id for office in offices(session) if office.slug == office_slug]
    return grant(session, OPERATOR, account, role, found[0] if found else None, "")


def create_first_administrator(session: Session, email: str, name: str, password_hash: str) -> int:
    """Open a confirmed account that runs the installation; refused once there is an administrator."""
    if administrators(session):
        raise Conflict("has-administrator", N_("There already is an administrator, who can give the role to others."))
    email = email.lower()
    account_id = session.execute(select(_a.id).where(_a.email == email)).scalar_one_or_none()
    if account_id is None:
        account_id = signing_up.open_account(session, email, name, password_hash, settings().default_lang)
    account = session.get_one(Account, account_id)
    account.password_hash = password_hash
    account.confirmed_at = account.confirmed_at or clock.now()
    grant(session, OPERATOR, account_id, Role.ADMINISTRATOR, None, "")
    return int(account_id)
