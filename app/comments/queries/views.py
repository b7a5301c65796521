"""One comment, as its thread and the permissions need it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.accounts.models import Participant
from app.comments.models import Comment
from app.contributions import queries as contributions
from app.contributions.models import Contribution
from app.contributions.queries import Lights
from app.core import clock, db
from app.core.access import Missing
from app.core.codes import read_code
from app.core.columns import table
from app.core.markdown import as_stored
from app.offices import queries as offices
from app.proposals import queries as proposals
from app.proposals.queries import ProposalView

#: So long after it was sent its author may change a comment.
EDITABLE = timedelta(minutes=15)


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
    asks: bool
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
    office: str | None
    channel: str
    received_at: datetime
    lang: str
    visibility: str
    reason_code: str
    #: Filled in where it is read, not where it is only acted on.
    lights: Lights | None = None
    answers: tuple[Any, ...] = ()

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


_m, _c, _w = (table(model).c for model in (Comment, Contribution, Participant))
_answered = table(Contribution).alias("answered")
#: Comments with their authors; others add conditions and order.
BASE = offices.with_office(
    select(
        _m.id,
        _c.code,
        _answered.c.code.label("parent"),
        _m.depth,
        _m.replies,
        _m.stance,
        _m.asks,
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
    .outerjoin(_answered, _answered.c.id == _m.parent_id),
    _c.participant_id,
)
_BY_CODE = BASE.where(_c.code == bindparam("code"))
_BY_ID = BASE.where(_m.id == bindparam("id"))


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
    return view(row, proposals.by_id(session, row.proposal_id))


def view(row: Any, proposal: ProposalView, reached: "Reached | None" = None) -> CommentView:
    """A row as a view; what may not be read is left out here, so that no page can show it by mistake."""
    fields = dict(zip(row._fields, row, strict=True))
    fields.pop("proposal_id")
    erased = fields.pop("erased_at") is not None
    fields["office"] = offices.spoken_for(fields.pop("spoken_name"), fields.pop("spoken_en"))
    if row.visibility == "public":
        fields["html"] = as_stored(row.html)
    else:
        fields |= {"body": "", "html": Markup(""), "author": None, "office": None, "stance": "neutral"}
    if reached is not None:
        fields |= {"lights": reached.lights[row.id], "answers": reached.answers.get(row.id, ())}
    return CommentView(proposal=proposal, author_erased=erased, **fields)


Answers = Callable[[Session, Collection[int]], Mapping[int, Sequence[Any]]]
_answers: list[Answers] = []


def tells_answers(found: Answers) -> Answers:
    """Register how a feature above finds the official answers to comments, the present one first."""
    _answers.append(found)
    return found


@dataclass(frozen=True)
class Reached:
    """How far contributions got: by their row, their lights and the official answers, the present one first."""

    lights: Mapping[int, Lights]
    answers: Mapping[int, tuple[Any, ...]]


def reached(session: Session, items: Collection[Any]) -> Reached:
    """How far these contributions got, in a fixed number of queries; items have `id`, `code` and `received_at`."""
    answers: dict[int, tuple[Any, ...]] = {}
    for told in _answers if items else ():
        answers |= {number: tuple(some) for number, some in told(session, [one.id for one in items]).items()}
    return Reached(contributions.lights_of(session, items), answers)


def with_answers(session: Session, comment: CommentView) -> CommentView:
    """The same comment with its lights and the official answers to it."""
    far = reached(session, [comment])
    return replace(comment, lights=far.lights[comment.id], answers=far.answers.get(comment.id, ()))


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
        "lights": comment.lights.facts if comment.lights else None,
    }
    if comment.shown:
        told |= {
            "stance": comment.stance,
            "asks": comment.asks,
            "text": comment.body,
            "lang": comment.lang,
            "author": None if comment.author_erased else comment.author,
            "edited_at": comment.edited_at.isoformat() if comment.edited_at else None,
            "imported_for": comment.imported_for,
            "imported_against": comment.imported_against,
        }
    return told
