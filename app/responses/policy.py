"""Predicates about an official answer."""

from typing import Any

from app.accounts.models import Role
from app.contributions.models import Channel
from app.contributions.policy import author
from app.core.access import Actor, Reason

ELSEWHERE = frozenset({Channel.PAPER, Channel.MEETING, Channel.PHONE})


def author_or_enterer(actor: Actor, subject: Any) -> Reason | None:
    """The person who wrote it; for what was said on paper, at a meeting or by phone, a facilitator."""
    if actor.signed_in and Role.FACILITATOR in actor.roles and subject.channel in ELSEWHERE:
        return None
    return author(actor, subject)
