"""A proposal as casting a vote needs it: read in one statement, because very many do it at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.models import Consultation
from app.contributions.models import Contribution
from app.core.access import Missing
from app.core.columns import table
from app.proposals.models import Proposal, ProposalStat


@dataclass(frozen=True)
class Votable(consultations.Within):
    """A proposal with its consultation, its state and its counts, without its words."""

    id: int
    code: str
    consultation: consultations.ConsultationView
    visibility: str
    withdrawn_at: datetime | None
    version: int
    supports: int
    opposes: int
    neutrals: int
    imported_supports: int
    #: What it was merged into.
    canonical_id: int | None

    @property
    def url(self) -> str:
        """Its address."""
        return f"/proposals/{self.code}"

    @property
    def shown(self) -> bool:
        """Whether its text may be read."""
        return self.visibility == "public"

    @property
    def standing(self) -> bool:
        """Whether it can still be commented on and voted for."""
        return self.visibility == "public" and self.withdrawn_at is None and not self.merged

    @property
    def merged(self) -> bool:
        """Whether it was merged into another, where people now vote and comment."""
        return self.canonical_id is not None


_p, _c, _s, _k = (table(model).c for model in (Proposal, Contribution, ProposalStat, Consultation))
#: A row for each phase of the consultation.
_VOTABLE = (
    consultations.WHOLE.add_columns(
        _p.id.label("proposal_id"),
        _c.code,
        _c.visibility,
        _p.withdrawn_at,
        _p.version,
        _s.supports,
        _s.opposes,
        _s.neutrals,
        _s.imported_supports,
        _c.canonical_id,
    )
    .join(table(Proposal), _p.consultation_id == _k.id)
    .join(table(Contribution), _c.id == _p.id)
    .join(table(ProposalStat), _s.proposal_id == _p.id)
)
#: By its `code`; others add columns.
VOTABLE_BY_CODE = _VOTABLE.where(_c.code == bindparam("code"))


def votable_by_code(session: Session, code: str) -> Votable:
    """A proposal, for a vote."""
    return votable(session, session.execute(VOTABLE_BY_CODE, {"code": code}).all())


def votable(session: Session, rows: Sequence[Any]) -> Votable:
    """The rows of one proposal as a view; Missing where there are none."""
    if not rows:
        raise Missing
    row = rows[0]
    return Votable(
        id=row.proposal_id,
        code=row.code,
        consultation=consultations.whole(session, rows),
        visibility=row.visibility,
        withdrawn_at=row.withdrawn_at,
        version=row.version,
        supports=row.supports,
        opposes=row.opposes,
        neutrals=row.neutrals,
        imported_supports=row.imported_supports,
        canonical_id=row.canonical_id,
    )
