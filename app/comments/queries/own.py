"""Somebody's own comments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.comments.models import Comment
from app.contributions.models import Contribution
from app.contributions.queries import Lights
from app.core import paging
from app.core.columns import table
from app.core.markdown import to_text
from app.proposals.models import Proposal

EXCERPT = 200


@dataclass(frozen=True)
class Own:
    """A comment among somebody's own contributions."""

    code: str
    excerpt: str
    lang: str
    stance: str
    replies: int
    received_at: datetime
    visibility: str
    reason_code: str
    removed: bool
    proposal_code: str
    proposal_title: str | None
    lights: Lights

    @property
    def url(self) -> str:
        """Its permanent address."""
        return f"/contributions/{self.code}"


_m, _c, _p = (table(model).c for model in (Comment, Contribution, Proposal))
_commented = table(Contribution).alias("commented")
_OWN = (
    select(
        _m.id,
        _c.code,
        _m.body,
        _c.lang,
        _m.stance,
        _m.replies,
        _c.received_at,
        _c.visibility,
        _c.reason_code,
        _m.removed_at,
        _commented.c.code.label("proposal_code"),
        _p.title,
        _commented.c.visibility.label("proposal_visibility"),
    )
    .select_from(table(Comment))
    .join(table(Contribution), _c.id == _m.id)
    .join(table(Proposal), _p.id == _m.proposal_id)
    .join(_commented, _commented.c.id == _m.proposal_id)
    .where(_c.participant_id == bindparam("participant"))
)

_NEWEST = (paging.Key("id", _m.id, descending=True),)


def by_author(session: Session, participant: int, after: str | None) -> paging.Page[Any]:
    """The rows of one person's comments, the newest first; `own` makes them readable with their lights."""
    return paging.page(session, _OWN, _NEWEST, after, participant=participant)


def own(page: paging.Page[Any], lights: Mapping[int, Lights]) -> paging.Page[Own]:
    """Comments of one person with the lights that were read for them and for whatever stands beside them."""
    return paging.Page(tuple(_own(row, lights[row.id]) for row in page.items), page.next)


def _own(row: Any, lights: Lights) -> Own:
    return Own(
        code=row.code,
        excerpt=to_text(row.body, EXCERPT) if row.visibility == "public" else "",
        lang=row.lang,
        stance=row.stance,
        replies=row.replies,
        received_at=row.received_at,
        visibility=row.visibility,
        reason_code=row.reason_code,
        removed=row.removed_at is not None,
        proposal_code=row.proposal_code,
        proposal_title=row.title if row.proposal_visibility == "public" else None,
        lights=lights,
    )
