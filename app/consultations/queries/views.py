"""Reads about consultations: the view every page of one starts from, and its phases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select
from sqlmodel import Session

from app.consultations.models import Amendment, Consultation, ConsultationPhase
from app.core import clock, db
from app.core.access import Missing
from app.core.columns import table
from app.core.i18n import language
from app.core.pagecache import changes_at
from app.offices.models import Area, Office
from app.rules import charters
from app.rules import phases as rules
from app.settings import settings

PhaseShown = Literal["upcoming", "open", "counting", "ended", "cancelled"]


@dataclass(frozen=True)
class KnownPhase(rules.Phase):
    """A phase of a stored consultation."""

    id: int = 0


@dataclass(frozen=True)
class ConsultationView:
    """A consultation as pages and permissions need it; texts in the reader's language where there are two."""

    id: int
    slug: str
    office_id: int
    office_slug: str
    office: str
    area_id: int | None
    area: str | None
    lang: str
    title: str
    summary: str
    translated: bool
    voting: str
    vote_limit: int | None
    open_counts: bool
    opened_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    decided_at: datetime | None
    imported_from: str
    rule_changes: int
    rule_from: datetime | None
    phases: tuple[KnownPhase, ...]
    #: Further offices that owe answers in it; known only where an answer is written.
    owing: frozenset[int] = frozenset()

    @property
    def state(self) -> rules.ConsultationState:
        """Draft, cancelled, upcoming, open, counting, closed or decided, by the dates and recorded facts."""
        return rules.consultation_state(self.opened_at, self.cancelled_at, self.decided_at, self.phases, clock.now())

    @property
    def has_voting(self) -> bool:
        """Whether there is, was or will be voting."""
        return any(rules.VOTE in phase.acts for phase in self.phases)

    @property
    def counted(self) -> bool:
        """Whether all votes have been counted."""
        return all(phase.counted_at is not None for phase in self.phases if rules.VOTE in phase.acts)

    @property
    def counts_shown(self) -> bool:
        """Whether counts may be seen now; sealed for every role until all votes are counted, unless chosen open."""
        return self.open_counts or self.counted

    @property
    def closes_at(self) -> datetime | None:
        """When the last phase in which people can act closes."""
        return max((phase.closes for phase in self.phases if phase.acts), default=None)

    @property
    def takes_from(self) -> datetime | None:
        """When people can next act, while there is nothing they can do now."""
        now = clock.now()
        acting = [phase for phase in self.phases if phase.acts]
        if any(rules.phase_state(phase, now) == "open" for phase in acting):
            return None
        return min((phase.opens for phase in acting if rules.phase_state(phase, now) == "upcoming"), default=None)

    @property
    def late_phases(self) -> tuple[KnownPhase, ...]:
        """The phases of a draft that were to open before now, and begin when it is opened."""
        return tuple(phase for phase in self.phases if self.opened_at is None and phase.opens < clock.now())

    def phase_state(self, phase: rules.Phase) -> PhaseShown:
        """What a page says of one of its phases: "cancelled" where the consultation was given up before its end."""
        if self.cancelled_at is not None and phase.end > self.cancelled_at:
            return "cancelled"
        return rules.phase_state(phase, clock.now())

    def rule_at(self, at: datetime) -> int:
        """How many changes of the counting rule are in force for a vote that arrives at `at`."""
        return charters.in_force(self.rule_changes, self.rule_from, at)

    @property
    def url(self) -> str:
        """Its address."""
        return f"/consultations/{self.slug}"

    def takes(self, act: str) -> rules.Phase | rules.Refusal:
        """The phase that takes an act now, or why none does."""
        now = clock.now()
        if self.cancelled_at is not None or self.opened_at is None:
            return rules.Refusal("not-offered")
        return rules.open_for(act, self.phases, now, now)

    def open_to(self, act: str) -> bool:
        """Whether an act is possible now."""
        return isinstance(self.takes(act), rules.Phase)


class Within:
    """Something that belongs to a consultation; permissions look at its office and whether it has opened."""

    consultation: ConsultationView

    @property
    def office_id(self) -> int:
        """The office in charge."""
        return self.consultation.office_id

    @property
    def opened_at(self) -> datetime | None:
        """When its consultation opened."""
        return self.consultation.opened_at


_c, _o, _a, _p, _m = (table(model).c for model in (Consultation, Office, Area, ConsultationPhase, Amendment))


def _asked(what: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Something of the amendments after which voters were asked to confirm."""
    asked = select(what).select_from(table(Amendment)).where(_m.consultation_id == _c.id, _m.asks_voters)
    return asked.correlate(table(Consultation)).scalar_subquery()


#: Consultations with their office and area; others add conditions and order.
BASE = (
    select(
        _c.id,
        _c.slug,
        _c.office_id,
        _o.slug.label("office_slug"),
        _o.name.label("office_name"),
        _o.name_en,
        _c.area_id,
        _a.name.label("area"),
        _c.lang,
        _c.title,
        _c.summary,
        _c.other_title,
        _c.other_summary,
        _c.voting,
        _c.vote_limit,
        _c.open_counts,
        _c.opened_at,
        _c.cancelled_at,
        _c.cancel_reason,
        _c.decided_at,
        _c.imported_from,
        _asked(func.count()).label("rule_changes"),
        _asked(func.max(_m.applies_from)).label("rule_from"),
    )
    .select_from(table(Consultation))
    .join(table(Office), _o.id == _c.office_id)
    .outerjoin(table(Area), _a.id == _c.area_id)
)
_PHASE = (_p.id.label("phase_id"), _p.kind, _p.acts, _p.opens_at, _p.closes_at, _p.ended_at, _p.counted_at)
_IN_ORDER = (_p.opens_at, _p.closes_at, _p.id)
#: One consultation: a row for each phase, or one without.
WHOLE = BASE.add_columns(*_PHASE).outerjoin(table(ConsultationPhase), _p.consultation_id == _c.id).order_by(*_IN_ORDER)
_BY_SLUG = WHOLE.where(_c.slug == bindparam("slug"))
_BY_ID = WHOLE.where(_c.id == bindparam("id"))
_PHASES = select(_p.consultation_id, *_PHASE).order_by(*_IN_ORDER)
_PHASES_OF_ONE = _PHASES.where(_p.consultation_id == bindparam("id"))


def in_path(session: db.Read, slug: str) -> ConsultationView:
    """The consultation a route's address names."""
    return whole(session, session.execute(_BY_SLUG, {"slug": slug}).all())


def by_id(session: Session, consultation_id: int) -> ConsultationView:
    """A consultation by its row number."""
    return whole(session, session.execute(_BY_ID, {"id": consultation_id}).all())


def as_opened(draft: ConsultationView) -> ConsultationView:
    """A draft with the phases it would have if it were opened now."""
    now = clock.now()
    late = set(draft.late_phases)
    begun = (replace(it, opens=now) if it in late and it.closes > now else it for it in draft.phases)
    return replace(draft, phases=tuple(begun))


def whole(session: Session, rows: Sequence[Any]) -> ConsultationView:
    """The rows of one consultation as a view; Missing where there are none."""
    if not rows:
        raise Missing
    return view(rows[0], tuple(_phase(session, row) for row in rows if row.phase_id is not None))


def phases_of(session: Session, consultation_id: int) -> tuple[KnownPhase, ...]:
    """The phases of a consultation in order of opening; what is due to be recorded is noticed."""
    rows = session.execute(_PHASES_OF_ONE, {"id": consultation_id}).all()
    return tuple(_phase(session, row) for row in rows)


def phases_of_many(session: Session, ids: list[int]) -> dict[int, tuple[KnownPhase, ...]]:
    """The phases of several consultations in one query."""
    found: dict[int, list[KnownPhase]] = {number: [] for number in ids}
    for row in session.execute(_PHASES.where(_p.consultation_id.in_(ids))).all():
        found[row.consultation_id].append(_phase(session, row))
    return {number: tuple(phases) for number, phases in found.items()}


def phases_unsealed(session: Session) -> list[tuple[int, KnownPhase]]:
    """Every phase with votes whose count is not sealed yet, with its consultation."""
    rows = session.execute(_PHASES.where(_p.counted_at.is_(None))).all()
    phases = [(row.consultation_id, _phase(session, row)) for row in rows]
    return [(number, phase) for number, phase in phases if rules.VOTE in phase.acts]


def _phase(session: Session, row: Any) -> KnownPhase:
    phase = KnownPhase(
        kind=row.kind,
        opens=row.opens_at,
        closes=row.closes_at,
        acts=frozenset(row.acts.split()),
        ended_at=row.ended_at,
        counted_at=row.counted_at,
        id=row.phase_id,
    )
    if row.counted_at is None:
        for instant in (phase.opens, phase.closes, phase.end + timedelta(seconds=settings().settle_seconds)):
            changes_at(instant)
    if row.counted_at is None and closing_due(phase, clock.now()):
        db.notice(session, "consultations.closing", row.phase_id)
    return phase


def closing_due(phase: rules.Phase, now: datetime) -> bool:
    """Whether an end, or the sealing of a count, is to be recorded now."""
    return rules.due_to_end(phase, now) or (
        phase.ended_at is not None and rules.may_be_counted(phase, now, settings().settle_seconds)
    )


def view(row: Any, phases: tuple[KnownPhase, ...]) -> ConsultationView:
    """A row of `BASE` as a view in the reader's language."""
    lang = language.get()
    other = lang != row.lang and bool(row.other_title)
    return ConsultationView(
        id=row.id,
        slug=row.slug,
        office_id=row.office_id,
        office_slug=row.office_slug,
        office=row.name_en if lang == "en" and row.name_en else row.office_name,
        area_id=row.area_id,
        area=row.area,
        lang=lang if other else row.lang,
        title=row.other_title if other else row.title,
        summary=(row.other_summary or row.summary) if other else row.summary,
        translated=other,
        voting=row.voting,
        vote_limit=row.vote_limit,
        open_counts=row.open_counts,
        opened_at=row.opened_at,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        decided_at=row.decided_at,
        imported_from=row.imported_from,
        rule_changes=row.rule_changes,
        rule_from=row.rule_from,
        phases=phases,
    )
