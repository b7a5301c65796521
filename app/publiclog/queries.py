"""What the record says so far."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from app.core.columns import table
from app.publiclog.models import Event


def latest(session: Session) -> datetime | None:
    """When the newest event was recorded; a server whose clock is before that must not start."""
    moment: datetime | None = session.execute(select(func.max(table(Event).c.at))).scalar()
    return moment
