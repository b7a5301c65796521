"""Lists of consultations: found by state, topic, place and words; each a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlmodel import Session

from app.consultations.models import Consultation, ConsultationPhase, ConsultationTopic, Topic
from app.consultations.queries.views import BASE, ConsultationView, phases_of_many, view
from app.core import clock
from app.core.columns import table
from app.core.i18n import language
from app.core.paging import Key, Page, page
from app.offices import queries as offices

STATES = ("open", "closed", "decided")


@dataclass(frozen=True)
class Filters:
    """What a visitor looks for; empty means everything that was ever opened."""

    state: str = ""
    topic: str = ""
    area_id: int | None = None
    q: str = ""


@dataclass(frozen=True)
class TopicView:
    """A subject consultations and proposals are found by."""

    id: int
    slug: str
    name: str


_c, _p, _t, _ct = (table(model).c for model in (Consultation, ConsultationPhase, Topic, ConsultationTopic))
_BY = (Key("opened_at", _c.opened_at, descending=True), Key("id", _c.id, descending=True))
_LAST = (
    select(func.max(_p.closes_at))
    .where(_p.consultation_id == _c.id, _p.acts != "")
    .correlate(table(Consultation))
    .scalar_subquery()
)
_TOPICS = select(_t.id, _t.slug, _t.name, _t.name_en).order_by(_t.name, _t.id)


def listing(session: Session, filters: Filters, after: str | None) -> Page[ConsultationView]:
    """Opened consultations that fit, the newest first."""
    statement = BASE.where(_c.opened_at.is_not(None), *_conditions(session, filters))
    rows = page(session, statement, _BY, after)
    return Page(_views(session, rows.items), rows.next)


def open_now(session: Session, limit: int) -> tuple[ConsultationView, ...]:
    """Consultations in which people can act now, those that close first on top."""
    now = clock.now()
    running = and_(_p.opens_at <= now, _p.closes_at > now, _p.ended_at.is_(None), _p.acts != "")
    acting = select(_p.id).where(_p.consultation_id == _c.id, running).correlate(table(Consultation)).exists()
    fits = (_c.opened_at.is_not(None), _c.cancelled_at.is_(None), _c.decided_at.is_(None), acting)
    return _views(session, session.execute(BASE.where(*fits).order_by(_LAST, _c.id).limit(limit)).all())


def recently_decided(session: Session, limit: int) -> tuple[ConsultationView, ...]:
    """Consultations that ended with a decision, the newest first."""
    fits = (_c.opened_at.is_not(None), _c.cancelled_at.is_(None), _c.decided_at.is_not(None))
    order = (_c.decided_at.desc(), _c.id.desc())
    return _views(session, session.execute(BASE.where(*fits).order_by(*order).limit(limit)).all())


#: No consultation at all.
NOTHING: Page[ConsultationView] = Page((), None)


def all_topics(session: Session) -> list[Any]:
    """All topics with both names, for those who arrange them."""
    return list(session.execute(_TOPICS).all())


def topics(session: Session) -> tuple[TopicView, ...]:
    """All topics, by name."""
    return tuple(_topic(row) for row in session.execute(_TOPICS).all())


def topics_of_many(session: Session, ids: Iterable[int]) -> dict[int, tuple[TopicView, ...]]:
    """The topics of several consultations in one query."""
    wanted = list(ids)
    found: dict[int, list[TopicView]] = {number: [] for number in wanted}
    if wanted:
        statement = _TOPICS.add_columns(_ct.consultation_id).join(table(ConsultationTopic), _ct.topic_id == _t.id)
        for row in session.execute(statement.where(_ct.consultation_id.in_(wanted))).all():
            found[row.consultation_id].append(_topic(row))
    return {number: tuple(its) for number, its in found.items()}


def _views(session: Session, rows: Iterable[Any]) -> tuple[ConsultationView, ...]:
    found = list(rows)
    phases = phases_of_many(session, [row.id for row in found]) if found else {}
    return tuple(view(row, phases[row.id]) for row in found)


def views(session: Session, statement: Select[Any]) -> tuple[ConsultationView, ...]:
    """The consultations of a statement made from `BASE`, with their phases."""
    return _views(session, session.execute(statement).all())


def _topic(row: Any) -> TopicView:
    english = language.get() == "en" and row.name_en
    return TopicView(row.id, row.slug, row.name_en if english else row.name)


def _conditions(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state:
        found.append(_in_state(filters.state, clock.now()))
    if filters.topic:
        about = select(_ct.topic_id).join(table(Topic), _t.id == _ct.topic_id)
        found.append(
            about.where(_ct.consultation_id == _c.id, _t.slug == filters.topic).correlate(table(Consultation)).exists()
        )
    if filters.area_id is not None:
        found.append(_c.area_id.in_(offices.area_and_below(session, filters.area_id)))
    if filters.q:
        texts = (_c.title, _c.summary, _c.other_title, _c.other_summary)
        found.append(or_(*(text.icontains(filters.q, autoescape=True) for text in texts)))
    return found


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """The states as people look for them: what is coming counts as open, what was cancelled as closed."""
    decided = and_(_c.decided_at.is_not(None), _c.cancelled_at.is_(None))
    if state == "decided":
        return decided
    going = and_(_p.closes_at > now, _p.ended_at.is_(None), or_(_p.acts != "", _p.kind.not_in(["review", "decided"])))
    lasting = select(_p.id).where(_p.consultation_id == _c.id, going).correlate(table(Consultation)).exists()
    is_open = and_(_c.cancelled_at.is_(None), _c.decided_at.is_(None), lasting)
    return is_open if state == "open" else and_(not_(decided), not_(is_open))
