"""What was recorded about one contribution by moderators and coders, for its public trail: one query."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, String, bindparam, func, literal, select, union_all
from sqlmodel import Session

from app.core.columns import Instant, table
from app.core.i18n import language
from app.moderation.models import ModerationAct
from app.moderation.queries import ActView
from app.themes.models import Codebook, Coding, Exclusion, Theme, ThemeVersion


@dataclass(frozen=True)
class Said:
    """A theme that was found, as it is worded now; one that ended has no words."""

    number: int
    stance: str
    lang: str
    quote: str
    version: int
    name: str
    at: datetime
    retracted_at: datetime | None
    retracted_by: str
    h: str

    @property
    def label(self) -> str:
        """How the theme is named."""
        return f"T{self.number}"


@dataclass(frozen=True)
class LeftOut:
    """That it was left out of the coding, and why."""

    ground: str
    text: str
    lang: str
    name: str
    at: datetime
    lifted_at: datetime | None
    lifted_by: str
    h: str


@dataclass(frozen=True)
class Record:
    """Everything of it, the earliest first."""

    moderation: tuple[ActView, ...]
    themes: tuple[Said, ...]
    exclusions: tuple[LeftOut, ...]


_m, _k, _x, _t, _w, _b = (table(model).c for model in (ModerationAct, Coding, Exclusion, Theme, ThemeVersion, Codebook))
_none, _never = literal("", String), literal(None, Instant)
_now = table(Theme).alias("speaks_now")
_newest = (
    select(func.max(_b.id))
    .where(_b.consultation_id == _t.consultation_id, _b.published_at.is_not(None))
    .correlate(table(Theme))
    .scalar_subquery()
)
_id: BindParameter[int] = bindparam("contribution")
_ACTS = select(
    literal("act", String).label("what"), _m.id, _m.at, _none.label("name"), _m.act.label("kind"),
    _m.reason.label("also"), _m.text, _none.label("quote"), _none.label("lang"), literal(0).label("number"),
    literal(0).label("version"), _never.label("ended_at"), _none.label("ended_by"), _m.h,
).where(_m.contribution_id == _id)  # fmt: skip
_CODINGS = (
    select(
        literal("theme", String), _k.id, _k.at, _k.name, _k.source, func.coalesce(_w.other_stance, ""),
        func.coalesce(_w.stance, ""), _k.quote, func.coalesce(_b.lang, ""), _now.c.number, _k.version,
        _k.retracted_at, _k.retracted_by, _k.h,
    )
    .select_from(table(Coding))
    .join(table(Theme), _t.id == _k.theme_id)
    .join(_now, _now.c.id == func.coalesce(_t.merged_into, _t.id))
    .outerjoin(table(Codebook), _b.id == _newest)
    .outerjoin(table(ThemeVersion), (_w.theme_id == _now.c.id) & (_w.codebook_id == _b.id))
    .where(_k.contribution_id == _id)
)  # fmt: skip
_EXCLUSIONS = select(
    literal("exclusion", String), _x.id, _x.at, _x.name, _x.ground, _none, _x.text, _none, _x.lang, literal(0),
    literal(0), _x.lifted_at, _x.lifted_by, _x.h,
).where(_x.contribution_id == _id)  # fmt: skip
_RECORD = union_all(_ACTS, _CODINGS, _EXCLUSIONS)


def record_of(session: Session, contribution_id: int, shown: bool) -> Record:
    """What was recorded about a contribution; quotes of it only where its text is shown."""
    rows = sorted(session.execute(_RECORD, {"contribution": contribution_id}), key=lambda row: (row.at, row.id))
    read = language.get()
    themes = []
    for row in rows:
        if row.what == "theme":
            second = bool(row.also) and read != row.lang
            lang = ("en" if row.lang == "id" else "id") if second else row.lang
            words, quote = row.also if second else row.text, row.quote if shown else ""
            ended = row.ended_at, row.ended_by
            themes.append(Said(row.number, words, lang, quote, row.version, row.name, row.at, *ended, row.h))
    return Record(
        tuple(ActView(row.kind, row.also, row.text, row.at, row.h) for row in rows if row.what == "act"),
        tuple(themes),
        tuple(
            LeftOut(row.kind, row.text, row.lang, row.name, row.at, row.ended_at, row.ended_by, row.h)
            for row in rows
            if row.what == "exclusion"
        ),
    )
