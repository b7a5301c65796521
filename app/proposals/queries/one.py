"""One proposal and its versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from markupsafe import Markup
from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from app.accounts.models import Participant
from app.consultations import queries as consultations
from app.consultations.models import Consultation, Topic
from app.contributions.models import Contribution
from app.core import db
from app.core.access import Missing
from app.core.codes import read_code
from app.core.columns import table
from app.core.i18n import language
from app.core.markdown import as_stored
from app.core.textdiff import Comparison, compare
from app.offices import queries as offices
from app.offices.models import Area
from app.proposals.models import MergePart, Proposal, ProposalStat, ProposalVersion
from app.proposals.queries.votable import Votable


@dataclass(frozen=True)
class ProposalView(Votable):
    """A proposal as its page and the permissions need it."""

    participant_id: int | None
    author: str | None
    author_erased: bool
    office: str | None
    channel: str
    received_at: datetime
    entered_at: datetime
    lang: str
    area_id: int | None
    area: str | None
    topic: str | None
    topic_slug: str | None
    reason_code: str
    title: str
    excerpt: str
    body: str
    stored_html: str
    difference: str | None
    written_at: datetime
    h: str
    status: str
    withdrawn_reason: str
    comments: int
    imported_comments: int
    #: Whether a merge concerns it, whatever became of that.
    merging: bool
    #: The authors of what was merged into it, where they are asked for.
    co_authors: frozenset[int] = frozenset()

    @property
    def html(self) -> Markup:
        """Its text as it is shown."""
        return as_stored(self.stored_html)


@dataclass(frozen=True)
class Version:
    """A state of a proposal's text."""

    number: int
    title: str
    body: str
    at: datetime
    h: str


@dataclass(frozen=True)
class Difference:
    """What a version changed against the one before it."""

    version: Version
    title: Comparison
    body: Comparison


_p, _c, _v, _s, _t, _w = (
    table(model).c for model in (Proposal, Contribution, ProposalVersion, ProposalStat, Topic, Participant)
)
_areas = table(Area).alias("own_areas")
_area = _areas.c
#: What is read of a proposal beside its consultation, whose columns have some of the same names.
_COLUMNS = {
    "id": _p.id,
    "code": _c.code,
    "participant_id": _c.participant_id,
    "author": _w.name,
    "erased_at": _w.erased_at,
    "channel": _c.channel,
    "received_at": _c.received_at,
    "entered_at": _c.entered_at,
    "lang": _c.lang,
    "area_id": _c.area_id,
    "area": _area.name,
    "topic_name": _t.name,
    "topic_en": _t.name_en,
    "topic_slug": _t.slug,
    "visibility": _c.visibility,
    "reason_code": _c.reason_code,
    "version": _p.version,
    "title": _v.title,
    "excerpt": _p.excerpt,
    "body": _v.body,
    "stored_html": _v.html,
    "difference": _v.difference,
    "written_at": _v.at,
    "h": _v.h,
    "status": _p.status,
    "withdrawn_at": _p.withdrawn_at,
    "withdrawn_reason": _p.withdrawn_reason,
    "supports": _s.supports,
    "opposes": _s.opposes,
    "neutrals": _s.neutrals,
    "comments": _s.comments,
    "imported_supports": _s.imported_supports,
    "imported_comments": _s.imported_comments,
    "canonical_id": _c.canonical_id,
    "merging": exists().where(table(MergePart).c.proposal_id == _p.id).correlate(table(Proposal)),
}
#: A row for each phase of the consultation.
_ONE = offices.with_office(
    consultations.WHOLE.add_columns(*(column.label(f"own_{name}") for name, column in _COLUMNS.items()))
    .join(table(Proposal), _p.consultation_id == table(Consultation).c.id)
    .join(table(Contribution), _c.id == _p.id)
    .join(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .join(table(ProposalStat), _s.proposal_id == _p.id)
    .outerjoin(table(Participant), _w.id == _c.participant_id)
    .outerjoin(_areas, _area.id == _c.area_id)
    .outerjoin(table(Topic), _t.id == _p.topic_id),
    _c.participant_id,
)
_BY_CODE = _ONE.where(_c.code == bindparam("code"))
_BY_ID = _ONE.where(_p.id == bindparam("id"))
_VERSIONS = select(_v.number, _v.title, _v.body, _v.at, _v.h).where(_v.proposal_id == bindparam("id"))


def in_path(session: db.Read, code: str) -> ProposalView:
    """The proposal a route's address names."""
    return at_code(session, code)


def at_code(session: Session, code: str) -> ProposalView:
    """The proposal with a public code, however the code was typed; Missing where there is none."""
    read = read_code(code)
    return _view(session, session.execute(_BY_CODE, {"code": read}).all() if read else ())


def by_id(session: Session, proposal_id: int) -> ProposalView:
    """A proposal by its row number."""
    return _view(session, session.execute(_BY_ID, {"id": proposal_id}).all())


def _view(session: Session, rows: Sequence[Any]) -> ProposalView:
    if not rows:
        raise Missing
    row = rows[0]
    fields = {name: getattr(row, f"own_{name}") for name in _COLUMNS}
    topic_en, topic = fields.pop("topic_en"), fields.pop("topic_name")
    return ProposalView(
        consultation=consultations.whole(session, rows),
        office=offices.spoken_for(row.spoken_name, row.spoken_en),
        author_erased=fields.pop("erased_at") is not None,
        topic=topic_en if language.get() == "en" and topic_en else topic,
        **fields,
    )


def versions(session: Session, proposal_id: int) -> list[Version]:
    """Every version, the newest first."""
    rows = session.execute(_VERSIONS.order_by(_v.number.desc()), {"id": proposal_id}).all()
    return [Version(*row) for row in rows]


def differences(found: list[Version]) -> list[Difference]:
    """What each version changed, the newest first; the first version changed nothing."""
    return [
        Difference(newer, compare(older.title, newer.title), compare(older.body, newer.body))
        for newer, older in pairwise(found)
    ]


@dataclass(frozen=True)
class Latest:
    """What somebody sent last."""

    code: str
    title: str
    body: str


_LATEST = (
    select(_c.code, _v.title, _v.body)
    .select_from(table(Contribution))
    .join(table(ProposalVersion), (_v.proposal_id == _c.id) & (_v.number == 1))
    .where(
        _c.participant_id == bindparam("participant"),
        _c.consultation_id == bindparam("consultation"),
        _c.kind == "proposal",
    )
    .order_by(_c.id.desc())
    .limit(1)
)


def latest_by(session: Session, participant: int | None, consultation_id: int) -> Latest | None:
    """The newest proposal of a person in a consultation, to notice the same one being sent again."""
    row = session.execute(_LATEST, {"participant": participant, "consultation": consultation_id}).first()
    return Latest(*row) if row else None
