"""One person's own votes; nobody else's can be asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.models import Consultation, ConsultationPhase, ConsultationSalt
from app.consultations.queries import ConsultationView
from app.contributions.models import Contribution
from app.core.access import Actor
from app.core.columns import table
from app.proposals.models import Proposal
from app.proposals.queries import tells_own_votes
from app.rules import phases as rules
from app.votes.models import Ballot, Vote
from app.votes.queries.names import pseudonym, voter


@dataclass(frozen=True)
class Own:
    """One of a person's own votes in a consultation; a hidden proposal has no title."""

    code: str
    title: str
    choice: str
    version: int
    current: int
    rule: int = 0

    @property
    def outdated(self) -> bool:
        """Whether the text changed since."""
        return self.version != self.current


_b, _v, _s, _p, _c, _h = (
    table(model).c for model in (Ballot, Vote, ConsultationSalt, Proposal, Contribution, ConsultationPhase)
)
_MARKED = (
    select(
        _p.consultation_id,
        _c.code,
        _p.title,
        _v.choice,
        _v.version,
        _v.rule,
        _p.version.label("current"),
        _c.visibility,
    )
    .select_from(table(Vote))
    .join(table(Ballot), _b.id == _v.ballot_id)
    .join(table(Proposal), _p.id == _v.proposal_id)
    .join(table(Contribution), _c.id == _p.id)
    .order_by(_p.id.desc())
)
_OWN = _MARKED.where(_b.voter == bindparam("voter"))
_OWN_IN_MANY = _MARKED.where(_b.voter.in_(bindparam("voters", expanding=True))).limit(bindparam("most"))
#: Every consultation with a phase that is not counted yet: a row for each of its phases.
_NOT_COUNTED = (
    consultations.WHOLE.add_columns(_s.salt)
    .join(table(ConsultationSalt), _s.consultation_id == table(Consultation).c.id)
    .where(
        table(Consultation).c.id.in_(
            select(_h.consultation_id).where(_h.counted_at.is_(None), _h.acts.contains(rules.VOTE))
        )
    )
)


def own(session: Session, participant: int, consultation_id: int) -> list[Own]:
    """A person's own votes in a consultation; nobody else's can be asked for."""
    name = voter(session, participant, consultation_id)
    return _own(session, _OWN, name) if name else []


def own_not_counted(session: Session, participant: int, most: int) -> list[tuple[ConsultationView, tuple[Own, ...]]]:
    """A person's own votes where they are not counted yet, on the latest proposals first; two queries in all."""
    rows: dict[int, list[Any]] = {}
    for row in session.execute(_NOT_COUNTED).all():
        rows.setdefault(row.id, []).append(row)
    names = [pseudonym(some[0].salt, participant) for some in rows.values()]
    cast = session.execute(_OWN_IN_MANY, {"voters": names, "most": most}).all() if names else ()
    found: dict[int, list[Own]] = {}
    for row in cast:
        found.setdefault(row.consultation_id, []).append(_as_own(row))
    return [
        (consultations.whole(session, some), tuple(found[number])) for number, some in rows.items() if number in found
    ]


def own_in_phase(session: Session, phase_id: int, name: str) -> list[Own]:
    """The votes on one ballot."""
    return _own(session, _OWN.where(_b.phase_id == phase_id), name)


def _own(session: Session, query: Select[Any], name: str) -> list[Own]:
    return [_as_own(row) for row in session.execute(query, {"voter": name}).all()]


def _as_own(row: Any) -> Own:
    title = row.title if row.visibility == "public" else ""
    return Own(row.code, title, row.choice, row.version, row.current, row.rule)


@tells_own_votes
def choices_on(
    session: Session, actor: Actor, consultation: ConsultationView, codes: Collection[str]
) -> dict[str, str]:
    """A person's own choices on the proposals of a list, by code; two queries however long the list is."""
    name = voter(session, actor.participant, consultation.id) if consultation.has_voting and codes else None
    if name is None:
        return {}
    rows = session.execute(_OWN.where(_c.code.in_(codes)), {"voter": name}).all()
    return {row.code: row.choice for row in rows}
