"""Opening: the moment from which the rule is fixed and the public takes part."""

import secrets
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from app.consultations import queries
from app.consultations.actions.drafts import draft_of
from app.consultations.models import ConsultationPhase, ConsultationSalt
from app.core import clock, indexing
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.publiclog import actions as publiclog
from app.rules.canonical import canonical, digest


def open(session: Session, actor: Actor, consultation_id: int, at: datetime) -> None:
    """Open a draft that lacks nothing: fix its charter and rule, make its secret, and say so in the record.

    No phase has begun before: what was to open earlier begins at this moment, and the charter says so.
    """
    draft = draft_of(session, actor, consultation_id)
    now = clock.now()
    view = queries.by_id(session, consultation_id)
    if any(not condition.met for condition in queries.lacking(session, view)):
        raise Conflict("incomplete", N_("This consultation cannot open yet. The list below says what is missing."))
    session.flush()
    p = table(ConsultationPhase).c
    earlier = (p.consultation_id == consultation_id, p.opens_at < now)
    minute = now.replace(second=0, microsecond=0)  # as the date fields of paper entries count
    session.execute(update(table(ConsultationPhase)).where(*earlier).values(opens_at=minute))
    charter = queries.charter(session, consultation_id)
    draft.opened_at = now
    draft.frozen = canonical(charter).decode()
    draft.frozen_hash = digest(charter)
    session.add(ConsultationSalt(consultation_id=consultation_id, salt=secrets.token_bytes(32)))
    publiclog.record(
        session,
        "open",
        consultation_id,
        ("consultation", consultation_id),
        charter=draft.frozen_hash,
        rule=digest(charter["rule"]),
        elig="email",
    )
    indexing.changed(session, "consultation", [consultation_id])
