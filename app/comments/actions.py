"""Writing a comment, changing it soon after, and taking it away."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.comments import queries
from app.comments.forms import CommentForm
from app.comments.models import Comment
from app.consultations.actions.closing import require_open, require_received
from app.consultations.queries import ConsultationView
from app.contributions import actions as contributions
from app.contributions.models import Contribution, Kind, Visibility
from app.core import access, clock, db, markdown
from app.core.access import Actor, Conflict, Missing
from app.core.codes import read_code
from app.core.columns import table
from app.core.i18n import N_
from app.proposals import queries as proposals
from app.proposals.models import ProposalStat
from app.proposals.queries import ProposalView
from app.publiclog import actions as publiclog

#: The same words by the same person within this time are the button pressed twice.
TWICE = timedelta(minutes=10)

_m, _c, _s = (table(model).c for model in (Comment, Contribution, ProposalStat))
_LOCK = select(_s.proposal_id).where(_s.proposal_id == bindparam("proposal")).with_for_update()
_COUNT = update(table(ProposalStat)).where(_s.proposal_id == bindparam("proposal")).values(comments=_s.comments + 1)
_COUNT_REPLY = update(table(Comment)).where(_m.id == bindparam("answered")).values(replies=_m.replies + 1)
_INSERT = insert(table(Comment))
_ANSWERED = (
    select(_m.id, _m.depth, _c.code, _c.visibility)
    .join_from(table(Comment), table(Contribution), _c.id == _m.id)
    .where(_m.proposal_id == bindparam("proposal"), _c.code == bindparam("code"))
)
_LATEST = (
    select(_c.code, _c.entered_at, _m.proposal_id, _m.parent_id, _m.body)
    .join_from(table(Contribution), table(Comment), _m.id == _c.id)
    .where(_c.participant_id == bindparam("participant"), _c.kind == Kind.COMMENT)
    .order_by(_c.id.desc())
    .limit(1)
)


#: Called with a question to the office: (session, consultation, comment, code, at).
Asked = Callable[[Session, ConsultationView, int, str, datetime], None]
_asked: list[Asked] = []


def when_asked(told: Asked) -> Asked:
    """Register what a feature above does when a comment asks the office something."""
    _asked.append(told)
    return told


@dataclass(frozen=True)
class Place:
    """Where a comment stands: what it answers (0 for the proposal itself) and how deep."""

    id: int = 0
    code: str | None = None
    depth: int = 0
    visibility: str = Visibility.PUBLIC


@db.ordered_by("proposal")
def write(
    session: Session,
    actor: Actor,
    proposal_id: int,
    form: CommentForm,
    at: datetime,
    *,
    lang: str = "id",
    origin: contributions.Origin = contributions.WEB,
) -> str:
    """Write a comment on a proposal, or a reply to one, and give its code; pressed twice it gives the first one's.

    `at` is when it arrived; an origin other than the web says when and how it was received before that. Conflict
    outside the phase, and on what was withdrawn, hidden or removed.
    """
    proposal = proposals.by_id(session, proposal_id)
    if origin.channel == "web":
        access.require("comments.write", actor, proposal)
    else:
        access.require("contributions.enter", actor, proposal)
    _require_standing(proposal)
    if origin.channel == "web":
        require_open(session, proposal.consultation, "comment", at)
    else:
        require_received(session, proposal.consultation, "comment", origin.received_at or at)
    session.execute(_LOCK, {"proposal": proposal_id})
    place = _place(session, proposal_id, form.parent)
    if place.visibility != Visibility.PUBLIC:
        raise Conflict("gone", N_("The comment you answer was removed or hidden. Write a comment of your own instead."))
    known = _sent_before(session, actor, proposal_id, place, form) if origin.channel == "web" else None
    return known or _enter(session, actor, proposal, place, form, at, lang=lang, origin=origin).code


def enter(
    session: Session,
    actor: Actor,
    proposal: ProposalView,
    form: CommentForm,
    at: datetime,
    *,
    lang: str = "id",
    origin: contributions.Origin = contributions.WEB,
    imported: tuple[int, int] = (0, 0),
) -> contributions.Receipt:
    """Enter a comment without asking for permission or the phase: for imports and the demo.

    `imported` is how many were for and against it on the platform it comes from.
    """
    place = _place(session, proposal.id, form.parent)
    return _enter(session, actor, proposal, place, form, at, lang=lang, origin=origin, imported=imported)


def _enter(
    session: Session,
    actor: Actor,
    proposal: ProposalView,
    place: Place,
    form: CommentForm,
    at: datetime,
    *,
    lang: str,
    origin: contributions.Origin,
    imported: tuple[int, int] = (0, 0),
) -> contributions.Receipt:
    session.execute(_COUNT, {"proposal": proposal.id})
    consultation_id = proposal.consultation.id
    receipt = contributions.receive(session, actor, Kind.COMMENT, consultation_id, at, lang=lang, origin=origin)
    made = _commit(receipt.code, proposal.code, place.code, lang, form)
    row = {
        "id": receipt.id,
        "proposal_id": proposal.id,
        "parent_id": place.id,
        "depth": place.depth,
        "replies": 0,
        "stance": form.stance,
        "asks": form.asks,
        "body": form.body,
        "html": str(markdown.to_html(form.body)),
        "at": origin.received_at or at,
        "imported_for": imported[0],
        "imported_against": imported[1],
        "nonce": made.nonce,
        "h": made.h,
    }
    session.execute(_INSERT, row)
    if place.id:
        session.execute(_COUNT_REPLY, {"answered": place.id})
    subject = ("contribution", receipt.id)
    publiclog.record(session, "item", consultation_id, subject, h=made.h, code=receipt.code, kind="comment")
    if form.asks:
        for told in _asked:
            told(session, proposal.consultation, receipt.id, receipt.code, at)
    return receipt


def _commit(code: str, proposal: str, parent: str | None, lang: str, form: CommentForm) -> publiclog.Commitment:
    payload: dict[str, Any] = {"code": code, "proposal": proposal, "parent": parent, "lang": lang}
    payload |= {"stance": str(form.stance)} | ({"asks": True} if form.asks else {})
    return publiclog.commit_to("comment", payload | {"body": form.body})


def _place(session: Session, proposal_id: int, typed: str) -> Place:
    """Where a reply to the comment with this code stands, however deep."""
    if not typed:
        return Place()
    row = session.execute(_ANSWERED, {"proposal": proposal_id, "code": read_code(typed) or ""}).first()
    if row is None:
        raise Missing
    return Place(row.id, row.code, row.depth + 1, row.visibility)


def _sent_before(session: Session, actor: Actor, proposal_id: int, place: Place, form: CommentForm) -> str | None:
    """The code of this person's last comment, if it is this very one."""
    last = session.execute(_LATEST, {"participant": actor.participant}).first()
    if last is None or clock.now() - last.entered_at > TWICE:
        return None
    same = (last.proposal_id, last.parent_id, last.body) == (proposal_id, place.id, form.body)
    return str(last.code) if same else None


def _require_standing(proposal: ProposalView) -> None:
    if (reason := queries.not_standing(proposal)) is not None:
        raise Conflict(reason.code, reason.text)


def edit(session: Session, actor: Actor, comment_id: int, form: CommentForm, at: datetime) -> bool:
    """Change a comment within a quarter of an hour of sending it and say whether anything is different now.

    What it answers and asks stays as it was.

    Conflict later than that, after the phase, and once it was removed or hidden.
    """
    comment = queries.by_id(session, comment_id)
    access.require("comments.edit", actor, comment)
    if not comment.shown:
        raise Conflict("gone", N_("This comment was removed or hidden and cannot be changed."))
    if at >= comment.editable_until:
        raise Conflict(
            "too-late",
            N_("A comment can be changed for 15 minutes after it was sent. You can still remove it, or reply to it."),
        )
    require_open(session, comment.proposal.consultation, "comment", at)
    if (form.body, form.stance) == (comment.body, comment.stance):
        return False
    form = form.model_copy(update={"asks": comment.asks})
    made = _commit(comment.code, comment.proposal.code, comment.parent, comment.lang, form)
    changed = {
        "body": form.body,
        "html": str(markdown.to_html(form.body)),
        "stance": form.stance,
        "edited_at": at,
        "nonce": made.nonce,
        "h": made.h,
    }
    session.execute(update(table(Comment)).where(_m.id == comment_id).values(changed))
    publiclog.record(
        session,
        "edit",
        comment.proposal.consultation.id,
        ("contribution", comment_id),
        h=made.h,
        s=comment.h,
        code=comment.code,
    )
    return True


def remove(session: Session, actor: Actor, comment_id: int) -> None:
    """Take one's own comment away for good: its words go, a tombstone and the replies stay. Idempotent."""
    comment = queries.by_id(session, comment_id)
    access.require("comments.edit", actor, comment)
    if comment.removed:
        return
    gone = {"body": "", "html": "", "stance": "neutral", "nonce": None, "removed_at": clock.now()}
    session.execute(update(table(Comment)).where(_m.id == comment_id).values(gone))
    if comment.shown:
        withdrawn = update(table(Contribution)).where(_c.id == comment_id).values(visibility=Visibility.WITHDRAWN)
        session.execute(withdrawn)
    publiclog.record(
        session,
        "withdraw",
        comment.proposal.consultation.id,
        ("contribution", comment_id),
        s=comment.h,
        code=comment.code,
    )
