"""Counting of tries: exact, by act and person and span, and without keeping anybody's address."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import select

from app.core import db, ratelimit
from app.core.columns import table
from app.core.ratelimit import Attempts

QUARTER = timedelta(minutes=15)
NOON = datetime(2026, 3, 14, 12, 1, tzinfo=UTC)


def count(act: str = "sign-in", who: str = "a@contoh.id", span: timedelta = QUARTER) -> int:
    """One more try."""
    return db.write_now(ratelimit.count, act, who, span)


def test_tries_add_up(database: str) -> None:
    """By act, by person and by length of span, each for itself."""
    with time_machine.travel(NOON):
        assert [count(), count(), count()] == [1, 2, 3]
        assert count(who="b@contoh.id") == 1
        assert count(act="reset") == 1
        assert count(span=timedelta(hours=1)) == 1


def test_counting_starts_again_with_the_next_span(database: str) -> None:
    """At the instant that the page names."""
    with time_machine.travel(NOON, tick=False):
        count()
        end = ratelimit.span_ends(QUARTER)
        assert end == NOON.replace(minute=15)
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert count() == 2
    with time_machine.travel(end, tick=False):
        assert count() == 1


def test_a_try_is_given_back(database: str) -> None:
    """What is given back does not go below nothing."""
    with time_machine.travel(NOON):
        count()
        count()
        db.write_now(ratelimit.give_back, "sign-in", "a@contoh.id", QUARTER)
        assert count() == 2
        for _ in range(5):
            db.write_now(ratelimit.give_back, "sign-in", "a@contoh.id", QUARTER)
        assert count() == 1
        db.write_now(ratelimit.give_back, "sign-in", "nobody", QUARTER)


def test_no_try_is_lost_in_a_crowd(database: str) -> None:
    """A hundred at once are a hundred."""
    with time_machine.travel(NOON), ThreadPoolExecutor(20) as crowd:
        counted = list(crowd.map(lambda _: count(), range(100)))
    assert sorted(counted) == list(range(1, 101))


def test_no_address_is_kept(database: str) -> None:
    """The key is a digest."""
    count()
    with db.reading() as session:
        keys = list(session.execute(select(table(Attempts).c.key)).scalars())
    assert len(keys) == 1
    assert "contoh" not in keys[0]


def test_spans_that_are_over_are_forgotten(database: str) -> None:
    """And only those."""
    with time_machine.travel(NOON):
        count()
        count(span=timedelta(days=1))
    with time_machine.travel(NOON + timedelta(minutes=20)):
        db.write_now(ratelimit.sweep)
        with db.reading() as session:
            assert len(session.execute(select(table(Attempts).c.key)).all()) == 1
