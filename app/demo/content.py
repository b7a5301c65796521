"""What the demonstration tells: offices, people and consultations, as written down in `content/`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
#: A thing as its author wrote it down.
Told = dict[str, Any]


def places() -> Told:
    """Offices and topics."""
    return dict(_read("places.json"))


def people() -> list[Told]:
    """Everybody who says something, and those who can sign in."""
    return list(_read("people.json"))


def consultations() -> list[Told]:
    """The consultations, in the order in which they were written."""
    return [_read(path.name) for path in sorted(CONTENT.glob("[0-9]*.json"))]


def comments(told: list[Told]) -> Iterator[Told]:
    """Every comment of a thread with its replies, parents before children."""
    for comment in told:
        yield comment
        yield from comments(comment.get("replies") or [])


def _read(name: str) -> Any:
    return json.loads((CONTENT / name).read_text(encoding="utf-8"))
