"""What facilitators need to see: where something can be entered, and the slip with a contribution's code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.accounts.models import Participant
from app.comments.models import Comment
from app.consultations import queries as consultations
from app.consultations.models import Consultation
from app.consultations.queries import ConsultationView
from app.contributions.models import Contribution
from app.core import clock, db, paging
from app.core.access import Missing
from app.core.codes import read_code
from app.core.columns import table
from app.proposals.models import Proposal, ProposalVersion

_k, _c, _w, _p, _v, _m = (
    table(model).c for model in (Consultation, Contribution, Participant, Proposal, ProposalVersion, Comment)
)
_OPEN = consultations.BASE.where(_k.opened_at.is_not(None), _k.cancelled_at.is_(None), _k.decided_at.is_(None))
_NEWEST = (paging.Key("id", _k.id, descending=True),)


@dataclass(frozen=True)
class Place:
    """A consultation and what can be entered in it: what was received in a phase that has begun."""

    consultation: ConsultationView
    proposals: bool
    comments: bool


def place(consultation: ConsultationView) -> Place:
    """What can be entered in a consultation; nothing once it is decided or cancelled."""
    over = consultation.decided_at is not None or consultation.cancelled_at is not None
    begun = [] if over else [phase for phase in consultation.phases if phase.opens <= clock.now()]
    return Place(
        consultation,
        any("propose" in phase.acts for phase in begun),
        any("comment" in phase.acts for phase in begun),
    )


def places(session: Session, after: str | None) -> paging.Page[Place]:
    """The consultations that are opened and not decided, the newest first."""
    page = paging.page(session, _OPEN, _NEWEST, after)
    phases = consultations.phases_of_many(session, [row.id for row in page.items]) if page.items else {}
    views = (consultations.view(row, phases[row.id]) for row in page.items)
    return paging.Page(tuple(place(view) for view in views), page.next)


@dataclass(frozen=True)
class Slip:
    """What the person gets in hand: the code, and what it stands for."""

    code: str
    kind: str
    title: str | None
    lang: str
    consultation: str
    office_id: int
    opened_at: datetime | None
    author: str | None
    author_erased: bool
    channel: str
    received_at: datetime
    visibility: str
    reason_code: str


_SLIP = (
    select(
        _c.code,
        _c.kind,
        _p.title,
        _c.lang,
        _k.title.label("consultation"),
        _k.office_id,
        _k.opened_at,
        _w.name.label("author"),
        _w.erased_at,
        _c.channel,
        _c.received_at,
        _c.visibility,
        _c.reason_code,
    )
    .select_from(table(Contribution))
    .join(table(Consultation), _k.id == _c.consultation_id)
    .outerjoin(table(Proposal), _p.id == _c.id)
    .outerjoin(table(Participant), _w.id == _c.participant_id)
    .where(_c.code == bindparam("code"), _c.entered_by.is_not(None))
)


def slip_in_path(session: db.Read, code: str) -> Slip:
    """The slip of something that was entered for somebody."""
    read = read_code(code)
    row = session.execute(_SLIP, {"code": read}).first() if read else None
    if row is None:
        raise Missing
    fields = dict(row._mapping)
    erased = fields.pop("erased_at") is not None
    if row.visibility != "public":
        fields["title"] = None
    return Slip(**fields, author_erased=erased)


@dataclass(frozen=True)
class Entry:
    """Something a facilitator entered, for their own list."""

    code: str
    kind: str
    title: str | None
    lang: str
    consultation: str
    channel: str
    received_at: datetime
    entered_at: datetime


ENTRIES = 50
_said = table(Proposal).alias("said_about")
_ENTRIES = (
    select(
        _c.code,
        _c.kind,
        func.coalesce(_p.title, _said.c.title).label("title"),
        _c.lang,
        _k.title.label("consultation"),
        _c.channel,
        _c.received_at,
        _c.entered_at,
        _c.visibility,
    )
    .select_from(table(Contribution))
    .join(table(Consultation), _k.id == _c.consultation_id)
    .outerjoin(table(Proposal), _p.id == _c.id)
    .outerjoin(table(Comment), _m.id == _c.id)
    .outerjoin(_said, _said.c.id == _m.proposal_id)
    .where(_c.entered_by == bindparam("account"), _c.channel.in_(("paper", "meeting", "phone")))
    .order_by(_c.id.desc())
    .limit(ENTRIES)
)


def entries_by(session: Session, account: int) -> list[Entry]:
    """What a facilitator entered, the latest first; a comment names the proposal it is about."""
    rows = session.execute(_ENTRIES, {"account": account}).all()
    hidden = {row.code for row in rows if row.visibility != "public"}
    return [Entry(row.code, row.kind, None if row.code in hidden else row.title, *row[3:8]) for row in rows]


#: The button pressed twice is looked for among so many of the newest contributions.
LOOKED_THROUGH = 500
_LAST = (
    select(
        _c.code,
        _c.channel,
        _c.received_at,
        _c.entered_at,
        _v.title,
        _v.body,
        _m.body.label("comment"),
        _m.proposal_id,
        _c.consultation_id,
        _w.name,
    )
    .select_from(table(Contribution))
    .outerjoin(table(ProposalVersion), (_v.proposal_id == _c.id) & (_v.number == 1))
    .outerjoin(table(Comment), _m.id == _c.id)
    .outerjoin(table(Participant), _w.id == _c.participant_id)
    .where(
        _c.entered_by == bindparam("account"),
        _c.id > select(func.coalesce(func.max(_c.id), 0)).scalar_subquery() - LOOKED_THROUGH,
    )
    .order_by(_c.id.desc())
    .limit(1)
)


def last_entered(session: Session, account: int | None) -> Any:
    """What a facilitator entered last, to notice the button pressed twice; None where it is long ago."""
    return session.execute(_LAST, {"account": account}).first() if account is not None else None
