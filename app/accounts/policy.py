"""Predicates about the person who acts."""

from typing import Any

from app.accounts.models import Role
from app.core.access import Actor, Reason
from app.core.i18n import N_

SIGN_IN = Reason("signed-out", N_("Sign in to do this."), 401)
CONFIRM = Reason(
    "unconfirmed",
    N_("Confirm your e-mail address first. The link is in the message we sent you; your account page sends it again."),
)
OFFICIAL = Reason("not-official", N_("This is for officials of an office."))
FACILITATOR = Reason("not-facilitator", N_("This is for facilitators."))
MODERATOR = Reason("not-moderator", N_("This is for moderators."))
ADMINISTRATOR = Reason("not-administrator", N_("This is for administrators."))


def anyone(actor: Actor, subject: Any) -> Reason | None:
    """Open to all."""
    return None


def signed_in(actor: Actor, subject: Any) -> Reason | None:
    """Somebody with an account."""
    return None if actor.signed_in or actor.machine else SIGN_IN


def confirmed(actor: Actor, subject: Any) -> Reason | None:
    """Somebody whose address is known to be theirs."""
    if actor.machine:
        return None
    return SIGN_IN if not actor.signed_in else None if actor.confirmed else CONFIRM


def _holds(actor: Actor, role: Role, otherwise: Reason) -> Reason | None:
    if actor.machine:
        return None
    return SIGN_IN if not actor.signed_in else None if role in actor.roles else otherwise


def official(actor: Actor, subject: Any) -> Reason | None:
    """An official of some office."""
    return _holds(actor, Role.OFFICIAL, OFFICIAL)


def facilitator(actor: Actor, subject: Any) -> Reason | None:
    """Somebody who enters what was said elsewhere."""
    return _holds(actor, Role.FACILITATOR, FACILITATOR)


def moderator(actor: Actor, subject: Any) -> Reason | None:
    """Somebody who keeps the place lawful and civil."""
    return _holds(actor, Role.MODERATOR, MODERATOR)


def administrator(actor: Actor, subject: Any) -> Reason | None:
    """Somebody who runs the installation."""
    return _holds(actor, Role.ADMINISTRATOR, ADMINISTRATOR)
