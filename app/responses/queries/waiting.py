"""What waits for somebody at each step of an answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Integer, bindparam, exists, func, or_, select
from sqlmodel import Session

from app.accounts.models import Role
from app.consultations.models import Consultation
from app.core import paging
from app.core.access import Actor
from app.core.columns import table
from app.core.i18n import language
from app.core.markdown import to_text
from app.offices.models import Office
from app.responses.models import Answer, Response, ResponseStep
from app.responses.queries.steps import PLACES
from app.rules.signing import Act, Stage
from app.themes import queries as themes
from app.themes.queries import ThemeName

#: What a list holds, by its name in the address.
LISTS = {
    "check": (Stage.CHECK,),
    "signature": (Stage.SIGNATURE,),
    "publication": (Stage.PUBLICATION,),
    "writing": (Stage.SENT_BACK, Stage.WRITING),
}
#: So much of a text stands for it in a list.
EXCERPT = 140


@dataclass(frozen=True)
class InWork:
    """An answer that waits for a step."""

    id: int
    stage: str
    excerpt: str
    lang: str
    office: str
    consultation: str
    consultation_lang: str
    contributions: int
    #: The theme it is for, which decides whom it reaches.
    theme: ThemeName | None
    since: datetime
    by: str
    role: str

    @property
    def url(self) -> str:
        """Where the step is taken."""
        return f"/desk/answers/{self.id}{PLACES[Stage(self.stage)]}"


_r, _s, _a, _k, _o = (table(model).c for model in (Response, ResponseStep, Answer, Consultation, Office))
_WROTE = (
    exists()
    .where(
        _s.response_id == _r.id,
        _s.act.in_([Act.WRITING, Act.DRAFT]),
        _s.participant_id == bindparam("person", type_=Integer),
    )
    .correlate(table(Response))
)
_OURS = _r.office_id.in_(bindparam("offices", expanding=True))
#: A legal checker checks for every office, and nobody what they wrote.
_MINE = or_(
    _OURS & (_r.stage != Stage.CHECK),
    (_r.stage == Stage.CHECK) & or_(_OURS, bindparam("checker", type_=Boolean)) & ~_WROTE,
)
_COUNTS = select(_r.stage, func.count()).where(_r.stage != Stage.PUBLISHED, _MINE).group_by(_r.stage)
_last = table(ResponseStep).alias("last")
_LAST = select(func.max(_s.id)).where(_s.response_id == _r.id).correlate(table(Response)).scalar_subquery()
_LIST = themes.with_names(
    select(
        _r.id, _r.stage, _r.text, _r.lang, _r.created_at, _o.name, _o.name_en, _k.title, _k.other_title,
        _k.lang.label("consultation_lang"), _last.c.at, _last.c.name.label("by"), _last.c.role,
        select(func.count()).where(_a.response_id == _r.id).correlate(table(Response)).scalar_subquery()
        .label("contributions"),
        *themes.name_columns(),
    )
    .select_from(table(Response))
    .join(table(Consultation), _k.id == _r.consultation_id)
    .join(table(Office), _o.id == _r.office_id)
    .outerjoin(_last, _last.c.id == _LAST),
    _r.theme_id,
).where(_r.stage.in_(bindparam("stages", expanding=True)), _MINE)  # fmt: skip
_OLDEST = (paging.Key("id", _r.id),)


def _who(actor: Actor) -> dict[str, Any]:
    checker = Role.CHECKER in actor.roles
    return {"offices": sorted(actor.offices), "checker": checker, "person": actor.participant}


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many answers wait for somebody, by the lists in which they stand."""
    found = {stage: number for stage, number in session.execute(_COUNTS, _who(actor))}  # noqa: C416 - rows, not pairs
    return {name: sum(found.get(stage, 0) for stage in stages) for name, stages in LISTS.items()}


def in_work(session: Session, actor: Actor, name: str, after: str | None) -> paging.Page[InWork]:
    """The answers of one list, the oldest first."""
    page = paging.page(session, _LIST, _OLDEST, after, stages=[str(it) for it in LISTS[name]], **_who(actor))
    return paging.Page(tuple(map(_in_work, page.items)), page.next)


def _in_work(row: Any) -> InWork:
    lang = language.get()
    other = lang != row.consultation_lang and bool(row.other_title)
    return InWork(
        id=row.id,
        stage=row.stage,
        excerpt=to_text(row.text, EXCERPT),
        lang=row.lang,
        office=row.name_en if lang == "en" and row.name_en else row.name,
        consultation=row.other_title if other else row.title,
        consultation_lang=lang if other else row.consultation_lang,
        contributions=row.contributions,
        theme=themes.named_by(row),
        since=row.at or row.created_at,
        by=row.by or "",
        role=row.role or "",
    )
