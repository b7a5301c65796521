"""Counting a consultation's votes by its rule, and what the rule gives."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.consultations import queries as consultations
from app.contributions.models import Contribution
from app.core.columns import table
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.rules import ballots as rules
from app.rules.merging import Together
from app.votes import queries as votes


@dataclass(frozen=True)
class Count:
    """The counted votes of one proposal; one that was withdrawn or hidden does not stand for a rule that chooses.

    `confirmed` are the supports, opposes and neutrals that agree to a counting rule changed while people voted.
    `together` are the same of everyone behind it and what was merged into it, each counted once; that is what a rule
    that chooses is given. `merged_into` is the code of what it was merged into.
    """

    code: str
    title: str
    status: str
    supports: int
    opposes: int
    neutrals: int
    by_version: tuple[rules.VersionTally, ...]
    standing: bool = True
    confirmed: tuple[int, int, int] | None = None
    together: tuple[int, int, int] | None = None
    merged_into: str | None = None

    @property
    def for_the_rule(self) -> tuple[int, int]:
        """The supports and opposes that a rule that chooses is given."""
        return self.together[:2] if self.together else (self.supports, self.opposes)

    @property
    def total(self) -> int:
        """All votes on it."""
        return self.supports + self.opposes + self.neutrals


@dataclass(frozen=True)
class Result:
    """What the rule gives, by the codes of proposals, and how it comes to them."""

    rule: dict[str, Any]
    ballots: int
    outcome: rules.Outcome[str]
    confirmed: "Result | None" = None

    def facts(self) -> dict[str, Any]:
        """The result as data."""
        found = self.outcome
        steps = [{"code": it.code, "subjects": list(it.subjects), "numbers": dict(it.numbers)} for it in found.steps]
        return {
            "rule": self.rule,
            "ballots": self.ballots,
            "valid": found.valid,
            "chosen": list(found.chosen),
            "tied": list(found.tied),
            "places": found.places,
            "steps": steps,
            **({"confirmed": self.confirmed.facts()} if self.confirmed else {}),
        }


@dataclass(frozen=True)
class Counted:
    """All votes of a consultation, the most supported proposal first, and what its rule gives."""

    counts: tuple[Count, ...] = ()
    result: Result | None = None


def read_result(stored: str) -> Result | None:
    """A result as it was written down at publishing."""
    if not stored:
        return None
    return _result(json.loads(stored))


def _result(it: dict[str, Any]) -> Result:
    steps = tuple(rules.Step(one["code"], tuple(one["subjects"]), one["numbers"]) for one in it["steps"])
    found = rules.Outcome(it["valid"], tuple(it["chosen"]), tuple(it["tied"]), it["places"], steps)
    return Result(it["rule"], it["ballots"], found, _result(it["confirmed"]) if "confirmed" in it else None)


_p, _k = table(Proposal).c, table(Contribution).c
_into = table(Contribution).alias("into")
_PROPOSALS = (
    select(_p.id, _k.code, _p.title, _p.status, _p.withdrawn_at, _k.visibility, _into.c.code.label("merged_into"))
    .join_from(table(Proposal), table(Contribution), _k.id == _p.id)
    .outerjoin(_into, _into.c.id == _k.canonical_id)
    .where(_p.consultation_id == bindparam("id"))
    .order_by(_k.received_at, _p.id)
)


def counted(session: Session, consultation: consultations.ConsultationView) -> Counted:
    """Count all votes of a consultation anew by its rule, proposal by proposal.

    Where the rule was changed while people voted, also those alone that agree to it as it now is. Where proposals were
    merged, the rule is given everyone behind all of them, each counted once, for the one that remains.
    """
    rule, marks = consultations.rule(session, consultation), votes.marks(session, consultation.id)
    groups = proposals.groups_in(session, consultation.id)
    received = _counts(session, consultation.id, rule["engine"], marks, votes.together_by_rule(session, groups))
    found = result(rule, received, votes.ballots(session, consultation))
    if changes := consultation.rule_changes:
        agreeing = [mark for mark in marks if mark.rule == changes]
        together = votes.together_by_rule(session, groups, changes)
        again = _counts(session, consultation.id, rule["engine"], agreeing, together)
        received = [
            replace(every, confirmed=(some.supports, some.opposes, some.neutrals))
            for every, some in zip(received, again, strict=True)
        ]
        confirmed = result(rule, again, votes.ballots(session, consultation, changes))
        found = replace(found, confirmed=confirmed) if found else None
    return Counted(tuple(sorted(received, key=lambda count: (-count.supports, count.code))), found)


def result(rule: dict[str, Any], received: Iterable[Count], ballots: int) -> Result | None:
    """What a rule gives for proposals in the order in which they were received; None where it only counts."""
    standing = [rules.Candidate(count.code, *count.for_the_rule) for count in received if count.standing]
    found = rules.outcome(rule, standing, ballots)
    return Result(rule, ballots, found) if found else None


def _counts(
    session: Session, consultation_id: int, engine: str, marks: Iterable[Any], groups: Mapping[int, Together]
) -> list[Count]:
    rows = session.execute(_PROPOSALS, {"id": consultation_id}).all()
    tallies = rules.tally_all(
        engine, ((mark.proposal_id, mark.version, mark.choice) for mark in marks), [row.id for row in rows]
    )
    return [
        Count(
            row.code,
            row.title if row.visibility == "public" else "",
            row.status,
            tallies[row.id].supports,
            tallies[row.id].opposes,
            tallies[row.id].neutrals,
            tallies[row.id].by_version,
            standing=row.visibility == "public" and row.withdrawn_at is None and row.merged_into is None,
            together=groups[row.id][:3] if row.id in groups else None,
            merged_into=row.merged_into,
        )
        for row in rows
    ]
