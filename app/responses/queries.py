"""Reads about official answers: those of a proposal, drafts, and what still waits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from sqlalchemy import BigInteger, bindparam, case, exists, func, select
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.models import Consultation
from app.contributions import queries as contributions
from app.contributions.models import Contribution, Visibility
from app.core import db, indexing, paging
from app.core.access import Missing
from app.core.columns import table
from app.core.i18n import language
from app.core.indexing import nothing, of_kind_named
from app.offices.models import Area, Office
from app.proposals.models import Proposal, ProposalStat
from app.responses.models import Answer, Response
from app.rules.lights import Answered as Covering


@dataclass(frozen=True)
class AnswerView:
    """An official answer as the public reads it, in the reader's language where there are two."""

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


@dataclass(frozen=True)
class Answered:
    """A proposal an answer is written for."""

    id: int
    code: str
    title: str
    lang: str


@dataclass(frozen=True)
class ResponseView(consultations.Within):
    """An official text at the desk, drafted or published."""

    id: int
    consultation: consultations.ConsultationView
    status: str
    refers_to: str
    text: str
    other_text: str
    lang: str
    published_at: datetime | None
    proposals: tuple[Answered, ...]


_r, _a, _o, _c, _p, _s = (table(model).c for model in (Response, Answer, Office, Contribution, Proposal, ProposalStat))
#: A proposal at the desk is called by its title; by its code while a moderator hides its words.
_NAMED = case((_c.visibility == "public", _p.title), else_=_c.code).label("title")
_ANSWERS = (
    select(
        _r.status, _r.refers_to, _o.name, _o.name_en, _o.slug, _r.signed_by, _r.text, _r.other_text, _r.lang,
        _a.published_at, _a.superseded_at, _a.h,
    )
    .select_from(table(Answer))
    .join(table(Response), _r.id == _a.response_id)
    .join(table(Office), _o.id == _r.office_id)
    .where(_a.contribution_id == bindparam("contribution"), _a.published_at.is_not(None))
    .order_by(_a.published_at.desc(), _a.id.desc())
)  # fmt: skip


def answers_of(session: Session, contribution_id: int) -> list[AnswerView]:
    """The published answers to a contribution, the present one first."""
    return [_answer(row) for row in session.execute(_ANSWERS, {"contribution": contribution_id}).all()]


_INSTANTS = select(_a.contribution_id, _a.published_at, _a.superseded_at).where(
    _a.contribution_id.in_(bindparam("contributions", expanding=True)), _a.published_at.is_not(None)
)


@contributions.tells_answers
def instants_of(session: Session, contribution_ids: Collection[int]) -> dict[int, list[Covering]]:
    """When the published answers to many contributions came and were replaced, for their lights."""
    found: dict[int, list[Covering]] = {}
    for row in session.execute(_INSTANTS, {"contributions": list(contribution_ids)}):
        found.setdefault(row.contribution_id, []).append(Covering(row.published_at, row.superseded_at))
    return found


def _answer(row: Any) -> AnswerView:
    lang = language.get()
    other = lang != row.lang and bool(row.other_text)
    return AnswerView(
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
    )


def in_path(session: db.Read, number: Annotated[int, Path(ge=1, lt=2**63)]) -> ResponseView:
    """The official text a desk address names."""
    return by_id(session, number)


def by_id(session: Session, number: int) -> ResponseView:
    """An official text by its row number."""
    row = session.execute(select(table(Response)).where(_r.id == number)).first()
    if row is None:
        raise Missing
    return ResponseView(
        id=row.id,
        consultation=consultations.by_id(session, row.consultation_id),
        status=row.status,
        refers_to=row.refers_to,
        text=row.text,
        other_text=row.other_text,
        lang=row.lang,
        published_at=row.published_at,
        proposals=_proposals_of(session, number),
    )


def _proposals_of(session: Session, response_id: int) -> tuple[Answered, ...]:
    query = (
        select(_c.id, _c.code, _NAMED, _c.lang)
        .select_from(table(Answer))
        .join(table(Contribution), _c.id == _a.contribution_id)
        .join(table(Proposal), _p.id == _c.id)
        .where(_a.response_id == response_id)
        .order_by(_c.id)
    )
    return tuple(Answered(*row) for row in session.execute(query).all())


def chosen(session: Session, consultation_id: int, codes: list[str]) -> tuple[Answered, ...]:
    """The proposals of a consultation that these codes name."""
    query = (
        select(_c.id, _c.code, _NAMED, _c.lang)
        .select_from(table(Proposal))
        .join(table(Contribution), _c.id == _p.id)
        .where(_p.consultation_id == consultation_id, _c.code.in_(codes))
        .order_by(_c.id)
    )
    return tuple(Answered(*row) for row in session.execute(query).all())


def drafts_with(session: Session, consultation_id: int, codes: list[str]) -> dict[str, int]:
    """The drafts in which these proposals are already answered, by the code of the proposal."""
    query = (
        select(_c.code, func.max(_r.id))
        .select_from(table(Answer))
        .join(table(Response), _r.id == _a.response_id)
        .join(table(Contribution), _c.id == _a.contribution_id)
        .where(_r.consultation_id == consultation_id, _r.published_at.is_(None), _c.code.in_(codes))
        .group_by(_c.code)
    )
    return {row[0]: row[1] for row in session.execute(query).all()}


@dataclass(frozen=True)
class Waiting:
    """A proposal at the desk with where its answer stands."""

    code: str
    title: str
    lang: str
    received_at: datetime
    status: str
    visibility: str
    withdrawn: bool
    draft: int | None


_DRAFT = (
    select(func.max(_a.response_id))
    .select_from(table(Answer).join(table(Response), _r.id == _a.response_id))
    .where(_a.contribution_id == _p.id, _r.published_at.is_(None))
    .correlate(table(Proposal))
    .scalar_subquery()
)
_DESK = (
    select(
        _p.id,
        _c.code,
        _NAMED,
        _c.lang,
        _c.received_at,
        _p.status,
        _c.visibility,
        _p.withdrawn_at,
        _DRAFT.label("draft"),
    )
    .select_from(table(Proposal))
    .join(table(Contribution), _c.id == _p.id)
    .where(_p.consultation_id == bindparam("consultation"))
)
_HAS_DRAFT = (
    exists()
    .where(_a.contribution_id == _p.id, _a.response_id == _r.id, _r.published_at.is_(None))
    .correlate(table(Proposal))
)
STATES = {
    "unanswered": (_p.status == "") & ~_HAS_DRAFT,
    "drafted": _HAS_DRAFT,
    "answered": _p.status != "",
}
_AT_DESK = {name: _DESK.where(condition) for name, condition in STATES.items()}
_OLDEST = (paging.Key("id", _p.id),)


def at_desk(session: Session, consultation_id: int, state: str, after: str | None) -> paging.Page[Waiting]:
    """The proposals of a consultation by where their answer stands, the oldest first."""
    page = paging.page(session, _AT_DESK[state], _OLDEST, after, size=50, consultation=consultation_id)
    return paging.Page(
        tuple(
            Waiting(
                row.code,
                row.title,
                row.lang,
                row.received_at,
                row.status,
                row.visibility,
                row.withdrawn_at is not None,
                row.draft,
            )
            for row in page.items
        ),
        page.next,
    )


@dataclass(frozen=True)
class Progress:
    """How far an office is with answering a consultation."""

    proposals: int
    answered: int
    drafted: int = 0

    @property
    def unanswered(self) -> int:
        """How many proposals have no answer yet that can be read."""
        return self.proposals - self.answered

    @property
    def waiting(self) -> int:
        """How many proposals have neither an answer nor a draft of one."""
        return self.unanswered - self.drafted


def progress(session: Session, ids: list[int]) -> dict[int, Progress]:
    """How many proposals each consultation has and how many are answered, in one query."""
    answered = func.count().filter(_p.status != "")
    query = (
        select(_p.consultation_id, func.count(), answered)
        .where(_p.consultation_id.in_(ids))
        .group_by(_p.consultation_id)
    )
    found = {row[0]: Progress(row[1], row[2]) for row in session.execute(query).all()}
    return {number: found.get(number, Progress(0, 0)) for number in ids}


def progress_at_desk(session: Session, consultation_id: int) -> Progress:
    """The same for one consultation, with the drafts that only its office knows of."""
    found = progress(session, [consultation_id])[consultation_id]
    drafted = select(func.count()).where(_p.consultation_id == consultation_id, _p.status == "", _HAS_DRAFT)
    return replace(found, drafted=int(session.execute(drafted).scalar_one()))


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


_k, _place = table(Consultation).c, table(Area).c
#: The first proposal that stands and that a text is the present answer to; a text nobody can read has none.
_FIRST = (
    select(func.min(_a.contribution_id))
    .join_from(table(Answer), table(Contribution), _c.id == _a.contribution_id)
    .join(table(Proposal), _p.id == _c.id)
    .where(
        _a.response_id == _r.id,
        _a.published_at.is_not(None),
        _a.superseded_at.is_(None),
        _c.visibility == Visibility.PUBLIC,
        _p.withdrawn_at.is_(None),
    )
    .correlate(table(Response))
    .scalar_subquery()
)
_first = table(Contribution).alias("first")
_of_first = table(Proposal).alias("of_first")
FOUND = indexing.findable(
    indexing.Source(
        "answer",
        select(
            of_kind_named("answer").label("kind"),
            _r.id,
            _r.consultation_id,
            _of_first.c.title,
            _first.c.lang.label("title_lang"),
            _r.text,
            _r.lang,
            nothing().label("other_title"),
            _r.other_text,
            _r.published_at.label("at"),
            _first.c.code.label("place"),
            _k.title.label("about"),
            _k.lang.label("about_lang"),
            _k.other_title.label("about_other"),
            _r.status,
            _place.code.label("area_code"),
            nothing(BigInteger).label("topic_id"),
        )
        .select_from(table(Response))
        .join(table(Consultation), _k.id == _r.consultation_id)
        .join(_first, _first.c.id == _FIRST)
        .join(_of_first, _of_first.c.id == _first.c.id)
        .outerjoin(table(Area), _place.id == _k.area_id)
        .where(_r.published_at.is_not(None), _k.opened_at.is_not(None)),
        _r.id,
        consultations.topics_found_by,
    )
)
_ANSWERING = select(_a.response_id).where(_a.published_at.is_not(None)).distinct()


def answering(session: Session, contributions: Sequence[int]) -> list[int]:
    """The published texts that answer, or answered before, one of these."""
    return list(session.execute(_ANSWERING.where(_a.contribution_id.in_(contributions))).scalars())


@indexing.follows("proposal")
def answers_follow(session: Session, proposals: Sequence[int]) -> Mapping[str, Sequence[int]]:
    """What answers a proposal is found as long as the proposal is."""
    return {"answer": answering(session, proposals)}
