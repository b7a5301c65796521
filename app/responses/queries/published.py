"""Official answers as the public reads them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, String, bindparam, exists, func, literal, select
from sqlmodel import Session

from app.comments import queries as comments
from app.comments.models import Comment
from app.contributions import queries as contributions
from app.contributions.models import Contribution, Kind, Visibility
from app.core.columns import table
from app.core.i18n import language
from app.offices.models import Office
from app.proposals.models import Proposal
from app.responses.models import Answer, Reception, Response, ResponseStep, Said
from app.rules import signing
from app.themes import queries as themes
from app.themes.models import Theme
from app.themes.queries import ThemeName


@dataclass(frozen=True)
class Taken:
    """A step behind a published answer; the office is named where it is another than the one that answers."""

    act: str
    name: str
    role: str
    office: str
    at: datetime

    @property
    def facts(self) -> dict[str, str | None]:
        """The same as data."""
        office = self.office or None
        return {"step": self.act, "by": self.name, "role": self.role, "office": office, "at": self.at.isoformat()}


@dataclass(frozen=True)
class AnswerView:
    """An official answer as the public reads it, in the reader's language where there are two."""

    id: int
    office_id: int
    #: Whether its reader said that it answers them, and when they said of an answer to this contribution that it does
    #: not.
    confirmed: bool
    disputed_at: datetime | None
    status: str
    refers_to: str
    office: str
    office_slug: str
    signed_by: str
    text: str
    lang: str
    translated: bool
    published_at: datetime
    superseded_at: datetime | None
    h: str
    #: The words that were answered, where everybody may still read them.
    quote_title: str
    quote: str
    quote_lang: str
    #: What holds for this contribution alone.
    exception: str
    exception_lang: str
    #: Who wrote, checked, signed and published it; empty for answers from before that was recorded.
    steps: tuple[Taken, ...]
    #: The theme it is for; None where it answers the contribution alone.
    theme: ThemeName | None

    @property
    def quoted(self) -> dict[str, str | None] | None:
        """The quote as data."""
        return {"title": self.quote_title or None, "text": self.quote} if self.quote else None

    def step(self, act: str) -> Taken | None:
        """The step of a kind."""
        return next((it for it in self.steps if it.act == act), None)


_r, _a, _o, _c, _p, _m, _t = (
    table(model).c for model in (Response, Answer, Office, Contribution, Proposal, Comment, Theme)
)
_rec = table(Reception).c
_CONFIRMED = (
    exists().where(_rec.answer_id == _a.id, _rec.said == Said.CONFIRMED).correlate(table(Answer)).label("confirmed")
)
_DISPUTED = (
    select(func.min(_rec.at))
    .where(_rec.contribution_id == _a.contribution_id, _rec.said == Said.DISPUTED)
    .correlate(table(Answer))
    .scalar_subquery()
    .label("disputed_at")
)
_steps = {act: table(ResponseStep).alias(str(act)) for act in signing.STEPS}
_checking = table(Office).alias("checking")


def _last(act: str) -> ColumnElement[Any]:
    """The last step of a kind; of a published answer it is the one that counts, as the ones before it are void."""
    s = table(ResponseStep).alias(f"any_{act}")
    last = select(func.max(s.c.id)).where(s.c.response_id == _r.id, s.c.act == act)
    return _steps[signing.Act(act)].c.id == last.correlate(table(Response)).scalar_subquery()


def _with_steps() -> Select[Any]:
    said = [
        it.c[name].label(f"{act}_{name}") for act, it in _steps.items() for name in ("name", "role", "office_id", "at")
    ]
    statement = (
        select(
            _r.status, _r.refers_to, _o.name, _o.name_en, _o.slug, _r.signed_by, _r.text, _r.other_text, _r.lang,
            _r.office_id, _a.quote_title, _a.quote, _a.exception, _a.other_exception, _c.lang.label("quote_lang"),
            _c.kind, _c.visibility, _p.withdrawn_at, _m.removed_at, _m.body, _a.published_at, _a.superseded_at, _a.h,
            _a.contribution_id, _a.id, _CONFIRMED, _DISPUTED, *said,
            _checking.c.name.label("checking"), _checking.c.name_en.label("checking_en"), *themes.name_columns(),
        )
        .select_from(table(Answer))
        .join(table(Response), _r.id == _a.response_id)
        .join(table(Office), _o.id == _r.office_id)
        .join(table(Contribution), _c.id == _a.contribution_id)
        .outerjoin(table(Proposal), _p.id == _a.contribution_id)
        .outerjoin(table(Comment), _m.id == _a.contribution_id)
    )  # fmt: skip
    for act, step in _steps.items():
        statement = statement.outerjoin(step, _last(act))
    statement = statement.outerjoin(_checking, _checking.c.id == _steps[signing.Act.CHECK].c.office_id)
    return cast(Select[Any], themes.with_names(statement, _a.theme_id))


_ANSWERS = (
    _with_steps()
    .where(_a.contribution_id.in_(bindparam("contributions", expanding=True)), _a.published_at.is_not(None))
    .order_by(_a.published_at.desc(), _a.id.desc())
)


def answers_of(session: Session, contribution_id: int) -> list[AnswerView]:
    """The published answers to a contribution, the present one first."""
    return list(answers_of_many(session, [contribution_id]).get(contribution_id, ()))


@comments.tells_answers
def answers_of_many(session: Session, contribution_ids: Collection[int]) -> dict[int, list[AnswerView]]:
    """The published answers to many contributions in one query, the present one of each first."""
    found: dict[int, list[AnswerView]] = {}
    for row in session.execute(_ANSWERS, {"contributions": list(contribution_ids)}):
        found.setdefault(row.contribution_id, []).append(_answer(row))
    return found


contributions.lights_by(
    select(
        _a.contribution_id,
        literal("answer", String).label("fact"),
        _a.published_at.label("at"),
        _a.superseded_at.label("ended_at"),
        *contributions.by_nobody(),
        themes.SPEAKS.label("theme"),
    )
    .outerjoin_from(table(Answer), table(Theme), _t.id == _a.theme_id)
    .where(_a.contribution_id.in_(bindparam("ids", expanding=True)), _a.published_at.is_not(None))
)


def _answer(row: Any) -> AnswerView:
    lang = language.get()
    other = lang != row.lang and bool(row.other_text)
    return AnswerView(
        id=row.id,
        office_id=row.office_id,
        confirmed=bool(row.confirmed),
        disputed_at=row.disputed_at,
        status=row.status,
        refers_to=row.refers_to,
        office=row.name_en if lang == "en" and row.name_en else row.name,
        office_slug=row.slug,
        signed_by=row.signed_by,
        text=row.other_text if other else row.text,
        lang=lang if other else row.lang,
        translated=other,
        published_at=row.published_at,
        superseded_at=row.superseded_at,
        h=row.h,
        quote_title=row.quote_title if _readable(row) else "",
        quote=row.quote if _readable(row) else "",
        quote_lang=row.quote_lang,
        exception=row.other_exception if lang != row.lang and row.other_exception else row.exception,
        exception_lang=lang if lang != row.lang and row.other_exception else row.lang,
        steps=tuple(_taken(row, lang)),
        theme=themes.named_by(row),
    )


def _readable(row: Any) -> bool:
    """Whether everybody may read the words that were quoted: a comment's earlier words go when it is changed."""
    if row.visibility != Visibility.PUBLIC or row.withdrawn_at is not None or row.removed_at is not None:
        return False
    return row.kind != Kind.COMMENT or row.quote in row.body


def _taken(row: Any, lang: str) -> Iterator[Taken]:
    for act in signing.STEPS:
        name, role, office, at = (getattr(row, f"{act}_{it}") for it in ("name", "role", "office_id", "at"))
        if at is not None:
            other = act is signing.Act.CHECK and office not in (None, row.office_id)
            checking = row.checking_en if lang == "en" and row.checking_en else row.checking
            yield Taken(str(act), name, role, checking if other else "", at)


@dataclass(frozen=True)
class Lately:
    """An answer published lately."""

    code: str
    title: str
    lang: str
    status: str
    office: str
    published_at: datetime


_LATELY = (
    select(_c.code, _p.title, _c.lang, _r.status, _o.name, _o.name_en, _a.published_at)
    .select_from(table(Answer))
    .join(table(Response), _r.id == _a.response_id)
    .join(table(Office), _o.id == _r.office_id)
    .join(table(Contribution), _c.id == _a.contribution_id)
    .join(table(Proposal), _p.id == _c.id)
    .where(_a.published_at.is_not(None), _a.superseded_at.is_(None), _c.visibility == "public")
    .order_by(_a.published_at.desc(), _a.id.desc())
)


def lately(session: Session, limit: int) -> list[Lately]:
    """The answers published last, for the home page."""
    english = language.get() == "en"
    return [
        Lately(
            row.code,
            row.title,
            row.lang,
            row.status,
            row.name_en if english and row.name_en else row.name,
            row.published_at,
        )
        for row in session.execute(_LATELY.limit(limit)).all()
    ]
