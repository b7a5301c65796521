"""What somebody is still writing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from app.consultations.models import Consultation
from app.core.columns import table
from app.proposals.models import ProposalDraft


@dataclass(frozen=True)
class Draft:
    """A text that has not been sent."""

    title: str
    body: str
    topic: str
    area: str
    saving: int
    saved_at: datetime


_d = table(ProposalDraft).c


def draft(session: Session, account: int, consultation_id: int, proposal_id: int = 0) -> Draft | None:
    """The draft of a new proposal, or of a new version of one; only ever the account's own."""
    row = session.execute(
        select(_d.title, _d.body, _d.topic, _d.area, _d.saving, _d.saved_at).where(
            _d.account_id == account, _d.consultation_id == consultation_id, _d.proposal_id == proposal_id
        )
    ).first()
    return Draft(*row) if row else None


@dataclass(frozen=True)
class Unfinished:
    """A draft among somebody's own texts."""

    title: str
    consultation: str
    url: str
    saved_at: datetime


def drafts_of(session: Session, account: int) -> list[Unfinished]:
    """What somebody is writing, the latest first."""
    k = table(Consultation).c
    query = (
        select(_d.title, k.title, k.slug, _d.saved_at)
        .join_from(table(ProposalDraft), table(Consultation), k.id == _d.consultation_id)
        .where(_d.account_id == account)
        .order_by(_d.saved_at.desc())
        .limit(50)
    )
    return [
        Unfinished(row[0], row[1], f"/consultations/{row.slug}/proposals/new", row.saved_at)
        for row in session.execute(query).all()
    ]
