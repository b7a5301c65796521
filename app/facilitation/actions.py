"""Entering what somebody said elsewhere: they become a participant without an account, and get a code."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.accounts.models import Participant
from app.comments import actions as comments
from app.consultations import queries as consultations
from app.contributions.actions import Origin
from app.core import access, clock, db
from app.core.access import Actor
from app.facilitation import queries
from app.facilitation.forms import EnteredComment, EnteredProposal, Received
from app.proposals import actions as proposals
from app.proposals import queries as proposals_read

#: The same words entered again within this time are the button pressed twice.
TWICE = timedelta(minutes=10)


def enter_proposal(
    session: Session,
    actor: Actor,
    consultation_id: int,
    form: EnteredProposal,
    at: datetime,
    *,
    area_id: int | None = None,
    lang: str = "id",
) -> str:
    """Enter a proposal for somebody and give its code. Conflict where it was not received within the phase."""
    access.require("contributions.enter", actor, consultations.by_id(session, consultation_id))
    said = (consultation_id, form.title, form.body)
    if known := _entered_before(session, actor, form, lambda it: (it.consultation_id, it.title, it.body) == said):
        return known
    origin = _origin(session, form)
    return proposals.propose(session, actor, consultation_id, form, at, area_id=area_id, lang=lang, origin=origin)


@db.ordered_by("proposal")
def enter_comment(
    session: Session, actor: Actor, proposal_id: int, form: EnteredComment, at: datetime, *, lang: str = "id"
) -> str:
    """Enter a comment for somebody and give its code. Conflict where it was not received within the phase."""
    access.require("contributions.enter", actor, proposals_read.by_id(session, proposal_id))
    said = (proposal_id, form.body)
    if known := _entered_before(session, actor, form, lambda it: (it.proposal_id, it.comment) == said):
        return known
    return comments.write(session, actor, proposal_id, form, at, lang=lang, origin=_origin(session, form))


def _origin(session: Session, form: Received) -> Origin:
    """How it reached us, from a participant who exists from now on; undone with the act if that is refused."""
    person = Participant(name=form.name or None, created_at=clock.now())
    session.add(person)
    session.flush()
    return Origin(
        channel=form.channel, received_at=form.received_at, participant=person.id, identity_level="facilitated"
    )


def _entered_before(session: Session, actor: Actor, form: Received, same: Any) -> str | None:
    """The code of what this facilitator entered last, if it is this very thing by the same person."""
    last = queries.last_entered(session, actor.account)
    if last is None or clock.now() - last.entered_at > TWICE or not same(last):
        return None
    again = (last.channel, last.received_at, last.name or "") == (form.channel, form.received_at, form.name)
    return str(last.code) if again else None
