"""Writing, checking, signing and publishing official answers, and what is said of them."""

from app.responses.actions.drafting import draft, finish, remove_draft, write_exception
from app.responses.actions.publishing import CHUNK, give, publish, publish_some
from app.responses.actions.receiving import receive
from app.responses.actions.stepping import check, hand_on, send_back, sign

__all__ = [
    "CHUNK",
    "check",
    "draft",
    "finish",
    "give",
    "hand_on",
    "publish",
    "publish_some",
    "receive",
    "remove_draft",
    "send_back",
    "sign",
    "write_exception",
]
