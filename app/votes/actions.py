"""Casting and withdrawing a vote; both can be repeated without changing anything more."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.accounts.actions import leaving
from app.consultations import queries as consultations
from app.consultations.actions.closing import require_open, tells_at_closing
from app.consultations.queries import KnownPhase
from app.contributions.models import Contribution
from app.core import access, clock, db
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.proposals import queries as proposals
from app.proposals.models import ProposalStat, VersionStat
from app.publiclog import actions as publiclog
from app.rules.ballots import check_choice, check_limit
from app.votes import queries
from app.votes.models import Ballot, Choice, Vote

_COUNTED = {Choice.SUPPORT: "supports", Choice.OPPOSE: "opposes", Choice.NEUTRAL: "neutrals"}
_b, _v, _c = (table(model).c for model in (Ballot, Vote, Contribution))
_stats, _versions = table(ProposalStat), table(VersionStat)

_BALLOT = select(_b.id, _b.h).where(_b.voter == bindparam("voter"), _b.phase_id == bindparam("phase"))
_CHOICES = (
    select(_v.proposal_id, _v.version, _v.choice, _c.code)
    .join_from(table(Vote), table(Contribution), _c.id == _v.proposal_id)
    .where(_v.ballot_id == bindparam("ballot"))
    .order_by(_c.code)
)
_COUNT = {
    (column, step): (
        update(_stats).where(_stats.c.proposal_id == bindparam("proposal")).values({column: _stats.c[column] + step}),
        update(_versions)
        .where(_versions.c.proposal_id == bindparam("proposal"), _versions.c.version == bindparam("at_version"))
        .values({column: _versions.c[column] + step}),
    )
    for column in _COUNTED.values()
    for step in (1, -1)
}
_REMOVE = delete(table(Vote)).where(_v.ballot_id == bindparam("ballot"), _v.proposal_id == bindparam("proposal"))


@db.ordered_by("proposal")
def cast(session: Session, actor: Actor, proposal_id: int, choice: Choice, at: datetime) -> queries.Box:
    """Set a person's vote on a proposal, for its present version, and give the box as it then stands.

    `at` is when it arrived. Repeating it changes nothing. Raises Denied, Conflict outside the voting phase, for a
    choice this consultation does not offer, and beyond the limit of supports a person.
    """
    proposal, phase, voter = _admit(session, actor, proposal_id, at)
    consultation = proposal.consultation
    if check_choice(consultation.voting, choice):
        raise Conflict("choice-not-offered", N_("This consultation does not offer that choice."))
    ballot, superseded = _ballot(session, voter, phase, at)
    choices = {row.proposal_id: row for row in session.execute(_CHOICES, {"ballot": ballot}).all()}
    before = choices.get(proposal_id)
    if before is not None and (before.choice, before.version) == (choice, proposal.version):
        return _box(session, actor, proposal_id)
    already = sum(1 for row in choices.values() if row.choice == Choice.SUPPORT)
    if check_limit(consultation.voting, consultation.vote_limit, already, changes=before is not None):
        raise Conflict(
            "limit-reached",
            N_("You already support %(limit)s proposals, which is the most possible here. Withdraw one vote first."),
            limit=consultation.vote_limit,
        )
    if before is not None:
        session.execute(_REMOVE, {"ballot": ballot, "proposal": proposal_id})
        _count(session, proposal_id, before.version, before.choice, -1)
    session.execute(
        insert(table(Vote)),
        {"proposal_id": proposal_id, "ballot_id": ballot, "version": proposal.version, "choice": choice},
    )
    _count(session, proposal_id, proposal.version, choice, 1)
    _commit(session, consultation.id, ballot, phase, superseded, at)
    return _box(session, actor, proposal_id)


@db.ordered_by("proposal")
def withdraw(session: Session, actor: Actor, proposal_id: int, at: datetime) -> queries.Box:
    """Remove a person's vote on a proposal, if there is one."""
    proposal, phase, voter = _admit(session, actor, proposal_id, at)
    found = session.execute(_BALLOT, {"voter": voter, "phase": phase.id}).first()
    if found is not None:
        _remove(session, proposal.consultation.id, found, phase, proposal_id, at)
    return _box(session, actor, proposal_id)


def _admit(
    session: Session, actor: Actor, proposal_id: int, at: datetime
) -> tuple[proposals.ProposalView, KnownPhase, str]:
    """The proposal, the phase that takes the vote and the voter's pseudonym; or the reason why not."""
    proposal = proposals.by_id(session, proposal_id)
    access.require("votes.cast", actor, proposal)
    phase = require_open(session, proposal.consultation, "vote", at)
    if not proposal.standing:
        raise Conflict(
            "not-standing", N_("This proposal was withdrawn or hidden, so votes on it can no longer change.")
        )
    voter = queries.voter(session, actor.participant, proposal.consultation.id)
    if voter is None:
        raise Conflict("no-voter", N_("Votes in this consultation can no longer change."))
    return proposal, phase, voter


def _ballot(session: Session, voter: str, phase: KnownPhase, at: datetime) -> tuple[int, str | None]:
    """The voter's ballot in a phase and the hash it had; made when there is none. Unique by constraint."""
    found = session.execute(_BALLOT, {"voter": voter, "phase": phase.id}).first()
    if found is not None:
        return int(found.id), found.h
    number = secrets.randbits(62)
    fresh = {"id": number, "voter": voter, "phase_id": phase.id, "hour": clock.to_the_hour(at), "nonce": b"", "h": ""}
    try:
        with session.begin_nested():
            session.execute(insert(table(Ballot)), fresh)
    except IntegrityError:  # another process made it in the same moment
        found = session.execute(_BALLOT, {"voter": voter, "phase": phase.id}).one()
        return int(found.id), found.h
    return number, None


def _commit(
    session: Session, consultation_id: int, ballot: int, phase: KnownPhase, superseded: str | None, at: datetime
) -> None:
    """Commit to the ballot's whole choice list anew and record that."""
    rows = session.execute(_CHOICES, {"ballot": ballot}).all()
    choices = [{"p": row.code, "v": row.version, "c": row.choice} for row in rows]
    made = publiclog.commit_to("ballot", {"phase": phase.id, "choices": choices})
    session.execute(
        update(table(Ballot)).where(_b.id == ballot).values(nonce=made.nonce, h=made.h, hour=clock.to_the_hour(at))
    )
    publiclog.record_ballot(session, consultation_id, at, h=made.h, s=superseded or None)


def _remove(
    session: Session, consultation_id: int, found: Any, phase: KnownPhase, proposal_id: int, at: datetime
) -> None:
    """Take one choice off a ballot; an empty ballot goes."""
    choices = {row.proposal_id: row for row in session.execute(_CHOICES, {"ballot": found.id}).all()}
    before = choices.pop(proposal_id, None)
    if before is None:
        return
    session.execute(_REMOVE, {"ballot": found.id, "proposal": proposal_id})
    _count(session, proposal_id, before.version, before.choice, -1)
    if choices:
        _commit(session, consultation_id, found.id, phase, found.h, at)
    else:
        session.execute(delete(table(Ballot)).where(_b.id == found.id))
        publiclog.record_ballot(session, consultation_id, at, type="withdraw", s=found.h)


def _count(session: Session, proposal_id: int, version: int, choice: str, step: int) -> None:
    for statement in _COUNT[_COUNTED[Choice(choice)], step]:
        session.execute(statement, {"proposal": proposal_id, "at_version": version})


@leaving.when_erased
def withdraw_open_votes(session: Session, account_id: int, participant_id: int) -> None:
    """An erased person's votes in phases not yet sealed are withdrawn; counted ones stay, unlinked."""
    for consultation_id, phase in consultations.phases_unsealed(session):
        voter = queries.voter(session, participant_id, consultation_id)
        found = session.execute(_BALLOT, {"voter": voter, "phase": phase.id}).first()
        if found is None:
            continue
        for row in session.execute(_CHOICES, {"ballot": found.id}).all():
            session.execute(_REMOVE, {"ballot": found.id, "proposal": row.proposal_id})
            _count(session, row.proposal_id, row.version, row.choice, -1)
        session.execute(delete(table(Ballot)).where(_b.id == found.id))
        publiclog.record_ballot(session, consultation_id, clock.now(), type="withdraw", s=found.h)


def _box(session: Session, actor: Actor, proposal_id: int) -> queries.Box:
    made = queries.box(session, actor, proposals.by_id(session, proposal_id))
    assert made is not None
    return made


@tells_at_closing
def ballots_at_closing(session: Session, consultation_id: int, phase_id: int) -> dict[str, Any]:
    """How many ballots are live when a phase is sealed."""
    live = session.execute(select(func.count()).select_from(table(Ballot)).where(_b.phase_id == phase_id)).scalar_one()
    return {"ballots": int(live)}
