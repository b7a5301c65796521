"""Reads of moderation: what was reported, what was hidden, and what the public may know of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session

from app.accounts.models import Participant
from app.comments.models import Comment
from app.consultations.models import Consultation
from app.contributions.models import Contribution, Visibility
from app.core import db, paging
from app.core.access import Missing
from app.core.codes import read_code
from app.core.columns import table
from app.moderation.models import ModerationAct, Report
from app.proposals.models import Proposal, ProposalVersion


@dataclass(frozen=True)
class ActView:
    """What a moderator did, as everyone may know it: never who."""

    act: str
    reason: str
    text: str
    at: datetime
    h: str


@dataclass(frozen=True)
class Case:
    """A contribution as moderators see it, with its words even while they are hidden."""

    id: int
    code: str
    kind: str
    participant_id: int | None
    author: str | None
    author_erased: bool
    channel: str
    received_at: datetime
    lang: str
    visibility: str
    reason_code: str
    title: str | None
    body: str
    h: str
    removed: bool
    consultation_id: int
    consultation: str
    office_id: int
    opened_at: datetime | None

    @property
    def url(self) -> str:
        """Its permanent address, where it is seen in its place."""
        return f"/contributions/{self.code}"

    @property
    def shown(self) -> bool:
        """Whether everyone may read its text."""
        return self.visibility == Visibility.PUBLIC

    @property
    def hidden(self) -> bool:
        """Whether a moderator hid it."""
        return self.visibility == Visibility.HIDDEN


_c, _w, _k, _p, _v, _m, _r, _a = (
    table(model).c
    for model in (
        Contribution,
        Participant,
        Consultation,
        Proposal,
        ProposalVersion,
        Comment,
        Report,
        ModerationAct,
    )
)
_CASES = (
    select(
        _c.id,
        _c.code,
        _c.kind,
        _c.participant_id,
        _w.name.label("author"),
        _w.erased_at,
        _c.channel,
        _c.received_at,
        _c.lang,
        _c.visibility,
        _c.reason_code,
        _p.title,
        func.coalesce(_m.body, _v.body, "").label("body"),
        func.coalesce(_m.h, _v.h, "").label("h"),
        _m.removed_at,
        _c.consultation_id,
        _k.title.label("consultation"),
        _k.office_id,
        _k.opened_at,
    )
    .select_from(table(Contribution))
    .join(table(Consultation), _k.id == _c.consultation_id)
    .outerjoin(table(Participant), _w.id == _c.participant_id)
    .outerjoin(table(Proposal), _p.id == _c.id)
    .outerjoin(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .outerjoin(table(Comment), _m.id == _c.id)
)
_BY_CODE = _CASES.where(_c.code == bindparam("code"))
_BY_ID = _CASES.where(_c.id == bindparam("id"))


def in_path(session: db.Read, code: str) -> Case:
    """The contribution a route's address names."""
    read = read_code(code)
    return _one(session.execute(_BY_CODE, {"code": read}).first() if read else None)


def by_id(session: Session, contribution_id: int) -> Case:
    """A contribution by its row number."""
    return _one(session.execute(_BY_ID, {"id": contribution_id}).first())


def _one(row: Any) -> Case:
    if row is None:
        raise Missing
    return _case(row)


def _case(row: Any) -> Case:
    names = Case.__dataclass_fields__
    fields = {name: value for name, value in row._mapping.items() if name in names}
    return Case(**fields, author_erased=row.erased_at is not None, removed=row.removed_at is not None)


_ACTS = select(_a.act, _a.reason, _a.text, _a.at, _a.h)


def acts_of(session: Session, contribution_id: int) -> list[ActView]:
    """What moderators did about a contribution, the earliest first; for its public trail."""
    rows = session.execute(_ACTS.where(_a.contribution_id == contribution_id).order_by(_a.id))
    return [ActView(*row) for row in rows]


@dataclass(frozen=True)
class ReportView:
    """What somebody reported; who did is not told, not even to moderators."""

    reason: str
    text: str
    at: datetime
    outcome: str


@dataclass(frozen=True)
class Reported:
    """A contribution with the reports about it that wait for a decision."""

    case: Case
    number: int
    since: datetime
    reports: tuple[ReportView, ...]


_waiting = (
    select(_r.contribution_id.label("about"), func.count().label("number"), func.min(_r.at).label("since"))
    .where(_r.settled_at.is_(None))
    .group_by(_r.contribution_id)
    .subquery()
)
_REPORTED = _CASES.add_columns(_waiting.c.about, _waiting.c.number, _waiting.c.since).join(
    _waiting, _waiting.c.about == _c.id
)
_HIDDEN = _CASES.where(_c.visibility == Visibility.HIDDEN)
_OLDEST = (paging.Key("since", _waiting.c.since), paging.Key("about", _waiting.c.about))
_NEWEST = (paging.Key("id", _c.id, descending=True),)


def reported(session: Session, after: str | None) -> paging.Page[Reported]:
    """What waits for a decision, the longest waiting first."""
    page = paging.page(session, _REPORTED, _OLDEST, after)
    told = _reports(session, [row.id for row in page.items])
    items = (Reported(_case(row), row.number, row.since, tuple(told.get(row.id, ()))) for row in page.items)
    return paging.Page(tuple(items), page.next)


def _reports(session: Session, contributions: list[int]) -> dict[int, list[ReportView]]:
    found: dict[int, list[ReportView]] = {}
    wanted = _r.contribution_id.in_(contributions), _r.settled_at.is_(None)
    for row in session.execute(_report_rows().where(*wanted)):
        found.setdefault(row.contribution_id, []).append(ReportView(row.reason, row.text, row.at, row.outcome))
    return found


def _report_rows() -> Select[Any]:
    return select(_r.contribution_id, _r.reason, _r.text, _r.at, _r.outcome).order_by(_r.id)


def reports_of(session: Session, contribution_id: int) -> list[ReportView]:
    """Every report about a contribution, settled or not."""
    rows = session.execute(_report_rows().where(_r.contribution_id == contribution_id))
    return [ReportView(row.reason, row.text, row.at, row.outcome) for row in rows]


def hidden(session: Session, after: str | None) -> paging.Page[Case]:
    """What is hidden now, the newest first."""
    page = paging.page(session, _HIDDEN, _NEWEST, after)
    return paging.Page(tuple(_case(row) for row in page.items), page.next)
