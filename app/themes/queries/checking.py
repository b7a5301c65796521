"""The blind check: its samples, what a second person codes next without seeing the first, and how far both agree."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.consultations import queries as consultations
from app.contributions.models import Contribution
from app.core.access import Missing
from app.core.columns import table
from app.rules.agreement import FEWEST, Agreement, agreement
from app.rules.coding import State
from app.themes.models import BlindCheck, BlindItem, Coding, CodingCounted
from app.themes.queries.codebooks import CodebookView
from app.themes.queries.queue import NUMBERS


@dataclass(frozen=True)
class Check:
    """A sample and how far the second person is; `pairs` are the themes both found, as they were then."""

    id: int
    version: int
    seed: str
    drawn_from: int
    name: str
    at: datetime
    size: int
    #: So many the second person has been through; those whose text was gone by then are in no pair.
    done: int
    pairs: tuple[tuple[frozenset[str], frozenset[str]], ...]
    by: tuple[str, ...]
    #: The themes of the version in force.
    possible: frozenset[str]

    @property
    def open(self) -> bool:
        """Whether some are still to be coded."""
        return self.done < self.size

    @property
    def fewest(self) -> int:
        """So many have to be coded twice before anything is said of their agreement."""
        return FEWEST

    @property
    def agreement(self) -> Agreement:
        """How far both agree about what both have coded; the themes are those that either of them used or could."""
        used = frozenset(theme for pair in self.pairs for one in pair for theme in one)
        return agreement(self.pairs, self.possible | used)

    def facts(self) -> dict[str, Any]:
        """What is published of it."""
        found = self.agreement
        return {
            "codebook": self.version,
            "seed": self.seed,
            "drawn_from": self.drawn_from,
            "size": self.size,
            "coded_twice": found.contributions,
            "kappa": vars(found.kappa) if found.kappa else None,
            "f1": vars(found.f1) if found.f1 else None,
        }


@dataclass(frozen=True)
class ToCheck(consultations.Within):
    """A contribution of a sample, for the second person."""

    consultation: consultations.ConsultationView
    id: int
    check_id: int
    version: int
    code: str
    contribution_id: int
    at: datetime | None


_c, _s, _i, _k, _q = (table(model).c for model in (Contribution, BlindCheck, BlindItem, Coding, CodingCounted))
_NEWEST = (
    select(_s.id, _s.version, _s.seed, _s.drawn_from, _s.name, _s.at)
    .where(_s.consultation_id == bindparam("consultation"))
    .order_by(_s.id.desc())
    .limit(1)
    .subquery()
)
#: The newest sample with all its items, one row each.
_WITH_ITEMS = select(
    _NEWEST, _i.first, _i.second, _i.at.label("coded_at"), _i.name.label("by"), _i.id.label("item_id")
).join_from(_NEWEST, table(BlindItem), _i.check_id == _NEWEST.c.id)  # fmt: skip
_CODED = select(_q.code).where(
    _q.consultation_id == bindparam("consultation"), _q.state == NUMBERS[State.CODED]
)  # fmt: skip
_ITEM = (
    select(_i.id, _i.check_id, _s.version, _c.code, _i.contribution_id, _i.at, _s.consultation_id)
    .join_from(table(BlindItem), table(BlindCheck), _s.id == _i.check_id)
    .join(table(Contribution), _c.id == _i.contribution_id)
)
#: The next that this person may code: not coded yet, not found anything in before, not written by them.
_NEXT = (
    select(_i.id)
    .join_from(table(BlindItem), table(Contribution), _c.id == _i.contribution_id)
    .where(
        _i.check_id == bindparam("check"),
        _i.at.is_(None),
        _i.id != bindparam("besides"),
        _c.participant_id.is_distinct_from(bindparam("participant", type_=_c.id.type)),
        ~select(_k.id)
        .where(_k.contribution_id == _i.contribution_id, _k.account_id == bindparam("account"))
        .correlate(table(BlindItem))
        .exists(),
    )
    .order_by(_i.id)
    .limit(1)
)
_FIRST_CODERS = select(_k.account_id).where(_k.contribution_id == bindparam("contribution"))


def newest_check(session: Session, consultation_id: int, book: CodebookView | None) -> Check | None:
    """The newest sample of a consultation with what both people found, if one was drawn."""
    rows = session.execute(_WITH_ITEMS, {"consultation": consultation_id}).all()
    if not rows:
        return None
    head, done = rows[0], [row for row in rows if row.coded_at is not None]
    return Check(
        id=head.id,
        version=head.version,
        seed=head.seed,
        drawn_from=head.drawn_from,
        name=head.name,
        at=head.at,
        size=len(rows),
        done=len(done),
        pairs=tuple((frozenset(json.loads(it.first)), frozenset(json.loads(it.second))) for it in done if it.first),
        by=tuple(dict.fromkeys(it.by for it in done)),
        possible=frozenset(theme.label for theme in book.themes) if book else frozenset(),
    )


def coded_codes(session: Session, consultation_id: int) -> list[str]:
    """The codes of everything that is coded: what a sample is drawn from."""
    return list(session.execute(_CODED, {"consultation": consultation_id}).scalars())


def to_check(session: Session, number: int) -> ToCheck:
    """A contribution of a sample by its row number."""
    row: Any = session.execute(_ITEM.where(_i.id == number)).first()
    if row is None:
        raise Missing
    fields = dict(row._mapping)
    return ToCheck(consultation=consultations.by_id(session, fields.pop("consultation_id")), **fields)


def next_to_check(
    session: Session, check_id: int, account: int | None, participant: int | None, besides: int = 0
) -> int | None:
    """What somebody codes next of a sample, by its row number; None where nothing is left for them."""
    values = {"check": check_id, "account": account, "participant": participant, "besides": besides}
    return session.execute(_NEXT, values).scalar()


def coded_before(session: Session, contribution_id: int, account: int | None) -> bool:
    """Whether somebody found themes in a contribution before, and so is not the second person."""
    return account in set(session.execute(_FIRST_CODERS, {"contribution": contribution_id}).scalars())


def left_to_check(session: Session, check_id: int) -> int:
    """How many of a sample are still to be coded."""
    statement = select(func.count()).select_from(table(BlindItem)).where(_i.check_id == check_id, _i.at.is_(None))
    return int(session.execute(statement).scalar_one())
