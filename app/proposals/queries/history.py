"""The versions of a proposal and the merges that concerned it, as steps of what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, null, select, type_coerce, union_all
from sqlmodel import Session

from app.contributions.models import Contribution
from app.core.columns import Instant, table
from app.proposals.models import Merge, MergePart, ProposalVersion
from app.proposals.queries.one import ProposalView


@dataclass(frozen=True)
class Mark:
    """A state of a text, without the text."""

    number: int
    at: datetime
    h: str


@dataclass(frozen=True)
class Joined:
    """A merge that was carried out: which became one, when, and when that was undone."""

    id: int
    into: str
    merged: tuple[str, ...]
    at: datetime
    ended_at: datetime | None

    @property
    def url(self) -> str:
        """Its address."""
        return f"/merges/{self.id}"


_v, _m, _q = (table(model).c for model in (ProposalVersion, Merge, MergePart))
_mine = table(MergePart).alias("mine").c
_target, _source = (table(Contribution).alias(name) for name in ("target", "source"))
#: Versions, and the sources of each merge, in one read.
_HISTORY = union_all(
    select(
        literal("").label("into"), _v.number, _v.at, type_coerce(null(), Instant).label("ended_at"), _v.h.label("text")
    ).where(_v.proposal_id == bindparam("proposal")),
    select(_target.c.code, _m.id, _m.carried_at, _m.ended_at, _source.c.code)
    .join_from(table(Merge), table(MergePart), (_q.merge_id == _m.id) & (_q.proposal_id != _m.target_id))
    .join(_target, _target.c.id == _m.target_id)
    .join(_source, _source.c.id == _q.proposal_id)
    .where(
        _m.id.in_(select(_mine.merge_id).where(_mine.proposal_id == bindparam("proposal"))),
        _m.carried_at.is_not(None),
    ),
)


def history(session: Session, proposal: ProposalView) -> tuple[tuple[Mark, ...], tuple[Joined, ...]]:
    """The versions of a proposal and the merges that were carried out with it, the oldest first; one query."""
    rows = session.execute(_HISTORY, {"proposal": proposal.id}).all()
    marks = sorted((Mark(row.number, row.at, row.text) for row in rows if not row.into), key=lambda mark: mark.number)
    numbers = sorted({row.number for row in rows if row.into})
    return tuple(marks), tuple(_joined([row for row in rows if row.into and row.number == it]) for it in numbers)


def _joined(rows: Sequence[Any]) -> Joined:
    first = rows[0]
    return Joined(first.number, first.into, tuple(sorted(row.text for row in rows)), first.at, first.ended_at)
