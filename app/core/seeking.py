"""Looking into the index: how rare words are, and the few hundred texts that are worth ordering.

However common a word is, a search reads a bounded number of entries: a word is counted up to `COUNTED` and how
many have it is told from how densely they lie; texts with all words come first, then those with the rarest ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlmodel import Session

from app.core import matching
from app.core.columns import table
from app.core.indexing import IndexEntry, of_consultation, of_kind
from app.core.matching import Group
from app.core.words import Sought, sought

#: So many texts are ordered at most, and so far a word is counted.
MOST, COUNTED = 500, 500
#: So many are looked through where something else than words narrows them.
LOOKED_THROUGH = 3000

_e = table(IndexEntry).c
_ENTRIES = select(_e.id, _e.kind, _e.subject_id, _e.consultation_id, _e.title, _e.stems)


@dataclass(frozen=True)
class Word:
    """One word looked for: its stems, and an estimate of how many texts have one of them."""

    stems: Group
    having: int


@dataclass(frozen=True)
class Counted:
    """The words looked for that some text has, how many texts there are, and the words that none has."""

    words: tuple[Word, ...]
    texts: int
    missing: tuple[str, ...] = ()


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


@cache
def _counting(dialect: str, number: int) -> Select[Any]:
    """How many entries each of so many questions finds at most, the oldest of them, and the newest of all."""
    found = [matching.having(dialect, f"word{n}", COUNTED).subquery() for n in range(number)]
    parts = [
        select(literal(n).label("n"), func.count().label("having"), func.min(one.c.id).label("oldest"))
        for n, one in enumerate(found)
    ]
    counted = union_all(*parts).subquery() if number > 1 else parts[0].subquery()
    newest = select(func.max(_e.id)).scalar_subquery()
    return select(counted.c.n, counted.c.having, counted.c.oldest, newest.label("newest")).order_by(counted.c.n)


def counted(session: Session, looked_for: Sequence[Sought]) -> Counted:
    """The words looked for with how many texts have them, in one query; of a common word it is an estimate."""
    if not looked_for:
        return Counted((), 0)
    dialect = _dialect(session)
    asked: dict[str, Any] = {}
    for n, word in enumerate(looked_for):
        asked.update(matching.word(dialect, f"word{n}", word.stems))
    rows = session.connection().execute(_counting(dialect, len(looked_for)), asked).all()
    newest = int(rows[0].newest or 0)
    pairs = list(zip(looked_for, rows, strict=True))
    return Counted(
        tuple(Word(it.stems, _estimated(row.having, row.oldest, newest)) for it, row in pairs if row.having),
        newest,
        tuple(it.word for it, row in pairs if not row.having),
    )


def _estimated(having: int, oldest: int, newest: int) -> int:
    """How many of all have a word, from how densely the newest lie that have it."""
    if having < COUNTED:
        return having
    return max(having, having * newest // max(1, newest - oldest + 1))


def rarest(found: Counted, enough: int) -> list[Group]:
    """The rarest words there are, until so many texts are likely to have one of them; at least one."""
    chosen: list[Group] = []
    reached = 0
    for word in sorted(found.words, key=lambda word: word.having):
        if chosen and reached + word.having > enough:
            break
        chosen.append(word.stems)
        reached += word.having
    return chosen


def _two_of(groups: Sequence[Group]) -> list[Group]:
    """What a text has that has two of three groups, or all of fewer."""
    if len(groups) < 3:
        return list(groups)
    return [groups[0] + groups[1], groups[0] + groups[2], groups[1] + groups[2]]


@cache
def _candidates(dialect: str, limit: int) -> Select[Any]:
    """Entries that fit the first question before those that fit the second, at most so many of each."""
    arms = [
        select(literal(n).label("turn"), one.c.id)
        for n, one in enumerate(matching.matching(dialect, f"question{n}", limit).subquery() for n in range(2))
    ]
    found = union_all(*arms).subquery()
    once = select(found.c.id, func.min(found.c.turn).label("turn")).group_by(found.c.id).subquery()
    return _ENTRIES.join_from(once, table(IndexEntry), _e.id == once.c.id).order_by(once.c.turn, _e.id.desc())


def candidates(
    session: Session,
    found: Counted,
    marks: Sequence[Group] = (),
    *,
    of: Select[Any] | None = None,
    most: int = MOST,
    pairs: bool = False,
) -> list[Any]:
    """At most `MOST` entries that are worth ordering; `of` gives the consultations they must belong to.

    First come those with all words, or where `pairs` will do those with two of the three rarest.
    """
    if not found.words:
        return []
    dialect = _dialect(session)
    words = sorted(found.words, key=lambda word: word.having)
    first = [word.stems for word in words] if not pairs else _two_of([word.stems for word in words[:3]])
    some = tuple(stem for group in rarest(found, most) for stem in group)
    limit = most if of is None else LOOKED_THROUGH
    statement = _candidates(dialect, limit)
    if of is not None:
        statement = statement.where(_e.consultation_id.in_(of))
    asked = {
        **matching.question(dialect, "question0", first, marks),
        **matching.question(dialect, "question1", [some], marks),
    }
    return list(session.connection().execute(statement.limit(most), asked).all())


@cache
def _subjects(dialect: str) -> Select[Any]:
    found = matching.matching(dialect, "words", MOST).subquery()
    return select(_e.subject_id).join_from(found, table(IndexEntry), _e.id == found.c.id)


def subjects(session: Session) -> Select[Any]:
    """The things `asked` asks for, the newest `MOST`, for `column.in_(…)`."""
    return _subjects(_dialect(session))


def asked(session: Session, kind: str, consultation: int | None, q: str) -> Mapping[str, Any]:
    """The parameters for what of a kind has all these words; words that tell nothing apart ask for what is not there.

    How rare they are is not looked up here: the longest is taken for the rarest, which changes only the cost.
    """
    marks = [(of_kind(kind),), *([(of_consultation(consultation),)] if consultation is not None else [])]
    groups = [word.stems for word in sorted(sought(q), key=lambda it: -len(it.word))] or [("_nothing",)]
    return matching.question(_dialect(session), "words", groups, marks)
