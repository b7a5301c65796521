"""The people behind merged proposals, each counted once, computed from the votes wherever they were cast."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, case, cast, func, literal, null, select, union_all
from sqlmodel import Session

from app.consultations.models import ConsultationSalt
from app.core.access import Actor
from app.core.columns import table
from app.proposals import queries as proposals
from app.proposals.models import Merge
from app.proposals.queries import Group, MergeView, ProposalView
from app.rules import merging
from app.rules.ballots import CHOICES, SUPPORT
from app.rules.merging import Said, Together
from app.votes.models import Ballot, Vote
from app.votes.queries.boxes import STANDING, Box, Standing, as_standing, box, voting_phase
from app.votes.queries.names import pseudonym

_b, _v, _s, _m = (table(model).c for model in (Ballot, Vote, ConsultationSalt, Merge))


def _chose(choice: str, here: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where a person made this choice on one of these proposals."""
    return func.max(case(((_v.choice == choice) & here, 1), else_=0))


_REMAINING = _v.proposal_id == bindparam("remaining")
#: What each person's votes on a group say; the rule in `app/rules/merging.py` makes one choice of it.
_PEOPLE = (
    select(
        *(_chose(choice, _REMAINING).label(f"remaining_{choice}") for choice in CHOICES),
        *(_chose(choice, ~_REMAINING).label(f"merged_{choice}") for choice in CHOICES),
        func.count(case((_v.choice == SUPPORT, _v.proposal_id)).distinct()).label("supported"),
    )
    .join_from(table(Vote), table(Ballot), _b.id == _v.ballot_id)
    .where(_v.proposal_id.in_(bindparam("group", expanding=True)))
    .group_by(_b.voter)
    .subquery()
)
#: How many people say the same: a handful of rows, however many voted.
_ALIKE = select(*_PEOPLE.c, func.count().label("people")).group_by(*_PEOPLE.c)


def together(session: Session, remaining: int, group: Collection[int]) -> Together:
    """Everyone who voted on a group of proposals, each counted once; one query, and nobody's name is read."""
    rows = session.execute(_ALIKE, {"remaining": remaining, "group": list(group)}).all()
    return merging.together((_said(row), row.people) for row in rows)


def _said(row: Any) -> Said:
    remaining, merged = (
        frozenset(choice for choice in CHOICES if getattr(row, f"{place}_{choice}"))
        for place in ("remaining", "merged")
    )
    return Said(remaining, merged, row.supported)


_NOTHING = (cast(null(), String), cast(null(), Integer), cast(null(), Integer), cast(null(), Integer))
_own = STANDING.subquery("standing").c
#: The same, and first of all how one person stands: one read for the page of what remains.
_ALIKE_AND_OWN = union_all(
    select(
        *(cast(null(), Integer).label(column.name) for column in _PEOPLE.c), literal(0).label("people"),
        _own.choice, _own.version, _own.rule, _own.used,
    ),
    select(*_PEOPLE.c, func.count(), *_NOTHING).group_by(*_PEOPLE.c),
)  # fmt: skip
_WITH_SALT = proposals.MERGES_ABOUT.add_columns(
    select(_s.salt).where(_s.consultation_id == _m.consultation_id).scalar_subquery().label("salt")
)


@dataclass(frozen=True)
class InGroup:
    """What the page of a proposal that a merge concerns says of it: the merges, the group, its people, the box."""

    merges: tuple[MergeView, ...]
    group: Group | None
    together: Together | None
    box: Box | None

    @property
    def joined(self) -> frozenset[int]:
        """The authors of what was merged."""
        parts = self.group.sources if self.group else ()
        return frozenset(part.participant_id for part in parts if part.participant_id is not None)


def in_group(session: Session, actor: Actor, proposal: ProposalView) -> InGroup:
    """All that for one reader. A proposal that no merge concerns costs nothing beside its box, others one query more.

    The people are counted only on the page of what remains, and where counts may be seen.
    """
    if not proposal.merging:
        return InGroup((), None, None, box(session, actor, proposal))
    rows = session.execute(_WITH_SALT, {"proposal": proposal.id}).all()
    merges = proposals.merges_of(proposal.consultation, rows)
    group = proposals.group_of(proposal.id, merges)
    phase = voting_phase(proposal.consultation)
    name = pseudonym(rows[0].salt, actor.participant)
    if group is None or phase is None or proposal.merged or not proposal.consultation.counts_shown:
        return InGroup(merges, group, None, box(session, actor, proposal, None, name, None if name else Standing()))
    values = {"remaining": proposal.id, "group": list(group.ids)}
    values |= {"proposal": proposal.id, "voter": name or "", "phase": phase.id}
    found = session.execute(_ALIKE_AND_OWN, values).all()
    own = next((as_standing(row) for row in found if row.used is not None), Standing())
    people = merging.together((_said(row), row.people) for row in found if row.people)
    return InGroup(merges, group, people, box(session, actor, proposal, None, name, own))


_MARKS = (
    select(_b.voter, _v.proposal_id, _v.choice, _v.rule)
    .join_from(table(Vote), table(Ballot), _b.id == _v.ballot_id)
    .where(_v.proposal_id.in_(bindparam("proposals", expanding=True)))
)


def together_by_rule(
    session: Session, groups: Mapping[int, Collection[int]], rule: int | None = None
) -> dict[int, Together]:
    """The same for many groups by what remains; with `rule` only votes that agree to so many changes of the rule."""
    if not groups:
        return {}
    remaining = {proposal: target for target, group in groups.items() for proposal in group}
    marks: dict[int, list[tuple[str, int, str]]] = {target: [] for target in groups}
    for row in session.execute(_MARKS, {"proposals": list(remaining)}):
        if rule is None or row.rule == rule:
            marks[remaining[row.proposal_id]].append((row.voter, row.proposal_id, row.choice))
    return {target: merging.together(merging.by_person(some, target)) for target, some in marks.items()}
