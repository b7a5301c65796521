"""Reads about official answers: those of a contribution, drafts, and what still waits."""

from app.responses.queries.desk import (
    Answered,
    Progress,
    ResponseView,
    Waiting,
    answered_elsewhere,
    at_desk,
    by_id,
    chosen,
    drafts_with,
    in_path,
    items,
    progress,
    progress_at_desk,
    to_answer,
    with_owing,
)
from app.responses.queries.found import FOUND, answering, answers_follow
from app.responses.queries.published import AnswerView, Lately, answers_of, answers_of_many, lately
from app.responses.queries.receiving import Received, disputes, signed_first, to_receive

__all__ = [
    "FOUND",
    "AnswerView",
    "Answered",
    "Lately",
    "Progress",
    "Received",
    "ResponseView",
    "Waiting",
    "answered_elsewhere",
    "answering",
    "answers_follow",
    "answers_of",
    "answers_of_many",
    "at_desk",
    "by_id",
    "chosen",
    "disputes",
    "drafts_with",
    "in_path",
    "items",
    "lately",
    "progress",
    "progress_at_desk",
    "signed_first",
    "to_answer",
    "to_receive",
    "with_owing",
]
