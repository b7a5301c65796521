"""Official answers at the desk: drafts, what they answer, and what still waits."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlmodel import Session

from app.comments.models import Comment
from app.consultations import queries as consultations
from app.contributions import queries as contributions
from app.contributions.models import Contribution, Kind, LightCounted, Visibility
from app.core import access, db, paging
from app.core.access import Actor
from app.core.columns import table
from app.core.markdown import to_text
from app.obligations import queries as obligations
from app.proposals.models import Proposal, ProposalVersion
from app.responses.models import Answer, Response

#: So much of a comment stands for it where a proposal has its title.
EXCERPT = 120


@dataclass(frozen=True)
class Answered:
    """A contribution an answer is written for; a comment's title is how it begins."""

    id: int
    code: str
    kind: str
    title: str
    lang: str
    h: str
    #: What an answer says to this one alone, in the language of the answer and in the other.
    exception: str = ""
    other_exception: str = ""

    @property
    def url(self) -> str:
        """Where it is read."""
        return f"/{'proposals' if self.kind == 'proposal' else 'contributions'}/{self.code}"


_r, _a, _c, _p, _v, _m, _l = (
    table(model).c for model in (Response, Answer, Contribution, Proposal, ProposalVersion, Comment, LightCounted)
)


def to_answer(session: db.Read, actor: access.CurrentActor, slug: str) -> consultations.ConsultationView:
    """The consultation a desk address names, with every office that owes answers in it."""
    return with_owing(session, consultations.at_desk(session, actor, slug))


def with_owing(session: Session, consultation: consultations.ConsultationView) -> consultations.ConsultationView:
    """A consultation with the offices to which answers in it were handed over."""
    return replace(consultation, owing=obligations.owing(session, consultation))


ITEMS = (
    select(
        _c.id, _c.code, _c.kind, _c.lang, _c.visibility, _p.title, _m.body,
        func.coalesce(_v.h, _m.h).label("h"),
    )
    .select_from(table(Contribution))
    .outerjoin(table(Proposal), _p.id == _c.id)
    .outerjoin(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .outerjoin(table(Comment), _m.id == _c.id)
    .order_by(_c.id)
)  # fmt: skip


_ANSWERED_BY = (
    ITEMS.add_columns(_a.exception, _a.other_exception)
    .join(table(Answer), _a.contribution_id == _c.id)
    .where(_a.response_id == bindparam("response"))
)
_QUOTABLE = (
    select(_c.id, func.coalesce(_v.title, "").label("title"), func.coalesce(_v.body, _m.body).label("body"))
    .select_from(table(Contribution))
    .outerjoin(table(Proposal), _p.id == _c.id)
    .outerjoin(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .outerjoin(table(Comment), _m.id == _c.id)
    .where(
        _c.id.in_(bindparam("contributions", expanding=True)),
        _c.visibility == Visibility.PUBLIC,
        _p.withdrawn_at.is_(None),
        _m.removed_at.is_(None),
    )
)


def as_items(session: Session, statement: Any) -> tuple[Answered, ...]:
    """The contributions that a statement made from `ITEMS` gives."""
    return tuple(
        Answered(row.id, row.code, row.kind, _title(row), row.lang, row.h, *row[8:])
        for row in session.execute(statement).all()
    )


def _title(row: Any) -> str:
    """What it is called at the desk; its code while its words are hidden, or gone."""
    if row.visibility != Visibility.PUBLIC:
        return str(row.code)
    return str(row.title) if row.kind == Kind.PROPOSAL else to_text(row.body, EXCERPT)


def chosen(session: Session, consultation_id: int, codes: Collection[str]) -> tuple[Answered, ...]:
    """The contributions of a consultation that these codes name."""
    return as_items(session, ITEMS.where(_c.consultation_id == consultation_id, _c.code.in_(list(codes))))


def answered_by(session: Session, response_id: int) -> tuple[Answered, ...]:
    """What an official text answers, or is drafted to answer."""
    return as_items(session, _ANSWERED_BY.params(response=response_id))


def items(session: Session, contribution_ids: Collection[int]) -> dict[int, Answered]:
    """Contributions by their row numbers."""
    return {item.id: item for item in as_items(session, ITEMS.where(_c.id.in_(list(contribution_ids))))}


def answered_elsewhere(
    session: Session, actor: Actor, consultation: consultations.ConsultationView, items: Collection[Answered]
) -> tuple[Answered, ...]:
    """Those of some contributions that are not for somebody's office to answer now, because of who holds them."""
    in_charge = actor.machine or consultation.office_id in actor.offices
    held = obligations.held_by(session, [item.id for item in items], in_time=in_charge)
    if in_charge:
        return tuple(item for item in items if held.get(item.id, set()) - {consultation.office_id})
    return tuple(item for item in items if not held.get(item.id, set()) & actor.offices)


def quotable(session: Session, contribution_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Title and text of each of these that everybody may read now; a comment has no title."""
    rows = session.execute(_QUOTABLE, {"contributions": list(contribution_ids)})
    return {row.id: (row.title, row.body) for row in rows}


def drafts_with(session: Session, consultation_id: int, codes: list[str]) -> dict[str, int]:
    """The drafts in which these contributions are already answered by themselves, by their codes."""
    query = (
        select(_c.code, func.max(_r.id))
        .select_from(table(Answer))
        .join(table(Response), _r.id == _a.response_id)
        .join(table(Contribution), _c.id == _a.contribution_id)
        .where(
            _r.consultation_id == consultation_id,
            _r.published_at.is_(None),
            _r.theme_id.is_(None),
            _c.code.in_(codes),
        )
        .group_by(_c.code)
    )
    return {row[0]: row[1] for row in session.execute(query).all()}


@dataclass(frozen=True)
class Waiting:
    """A contribution at the desk with where its answer stands."""

    code: str
    kind: str
    title: str
    lang: str
    received_at: datetime
    status: str
    visibility: str
    withdrawn: bool
    draft: int | None

    @property
    def url(self) -> str:
        """Where it is read."""
        return f"/{'proposals' if self.kind == Kind.PROPOSAL else 'contributions'}/{self.code}"


_OF_ONE = table(Answer).join(table(Response), _r.id == _a.response_id)
_DRAFT = (
    select(func.max(_a.response_id))
    .select_from(_OF_ONE)
    .where(_a.contribution_id == _c.id, _r.published_at.is_(None), _r.theme_id.is_(None))
    .correlate(table(Contribution))
    .scalar_subquery()
)
_PRESENT = (
    select(func.max(_r.status))
    .select_from(_OF_ONE)
    .where(_a.contribution_id == _c.id, _a.published_at.is_not(None), _a.superseded_at.is_(None))
    .correlate(table(Contribution))
    .scalar_subquery()
)
_DESK = (
    select(
        _c.id, _c.code, _c.kind, _p.title, _m.body, _c.lang, _c.received_at, _PRESENT.label("status"), _c.visibility,
        _p.withdrawn_at, _DRAFT.label("draft"),
    )
    .select_from(table(Contribution))
    .join(table(LightCounted), _l.contribution_id == _c.id)
    .outerjoin(table(Proposal), _p.id == _c.id)
    .outerjoin(table(Comment), _m.id == _c.id)
    .where(_c.consultation_id == bindparam("consultation"), _c.kind == bindparam("kind"))
)  # fmt: skip
_HAS_DRAFT = (
    exists()
    .where(_a.contribution_id == _c.id, _a.response_id == _r.id, _r.published_at.is_(None), _r.theme_id.is_(None))
    .correlate(table(Contribution))
)
STATES = {
    "unanswered": (_l.answered == 0) & ~_HAS_DRAFT,
    "drafted": _HAS_DRAFT,
    "answered": _l.answered == 1,
}


_AT_DESK = {name: _DESK.where(condition) for name, condition in STATES.items()}
_UNDER = {name: statement.where(_m.proposal_id == bindparam("under")) for name, statement in _AT_DESK.items()}
_OLDEST = (paging.Key("id", _c.id),)


def at_desk(
    session: Session,
    consultation_id: int,
    state: str,
    after: str | None,
    kind: str = Kind.PROPOSAL,
    under: int | None = None,
    size: int = 50,
) -> paging.Page[Waiting]:
    """The contributions of a kind by where their answer stands, the oldest first; comments also of one proposal."""
    asked = {"consultation": consultation_id, "kind": str(kind)} | ({} if under is None else {"under": under})
    statement = (_AT_DESK if under is None else _UNDER)[state]
    page = paging.page(session, statement, _OLDEST, after, size=size, **asked)
    return paging.Page(tuple(_waiting(row) for row in page.items), page.next)


def _waiting(row: Any) -> Waiting:
    return Waiting(
        row.code,
        row.kind,
        _title(row),
        row.lang,
        row.received_at,
        row.status or "",
        row.visibility,
        row.withdrawn_at is not None,
        row.draft,
    )


@dataclass(frozen=True)
class Progress:
    """How far an office is with answering the contributions of a kind in a consultation."""

    received: int
    answered: int
    drafted: int = 0

    @property
    def unanswered(self) -> int:
        """How many have no answer yet that can be read."""
        return self.received - self.answered

    @property
    def waiting(self) -> int:
        """How many have neither an answer nor a draft of one."""
        return self.unanswered - self.drafted


def progress(session: Session, ids: list[int]) -> dict[int, Progress]:
    """How many proposals each consultation has and how many are answered, in one query."""
    found = contributions.totals_of(session, ids)
    proposals = {number: found[number].of(Kind.PROPOSAL) for number in ids}
    return {number: Progress(one.heard, one.answered) for number, one in proposals.items()}


def progress_at_desk(session: Session, consultation_id: int, kind: str = Kind.PROPOSAL) -> Progress:
    """The same for one kind in one consultation, with the drafts that only its office knows of."""
    found = contributions.totals(session, consultation_id).of(kind)
    drafted = (
        select(func.count(_a.contribution_id.distinct()))
        .select_from(_OF_ONE)
        .join(table(Contribution), _c.id == _a.contribution_id)
        .join(table(LightCounted), _l.contribution_id == _c.id)
        .where(
            _r.consultation_id == consultation_id,
            _r.published_at.is_(None),
            _r.theme_id.is_(None),
            _c.kind == kind,
            _l.answered == 0,
        )
    )
    return Progress(found.heard, found.answered, int(session.execute(drafted).scalar_one()))
