"""Comments for tests, made with as little as possible."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlmodel import Session

from app.accounts.models import Participant
from app.comments import actions, queries
from app.comments.forms import CommentForm
from app.comments.models import Comment
from app.comments.queries import CommentView
from app.contributions.models import Contribution
from app.core import clock, db
from app.core.codes import new_code
from app.core.columns import table
from app.proposals.models import ProposalStat
from tests.factories import Person


def form(body: str, stance: str = "neutral", parent: str = "") -> CommentForm:
    """What was typed."""
    return CommentForm.model_validate({"body": body, "stance": stance, "parent": parent})


def write(
    person: Person,
    proposal: int,
    body: str = "Pendapat saya.",
    stance: str = "neutral",
    parent: str = "",
    at: datetime | None = None,
) -> str:
    """A comment by somebody; gives its code."""
    return db.write_now(actions.write, person.actor, proposal, form(body, stance, parent), at or clock.now())


def edit(person: Person, code: str, body: str, stance: str = "neutral") -> None:
    """Other words for a comment."""
    db.write_now(actions.edit, person.actor, view(code).id, form(body, stance), clock.now())


def view(code: str) -> CommentView:
    """A comment as it stands."""
    with db.reading() as session:
        return queries.at_code(session, code)


def set_visibility(contribution: int, visibility: str, reason: str = "") -> None:
    """What a moderator's act leaves behind."""
    t = table(Contribution)

    def act(session: Session) -> None:
        session.execute(update(t).where(t.c.id == contribution).values(visibility=visibility, reason_code=reason))

    db.write_now(act)


def many(proposal: int, number: int, parent: int = 0) -> None:
    """So many comments by nobody in particular, quickly."""
    now = clock.now()

    def act(session: Session) -> None:
        c, m, s = table(Contribution), table(Comment), table(ProposalStat)
        known = session.execute(select(c).where(c.c.id == proposal)).one()
        rows = [
            {"code": new_code(), "kind": "comment", "consultation_id": known.consultation_id, "received_at": now}
            | {"entered_at": now, "channel": "web", "lang": "id", "identity_level": "email", "visibility": "public"}
            | {"reason_code": ""}
            for _ in range(number)
        ]
        session.execute(insert(c), rows)
        newest = select(c.c.id).where(c.c.kind == "comment").order_by(c.c.id.desc()).limit(number)
        ids = session.execute(newest).scalars()
        empty = {"proposal_id": proposal, "parent_id": parent, "depth": int(bool(parent)), "replies": 0}
        text = {"stance": "neutral", "body": "Isi.", "html": "<p>Isi.</p>", "at": now, "h": "h"}
        text |= {"imported_for": 0, "imported_against": 0}
        session.execute(insert(m), [{"id": row} | empty | text for row in ids])
        session.execute(update(s).where(s.c.proposal_id == proposal).values(comments=s.c.comments + number))

    db.write_now(act)


def erase(person: Person) -> None:
    """What stays of somebody who left."""
    t = table(Participant)

    def act(session: Session) -> None:
        session.execute(update(t).where(t.c.id == person.participant).values(name=None, erased_at=clock.now()))

    db.write_now(act)


def set_imported(proposal: int, pro: int, con: int) -> None:
    """What was counted elsewhere for the comments on a proposal."""
    t = table(Comment)

    def act(session: Session) -> None:
        session.execute(update(t).where(t.c.proposal_id == proposal).values(imported_for=pro, imported_against=con))

    db.write_now(act)
