"""The clock shows the present, unless a story is being told."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from app.core import clock


def test_a_told_instant_is_the_present_only_inside_the_story() -> None:
    then = datetime(2026, 3, 14, 9, tzinfo=UTC)
    with clock.told(then):
        assert clock.now() == then
        with clock.told(then + timedelta(days=1)):
            assert clock.now() == then + timedelta(days=1)
        assert clock.now() == then
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_story_that_breaks_off_leaves_the_clock_right() -> None:
    with pytest.raises(ValueError), clock.told(datetime(2026, 3, 14, 9, tzinfo=UTC)):
        raise ValueError
    assert clock.now().year > 2025


def test_other_threads_do_not_hear_the_story() -> None:
    seen: list[datetime] = []
    with clock.told(datetime(1999, 1, 1, tzinfo=UTC)):
        listener = Thread(target=lambda: seen.append(clock.now()))
        listener.start()
        listener.join()
    assert seen[0].year > 2025
