"""Comparing the texts of a consultation to find copies, and storing which are copies of which."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.consultations import queries as consultations
from app.core import access, clock, db, jobs
from app.core.access import Actor
from app.core.columns import table
from app.rules import campaigns as rule
from app.rules.quoting import Passage
from app.themes import queries
from app.themes.models import Campaign, CampaignAddition, CampaignRun, CampaignSignature

#: So many copies are stored in one write.
STORED = 200
#: A comparison that did not end in this time is begun anew when somebody asks for it.
LOST = timedelta(hours=1)
#: What texts are compared by; kept with each run.
PARAMETERS = json.dumps(
    {"run": rule.RUN, "fewest_words": rule.FEWEST_WORDS, "shared": rule.SHARED, "added": rule.ADDED,
     "common": rule.COMMON}
)  # fmt: skip
_g, _s, _d, _r = (table(model).c for model in (Campaign, CampaignSignature, CampaignAddition, CampaignRun))
_END_RUN = update(table(CampaignRun)).where(_r.id == bindparam("number"), _r.finished_at.is_(None))


def compare(session: Session, actor: Actor, consultation_id: int) -> None:
    """Ask for the texts of a consultation to be compared. Idempotent while that goes on."""
    access.require("themes.write", actor, consultations.by_id(session, consultation_id))
    now, last = clock.now(), queries.newest_run(session, consultation_id)
    if last is not None and last.finished_at is None:
        if last.at > now - LOST:
            return
        session.execute(_END_RUN.values(finished_at=now), {"number": last.id})
    run = CampaignRun(
        consultation_id=consultation_id, account_id=actor.account, name=actor.name, at=now, parameters=PARAMETERS
    )
    session.add(run)
    session.flush()
    jobs.later(session, "themes.compare", run=run.id)


@dataclass(frozen=True)
class Copy:
    """A text of a campaign to be stored: its row, what commits to it, and where its sender added something."""

    id: int
    h: str
    added: tuple[Passage, ...]


def _upsert(made: Any) -> Any:
    begun = made.insert(table(CampaignSignature))
    return begun.on_conflict_do_update(
        index_elements=["contribution_id"],
        set_={"campaign_id": begun.excluded.campaign_id, "text_h": begun.excluded.text_h},
    )


_SIGN = {dialect.name: _upsert(made) for dialect, made in ((sqlite.dialect, sqlite), (postgresql.dialect, postgresql))}
_STORED = (
    select(_s.contribution_id, _s.text_h, _d.id, _d.begins, _d.ends)
    .select_from(table(CampaignSignature))
    .outerjoin(table(CampaignAddition), _d.contribution_id == _s.contribution_id)
    .where(_s.contribution_id.in_(bindparam("ids", expanding=True)))
)
_FORGET_ADDED = delete(table(CampaignAddition)).where(_d.contribution_id.in_(bindparam("ids", expanding=True)))
_FORGET = delete(table(CampaignSignature)).where(_s.contribution_id.in_(bindparam("ids", expanding=True)))
_BY_FIRST = select(_g.id).where(_g.first_id == bindparam("first"))
_MOVE = update(table(Campaign)).where(_g.id == bindparam("number"))
_FOUND = insert(table(Campaign)).returning(_g.id)


def store(session: Session, consultation_id: int, first: int, known: int | None, copies: Sequence[Copy]) -> int:
    """Store some of the copies of a text as one campaign and give its row number. Idempotent.

    `known` is the campaign they were in before: it goes on, with what was found in it, though its first text is gone.
    What somebody cleared of an addition stays cleared while the text is the same.
    """
    number = session.execute(_BY_FIRST, {"first": first}).scalar()
    if number is None and known is not None:
        session.execute(_MOVE.values(first_id=first), {"number": known})
        number = known
    if number is None:
        number = session.execute(_FOUND, {"consultation_id": consultation_id, "first_id": first}).scalar_one()
    before: dict[int, tuple[str, set[tuple[int, int]]]] = {}
    for row in session.execute(_STORED, {"ids": [one.id for one in copies]}):
        _, spans = before.setdefault(row.contribution_id, (row.text_h, set()))
        if row.id is not None:
            spans.add((row.begins, row.ends))
    anew = [one for one in copies if before.get(one.id) != (one.h, {(it.begins, it.ends) for it in one.added})]
    signatures = [{"contribution_id": one.id, "campaign_id": number, "text_h": one.h} for one in copies]
    session.execute(_SIGN[session.get_bind().dialect.name], signatures)
    if anew:
        session.execute(_FORGET_ADDED, {"ids": [one.id for one in anew]})
        added = [
            {"contribution_id": one.id, "begins": it.begins, "ends": it.ends, "cleared_by": ""}
            for one in anew
            for it in one.added
        ]
        if added:
            session.execute(insert(table(CampaignAddition)), added)
    return int(number)


def forget(session: Session, contributions: Sequence[int]) -> None:
    """Contributions that are copies of nothing any more are in no campaign; what was found in them stays."""
    session.execute(_FORGET_ADDED, {"ids": list(contributions)})
    session.execute(_FORGET, {"ids": list(contributions)})


def finish(session: Session, run_id: int, **counts: int) -> None:
    """Write down how many texts went into a comparison and what came out. Idempotent."""
    session.execute(_END_RUN.values(finished_at=clock.now(), **counts), {"number": run_id})
    db.renew_pages(session)
