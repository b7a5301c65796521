"""Lists of consultations: found by state, topic, place and words; each a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, not_, or_, select, union_all
from sqlmodel import Session

from app.consultations.models import Consultation, ConsultationPhase, ConsultationTopic, Topic
from app.consultations.queries.views import BASE, ConsultationView, phases_of_many, view
from app.core import clock, seeking
from app.core.columns import table
from app.core.i18n import language
from app.core.paging import Key, Page, page
from app.offices import queries as offices

STATES = ("open", "upcoming", "closed", "decided", "cancelled")
#: Phases in which people cannot act and that do not hold a consultation open: the office's time.
_OFFICE_TIME = ("review", "decided")
#: Slugs and names of the topic for what fits nowhere else; it stands last.
_REST = ("lain", "lainnya", "lain-lain", "other")


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


@dataclass(frozen=True)
class Current:
    """What people can take part in now, and what comes next."""

    open_now: tuple[ConsultationView, ...]
    soon: tuple[ConsultationView, ...]


_c, _p, _t, _ct = (table(model).c for model in (Consultation, ConsultationPhase, Topic, ConsultationTopic))
_BY = (Key("opened_at", _c.opened_at, descending=True), Key("id", _c.id, descending=True))
_OF_PEOPLE = or_(_p.acts != "", _p.kind.not_in(_OFFICE_TIME))


def _date(date: ColumnElement[datetime], *conditions: ColumnElement[bool]) -> ColumnElement[datetime]:
    """A date of the phases of each consultation."""
    of_one = select(date).where(_p.consultation_id == _c.id, *conditions)
    return of_one.correlate(table(Consultation)).scalar_subquery()


_LAST = func.coalesce(_date(func.max(_p.closes_at), _p.acts != ""), _date(func.max(_p.closes_at)))
_FIRST = _date(func.min(_p.opens_at), _OF_PEOPLE)
_REST_LAST = case((or_(_t.slug.in_(_REST), func.lower(_t.name).in_(_REST)), 1), else_=0)
_TOPICS = select(_t.id, _t.slug, _t.name, _t.name_en).order_by(_REST_LAST, _t.name, _t.id)


def listing(session: Session, filters: Filters, after: str | None) -> Page[ConsultationView]:
    """Opened consultations that fit, the newest first."""
    statement = BASE.where(_c.opened_at.is_not(None), *_conditions(session, filters))
    asked = dict(seeking.asked(session, "consultation", None, filters.q)) if filters.q else {}
    rows = page(session, statement, _BY, after, **asked)
    return Page(_views(session, rows.items), rows.next)


def open_or_soon(session: Session, most_open: int, most_soon: int) -> Current:
    """What is open, those that close first on top, and what is announced, those that begin first on top."""
    now = clock.now()
    parts = (("open", _LAST, most_open), ("upcoming", _FIRST, most_soon))
    halves = [
        BASE.add_columns(literal(state).label("part"), date.label("by_date"))
        .where(_c.opened_at.is_not(None), _in_state(state, now))
        .order_by(date, _c.id)
        .limit(most)
        .subquery()
        for state, date, most in parts
    ]
    rows = session.execute(union_all(*(select(half) for half in halves))).all()
    ordered = sorted(rows, key=lambda row: (row.by_date, row.id))
    shown = dict(zip((row.id for row in ordered), _views(session, ordered), strict=True))
    open_now, soon = (tuple(shown[row.id] for row in ordered if row.part == state) for state, _, _ in parts)
    return Current(open_now, soon)


def of_office(session: Session, office_id: int, limit: int) -> tuple[ConsultationView, ...]:
    """What an office has asked, the newest first."""
    fits = (_c.opened_at.is_not(None), _c.office_id == office_id)
    order = (_c.opened_at.desc(), _c.id.desc())
    return _views(session, session.execute(BASE.where(*fits).order_by(*order).limit(limit)).all())


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


def in_topics(statement: Select[Any]) -> Select[Any]:
    """A statement about one consultation with its topics: a row for each, or one without."""
    return (
        statement.add_columns(_t.id.label("topic_id"), _t.slug.label("topic"), _t.name.label("topic_name"), _t.name_en)
        .outerjoin(table(ConsultationTopic), _ct.consultation_id == _c.id)
        .outerjoin(table(Topic), _t.id == _ct.topic_id)
        .order_by(_REST_LAST, _t.name, _t.id)
    )


def topics_in(rows: Iterable[Any]) -> tuple[TopicView, ...]:
    """The topics in the rows of such a statement."""
    english = language.get() == "en"
    return tuple(
        TopicView(row.topic_id, row.topic, row.name_en if english and row.name_en else row.topic_name)
        for row in rows
        if row.topic_id is not None
    )


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
        found.append(_c.id.in_(seeking.subjects(session)))
    return found


def state_condition(state: str) -> ColumnElement[bool]:
    """The condition that a consultation is in a state now."""
    return _in_state(state, clock.now())


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """The states as people look for them: between two phases counts as open, counting the votes as closed."""
    if state == "cancelled":
        return _c.cancelled_at.is_not(None)
    if state == "decided":
        return and_(_c.decided_at.is_not(None), _c.cancelled_at.is_(None))
    lasting = _has_phase(_p.closes_at > now, _p.ended_at.is_(None))
    standing = and_(_c.cancelled_at.is_(None), _c.decided_at.is_(None))
    if state == "closed":
        return and_(standing, not_(lasting))
    begun = _has_phase(_p.opens_at <= now)
    return and_(standing, lasting, begun if state == "open" else not_(begun))


def _has_phase(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is such a phase in which people can act or inform themselves."""
    fits = select(_p.id).where(_p.consultation_id == _c.id, _OF_PEOPLE, *conditions)
    return fits.correlate(table(Consultation)).exists()
