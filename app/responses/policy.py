"""Predicates about an official answer."""

from typing import Any

from app.accounts.models import Role
from app.accounts.policy import SIGN_IN
from app.core.access import Actor, Reason
from app.core.i18n import N_

NOT_YOURS = Reason("other-office", N_("Another office gives this answer. Only its officials may do this."))
NO_CHECKER = Reason("not-checker", N_("This is for officials of the office that answers and for legal checkers."))
NOBODY = Reason("not-answering", N_("This is for officials of an office and for legal checkers."))


def answers_for_it(actor: Actor, subject: Any) -> Reason | None:
    """An official of the office that answers."""
    if not actor.signed_in:
        return SIGN_IN
    return None if subject.owing & actor.offices else NOT_YOURS


def checks_it(actor: Actor, subject: Any) -> Reason | None:
    """An official of the office that answers, or a legal checker; nobody checks what they wrote."""
    if not actor.signed_in:
        return SIGN_IN
    return None if Role.CHECKER in actor.roles or subject.owing & actor.offices else NO_CHECKER


def works_on_answers(actor: Actor, subject: Any) -> Reason | None:
    """An official of some office, or a legal checker."""
    if not actor.signed_in:
        return SIGN_IN
    return None if {Role.OFFICIAL, Role.CHECKER} & actor.roles else NOBODY
