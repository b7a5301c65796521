"""What became of everything that was received: the one count that page, export, log and publishing use."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, func, literal, select, union_all
from sqlmodel import Session

from app.contributions.models import LightTotal
from app.core.columns import table
from app.rules.coding import Balance
from app.themes.models import CodingTotal

_n, _l = table(CodingTotal).c, table(LightTotal).c
_zero = literal(0)
_BOTH = union_all(
    select(
        _l.kind, _l.heard.label("received"), _zero.label("coded"), _zero.label("excluded"), _zero.label("pending"),
        _l.answered.label("answered"),
    ).where(_l.consultation_id == bindparam("consultation")),
    select(_n.kind, _zero, _n.coded, _n.excluded, _n.pending, _zero).where(
        _n.consultation_id == bindparam("consultation")
    ),
).subquery()  # fmt: skip
#: In the order of the kinds, so that the same counts are told in the same bytes.
_COUNTS = (
    select(_BOTH.c.kind, func.sum(_BOTH.c.answered), *(func.sum(_BOTH.c[it]) for it in Balance.__dataclass_fields__))
    .group_by(_BOTH.c.kind)
    .order_by(_BOTH.c.kind)
)


@dataclass(frozen=True)
class Reconciled:
    """The balance of a consultation, in all and by kind of contribution, and how many of it are answered."""

    counted: Balance
    by_kind: Mapping[str, Balance]
    answered: int

    @property
    def holds(self) -> bool:
        """Whether nothing is missing and nothing is counted twice, for any kind."""
        return all(one.holds for one in (self.counted, *self.by_kind.values()))


def balance(session: Session, consultation_id: int) -> Reconciled:
    """How many were received, and how many of them are coded, excluded and pending; the same cost at any number.

    What was received is counted with the ledger, and the states with the facts of the coding: two counters that agree
    only where nothing was lost.
    """
    rows = session.execute(_COUNTS, {"consultation": consultation_id}).all()
    by_kind = {kind: Balance(*(int(number) for number in numbers)) for kind, _, *numbers in rows}
    whole = (sum(getattr(one, name) for one in by_kind.values()) for name in Balance.__dataclass_fields__)
    return Reconciled(Balance(*whole), by_kind, sum(int(row[1]) for row in rows))
