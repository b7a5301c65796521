"""What an amendment reopens, decided by the rules from the phases as they are stored."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from app.consultations import queries
from app.consultations.models import ConsultationPhase
from app.core.access import Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.rules import charters
from app.rules import phases as rules

_REFUSED = {
    charters.Change.VOTES_CAST: N_(
        "Voting is over. The question, and what votes bring about, can no longer be changed."
    ),
    charters.Change.STILL_PENDING: N_("The last change of this kind applies from %(when)s. Wait until then."),
    charters.Change.NO_TIME: N_(
        "Voters need at least three days to confirm their votes, and voting closes before. Move its closing date first."
    ),
}


def reopening(session: Session, consultation_id: int, changed: Collection[str], now: datetime) -> charters.Reopening:
    """What a change of these parts reopens; Conflict where voters could no longer confirm their votes."""
    lock_phases(session, consultation_id)
    view = queries.by_id(session, consultation_id)
    voting = [phase for phase in view.phases if rules.VOTE in phase.acts]
    decided = charters.reopening(changed, voting, now, view.rule_from)
    if isinstance(decided, charters.Change):
        raise Conflict(decided.value, _REFUSED[decided], when=view.rule_from)
    return decided


def lock_phases(session: Session, consultation_id: int) -> None:
    """Keep votes and contributions that are being stored from passing by this act."""
    p = table(ConsultationPhase).c
    session.execute(select(p.id).where(p.consultation_id == consultation_id).order_by(p.id).with_for_update())
