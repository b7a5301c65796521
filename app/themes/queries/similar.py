"""What waits and is like a contribution that somebody has just read: copies, the same conversation, and a sample."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal, select, union_all
from sqlmodel import Session

from app.comments.models import Comment
from app.core import words
from app.core.columns import table
from app.proposals.models import Proposal, ProposalVersion
from app.rules.likeness import most_alike
from app.themes.models import CampaignSignature, CodingCounted
from app.themes.queries.queue import FREE, Next
from app.themes.queries.reading import Words

#: So many of the same conversation are compared, and so many drawn by chance; so much of each text is looked at.
BESIDE, DRAWN, LOOKED_AT = 60, 140, 1500
_q, _p, _v, _m, _s = (
    table(model).c for model in (CodingCounted, Proposal, ProposalVersion, Comment, CampaignSignature)
)
_others = _q.contribution_id != bindparam("besides")
#: A copy of the same text, before anything else.
_COPY = (
    FREE.add_columns(literal(0).label("turn"))
    .join(table(CampaignSignature), _s.contribution_id == _q.contribution_id)
    .where(_others, _s.campaign_id == bindparam("campaign"))
    .order_by(_q.contribution_id)
    .limit(1)
)
_TALK = (
    FREE.add_columns(literal(1).label("turn"))
    .where(_others, _m.proposal_id == bindparam("proposal"))
    .order_by(_q.contribution_id)
    .limit(BESIDE)
)
#: Codes are drawn by chance: those after a code are a sample of all that wait.
_AFTER = FREE.add_columns(literal(2).label("turn")).where(_q.code > bindparam("begins")).order_by(_q.code).limit(DRAWN)
_FROM_FIRST = FREE.add_columns(literal(3).label("turn")).where(_others).order_by(_q.code).limit(DRAWN)
_FOUND = union_all(*(select(one.subquery()) for one in (_COPY, _TALK, _AFTER, _FROM_FIRST))).subquery()
_ONCE = (
    select(_FOUND.c.id, _FOUND.c.code, func.min(_FOUND.c.turn).label("turn"))
    .group_by(_FOUND.c.id, _FOUND.c.code)
    .subquery()
)
_CANDIDATES = (
    select(
        _ONCE.c.id, _ONCE.c.code, _ONCE.c.turn, _v.title,
        func.substr(func.coalesce(_v.body, _m.body), 1, LOOKED_AT).label("body"),
    )
    .select_from(_ONCE)
    .outerjoin(table(Proposal), _p.id == _ONCE.c.id)
    .outerjoin(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .outerjoin(table(Comment), _m.id == _ONCE.c.id)
    .order_by(_ONCE.c.turn, _ONCE.c.code)
)  # fmt: skip
_PLACE = (
    select(_m.proposal_id, _s.campaign_id)
    .select_from(table(CodingCounted))
    .outerjoin(table(Comment), _m.id == _q.contribution_id)
    .outerjoin(table(CampaignSignature), _s.contribution_id == _q.contribution_id)
    .where(_q.contribution_id == bindparam("contribution"))
)


def most_alike_free(
    session: Session, item: Words, account: int | None, participant: int | None, now: datetime
) -> list[Next]:
    """What waits and nobody else has open, the most like a contribution first.

    Copies of its text come first, whatever the words say. Of the others those of the same conversation and a sample
    drawn by chance are compared, so that it costs the same however many wait.
    """
    place: Any = session.execute(_PLACE, {"contribution": item.id}).one()
    asked = {
        "consultation": item.consultation.id, "account": account, "participant": participant, "now": now,
        "besides": item.id, "begins": item.code, "campaign": place.campaign_id or 0,
        "proposal": place.proposal_id or item.id,
    }  # fmt: skip
    rows = session.execute(_CANDIDATES, asked).all()
    copies = [row for row in rows if row.turn == 0]
    others = [row for row in rows if row.turn > 0]
    order = most_alike(
        frozenset(words.words(item.text[:LOOKED_AT])),
        [frozenset(words.words(f"{row.title or ''} {row.body}")) for row in others],
    )
    return [Next(row.id, row.code) for row in (*copies, *(others[at] for at in order))]
