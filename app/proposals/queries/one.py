"""One proposal and its versions."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from markupsafe import Markup
from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.accounts.models import Participant
from app.consultations import queries as consultations
from app.consultations.models import Topic
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
from app.proposals.models import Proposal, ProposalStat, ProposalVersion
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


_p, _c, _v, _s, _a, _t, _w = (
    table(model).c for model in (Proposal, Contribution, ProposalVersion, ProposalStat, Area, Topic, Participant)
)
_ONE = offices.with_office(
    select(
        _p.id,
        _c.code,
        _p.consultation_id,
        _c.participant_id,
        _w.name.label("author"),
        _w.erased_at,
        _c.channel,
        _c.received_at,
        _c.entered_at,
        _c.lang,
        _c.area_id,
        _a.name.label("area"),
        _t.name.label("topic_name"),
        _t.name_en.label("topic_en"),
        _t.slug.label("topic_slug"),
        _c.visibility,
        _c.reason_code,
        _p.version,
        _v.title,
        _p.excerpt,
        _v.body,
        _v.html.label("stored_html"),
        _v.difference,
        _v.at.label("written_at"),
        _v.h,
        _p.status,
        _p.withdrawn_at,
        _p.withdrawn_reason,
        _s.supports,
        _s.opposes,
        _s.neutrals,
        _s.comments,
        _s.imported_supports,
        _s.imported_comments,
    )
    .select_from(table(Proposal))
    .join(table(Contribution), _c.id == _p.id)
    .join(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .join(table(ProposalStat), _s.proposal_id == _p.id)
    .outerjoin(table(Participant), _w.id == _c.participant_id)
    .outerjoin(table(Area), _a.id == _c.area_id)
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
    return _view(session, session.execute(_BY_CODE, {"code": read}).first() if read else None)


def by_id(session: Session, proposal_id: int) -> ProposalView:
    """A proposal by its row number."""
    return _view(session, session.execute(_BY_ID, {"id": proposal_id}).first())


def _view(session: Session, row: Any) -> ProposalView:
    if row is None:
        raise Missing
    fields = dict(row._mapping)
    topic_en, topic = fields.pop("topic_en"), fields.pop("topic_name")
    office = offices.spoken_for(fields.pop("office_name"), fields.pop("office_en"))
    return ProposalView(
        **(
            fields
            | {
                "consultation": consultations.by_id(session, fields.pop("consultation_id")),
                "office": office,
                "author_erased": fields.pop("erased_at") is not None,
                "topic": topic_en if language.get() == "en" and topic_en else topic,
            }
        )
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
