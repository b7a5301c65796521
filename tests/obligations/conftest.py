"""What offices promised in tests."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from app.consultations.models import Charter
from app.core import db
from app.core.columns import table
from app.rules.canonical import canonical
from tests.factories import CHARTER
from tests.obligations.office import World
from tests.page import Browser

Promise = Callable[..., None]


def _period(days: int, working: bool) -> dict[str, Any]:
    return {"days": days, "basis": "working" if working else "calendar"}


@pytest.fixture
def promise(database: str) -> Promise:
    """Let the office of a consultation promise: `promise(number, proposal=(10, True), threshold=3)`."""

    def say(consultation: int, threshold: int | None = None, **periods: tuple[int, bool]) -> None:
        due: dict[str, Any] = {kind: _period(*it) for kind, it in periods.items() if kind != "threshold_period"}
        due = {"proposal": "none", "comment": "none", "question": "none"} | due
        if threshold is not None:
            due["threshold"] = {"supports": threshold, **_period(*periods["threshold_period"])}
        content = canonical(CHARTER | {"due": due}).decode()
        c = table(Charter)
        db.write_now(
            lambda session: session.execute(
                update(c).where(c.c.consultation_id == consultation).values(content=content)
            ) and None
        )  # fmt: skip

    return say


@pytest.fixture
def world(browser: Browser, promise: Promise) -> World:
    """An office that owes one answer, and another office."""
    return World(promise)
