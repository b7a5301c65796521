"""Which themes a contribution carries, which contributions carry a theme, and in which of their words."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, func, literal, select
from sqlmodel import Session

from app.contributions import queries as contributions
from app.core.columns import table
from app.core.i18n import language
from app.rules.coding import State
from app.themes.models import Codebook, Coding, CodingCounted, Theme, ThemeVersion
from app.themes.queries.queue import NUMBERS

_k, _t, _q, _w, _b = (table(model).c for model in (Coding, Theme, CodingCounted, ThemeVersion, Codebook))
#: The theme that speaks for a theme now; one that was not merged speaks for itself.
SPEAKS = func.coalesce(_t.merged_into, _t.id)
_STANDS = _k.retracted_at.is_(None) & (func.trim(_k.name) != "")
contributions.lights_by(
    select(
        _k.contribution_id,
        literal("theme", String).label("fact"),
        _k.at,
        _k.retracted_at.label("ended_at"),
        *contributions.by_nobody(),
        SPEAKS.label("theme"),
    )
    .join_from(table(Coding), table(Theme), _t.id == _k.theme_id)
    .where(_k.contribution_id.in_(bindparam("ids", expanding=True)), _STANDS)
)
#: What stands of all codings, each with the theme that speaks for it; what was left out is not among them.
CARRIED = (
    select(_k.contribution_id, SPEAKS.label("theme_id"), _k.quote, _k.begins, _k.id)
    .join_from(table(Coding), table(Theme), _t.id == _k.theme_id)
    .join(table(CodingCounted), (_q.contribution_id == _k.contribution_id) & (_q.state == NUMBERS[State.CODED]))
    .where(_STANDS)
)
_FIRST_PASSAGES = CARRIED.where(
    bindparam("theme") == SPEAKS, _k.contribution_id.in_(bindparam("contributions", expanding=True))
).order_by(_k.contribution_id, _k.begins, _k.id)
_now = table(Theme).alias("speaks_now")
_newest = (
    select(func.max(_b.id))
    .where(_b.consultation_id == _t.consultation_id, _b.published_at.is_not(None))
    .correlate(table(Theme))
    .scalar_subquery()
)


@dataclass(frozen=True)
class ThemeName:
    """A theme as it is worded now, in both languages where it has two."""

    id: int
    number: int
    stance: str
    other_stance: str
    lang: str
    #: The version of the codebook that last changed what it means.
    since: int

    @property
    def label(self) -> str:
        """How it is named beside its words."""
        return f"T{self.number}"

    def said(self, read: str) -> tuple[str, str]:
        """Its stance for a reader of a language, and the language that is in."""
        other = read != self.lang and bool(self.other_stance)
        return (self.other_stance, read) if other else (self.stance, self.lang)

    @property
    def says(self) -> str:
        """Its stance in the reader's language where there are two."""
        return self.said(language.get())[0]

    @property
    def says_lang(self) -> str:
        """The language of `says`."""
        return self.said(language.get())[1]


def name_columns() -> tuple[ColumnElement[Any], ...]:
    """The columns of a statement joined by `with_names`, from which `named_by` makes a name."""
    return (
        _now.c.id.label("speaks_id"), _now.c.number.label("theme_number"), _w.stance.label("theme_stance"),
        _w.other_stance.label("theme_other"), _b.lang.label("theme_lang"), _w.since.label("theme_since"),
    )  # fmt: skip


def with_names(statement: Any, theme_id: ColumnElement[Any]) -> Any:
    """Join to rows of a statement that are about a theme how it is worded now, and by which theme it is spoken for."""
    return (
        statement.outerjoin(table(Theme), _t.id == theme_id)
        .outerjoin(_now, _now.c.id == SPEAKS)
        .outerjoin(table(Codebook), _b.id == _newest)
        .outerjoin(table(ThemeVersion), (_w.theme_id == _now.c.id) & (_w.codebook_id == _b.id))
    )


def named_by(row: Any) -> ThemeName | None:
    """The theme a row is about, if it is about one."""
    if row.speaks_id is None:
        return None
    words = row.theme_stance or "", row.theme_other or "", row.theme_lang or "id"
    return ThemeName(row.speaks_id, row.theme_number, *words, row.theme_since or 0)


_asked = table(Theme).alias("asked")
_NAMED = with_names(select(*name_columns()).select_from(_asked), _asked.c.id).where(_asked.c.id == bindparam("theme"))


def name(session: Session, theme_id: int) -> ThemeName | None:
    """How the theme that speaks for a theme now is worded."""
    row = session.execute(_NAMED, {"theme": theme_id}).first()
    return named_by(row) if row is not None else None


def first_passages(session: Session, theme_id: int, contribution_ids: Collection[int]) -> dict[int, str]:
    """The words in which a theme was found in each of these: of several passages the one that stands first."""
    found: dict[int, str] = {}
    for row in session.execute(_FIRST_PASSAGES, {"theme": theme_id, "contributions": list(contribution_ids)}):
        found.setdefault(row.contribution_id, row.quote)
    return found
