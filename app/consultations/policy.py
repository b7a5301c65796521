"""Predicates about a consultation; the subject has `office_id` and `opened_at`."""

from typing import Any

from app.accounts.policy import SIGN_IN
from app.core.access import Actor, Reason
from app.core.i18n import N_

NOT_YOURS = Reason("other-office", N_("This consultation belongs to another office. Only its officials may do this."))
YOUR_OWN = Reason(
    "own-office", N_("Your office runs this consultation and decides about it, so its officials do not vote in it.")
)
UNKNOWN = Reason("unknown", N_("There is nothing here."), 404)


def _in_charge(actor: Actor, subject: Any) -> bool:
    return actor.machine or subject.office_id in actor.offices


def of_the_office(actor: Actor, subject: Any) -> Reason | None:
    """An official of the office that opened it; a draft exists for nobody else."""
    if _in_charge(actor, subject):
        return None
    if subject.opened_at is None:
        return UNKNOWN
    return NOT_YOURS if actor.signed_in else SIGN_IN


def readable(actor: Actor, subject: Any) -> Reason | None:
    """Public once it has opened; a draft exists only for its own office."""
    return None if subject.opened_at is not None or _in_charge(actor, subject) else UNKNOWN


def not_in_charge(actor: Actor, subject: Any) -> Reason | None:
    """Nobody from the office that opened it: whoever decides does not vote."""
    return YOUR_OWN if subject.office_id in actor.offices else None
