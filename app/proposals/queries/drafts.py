"""What somebody is still writing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

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
