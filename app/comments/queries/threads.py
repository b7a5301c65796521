"""Threads: a page of one costs the same at five comments and at five thousand."""

from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import bindparam
from sqlmodel import Session

from app.comments.models import Comment
from app.comments.queries.views import BASE, CommentView, Reached, reached, view
from app.core import paging
from app.core.columns import table
from app.proposals.queries import ProposalView


@dataclass(frozen=True)
class Thread:
    """A page of the comments on a proposal, or of the replies to one of them."""

    proposal: ProposalView
    parent: CommentView | None
    items: tuple[CommentView, ...]
    next: str | None
    #: How far the comments got, and the proposal itself.
    reached: Reached
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


_m = table(Comment).c
_THREAD = BASE.where(_m.proposal_id == bindparam("proposal"), _m.parent_id == bindparam("parent"))
_OLDEST, _NEWEST = (paging.Key("id", _m.id),), (paging.Key("id", _m.id, descending=True),)


def shown(
    session: Session,
    proposal: ProposalView,
    parent: CommentView | None = None,
    after: str | None = None,
    newest: bool = False,
) -> Thread:
    """A page of the comments on a proposal, or of the replies to one; the oldest first unless said otherwise."""
    by = _NEWEST if newest else _OLDEST
    page = paging.page(session, _THREAD, by, after, proposal=proposal.id, parent=parent.id if parent else 0)
    far = reached(session, (proposal, *page.items))
    items = tuple(view(row, proposal, far) for row in page.items)
    return Thread(proposal, parent, items, page.next, far, newest, not after)
