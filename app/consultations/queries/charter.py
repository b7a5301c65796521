"""What opening fixes, spelled so that its fingerprint can be recomputed by anyone."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.consultations.models import Consultation, ConsultationPhase, ConsultationTopic, Document, Topic
from app.core.columns import table
from app.offices.models import Area, Office

ENGINE = "count/1"

_c, _o, _a, _p, _d, _t, _ct = (
    table(model).c for model in (Consultation, Office, Area, ConsultationPhase, Document, Topic, ConsultationTopic)
)
_ROW = (
    select(table(Consultation), _o.slug.label("office_slug"), _a.code.label("area_code"))
    .select_from(table(Consultation))
    .join(table(Office), _o.id == _c.office_id)
    .outerjoin(table(Area), _a.id == _c.area_id)
    .where(_c.id == bindparam("id"))
)
_PHASES = (
    select(_p.id, _p.kind, _p.acts, _p.opens_at, _p.closes_at)
    .where(_p.consultation_id == bindparam("id"))
    .order_by(_p.id)
)
_DOCUMENTS = (
    select(_d.sha256, _d.title, _d.description)
    .where(_d.consultation_id == bindparam("id"), _d.removed_at.is_(None))
    .order_by(_d.id)
)
_TOPICS = (
    select(_t.slug)
    .join(table(ConsultationTopic), _ct.topic_id == _t.id)
    .where(_ct.consultation_id == bindparam("id"))
    .order_by(_t.slug)
)


def charter(session: Session, consultation_id: int) -> dict[str, Any]:
    """The question, the phases, the rule and the documents as they stand now, ready for `canonical`.

    Opening keeps its spelling; a later public change makes another state, whose fingerprint the record names.
    """
    values = {"id": consultation_id}
    row = session.execute(_ROW, values).one()
    other = {"title": row.other_title, "summary": row.other_summary, "background": row.other_background}
    return {
        "v": 1,
        "consultation": row.slug,
        "office": row.office_slug,
        "area": row.area_code,
        "topics": list(session.execute(_TOPICS, values).scalars()),
        "lang": row.lang,
        "question": {"title": row.title, "summary": row.summary, "background": row.background},
        "other": other if any(other.values()) else None,
        "phases": [_phase(phase) for phase in session.execute(_PHASES, values).all()],
        "documents": [
            {"sha256": it.sha256, "title": it.title, "description": it.description}
            for it in session.execute(_DOCUMENTS, values).all()
        ],
        "rule": rule_of(row),
        "cancelled": instant(row.cancelled_at) if row.cancelled_at else None,
    }


def rule_of(row: Any) -> dict[str, Any]:
    """How votes are cast and counted; nothing of it can change once the consultation is open."""
    return {
        "v": 1,
        "engine": ENGINE,
        "voting": row.voting,
        "limit": row.vote_limit,
        "counts": "open" if row.open_counts else "sealed",
    }


def instant(moment: datetime) -> str:
    """A point in time as it is published: UTC, to the second unless it has parts of one."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _phase(row: Any) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "acts": sorted(row.acts.split()),
        "opens": instant(row.opens_at),
        "closes": instant(row.closes_at),
    }
