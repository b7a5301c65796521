"""Answers for themes at the desk: what is written for each, whom it reached, and who still waits for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, func, select
from sqlmodel import Session

from app.core.columns import table
from app.responses.models import Answer, Response
from app.responses.queries.desk import ITEMS, Answered, as_items
from app.themes.models import Theme
from app.themes.queries import CARRIED, CodebookView, ThemeView

_r, _a, _t = (table(model).c for model in (Response, Answer, Theme))
_speaks = func.coalesce(_t.merged_into, _t.id)
_carried = CARRIED.subquery()
_theme: BindParameter[int] = bindparam("theme")
_u = table(Theme).alias("answered_theme")
_STANDS = _a.published_at.is_not(None) & _a.superseded_at.is_(None)
#: That an answer for the same theme stands for a contribution.
_HAS = (
    exists()
    .where(
        _a.contribution_id == _carried.c.contribution_id,
        _STANDS,
        _a.theme_id == _u.c.id,
        func.coalesce(_u.c.merged_into, _u.c.id) == _carried.c.theme_id,
    )
    .correlate(_carried)
)
#: That one text has reached it already.
_REACHED = (
    exists()
    .where(
        _a.contribution_id == _carried.c.contribution_id,
        _a.response_id == bindparam("response"),
        _a.published_at.is_not(None),
    )
    .correlate(_carried)
)
_NEXT = (
    select(_carried.c.contribution_id)
    .distinct()
    .where(_carried.c.theme_id == _theme, _carried.c.contribution_id > bindparam("after"), ~_REACHED)
    .order_by(_carried.c.contribution_id)
    .limit(bindparam("most"))
)
_NEXT_WITHOUT = _NEXT.where(~_HAS)
_SPOKEN_FOR = select(_t.id).where(_speaks == _theme)


def next_to_reach(
    session: Session, theme_id: int, response_id: int, after: int, most: int, *, lacking: bool
) -> list[int]:
    """The next contributions in which a theme was found and that a text has not reached.

    With `lacking` only those for which no answer for this theme stands.
    """
    values = {"theme": theme_id, "response": response_id, "after": after, "most": most}
    return list(session.execute(_NEXT_WITHOUT if lacking else _NEXT, values).scalars())


_SPEAKING = select(_t.id, _t.number).where(
    _t.id == select(_speaks).where(_t.id == _theme).correlate(None).scalar_subquery()
)


def speaking(session: Session, theme_id: int) -> Any:
    """The row number and the number of the theme that speaks for a theme now."""
    return session.execute(_SPEAKING, {"theme": theme_id}).one()


def spoken_for(session: Session, theme_id: int) -> list[int]:
    """The theme with those it took in, by their row numbers."""
    return list(session.execute(_SPOKEN_FOR, {"theme": theme_id}).scalars())


_CARRIES = (
    exists().where(_carried.c.contribution_id == ITEMS.selected_columns.id, _carried.c.theme_id == _theme)
)  # fmt: skip
_CODED_WITH = (
    ITEMS.add_columns(func.coalesce(_a.exception, ""), func.coalesce(_a.other_exception, ""))
    .outerjoin(
        table(Answer), (_a.contribution_id == ITEMS.selected_columns.id) & (_a.response_id == bindparam("response"))
    )
    .where(_CARRIES)
)


def coded_with(session: Session, theme_id: int, response_id: int) -> tuple[Answered, ...]:
    """Every contribution in which a theme is found now, with what a text says to it alone."""
    return as_items(session, _CODED_WITH.params(theme=theme_id, response=response_id))


_COUNT = select(func.count(_carried.c.contribution_id.distinct())).where(_carried.c.theme_id == _theme)


def reach(session: Session, theme_id: int) -> int:
    """In how many contributions a theme is found now."""
    return int(session.execute(_COUNT, {"theme": theme_id}).scalar_one())


_OF_THEMES = (
    select(_r.id, _r.stage, _r.published_at, _speaks.label("theme_id"))
    .join_from(table(Response), table(Theme), _t.id == _r.theme_id)
    .where(_t.consultation_id == bindparam("consultation"))
    .order_by(_r.id)
)
_DRAFT = (
    select(_r.id)
    .join_from(table(Response), table(Theme), _t.id == _r.theme_id)
    .where(_speaks == _theme, _r.published_at.is_(None))
    .order_by(_r.id)
    .limit(1)
)
_COUNTS = (
    select(
        _carried.c.theme_id,
        func.count(_carried.c.contribution_id.distinct()).label("found"),
        func.count(_carried.c.contribution_id.distinct()).filter(_HAS).label("answered"),
    )
    .join_from(_carried, table(Theme), _t.id == _carried.c.theme_id)
    .where(_t.consultation_id == bindparam("consultation"))
    .group_by(_carried.c.theme_id)
)


@dataclass(frozen=True)
class ThemeAtDesk:
    """A theme in force, with how far its answer is; `published` is the text that is given to whoever waits."""

    theme: ThemeView
    found: int
    answered: int
    draft: int | None
    published: int | None
    published_at: datetime | None

    @property
    def waiting(self) -> int:
        """How many contributions with it have no answer for it."""
        return self.found - self.answered


def themes_at_desk(session: Session, consultation_id: int, book: CodebookView | None) -> tuple[ThemeAtDesk, ...]:
    """Every theme of the codebook in force with its answer; those for which most wait come first."""
    if book is None:
        return ()
    asked = {"consultation": consultation_id}
    counts = {row.theme_id: row for row in session.execute(_COUNTS, asked)}
    texts: dict[int, list[Any]] = {}
    for row in session.execute(_OF_THEMES, asked):
        texts.setdefault(row.theme_id, []).append(row)
    found = []
    for theme in book.themes:
        count, of_it = counts.get(theme.id), texts.get(theme.id, ())
        draft = next((it.id for it in of_it if it.published_at is None), None)
        last = max((it for it in of_it if it.published_at is not None), key=lambda it: it.published_at, default=None)
        found.append(
            ThemeAtDesk(
                theme,
                count.found if count else 0,
                count.answered if count else 0,
                draft,
                last.id if last else None,
                last.published_at if last else None,
            )
        )
    return tuple(sorted(found, key=lambda it: (-it.waiting, it.theme.number)))


def draft_for(session: Session, theme_id: int) -> int | None:
    """The draft of an answer for a theme, if there is one."""
    found: int | None = session.execute(_DRAFT, {"theme": theme_id}).scalar()
    return found


def present_text(session: Session, consultation_id: int, theme_id: int) -> int | None:
    """The text that was published last for a theme."""
    rows = session.execute(_OF_THEMES, {"consultation": consultation_id})
    of_it = [row for row in rows if row.theme_id == theme_id and row.published_at is not None]
    return max(of_it, key=lambda row: row.published_at).id if of_it else None
