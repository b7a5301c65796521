"""What offices owe, as a table."""

from collections.abc import Iterator
from typing import Any

from app.obligations import queries as obligations

OWED = (
    "code", "kind", "state", "reception", "office", "consultation", "title", "arose_at", "due_at", "answered_at",
    "promised_at", "handed_over",
)  # fmt: skip


def owed(to: obligations.Narrowed) -> Iterator[tuple[Any, ...]]:
    """Every answer that is or was owed; the words of what was hidden are not in it."""
    for item in obligations.all_items(to):
        yield (
            item.code, item.kind, item.state, item.reception, item.office_slug, item.consultation_slug, item.title,
            item.arose_at, item.due_at, item.answered_at, item.promised_at, item.handed_over,
        )  # fmt: skip
