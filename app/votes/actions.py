"""Casting and withdrawing a vote; both can be repeated without changing anything more."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.accounts.actions import leaving
from app.consultations import queries as consultations
from app.consultations.actions.closing import require_open, tells_at_closing
from app.consultations.models import Charter, ConsultationSalt
from app.consultations.queries import KnownPhase
from app.contributions.models import Contribution
from app.core import access, clock, db
from app.core.access import Actor, Conflict, Visitor
from app.core.columns import table
from app.core.i18n import N_
from app.proposals import queries as proposals
from app.proposals.models import Proposal, ProposalStat, VersionStat
from app.publiclog import actions as publiclog
from app.rules.ballots import check_choice, check_limit
from app.rules.charters import Period, Promises
from app.votes import queries
from app.votes.models import Ballot, Choice, Vote

_COUNTED = {Choice.SUPPORT: "supports", Choice.OPPOSE: "opposes", Choice.NEUTRAL: "neutrals"}
_b, _v, _c, _salt, _charter = (table(model).c for model in (Ballot, Vote, Contribution, ConsultationSalt, Charter))
_stats, _versions = table(ProposalStat), table(VersionStat)

#: The proposal with all that decides whether somebody may vote on it, what makes them a pseudonym, and what the
#: office has promised.
_ADMITTED = (
    proposals.VOTABLE_BY_CODE.add_columns(_salt.salt, _charter.content.label("promised"))
    .outerjoin(table(ConsultationSalt), _salt.consultation_id == table(Proposal).c.consultation_id)
    .outerjoin(table(Charter), _charter.consultation_id == table(Proposal).c.consultation_id)
)
_LOCK = select(_b.id).where(_b.voter == bindparam("voter"), _b.phase_id == bindparam("phase")).with_for_update()
_PAPER = (
    select(_b.id, _b.h, _v.proposal_id, _v.version, _v.choice, _v.rule, _c.code)
    .select_from(table(Ballot))
    .outerjoin(table(Vote), _v.ballot_id == _b.id)
    .outerjoin(table(Contribution), _c.id == _v.proposal_id)
    .where(_b.voter == bindparam("voter"), _b.phase_id == bindparam("phase"))
)
_FRESH = {
    "sqlite": sqlite.insert(table(Ballot)).on_conflict_do_nothing(index_elements=["voter", "phase_id"]),
    "postgresql": postgresql.insert(table(Ballot)).on_conflict_do_nothing(index_elements=["voter", "phase_id"]),
}
_SEAL = (
    update(table(Ballot))
    .where(_b.id == bindparam("ballot"))
    .values(nonce=bindparam("new_nonce"), h=bindparam("new_h"), hour=bindparam("new_hour"))
)
_EMPTY = delete(table(Ballot)).where(_b.id == bindparam("ballot"))
#: Read again with the counting: a merge waits for the votes under way, and those after it see it here.
_MERGED_INTO = (
    select(_c.canonical_id).where(_c.id == _stats.c.proposal_id).correlate(_stats).scalar_subquery().label("merged")
)
_COUNT = (
    update(_stats)
    .where(_stats.c.proposal_id == bindparam("proposal"))
    .values({column: _stats.c[column] + bindparam(f"more_{choice}") for choice, column in _COUNTED.items()})
    .returning(_stats.c.supports, _stats.c.opposes, _stats.c.neutrals, _MERGED_INTO)
)
_COUNT_VERSION = (
    update(_versions)
    .where(_versions.c.proposal_id == bindparam("proposal"), _versions.c.version == bindparam("at_version"))
    .values({column: _versions.c[column] + bindparam(f"more_{choice}") for choice, column in _COUNTED.items()})
)
_NO_STEPS = {f"more_{choice}": 0 for choice in _COUNTED}
_ADD = insert(table(Vote))
_THIS = (_v.ballot_id == bindparam("ballot"), _v.proposal_id == bindparam("proposal"))
_MOVE = (
    update(table(Vote))
    .where(*_THIS)
    .values(version=bindparam("new_version"), choice=bindparam("new_choice"), rule=bindparam("new_rule"))
)
_CONFIRM = update(table(Vote)).where(*_THIS).values(rule=bindparam("new_rule"))
_REMOVE = delete(table(Vote)).where(*_THIS)


#: Called after a vote of support where counts are open and so many are owed an answer, with the proposal as it is.
Supported = Callable[[Session, proposals.Votable, Period, datetime], None]
_supported: list[Supported] = []


def when_supported(told: Supported) -> Supported:
    """Register what a feature above does once a proposal has the supports for which its office promised an answer.

    It is told again at each further support, with the promised time, and never while counts are sealed.
    """
    _supported.append(told)
    return told


class _Mark(NamedTuple):
    """One choice on a ballot; `rule` says how many changes of the counting rule were in force for it."""

    code: str
    version: int
    choice: str
    rule: int = 0


@dataclass
class _Paper:
    """A person's ballot while it is being changed; its row is locked, so that changes come one after another."""

    connection: Connection
    consultation: int
    phase: int
    voter: str
    number: int
    superseded: str | None
    marks: dict[int, _Mark]

    @property
    def supports(self) -> int:
        """How many proposals it supports."""
        return sum(1 for mark in self.marks.values() if mark.choice == Choice.SUPPORT)

    def remove(self, proposal: int) -> queries.Counts:
        """Take a choice off, and give the proposal's counts as they then are."""
        mark = self.marks.pop(proposal)
        self.connection.execute(_REMOVE, {"ballot": self.number, "proposal": proposal})
        return self._count(proposal, mark, None)

    def set(self, proposal: int, mark: _Mark) -> queries.Counts:
        """Put a choice on in place of what was there, and give the proposal's counts as they then are."""
        before = self.marks.get(proposal)
        row = {"proposal_id": proposal, "ballot_id": self.number, **_stored(mark)}
        if before is None:
            self.connection.execute(_ADD, row)
        else:
            changed = {f"new_{name}": value for name, value in _stored(mark).items()}
            self.connection.execute(_MOVE, {"ballot": self.number, "proposal": proposal, **changed})
        self.marks[proposal] = mark
        return self._count(proposal, before, mark)

    def _count(self, proposal: int, before: _Mark | None, after: _Mark | None) -> queries.Counts:
        """Move the counters of the proposal and of its versions from one choice to another."""
        steps = dict(_NO_STEPS)
        by_version: dict[int, dict[str, int]] = {}
        for mark, step in ((before, -1), (after, 1)):
            if mark is not None:
                steps[f"more_{mark.choice}"] += step
                by_version.setdefault(mark.version, dict(_NO_STEPS))[f"more_{mark.choice}"] += step
        for version, some in by_version.items():
            self.connection.execute(_COUNT_VERSION, {"proposal": proposal, "at_version": version, **some})
        *counted, merged = self.connection.execute(_COUNT, {"proposal": proposal, **steps}).one()
        if merged is not None and after is not None:
            raise _merged()
        return queries.Counts(*counted)

    def seal(self, at: datetime) -> None:
        """Commit to the whole choice list anew and record that; an empty ballot goes."""
        if not self.marks:
            self.connection.execute(_EMPTY, {"ballot": self.number})
            publiclog.record_ballot(self.connection, self.consultation, at, type="withdraw", s=self.superseded)
            return
        made = _commit(self.phase, self.marks)
        hour = clock.to_the_hour(at)
        self.connection.execute(
            _SEAL, {"ballot": self.number, "new_nonce": made.nonce, "new_h": made.h, "new_hour": hour}
        )
        publiclog.record_ballot(self.connection, self.consultation, at, h=made.h, s=self.superseded)


def _merged() -> Conflict:
    return Conflict(
        "merged",
        N_("This proposal was merged into another. Vote on that one; a vote given here can be kept or withdrawn."),
    )


def _stored(mark: _Mark) -> dict[str, Any]:
    return {"version": mark.version, "choice": mark.choice, "rule": mark.rule}


def _commit(phase: int, marks: Mapping[int, _Mark]) -> publiclog.Commitment:
    listed = sorted(marks.values(), key=lambda mark: mark.code)
    choices = [_committed(mark) for mark in listed]
    return publiclog.commit_to("ballot", {"phase": phase, "choices": choices})


def _committed(mark: _Mark) -> dict[str, Any]:
    """A choice as its ballot commits to it; under a rule that was changed, also to which change it agrees."""
    agreed = {"r": mark.rule} if mark.rule else {}
    return {"p": mark.code, "v": mark.version, "c": mark.choice, **agreed}


@db.ordered_by("proposal")
def cast(session: Session, who: Actor | Visitor, code: str, choice: Choice, at: datetime) -> queries.Box:
    """Set a person's vote on a proposal, for its present version, and give the box as it then stands.

    `at` is when it arrived. Repeating it changes nothing. Raises Missing, Denied, Conflict outside the voting phase,
    on what was merged, for a choice this consultation does not offer, and beyond the limit of supports a person.
    """
    actor = access.identified(session, who)
    admitted = _admit(session, actor, code, at)
    proposal, phase, voter = admitted.proposal, admitted.phase, admitted.voter
    consultation, proposal_id = proposal.consultation, proposal.id
    if proposal.merged:
        raise _merged()
    if check_choice(consultation.voting, choice):
        raise Conflict("choice-not-offered", N_("This consultation does not offer that choice."))
    paper = _paper(session, consultation.id, phase, voter, at)
    before = paper.marks.get(proposal_id)
    mark = _Mark(proposal.code, proposal.version, choice, consultation.rule_at(at))
    if before != mark:
        if check_limit(consultation.voting, consultation.vote_limit, paper.supports, changes=before is not None):
            raise Conflict(
                "limit-reached",
                N_(
                    "You already support %(limit)s proposals, which is the most possible here. Withdraw one vote first."
                ),
                limit=consultation.vote_limit,
            )
        proposal = replace(proposal, **vars(paper.set(proposal_id, mark)))
        paper.seal(at)
        if consultation.open_counts and choice == Choice.SUPPORT:
            _tell(session, proposal, consultations.promises_in(admitted.promised), at)
    own = queries.Standing(mark.choice, mark.version, paper.supports, mark.rule)
    made = queries.box(session, actor, proposal, own if queries.voting_phase(consultation) == phase else None)
    assert made is not None
    return made


def _tell(session: Session, proposal: proposals.Votable, promised: Promises, at: datetime) -> None:
    """Tell of a proposal that has enough supports for an answer, if any number is promised to be enough."""
    period = promised.threshold_period
    if promised.threshold is not None and period is not None and proposal.supports >= promised.threshold:
        for told in _supported:
            told(session, proposal, period, at)


@db.ordered_by("proposal")
def withdraw(session: Session, who: Actor | Visitor, code: str, at: datetime) -> queries.Box:
    """Remove a person's vote on a proposal, if there is one."""
    actor = access.identified(session, who)
    admitted = _admit(session, actor, code, at)
    proposal = admitted.proposal
    paper = _kept_paper(session, proposal.consultation.id, admitted.phase, admitted.voter)
    if paper is not None and proposal.id in paper.marks:
        proposal = replace(proposal, **vars(paper.remove(proposal.id)))
        paper.seal(at)
    made = queries.box(session, actor, proposal)
    assert made is not None
    return made


def confirm(session: Session, actor: Actor, consultation_id: int, at: datetime) -> int:
    """Confirm all of a person's votes under the changed counting rule, and say how many there are. Idempotent.

    Conflict outside the voting phase, where nothing is to be confirmed, and before the changed rule applies.
    """
    consultation = consultations.by_id(session, consultation_id)
    access.require("votes.cast", actor, consultation)
    phase = require_open(session, consultation, "vote", at)
    rule = consultation.rule_at(at)
    if rule < consultation.rule_changes:
        raise Conflict("not-yet", N_("The change applies from %(when)s. Confirm then."), when=consultation.rule_from)
    voter = queries.voter(session, actor.participant, consultation_id)
    paper = _kept_paper(session, consultation_id, phase, voter)
    if rule == 0 or paper is None or not paper.marks:
        raise Conflict("nothing-to-confirm", N_("You have no votes here that have to be confirmed."))
    if any(mark.rule != rule for mark in paper.marks.values()):
        paper.marks = {proposal: mark._replace(rule=rule) for proposal, mark in paper.marks.items()}
        same = {"ballot": paper.number, "new_rule": rule}  # in order, so that two who confirm do not wait in a ring
        paper.connection.execute(_CONFIRM, [same | {"proposal": proposal} for proposal in sorted(paper.marks)])
        paper.seal(at)
    return len(paper.marks)


@dataclass(frozen=True)
class _Admitted:
    """A vote that may be cast: on which proposal, in which phase, by whom; and what the office has promised."""

    proposal: proposals.Votable
    phase: KnownPhase
    voter: str
    promised: str | None


def _admit(session: Session, actor: Actor, code: str, at: datetime) -> _Admitted:
    """What a vote needs, or the reason why not."""
    rows = session.connection().execute(_ADMITTED, {"code": code}).all()
    proposal = proposals.votable(session, rows)
    access.require("votes.cast", actor, proposal)
    phase = require_open(session, proposal.consultation, "vote", at)
    if not proposal.standing and not (proposal.merged and proposal.shown):
        raise Conflict(
            "not-standing", N_("This proposal was withdrawn or hidden, so votes on it can no longer change.")
        )
    voter = queries.pseudonym(rows[0].salt, actor.participant)
    if voter is None:
        raise Conflict("no-voter", N_("Votes in this consultation can no longer change."))
    return _Admitted(proposal, phase, voter, rows[0].promised)


def _paper(session: Session, consultation_id: int, phase: KnownPhase, voter: str, at: datetime) -> _Paper:
    """The voter's ballot in a phase, made when there is none. Unique by constraint."""
    kept = _kept_paper(session, consultation_id, phase, voter)
    if kept is not None:
        return kept
    connection = session.connection()
    number = secrets.randbits(62)
    fresh = {"id": number, "voter": voter, "phase_id": phase.id, "hour": clock.to_the_hour(at), "nonce": b"", "h": ""}
    if connection.execute(_FRESH[connection.dialect.name], fresh).rowcount == 1:
        return _Paper(connection, consultation_id, phase.id, voter, number, None, {})
    made = _kept_paper(session, consultation_id, phase, voter)  # by another process, in the same moment
    assert made is not None
    return made


def _kept_paper(session: Session, consultation_id: int, phase: KnownPhase, voter: str | None) -> _Paper | None:
    connection = session.connection()
    whose = {"voter": voter, "phase": phase.id}
    if connection.dialect.name != "sqlite":  # a statement that waited for a lock shows the other rows of before it
        connection.execute(_LOCK, whose)
    rows = connection.execute(_PAPER, whose).all()
    if not rows or voter is None:
        return None
    marks = {
        row.proposal_id: _Mark(row.code, row.version, row.choice, row.rule) for row in rows if row.choice is not None
    }
    return _Paper(connection, consultation_id, phase.id, voter, rows[0].id, rows[0].h or None, marks)


@leaving.when_erased
def withdraw_open_votes(session: Session, account_id: int, participant_id: int) -> None:
    """An erased person's votes in phases not yet sealed are withdrawn; counted ones stay, unlinked."""
    for consultation_id, phase in consultations.phases_unsealed(session):
        voter = queries.voter(session, participant_id, consultation_id)
        paper = _kept_paper(session, consultation_id, phase, voter)
        if paper is not None:
            for proposal_id in list(paper.marks):
                paper.remove(proposal_id)
            paper.seal(clock.now())


@tells_at_closing
def ballots_at_closing(session: Session, consultation_id: int, phase_id: int) -> dict[str, Any]:
    """How many ballots are live when a phase is sealed."""
    live = session.execute(select(func.count()).select_from(table(Ballot)).where(_b.phase_id == phase_id)).scalar_one()
    return {"ballots": int(live)}
