"""Drafting and publishing a decision summary."""

import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.models import Consultation
from app.core import access, clock, indexing
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_, language
from app.decisions import queries
from app.decisions.forms import PARTS, DecisionForm
from app.decisions.models import Decision
from app.proposals.models import Proposal, ProposalStat
from app.publiclog import actions as publiclog
from app.rules.canonical import canonical, digest
from app.rules.decision_numbers import DecisionNumber

_d = table(Decision).c


def save(session: Session, actor: Actor, consultation_id: int, form: DecisionForm) -> None:
    """Keep the draft of a summary; a published one never changes."""
    consultation = consultations.by_id(session, consultation_id)
    access.require("decisions.write", actor, consultation)
    row = session.execute(select(Decision).where(_d.consultation_id == consultation_id)).scalar()
    if row is None:
        row = Decision(consultation_id=consultation_id, lang=language.get(), saved_at=clock.now())
        session.add(row)
    if row.published_at is not None:
        raise Conflict("published", N_("This decision is published and stays as it is."))
    for part in PARTS:
        setattr(row, part, getattr(form, part))
    other = {part: getattr(form, f"other_{part}") for part in PARTS}
    row.other = json.dumps(other, ensure_ascii=False) if any(other.values()) else ""
    row.written_by, row.saved_at = actor.account, clock.now()


def publish(session: Session, actor: Actor, consultation_id: int, at: datetime | None = None) -> str:
    """Publish the summary with the counts by the rule and give its number; idempotent.

    Conflict while people can still act, while votes are being counted, and while a part is missing. `at` is given
    by the demo and by imports only.
    """
    consultation = consultations.by_id(session, consultation_id)
    access.require("decisions.write", actor, consultation)
    view = queries.of_consultation(session, consultation_id)
    if view is not None and view.number is not None:
        return view.number
    if view is None or view.missing:
        raise Conflict("incomplete", N_("The summary is not complete yet. Fill in every part, save it, then publish."))
    _require_over(consultation)
    rule = consultations.rule(session, consultation)
    counted = queries.counted(session, consultation)
    _require_consistent(session, consultation_id, counted.counts)
    moment = at or clock.now()
    year = clock.local(moment).year
    row = session.get_one(Decision, view.id)
    row.year, row.number = year, _next_number(session, year)
    row.counts = json.dumps([asdict(count) for count in counted.counts], ensure_ascii=False)
    row.outcome = canonical(counted.result.facts()).decode() if counted.result else ""
    row.published_at = moment
    number = str(DecisionNumber(row.year, row.number))
    said = {"number": number, "texts": {part: getattr(row, part) for part in PARTS}, "counts": json.loads(row.counts)}
    row.h = digest(said | ({"outcome": counted.result.facts()} if counted.result else {}))
    session.execute(
        update(table(Consultation)).where(table(Consultation).c.id == consultation_id).values(decided_at=moment)
    )
    publiclog.record(
        session, "decision", consultation_id, ("decision", view.id), number=number, h=row.h, rule=rule["engine"]
    )
    indexing.changed(session, "decision", [view.id])
    return number


def _require_over(consultation: consultations.ConsultationView) -> None:
    if consultation.state == "cancelled":
        raise Conflict("cancelled", N_("This consultation was cancelled, so there is nothing to decide."))
    if not consultation.counted:
        raise Conflict(
            "counting", N_("Votes are still open or being counted. Publish the decision once they are counted.")
        )
    if consultation.state != "closed":
        raise Conflict(
            "still-open",
            N_("People can still take part until %(when)s. Publish the decision after that."),
            when=consultation.closes_at,
        )


def _require_consistent(session: Session, consultation_id: int, counts: tuple[queries.Count, ...]) -> None:
    """Refuse to publish when the counters people saw differ from the votes counted anew."""
    s = table(ProposalStat).c
    sums = session.execute(
        select(
            func.coalesce(func.sum(s.supports), 0),
            func.coalesce(func.sum(s.opposes), 0),
            func.coalesce(func.sum(s.neutrals), 0),
        )
        .join_from(table(ProposalStat), table(Proposal), table(Proposal).c.id == s.proposal_id)
        .where(table(Proposal).c.consultation_id == consultation_id)
    ).one()
    again = (sum(c.supports for c in counts), sum(c.opposes for c in counts), sum(c.neutrals for c in counts))
    if tuple(int(number) for number in sums) != again:
        raise Conflict(
            "miscounted",
            N_("The votes counted anew differ from the counts shown. Nothing was published; tell the administrator."),
        )


def _next_number(session: Session, year: int) -> int:
    """The next number of the year; the table is locked on PostgreSQL, so that none is given twice or left out."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE decision IN EXCLUSIVE MODE"))
    last = session.execute(select(func.max(_d.number)).where(_d.year == year)).scalar()
    return int(last or 0) + 1
