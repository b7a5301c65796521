"""How much was put into a consultation."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from app.consultations.queries import ConsultationView
from app.contributions import queries as contributions
from app.contributions.models import Kind
from app.core.columns import table
from app.rules import lights as rules
from app.rules.phases import VOTE
from app.votes.models import Ballot

_b = table(Ballot).c


@dataclass(frozen=True)
class Totals:
    """How much was put into a consultation; ballots only where they may be seen."""

    proposals: int
    comments: int
    ballots: int | None
    #: Of the proposals.
    answered: int
    lights: rules.Totals


def totals(session: Session, view: ConsultationView) -> Totals:
    """What has been received so far, in two queries; contributions are counted by the database as they come."""
    received = contributions.totals(session, view.id)
    voting = [phase.id for phase in view.phases if VOTE in phase.acts]
    ballots = None
    if voting and view.counts_shown:
        ballots = int(
            session.execute(select(func.count()).select_from(table(Ballot)).where(_b.phase_id.in_(voting))).scalar_one()
        )
    proposed = received.of(Kind.PROPOSAL)
    return Totals(proposed.heard, received.of(Kind.COMMENT).heard, ballots, proposed.answered, received.all)
