"""Reads about decision summaries."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, select
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.models import Consultation
from app.core import db, indexing
from app.core.access import Missing
from app.core.columns import table
from app.core.i18n import language
from app.core.indexing import nothing, of_kind_named
from app.decisions.forms import PARTS
from app.decisions.models import Decision
from app.decisions.queries.results import Count, Counted, Result, counted, read_result
from app.offices.models import Area
from app.rules.ballots import VersionTally
from app.rules.decision_numbers import DecisionNumber, read_decision_number

__all__ = ["Count", "Counted", "DecisionView", "Lately", "Result", "counted", "in_path", "lately", "of_consultation"]


@dataclass(frozen=True)
class DecisionView(consultations.Within):
    """A decision summary, drafted or published; texts in the reader's language where there are two."""

    id: int
    consultation: consultations.ConsultationView
    number: str | None
    lang: str
    translated: bool
    texts: dict[str, str]
    first: dict[str, str]
    other: dict[str, str]
    counts: tuple[Count, ...]
    result: Result | None
    saved_at: datetime
    published_at: datetime | None
    h: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"/decisions/{self.number}"

    @property
    def missing(self) -> tuple[str, ...]:
        """The parts that are still empty."""
        return tuple(part for part in PARTS if not self.first[part])


_d, _c = table(Decision).c, table(Consultation).c


def in_path(session: db.Read, number: str) -> DecisionView:
    """The published decision a route's address names."""
    read = read_decision_number(number)
    if read is None:
        raise Missing
    found = _one(session, select(table(Decision)).where(_d.year == read.year, _d.number == read.ordinal))
    if found is None or found.published_at is None:
        raise Missing
    return found


def of_consultation(
    session: Session, consultation_id: int, known: consultations.ConsultationView | None = None
) -> DecisionView | None:
    """The decision of a consultation, drafted or published; a query less where its view is known."""
    return _one(session, select(table(Decision)).where(_d.consultation_id == consultation_id), known)


def _one(
    session: Session, query: Select[Any], known: consultations.ConsultationView | None = None
) -> DecisionView | None:
    row = session.execute(query).first()
    if row is None:
        return None
    first = {part: getattr(row, part) for part in PARTS}
    other: dict[str, str] = json.loads(row.other) if row.other else dict.fromkeys(PARTS, "")
    translated = language.get() != row.lang and any(other.values())
    return DecisionView(
        id=row.id,
        consultation=known or consultations.by_id(session, row.consultation_id),
        number=str(DecisionNumber(row.year, row.number)) if row.number else None,
        lang=language.get() if translated else row.lang,
        translated=translated,
        texts={part: other[part] or first[part] for part in PARTS} if translated else first,
        first=first,
        other=other,
        counts=_read_counts(row.counts),
        result=read_result(row.outcome),
        saved_at=row.saved_at,
        published_at=row.published_at,
        h=row.h,
    )


def _read_counts(stored: str) -> tuple[Count, ...]:
    if not stored:
        return ()
    return tuple(_read_count(row) for row in json.loads(stored))


def _read_count(row: dict[str, Any]) -> Count:
    by_version = tuple(VersionTally(*version) for version in row["by_version"])
    three = {name: tuple(row[name]) if row.get(name) else None for name in ("confirmed", "together")}
    return Count(**(row | {"by_version": by_version} | three))


@dataclass(frozen=True)
class Lately:
    """A decision published lately."""

    number: str
    title: str
    lang: str
    decided: str
    published_at: datetime

    @property
    def url(self) -> str:
        """Its address."""
        return f"/decisions/{self.number}"


def lately(session: Session, limit: int) -> list[Lately]:
    """The decisions published last, for the home page."""
    query = (
        select(_d.year, _d.number, _d.decided, _d.other, _d.lang, _d.published_at, _c.title, _c.other_title)
        .join_from(table(Decision), table(Consultation), _c.id == _d.consultation_id)
        .where(_d.published_at.is_not(None))
        .order_by(_d.published_at.desc(), _d.id.desc())
        .limit(limit)
    )
    return [_lately(row) for row in session.execute(query).all()]


def _lately(row: Any) -> Lately:
    other = json.loads(row.other) if row.other else {}
    translated = language.get() != row.lang and bool(other.get("decided")) and bool(row.other_title)
    return Lately(
        number=str(DecisionNumber(row.year, row.number)),
        title=row.other_title if translated else row.title,
        lang=language.get() if translated else row.lang,
        decided=other["decided"] if translated else row.decided,
        published_at=row.published_at,
    )


def _spoken(other: str) -> str:
    """The texts of a summary in the second language, as they are stored, as one text."""
    return "\n".join(json.loads(other).values()) if other else ""


_a = table(Area).c
_whole: ColumnElement[str] = _d.decided
for _part in (_d.why, _d.question, _d.proposed, _d.decided_by, _d.next):
    _whole = _whole + "\n" + _part
FOUND = indexing.findable(
    indexing.Source(
        "decision",
        select(
            of_kind_named("decision").label("kind"),
            _d.id,
            _d.consultation_id,
            _c.title,
            _c.lang.label("title_lang"),
            _whole.label("text"),
            _d.lang,
            _c.other_title,
            _d.other.label("other_text"),
            _d.published_at.label("at"),
            (cast(_d.year, String) + "/" + cast(_d.number, String)).label("place"),
            nothing().label("about"),
            nothing().label("about_lang"),
            nothing().label("about_other"),
            nothing().label("status"),
            _a.code.label("area_code"),
            nothing(BigInteger).label("topic_id"),
        )
        .select_from(table(Decision))
        .join(table(Consultation), _c.id == _d.consultation_id)
        .outerjoin(table(Area), _a.id == _c.area_id)
        .where(_d.published_at.is_not(None), _c.opened_at.is_not(None)),
        _d.id,
        consultations.topics_found_by,
        _spoken,
    )
)
