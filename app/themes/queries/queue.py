"""What waits at the coding desk, in which order it comes, and lists of what was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlmodel import Session

from app.comments.models import Comment
from app.contributions.models import Contribution, Kind, Visibility
from app.core import paging
from app.core.columns import table
from app.core.markdown import to_text
from app.proposals.models import Proposal, ProposalVersion
from app.rules.coding import State
from app.themes.models import (
    CampaignAddition,
    CampaignSignature,
    Coding,
    CodingCounted,
    CodingLease,
    Exclusion,
    Theme,
    ThemeVersion,
)

#: The states as the database counts them.
NUMBERS = {State.PENDING: 0, State.CODED: 1, State.EXCLUDED: 2}
_q, _c, _p, _v, _m, _l, _k, _t, _w, _x, _s, _d = (
    table(model).c
    for model in (
        CodingCounted, Contribution, Proposal, ProposalVersion, Comment, CodingLease, Coding, Theme, ThemeVersion,
        Exclusion, CampaignSignature, CampaignAddition,
    )
)  # fmt: skip
_OTHERS = exists().where(
    _l.contribution_id == _q.contribution_id, _l.account_id != bindparam("account"),
    _l.until > bindparam("now", type_=_l.until.type),
)  # fmt: skip
_READABLE = (_c.visibility == Visibility.PUBLIC) & _p.withdrawn_at.is_(None) & _m.removed_at.is_(None)
_ON_LEDGER = (
    table(CodingCounted)
    .join(table(Contribution), _c.id == _q.contribution_id)
    .outerjoin(table(Proposal), _p.id == _q.contribution_id)
    .outerjoin(table(Comment), _m.id == _q.contribution_id)
)
_PENDING = (_q.consultation_id == bindparam("consultation")) & (_q.state == NUMBERS[State.PENDING])
#: What waits and can be read, that nobody else has open and this person did not write.
FREE = (
    select(_q.contribution_id.label("id"), _q.code)
    .select_from(_ON_LEDGER)
    .where(
        _PENDING, _READABLE, ~_OTHERS, _c.participant_id.is_distinct_from(bindparam("participant", type_=_c.id.type))
    )
)
_FREE = FREE.limit(1)
#: Codes are drawn by chance, so their order is one.
_ORDERS: Mapping[str, tuple[ColumnElement[Any], Any]] = {
    "chance": (_q.code, _FREE.where(_q.code > bindparam("after")).order_by(_q.code)),
    "age": (_q.contribution_id, _FREE.where(_q.contribution_id > bindparam("after")).order_by(_q.contribution_id)),
}


@dataclass(frozen=True)
class Next:
    """What somebody reads next."""

    id: int
    code: str


def next_free(
    session: Session, order: str, consultation_id: int, after: Any, account: int | None, participant: int | None,
    now: datetime,
) -> Next | None:  # fmt: skip
    """The next that waits after a place in an order, that nobody else has open and they did not write themselves."""
    values = {
        "consultation": consultation_id, "after": after, "account": account, "participant": participant, "now": now,
    }  # fmt: skip
    row: Any = session.execute(_ORDERS[order][1], values).first()
    return Next(row.id, row.code) if row else None


@dataclass(frozen=True)
class Listed:
    """A contribution in a list of the desk."""

    id: int
    code: str
    kind: str
    title: str
    lang: str
    received_at: datetime
    gone: bool
    #: Of which campaign it is a copy, and how many of them stand in the same list; the earliest stands for all.
    campaign: int | None = None
    alike: int = 1

    @property
    def page(self) -> str:
        """Where it is coded."""
        return f"/desk/contributions/{self.code}/coding"


_EXCERPT = 160
_LISTED = (
    select(
        _q.contribution_id.label("id"), _q.code, _q.kind, _p.title, _p.excerpt, _m.body, _c.lang, _c.received_at,
        _c.visibility, _p.withdrawn_at, _m.removed_at,
    )
    .select_from(_ON_LEDGER)
    .where(_q.consultation_id == bindparam("consultation"))
)  # fmt: skip
_other_s, _other_q, _other_c, _other_p, _other_m = (
    table(model).alias(f"other_{model.__tablename__}")
    for model in (CampaignSignature, CodingCounted, Contribution, Proposal, Comment)
)
#: The copies of the same text that stand in the same state and can be read.
_BESIDE = (
    select(_other_s.c.contribution_id)
    .select_from(
        _other_s.join(_other_q, _other_q.c.contribution_id == _other_s.c.contribution_id)
        .join(_other_c, _other_c.c.id == _other_s.c.contribution_id)
        .outerjoin(_other_p, _other_p.c.id == _other_s.c.contribution_id)
        .outerjoin(_other_m, _other_m.c.id == _other_s.c.contribution_id)
    )
    .where(
        _other_s.c.campaign_id == _s.campaign_id, _other_q.c.state == _q.state,
        _other_c.c.visibility == Visibility.PUBLIC, _other_p.c.withdrawn_at.is_(None), _other_m.c.removed_at.is_(None),
    )
    .correlate(table(CodingCounted), table(CampaignSignature))
)  # fmt: skip
#: Each text once, however many copies of it stand in the list; the earliest stands for all.
_ONCE = (
    _LISTED.add_columns(
        _s.campaign_id.label("campaign"), _BESIDE.with_only_columns(func.count()).scalar_subquery().label("alike")
    )
    .outerjoin(table(CampaignSignature), _s.contribution_id == _q.contribution_id)
    .where(or_(~_READABLE, ~_BESIDE.where(_other_s.c.contribution_id < _q.contribution_id).exists()))
)
#: An addition waits while no theme stands in it and nobody has cleared it. What was found in all copies is no reading.
WAITS = and_(
    _d.cleared_at.is_(None),
    ~exists().where(
        _k.contribution_id == _d.contribution_id, _k.retracted_at.is_(None), _k.shared_id.is_(None),
        _k.begins < _d.ends, _d.begins < _k.ends,
    ),
)  # fmt: skip
_ADDED = select(_d.id).where(_d.contribution_id == _q.contribution_id, WAITS).correlate(table(CodingCounted))
_NOW_SAYS = table(ThemeVersion).alias("now_says")
_CHANGED = (
    select(_k.id)
    .select_from(table(Coding))
    .join(table(Theme), _t.id == _k.theme_id)
    .outerjoin(
        _NOW_SAYS,
        (_NOW_SAYS.c.theme_id == func.coalesce(_t.merged_into, _t.id))
        & (_NOW_SAYS.c.codebook_id == bindparam("codebook")),
    )
    .outerjoin(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .where(
        _k.contribution_id == _q.contribution_id,
        _k.retracted_at.is_(None),
        _NOW_SAYS.c.id.is_(None) | (_k.version < _NOW_SAYS.c.since) | (_k.text_h != func.coalesce(_v.h, _m.h)),
    )
    .correlate(table(CodingCounted), table(Proposal), table(Comment))
)
_APPEALED = (
    select(_x.id)
    .where(
        _x.contribution_id == _q.contribution_id, _x.lifted_at.is_(None), _x.appealed_at.is_not(None),
        _x.decided_at.is_(None),
    )
    .correlate(table(CodingCounted))
)  # fmt: skip
#: The lists of the desk; those of contributions whose text is gone wait to be left out.
LISTS = {
    "pending": _ONCE.where(_q.state == NUMBERS[State.PENDING], _READABLE),
    "additions": _LISTED.where(_q.state == NUMBERS[State.CODED], _READABLE, _ADDED.exists()),
    "gone": _LISTED.where(_q.state == NUMBERS[State.PENDING], ~_READABLE),
    "again": _LISTED.where(_q.state == NUMBERS[State.CODED], _CHANGED.exists()),
    "coded": _ONCE.where(_q.state == NUMBERS[State.CODED]),
    "excluded": _LISTED.where(_q.state == NUMBERS[State.EXCLUDED]),
    "appealed": _LISTED.where(_q.state == NUMBERS[State.EXCLUDED], _APPEALED.exists()),
}
_OLDEST = (paging.Key("id", _q.contribution_id),)


def listed(
    session: Session, which: str, consultation_id: int, codebook_id: int, after: str | None
) -> paging.Page[Listed]:
    """A page of one of the lists, the oldest first; `codebook_id` names the version in force."""
    asked = {"consultation": consultation_id} | ({"codebook": codebook_id} if which == "again" else {})
    page = paging.page(session, LISTS[which], _OLDEST, after, **asked)
    return paging.Page(tuple(_listed(row) for row in page.items), page.next)


def _listed(row: Any) -> Listed:
    gone = row.visibility != Visibility.PUBLIC or bool(row.withdrawn_at or row.removed_at)
    says = row.title if row.kind == Kind.PROPOSAL else to_text(row.body, _EXCERPT)
    alike = (row.campaign, row.alike) if "alike" in row._mapping and row.alike > 1 and not gone else (None, 1)
    return Listed(row.id, row.code, row.kind, row.code if gone else says, row.lang, row.received_at, gone, *alike)


_GONE = (
    select(_q.contribution_id.label("id"), _q.code, _c.visibility)
    .select_from(_ON_LEDGER)
    .where(_PENDING, ~_READABLE)
    .order_by(_q.contribution_id)
    .limit(bindparam("most"))
)


def gone(session: Session, consultation_id: int, most: int) -> list[Any]:
    """Some that wait and whose text nobody can read any more: row number, code, and visibility."""
    return list(session.execute(_GONE, {"consultation": consultation_id, "most": most}).all())
