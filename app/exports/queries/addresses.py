"""The addresses of everything the public may read, in parts by the numbers of their rows.

A part is one query whose rows are fetched a few at a time: it costs the same memory however much there is. Since a
part is a range of row numbers, it has at most that many addresses and never has to be counted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from app.consultations.models import Consultation, ConsultationChange
from app.contributions.models import Contribution, Visibility
from app.core import db
from app.core.columns import table
from app.decisions.models import Decision
from app.offices.models import Office
from app.proposals.models import Proposal, ProposalVersion
from app.responses.models import Answer
from app.rules.decision_numbers import decision_number

#: How many addresses a part has at most: what the format allows.
PART = 50_000
_FETCHED = 500
#: Pages that are there from the start.
PLAIN = ("/", "/consultations", "/offices", "/about", "/rules", "/privacy", "/terms", "/accessibility", "/contact")


@dataclass(frozen=True)
class Place:
    """An address, and when what is there last changed, where that is known."""

    path: str
    changed_at: datetime | None = None


_k, _g, _c, _p, _v, _a, _d, _o = (
    table(model).c
    for model in (
        Consultation, ConsultationChange, Contribution, Proposal, ProposalVersion, Answer, Decision, Office
    )
)  # fmt: skip


def _within(number: Any) -> tuple[Any, Any]:
    return number > bindparam("after"), number <= bindparam("upto")


_CHANGED = select(func.max(_g.at)).where(_g.consultation_id == _k.id).correlate(table(Consultation)).scalar_subquery()
_ANSWERED = select(func.max(_a.published_at)).where(_a.contribution_id == _p.id).correlate(table(Proposal))
_CONSULTATIONS = select(_k.slug, _k.opened_at, _k.cancelled_at, _k.decided_at, _CHANGED.label("changed_at")).where(
    _k.opened_at.is_not(None), *_within(_k.id)
)
_PROPOSALS = (
    select(_c.code, _v.at, _ANSWERED.scalar_subquery().label("answered_at"))
    .select_from(table(Proposal))
    .join(table(Contribution), _c.id == _p.id)
    .join(table(Consultation), _k.id == _p.consultation_id)
    .join(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .where(
        _k.opened_at.is_not(None), _c.visibility == Visibility.PUBLIC, _p.withdrawn_at.is_(None), *_within(_p.id)
    )
)  # fmt: skip
_DECISIONS = (
    select(_d.year, _d.number, _d.published_at)
    .join_from(table(Decision), table(Consultation), _k.id == _d.consultation_id)
    .where(
        _k.opened_at.is_not(None), _d.number.is_not(None), _d.published_at.is_not(None), *_within(_d.id)
    )
)  # fmt: skip
_OFFICES = select(_o.slug).where(_o.closed_at.is_(None), *_within(_o.id))


def _latest(*instants: datetime | None) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)


def _consultation(row: Any) -> Place:
    return Place(f"/consultations/{row.slug}", _latest(row.opened_at, row.cancelled_at, row.decided_at, row.changed_at))


def _proposal(row: Any) -> Place:
    return Place(f"/proposals/{row.code}", _latest(row.at, row.answered_at))


def _decision(row: Any) -> Place:
    return Place(f"/decisions/{decision_number(row.year, row.number)}", row.published_at)


@dataclass(frozen=True)
class _Kind:
    """One kind of pages: the number that orders it, how it is read, and how a row becomes an address."""

    number: Any
    statement: Select[Any]
    place: Callable[[Any], Place]

    @property
    def ordered(self) -> Select[Any]:
        return self.statement.order_by(self.number)


KINDS = {
    "consultations": _Kind(_k.id, _CONSULTATIONS, _consultation),
    "proposals": _Kind(_p.id, _PROPOSALS, _proposal),
    "decisions": _Kind(_d.id, _DECISIONS, _decision),
    "offices": _Kind(_o.id, _OFFICES, lambda row: Place(f"/offices/{row.slug}")),
}
_LAST = select(*(select(func.max(kind.number)).scalar_subquery().label(name) for name, kind in KINDS.items()))


def parts() -> Iterator[tuple[str, int]]:
    """The kind and number of every part there is; a single query."""
    with db.reading() as session:
        last = session.execute(_LAST).one()
    for name in KINDS:
        for part in range(1, -(-(getattr(last, name) or 0) // PART) + 1):
            yield name, part


def places(kind: str, part: int) -> Iterator[Place]:
    """The addresses of one part."""
    found = KINDS[kind]
    within = {"after": (part - 1) * PART, "upto": part * PART}
    with db.reading() as session:
        for row in session.execute(found.ordered, within, execution_options={"yield_per": _FETCHED}):
            yield found.place(row)
