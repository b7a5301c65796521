"""The closed consultation that foreign contributions are browsed in."""

from datetime import datetime, timedelta

from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.models import Consultation, ConsultationPhase, PhaseKind
from app.core import access, clock, indexing
from app.core.access import Actor
from app.publiclog import actions as publiclog
from app.rules.canonical import canonical, digest
from app.rules.phases import acts_of


def make(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    title: str,
    summary: str,
    lang: str,
    office_id: int,
    source: str,
    span: tuple[datetime, datetime],
) -> int:
    """Make a consultation that was open from the first foreign contribution to the last, and is over."""
    access.require("consultations.arrange", actor)
    first, last = span[0], min(span[1] + timedelta(days=1), clock.now())
    row = Consultation(
        slug=slug,
        office_id=office_id,
        lang=lang,
        title=title,
        summary=summary,
        created_at=clock.now(),
        opened_at=first,
        imported_from=source,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    kind = PhaseKind.PROPOSALS
    phase = ConsultationPhase(
        consultation_id=row.id,
        kind=kind,
        acts=" ".join(sorted(acts_of(kind))),
        opens_at=first,
        closes_at=last,
        ended_at=last,
        counted_at=last,
    )
    session.add(phase)
    session.flush()
    assert phase.id is not None
    charter = consultations.charter(session, row.id)
    row.frozen, row.frozen_hash = canonical(charter).decode(), digest(charter)
    subject = ("consultation", row.id)
    rule = digest(charter["rule"])
    publiclog.record(session, "open", row.id, subject, charter=row.frozen_hash, rule=rule, elig="imported")
    publiclog.record(session, "close", row.id, ("phase", phase.id), phase=str(kind))
    indexing.changed(session, "consultation", [row.id])
    return row.id
