"""A search: what was found, in an order of our own, as it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.models import Consultation
from app.core import indexing, paging, seeking, words
from app.core.columns import table
from app.core.i18n import language
from app.core.words import Sought
from app.rules import ranking
from app.rules.decision_numbers import DecisionNumber

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Narrowing:
    """What a search is narrowed to; empty means everything."""

    kind: str = ""
    consultation: int | None = None
    topic: int | None = None
    area: str = ""
    state: str = ""

    @property
    def marks(self) -> list[tuple[str, ...]]:
        """The marks that what is found must have."""
        marks = [
            indexing.of_kind(self.kind) if self.kind else "",
            indexing.of_consultation(self.consultation) if self.consultation is not None else "",
            indexing.of_topic(self.topic) if self.topic is not None else "",
            indexing.of_area(self.area) if self.area else "",
        ]
        return [(mark,) for mark in marks if mark]


@dataclass(frozen=True)
class Result:
    """One thing that was found, with the words looked for marked in its title and text."""

    kind: str
    url: str
    title: Pieces
    title_lang: str
    text: Pieces
    lang: str
    about: str
    about_lang: str
    at: datetime
    status: str
    number: str


@dataclass(frozen=True)
class Found:
    """A page of results: how many there are, whether more fit than were put in order, and which words no text has."""

    items: tuple[Result, ...] = ()
    number: int = 0
    more: bool = False
    next: str | None = None
    words: tuple[Sought, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Ranked:
    """An entry of the index with its place in the order."""

    place: tuple[int, int]
    kind: str
    subject: int


def search(session: Session, q: str, narrowing: Narrowing, after: str | None = None) -> Found:
    """What everyone may read that has the words looked for, the best first; three queries whatever is found."""
    sought = words.sought(q)
    counted = seeking.counted(session, sought)
    of = consultations.in_state(narrowing.state) if narrowing.state else None
    entries = seeking.candidates(session, counted, narrowing.marks, of=of)
    ranked = _in_order(counted, entries)
    page = paging.cut(ranked, lambda one: one.place, after)
    wanted = frozenset(stem for word in sought for stem in word.stems)
    return Found(
        _shown(session, page.items, wanted),
        len(ranked),
        len(entries) >= seeking.MOST,
        page.next,
        sought,
        counted.missing,
    )


def _in_order(counted: seeking.Counted, entries: Sequence[Any]) -> list[_Ranked]:
    """The entries that have enough of the words, by `rules/ranking`; of equal ones the newest first."""
    weights = [ranking.weight(counted.texts, word.having) for word in counted.words]
    spelled = [[f" {stem} " for stem in word.stems] for word in counted.words]
    ranked = []
    for entry in entries:
        title, whole = f" {entry.title} ", f" {entry.stems} "
        in_title = [any(stem in title for stem in each) for each in spelled]
        in_text = [has or any(stem in whole for stem in each) for has, each in zip(in_title, spelled, strict=True)]
        if score := ranking.relevance(weights, in_title, in_text):
            ranked.append(_Ranked((score, entry.id), entry.kind, entry.subject_id))
    return sorted(ranked, key=lambda one: one.place, reverse=True)


def _shown(session: Session, ranked: Sequence[_Ranked], wanted: frozenset[str]) -> tuple[Result, ...]:
    """The results of a page; what is not public any more, whatever the index says, is not among them."""
    if not ranked:
        return ()
    asked = {f"of_{kind}": [one.subject for one in ranked if one.kind == kind] for kind in indexing.kinds()}
    rows = {(row.kind, row.id): row for row in session.connection().execute(indexing.displayed(), asked)}
    found = [rows.get((one.kind, one.subject)) for one in ranked]
    return tuple(_result(row, wanted) for row in found if row is not None)


def _result(row: Any, wanted: frozenset[str]) -> Result:
    other_text = indexing.spoken(row.kind, row.other_text)
    reader = language.get()
    title, title_lang = (row.title, row.title_lang)
    if row.other_title and reader != title_lang:
        title, title_lang = row.other_title, reader
    text, lang = (other_text, reader) if other_text.strip() and reader != row.lang else (row.text, row.lang)
    about, about_lang = (row.about, row.about_lang)
    if row.about_other and reader != about_lang:
        about, about_lang = row.about_other, reader
    url, number = _address(row.kind, row.place)
    return Result(
        kind=row.kind,
        url=url,
        title=words.marked(title, title_lang, wanted),
        title_lang=title_lang,
        text=words.marked(words.around(text, lang, wanted), lang, wanted),
        lang=lang,
        about=about,
        about_lang=about_lang,
        at=row.at,
        status=row.status,
        number=number,
    )


def _address(kind: str, place: str) -> tuple[str, str]:
    """Where something that was found is read, and the number it goes by if it has one."""
    if kind == "consultation":
        return f"/consultations/{place}", ""
    if kind == "decision":
        year, number = map(int, place.split("/"))
        spelled = str(DecisionNumber(year, number))
        return f"/decisions/{spelled}", spelled
    return f"/proposals/{place}", place


_c = table(Consultation).c
_NAMED = select(_c.id, _c.title, _c.lang, _c.other_title, _c.slug).where(
    _c.slug == bindparam("slug"), _c.opened_at.is_not(None)
)


@dataclass(frozen=True)
class Named:
    """A consultation a search is narrowed to."""

    id: int
    slug: str
    title: str


def named(session: Session, slug: str) -> Named | None:
    """The public consultation with an address part."""
    row = session.execute(_NAMED, {"slug": slug}).first()
    if row is None:
        return None
    return Named(row.id, row.slug, row.other_title if row.other_title and row.lang != language.get() else row.title)
