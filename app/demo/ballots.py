"""Many ballots at once, for the demonstration and for measuring: stored in bulk, yet as voting would store them."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any, TypeVar

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.accounts.models import Participant
from app.consultations.models import ConsultationPhase
from app.contributions.models import Contribution
from app.core import clock
from app.core.columns import table
from app.proposals.models import Proposal, ProposalStat, VersionStat
from app.publiclog import actions as publiclog
from app.publiclog.models import Event
from app.rules.canonical import canonical
from app.votes import queries as votes
from app.votes.models import Ballot, Vote

CHUNK = 1000
#: The choices of one person: proposal to choice.
Choices = Mapping[int, str]
_COLUMNS = {"support": "supports", "oppose": "opposes", "neutral": "neutrals"}
T = TypeVar("T")


def newcomers(session: Session, number: int) -> list[int]:
    """People without a name or an account."""
    row = {"name": None, "created_at": clock.now(), "erased_at": None}
    made = insert(table(Participant)).returning(table(Participant).c.id, sort_by_parameter_order=True)
    found: list[int] = []
    for size in (min(CHUNK, number - start) for start in range(0, number, CHUNK)):
        found += session.execute(made, [row] * size).scalars()
    return found


def cast_many(
    session: Session, phase: ConsultationPhase, ballots: Iterable[tuple[int, Choices]], random: Random, until: datetime
) -> None:
    """Cast whole ballots (participant, choices) in a voting phase, each some time before `until`.

    Nobody may have a ballot in the phase yet: the database refuses a second one.
    """
    proposals = _standing(session, phase.consultation_id)
    hours = max(1, int((until - phase.opens_at) / timedelta(hours=1)))
    counted: Counter[tuple[int, int, str]] = Counter()
    assert phase.id is not None
    for some in chunks(((who, choices) for who, choices in ballots if choices), CHUNK):
        rows, marks, events = [], [], []
        for participant, choices in some:
            hour = clock.to_the_hour(phase.opens_at + timedelta(hours=random.randrange(hours)))
            ballot, its_marks, event = _ballot(session, phase, participant, choices, proposals, hour)
            rows.append(ballot)
            marks += its_marks
            events.append(event)
        for model, new in ((Ballot, rows), (Vote, marks), (Event, events)):
            session.execute(insert(table(model)), new)
        counted.update((mark["proposal_id"], mark["version"], mark["choice"]) for mark in marks)
    _count(session, counted)


def chunks(items: Iterable[T], size: int) -> Iterable[list[T]]:
    """Items in lists of at most a size."""
    waiting = iter(items)
    while some := list(islice(waiting, size)):
        yield some


def _standing(session: Session, consultation_id: int) -> dict[int, tuple[str, int]]:
    """The code and present version of each proposal."""
    p, c = table(Proposal).c, table(Contribution).c
    query = select(p.id, c.code, p.version).join_from(table(Proposal), table(Contribution), c.id == p.id)
    return {
        row.id: (row.code, row.version) for row in session.execute(query.where(p.consultation_id == consultation_id))
    }


def _ballot(
    session: Session,
    phase: ConsultationPhase,
    participant: int,
    choices: Choices,
    proposals: Mapping[int, tuple[str, int]],
    hour: datetime,
) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """The rows of one ballot: itself, its votes, and the event that tells of it."""
    number = secrets.randbits(62)
    listed = sorted((proposals[proposal][0], proposals[proposal][1], choice) for proposal, choice in choices.items())
    made = publiclog.commit_to(
        "ballot",
        {"phase": phase.id, "choices": [{"p": code, "v": version, "c": choice} for code, version, choice in listed]},
    )
    ballot = {
        "id": number,
        "voter": votes.voter(session, participant, phase.consultation_id),
        "phase_id": phase.id,
        "hour": hour,
        "nonce": made.nonce,
        "h": made.h,
    }
    marks = [
        {"proposal_id": proposal, "ballot_id": number, "version": proposals[proposal][1], "choice": choice}
        for proposal, choice in choices.items()
    ]
    body = {"v": 1, "t": "ballot", "c": str(phase.consultation_id), "h": made.h}
    event = {
        "id": -secrets.randbits(62) - 1,
        "type": "ballot",
        "consultation_id": phase.consultation_id,
        "body": canonical(body).decode(),
        "subject_kind": "ballot",
        "subject_id": 0,
        "at": hour,
    }
    return ballot, marks, event


def _count(session: Session, counted: Counter[tuple[int, int, str]]) -> None:
    """Add the votes to the counters of proposals and versions."""
    by_proposal: dict[int, Counter[str]] = {}
    by_version: dict[tuple[int, int], Counter[str]] = {}
    for (proposal, version, choice), number in counted.items():
        by_proposal.setdefault(proposal, Counter())[choice] += number
        by_version.setdefault((proposal, version), Counter())[choice] += number
    stats, versions = table(ProposalStat), table(VersionStat)
    of_proposal = update(stats).where(stats.c.proposal_id == bindparam("proposal"))
    of_version = update(versions).where(
        versions.c.proposal_id == bindparam("proposal"), versions.c.version == bindparam("at_version")
    )
    _add(session, of_proposal, stats, [{"proposal": number} | _steps(by) for number, by in by_proposal.items()])
    _add(
        session, of_version, versions,
        [{"proposal": number, "at_version": version} | _steps(by) for (number, version), by in by_version.items()],
    )  # fmt: skip


def _steps(by: Counter[str]) -> dict[str, int]:
    return {f"more_{choice}": by[choice] for choice in _COLUMNS}


def _add(session: Session, statement: Any, counters: Any, rows: list[dict[str, int]]) -> None:
    more = {column: counters.c[column] + bindparam(f"more_{choice}") for choice, column in _COLUMNS.items()}
    if rows:
        session.connection().execute(statement.values(more), rows)
