"""What nobody has considered yet, as officials read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlmodel import Session

from app.comments.models import Comment
from app.contributions.models import Contribution, Kind, LightCounted, Visibility
from app.core import paging
from app.core.access import Actor
from app.core.columns import table
from app.core.markdown import to_text
from app.proposals.models import Proposal

_c, _l, _p, _m = (table(model).c for model in (Contribution, LightCounted, Proposal, Comment))


@dataclass(frozen=True)
class Waiting:
    """A contribution nobody has considered yet, as the desk lists it."""

    id: int
    code: str
    kind: str
    #: Of the proposal itself, or of the one a comment is on; of a hidden one its code.
    title: str
    title_lang: str
    text: str
    lang: str
    channel: str
    received_at: datetime
    own: bool

    @property
    def page(self) -> str:
        """Where an official reads it."""
        return f"/desk/contributions/{self.code}/reading"


_about, _on = table(Proposal).alias("about"), table(Contribution).alias("on_ledger")
_EXCERPT = 240
#: What can still be read and waits, in the order of the index that holds the queue: the oldest first.
_WAITING = (
    select(
        _l.contribution_id.label("id"), _c.code, _c.kind, _c.lang, _c.channel, _c.received_at, _c.participant_id,
        case((_on.c.visibility == Visibility.PUBLIC, _about.c.title), else_=_on.c.code).label("on_title"), _p.title,
        func.coalesce(_on.c.lang, _c.lang).label("title_lang"), func.coalesce(_p.excerpt, _m.body).label("text"),
    )
    .select_from(table(LightCounted))
    .join(table(Contribution), _c.id == _l.contribution_id)
    .outerjoin(table(Proposal), _p.id == _l.contribution_id)
    .outerjoin(table(Comment), _m.id == _l.contribution_id)
    .outerjoin(_about, _about.c.id == _m.proposal_id)
    .outerjoin(_on, _on.c.id == _m.proposal_id)
    .where(
        _l.consultation_id == bindparam("consultation"),
        _l.considered == 0,
        _c.visibility == Visibility.PUBLIC,
        _p.withdrawn_at.is_(None),
        _m.removed_at.is_(None),
    )
)  # fmt: skip
_OLDEST = (paging.Key("id", _l.contribution_id),)
_NEXT = (
    _WAITING.where(
        _l.contribution_id > bindparam("after"),
        _c.participant_id.is_distinct_from(bindparam("participant", type_=_c.participant_id.type)),
    )
    .order_by(_l.contribution_id)
    .limit(1)
)


def waiting(session: Session, actor: Actor, consultation_id: int, after: str | None) -> paging.Page[Waiting]:
    """A page of what nobody has considered yet in a consultation, the oldest first."""
    page = paging.page(session, _WAITING, _OLDEST, after, consultation=consultation_id)
    return paging.Page(tuple(_waiting(row, actor) for row in page.items), page.next)


def next_waiting(session: Session, actor: Actor, consultation_id: int, after: int) -> Waiting | None:
    """What somebody who has read one reads next: the oldest that waits after it, else the oldest of all.

    Their own words are left out: a colleague reads those.
    """
    values = {"consultation": consultation_id, "participant": actor.participant}
    for bound in (after, 0):
        row = session.execute(_NEXT, values | {"after": bound}).first()
        if row is not None and row.id != after:
            return _waiting(row, actor)
    return None


def _waiting(row: Any, actor: Actor) -> Waiting:
    own = row.participant_id is not None and row.participant_id == actor.participant
    text = to_text(row.text, _EXCERPT)
    title = row.title if row.kind == Kind.PROPOSAL else row.on_title
    return Waiting(row.id, row.code, row.kind, title, row.title_lang, text, row.lang, row.channel, row.received_at, own)
