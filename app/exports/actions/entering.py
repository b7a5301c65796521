"""Entering foreign contributions a few at a time, so that other writes never wait long."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlmodel import Session

from app.comments import actions as comments
from app.comments.forms import CommentForm
from app.comments.models import Comment
from app.contributions.actions import Origin
from app.contributions.models import Channel, Contribution, Visibility
from app.core import access, clock
from app.core.access import Actor
from app.core.columns import table
from app.exports.actions.checking import Incoming
from app.proposals import queries as proposals
from app.proposals.actions import writing
from app.proposals.forms import ProposalForm
from app.proposals.models import ProposalStat

#: Seconds for which one act may go on taking rows.
BOUND = 0.03


@dataclass(frozen=True)
class Target:
    """Where rows go: the consultation, what names their origin, and their language."""

    consultation_id: int
    source: str
    lang: str


@dataclass(frozen=True)
class Entered:
    """What the ledger knows of a foreign row."""

    id: int
    code: str
    consultation_id: int


def known(session: Session, source: str) -> dict[str, Entered]:
    """Everything that came from a source before, by its id there."""
    c = table(Contribution).c
    rows = session.execute(select(c.import_id, c.id, c.code, c.consultation_id).where(c.import_source == source))
    return {row.import_id: Entered(row.id, row.code, row.consultation_id) for row in rows}


def proposals_answered(session: Session, source: str) -> dict[str, str]:
    """The proposal of each comment that came from a source before, both by their ids there."""
    c, m, p = table(Contribution).c, table(Comment).c, table(Contribution).alias().c
    query = select(c.import_id, p.import_id).join_from(table(Contribution), table(Comment), m.id == c.id)
    rows = session.execute(query.join(p.id.table, p.id == m.proposal_id).where(c.import_source == source))
    return {row[0]: row[1] for row in rows}


def enter_proposals(session: Session, actor: Actor, target: Target, rows: Sequence[Incoming]) -> list[Entered]:
    """Enter as many of these proposals as fit into one act, and say what became of them."""
    access.require("consultations.arrange", actor)
    until, done = time.monotonic() + BOUND, []
    s = table(ProposalStat).c
    for row in rows:
        form = ProposalForm.model_construct(title=row.title, body=row.body, topic="")
        receipt = writing.enter(
            session, actor, target.consultation_id, form, clock.now(), lang=target.lang, origin=_origin(target, row)
        )
        session.flush()
        totals = {"imported_supports": row.positive, "imported_comments": row.comments}
        session.execute(update(table(ProposalStat)).where(s.proposal_id == receipt.id).values(totals))
        done.append(Entered(receipt.id, receipt.code, target.consultation_id))
        if time.monotonic() > until:
            break
    return done


def enter_comments(
    session: Session,
    actor: Actor,
    target: Target,
    rows: Sequence[tuple[Incoming, proposals.ProposalView]],
    codes: dict[str, str],
) -> list[Entered]:
    """Enter as many of these comments as fit into one act; `codes` are those of the comments they may answer."""
    access.require("consultations.arrange", actor)
    until, done = time.monotonic() + BOUND, []
    new: dict[str, str] = {}
    for row, proposal in rows:
        parent = (new.get(row.parent) or codes[row.parent]) if row.parent else ""
        receipt = comments.enter(
            session,
            actor,
            proposal,
            CommentForm.model_construct(body=row.body, parent=parent),
            clock.now(),
            lang=target.lang,
            origin=_origin(target, row),
            imported=(row.positive, row.negative),
        )
        if not row.body:
            _mark_removed(session, receipt.id, row)
        new[row.id] = receipt.code
        done.append(Entered(receipt.id, receipt.code, target.consultation_id))
        if time.monotonic() > until:
            break
    return done


def _mark_removed(session: Session, comment_id: int, row: Incoming) -> None:
    """A comment whose words had gone before: its place in the thread stays."""
    gone = {"removed_at": row.at, "nonce": None}
    session.execute(update(table(Comment)).where(table(Comment).c.id == comment_id).values(gone))
    ledger = table(Contribution)
    session.execute(update(ledger).where(ledger.c.id == comment_id).values(visibility=Visibility.WITHDRAWN))


def _origin(target: Target, row: Incoming) -> Origin:
    return Origin(
        channel=Channel.IMPORT,
        received_at=row.at,
        import_source=target.source,
        import_id=row.id,
        identity_level="unknown",
    )
