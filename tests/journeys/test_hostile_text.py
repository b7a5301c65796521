"""Hostile texts in everything people write, and each page opened as everybody in a real browser: nothing runs.

The texts stand in every column that people write, in every row of a world with one of everything. A page is opened
once for all who see the same. `--long` does the same with other texts in each place, until each was everywhere.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium

from app.core import db, tokens, web
from app.core.access import SESSION_COOKIE
from tests import factories
from tests import world as worlds
from tests.journeys.conftest import SETTLE
from tests.journeys.pages import kind
from tests.journeys.server import Server
from tests.journeys.visitor import Visitor
from tests.page import Browser
from tests.security import canaries, hostile
from tests.security.canaries import Planted
from tests.security.crawl import crawl, everywhere
from tests.security.markup import READ, intruders
from tests.security.payloads import PAYLOADS
from tests.security.sending import SENDING, form_of, sender
from tests.security.test_canaries import WRITTEN
from tests.test_architecture import shown
from tests.test_permissions import PEOPLE, address
from tests.world import World

#: So many pages of one kind are opened for one person: objects of one kind differ in state.
EACH = 3
#: Headers of an answer that change what a browser does with a page.
READ_BY_BROWSERS = ("content-type", "content-security-policy", "x-content-type-options", "referrer-policy")
#: A picture that is on no disk here, and a field of a date that shows nothing of what is no date.
HARMLESS = re.compile(r"^404 for http://127\.0\.0\.1:\d+/files/|does not conform to the required format")
SEEN = "() => window.violations || []"
WATCH = """window.violations = []; document.addEventListener('securitypolicyviolation',
  (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));"""


def pages(browser: Browser, planted: Planted) -> Iterator[tuple[str, str]]:
    """Who opens which page: each kind of page, once for all to whom it looks the same."""
    start = everywhere(planted.values, planted.world.values)
    known: set[str] = set()
    for name in PEOPLE:
        opened: dict[str, int] = {}
        for url, answer in crawl(browser.as_(planted.world.people[name]), start).items():
            if "html" not in answer.headers.get("content-type", "") or answer.status_code != 200:
                continue
            body = re.sub(r"/[0-9A-Z]{4}-[0-9A-Z]{5}|\d+", "", answer.text.partition("<main")[2])
            if body not in known and opened.get(kind(url), 0) < EACH:
                known.add(body)
                opened[kind(url)] = opened.get(kind(url), 0) + 1
                yield name, url


def open_all(chromium: Chromium, site: Server, planted: Planted, wanted: dict[str, list[str]]) -> list[str]:
    """What goes wrong while everybody opens their pages."""
    wrong: list[str] = []
    for name, urls in wanted.items():
        visitor = Visitor(chromium, site.address)
        visitor.page.add_init_script(WATCH)
        if name in canaries.SESSIONS:
            visitor.context.add_cookies(
                [{"name": SESSION_COOKIE, "value": canaries.SESSIONS[name], "url": site.address}]
            )
        for url in urls:
            visitor.open(url)
            found: Any = visitor.page.evaluate(READ)
            ran = visitor.page.evaluate(SEEN)
            wrong += [f"{name} {url}: {one}" for one in [*intruders(found)[:3], *ran, *visitor.wrong]]
            visitor.wrong.clear()
        visitor.context.close()
    return wrong


def prepared(browser: Browser, shift: int) -> Planted:
    """The world, everything in it hostile."""
    planted = canaries.build()
    for name, somebody in planted.world.people.items():
        if somebody is not None:
            canaries.SESSIONS[name] = tokens.new_token()
            db.write_now(factories.sign_in, somebody, canaries.SESSIONS[name])
    assert hostile.write_over(WRITTEN, shift) > 200
    return planted


def nothing_runs(browser: Browser, chromium: Chromium, folder: Path, shift: int, least: int) -> None:
    """Open everything with the texts shifted by so many places."""
    planted = prepared(browser, shift)
    wanted: dict[str, list[str]] = {}
    for name, url in pages(browser, planted):
        wanted.setdefault(name, []).append(url)
    assert sum(map(len, wanted.values())) > least
    server = Server(folder, settle_seconds=SETTLE)
    server.start()
    try:
        wrong = open_all(chromium, server, planted, wanted)
    finally:
        server.stop()
    assert not wrong, "\n".join(wrong[:20])


def test_nothing_runs_on_any_page(browser: Browser, chromium: Chromium, installation: Path) -> None:
    nothing_runs(browser, chromium, installation, 0, 100)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("shift", range(3, len(PAYLOADS), 3))
def test_nothing_runs_wherever_each_text_stands(
    shift: int, browser: Browser, chromium: Chromium, installation: Path
) -> None:
    nothing_runs(browser, chromium, installation, shift, 100)


def returned(browser: Browser, world: World) -> Iterator[tuple[str, dict[str, str], str]]:
    """Each form refused with hostile texts in all its fields: where it is sent, and the page that comes back."""
    for number, route in enumerate(route for route in SENDING if form_of(route)):
        form = form_of(route)
        assert form is not None
        fields = hostile.filled(form, number * 5, False, {})
        answer = sender(browser, world, route).client.post(
            address(route, world, False), data=fields, follow_redirects=False
        )
        assert answer.status_code < 500, shown(route)
        if "html" in answer.headers.get("content-type", "") and answer.text[:20].lower().startswith("<!doctype"):
            kept = {name: value for name, value in answer.headers.items() if name in READ_BY_BROWSERS}
            yield shown(route), kept, answer.text


def test_nothing_runs_in_a_form_that_comes_back(
    browser: Browser, chromium: Chromium, site: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each form of each route, also those that come later, with what was typed in it, in a real browser."""
    monkeypatch.setattr(web.site, "demo", True, raising=False)
    visitor, wrong, holding = Visitor(chromium, site.address), [], 0
    visitor.page.add_init_script(WATCH)
    shows: dict[str, Any] = {}
    visitor.page.route("**/returned", lambda route: route.fulfill(status=200, **shows))
    for name, headers, body in returned(browser, worlds.build()):
        shows.update(headers=headers, body=body)
        visitor.open("/returned")
        ran = [*visitor.page.evaluate(SEEN), *(one for one in visitor.wrong if not HARMLESS.search(one))]
        wrong += [f"{name}: {one}" for one in [*intruders(visitor.page.evaluate(READ))[:3], *ran]]
        visitor.wrong.clear()
        holding += any(mark in body for mark in ("alert(1)", "xss-element"))
    visitor.context.close()
    assert not wrong, "\n".join(wrong[:20])
    assert holding > 25, "the pages hold what was typed"


@pytest.mark.parametrize(
    "payload", ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<b style='top:0'>x</b>"]
)
def test_a_text_that_runs_would_be_seen(payload: str, chromium: Chromium, site: Server) -> None:
    """The same page with a text that was not escaped: the policy reports it, and the elements are not ours."""
    visitor = Visitor(chromium, site.address)
    visitor.page.add_init_script(WATCH)
    answer = visitor.page.request.get("/about")
    body = answer.text().replace("</main>", payload + "</main>")
    headers = {
        name: value for name, value in answer.headers.items() if name not in ("content-encoding", "content-length")
    }
    visitor.page.route("**/about", lambda route: route.fulfill(status=200, headers=headers, body=body))
    visitor.open("/about")
    visitor.page.wait_for_timeout(200)
    assert intruders(visitor.page.evaluate(READ))
    assert visitor.page.evaluate(SEEN) or visitor.wrong
    visitor.context.close()
