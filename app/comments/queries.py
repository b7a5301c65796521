"""Reads of comments: a page of a thread costs the same at five comments and at five thousand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.accounts.models import Participant
from app.comments.models import Comment
from app.contributions.models import Contribution
from app.core import access, clock, db, paging
from app.core.access import Actor, Missing, Reason
from app.core.codes import read_code
from app.core.columns import table
from app.core.forms import Submission, blank
from app.core.i18n import N_
from app.core.markdown import as_stored, to_text
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.proposals.queries import ProposalView
from app.rules.phases import Refusal

#: So long after it was sent its author may change a comment.
EDITABLE = timedelta(minutes=15)
EXCERPT = 200


@dataclass(frozen=True)
class CommentView:
    """A comment as its thread and the permissions need it; the text of a hidden or removed one is not in it."""

    proposal: ProposalView
    id: int
    code: str
    parent: str | None
    depth: int
    replies: int
    stance: str
    body: str
    html: Markup
    at: datetime
    edited_at: datetime | None
    removed_at: datetime | None
    imported_for: int
    imported_against: int
    h: str
    participant_id: int | None
    author: str | None
    author_erased: bool
    channel: str
    received_at: datetime
    lang: str
    visibility: str
    reason_code: str

    @property
    def office_id(self) -> int:
        """The office of its consultation, for permissions."""
        return self.proposal.office_id

    @property
    def opened_at(self) -> datetime | None:
        """When its consultation opened, for permissions."""
        return self.proposal.opened_at

    @property
    def url(self) -> str:
        """Its permanent address."""
        return f"/contributions/{self.code}"

    @property
    def replies_url(self) -> str:
        """Where its replies are."""
        return f"{self.proposal.url}/comments?parent={self.code}"

    @property
    def place(self) -> str:
        """Where it stands among the newest of its thread."""
        asked = {"parent": self.parent or "", "comments": "newest"}
        return f"{self.proposal.url}/comments?{urlencode({k: v for k, v in asked.items() if v})}#c-{self.code}"

    @property
    def shown(self) -> bool:
        """Whether its text may be read."""
        return self.visibility == "public"

    @property
    def removed(self) -> bool:
        """Whether its author took it away."""
        return self.removed_at is not None

    @property
    def editable_until(self) -> datetime:
        """Until when its author may change it."""
        return self.at + EDITABLE

    @property
    def editable(self) -> bool:
        """Whether its author may change it now."""
        return self.shown and clock.now() < self.editable_until and self.proposal.consultation.open_to("comment")

    @property
    def answerable(self) -> bool:
        """Whether a reply to it is taken now."""
        return self.shown and self.proposal.standing and self.proposal.consultation.open_to("comment")


@dataclass(frozen=True)
class Thread:
    """A page of the comments on a proposal, or of the replies to one of them."""

    proposal: ProposalView
    parent: CommentView | None
    items: tuple[CommentView, ...]
    next: str | None
    newest: bool = False
    first: bool = True

    @property
    def key(self) -> str:
        """What tells this thread from others on the same page."""
        return self.parent.code if self.parent else "all"

    @property
    def total(self) -> int:
        """How many there are in all, tombstones included."""
        return self.parent.replies if self.parent else self.proposal.comments

    def url(self, newest: bool = False, after: str | None = None) -> str:
        """The address of a page of it."""
        asked = {
            "parent": self.parent.code if self.parent else "",
            "comments": "newest" if newest else "",
            "after": after or "",
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{self.proposal.url}/comments{'?' if query else ''}{query}"

    @property
    def next_url(self) -> str | None:
        """The address of what comes after."""
        return self.url(self.newest, self.next) if self.next else None


@dataclass(frozen=True)
class Fields:
    """A form as its macros read it; the prefix keeps several forms on one page apart."""

    values: dict[str, str | list[str]]
    errors: dict[str, str]
    prefix: str


@dataclass(frozen=True)
class Writing:
    """The form for a comment or a reply: what was typed, or why nothing can be written now."""

    proposal: ProposalView
    parent: CommentView | None
    form: Submission[Any]
    reason: Reason | None

    @property
    def key(self) -> str:
        """What tells this form from others on the same page."""
        return self.parent.code if self.parent else "all"

    @property
    def fields(self) -> Fields:
        """The form for its macros."""
        return Fields(self.form.values, self.form.errors, f"write-{self.key}")


def writing(
    actor: Actor, proposal: ProposalView, parent: CommentView | None = None, form: Submission[Any] | None = None
) -> Writing:
    """The form for a comment on a proposal or a reply, as it stands for this person now.

    A form that was refused is shown again whatever the reason, so that nothing typed is lost.
    """
    if form is not None and form.errors:
        return Writing(proposal, parent, form, None)
    reason = closed_because(proposal) or access.refusal("comments.write", actor, proposal)
    return Writing(proposal, parent, form or blank(stance="neutral"), reason)


_HIDDEN = Reason("hidden", N_("This proposal was hidden by a moderator and takes no comments."), 409)
_WITHDRAWN = Reason("withdrawn", N_("This proposal was withdrawn and takes no more comments."), 409)
_PHASES = {
    "not-offered": N_("This consultation does not take comments."),
    "not-yet": N_("Comments can be sent from %(when)s."),
    "ended": N_("Comments could be sent until %(when)s."),
}


def not_standing(proposal: ProposalView) -> Reason | None:
    """Why a proposal takes no comments whatever the phase: it was hidden or withdrawn."""
    if not proposal.shown:
        return _HIDDEN
    return _WITHDRAWN if proposal.withdrawn_at is not None else None


def closed_because(proposal: ProposalView) -> Reason | None:
    """Why nobody can comment on a proposal now, as its page says it."""
    if (reason := not_standing(proposal)) is not None:
        return reason
    answer = proposal.consultation.takes("comment")
    if not isinstance(answer, Refusal):
        return None
    return Reason(answer.reason, _PHASES[answer.reason], 409, {"when": answer.at} if answer.at else {})


_m, _c, _w, _p = (table(model).c for model in (Comment, Contribution, Participant, Proposal))
_answered = table(Contribution).alias("answered")
_COMMENTS = (
    select(
        _m.id,
        _c.code,
        _answered.c.code.label("parent"),
        _m.depth,
        _m.replies,
        _m.stance,
        _m.body,
        _m.html,
        _m.at,
        _m.edited_at,
        _m.removed_at,
        _m.imported_for,
        _m.imported_against,
        _m.h,
        _c.participant_id,
        _w.name.label("author"),
        _w.erased_at,
        _c.channel,
        _c.received_at,
        _c.lang,
        _c.visibility,
        _c.reason_code,
        _m.proposal_id,
    )
    .select_from(table(Comment))
    .join(table(Contribution), _c.id == _m.id)
    .outerjoin(table(Participant), _w.id == _c.participant_id)
    .outerjoin(_answered, _answered.c.id == _m.parent_id)
)
_THREAD = _COMMENTS.where(_m.proposal_id == bindparam("proposal"), _m.parent_id == bindparam("parent"))
_BY_CODE = _COMMENTS.where(_c.code == bindparam("code"))
_BY_ID = _COMMENTS.where(_m.id == bindparam("id"))
_OLDEST, _NEWEST = (paging.Key("id", _m.id),), (paging.Key("id", _m.id, descending=True),)


def thread(
    session: Session, proposal: ProposalView, parent: int = 0, after: str | None = None, newest: bool = False
) -> paging.Page[CommentView]:
    """A page of the comments on a proposal, or of the replies to one; the oldest first unless said otherwise."""
    statement = _THREAD.params(proposal=proposal.id, parent=parent)
    page = paging.page(session, statement, _NEWEST if newest else _OLDEST, after)
    return paging.Page(tuple(_view(row, proposal) for row in page.items), page.next)


def shown(
    session: Session,
    proposal: ProposalView,
    parent: CommentView | None = None,
    after: str | None = None,
    newest: bool = False,
) -> Thread:
    """A page of a thread with what its template needs."""
    page = thread(session, proposal, parent.id if parent else 0, after, newest)
    return Thread(proposal, parent, page.items, page.next, newest, not after)


def in_path(session: db.Read, code: str) -> CommentView:
    """The comment a route's address names."""
    return at_code(session, code)


def at_code(session: Session, code: str) -> CommentView:
    """The comment with a public code, however the code was typed; Missing where there is none."""
    read = read_code(code)
    return _one(session, session.execute(_BY_CODE, {"code": read}).first() if read else None)


def by_id(session: Session, comment_id: int) -> CommentView:
    """A comment by its row number."""
    return _one(session, session.execute(_BY_ID, {"id": comment_id}).first())


def answered(session: Session, proposal: ProposalView, code: str) -> CommentView | None:
    """The comment a reply is for: none for an empty code, Missing for one that is not on this proposal."""
    if not code:
        return None
    found = at_code(session, code)
    if found.proposal.id != proposal.id:
        raise Missing
    return found


def _one(session: Session, row: Any) -> CommentView:
    if row is None:
        raise Missing
    return _view(row, proposals.by_id(session, row.proposal_id))


def _view(row: Any, proposal: ProposalView) -> CommentView:
    """A row as a view; what may not be read is left out here, so that no page can show it by mistake."""
    fields = dict(row._mapping)
    fields.pop("proposal_id")
    erased = fields.pop("erased_at") is not None
    if row.visibility == "public":
        fields["html"] = as_stored(row.html)
    else:
        fields |= {"body": "", "html": Markup(""), "author": None, "stance": "neutral"}
    return CommentView(proposal=proposal, author_erased=erased, **fields)


@dataclass(frozen=True)
class Own:
    """A comment among somebody's own contributions."""

    code: str
    excerpt: str
    lang: str
    stance: str
    replies: int
    received_at: datetime
    visibility: str
    reason_code: str
    removed: bool
    proposal_code: str
    proposal_title: str | None

    @property
    def url(self) -> str:
        """Its permanent address."""
        return f"/contributions/{self.code}"


_commented = table(Contribution).alias("commented")
_OWN = (
    select(
        _m.id,
        _c.code,
        _m.body,
        _c.lang,
        _m.stance,
        _m.replies,
        _c.received_at,
        _c.visibility,
        _c.reason_code,
        _m.removed_at,
        _commented.c.code.label("proposal_code"),
        _p.title,
        _commented.c.visibility.label("proposal_visibility"),
    )
    .select_from(table(Comment))
    .join(table(Contribution), _c.id == _m.id)
    .join(table(Proposal), _p.id == _m.proposal_id)
    .join(_commented, _commented.c.id == _m.proposal_id)
    .where(_c.participant_id == bindparam("participant"))
)


def by_author(session: Session, participant: int, after: str | None) -> paging.Page[Own]:
    """The comments of one person, the newest first."""
    page = paging.page(session, _OWN.params(participant=participant), _NEWEST, after)
    return paging.Page(tuple(_own(row) for row in page.items), page.next)


def _own(row: Any) -> Own:
    return Own(
        code=row.code,
        excerpt=to_text(row.body, EXCERPT) if row.visibility == "public" else "",
        lang=row.lang,
        stance=row.stance,
        replies=row.replies,
        received_at=row.received_at,
        visibility=row.visibility,
        reason_code=row.reason_code,
        removed=row.removed_at is not None,
        proposal_code=row.proposal_code,
        proposal_title=row.title if row.proposal_visibility == "public" else None,
    )


def facts(comment: CommentView) -> dict[str, Any]:
    """A comment as data: what its page shows, and nothing of what it hides."""
    told: dict[str, Any] = {
        "code": comment.code,
        "parent": comment.parent,
        "visibility": comment.visibility,
        "reason_code": comment.reason_code or None,
        "received_at": comment.received_at.isoformat(),
        "channel": comment.channel,
        "replies": comment.replies,
        "h": comment.h,
    }
    if comment.shown:
        told |= {
            "stance": comment.stance,
            "text": comment.body,
            "lang": comment.lang,
            "author": None if comment.author_erased else comment.author,
            "edited_at": comment.edited_at.isoformat() if comment.edited_at else None,
            "imported_for": comment.imported_for,
            "imported_against": comment.imported_against,
        }
    return told
