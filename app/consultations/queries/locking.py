"""Since when a charter is locked, and who took part: facts asked of the features above that know them."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.consultations.models import Amendment
from app.core.columns import table

First = Callable[[Session, int], datetime | None]
TookPart = Callable[[Session, int, Collection[int]], set[int]]
Entered = Callable[[Session, int, int, int], dict[int, list[str]]]
_entered: list[Entered] = []
_firsts: list[First] = []
_took_part: list[TookPart] = []
_m = table(Amendment).c
_NUMBER = select(func.coalesce(func.max(_m.number), 0)).where(_m.consultation_id == bindparam("id"))


def locks_charters(first: First) -> First:
    """Register what tells when the first contribution to a consultation was received."""
    _firsts.append(first)
    return first


def tells_who_took_part(found: TookPart) -> TookPart:
    """Register what tells which of some participants took part in a consultation, whatever they did there."""
    _took_part.append(found)
    return found


def tells_who_entered(found: Entered) -> Entered:
    """Register what tells which accounts entered something for others, with its codes, some accounts at a time."""
    _entered.append(found)
    return found


def who_entered(session: Session, consultation_id: int, after: int, most: int) -> dict[int, list[str]]:
    """The next accounts that entered something for others in a consultation, with its codes."""
    found: dict[int, list[str]] = {}
    for each in _entered:
        for account, codes in each(session, consultation_id, after, most).items():
            found.setdefault(account, []).extend(codes)
    return found


def locked_since(session: Session, consultation_id: int) -> datetime | None:
    """When the first contribution was received, from which the charter changes only by amendment; None before it."""
    return min((at for first in _firsts if (at := first(session, consultation_id)) is not None), default=None)


def who_took_part(session: Session, consultation_id: int, participants: Collection[int]) -> set[int]:
    """Those of some participants who took part in a consultation; how is not told."""
    found: set[int] = set()
    for each in _took_part:
        found |= each(session, consultation_id, participants)
    return found


def amendments(session: Session, consultation_id: int) -> int:
    """How many amendments a charter has had."""
    return int(session.execute(_NUMBER, {"id": consultation_id}).scalar_one())
