"""Every kind of page of the site, found by following links as each kind of person, and what is wrong with one."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import life
from tests.journeys.server import ROOT, Server
from tests.journeys.visitor import Visitor

TOOLS = ROOT / "var" / "ci" / "node_modules"
AXE = TOOLS / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(not AXE.exists(), reason=f"no axe-core in {TOOLS}; .ci/run installs it")
PEOPLE = {
    "visitor": "",
    "citizen": life.CITIZEN,
    "official": life.OFFICIAL,
    "legal checker": life.CHECKER,
    "moderator": life.MODERATOR,
    "facilitator": life.FACILITATOR,
    "administrator": "admin@demo.rembuk.example",
}
STARTS = ("/", "/consultations", "/offices", "/areas", "/contact", "/reset", "/nowhere", "/search?q=air")
MOST = 400  # requests for one person; the number of kinds of pages is far below that
#: What stands for one of many in an address.
MANY = (
    (r"/[0-9A-Z]{4}-[0-9A-Z]{5}", "/CODE"),
    (r"/K-\d{4}-\d{3}", "/NUMBER"),
    (r"(?<=/consultations/)(?!new\b)[\w-]+", "SLUG"),
    (r"(?<=/facilitation/)(?!proposals|slips)[\w-]+", "SLUG"),
    (r"(?<=/offices/)(?!new\b)[\w-]+", "SLUG"),
    (r"/\d+\b", "/1"),
)


def kind(url: str) -> str:
    """An address with everything that stands for one of many taken out."""
    parts = urlsplit(url)
    path = parts.path
    for pattern, name in MANY:
        path = re.sub(pattern, name, path)
    names = sorted(pair.split("=")[0] for pair in parts.query.split("&") if pair)
    wanted = [name for name in names if name in ("state", "list", "proposal", "sort", "q")]
    return path + ("?" + "&".join(wanted) if wanted else "")


def links(html: str, base: str) -> Iterator[str]:
    """Where a page leads within the site."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    for element in root.iter("a"):
        target = urlsplit(urljoin(base, element.get("href", "")))
        if target.netloc == urlsplit(base).netloc and "lang=" not in target.query and "/demo/" not in target.path:
            yield target.path + (f"?{target.query}" if target.query else "")


def found_by(browser: Browser, site: Server, email: str) -> dict[str, tuple[str, str]]:
    """One address and its HTML for every kind of page that a person comes to."""
    visitor = Visitor(browser, site.address)
    if email:
        visitor.sign_in(email)
    found: dict[str, tuple[str, str]] = {}
    origins: dict[str, str] = {}
    waiting = list(STARTS)
    for _ in range(MOST):
        if not waiting:
            break
        url = waiting.pop(0)
        if kind(url) in found:
            continue
        answer = visitor.context.request.get(url)
        usual = (404,) if url == "/nowhere" else (200,) if email else (200, 401)
        assert answer.status in usual, f"{answer.status} for {url}, linked from {origins.get(url)}"
        if "html" not in answer.headers.get("content-type", ""):
            continue
        found[kind(url)] = (url, answer.text())
        further = [link for link in links(answer.text(), f"{site.address}{url}") if kind(link) not in found]
        origins.update((link, url) for link in further if link not in origins)
        waiting += further
    visitor.close()
    return found


def load_axe(page: Page) -> None:
    """Bring axe into a page; the visitor has to be past the policy for scripts."""
    page.evaluate(AXE.read_text(encoding="utf-8"))


def faults_of(page: Page) -> list[str]:
    """What axe finds: rule and place."""
    result: Any = page.evaluate("() => axe.run({resultTypes: ['violations']})")
    return [
        f"{violation['id']} at {node['target']}: {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def wider_than_the_window(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth"))
