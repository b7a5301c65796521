"""Until when an answer is owed, by what the office promised."""

from datetime import datetime

from sqlmodel import Session

from app.consultations.queries import ConsultationView, promises
from app.contributions.models import Kind as Contributed
from app.obligations.queries.calendar import working_days
from app.rules.charters import NOTHING_PROMISED, Period, Promises
from app.rules.obligations import due

#: How long a second look takes where the office has promised nothing about such contributions, in working days.
SECOND_LOOK = 10


def due_after(session: Session, start: datetime, period: Period) -> datetime:
    """The due instant of a period that begins with `start`."""
    return due(start, period.days, working_days(session), working=period.working)


def period_for(promised: Promises, contributed: str) -> Period | None:
    """The promised time for a kind of contribution."""
    return {Contributed.PROPOSAL: promised.proposal, Contributed.COMMENT: promised.comment}.get(
        Contributed(contributed)
    )


def due_at_closing(session: Session, consultation: ConsultationView, closed_at: datetime) -> dict[str, datetime]:
    """Until when each kind of contribution is answered once its consultation has closed.

    A consultation that opened before offices promised periods has a review phase in which it answers proposals.
    """
    promised = promises(session, consultation.id)
    found = {
        str(kind): due_after(session, closed_at, period)
        for kind in Contributed
        if (period := period_for(promised, kind)) is not None
    }
    review = max((phase.closes for phase in consultation.phases if phase.kind == "review"), default=None)
    if promised == NOTHING_PROMISED and not consultation.imported_from and review is not None and review > closed_at:
        return {str(Contributed.PROPOSAL): review}
    return found


def due_of_second_look(session: Session, consultation_id: int, contributed: str, start: datetime) -> datetime:
    """Until when somebody else looks again at what did not answer its author."""
    period = period_for(promises(session, consultation_id), contributed)
    return due_after(session, start, period or Period(SECOND_LOOK, working=True))
