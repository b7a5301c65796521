"""Offices that owe answers, for tests: a consultation with promises, its closing, answers, and what is owed."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from app.consultations.actions.closing import record_closing
from app.consultations.models import ConsultationPhase
from app.core import clock, db
from app.core.columns import table
from app.obligations.models import Obligation
from app.responses import actions as responses
from app.responses.forms import ResponseForm
from app.settings import settings
from tests import answering, factories
from tests.factories import Person, phase

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TALKING = (phase("proposals", -DAY, 10 * DAY),)
TEXT = "Pipa diganti pada triwulan kedua oleh Dinas PU, dengan anggaran perubahan."


def end(consultation: int, ago: timedelta = HOUR) -> None:
    """Let all phases of a consultation be over, and record it as a visitor's page would."""
    p = table(ConsultationPhase).c
    with db.reading() as session:
        ids = list(session.execute(select(p.id).where(p.consultation_id == consultation)).scalars())
    closes = clock.now() - ago - timedelta(seconds=settings().settle_seconds)
    for number in ids:
        dates = {"opens_at": closes - 10 * DAY, "closes_at": closes, "ended_at": closes}
        db.write_now(lambda session, n=number, d=dates: session.execute(  # type: ignore[misc]
            update(table(ConsultationPhase)).where(p.id == n).values(d)) and None)  # fmt: skip
    for number in ids:
        db.write_now(record_closing, number)


def owed(*contributions: int) -> list[Obligation]:
    """What is owed, to some contributions or to all, in the order in which it arose."""
    o = table(Obligation).c
    statement = select(Obligation).order_by(o.id)
    with db.reading() as session:
        found = session.execute(statement.where(o.contribution_id.in_(contributions)) if contributions else statement)
        return list(found.scalars())


def one_owed(contribution: int) -> Obligation:
    """The one answer that is owed to a contribution."""
    (found,) = owed(contribution)
    return found


def answer(official: Person, consultation: int, *proposals: int, at: datetime | None = None, **fields: Any) -> int:
    """A published answer to some proposals; gives its number."""
    codes = [factories.code(number) for number in proposals]
    form = ResponseForm.model_validate({"proposal": codes, "status": "adopted", "text": TEXT} | fields)
    number = db.write_now(responses.draft, official.actor, consultation, form)
    answering.publish(number, official.actor, at=at)
    return number


_offices: dict[str, list[int]] = {}


def offices(number: int) -> list[int]:
    """Some offices of this database, made once."""
    key = db.current().url
    if key not in _offices:
        _offices[key] = [factories.office() for _ in range(number)]
    return _offices[key]


def raw(consultation: int, office: int, kind: str, due: datetime) -> dict[str, Any]:
    """A row of something owed, to a new proposal."""
    local = clock.local(due)
    with_kind = {"kind": kind, "consultation_id": consultation}
    return with_kind | {
        "contribution_id": factories.proposal(consultation),
        "first_office_id": office,
        "office_id": office,
        "arose_at": due - 30 * DAY,
        "due_at": due,
        "due_month": local.year * 100 + local.month,
    }
