"""How each database is asked which entries of the index have words: the same entries of both, in the same order.

SQLite's FTS5 gives entries by number, the newest first, and stops when it has enough. The index PostgreSQL has for
this gives them in no order and only all at once, which for a common word are a third of all. So the stems stand in
a list of their own there, in order (`index_words_by_stem`, kept by triggers). A word is counted in that list, and
the newest entries of the rarest word are held against the question; only where too few of those fit is the index
of words asked for all that fit, and then they are few for how common the words are.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    select,
    true,
    union,
)
from sqlalchemy import table as named
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

Group = tuple[str, ...]
#: So many of the newest entries of the rarest word are held against a question at first, and so many at most.
SOME, MORE = 500, 10_000

_fts = named("index_words", column("rowid"), column("index_words"))
_entry = named("index_entry", column("id"), column("index_words"))
_by_stem = named("index_words_by_stem", column("stem"), column("entry_id"))


def _spelled(groups: Sequence[Group], dialect: str) -> str:
    """A question as the database reads it; stems are letters, digits and lines, so nothing of them is an operator."""
    either, both = (" OR ", " AND ") if dialect == "sqlite" else (" | ", " & ")
    quote = '"' if dialect == "sqlite" else "'"
    return both.join(f"({either.join(f'{quote}{stem}{quote}' for stem in group)})" for group in groups)


def question(dialect: str, name: str, groups: Sequence[Group], marks: Sequence[Group] = ()) -> Mapping[str, Any]:
    """The parameters of `matching` for entries with one stem of each group; the first group should be the rarest."""
    asked = {name: _spelled([*groups, *marks], dialect)}
    return asked if dialect == "sqlite" else {**asked, f"{name}_from": list(groups[0])}


@cache
def matching(dialect: str, name: str, limit: int) -> Select[Any]:
    """The entries that fit the question `name`, the newest first."""
    asked: BindParameter[str] = bindparam(name)
    if dialect == "sqlite":
        return (
            select(_fts.c.rowid.label("id"))
            .where(_fts.c.index_words.op("MATCH")(asked))
            .order_by(_fts.c.rowid.desc())
            .limit(limit)
        )
    return _walked(name, cast(asked, TSQUERY), limit)


def _walked(name: str, asked: ColumnElement[Any], limit: int) -> Select[Any]:
    """On PostgreSQL, the newest entries of the rarest word that fit; of so many more if one in eight did; or all."""
    some = max(SOME, limit)
    newest = _at_once(_newest_with(f"{name}_from", literal(some)), f"{name}_newest")
    first = _at_once(_fitting(newest, asked, limit), f"{name}_first")
    lacking = and_(_number(newest) >= some, _number(first) < limit)
    many = func.least(MORE, literal(limit * some * 5 // 4) / func.greatest(_number(first), 1), type_=Integer)
    wanted = case((and_(lacking, _number(first) * 8 >= some), many), else_=0)
    more = _at_once(_newest_with(f"{name}_from", wanted), f"{name}_more")
    second = _at_once(_fitting(more, asked, limit), f"{name}_second")
    still = and_(lacking, _number(more) >= wanted, _number(second) < limit)
    every = select(_entry.c.id).where(_entry.c.index_words.op("@@")(asked), still)
    found = union(select(first.c.id), select(second.c.id), every).subquery()
    return select(found.c.id).order_by(found.c.id.desc()).limit(limit)


def _fitting(newest: CTE, asked: ColumnElement[Any], limit: int) -> Select[Any]:
    """Of entries in their order the first that fit, looked at one after the other until there are enough.

    The offset keeps PostgreSQL from looking for all that fit first, as it would where it thinks that they are few.
    """
    one = select(_entry.c.id, _entry.c.index_words).where(_entry.c.id == newest.c.id).offset(0).lateral()
    fits = one.c.index_words.op("@@")(asked)
    return select(one.c.id).select_from(newest.join(one, true())).where(fits).limit(limit)


def word(dialect: str, name: str, stems: Group) -> Mapping[str, Any]:
    """The parameters of `having` for a word with these stems."""
    return {name: _spelled([stems], dialect) if dialect == "sqlite" else list(stems)}


@cache
def having(dialect: str, name: str, limit: int) -> Select[Any]:
    """The newest entries that have the word `name`, as `matching` would give them, but without looking at them."""
    return matching(dialect, name, limit) if dialect == "sqlite" else _newest_with(name, literal(limit))


def _newest_with(name: str, limit: ColumnElement[int]) -> Select[Any]:
    """On PostgreSQL, the newest entries with one of the stems, from the list of stems alone."""
    stems = func.unnest(bindparam(name, type_=ARRAY(Text))).table_valued("stem").render_derived()
    each = (
        select(_by_stem.c.entry_id)
        .where(_by_stem.c.stem == stems.c.stem)
        .order_by(_by_stem.c.entry_id.desc())
        .limit(limit)
        .lateral()
    )
    found = select(each.c.entry_id.label("id")).select_from(stems.join(each, true())).distinct()
    return found.order_by(each.c.entry_id.desc()).limit(limit)


def _at_once(found: Select[Any], name: str) -> CTE:
    """A part that is read once, and whose order is not mixed with that of the rest."""
    return found.cte(name).prefix_with("MATERIALIZED")


def _number(found: CTE) -> ColumnElement[int]:
    return select(func.count()).select_from(found).scalar_subquery()
