"""Writing the charter of a draft."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.consultations.actions.drafts import draft_of
from app.consultations.models import Charter
from app.core import clock
from app.core.access import Actor
from app.rules.canonical import canonical


def set_charter(session: Session, actor: Actor, consultation_id: int, content: dict[str, Any], at: datetime) -> None:
    """Give a draft its charter, in place of the one it had; whether it is whole is asked at opening."""
    draft_of(session, actor, consultation_id)
    spelled = canonical(content).decode()
    row = session.get(Charter, consultation_id)
    if row is None:
        session.add(Charter(consultation_id=consultation_id, content=spelled, saved_at=clock.now()))
    else:
        row.content, row.saved_at = spelled, clock.now()
