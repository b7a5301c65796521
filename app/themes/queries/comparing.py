"""What is compared to find texts that are copies of one another, and when that was done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.comments.models import Comment
from app.contributions.models import Contribution, Visibility
from app.core import db
from app.core.columns import table
from app.proposals.models import Proposal, ProposalVersion
from app.themes.models import CampaignRun
from app.themes.queries.reading import text_of

#: So many texts are read at a time.
AT_ONCE = 500
_c, _p, _v, _m, _r = (table(model).c for model in (Contribution, Proposal, ProposalVersion, Comment, CampaignRun))
READABLE = (_c.visibility == Visibility.PUBLIC) & _p.withdrawn_at.is_(None) & _m.removed_at.is_(None)
TEXTS = (
    select(_c.id, _v.title, func.coalesce(_v.body, _m.body).label("body"), func.coalesce(_v.h, _m.h).label("h"),
           READABLE.label("readable"))
    .select_from(table(Contribution))
    .outerjoin(table(Proposal), _p.id == _c.id)
    .outerjoin(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .outerjoin(table(Comment), _m.id == _c.id)
)  # fmt: skip
_OF_CONSULTATION = (
    TEXTS.where(_c.consultation_id == bindparam("consultation"), _c.id > bindparam("after"))
    .order_by(_c.id)
    .limit(AT_ONCE)
)


@dataclass(frozen=True)
class Written:
    """A contribution's text as it is now; without words where it cannot be read any more."""

    id: int
    text: str
    h: str
    gone: bool


def texts(consultation_id: int) -> Iterator[Written]:
    """Everything that was put in, the earliest first, read piece by piece."""
    after = 0
    while True:
        with db.reading() as session:
            rows = session.execute(_OF_CONSULTATION, {"consultation": consultation_id, "after": after}).all()
        yield from (written(row) for row in rows)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].id


def written(row: Any) -> Written:
    """A row of `TEXTS` as it is compared."""
    return Written(row.id, text_of(row.title, row.body or "") if row.readable else "", row.h or "", not row.readable)


@dataclass(frozen=True)
class RunView:
    """When texts were last compared, and what came of it."""

    id: int
    consultation_id: int
    name: str
    at: datetime
    finished_at: datetime | None
    received: int
    gone: int
    short: int
    apart: int
    grouped: int
    groups: int


_RUNS = select(*(_r[name] for name in RunView.__dataclass_fields__))
_NEWEST_RUN = _RUNS.where(_r.consultation_id == bindparam("consultation")).order_by(_r.id.desc()).limit(1)


def newest_run(session: Session, consultation_id: int) -> RunView | None:
    """The last time somebody let texts be compared."""
    row = session.execute(_NEWEST_RUN, {"consultation": consultation_id}).first()
    return RunView(*row) if row else None


def run(session: Session, number: int) -> RunView:
    """A comparison of texts by its row number."""
    return RunView(*session.execute(_RUNS.where(_r.id == number)).one())
