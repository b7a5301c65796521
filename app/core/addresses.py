"""Addresses as robots invent them: what no page of ours can be meant by costs no query and fills no cache.

Pure ASGI in front of the page cache. Each page says in its signature which parameters it takes and what may be in
them. A parameter that no page takes, is given twice or names no language of ours is left out, and a code in
another spelling is put right: both lead to the one address of the page. What cannot be meant at all is refused.
What remains is put into one order without its empty parameters, so that each page is asked for in one way.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, get_origin
from urllib.parse import parse_qsl, quote, urlencode

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.core.codes import read_code
from app.core.edge import LONGEST_QUERY, App, Receive, Scope, Send
from app.core.i18n import LANGUAGES
from app.rules.decision_numbers import read_decision_number

LONGEST_PATH = 400
#: How long a robot may remember that an address leads to another, in seconds.
_REMEMBERED = 3600
_CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
#: A control character, or a number that no row can have.
_NO_PATH = re.compile(rf"{_CONTROLS.pattern}|/[0-9]{{19,}}(?:/|$)")
_MANY = (list, tuple, set, frozenset)

#: How what people copy by hand into an address is read, by the name of the parameter of the path.
_READERS: dict[str, Callable[[str], object | None]] = {"code": read_code, "number": read_decision_number}

Refuse = Callable[[Request], Awaitable[Response]]


class _Asked:
    """What one page can be asked by."""

    def __init__(self, route: APIRoute) -> None:
        self.matches = route.path_regex.match
        self.fields = {field.alias: field for field in _parameters(route.dependant)}
        self.many = {name for name, field in self.fields.items() if _takes_many(field)}

    def meant(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """What of a query this page understands, in one order; of what is given twice the last counts."""
        given: dict[str, list[str]] = {}
        for name, value in pairs:
            if name in self.many:
                given.setdefault(name, []).append(value)
            elif name in self.fields or (name == "lang" and value in LANGUAGES):
                given[name] = [value]
        order = [*self.fields, "lang"]
        return [(name, value) for name in order for value in given.get(name, ())]

    def possible(self, pairs: Iterable[tuple[str, str]]) -> bool:
        """Whether every parameter holds something it can hold."""
        for name, value in pairs:
            if name in self.fields:
                _, wrong = self.fields[name].validate([value] if name in self.many else value, loc=("query", name))
                if wrong:
                    return False
        return True


class Addresses:
    """Refuses addresses that cannot be meant, and leads others to the one address of their page."""

    def __init__(self, app: App, routes: Iterable[APIRoute], refuse: Refuse) -> None:
        self.app = app
        self.refuse = refuse
        pages = [route for route in routes if "GET" in (route.methods or ())]
        self.single = {route.path: _Asked(route) for route in pages if "{" not in route.path}
        self.patterns = [_Asked(route) for route in pages if "{" in route.path]
        self.spelled = [_spelling(name, pages) for name in _READERS]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = await self._answer(scope, receive)
        await (answer or self.app)(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | None:
        """The refusal or the way to the right address; None for an address that can be meant."""
        path, query = scope["path"], scope.get("query_string", b"")
        if len(path) > LONGEST_PATH or len(query) > LONGEST_QUERY or _NO_PATH.search(path):
            return await self.refuse(_nowhere(scope, receive))
        if scope["method"] != "GET":
            return None
        right = self._spelled(path)
        if query:
            asked = self._asked(right)
            if asked is None:
                return None
            pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
            meant = asked.meant(pairs)
            filled = [(name, value) for name, value in meant if value]
            if not all(_CONTROLS.search(value) is None for _, value in filled) or not asked.possible(filled):
                return await self.refuse(_nowhere(scope, receive))
            query = urlencode(filled).encode()
            if len(meant) < len(pairs):
                return _lead(right, query)
            scope["query_string"] = query
        return _lead(right, query) if right != path else None

    def _asked(self, path: str) -> _Asked | None:
        found = self.single.get(path)
        return found or next((one for one in self.patterns if one.matches(path)), None)

    def _spelled(self, path: str) -> str:
        """The path with the code of a contribution or the number of a decision as it is printed."""
        for pattern, read in self.spelled:
            found = pattern.fullmatch(path)
            if found and (printed := read(found[2])) is not None:
                return f"{found[1]}{printed}{found[3]}"
        return path


def pages_of(router: Any) -> Iterator[APIRoute]:
    """Every route of a router and of the routers included in it."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from pages_of(route.original_router)


def _spelling(name: str, pages: list[APIRoute]) -> tuple[re.Pattern[str], Callable[[str], object | None]]:
    """Finds a parameter in the addresses of all pages that have it, and how it is read."""
    parameter = f"{{{name}}}"
    before = {route.path.split(parameter)[0] for route in pages if parameter in route.path}
    starts = "|".join(sorted((re.escape(start) for start in before if "{" not in start), reverse=True)) or "(?!)"
    return re.compile(f"({starts})([^/.]+)(.*)"), _READERS[name]


def _nowhere(scope: Scope, receive: Receive) -> Request:
    """The request without its address, so that nothing of what was invented is read or shown again."""
    path = "/.json" if scope["path"].endswith(".json") else "/"
    return Request({**scope, "path": path, "raw_path": path.encode(), "query_string": b""}, receive)


def _lead(path: str, query: bytes) -> Response:
    to = quote(path) + (f"?{query.decode()}" if query else "")
    return RedirectResponse(to, 301, {"Cache-Control": f"max-age={_REMEMBERED}"})


def _parameters(dependant: Any) -> list[Any]:
    """The parameters of a page and of all it depends on."""
    deeper = [field for each in dependant.dependencies for field in _parameters(each)]
    return [*dependant.query_params, *deeper]


def _takes_many(field: Any) -> bool:
    return get_origin(field.field_info.annotation) in _MANY
