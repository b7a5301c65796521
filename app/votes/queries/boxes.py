"""The vote box on a proposal's page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal, select, true
from sqlmodel import Session

from app.consultations.queries import ConsultationView, KnownPhase
from app.core import access, clock
from app.core.access import Actor, Reason
from app.core.columns import table
from app.proposals.models import VersionStat
from app.proposals.queries import Votable
from app.rules import phases as rules
from app.rules.ballots import VersionTally, choices_of
from app.votes.models import Ballot, ConfirmedStat, Vote
from app.votes.queries.names import voter
from app.votes.queries.own import Own, own_in_phase


@dataclass(frozen=True)
class Counts:
    """How many votes of each kind a proposal has."""

    supports: int
    opposes: int
    neutrals: int


@dataclass(frozen=True)
class Standing:
    """A person's vote on a proposal, and how many supports they have given in the phase."""

    mine: str | None = None
    my_version: int | None = None
    used: int = 0
    my_rule: int = 0


@dataclass(frozen=True)
class Box:
    """Everything the vote box of a proposal says."""

    code: str
    url: str
    kind: str
    choices: tuple[str, ...]
    state: str
    until: datetime | None
    opens: datetime | None
    reason: Reason | None
    mine: str | None
    my_version: int | None
    version: int
    limit: int | None
    used: int
    supported: tuple[Own, ...]
    sealed: bool
    supports: int
    opposes: int
    neutrals: int
    by_version: tuple[VersionTally, ...]
    imported_supports: int
    consultation_url: str
    rule_changes: int
    rule_from: datetime | None
    my_rule: int
    confirmed: Counts | None

    @property
    def unconfirmed(self) -> bool:
        """Whether the counting rule changed since this person voted, so that they are asked to confirm."""
        return self.mine is not None and self.my_rule < self.rule_changes

    @property
    def rule_pending(self) -> bool:
        """Whether the changed rule does not apply yet."""
        return self.rule_from is not None and clock.now() < self.rule_from

    @property
    def asked_again(self) -> bool:
        """Whether the text changed since this person voted, so that they may keep or withdraw their vote."""
        return self.mine is not None and self.my_version != self.version

    @property
    def full(self) -> bool:
        """Whether this person has no support left for one more proposal."""
        return self.limit is not None and self.used >= self.limit and self.mine is None

    @property
    def total(self) -> int:
        """All votes on the proposal."""
        return self.supports + self.opposes + self.neutrals


_b, _v, _n, _t = (table(model).c for model in (Ballot, Vote, VersionStat, ConfirmedStat))
_MINE = (
    select(_v.choice, _v.version, _v.rule)
    .join_from(table(Vote), table(Ballot), _b.id == _v.ballot_id)
    .where(_v.proposal_id == bindparam("proposal"), _b.voter == bindparam("voter"))
)
_USED = (
    select(func.count())
    .select_from(table(Vote))
    .join(table(Ballot), _b.id == _v.ballot_id)
    .where(_b.voter == bindparam("voter"), _b.phase_id == bindparam("phase"), _v.choice == "support")
)
_OWN_VOTE = _MINE.subquery("own_vote")
#: A person's vote on a proposal, and how many supports they have given: one row at least.
STANDING = (
    select(_USED.scalar_subquery().label("used"), *_OWN_VOTE.c)
    .select_from(select(literal(1).label("one")).subquery("always"))
    .outerjoin(_OWN_VOTE, true())
)
_CONFIRMED = select(_t.supports, _t.opposes, _t.neutrals).where(
    _t.proposal_id == bindparam("proposal"), _t.rule == bindparam("rule")
)
_BY_VERSION = (
    select(_n.version, _n.supports, _n.opposes, _n.neutrals)
    .where(_n.proposal_id == bindparam("proposal"))
    .order_by(_n.version)
)


def voting_phase(consultation: ConsultationView) -> KnownPhase | None:
    """The phase with votes that is open, or the one that matters most now: the next, else the last."""
    voting = [phase for phase in consultation.phases if rules.VOTE in phase.acts]
    now = clock.now()
    for wanted in ("open", "counting", "upcoming"):
        for phase in voting:
            if rules.phase_state(phase, now) == wanted:
                return phase
    return voting[-1] if voting else None


def box(
    session: Session,
    actor: Actor,
    proposal: Votable,
    own: Standing | None = None,
    name: str | None = None,
    known: Standing | None = None,
) -> Box | None:
    """The vote box; None where the consultation has no voting. Counts are left out while they are sealed.

    Whoever has just changed the person's `own` vote knows how it stands, and that they may; otherwise both are read.
    Who has read it before hands it over as `known`, with the `name` under which they vote.
    """
    consultation = proposal.consultation
    phase = voting_phase(consultation)
    if phase is None:
        return None
    state = "cancelled" if consultation.cancelled_at else rules.phase_state(phase, clock.now())
    reason = access.refusal("votes.cast", actor, proposal) if own is None else None
    own = own or known
    if own is None and name is None:
        name = voter(session, actor.participant, consultation.id)
    own = own or _standing(session, proposal, phase, name)
    full = consultation.vote_limit is not None and own.used >= consultation.vote_limit and own.mine is None
    sealed = not consultation.counts_shown
    return Box(
        code=proposal.code,
        url=proposal.url,
        kind=consultation.voting,
        choices=choices_of(consultation.voting),
        state=_box_state(proposal, state),
        until=phase.end,
        opens=phase.opens,
        reason=reason,
        mine=own.mine,
        my_version=own.my_version,
        version=proposal.version,
        limit=consultation.vote_limit,
        used=own.used if consultation.voting == "limited" else 0,
        supported=tuple(own_in_phase(session, phase.id, name)) if full and name else (),
        sealed=sealed,
        supports=0 if sealed else proposal.supports,
        opposes=0 if sealed else proposal.opposes,
        neutrals=0 if sealed else proposal.neutrals,
        by_version=() if sealed or proposal.version == 1 else _by_version(session, proposal.id),
        imported_supports=proposal.imported_supports,
        consultation_url=consultation.url,
        rule_changes=consultation.rule_changes,
        rule_from=consultation.rule_from,
        my_rule=own.my_rule,
        confirmed=_confirmed(session, proposal) if consultation.rule_changes and not sealed else None,
    )


def _box_state(proposal: Votable, state: str) -> str:
    """What the box is about: the phase, or that people now vote elsewhere, or not at all."""
    if proposal.shown and proposal.merged and proposal.withdrawn_at is None:
        return "merged" if state == "open" else state
    return state if proposal.standing else "over"


def _confirmed(session: Session, proposal: Votable) -> Counts:
    """The votes on a proposal that agree to what is asked and what follows as it now is."""
    values = {"proposal": proposal.id, "rule": proposal.consultation.rule_changes}
    row = session.execute(_CONFIRMED, values).first()
    return Counts(*row) if row else Counts(0, 0, 0)


def _standing(session: Session, proposal: Votable, phase: KnownPhase, name: str | None) -> Standing:
    if name is None:
        return Standing()
    values = {"proposal": proposal.id, "voter": name, "phase": phase.id}
    if proposal.consultation.voting == "limited":
        return as_standing(session.execute(STANDING, values).first())
    mine = session.execute(_MINE, values).first()
    return Standing(mine.choice, mine.version, 0, mine.rule) if mine else Standing()


def as_standing(row: Any) -> Standing:
    """A row of `STANDING`."""
    return Standing(row.choice, row.version, row.used or 0, row.rule or 0)


def _by_version(session: Session, proposal_id: int) -> tuple[VersionTally, ...]:
    rows = session.execute(_BY_VERSION, {"proposal": proposal_id}).all()
    return tuple(VersionTally(*row) for row in rows)
