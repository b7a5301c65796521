"""Reads about official answers: those of a contribution, drafts, and what still waits."""

from app.responses.queries.desk import (
    Answered,
    Progress,
    Waiting,
    answered_by,
    answered_elsewhere,
    at_desk,
    chosen,
    drafts_with,
    items,
    progress,
    progress_at_desk,
    quotable,
    to_answer,
    with_owing,
)
from app.responses.queries.found import FOUND, answering, answers_follow
from app.responses.queries.published import AnswerView, Lately, answers_of, answers_of_many, lately
from app.responses.queries.receiving import Received, disputes, signed_first, to_receive
from app.responses.queries.reusing import Earlier, earlier, reused
from app.responses.queries.steps import ResponseView, StepView, by_id, in_path, last_role
from app.responses.queries.waiting import LISTS, InWork, counts, in_work

__all__ = [
    "FOUND",
    "LISTS",
    "AnswerView",
    "Answered",
    "Earlier",
    "InWork",
    "Lately",
    "Progress",
    "Received",
    "ResponseView",
    "StepView",
    "Waiting",
    "answered_by",
    "answered_elsewhere",
    "answering",
    "answers_follow",
    "answers_of",
    "answers_of_many",
    "at_desk",
    "by_id",
    "chosen",
    "counts",
    "disputes",
    "drafts_with",
    "earlier",
    "in_path",
    "in_work",
    "items",
    "last_role",
    "lately",
    "progress",
    "progress_at_desk",
    "quotable",
    "reused",
    "signed_first",
    "to_answer",
    "to_receive",
    "with_owing",
]
