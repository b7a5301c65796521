"""Texts that are copies of one another: the groups, who signed, what each added, and what was found in all of them."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select
from sqlmodel import Session

from app.comments.models import Comment
from app.consultations import queries as consultations
from app.contributions.models import Contribution
from app.core import paging
from app.core.access import Missing
from app.core.columns import table
from app.core.markdown import to_text
from app.proposals.models import Proposal
from app.rules.coding import State
from app.themes.models import (
    Campaign,
    CampaignAddition,
    CampaignSignature,
    Coding,
    CodingCounted,
    SharedCoding,
    Theme,
)
from app.themes.queries.codebooks import CodebookView, ThemeView
from app.themes.queries.comparing import READABLE
from app.themes.queries.copies import Signed, signed
from app.themes.queries.queue import NUMBERS, WAITS
from app.themes.queries.reading import Words, words

_EXCERPT = 160
_g, _s, _d, _h, _k, _q, _t, _c, _p, _m = (
    table(model).c
    for model in (
        Campaign, CampaignSignature, CampaignAddition, SharedCoding, Coding, CodingCounted, Theme, Contribution,
        Proposal, Comment,
    )
)  # fmt: skip


@dataclass(frozen=True)
class CampaignView(consultations.Within):
    """A group of copies: in how many contributions the text stands, and how many of them added something."""

    consultation: consultations.ConsultationView
    id: int
    first_id: int
    code: str
    lang: str
    excerpt: str
    gone: bool
    signatures: int
    pending: int
    with_additions: int
    waiting: int

    @property
    def page(self) -> str:
        """Where it is coded."""
        return f"/desk/campaigns/{self.id}"


_signed = select(func.count()).select_from(table(CampaignSignature)).where(_s.campaign_id == _g.id)
_pending = (
    select(func.count())
    .select_from(table(CampaignSignature).join(table(CodingCounted), _q.contribution_id == _s.contribution_id))
    .where(_s.campaign_id == _g.id, _q.state == NUMBERS[State.PENDING])
)
_added = (
    select(func.count(_d.contribution_id.distinct()))
    .select_from(table(CampaignSignature).join(table(CampaignAddition), _d.contribution_id == _s.contribution_id))
    .where(_s.campaign_id == _g.id)
)
_CAMPAIGNS: Select[Any] = (
    select(
        _g.id, _g.consultation_id, _g.first_id, _c.code, _c.lang, _p.title, _m.body, (~READABLE).label("gone"),
        *(
            statement.correlate(table(Campaign)).scalar_subquery().label(name)
            for name, statement in (
                ("signatures", _signed), ("pending", _pending), ("with_additions", _added),
                ("waiting", _added.where(WAITS)),
            )
        ),
    )
    .select_from(table(Campaign))
    .join(table(Contribution), _c.id == _g.first_id)
    .outerjoin(table(Proposal), _p.id == _c.id)
    .outerjoin(table(Comment), _m.id == _c.id)
)  # fmt: skip
_LISTED = _CAMPAIGNS.where(
    _g.consultation_id == bindparam("consultation"),
    exists().where(_s.campaign_id == _g.id, _s.contribution_id != _g.first_id),
)
_OLDEST = (paging.Key("id", _g.id),)


def campaigns(
    session: Session, consultation: consultations.ConsultationView, after: str | None
) -> paging.Page[CampaignView]:
    """The groups of a consultation that have at least two signatures."""
    page = paging.page(session, _LISTED, _OLDEST, after, consultation=consultation.id)
    return paging.Page(tuple(_campaign(row, consultation) for row in page.items), page.next)


def _campaign(row: Any, consultation: consultations.ConsultationView) -> CampaignView:
    excerpt = "" if row.gone else row.title or to_text(row.body or "", _EXCERPT)
    return CampaignView(
        consultation, row.id, row.first_id, row.code, row.lang, excerpt, row.gone, row.signatures, row.pending,
        row.with_additions, row.waiting,
    )  # fmt: skip


_MEMBERS = (
    select(_s.contribution_id, _s.campaign_id)
    .join_from(table(CampaignSignature), table(Campaign), _g.id == _s.campaign_id)
    .where(_g.consultation_id == bindparam("consultation"))
)


def campaigns_of(session: Session, consultation_id: int) -> dict[int, int]:
    """Of which campaign each contribution of a consultation is a copy, by row numbers."""
    rows = session.execute(_MEMBERS, {"consultation": consultation_id})
    return {row.contribution_id: row.campaign_id for row in rows}


def campaign(session: Session, number: int) -> CampaignView:
    """A group by its row number."""
    row: Any = session.execute(_CAMPAIGNS.where(_g.id == number)).first()
    if row is None:
        raise Missing
    return _campaign(row, consultations.by_id(session, row.consultation_id))


@dataclass(frozen=True)
class SharedView(consultations.Within):
    """A theme that was found in a campaign's text for all its copies; `made` is in how many of them it stands."""

    consultation: consultations.ConsultationView
    id: int
    campaign_id: int
    theme_id: int
    number: int
    version: int
    quote: str
    text_h: str
    account_id: int
    name: str
    at: datetime
    through: int | None
    retracted_at: datetime | None
    made: int
    theme: ThemeView | None = None

    @property
    def label(self) -> str:
        """How its theme is named."""
        return f"T{self.number}"


_made = (
    select(func.count())
    .select_from(table(Coding))
    .where(_k.shared_id == _h.id, _k.retracted_at.is_(None))
    .correlate(table(SharedCoding))
    .scalar_subquery()
)
_SHARED = (
    select(
        _h.id, _h.campaign_id, _h.theme_id, _t.number, _h.version, _h.quote, _h.text_h, _h.account_id, _h.name, _h.at,
        _h.through, _h.retracted_at, _made.label("made"), _g.consultation_id,
    )
    .join_from(table(SharedCoding), table(Theme), _t.id == _h.theme_id)
    .join(table(Campaign), _g.id == _h.campaign_id)
)  # fmt: skip
_IN_CAMPAIGN = _SHARED.where(_h.campaign_id == bindparam("campaign"), _h.retracted_at.is_(None)).order_by(_h.id)


def shared_in(session: Session, one: CampaignView, book: CodebookView | None) -> tuple[SharedView, ...]:
    """What was found in a campaign's text and stands."""
    rows = session.execute(_IN_CAMPAIGN, {"campaign": one.id}).all()
    every = (_shared(row, one.consultation) for row in rows)
    return tuple(replace(it, theme=book.by_number.get(it.number) if book else None) for it in every)


def shared(session: Session, number: int) -> SharedView:
    """A shared coding by its row number."""
    row: Any = session.execute(_SHARED.where(_h.id == number)).first()
    if row is None:
        raise Missing
    return _shared(row, consultations.by_id(session, row.consultation_id))


def _shared(row: Any, consultation: consultations.ConsultationView) -> SharedView:
    fields = dict(row._mapping)
    del fields["consultation_id"]
    return SharedView(consultation=consultation, **fields)


@dataclass(frozen=True)
class CampaignDesk:
    """A campaign at the desk: its text, what was found in it, and a page of its copies."""

    campaign: CampaignView
    item: Words
    book: CodebookView | None
    shared: tuple[SharedView, ...]
    copies: paging.Page[Signed]

    @cached_property
    def there(self) -> frozenset[int]:
        """The themes that stand, by their numbers."""
        return frozenset(one.number for one in self.shared)


def campaign_desk(session: Session, one: CampaignView, book: CodebookView | None, after: str | None) -> CampaignDesk:
    """Everything the page of a campaign shows."""
    item = words(session, one.code)
    return CampaignDesk(one, item, book, shared_in(session, one, book), signed(session, one.id, item.text, after))
