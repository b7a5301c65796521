"""Answers for themes as everybody reads them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.core.columns import table
from app.core.i18n import language
from app.offices.models import Office
from app.responses.models import Answer, Response
from app.themes import queries as themes
from app.themes.queries import ThemeName

_r, _a, _o = (table(model).c for model in (Response, Answer, Office))
_STANDS = _a.published_at.is_not(None) & _a.superseded_at.is_(None)


@dataclass(frozen=True)
class ThemeAnswer:
    """The published answer for a theme, as everybody reads it; `reached` counts those to whom it is the present one."""

    response_id: int
    theme: ThemeName
    status: str
    refers_to: str
    office: str
    signed_by: str
    text: str
    lang: str
    published_at: datetime
    reached: int


_reached = (
    select(func.count(_a.id)).where(_a.response_id == _r.id, _STANDS).correlate(table(Response)).scalar_subquery()
)
_PUBLISHED = (
    themes.with_names(
        select(
            _r.id, _r.status, _r.refers_to, _o.name, _o.name_en, _r.signed_by, _r.text, _r.other_text, _r.lang,
            _r.published_at, _reached.label("reached"), *themes.name_columns(),
        ).join_from(table(Response), table(Office), _o.id == _r.office_id),
        _r.theme_id,
    )
    .where(
        _r.consultation_id == bindparam("consultation"), _r.theme_id.is_not(None), _r.published_at.is_not(None)
    )
    .order_by(_r.published_at.desc(), _r.id.desc())
)  # fmt: skip


def published_by_theme(session: Session, consultation_id: int) -> dict[int, ThemeAnswer]:
    """The published answer for each theme of a consultation that has one, by the theme's row number; one query.

    Of several for one theme it is the last.
    """
    read = language.get()
    found: dict[int, ThemeAnswer] = {}
    for row in session.execute(_PUBLISHED, {"consultation": consultation_id}):
        theme = themes.named_by(row)
        if theme is None or theme.id in found:
            continue
        other = read != row.lang and bool(row.other_text)
        found[theme.id] = ThemeAnswer(
            response_id=row.id,
            theme=theme,
            status=row.status,
            refers_to=row.refers_to,
            office=row.name_en if read == "en" and row.name_en else row.name,
            signed_by=row.signed_by,
            text=row.other_text if other else row.text,
            lang=read if other else row.lang,
            published_at=row.published_at,
            reached=row.reached,
        )
    return found
