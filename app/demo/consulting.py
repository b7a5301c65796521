"""How each consultation of the district comes about: prepared, opened, and closed phase by phase."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from app.consultations import actions as consultations
from app.consultations.actions.closing import record_closing
from app.consultations.forms import DraftForm, PhaseRow
from app.consultations.models import Consultation, ConsultationPhase
from app.core.columns import table
from app.demo.content import Told
from app.demo.diary import CLOSES, OPENS, Diary, District
from app.settings import settings


def note_consultation(diary: Diary, district: District, told: Told) -> None:
    """Write down when a consultation is prepared and opened, and when its phases close."""
    rows = phase_rows(diary, told)
    opening = diary.past(min(row.opens for row in rows) - timedelta(hours=2))
    opening = min(opening, diary.now - timedelta(days=1))
    diary.note(opening - timedelta(days=6), lambda session: _prepare(session, district, told, rows, opening))
    diary.note(opening, lambda session: _open(session, district, told, opening))
    settled = timedelta(seconds=settings().settle_seconds + 1)
    for row in rows:
        for due in (row.closes, row.closes + settled):
            if due < diary.now:
                diary.note(due, _closing(district, told["slug"], row.number))


def phase_rows(diary: Diary, told: Told) -> tuple[PhaseRow, ...]:
    """The phases of a consultation on the calendar, in the order of their opening."""
    dated = [(diary.day(one["opens"], OPENS), diary.day(one["closes"], CLOSES), one["kind"]) for one in told["phases"]]
    return tuple(PhaseRow(n, kind, opens, closes, False) for n, (opens, closes, kind) in enumerate(sorted(dated), 1))


def phase_of(session: Session, consultation_id: int, kind: str) -> ConsultationPhase:
    """The phase of a kind."""
    p = table(ConsultationPhase).c
    wanted = select(ConsultationPhase).where(p.consultation_id == consultation_id, p.kind == kind)
    found: ConsultationPhase = session.execute(wanted).scalar_one()
    return found


def _prepare(session: Session, district: District, told: Told, rows: tuple[PhaseRow, ...], at: datetime) -> None:
    asks = district.official(told["office"])
    form = DraftForm(
        title=told["title"],
        summary=told["summary"],
        background=told["background"],
        other_title=told["title_en"],
        other_summary=told["summary_en"],
        other_background=told["background_en"],
        lang=told["lang"],
        office=district.offices[told["office"]],
        area=told["area"] if told["area"] in district.areas else "",
        topics=told["topics"],
        voting=told["voting"],
        vote_limit=told["limit"],
        open_counts=told["open_counts"],
    )
    slug = consultations.create(session, asks, form, at)
    session.flush()
    row = session.execute(select(Consultation).where(table(Consultation).c.slug == slug)).scalar_one()
    assert row.id is not None
    row.slug = told["slug"]
    district.consultations[told["slug"]] = row.id
    consultations.set_phases(session, asks, row.id, rows, at)
    consultations.set_charter(session, asks, row.id, told["charter"], at)


def _open(session: Session, district: District, told: Told, at: datetime) -> None:
    consultations.open(session, district.official(told["office"]), district.consultations[told["slug"]], at)


def _closing(district: District, slug: str, number: int) -> Callable[[Session], None]:
    def close(session: Session) -> None:
        p = table(ConsultationPhase).c
        mine = select(p.id).where(p.consultation_id == district.consultations[slug])
        phases = session.execute(mine.order_by(p.opens_at, p.closes_at, p.id)).scalars().all()
        record_closing(session, phases[number - 1])

    return close
