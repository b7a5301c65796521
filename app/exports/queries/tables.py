"""The rows of a consultation's tables, read a few hundred at a time; what may not be seen is not in them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from app.accounts.models import Participant
from app.comments.models import Comment
from app.consultations.models import Topic
from app.consultations.queries import ConsultationView
from app.contributions import queries as ledger
from app.contributions.models import Contribution, Visibility
from app.core import db
from app.core.columns import table
from app.offices.models import Area
from app.proposals import queries as merged
from app.proposals.models import Proposal, ProposalStat, ProposalVersion, VersionStat
from app.responses.models import Answer, Response
from app.rules.merging import Together
from app.votes import queries as votes

CHUNK = 300
PROPOSALS = (
    "code", "title", "text", "version", "lang", "topic", "area_code", "area", "author", "channel", "received_at",
    "state", "reason", "answer", "supports", "opposes", "neutrals", "counts", "comments", "imported_supports",
    "imported_comments", "difference", "considered_at", "answered_at", "merged_into",
)  # fmt: skip
CONTRIBUTIONS = (
    "code", "kind", "proposal", "channel", "received_at", "visibility", "reason", "considered_at", "answered_at",
    "answer", "themes", "themes_answered",
)  # fmt: skip
RESULTS = (
    "code", "title", "version", "present_version", "state", "supports", "opposes", "neutrals", "total", "counts",
    "imported_supports", "merged_into", "together_supports", "together_opposes", "together_neutrals",
)  # fmt: skip

_p, _v, _c, _w, _s, _n, _t, _a = (
    table(model).c
    for model in (Proposal, ProposalVersion, Contribution, Participant, ProposalStat, VersionStat, Topic, Area)
)
_into = table(Contribution).alias("into")
_m, _x, _r = (table(model).c for model in (Comment, Answer, Response))
_OF_ONE = (_p.consultation_id == bindparam("consultation"), _p.id > bindparam("after"))
_PROPOSALS = (
    select(
        _p.id, _c.code, _v.title, _v.body, _p.version, _c.lang, _t.slug.label("topic"), _a.code.label("area_code"),
        _a.name.label("area"), _w.name.label("author"), _c.channel, _c.received_at, _c.visibility, _c.reason_code,
        _p.withdrawn_at, _p.withdrawn_reason, _p.status, _s.supports, _s.opposes, _s.neutrals, _s.comments,
        _s.imported_supports, _s.imported_comments, _v.difference, _into.c.code.label("merged_into"),
    )
    .select_from(table(Proposal))
    .join(table(Contribution), _c.id == _p.id)
    .join(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .join(table(ProposalStat), _s.proposal_id == _p.id)
    .outerjoin(table(Topic), _t.id == _p.topic_id)
    .outerjoin(table(Area), _a.id == _c.area_id)
    .outerjoin(table(Participant), _w.id == _c.participant_id)
    .outerjoin(_into, _into.c.id == _c.canonical_id)
    .where(*_OF_ONE)
    .order_by(_p.id)
    .limit(CHUNK)
)  # fmt: skip
_SOME = (
    select(
        _p.id, _p.version, _p.withdrawn_at, _c.code, _c.visibility, _v.title, _s.imported_supports,
        _into.c.code.label("merged_into"),
    )
    .join_from(table(Proposal), table(Contribution), _c.id == _p.id)
    .join(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .join(table(ProposalStat), _s.proposal_id == _p.id)
    .outerjoin(_into, _into.c.id == _c.canonical_id)
    .where(*_OF_ONE)
    .order_by(_p.id)
    .limit(CHUNK)
)  # fmt: skip
_parent = table(Contribution).alias("parent")
_LEDGER = (
    select(
        _c.id, _c.code, _c.kind, func.coalesce(_parent.c.code, _c.code).label("proposal"), _c.channel, _c.received_at,
        _c.visibility, _c.reason_code,
        select(func.max(_r.status))
        .join_from(table(Answer), table(Response), _r.id == _x.response_id)
        .where(_x.contribution_id == _c.id, _x.published_at.is_not(None), _x.superseded_at.is_(None))
        .correlate(table(Contribution)).scalar_subquery().label("status"),
    )
    .select_from(table(Contribution))
    .outerjoin(table(Comment), _m.id == _c.id)
    .outerjoin(_parent, _parent.c.id == _m.proposal_id)
    .where(_c.consultation_id == bindparam("consultation"), _c.id > bindparam("after"))
    .order_by(_c.id)
    .limit(CHUNK)
)  # fmt: skip
_VERSIONS = select(table(VersionStat)).order_by(_n.proposal_id, _n.version)


def _rows(statement: Select[Any], consultation_id: int) -> Iterator[list[Any]]:
    """The rows of a statement in chunks, by their number; each chunk in a read of its own."""
    after = 0
    while True:
        with db.reading() as session:
            rows = list(session.execute(statement, {"consultation": consultation_id, "after": after}).all())
        if not rows:
            return
        yield rows
        after = rows[-1].id


def proposals(consultation: ConsultationView) -> Iterator[Sequence[Any]]:
    """Every proposal as a row of `PROPOSALS`; a hidden one keeps its place and says why, without its words."""
    seen, note = _counts(consultation)
    for rows in _rows(_PROPOSALS, consultation.id):
        lit = _lit(rows)
        for row in rows:
            shown = row.visibility == Visibility.PUBLIC
            counts = (row.supports, row.opposes, row.neutrals) if seen else (None, None, None)
            yield (
                row.code, row.title if shown else None, row.body if shown else None, row.version, row.lang, row.topic,
                row.area_code, row.area, row.author if shown else None, row.channel, row.received_at, _state(row),
                row.withdrawn_reason if shown and row.withdrawn_at else row.reason_code, row.status, *counts, note,
                row.comments, *_imported(consultation, row.imported_supports, row.imported_comments),
                row.difference if shown else None, *lit[row.id][:2], row.merged_into,
            )  # fmt: skip


def contributions(consultation: ConsultationView) -> Iterator[Sequence[Any]]:
    """Every proposal and comment as a row of `CONTRIBUTIONS`: whether and when it was considered and answered."""
    for rows in _rows(_LEDGER, consultation.id):
        lit = _lit(rows)
        for row in rows:
            yield (
                row.code, row.kind, row.proposal, row.channel, row.received_at, row.visibility, row.reason_code,
                *lit[row.id][:2], row.status, *lit[row.id][2:],
            )  # fmt: skip


def _lit(rows: Sequence[Any]) -> dict[int, tuple[datetime | None, datetime | None, int, int]]:
    """Since when each of these is considered and answered, its themes, and how many of them are answered."""
    with db.reading() as session:
        found = ledger.lights_of(session, rows)
    return {
        number: (it.considered.since, it.answered.since, it.answered.themes, it.answered.done)
        for number, it in found.items()
    }


def results(consultation: ConsultationView) -> Iterator[Sequence[Any]]:
    """The votes behind each version of each proposal as rows of `RESULTS`; empty until they are counted."""
    seen, note = _counts(consultation)
    together = _together(consultation) if seen else {}
    for rows in _rows(_SOME, consultation.id):
        by_proposal: dict[int, list[Any]] = {}
        with db.reading() as session:
            found = session.execute(_VERSIONS.where(_n.proposal_id.in_([row.id for row in rows]))).all()
        for one in found:
            by_proposal.setdefault(one.proposal_id, []).append(one)
        for row in rows:
            for one in by_proposal.get(row.id, []):
                counts = (one.supports, one.opposes, one.neutrals)
                present = one.version == row.version
                yield (
                    row.code, row.title if row.visibility == Visibility.PUBLIC else None, one.version, row.version,
                    _state(row), *((*counts, sum(counts)) if seen else (None,) * 4), note,
                    *(_imported(consultation, row.imported_supports) if present else (None,)), row.merged_into,
                    *(together.get(row.id, _NOBODY)[:3] if present else _NOBODY),
                )  # fmt: skip


_NOBODY = (None, None, None)


def _together(consultation: ConsultationView) -> dict[int, Together]:
    """The people behind each proposal that remains after a merge, everyone counted once over its group."""
    with db.reading() as session:
        return votes.together_by_rule(session, merged.groups_in(session, consultation.id))


def _counts(consultation: ConsultationView) -> tuple[bool, str]:
    """Whether votes may be seen, and what the column `counts` says."""
    if consultation.counted:
        return True, "counted"
    return consultation.counts_shown, "open" if consultation.counts_shown else "sealed"


def _state(row: Any) -> str:
    if row.visibility != Visibility.PUBLIC:
        return str(row.visibility)
    return "withdrawn" if row.withdrawn_at else "standing"


def _imported(consultation: ConsultationView, *totals: int) -> tuple[int | None, ...]:
    """Totals of the platform a consultation came from; empty for one of our own."""
    return totals if consultation.imported_from else (None,) * len(totals)
