"""Reads about votes: the box on a proposal's page, and one person's own votes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.models import Consultation, ConsultationPhase, ConsultationSalt
from app.consultations.queries import ConsultationView, KnownPhase, tells_who_took_part
from app.contributions.models import Contribution
from app.core import access, clock, keys
from app.core.access import Actor, Reason
from app.core.columns import table
from app.proposals.models import Proposal, VersionStat
from app.proposals.queries import Votable, tells_own_votes
from app.rules import phases as rules
from app.rules.ballots import VersionTally, choices_of
from app.rules.pseudonyms import consultation_key, pid
from app.votes.models import Ballot, ConfirmedStat, Vote


@dataclass(frozen=True)
class Own:
    """One of a person's own votes in a consultation; a hidden proposal has no title."""

    code: str
    title: str
    choice: str
    version: int
    current: int
    rule: int = 0

    @property
    def outdated(self) -> bool:
        """Whether the text changed since."""
        return self.version != self.current


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


_b, _v, _s, _p, _n, _c, _h, _t = (
    table(model).c
    for model in (
        Ballot, Vote, ConsultationSalt, Proposal, VersionStat, Contribution, ConsultationPhase, ConfirmedStat,
    )
)  # fmt: skip
_SALT = select(_s.salt).where(_s.consultation_id == bindparam("consultation"))
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
_CONFIRMED = select(_t.supports, _t.opposes, _t.neutrals).where(
    _t.proposal_id == bindparam("proposal"), _t.rule == bindparam("rule")
)
_BY_VERSION = (
    select(_n.version, _n.supports, _n.opposes, _n.neutrals)
    .where(_n.proposal_id == bindparam("proposal"))
    .order_by(_n.version)
)


def voter(session: Session, participant: int | None, consultation_id: int) -> str | None:
    """The pseudonym of a person in a consultation; none for nobody, or when the salt was destroyed."""
    if participant is None:
        return None
    return pseudonym(session.execute(_SALT, {"consultation": consultation_id}).scalar(), participant)


def pseudonym(salt: bytes | None, participant: int | None) -> str | None:
    """The same where the salt has been read."""
    if participant is None or salt is None:
        return None
    return pid(consultation_key(keys.master(), salt), participant)


def voting_phase(consultation: ConsultationView) -> KnownPhase | None:
    """The phase with votes that is open, or the one that matters most now: the next, else the last."""
    voting = [phase for phase in consultation.phases if rules.VOTE in phase.acts]
    now = clock.now()
    for wanted in ("open", "counting", "upcoming"):
        for phase in voting:
            if rules.phase_state(phase, now) == wanted:
                return phase
    return voting[-1] if voting else None


def box(session: Session, actor: Actor, proposal: Votable, own: Standing | None = None) -> Box | None:
    """The vote box; None where the consultation has no voting. Counts are left out while they are sealed.

    Whoever has just changed the person's `own` vote knows how it stands, and that they may; otherwise both are read.
    """
    consultation = proposal.consultation
    phase = voting_phase(consultation)
    if phase is None:
        return None
    state = "cancelled" if consultation.cancelled_at else rules.phase_state(phase, clock.now())
    reason = access.refusal("votes.cast", actor, proposal) if own is None else None
    name = voter(session, actor.participant, consultation.id) if own is None else None
    own = own or _standing(session, proposal, phase, name)
    full = consultation.vote_limit is not None and own.used >= consultation.vote_limit and own.mine is None
    sealed = not consultation.counts_shown
    return Box(
        code=proposal.code,
        url=proposal.url,
        kind=consultation.voting,
        choices=choices_of(consultation.voting),
        state=state if proposal.standing else "over",
        until=phase.end,
        opens=phase.opens,
        reason=reason,
        mine=own.mine,
        my_version=own.my_version,
        version=proposal.version,
        limit=consultation.vote_limit,
        used=own.used if consultation.voting == "limited" else 0,
        supported=tuple(_own(session, _OWN.where(_b.phase_id == phase.id), name)) if full and name else (),
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


def _confirmed(session: Session, proposal: Votable) -> Counts:
    """The votes on a proposal that agree to what is asked and what follows as it now is."""
    values = {"proposal": proposal.id, "rule": proposal.consultation.rule_changes}
    row = session.execute(_CONFIRMED, values).first()
    return Counts(*row) if row else Counts(0, 0, 0)


def _standing(session: Session, proposal: Votable, phase: KnownPhase, name: str | None) -> Standing:
    if name is None:
        return Standing()
    mine = session.execute(_MINE, {"proposal": proposal.id, "voter": name}).first()
    used = 0
    if proposal.consultation.voting == "limited":
        used = int(session.execute(_USED, {"voter": name, "phase": phase.id}).scalar_one())
    return Standing(mine.choice, mine.version, used, mine.rule) if mine else Standing(used=used)


def _by_version(session: Session, proposal_id: int) -> tuple[VersionTally, ...]:
    rows = session.execute(_BY_VERSION, {"proposal": proposal_id}).all()
    return tuple(VersionTally(*row) for row in rows)


_MARKED = (
    select(
        _p.consultation_id,
        _c.code,
        _p.title,
        _v.choice,
        _v.version,
        _v.rule,
        _p.version.label("current"),
        _c.visibility,
    )
    .select_from(table(Vote))
    .join(table(Ballot), _b.id == _v.ballot_id)
    .join(table(Proposal), _p.id == _v.proposal_id)
    .join(table(Contribution), _c.id == _p.id)
    .order_by(_p.id.desc())
)
_OWN = _MARKED.where(_b.voter == bindparam("voter"))
_OWN_IN_MANY = _MARKED.where(_b.voter.in_(bindparam("voters", expanding=True))).limit(bindparam("most"))
#: Every consultation with a phase that is not counted yet: a row for each of its phases.
_NOT_COUNTED = (
    consultations.WHOLE.add_columns(_s.salt)
    .join(table(ConsultationSalt), _s.consultation_id == table(Consultation).c.id)
    .where(
        table(Consultation).c.id.in_(
            select(_h.consultation_id).where(_h.counted_at.is_(None), _h.acts.contains(rules.VOTE))
        )
    )
)


def own(session: Session, participant: int, consultation_id: int) -> list[Own]:
    """A person's own votes in a consultation; nobody else's can be asked for."""
    name = voter(session, participant, consultation_id)
    return _own(session, _OWN, name) if name else []


def own_not_counted(session: Session, participant: int, most: int) -> list[tuple[ConsultationView, tuple[Own, ...]]]:
    """A person's own votes where they are not counted yet, on the latest proposals first; two queries in all."""
    rows: dict[int, list[Any]] = {}
    for row in session.execute(_NOT_COUNTED).all():
        rows.setdefault(row.id, []).append(row)
    names = [pseudonym(some[0].salt, participant) for some in rows.values()]
    cast = session.execute(_OWN_IN_MANY, {"voters": names, "most": most}).all() if names else ()
    found: dict[int, list[Own]] = {}
    for row in cast:
        found.setdefault(row.consultation_id, []).append(_as_own(row))
    return [
        (consultations.whole(session, some), tuple(found[number])) for number, some in rows.items() if number in found
    ]


def _own(session: Session, query: Select[Any], name: str) -> list[Own]:
    return [_as_own(row) for row in session.execute(query, {"voter": name}).all()]


def _as_own(row: Any) -> Own:
    title = row.title if row.visibility == "public" else ""
    return Own(row.code, title, row.choice, row.version, row.current, row.rule)


@tells_own_votes
def choices_on(
    session: Session, actor: Actor, consultation: ConsultationView, codes: Collection[str]
) -> dict[str, str]:
    """A person's own choices on the proposals of a list, by code; two queries however long the list is."""
    name = voter(session, actor.participant, consultation.id) if consultation.has_voting and codes else None
    if name is None:
        return {}
    rows = session.execute(_OWN.where(_c.code.in_(codes)), {"voter": name}).all()
    return {row.code: row.choice for row in rows}


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
    salt = session.execute(_SALT, {"consultation": consultation_id}).scalar()
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
