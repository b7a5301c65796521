"""Figures an administrator looks at."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from app.accounts.models import Account
from app.consultations.models import Topic
from app.core import jobs, mail
from app.core.columns import table
from app.offices.models import Area, Office
from app.publiclog.models import Event


@dataclass(frozen=True)
class Installation:
    """Figures an administrator looks at."""

    people: int
    offices: int
    topics: int
    areas: int
    mail_waiting: int
    jobs_waiting: int
    jobs_failed: int
    events: int


def installation(session: Session) -> Installation:
    """How much there is to look after, in one query; how many vote is sealed for administrators too."""
    a, o, m, j, e = (table(model).c for model in (Account, Office, mail.Mail, jobs.Job, Event))
    given_up = j.attempts >= jobs.MAX_ATTEMPTS
    counts = (
        select(func.count()).select_from(table(Account)).where(a.deleted_at.is_(None)),
        select(func.count()).select_from(table(Office)).where(o.closed_at.is_(None)),
        select(func.count()).select_from(table(Topic)),
        select(func.count()).select_from(table(Area)),
        select(func.count()).select_from(table(mail.Mail)).where(m.sent_at.is_(None)),
        select(func.count()).select_from(table(jobs.Job)).where(~given_up),
        select(func.count()).select_from(table(jobs.Job)).where(given_up),
        select(func.count()).select_from(table(Event)).where(e.subject_kind != "ballot"),
    )
    row = session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return Installation(*(int(number) for number in row))
