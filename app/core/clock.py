"""The one place that asks what time it is, and the installation's own time zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.settings import settings

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """The present instant, in UTC."""
    return _told.get() or datetime.now(UTC)


@contextmanager
def told(instant: datetime) -> Iterator[None]:
    """Take an earlier instant for the present: the demo tells what happened in the weeks before."""
    token = _told.set(instant)
    try:
        yield
    finally:
        _told.reset(token)


def zone() -> ZoneInfo:
    """The zone in which this installation shows and reads dates."""
    return ZoneInfo(settings().zone)


def local(instant: datetime) -> datetime:
    """The same instant on the installation's wall clock."""
    return instant.astimezone(zone())


def from_local(naive: datetime) -> datetime:
    """An instant from what was typed on the installation's wall clock."""
    return naive.replace(tzinfo=zone()).astimezone(UTC)


def to_the_hour(instant: datetime) -> datetime:
    """An instant with minutes and less removed, as stored beside a choice."""
    return instant.replace(minute=0, second=0, microsecond=0)
