"""Pages of a list by keyset: a page costs the same wherever it is, and nothing is skipped when rows arrive."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import AfterValidator
from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, or_
from sqlmodel import Session

from app.core import keys
from app.core.access import Missing

T = TypeVar("T")
SIZE = 20


@dataclass(frozen=True, eq=False)
class Key:
    """One column the list is ordered by: its name in the row, the column, and the direction."""

    name: str
    column: ColumnElement[Any]
    descending: bool = False


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, and the cursor of what comes after them."""

    items: tuple[T, ...]
    next: str | None


def page(
    session: Session, statement: Select[Any], by: Sequence[Key], after: str | None, size: int = SIZE, **values: Any
) -> Page[Any]:
    """The rows after a cursor; a cursor that is not ours is an address that does not exist.

    The statement is one that was made once: what differs from page to page comes as the `values` of its parameters.
    """
    given = values | {"page_size": size + 1}
    if after:
        given |= {f"after_{position}": value for position, value in enumerate(_read(after, by))}
    rows = session.execute(_prepared(statement, tuple(by), bool(after)), given).all()
    more = rows[size - 1] if len(rows) > size else None
    cursor = write([getattr(more, key.name) for key in by]) if more is not None else None
    return Page(tuple(rows[:size]), cursor)


def cut(ranked: Sequence[T], place: Callable[[T], tuple[int, int]], after: str | None, size: int = SIZE) -> Page[T]:
    """The same for what was put in order here: a page of it after a cursor. `place` falls from one to the next."""
    if after:
        known = _decoded(after)
        if len(known) != 2 or not all(type(value) is int for value in known):
            raise Missing
        ranked = [one for one in ranked if place(one) < tuple(known)]
    return Page(tuple(ranked[:size]), write(place(ranked[size - 1])) if len(ranked) > size else None)


@lru_cache(maxsize=200)
def _prepared(statement: Select[Any], by: tuple[Key, ...], further: bool) -> Select[Any]:
    """The statement with its order and its bounds, made once."""
    if further:
        statement = statement.where(_beyond(by))
    ordered = statement.order_by(*(key.column.desc() if key.descending else key.column.asc() for key in by))
    return ordered.limit(bindparam("page_size", type_=Integer))


def _beyond(by: Sequence[Key]) -> ColumnElement[bool]:
    """The condition that a row comes after the one whose key values are given.

    That the first key is not before it is said apart: so the database begins there instead of at the first page.
    """
    alternatives = []
    given: list[ColumnElement[Any]] = [
        bindparam(f"after_{position}", type_=key.column.type) for position, key in enumerate(by)
    ]
    for position, key in enumerate(by):
        same = [by[i].column == given[i] for i in range(position)]
        further = key.column < given[position] if key.descending else key.column > given[position]
        alternatives.append(and_(*same, further))
    first = by[0].column <= given[0] if by[0].descending else by[0].column >= given[0]
    return and_(first, or_(*alternatives)) if len(by) > 1 else or_(*alternatives)


def write(values: Sequence[Any]) -> str:
    """A place in a list as an address carries it, with our seal."""
    plain = [["t", value.isoformat()] if isinstance(value, datetime) else value for value in values]
    place = base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{place}.{_seal(place)}"


def _seal(place: str) -> str:
    """What only this installation can write below a place, so that no robot makes lists of its own."""
    digest = hmac.digest(keys.secret().encode(), b"cursor" + place.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:9]).decode()


def genuine(cursor: str) -> str:
    """Refuse a cursor that we did not write, before a database is asked."""
    place, _, seal = cursor.rpartition(".")
    if cursor and not (cursor.isascii() and hmac.compare_digest(seal, _seal(place))):
        raise ValueError("not a cursor of ours")
    return cursor


#: A parameter that holds a cursor.
Cursor = Annotated[str, Query(max_length=300), AfterValidator(genuine)]


def _read(cursor: str, by: Sequence[Key]) -> list[Any]:
    values = _decoded(cursor)
    fits = len(values) == len(by) and all(
        isinstance(value, (int, str, datetime)) and not isinstance(value, bool) and _of_kind(key, value)
        for key, value in zip(by, values, strict=True)
    )
    if not fits:
        raise Missing
    return values


def _decoded(cursor: str) -> list[Any]:
    """The values of a cursor, whatever they are."""
    if len(cursor) > 300:
        raise Missing
    try:
        cursor = genuine(cursor).rpartition(".")[0]
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [datetime.fromisoformat(item[1]) if isinstance(item, list) else item for item in plain]
    except (ValueError, binascii.Error, TypeError, IndexError, KeyError):
        raise Missing from None


def _of_kind(key: Key, value: Any) -> bool:
    """Whether a cursor's value can be compared with the column."""
    expected = key.column.type.python_type
    if isinstance(value, int):
        return expected is int and abs(value) < 2**63
    if isinstance(value, datetime):
        return expected is datetime and value.tzinfo is not None
    return issubclass(str, expected)  # a text column may not say that its values are str
