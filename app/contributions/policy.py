"""Predicates about a contribution; the subject has `participant_id`, and `channel` where it matters."""

from typing import Any

from app.accounts.models import Role
from app.accounts.policy import SIGN_IN
from app.contributions.models import SPOKEN
from app.core.access import Actor, Reason
from app.core.i18n import N_

NOT_YOURS = Reason("not-author", N_("Only the person who wrote this may do this."))


def author(actor: Actor, subject: Any) -> Reason | None:
    """The person who wrote it."""
    if not actor.signed_in:
        return SIGN_IN
    return None if subject.participant_id is not None and subject.participant_id == actor.participant else NOT_YOURS


def author_or_enterer(actor: Actor, subject: Any) -> Reason | None:
    """The person who wrote it; for what was said on paper, at a meeting or by phone, a facilitator."""
    if actor.signed_in and Role.FACILITATOR in actor.roles and subject.channel in SPOKEN:
        return None
    return author(actor, subject)
