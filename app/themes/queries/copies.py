"""One copy of a text that many sent: what differs in it, and what its sender added."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, exists, func, select
from sqlmodel import Session

from app.contributions.models import Contribution
from app.core import paging, textdiff
from app.core.columns import table
from app.rules.coding import State
from app.rules.quoting import Passage
from app.themes.models import CampaignAddition, CampaignSignature, Coding, CodingCounted
from app.themes.queries.comparing import TEXTS, written
from app.themes.queries.queue import NUMBERS, WAITS
from app.themes.queries.reading import Words

_s, _d, _k, _q, _c = (
    table(model).c for model in (CampaignSignature, CampaignAddition, Coding, CodingCounted, Contribution)
)
_BETWEEN = (_k.begins < _d.ends) & (_d.begins < _k.ends)
_both = case((_k.ends < _d.ends, _k.ends), else_=_d.ends) - case((_k.begins > _d.begins, _k.begins), else_=_d.begins)
#: A coding is about what somebody added where more than half of its passage stands in an addition.
OWN_WORDS = exists().where(_d.contribution_id == _k.contribution_id, _BETWEEN, _both * 2 > _k.ends - _k.begins)


@dataclass(frozen=True)
class Signed:
    """One copy, with what in it differs from the common text; nothing to compare where it cannot be read."""

    id: int
    code: str
    state: int
    lang: str
    gone: bool
    changed: textdiff.Comparison | None
    additions: tuple["Addition", ...]


@dataclass(frozen=True)
class Addition:
    """What somebody added to a text that many sent; `waits` until it was read."""

    quote: str
    waits: bool
    cleared_by: str


_SIGNED = (
    TEXTS.add_columns(_c.code, _c.lang, _q.state)
    .join(table(CampaignSignature), _s.contribution_id == _c.id)
    .join(table(CodingCounted), _q.contribution_id == _c.id)
    .where(_s.campaign_id == bindparam("campaign"))
)
_ADDITIONS = select(_d.contribution_id, _d.begins, _d.ends, _d.cleared_by, WAITS.label("waits")).order_by(_d.begins)
_ADDED_TO = _ADDITIONS.where(_d.contribution_id.in_(bindparam("ids", expanding=True)))
_BY_ROW = (paging.Key("id", _c.id),)


def signed(session: Session, campaign_id: int, common: str, after: str | None) -> paging.Page[Signed]:
    """A page of the copies of a text, the earliest first."""
    page = paging.page(session, _SIGNED, _BY_ROW, after, campaign=campaign_id)
    ids = [row.id for row in page.items]
    added = session.execute(_ADDED_TO, {"ids": ids}).all() if ids else []
    return paging.Page(tuple(_sign(row, common, added) for row in page.items), page.next)


def _sign(row: Any, common: str, added: Any) -> Signed:
    one = written(row)
    return Signed(
        one.id, row.code, row.state, row.lang, one.gone,
        textdiff.compare(common, one.text) if common and not one.gone else None,
        tuple(_addition(it, one.text) for it in added if it.contribution_id == one.id),
    )  # fmt: skip


def _addition(row: Any, text: str) -> Addition:
    return Addition(Passage(row.begins, row.ends).of(text), row.waits, row.cleared_by)


@dataclass(frozen=True)
class CopyOf:
    """That a contribution is a copy: of which campaign, with how many signatures, and what its sender added."""

    campaign: int
    signatures: int
    additions: tuple[Addition, ...]

    @property
    def waits(self) -> bool:
        """Whether an addition is still to be read."""
        return any(one.waits for one in self.additions)


_beside = table(CampaignSignature).alias("beside")
_COPY = (
    select(
        _s.campaign_id,
        select(func.count())
        .select_from(_beside)
        .where(_beside.c.campaign_id == _s.campaign_id)
        .correlate(table(CampaignSignature))
        .scalar_subquery()
        .label("signatures"),
        _d.begins, _d.ends, _d.cleared_by, WAITS.label("waits"),
    )
    .select_from(table(CampaignSignature))
    .outerjoin(table(CampaignAddition), _d.contribution_id == _s.contribution_id)
    .where(_s.contribution_id == bindparam("contribution"))
    .order_by(_d.begins)
)  # fmt: skip


def copy_of(session: Session, item: Words) -> CopyOf | None:
    """Of which campaign a contribution is a copy, if it is one of at least two."""
    rows = session.execute(_COPY, {"contribution": item.id}).all()
    if not rows or rows[0].signatures < 2:
        return None
    added = tuple(_addition(row, item.text) for row in rows if row.begins is not None)
    return CopyOf(rows[0].campaign_id, rows[0].signatures, added)


_UNREAD = (
    select(func.count(_d.contribution_id.distinct()))
    .select_from(table(CampaignAddition).join(table(CodingCounted), _q.contribution_id == _d.contribution_id))
    .where(_q.consultation_id == bindparam("consultation"), _q.state == NUMBERS[State.CODED], WAITS)
)


def unread_additions(session: Session, consultation_id: int) -> int:
    """In how many coded contributions something of their own is still to be read."""
    return int(session.execute(_UNREAD, {"consultation": consultation_id}).scalar_one())
