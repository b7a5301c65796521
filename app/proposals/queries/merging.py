"""Merges: what is to become one proposal, who agreed, and what was merged into what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any

from fastapi import Path
from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from app.accounts.models import Account, Participant
from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.contributions.models import Contribution
from app.core import db
from app.core.access import Actor, Missing
from app.core.columns import table
from app.core.i18n import N_
from app.proposals.models import Merge, MergePart, Proposal, ProposalStat
from app.proposals.queries.one import ProposalView
from app.rules import merging as rules
from app.rules.phases import VOTE

#: No merge has a number beyond that.
Number = Annotated[int, Path(ge=1, le=10**12)]
#: As whom somebody agrees, refuses or undoes.
AUTHOR, OFFICIAL = "author", "official"
PENDING, CARRIED, REFUSED, TAKEN_BACK, UNDONE = "pending", "carried-out", "refused", "taken-back", "undone"
STATES = {
    PENDING: N_("Proposed"),
    CARRIED: N_("Carried out"),
    REFUSED: N_("Refused"),
    TAKEN_BACK: N_("Taken back"),
    UNDONE: N_("Undone"),
}


@dataclass(frozen=True)
class Part:
    """A proposal that a merge concerns, and who agreed for it."""

    proposal_id: int
    code: str
    title: str
    lang: str
    version: int
    shown: bool
    withdrawn: bool
    merged: bool
    participant_id: int | None
    author: str | None
    author_erased: bool
    #: Whether there is an author with an account to ask; else the office in charge answers.
    has_author: bool
    supports: int
    agreed_at: datetime | None
    agreed_name: str
    agreed_role: str
    agreed_version: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"/proposals/{self.code}"

    @property
    def standing(self) -> bool:
        """Whether it can still be merged."""
        return self.shown and not self.withdrawn and not self.merged

    def answered_by(self, actor: Actor, office_id: int) -> bool:
        """Whether this person agrees or refuses for it: its author, or for one without an author the office."""
        if self.has_author:
            return actor.participant is not None and actor.participant == self.participant_id
        return actor.machine or office_id in actor.offices


@dataclass(frozen=True)
class MergeView(consultations.Within):
    """That proposals be merged, and what became of it."""

    consultation: ConsultationView
    id: int
    target_id: int
    account_id: int | None
    name: str
    role: str
    reason: str
    lang: str
    at: datetime
    carried_at: datetime | None
    ended_at: datetime | None
    ended_how: str
    ended_by: str
    ended_role: str
    ended_reason: str
    ended_lang: str
    parts: tuple[Part, ...]

    @property
    def url(self) -> str:
        """Its address."""
        return f"/merges/{self.id}"

    @property
    def state(self) -> str:
        """Pending, carried out, or how it ended."""
        return self.ended_how or (CARRIED if self.carried_at else PENDING)

    @property
    def state_name(self) -> str:
        """The state as pages say it, to be translated."""
        return STATES[self.state]

    @property
    def target(self) -> Part:
        """The proposal that remains."""
        return next(part for part in self.parts if part.proposal_id == self.target_id)

    @property
    def sources(self) -> tuple[Part, ...]:
        """The proposals that are merged into it."""
        return tuple(part for part in self.parts if part.proposal_id != self.target_id)

    @property
    def authors(self) -> frozenset[int]:
        """The authors who can be asked, for permissions."""
        return frozenset(part.participant_id for part in self.parts if part.has_author and part.participant_id)

    def agreed(self, part: Part) -> bool:
        """Whether somebody agreed for a part, to the text that remains as it now is."""
        return part.agreed_at is not None and part.agreed_version == self.target.version

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts for which nobody has agreed yet."""
        return tuple(part for part in self.parts if not self.agreed(part))

    def asks(self, actor: Actor) -> tuple[Part, ...]:
        """The parts for which this person is still asked."""
        if self.state != PENDING:
            return ()
        return tuple(part for part in self.missing if part.answered_by(actor, self.office_id))

    def concerns(self, actor: Actor) -> bool:
        """Whether this person can end it: one who is asked for a part, or who proposed it."""
        if actor.account is not None and actor.account == self.account_id:
            return True
        return any(part.answered_by(actor, self.office_id) for part in self.parts)


_m, _q, _c, _p, _s, _w, _a = (
    table(model).c for model in (Merge, MergePart, Contribution, Proposal, ProposalStat, Participant, Account)
)
_mine = table(MergePart).alias("mine").c
_OF_PART = (
    _q.proposal_id, _c.code, _p.title, _c.lang.label("part_lang"), _p.version, _c.visibility, _p.withdrawn_at,
    _c.canonical_id, _c.participant_id, _w.name.label("author"), _w.erased_at, _s.supports, _q.agreed_at,
    _q.agreed_name, _q.agreed_role, _q.agreed_version,
)  # fmt: skip
_OF_MERGE = (
    _m.id, _m.target_id, _m.account_id, _m.name, _m.role, _m.reason, _m.lang, _m.at, _m.carried_at, _m.ended_at,
    _m.ended_how, _m.ended_by, _m.ended_role, _m.ended_reason, _m.ended_lang,
)  # fmt: skip
_HAS_AUTHOR = exists().where(_a.participant_id == _c.participant_id, _a.deleted_at.is_(None))
#: A row for each proposal of a merge, the newest merge first and the proposals in the order in which they came.
_MERGES = (
    select(*_OF_MERGE, *_OF_PART, _m.consultation_id)
    .add_columns(_HAS_AUTHOR.correlate(table(Contribution)).label("has_author"))
    .join_from(table(Merge), table(MergePart), _q.merge_id == _m.id)
    .join(table(Contribution), _c.id == _q.proposal_id)
    .join(table(Proposal), _p.id == _q.proposal_id)
    .join(table(ProposalStat), _s.proposal_id == _q.proposal_id)
    .outerjoin(table(Participant), _w.id == _c.participant_id)
    .order_by(_m.id.desc(), _q.proposal_id)
)
_ONE = _MERGES.where(_m.id == bindparam("merge"))
#: Of one proposal; others add columns.
MERGES_ABOUT = _MERGES.where(_m.id.in_(select(_mine.merge_id).where(_mine.proposal_id == bindparam("proposal"))))
_IN = _MERGES.where(_m.consultation_id == bindparam("consultation"))


def merge_in_path(session: db.Read, merge: Number) -> MergeView:
    """The merge a route's address names."""
    return merge_by_id(session, merge)


def merge_by_id(session: Session, merge_id: int) -> MergeView:
    """A merge by its row number."""
    rows = session.execute(_ONE, {"merge": merge_id}).all()
    if not rows:
        raise Missing
    return _merge(consultations.by_id(session, rows[0].consultation_id), rows)


def merges_about(session: Session, proposal: ProposalView) -> tuple[MergeView, ...]:
    """Every merge that concerns a proposal, the newest first; costs nothing where there is none."""
    if not proposal.merging:
        return ()
    return merges_of(proposal.consultation, session.execute(MERGES_ABOUT, {"proposal": proposal.id}).all())


def merges_in(session: Session, consultation: ConsultationView) -> tuple[MergeView, ...]:
    """The merges of a consultation, the newest first."""
    return merges_of(consultation, session.execute(_IN, {"consultation": consultation.id}).all())


def merges_of(consultation: ConsultationView, rows: Sequence[Any]) -> tuple[MergeView, ...]:
    """Merges by the rows of their proposals."""
    return tuple(_merge(consultation, list(some)) for _, some in groupby(rows, key=lambda row: row.id))


def _merge(consultation: ConsultationView, rows: Sequence[Any]) -> MergeView:
    first = {column.name: getattr(rows[0], column.name) for column in _OF_MERGE}
    return MergeView(consultation=consultation, parts=tuple(map(_part, rows)), **first)


def _part(row: Any) -> Part:
    shown = row.visibility == "public"
    return Part(
        proposal_id=row.proposal_id,
        code=row.code,
        title=row.title if shown else "",
        lang=row.part_lang,
        version=row.version,
        shown=shown,
        withdrawn=row.withdrawn_at is not None,
        merged=row.canonical_id is not None,
        participant_id=row.participant_id,
        author=row.author,
        author_erased=row.erased_at is not None,
        has_author=bool(row.has_author),
        supports=row.supports,
        agreed_at=row.agreed_at,
        agreed_name=row.agreed_name,
        agreed_role=row.agreed_role,
        agreed_version=row.agreed_version,
    )


@dataclass(frozen=True)
class Group:
    """A proposal that remains, and what was merged into it."""

    target: Part
    merges: tuple[MergeView, ...]

    @property
    def sources(self) -> tuple[Part, ...]:
        """What was merged into it, in the order in which it came."""
        parts = (part for merge in self.merges for part in merge.sources)
        return tuple(sorted(parts, key=lambda part: part.proposal_id))

    @property
    def ids(self) -> tuple[int, ...]:
        """The row numbers of all of its proposals."""
        return (self.target.proposal_id, *(part.proposal_id for part in self.sources))

    @property
    def co_authors(self) -> tuple[Part, ...]:
        """A part for each author of the sources who did not write the one that remains anyway."""
        known = {self.target.participant_id}
        found = []
        for part in self.sources:
            if part.shown and part.participant_id is not None and part.participant_id not in known:
                known.add(part.participant_id)
                found.append(part)
        return tuple(found)


def group_of(proposal_id: int, merges: Sequence[MergeView]) -> Group | None:
    """The group a proposal belongs to, as the one that remains or as one that was merged; None for none."""
    held = [merge for merge in merges if merge.state == CARRIED]
    return Group(held[0].target, tuple(held)) if held else None


def with_co_authors(session: Session, proposal: ProposalView) -> ProposalView:
    """A proposal with those who may change its text because theirs was merged into it."""
    group = group_of(proposal.id, merges_about(session, proposal))
    if group is None or group.target.proposal_id != proposal.id:
        return proposal
    authors = {part.participant_id for part in group.sources if part.participant_id is not None}
    return replace(proposal, co_authors=frozenset(authors))


def latest_merge(consultation: ConsultationView, now: datetime) -> datetime | None:
    """Until when proposals of a consultation can be merged, and merges undone, as far as voting sets a bound."""
    return rules.latest((phase for phase in consultation.phases if VOTE in phase.acts), now)


_SOURCES = (
    select(_c.canonical_id, _c.id)
    .where(_c.consultation_id == bindparam("consultation"), _c.canonical_id.is_not(None))
    .order_by(_c.canonical_id, _c.id)
)


def groups_in(session: Session, consultation_id: int) -> dict[int, tuple[int, ...]]:
    """The proposals that remain in a consultation after merges, each with all of its group, by their row numbers."""
    groups: dict[int, tuple[int, ...]] = {}
    for remaining, source in session.execute(_SOURCES, {"consultation": consultation_id}):
        groups[remaining] = (*groups.get(remaining, (remaining,)), source)
    return groups
