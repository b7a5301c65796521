"""Earlier answers to begin a new one with: found by their words, compared with what is written now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.consultations.models import Consultation
from app.contributions.models import Contribution
from app.core.columns import table
from app.core.i18n import language
from app.finding import queries as finding
from app.offices.models import Office
from app.responses.models import Answer, Response

#: So many found answers are shown with their whole text.
MOST = 5


@dataclass(frozen=True)
class Earlier:
    """A published answer that a draft can begin with."""

    id: int
    status: str
    text: str
    other_text: str
    lang: str
    office: str
    consultation: str
    consultation_lang: str
    published_at: datetime


_r, _a, _c, _k, _o = (table(model).c for model in (Response, Answer, Contribution, Consultation, Office))
_EARLIER = (
    select(
        _r.id, _r.status, _r.text, _r.other_text, _r.lang, _r.published_at, _o.name, _o.name_en, _k.title,
        _k.lang.label("consultation_lang"),
    )
    .select_from(table(Response))
    .join(table(Consultation), _k.id == _r.consultation_id)
    .join(table(Office), _o.id == _r.office_id)
    .where(_r.published_at.is_not(None), _k.opened_at.is_not(None))
)  # fmt: skip
_ONE = _EARLIER.where(_r.id == bindparam("id"))
_STANDING = (
    _EARLIER.add_columns(_c.code)
    .join(table(Answer), _a.response_id == _r.id)
    .join(table(Contribution), _c.id == _a.contribution_id)
    .where(_c.code.in_(bindparam("codes", expanding=True)), _a.published_at.is_not(None), _a.superseded_at.is_(None))
)


def earlier(session: Session, words: str) -> list[Earlier]:
    """The published answers that have these words, the best first, as everybody finds them."""
    if not words.strip():
        return []
    found = finding.search(session, words, finding.Narrowing(kind="answer"))
    codes = [it.url.rpartition("/")[2] for it in found.items[:MOST]]
    rows = {row.code: _one(row) for row in session.execute(_STANDING, {"codes": codes})}
    return [rows[code] for code in codes if code in rows]


def reused(session: Session, number: int | None) -> Earlier | None:
    """The published answer of this number; None for a draft or where there is none."""
    row = session.execute(_ONE, {"id": number}).first() if number else None
    return _one(row) if row is not None else None


def _one(row: Any) -> Earlier:
    return Earlier(
        row.id, row.status, row.text, row.other_text, row.lang,
        row.name_en if language.get() == "en" and row.name_en else row.name,
        row.title, row.consultation_lang, row.published_at,
    )  # fmt: skip
