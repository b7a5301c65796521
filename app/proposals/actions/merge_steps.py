"""What the acts of a merge have in common: locks, what cannot be merged, the record, and who is told."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from app.consultations.models import ConsultationPhase
from app.consultations.queries import ConsultationView
from app.contributions.models import Contribution
from app.core import clock, db, jobs
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.proposals import queries
from app.proposals.models import Merge, MergePart, Proposal
from app.proposals.queries import MergeView
from app.publiclog import actions as publiclog

_c, _p, _m, _q, _h = (table(model).c for model in (Contribution, Proposal, Merge, MergePart, ConsultationPhase))
_merged = table(Contribution).alias("merged").c
#: In the order of their numbers and without keeping votes away, so that two who merge do not wait in a ring.
_LOCK = select(_p.id).where(_p.id.in_(bindparam("ids", expanding=True))).order_by(_p.id).with_for_update(key_share=True)
#: What says of proposals whether they can be merged.
STATES = (
    select(
        _p.id, _c.code, _c.visibility, _p.withdrawn_at, _c.canonical_id,
        exists().where(_merged.canonical_id == _p.id).label("has_sources"),
        select(_m.id)
        .join_from(table(Merge), table(MergePart), _q.merge_id == _m.id)
        .where(_q.proposal_id == _p.id, _m.carried_at.is_(None), _m.ended_at.is_(None))
        .correlate(table(Proposal)).limit(1).scalar_subquery().label("pending"),
    )
    .join_from(table(Proposal), table(Contribution), _c.id == _p.id)
    .where(_p.id.in_(bindparam("ids", expanding=True)))
    .order_by(_p.id)
)  # fmt: skip
_PHASES = select(_h.id).where(_h.consultation_id == bindparam("consultation")).order_by(_h.id).with_for_update()


def lock_proposals(session: Session, ids: Collection[int]) -> None:
    """Keep proposals from being merged, changed or taken back by another process until this act is stored."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK, {"ids": sorted(ids)})


def require_time(consultation: ConsultationView) -> None:
    """Conflict where voters would not have the time to keep or withdraw their vote."""
    if consultation.state not in ("open", "upcoming"):
        raise Conflict(
            "over", N_("This consultation is over. What was put forward stays as it was, so that it can be followed.")
        )
    latest = queries.latest_merge(consultation, clock.now())
    if latest is not None and clock.now() > latest:
        raise Conflict(
            "no-time",
            N_(
                "Proposals can be merged, and merges undone, until %(when)s: whoever voted needs three days to keep "
                "or withdraw their vote."
            ),
            when=latest,
        )


def require_mergeable(target: int, states: Sequence[Any], merge: int | None = None) -> None:
    """Conflict for a proposal that is not there to be merged, or is part of another merge."""
    for row in states:
        if row.visibility != "public" or row.withdrawn_at is not None:
            raise Conflict(
                "not-standing", N_("%(which)s was withdrawn or hidden, so it cannot be merged."), which=row.code
            )
        if row.canonical_id is not None:
            raise Conflict(
                "merged",
                N_("%(which)s was already merged into another proposal. Undo that first, or choose the other one."),
                which=row.code,
            )
        if row.has_sources and row.id != target:
            raise Conflict(
                "has-sources",
                N_("Others were merged into %(which)s, so it has to remain. Merge into it instead."),
                which=row.code,
            )
        if row.pending is not None and row.pending != merge:
            raise Conflict(
                "waiting",
                N_("Another merge with %(which)s waits for its authors to agree. It has to end first."),
                which=row.code,
            )


def role_of(actor: Actor, subject: Any) -> str:
    """As whom somebody acts: an official of the office in charge, or an author."""
    official = actor.machine or subject.office_id in actor.offices
    return queries.OFFICIAL if official else queries.AUTHOR


def hash_of(session: Session, merge_id: int) -> str:
    """What is published of the reason of a merge."""
    return str(session.execute(select(_m.h).where(_m.id == merge_id)).scalar_one())


def record(session: Session, merge: MergeView, act: str, **facts: Any) -> None:
    """Record an act of a merge. The public log has no type for it: `code` is the nearest (decision 010)."""
    publiclog.record(
        session, "code", merge.consultation.id, ("contribution", merge.target_id), act=act, code=merge.target.code,
        merged=[part.code for part in merge.sources], **facts,
    )  # fmt: skip


def locked(session: Session, merge_id: int) -> MergeView:
    """A merge as it stands, while nobody else agrees to it or ends it."""
    lock_proposals(session, [part.proposal_id for part in queries.merge_by_id(session, merge_id).parts])
    return queries.merge_by_id(session, merge_id)


def require_asked(actor: Actor, merge: MergeView) -> None:
    """Conflict after a merge ended, and for whoever has nothing to answer in it."""
    if merge.state != queries.PENDING:
        raise Conflict("ended", N_("This merge was ended. Somebody can propose a new one."))
    if not merge.concerns(actor):
        raise Conflict("not-asked", N_("You are not asked here: each author answers for their own proposal."))


def hold_voting(session: Session, consultation: ConsultationView) -> None:
    """Let votes that are under way be stored first; those that follow see what they meet.

    On PostgreSQL each holds its phase until it is stored. On SQLite acts come one after another anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_PHASES, {"consultation": consultation.id})


def tell(session: Session, merge: MergeView, base_url: str, *, undone: bool) -> None:
    """Owe everyone who took part a message, and make kept pages anew."""
    jobs.later(session, "proposals.merged", merge=merge.id, undone=undone, after=0, base_url=base_url)
    db.renew_pages(session)
