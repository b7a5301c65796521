"""Reads about votes: the box on a proposal's page, one person's own votes, and what counting needs."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from app.consultations.models import ConsultationPhase
from app.consultations.queries import ConsultationView, tells_who_took_part
from app.core import keys
from app.core.columns import table
from app.proposals.models import Proposal
from app.rules import phases as rules
from app.rules.pseudonyms import consultation_key, pid
from app.votes.models import Ballot, Vote
from app.votes.queries.boxes import Box, Counts, Standing, box, voting_phase
from app.votes.queries.groups import in_group, together, together_by_rule
from app.votes.queries.names import SALT, pseudonym, voter
from app.votes.queries.own import Own, choices_on, own, own_not_counted

__all__ = [
    "Box",
    "Counts",
    "Own",
    "Standing",
    "ballots",
    "box",
    "choices_on",
    "in_group",
    "marks",
    "own",
    "own_not_counted",
    "pseudonym",
    "together",
    "together_by_rule",
    "took_part",
    "voter",
    "voters",
    "voting_phase",
]


_b, _v, _p, _h = (table(model).c for model in (Ballot, Vote, Proposal, ConsultationPhase))


def voters(session: Session, consultation: ConsultationView) -> int:
    """How many people have a ballot in a consultation; whoever voted in several phases is one person."""
    voting = [phase.id for phase in consultation.phases if rules.VOTE in phase.acts]
    return int(session.execute(select(func.count(_b.voter.distinct())).where(_b.phase_id.in_(voting))).scalar_one())


def ballots(session: Session, consultation: ConsultationView, rule: int = 0) -> int:
    """How many ballots a consultation has: one for each person and voting phase.

    With `rule` only those with a vote that agrees to so many changes of the counting rule.
    """
    voting = [phase.id for phase in consultation.phases if rules.VOTE in phase.acts]
    live = select(func.count(_b.id)).where(_b.phase_id.in_(voting))
    if rule:
        live = live.where(_b.id.in_(select(_v.ballot_id).where(_v.rule == rule)))
    return int(session.execute(live).scalar_one())


@tells_who_took_part
def took_part(session: Session, consultation_id: int, participants: Collection[int]) -> set[int]:
    """Those of some participants who have a ballot in a consultation; the answer is not stored anywhere."""
    salt = session.execute(SALT, {"consultation": consultation_id}).scalar()
    if salt is None:
        return set()
    key = consultation_key(keys.master(), salt)
    names = {pid(key, participant): participant for participant in participants}
    voting = select(_h.id).where(_h.consultation_id == consultation_id)
    found = session.execute(select(_b.voter).where(_b.voter.in_(list(names)), _b.phase_id.in_(voting))).scalars()
    return {names[name] for name in found}


def marks(session: Session, consultation_id: int) -> Sequence[Any]:
    """Every vote of a consultation as (proposal, version, choice), for counting; nobody's name is in it."""
    query = (
        select(_v.proposal_id, _v.version, _v.choice, _v.rule)
        .join_from(table(Vote), table(Proposal), _p.id == _v.proposal_id)
        .where(_p.consultation_id == consultation_id)
    )
    return session.execute(query).all()
