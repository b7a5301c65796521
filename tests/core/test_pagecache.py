"""Pages kept for visitors who are not signed in."""

import gzip
from datetime import timedelta

import brotli
import pytest
import time_machine

from app.core import clock, db, pagecache
from tests import factories
from tests.page import Browser


@pytest.fixture(autouse=True)
def keeping(installation: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other tests keep no pages; these do."""
    monkeypatch.setattr(pagecache, "OLDEST", 60)
    monkeypatch.setattr(pagecache, "UNDER_WRITES", 0.3)


@pytest.fixture
def consultation(browser: Browser) -> int:
    return factories.consultation(factories.office(), slug="air")


def test_a_page_comes_compressed_and_is_not_sent_again(browser: Browser, consultation: int) -> None:
    raw = browser.client.get("/consultations/air", headers={"Accept-Encoding": "br"})
    assert raw.headers["content-encoding"] == "br"
    assert "Accept-Encoding" in raw.headers["vary"]
    again = browser.client.get("/consultations/air", headers={"If-None-Match": raw.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_both_encodings_hold_the_same_page(browser: Browser, consultation: int) -> None:
    bodies = []
    for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)):
        with browser.client.stream("GET", "/consultations/air", headers={"Accept-Encoding": encoding}) as answer:
            bodies.append(unpack(b"".join(answer.iter_raw())))
    assert bodies[0] == bodies[1] == bodies[2]


def test_the_application_is_asked_once_for_many_visitors(browser: Browser, consultation: int) -> None:
    asked: list[str] = []
    from sqlalchemy import event

    event.listen(db.current().reads, "before_cursor_execute", lambda c, cur, sql, *rest: asked.append(sql))
    browser.get("/consultations/air")
    first = len(asked)
    for _ in range(5):
        browser.get("/consultations/air")
    assert first > 0
    assert len(asked) == first


def test_languages_and_hosts_do_not_mix(browser: Browser, consultation: int) -> None:
    indonesian = browser.get("/consultations/air")
    english = browser.as_(lang="en").get("/consultations/air")
    assert (indonesian.root.get("lang"), english.root.get("lang")) == ("id", "en")
    other = browser.client.get("/consultations/air", headers={"Host": "localhost:9999"})
    assert "127.0.0.1" not in other.text


def test_what_one_person_sees_is_kept_for_nobody(browser: Browser, consultation: int) -> None:
    ayu = browser.as_(factories.person("Ayu Lestari"))
    mine = ayu.get("/consultations/air")
    assert "Ayu Lestari" in mine.text
    assert mine.response.headers["cache-control"].endswith("no-store")
    assert "Ayu Lestari" not in browser.get("/consultations/air").text


def test_a_write_is_seen_after_a_moment_and_time_never_late(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    number = factories.consultation(
        factories.office(), (factories.phase("proposals", -factories.DAY, factories.HOUR),), slug="air"
    )
    monkeypatch.setattr(pagecache, "UNDER_WRITES", 0)
    monkeypatch.setattr(pagecache, "OLDEST", 10_000)
    assert "/consultations/air/proposals/new" in browser.get("/consultations/air").links()
    code = factories.code(factories.proposal(number))
    assert code in browser.get("/consultations/air").html
    monkeypatch.setattr(pagecache, "UNDER_WRITES", 10_000)
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        assert "/consultations/air/proposals/new" not in browser.get("/consultations/air").links()


def test_the_number_of_pages_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagecache, "MOST_PAGES", 3)
    cache = pagecache.PageCache(None)  # type: ignore[arg-type]
    for number in range(8):
        cache._keep((str(number),), pagecache._Kept(0, 0.0, None, [], "", b"x" * 10))
    assert (list(cache._pages), cache._bytes) == ([("5",), ("6",), ("7",)], 30)


def test_refusals_and_redirects_are_not_kept(browser: Browser, consultation: int) -> None:
    assert browser.get("/consultations/lain").status == 404
    factories.consultation(factories.office(), slug="lain")
    assert browser.get("/consultations/lain").status == 200
