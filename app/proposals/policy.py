"""Predicates about a proposal and about a merge; the subject has `office_id` and says whose it is."""

from typing import Any

from app.accounts.policy import SIGN_IN
from app.contributions.policy import NOT_YOURS
from app.core.access import Actor, Reason
from app.core.i18n import N_

NOT_CONCERNED = Reason("not-concerned", N_("Only the authors of these proposals and the office in charge may do this."))


def author_or_co_author(actor: Actor, subject: Any) -> Reason | None:
    """The person who wrote it, or whose proposal was merged into it."""
    if not actor.signed_in:
        return SIGN_IN
    return None if actor.participant in {subject.participant_id, *subject.co_authors} - {None} else NOT_YOURS


def author_or_office(actor: Actor, subject: Any) -> Reason | None:
    """The person who wrote it, or whose proposal was merged into it, or an official of the office in charge."""
    if actor.machine or subject.office_id in actor.offices:
        return None
    refused = author_or_co_author(actor, subject)
    return NOT_CONCERNED if refused is NOT_YOURS else refused


def concerned(actor: Actor, subject: Any) -> Reason | None:
    """An author of one of the proposals, or an official of the office in charge."""
    if actor.machine or subject.office_id in actor.offices or actor.participant in subject.authors:
        return None
    return NOT_CONCERNED if actor.signed_in else SIGN_IN
