"""How an answer comes to be owed: at closing, by enough supporters, by a question, by something entered late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.comments.actions import when_asked
from app.comments.models import Comment
from app.consultations import queries as consultations
from app.consultations.actions.closing import tells_at_closing
from app.consultations.queries import ConsultationView
from app.consultations.queries.charter import instant
from app.contributions.actions import when_entered
from app.contributions.models import Contribution, Visibility
from app.core import clock, jobs
from app.core.columns import table
from app.obligations import queries
from app.obligations.models import Kind, Obligation
from app.offices.models import Office
from app.proposals.models import Proposal, ProposalStat
from app.proposals.queries import Votable
from app.publiclog import actions as publiclog
from app.rules.charters import Period
from app.rules.phases import VOTE
from app.votes.actions import when_supported

#: How many arise in one act, so that the writer is not held for long.
CHUNK = 100
#: A part of what is still to arise: its kind, its dates, and how far it has come.
Step = dict[str, Any]
_BEGINNING = "1900-01-01T00:00:00+00:00"

_o, _c, _p, _m, _s = (table(model).c for model in (Obligation, Contribution, Proposal, Comment, ProposalStat))
_FRESH = {
    dialect.name: made.insert(table(Obligation))
    .on_conflict_do_nothing(index_elements=["contribution_id", "kind"])
    .returning(_o.contribution_id)
    for dialect, made in ((sqlite.dialect, sqlite), (postgresql.dialect, postgresql))
}
_OFFICE = select(table(Office).c.slug).where(table(Office).c.id == bindparam("office"))
#: What stands in a consultation and is owed nothing yet, in the order of its index.
_WAITING = (
    select(_c.id, _c.code, _c.received_at)
    .select_from(table(Contribution))
    .outerjoin(table(Proposal), _p.id == _c.id)
    .outerjoin(table(Comment), _m.id == _c.id)
    .where(
        _c.consultation_id == bindparam("consultation"),
        _c.kind == bindparam("contributed"),
        or_(
            _c.received_at > bindparam("after_at", type_=_c.received_at.type),
            (_c.received_at == bindparam("after_at", type_=_c.received_at.type)) & (_c.id > bindparam("after")),
        ),
        _c.visibility != Visibility.WITHDRAWN,
        _p.withdrawn_at.is_(None),
        _m.removed_at.is_(None),
        ~exists().where(_o.contribution_id == _c.id),
    )
    .order_by(_c.received_at, _c.id)
    .limit(bindparam("most"))
)
_SUPPORTED = (
    select(_c.id, _c.code, _c.received_at)
    .select_from(table(Proposal))
    .join(table(Contribution), _c.id == _p.id)
    .join(table(ProposalStat), _s.proposal_id == _p.id)
    .where(
        _p.consultation_id == bindparam("consultation"),
        _p.id > bindparam("after"),
        _p.withdrawn_at.is_(None),
        _s.supports >= bindparam("threshold"),
        ~exists().where(_o.contribution_id == _c.id),
    )
    .order_by(_c.id)
    .limit(bindparam("most"))
)
_OWED = select(_o.id).where(_o.contribution_id == bindparam("contribution")).limit(1)


@dataclass(frozen=True)
class Owed:
    """A contribution that is owed an answer."""

    contribution: int
    code: str


def arise(
    session: Session,
    kind: Kind,
    consultation_id: int,
    office_id: int,
    arose_at: datetime,
    due_at: datetime,
    owed: Sequence[Owed],
    *,
    answer_id: int | None = None,
) -> int:
    """Let answers be owed until `due_at`, and record it; says how many were not owed before. Exactly once each."""
    if not owed:
        return 0
    common = {
        "consultation_id": consultation_id,
        "kind": str(kind),
        "first_office_id": office_id,
        "office_id": office_id,
        "arose_at": arose_at,
        "due_at": due_at,
        "due_month": queries.month_of(due_at),
        "answer_id": answer_id,
    }
    session.flush()
    connection = session.connection()
    rows = [common | {"contribution_id": one.contribution} for one in owed]
    fresh = set(connection.execute(_FRESH[connection.dialect.name], rows).scalars())
    office = session.execute(_OFFICE, {"office": office_id}).scalar_one()
    for one in owed:
        if one.contribution in fresh:
            publiclog.record(
                session,
                "commit",
                consultation_id,
                ("contribution", one.contribution),
                code=one.code,
                state="owed",
                kind=str(kind),
                office=office,
                due=instant(due_at),
            )
    return len(fresh)


# -- closing ---------------------------------------------------------------------------------------


@tells_at_closing
def owed_at_closing(session: Session, consultation_id: int, phase_id: int) -> dict[str, Any]:
    """When the last phase in which people act is sealed, everything put in is owed what was promised.

    The first part is owed at once, the rest follows in jobs. Where counts were sealed, only now may it show who
    has enough supporters.
    """
    session.flush()
    consultation = consultations.by_id(session, consultation_id)
    sealed = next(phase for phase in consultation.phases if phase.id == phase_id)
    if consultation.cancelled_at is not None or not sealed.acts:
        return {}
    plan = _by_support(session, consultation, sealed.end) if VOTE in sealed.acts and consultation.counted else []
    acting = [phase for phase in consultation.phases if phase.acts]
    told: dict[str, Any] = {}
    if all(phase.counted_at is not None for phase in acting):
        closed_at = max(phase.end for phase in acting)
        due = queries.due_at_closing(session, consultation, closed_at)
        plan += [_step(Kind.CLOSING, closed_at, due_at, contributed=contributed) for contributed, due_at in due.items()]
        told = {"due": {contributed: instant(due_at) for contributed, due_at in due.items()} or None}
    arise_some(session, consultation_id, plan)
    return told


def _step(kind: Kind, arose_at: datetime, due_at: datetime, **more: Any) -> Step:
    dates = {"arose_at": arose_at.isoformat(), "due_at": due_at.isoformat()}
    return {"kind": str(kind), "after": 0, "after_at": _BEGINNING} | dates | more


def _by_support(session: Session, consultation: ConsultationView, at: datetime) -> list[Step]:
    """Once all votes are counted, whoever has enough supporters is owed an answer."""
    promised = queries.promises(session, consultation.id)
    if promised.threshold is None or promised.threshold_period is None:
        return []
    due_at = queries.due_after(session, at, promised.threshold_period)
    return [_step(Kind.THRESHOLD, at, due_at, threshold=promised.threshold)]


def arise_some(session: Session, consultation_id: int, plan: list[Step]) -> None:
    """Let the next part of a plan be owed; while some of it is left, a job follows in the same transaction."""
    office_id = consultations.by_id(session, consultation_id).office_id
    room = CHUNK
    while plan and room > 0:
        step, *later = plan
        rows = session.execute(*_next(consultation_id, step, room)).all()
        kind, arose_at, due_at = Kind(step["kind"]), _read(step["arose_at"]), _read(step["due_at"])
        some = [Owed(row.id, row.code) for row in rows]
        arise(session, kind, consultation_id, office_id, arose_at, due_at, some)
        if len(rows) < room:
            plan = later
        else:
            plan = [step | {"after": rows[-1].id, "after_at": rows[-1].received_at.isoformat()}, *later]
        room -= len(rows)
    if plan:
        jobs.later(session, "obligations.arise", consultation=consultation_id, plan=plan)


def _next(consultation_id: int, step: Step, most: int) -> tuple[Any, dict[str, Any]]:
    values = {"consultation": consultation_id, "after": step["after"], "most": most}
    if step["kind"] == Kind.THRESHOLD:
        return _SUPPORTED, values | {"threshold": step["threshold"]}
    return _WAITING, values | {"contributed": step["contributed"], "after_at": _read(step["after_at"])}


def _read(stored: str) -> datetime:
    return datetime.fromisoformat(stored)


@when_entered
def entered_late(session: Session, contribution_id: int, code: str, contributed: str, consultation_id: int) -> None:
    """What was handed in within a phase but entered after the closing is owed its answer from then on."""
    consultation = consultations.by_id(session, consultation_id)
    if consultation.state != "closed":
        return
    period = queries.period_for(queries.promises(session, consultation_id), contributed)
    now = clock.now()
    due_at = (
        queries.due_after(session, now, period)
        if period is not None
        else queries.due_at_closing(session, consultation, now).get(contributed)
    )
    if due_at is not None:
        owed = [Owed(contribution_id, code)]
        arise(session, Kind.CLOSING, consultation_id, consultation.office_id, now, due_at, owed)


# -- enough supporters -----------------------------------------------------------------------------


@when_supported
def supported(session: Session, proposal: Votable, period: Period, at: datetime) -> None:
    """A proposal of a consultation with open counts has so many supports that it is owed an answer."""
    consultation = proposal.consultation
    if session.execute(_OWED, {"contribution": proposal.id}).first() is None:
        due_at = queries.due_after(session, at, period)
        owed = [Owed(proposal.id, proposal.code)]
        arise(session, Kind.THRESHOLD, consultation.id, consultation.office_id, at, due_at, owed)


# -- questions -------------------------------------------------------------------------------------


@when_asked
def asked(session: Session, consultation: ConsultationView, comment_id: int, code: str, at: datetime) -> None:
    """A comment asks the office something; an answer is owed if it promised to answer questions."""
    promised = queries.promises(session, consultation.id)
    if promised.question is not None and session.execute(_OWED, {"contribution": comment_id}).first() is None:
        due_at = queries.due_after(session, at, promised.question)
        owed = [Owed(comment_id, code)]
        arise(session, Kind.QUESTION, consultation.id, consultation.office_id, at, due_at, owed)
