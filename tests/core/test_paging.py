"""Pages by keyset: nothing is shown twice or left out whatever arrives, and no foreign cursor is believed."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, insert, select
from sqlmodel import Session

from app.core import db, keys, paging
from app.core.access import Missing
from app.core.columns import table
from app.core.paging import Key
from app.core.ratelimit import Attempts
from app.settings import settings as app_settings

pytestmark = pytest.mark.usefixtures("database")
T = table(Attempts)
BASE = datetime(2026, 1, 1, tzinfo=UTC)
NEWEST_FIRST = (Key("ends_at", T.c.ends_at, descending=True), Key("key", T.c.key))
FEWEST_FIRST = (Key("tries", T.c.tries), Key("key", T.c.key, descending=True))


def store(*rows: tuple[str, int, int]) -> None:
    """Rows of (key, tries, minutes)."""

    def act(session: Session) -> None:
        for key, tries, minutes in rows:
            values = {"key": key, "tries": tries, "ends_at": BASE + timedelta(minutes=minutes)}
            session.execute(insert(T), values)

    db.write_now(act)


def page(by: tuple[Key, ...], after: str | None = None, size: int = 3) -> paging.Page[Any]:
    with db.reading() as session:
        return paging.page(session, select(T), by, after, size)


def all_keys(by: tuple[Key, ...], size: int = 3) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        some = page(by, after, size)
        found += [row.key for row in some.items]
        after = some.next
        if after is None:
            return found


def test_a_short_list_has_one_page_and_no_next() -> None:
    assert page(NEWEST_FIRST) == paging.Page((), None)
    store(("a", 1, 1), ("b", 1, 2), ("c", 1, 3))
    only = page(NEWEST_FIRST)
    assert [row.key for row in only.items] == ["c", "b", "a"] and only.next is None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=14), st.integers(1, 5))
def test_all_pages_together_are_the_whole_list_once(values: list[tuple[int, int]], size: int) -> None:
    db.write_now(lambda session: session.execute(delete(T)) and None)
    rows = [(f"{number:02}", tries, minutes) for number, (tries, minutes) in enumerate(values)]
    if rows:
        store(*rows)
    assert all_keys(NEWEST_FIRST, size) == [row[0] for row in sorted(rows, key=lambda row: (-row[2], row[0]))]
    by_tries = sorted(sorted(rows, key=lambda row: row[0], reverse=True), key=lambda row: row[1])
    assert all_keys(FEWEST_FIRST, size) == [row[0] for row in by_tries]


def test_what_arrives_or_goes_meanwhile_moves_nothing() -> None:
    store(*((f"{n}", 1, n) for n in range(9)))
    first = page(NEWEST_FIRST)
    store(("new", 1, 100))
    db.write_now(lambda session: session.execute(delete(T).where(T.c.key == "8")) and None)
    assert [row.key for row in page(NEWEST_FIRST, first.next).items] == ["5", "4", "3"]


def test_a_page_is_one_query_and_counts_nothing() -> None:
    store(*((f"{n}", 1, n) for n in range(9)))
    asked: list[str] = []
    event.listen(db.current().reads, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    page(NEWEST_FIRST, page(NEWEST_FIRST).next)
    asked = [one for one in asked if one != "BEGIN"]
    assert len(asked) == 2 and not any("count(" in one.lower() for one in asked)


def cursor(*values: Any) -> str:
    return sealed(json.dumps(list(values)).encode())


def sealed(content: bytes) -> str:
    """What only the installation itself could have written, so that more than the seal is tested."""
    place = base64.urlsafe_b64encode(content).decode().rstrip("=")
    return f"{place}.{paging._seal(place)}"


@pytest.mark.parametrize(
    "foreign",
    [
        "x",
        "%%%",
        "AAAA",
        "é",
        "x" * 301,
        cursor(),
        cursor(["t", "2026-01-01T00:00:00+00:00"]),
        cursor("2026-01-01", "a"),
        cursor(["t", "2026-01-01T00:00:00"], "a"),
        cursor(["t", "not a time"], "a"),
        cursor(["t"], "a"),
        cursor(["t", 5], "a"),
        cursor(["t", "2026-01-01T00:00:00+00:00"], 5),
        cursor(["t", "2026-01-01T00:00:00+00:00"], None),
        cursor(["t", "2026-01-01T00:00:00+00:00"], {"a": 1}),
        sealed(b'{"a": 1}'),
        sealed(b"7"),
        sealed(b"no json"),
        sealed(b""),
    ],
)
def test_a_cursor_that_is_not_ours_is_an_address_that_does_not_exist(foreign: str) -> None:
    with pytest.raises(Missing):
        page(NEWEST_FIRST, foreign)


@pytest.mark.parametrize("foreign", [cursor(2**63, "a"), cursor(-(2**80), "a"), cursor(True, "a"), cursor(1.5, "a")])
def test_a_number_that_no_row_can_have_is_no_cursor(foreign: str) -> None:
    with pytest.raises(Missing):
        page(FEWEST_FIRST, foreign)


def test_an_empty_cursor_is_the_first_page() -> None:
    store(("a", 1, 1))
    assert page(NEWEST_FIRST, "").items == page(NEWEST_FIRST, None).items


def test_a_cursor_of_another_installation_or_changed_by_one_character_is_not_believed() -> None:
    store(*((f"{n}", 1, n) for n in range(9)))
    ours = page(NEWEST_FIRST).next
    assert ours and page(NEWEST_FIRST, ours).items
    for position in range(len(ours)):
        changed = ours[:position] + ("A" if ours[position] != "A" else "B") + ours[position + 1 :]
        with pytest.raises(ValueError):
            paging.genuine(changed)
    keys.forget()
    (app_settings().data_dir / "keys" / "secret").write_text("another")
    with pytest.raises(Missing):
        page(NEWEST_FIRST, ours)
