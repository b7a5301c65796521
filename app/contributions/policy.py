"""Predicates about a contribution; the subject has `participant_id`."""

from typing import Any

from app.accounts.policy import SIGN_IN
from app.core.access import Actor, Reason
from app.core.i18n import N_

NOT_YOURS = Reason("not-author", N_("Only the person who wrote this may do this."))


def author(actor: Actor, subject: Any) -> Reason | None:
    """The person who wrote it."""
    if not actor.signed_in:
        return SIGN_IN
    return None if subject.participant_id is not None and subject.participant_id == actor.participant else NOT_YOURS
