"""Opening everything there is as one person: each route with each value, and every address a page names."""

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice, product
from typing import Any
from urllib.parse import urljoin, urlsplit

from fastapi.routing import APIRoute

from tests.page import Browser
from tests.test_architecture import ROUTES

HERE = "http://127.0.0.1:8000"
#: So many addresses are opened for one route at most; where more are possible, the world has grown too large.
MOST = 60
#: Links, forms, pictures, what htmx asks for, and addresses told to search engines and for sharing.
_NAMED = re.compile(r' (?:href|src|action|data-hx-get)="([^"]+)"| content="(https?:[^"]+)"')


def addresses(route: APIRoute, values: dict[str, list[str]], otherwise: dict[str, str]) -> Iterator[str]:
    """A route's address with every combination of the values of its parameters."""
    names = list(re.finditer(r"\{(\w+)\}", route.path))
    choices = [_choices(route.path[: match.start()], match[1], values, otherwise) for match in names]
    for chosen in islice(product(*choices), MOST + 1):
        given = iter(chosen)
        yield re.sub(r"\{\w+\}", lambda _match, given=given: next(given), route.path)  # type: ignore[misc]


def _choices(before: str, name: str, values: dict[str, list[str]], otherwise: dict[str, str]) -> list[str]:
    parts = before.strip("/").split("/")
    starts = [f"{'/'.join(parts[i:])}/{name}" for i in range(len(parts))]
    for start in [*starts, name]:
        if start in values:
            return values[start]
        if start in otherwise:
            return [otherwise[start]]
    raise AssertionError(f"no value for {{{name}}} after {before}")


def everywhere(values: dict[str, list[str]], otherwise: dict[str, str]) -> list[str]:
    """Every address of every route that is opened by asking."""
    found: list[str] = []
    for route in ROUTES:
        if "GET" in route.methods:
            some = list(addresses(route, values, otherwise))
            assert len(some) <= MOST, f"{route.path}: more than {MOST} addresses"
            found += some
    return found


def named_in(answer: Any) -> Iterator[str]:
    """The addresses an answer names: links, forms, pictures, cards for sharing, the next page of JSON."""
    kind = answer.headers.get("content-type", "")
    if "html" in kind:
        yield from (unescape(one or other) for one, other in _NAMED.findall(answer.text))
    elif "json" in kind:
        yield from (text for text in _strings(json.loads(answer.text)) if text.startswith("/"))
    if "location" in answer.headers:
        yield answer.headers["location"]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def told(answer: Any) -> str:
    """All that an answer tells, headers and bytes, in small letters."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.multi_items())
    return f"{headers}\n\n{answer.content.decode('utf-8', errors='replace')}".lower()


def crawl(browser: Browser, start: Iterable[str], most: int = 2500) -> dict[str, Any]:
    """Every answer to one person, by address: from the given ones on, wherever links lead on this site."""
    waiting, found = list(dict.fromkeys(start)), {}
    known = set(waiting)
    while waiting:
        url = waiting.pop()
        answer = browser.client.get(url, follow_redirects=False)
        found[url] = answer
        assert answer.status_code < 500, f"{answer.status_code} for {url}"
        for target in named_in(answer):
            parts = urlsplit(urljoin(HERE + url, target))
            further = parts.path + (f"?{parts.query}" if parts.query else "")
            ours = parts.netloc == urlsplit(HERE).netloc and not parts.path.startswith("/static/")
            if ours and "lang=" not in parts.query and further not in known:
                known.add(further)
                waiting.append(further)
        assert len(found) < most, "the crawl does not end"
    return found
