"""The index of what can be found: features say what of theirs everyone may read, and when it has changed.

A feature registers a statement that gives what is public of one kind, and nothing else. `changed` looks at it in
the transaction of the act: what the statement gives is in the index, what it does not give is not, from the same
instant on. The words are stems made in Python (`core/words`); the database only keeps and intersects them, with
FTS5 on SQLite and a tsvector on PostgreSQL, so that both find the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CompoundSelect,
    ForeignKey,
    Select,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
    update,
)
from sqlmodel import Field, Session, SQLModel

from app.core import db, words
from app.core.columns import Instant, RowId, table

#: The columns every registered statement gives, in this order.
COLUMNS = (
    "kind", "id", "consultation_id", "title", "title_lang", "text", "lang", "other_title", "other_text", "at", "place",
    "about", "about_lang", "about_other", "status", "area_code", "topic_id",
)  # fmt: skip
#: Subjects whose words are made in one go.
CHUNK = 50


class IndexEntry(SQLModel, table=True):
    """The words of one thing that everyone may read."""

    __tablename__ = "index_entry"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    kind: str
    subject_id: int = Field(sa_column=Column(RowId, nullable=False))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False, index=True))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    stems: str = Field(sa_column=Column(Text, nullable=False))


class IndexState(SQLModel, table=True):
    """By which edition of the stems the index was made; one row."""

    __tablename__ = "index_state"

    id: int = Field(default=1, primary_key=True)
    edition: str


#: What else can be read or not when something has changed: (session, ids) to ids by kind.
Followers = Callable[[Session, Sequence[int]], Mapping[str, Sequence[int]]]


@dataclass(frozen=True)
class Source:
    """One kind of thing that can be found.

    `public` gives `COLUMNS` of everything of it that everyone may read now; `topics` the topics of consultations,
    where it has those of its consultation; `spoken` reads the text in the second language as it is stored.
    """

    kind: str
    public: Select[Any]
    key: ColumnElement[int]
    topics: Callable[[Session, Sequence[int]], Mapping[int, Iterable[int]]] | None = None
    spoken: Callable[[str], str] = str


_sources: dict[str, Source] = {}
_followers: dict[str, list[Followers]] = {}


def findable(source: Source) -> Source:
    """Register a kind of thing."""
    assert tuple(source.public.selected_columns.keys()) == COLUMNS, source.kind
    _sources[source.kind] = source
    displayed.cache_clear()
    return source


def kinds() -> tuple[str, ...]:
    """The kinds of things that can be found."""
    return tuple(_sources)


def spoken(kind: str, stored: str) -> str:
    """A text in the second language, read from how its feature stores it."""
    return _sources[kind].spoken(stored)


def follows(kind: str) -> Callable[[Followers], Followers]:
    """Register what else changes when something of a kind does."""

    def register(others: Followers) -> Followers:
        _followers.setdefault(kind, []).append(others)
        return others

    return register


def nothing(kind: type[String] | type[BigInteger] = String) -> ColumnElement[Any]:
    """A column of a kind that has none of this, with a type both databases know."""
    return literal("", String) if kind is String else cast(null(), BigInteger)


def of_kind_named(kind: str) -> ColumnElement[str]:
    """The column that says what kind of thing a row is."""
    return literal(kind, String)


@cache
def displayed() -> CompoundSelect[Any]:
    """What is shown of results, in one statement: pass the ids of each kind as `of_<kind>`."""
    return union_all(
        *(
            source.public.where(source.key.in_(bindparam(f"of_{kind}", expanding=True)))
            for kind, source in _sources.items()
        )
    )


_e, _s = table(IndexEntry).c, table(IndexState).c
_KNOWN = select(_e.subject_id, _e.id, _e.title, _e.stems).where(
    _e.kind == bindparam("kind"), _e.subject_id.in_(bindparam("ids", expanding=True))
)
_INSERT = insert(table(IndexEntry))
_UPDATE = (
    update(table(IndexEntry))
    .where(_e.id == bindparam("known"))
    .values(title=bindparam("new_title"), stems=bindparam("new_stems"), at=bindparam("new_at"))
)
_DELETE = delete(table(IndexEntry)).where(_e.id == bindparam("known"))


@cache
def _public(kind: str) -> Select[Any]:
    source = _sources[kind]
    return source.public.where(source.key.in_(bindparam("ids", expanding=True)))


def read(session: Session, kind: str, ids: Sequence[int]) -> Sequence[Any]:
    """What everyone may read of these subjects now, as `COLUMNS`, in any order."""
    return session.connection().execute(_public(kind), {"ids": list(ids)}).all() if ids else ()


def changed(session: Session, kind: str, ids: Sequence[int]) -> None:
    """Make the index say of these subjects what everyone may read of them now, or nothing where that is nothing."""
    session.flush()
    _index(session, kind, ids)
    for others in _followers.get(kind, ()):
        for other, their in others(session, ids).items():
            _index(session, other, their)


def _index(session: Session, kind: str, ids: Sequence[int]) -> None:
    if not ids:
        return
    connection = session.connection()
    source = _sources[kind]
    public = connection.execute(_public(kind), {"ids": list(ids)}).all()
    known = {row.subject_id: row for row in connection.execute(_KNOWN, {"kind": kind, "ids": list(ids)})}
    topics = source.topics(session, [row.consultation_id for row in public]) if source.topics else {}
    new, different = [], []
    for row in public:
        title, stems = _words(row, source.spoken(row.other_text), topics.get(row.consultation_id, ()))
        before = known.pop(row.id, None)
        if before is None:
            new.append(
                {
                    "kind": kind, "subject_id": row.id, "consultation_id": row.consultation_id, "at": row.at,
                    "title": title, "stems": stems,
                }
            )  # fmt: skip
        elif (before.title, before.stems) != (title, stems):
            different.append({"known": before.id, "new_title": title, "new_stems": stems, "new_at": row.at})
    if new:
        connection.execute(_INSERT, new)
    if different:
        connection.execute(_UPDATE, different)
    if known:
        connection.execute(_DELETE, [{"known": row.id} for row in known.values()])


def _words(row: Any, other_text: str, topics: Iterable[int]) -> tuple[str, str]:
    """The stems of a title and those of the whole, with what the thing can be narrowed to."""
    other = "en" if row.lang == "id" else "id"
    title = dict.fromkeys((*words.stems(row.title, row.title_lang), *words.stems(row.other_title, other)))
    whole = dict.fromkeys((*title, *words.stems(row.text, row.lang), *words.stems(other_text, other)))
    marks = [of_kind(row.kind), of_consultation(row.consultation_id), *map(of_topic, topics)]
    if row.topic_id is not None:
        marks.append(of_topic(row.topic_id))
    if row.area_code:
        parts = row.area_code.split(".")
        marks += [of_area(".".join(parts[:size])) for size in range(1, len(parts) + 1)]
    return " ".join(title), " ".join([*whole, *marks])


# What things are narrowed to stands among their words; a word people write never begins with a line.


def of_kind(kind: str) -> str:
    """The mark of a kind."""
    return f"_k{kind}"


def of_consultation(number: int) -> str:
    """The mark of what belongs to a consultation."""
    return f"_c{number}"


def of_topic(number: int) -> str:
    """The mark of what is about a topic."""
    return f"_t{number}"


def of_area(code: str) -> str:
    """The mark of what is about a place or one in it."""
    return f"_a{code.replace('.', '')}"


def rebuild(session: Session, kind: str, after: int) -> int | None:
    """Make the index of the next subjects of a kind anew, and say after which one to go on; None at the end."""
    source = _sources[kind]
    public = select(source.key).select_from(source.public.get_final_froms()[0]).where(source.key > after)
    old = select(_e.subject_id).where(_e.kind == kind, _e.subject_id > after)
    found = sorted(
        {*session.execute(public.distinct().order_by(source.key).limit(CHUNK)).scalars()}
        | {*session.execute(old.order_by(_e.subject_id).limit(CHUNK)).scalars()}
    )[:CHUNK]
    if not found:
        return None
    _index(session, kind, found)
    return int(found[-1])


def out_of_date(session: Session) -> bool:
    """Whether the index was never made, or its stems are of another edition than those looked for now."""
    return session.execute(select(_s.edition)).scalar() != words.edition()


def note_edition(session: Session) -> None:
    """Note that the index is complete in the present edition."""
    session.merge(IndexState(id=1, edition=words.edition()))


def renew(told: Callable[[str], object] = lambda _kind: None) -> int:
    """Make the whole index anew, a few subjects in each act, and say how much can be found; `told` hears each act."""
    for kind in kinds():
        after: int | None = 0
        while after is not None:
            after = db.write_now(rebuild, kind, after)
            told(kind)
    db.write_now(note_edition)
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(table(IndexEntry))).scalar_one())
