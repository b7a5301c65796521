"""Reads of comments: one, a thread, the form, and somebody's own."""

from app.comments.queries.own import Own, by_author, own
from app.comments.queries.threads import Thread, shown
from app.comments.queries.views import (
    EDITABLE,
    CommentView,
    answered,
    at_code,
    by_id,
    facts,
    in_path,
    tells_answers,
    with_answers,
)
from app.comments.queries.writing import Writing, closed_because, not_standing, writing

__all__ = [
    "EDITABLE",
    "CommentView",
    "Own",
    "Thread",
    "Writing",
    "answered",
    "at_code",
    "by_author",
    "by_id",
    "closed_because",
    "facts",
    "in_path",
    "not_standing",
    "own",
    "shown",
    "tells_answers",
    "with_answers",
    "writing",
]
