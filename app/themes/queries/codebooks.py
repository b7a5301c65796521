"""Reads of the codebook: the version in force, a draft of the next, and how it came to be."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from fastapi import Path
from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.core.access import Missing
from app.core.columns import table
from app.core.i18n import language
from app.rules.canonical import digest
from app.rules.codebooks import Wording
from app.themes.models import Codebook, Origin, Theme, ThemeOrigin, ThemeVersion


@dataclass(frozen=True)
class ThemeView:
    """A theme as a version of the codebook words it."""

    id: int
    number: int
    parent_id: int | None
    stance: str
    other_stance: str
    includes: str
    excludes: str
    since: int
    lang: str
    #: Other themes it took in in this version, and the one it was split off from, by their numbers.
    merged: tuple[int, ...] = ()
    split_from: int | None = None
    depth: int = 0

    @property
    def label(self) -> str:
        """How it is named beside its words."""
        return f"T{self.number}"

    @property
    def says(self) -> str:
        """Its stance in the reader's language where there are two."""
        return self.other_stance if self.other_stance and language.get() != self.lang else self.stance

    @property
    def says_lang(self) -> str:
        """The language of `says`."""
        read = language.get()
        return read if read != self.lang and self.other_stance else self.lang

    @property
    def wording(self) -> Wording:
        """What the rules look at."""
        return Wording(self.stance, self.includes, self.excludes, self.since)

    @property
    def seen(self) -> str:
        """A fingerprint of what a form of it shows."""
        words = [self.stance, self.other_stance, self.includes, self.excludes, self.parent_id]
        return digest({"theme": self.number, "words": words})


@dataclass(frozen=True)
class CodebookView:
    """A version of the codebook with its themes, each below its parent."""

    id: int
    number: int
    lang: str
    published_at: datetime | None
    name: str
    reason: str
    h: str
    themes: tuple[ThemeView, ...]

    @cached_property
    def by_number(self) -> dict[int, ThemeView]:
        """Its themes by the numbers people see."""
        return {theme.number: theme for theme in self.themes}

    @cached_property
    def by_id(self) -> dict[int, ThemeView]:
        """Its themes by their row numbers."""
        return {theme.id: theme for theme in self.themes}

    @property
    def seen(self) -> str:
        """A fingerprint of everything in it."""
        return digest([[theme.seen, list(theme.merged), theme.split_from] for theme in self.themes])

    @property
    def facts(self) -> dict[str, Any]:
        """What is published of it, and committed to."""
        return {"version": self.number, "reason": self.reason, "themes": [self._fact(theme) for theme in self.themes]}

    def _fact(self, theme: ThemeView) -> dict[str, Any]:
        above = self.by_id.get(theme.parent_id or 0)
        return {
            "theme": theme.number,
            "stance": theme.stance,
            "other_stance": theme.other_stance,
            "includes": theme.includes,
            "excludes": theme.excludes,
            "lang": theme.lang,
            "parent": above.number if above else None,
            "since": theme.since,
            "merged": list(theme.merged),
            "split_from": theme.split_from,
        }


@dataclass(frozen=True)
class Edition:
    """A published version as the history lists it."""

    number: int
    published_at: datetime
    name: str
    reason: str
    lang: str


_b, _t, _v, _g = (table(model).c for model in (Codebook, Theme, ThemeVersion, ThemeOrigin))
_other = table(Theme).alias("other")
_BOOKS = select(_b.id, _b.number, _b.lang, _b.published_at, _b.name, _b.reason, _b.h)
_OF_CONSULTATION = _b.consultation_id == bindparam("consultation")
_EDITIONS = _BOOKS.where(_OF_CONSULTATION, _b.published_at.is_not(None)).order_by(_b.number.desc())
_newest = (
    select(func.max(_b.id)).where(_OF_CONSULTATION, _b.published_at.is_not(None)).correlate(None).scalar_subquery()
)
#: A version with its themes, one row each and for each theme it took in; a version without any has one row.
_WITH_THEMES = (
    _BOOKS.add_columns(
        _t.id.label("theme_id"), _t.number.label("theme_number"), _v.parent_id, _v.stance, _v.other_stance,
        _v.includes, _v.excludes, _v.since, _g.act, _other.c.number.label("from_number"),
    )
    .select_from(table(Codebook))
    .outerjoin(table(ThemeVersion), _v.codebook_id == _b.id)
    .outerjoin(table(Theme), _t.id == _v.theme_id)
    .outerjoin(table(ThemeOrigin), (_g.codebook_id == _b.id) & (_g.theme_id == _t.id))
    .outerjoin(_other, _other.c.id == _g.from_id)
    .order_by(_t.number, _other.c.number)
)  # fmt: skip
_IN_FORCE = _WITH_THEMES.where(_b.id == _newest)
_NUMBERED = _WITH_THEMES.where(_OF_CONSULTATION, _b.published_at.is_not(None), _b.number == bindparam("number"))
_DRAFT = _WITH_THEMES.where(_OF_CONSULTATION, _b.published_at.is_(None))
_OF_BOOK = ("id", "number", "lang", "published_at", "name", "reason", "h")
_OF_THEME = ("parent_id", "stance", "other_stance", "includes", "excludes", "since", "lang")


def in_force(session: Session, consultation_id: int) -> CodebookView | None:
    """The version people code with, if one is published."""
    return _one(session, _IN_FORCE, consultation=consultation_id)


def draft(session: Session, consultation_id: int) -> CodebookView | None:
    """The version that is being written, if there is one."""
    return _one(session, _DRAFT, consultation=consultation_id)


def edition(session: Session, consultation_id: int, number: int) -> CodebookView:
    """A published version by its number; Missing where there is none."""
    found = _one(session, _NUMBERED, consultation=consultation_id, number=number)
    if found is None:
        raise Missing
    return found


def editions(session: Session, consultation_id: int) -> tuple[Edition, ...]:
    """All published versions, the newest first."""
    rows = session.execute(_EDITIONS, {"consultation": consultation_id}).all()
    return tuple(Edition(row.number, row.published_at, row.name, row.reason, row.lang) for row in rows)


def _one(session: Session, statement: Any, **which: int) -> CodebookView | None:
    rows = session.execute(statement, which).all()
    if not rows:
        return None
    found: dict[int, ThemeView] = {}
    for row in (it for it in rows if it.theme_id is not None):
        before = found.get(row.theme_id)
        merged = (*(before.merged if before else ()), *((row.from_number,) if row.act == Origin.MERGED else ()))
        split_from = row.from_number if row.act == Origin.SPLIT else before.split_from if before else None
        words = {name: row._mapping[name] for name in _OF_THEME}
        found[row.theme_id] = ThemeView(row.theme_id, row.theme_number, **words, merged=merged, split_from=split_from)
    book = {name: rows[0]._mapping[name] for name in _OF_BOOK}
    return CodebookView(**book, themes=_in_tree(found))


def _in_tree(found: dict[int, ThemeView]) -> tuple[ThemeView, ...]:
    """Each theme below its parent; one whose parent is not there, or that is its own, stands at the first level."""
    below: dict[int | None, list[ThemeView]] = {}
    for theme in found.values():
        below.setdefault(theme.parent_id if theme.parent_id in found else None, []).append(theme)
    placed: dict[int, ThemeView] = {}

    def place(parent: int | None, depth: int) -> None:
        for theme in below.get(parent, ()):
            if theme.id not in placed:
                placed[theme.id] = ThemeView(**(vars(theme) | {"depth": depth}))
                place(theme.id, depth + 1)

    place(None, 0)
    for theme in found.values():  # a circle of parents in a draft hangs on nothing
        placed.setdefault(theme.id, theme)
    return tuple(placed.values())


ThemeNumber = Annotated[int, Path(ge=1, lt=2**31)]
RowNumber = Annotated[int, Path(ge=1, lt=2**63)]
