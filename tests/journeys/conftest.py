"""A server with the demonstration, Chromium, and visitors who leave nothing broken behind."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.server import Server
from tests.journeys.visitor import ARGUMENTS, CHROMIUM, Visitor

Visit = Callable[..., Visitor]
HERE = "tests/journeys/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys need a browser; where there is none they are skipped and say so."""
    for item in items:
        if HERE in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
            if not CHROMIUM.exists():
                item.add_marker(pytest.mark.skip(reason=f"no Chromium at {CHROMIUM}: apt-get install chromium"))


#: How long votes take to be counted, and an act may wait to be stored before it is refused with 503: with one second a
#: busy machine, or a test that writes beside the server, lets journeys fail that do nothing wrong.
SETTLE = "5"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that serves the demonstration, as `./run` starts it."""
    server = Server(tmp_path_factory.mktemp("demo"), settle_seconds=SETTLE, sign_in_attempts="500")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium, closed again after the module, so that its event loop troubles no other test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Server, chromium: Browser) -> Iterator[Visit]:
    """Makes visitors; at the end each of them must have seen nothing go wrong."""
    visitors: list[Visitor] = []

    def arrive(**wishes: Any) -> Visitor:
        visitors.append(Visitor(chromium, site.address, **wishes))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.close()
