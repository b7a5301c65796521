"""What opening fixes, spelled so that its fingerprint can be recomputed by anyone."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.consultations.models import Charter, Consultation, ConsultationPhase, ConsultationTopic, Document, Topic
from app.consultations.queries.views import ConsultationView
from app.core.columns import table
from app.offices.models import Area, Office
from app.rules import charters
from app.rules import phases as rules
from app.rules.canonical import digest

_c, _o, _a, _p, _d, _t, _ct, _h = (
    table(model).c
    for model in (Consultation, Office, Area, ConsultationPhase, Document, Topic, ConsultationTopic, Charter)
)
_CONTENT = select(_h.content).where(_h.consultation_id == bindparam("id"))
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
    """The question, what is promised, phases, rule and documents as they stand now, ready for `canonical`.

    Opening keeps its spelling; a later public change makes another state, whose fingerprint the record names.
    """
    values = {"id": consultation_id}
    row = session.execute(_ROW, values).one()
    content = promised(session, consultation_id)
    other = {"title": row.other_title, "summary": row.other_summary, "background": row.other_background}
    return {
        "v": 2,
        "consultation": row.slug,
        "office": row.office_slug,
        "area": row.area_code,
        "topics": list(session.execute(_TOPICS, values).scalars()),
        "lang": row.lang,
        "question": {"title": row.title, "summary": row.summary, "background": row.background},
        "other": other if any(other.values()) else None,
        "charter": content or None,
        "phases": [_phase(phase) for phase in session.execute(_PHASES, values).all()],
        "documents": [
            {"sha256": it.sha256, "title": it.title, "description": it.description}
            for it in session.execute(_DOCUMENTS, values).all()
        ],
        "rule": rule_of(row, content),
        "cancelled": instant(row.cancelled_at) if row.cancelled_at else None,
    }


def promised(session: Session, consultation_id: int) -> dict[str, Any]:
    """What the office promises, as it is stored; empty for a draft without it and for what was taken over."""
    stored = session.execute(_CONTENT, {"id": consultation_id}).scalar()
    return dict(json.loads(stored)) if stored else {}


#: The code of the refusal where somebody else changed meanwhile what a form was filled in from.
MEANWHILE = "changed-meanwhile"
#: The code of the refusal where all is in order, but the person has not looked at what changes.
UNLOOKED = "unlooked"


def seen(content: dict[str, Any]) -> str:
    """The fingerprint of what is promised, by which a form tells from which state it was filled in."""
    return digest(content)


def promises(session: Session, consultation_id: int) -> charters.Promises:
    """Until when which contribution is answered; nothing is promised for what was taken over."""
    return promises_in(session.execute(_CONTENT, {"id": consultation_id}).scalar())


@lru_cache(maxsize=256)
def promises_in(stored: str | None) -> charters.Promises:
    """The same, of a charter as it is stored."""
    return charters.promises(json.loads(stored) if stored else {})


def rule_of(row: Any, content: dict[str, Any]) -> dict[str, Any]:
    """How votes are cast and counted, as it is published: an engine by its id, and integers and "p/q" for it.

    `row` has how votes are cast (a row or a view of the consultation), `content` is its charter.
    """
    return {
        "v": 1,
        **charters.rule_of(content),
        "voting": row.voting,
        "limit": row.vote_limit,
        "counts": "open" if row.open_counts else "sealed",
    }


def rule(session: Session, view: ConsultationView) -> dict[str, Any]:
    """The counting rule of a consultation as it stands."""
    return rule_of(view, promised(session, view.id))


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


def ways_of(view: ConsultationView) -> charters.Ways:
    """What people can do in a consultation, as far as its charter has to speak of it."""
    acts = frozenset().union(*(phase.acts for phase in view.phases))
    return charters.Ways(
        proposes="propose" in acts,
        comments="comment" in acts,
        votes=rules.VOTE in acts,
        kind=view.voting,
        open_counts=view.open_counts,
        votings=sum(rules.VOTE in phase.acts for phase in view.phases),
    )
