"""Predicates about an answer that is owed; the subject has the office that owes it."""

from typing import Any

from app.accounts.policy import SIGN_IN
from app.consultations.policy import of_the_office
from app.core.access import Actor, Reason
from app.core.i18n import N_

NOT_YOURS = Reason("other-office", N_("Another office owes this answer. Only its officials may do this."))


def owes_it(actor: Actor, subject: Any) -> Reason | None:
    """An official of the office that owes the answer now."""
    if actor.machine or subject.holder_id in actor.offices:
        return None
    return NOT_YOURS if actor.signed_in else SIGN_IN


def answers_in_it(actor: Actor, subject: Any) -> Reason | None:
    """An official of the office that opened it, or of one to which an answer was handed over."""
    if getattr(subject, "owing", frozenset()) & actor.offices:
        return None
    return of_the_office(actor, subject)
