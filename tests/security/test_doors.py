"""Every way into the application is known: its layers, its routes, the files it gives away, its cache of pages.

`tests/test_permissions.py` tries every route of the routers as everybody. This file sees to it that there is no
way in beside those routes: no mount, no route of another kind, no page made by the framework, no layer of its own.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route, WebSocketRoute

from app.core import pagecache, web
from app.main import create_app
from tests.page import Browser
from tests.test_architecture import ROUTES, guards_of, routes_of, shown
from tests.test_permissions import CASES, NOTHING_THERE, PEOPLE, address, expected
from tests.world import World

pytestmark = pytest.mark.once

#: What a request passes through, from the outside in. A new layer can answer by itself: think, then add it here.
LAYERS = ["Edge", "CrossSite", "CrossOriginProtection", "ServeStaticASGI", "Addresses", "PageCache", "FastAPI"]


def inside(layer: Any) -> list[Any]:
    """The applications a layer hands requests on to."""
    found = [getattr(layer, name, None) for name in ("app", "application", "usual", "proven", "_app")]
    return [one for one in found if callable(one)]


def layers(layer: Any) -> list[Any]:
    """A layer and everything behind it, each once."""
    if isinstance(layer, FastAPI):
        return [layer]
    behind = {id(one): one for inner in inside(layer) for one in layers(inner)}
    return [layer, *behind.values()]


def strangers(api: FastAPI) -> list[str]:
    """Everything an application answers that is no guarded route of the matrix."""
    known = {(route.path, frozenset(route.methods)) for route in ROUTES}
    found = []
    for route in api.routes:
        router = getattr(route, "original_router", None)
        if router is not None:
            for one in routes_of(router):
                if (one.path, frozenset(one.methods)) not in known or len(guards_of(one.dependant)) != 1:
                    found.append(shown(one))
        elif not isinstance(route, APIRoute) or (route.path, frozenset(route.methods)) not in known:
            found.append(f"{type(route).__name__} {getattr(route, 'path', '')}")
    return found


@pytest.fixture
def api(database: str) -> FastAPI:
    (made,) = (layer for layer in layers(create_app()) if isinstance(layer, FastAPI))
    return made


def test_a_request_passes_through_known_layers_only(database: str) -> None:
    names = [type(layer).__name__ for layer in layers(create_app())]
    assert list(dict.fromkeys(names)) == LAYERS


def test_the_framework_adds_no_page_and_no_layer(api: FastAPI) -> None:
    assert (api.docs_url, api.redoc_url, api.openapi_url, api.user_middleware) == (None, None, None, [])


def test_every_way_in_is_in_the_matrix(api: FastAPI) -> None:
    assert strangers(api) == []
    assert {shown(route) for route, _ in CASES} == {shown(route) for route in ROUTES}


async def _open_to_all(_request: Any = None) -> PlainTextResponse:
    return PlainTextResponse("in")


@pytest.mark.parametrize(
    "route",
    [
        Route("/raw", _open_to_all),
        Mount("/files-of-all", app=PlainTextResponse("in")),
        WebSocketRoute("/socket", _open_to_all),
        APIRoute("/unguarded", _open_to_all),
        APIRoute("/me", _open_to_all, methods=["DELETE"]),
    ],
    ids=lambda route: type(route).__name__,
)
def test_a_way_in_that_is_in_no_router_is_seen(api: FastAPI, route: Any) -> None:
    api.router.routes.append(route)
    assert strangers(api) == [f"{type(route).__name__} {route.path}"]


def test_a_way_in_without_a_guard_is_seen(api: FastAPI) -> None:
    router = APIRouter()
    router.add_api_route("/unguarded", _open_to_all, response_class=PlainTextResponse)
    api.include_router(router)
    assert strangers(api) == ["GET /unguarded"]


# -- methods ---------------------------------------------------------------------------------------


def filled(path: str, world: World) -> str:
    """An address with something in place of each parameter, whether it is there or not."""
    return re.sub(r"\{(\w+)\}", lambda match: world.values.get(match[1], "1"), path)


def test_no_address_answers_to_a_method_it_does_not_name(browser: Browser, world: World) -> None:
    methods: dict[str, set[str]] = {}
    for route in ROUTES:
        methods.setdefault(route.path, set()).update(route.methods)
    administrator = browser.as_(world.people["administrator"])
    for path, named in methods.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"} - named:
            status = administrator.client.request(method, filled(path, world), follow_redirects=False).status_code
            assert status in (404, 405), f"{method} {path}: {status}"


def test_asking_for_the_head_alone_is_permitted_like_the_page(browser: Browser, world: World) -> None:
    visitors = {name: browser.as_(world.people[name]) for name in ("anonymous", "citizen", "official")}
    for route, draft in CASES:
        if "GET" in route.methods:
            url = address(route, world, draft)
            for name, visitor in visitors.items():
                head = visitor.client.head(url, follow_redirects=False)
                page = visitor.client.get(url, follow_redirects=False)
                assert (head.status_code, head.content) == (page.status_code, b""), f"{name} {url}"


# -- second doors ----------------------------------------------------------------------------------

FORMATS = (".json", ".csv", ".zip", ".ics", ".atom", ".xml")
BY_ADDRESS = {route.path: route for route in ROUTES if "GET" in route.methods}
TWINS = [
    (path, path.removesuffix(ending))
    for path in BY_ADDRESS
    for ending in FORMATS
    if path.endswith(ending) and path.removesuffix(ending) in BY_ADDRESS
]


def test_there_are_doors_to_compare() -> None:
    assert len(TWINS) > 8


@pytest.mark.parametrize(("door", "page"), TWINS)
def test_another_format_is_for_the_same_people(door: str, page: str, browser: Browser, world: World) -> None:
    """The JSON or CSV of a page is refused to exactly those who are refused the page."""
    for draft in (False, True) if "{slug}" in page and "offices" not in page else (False,):
        for name in PEOPLE:
            visitor = browser.as_(world.people[name]).client
            urls = [address(BY_ADDRESS[path], world, draft) for path in (page, door)]
            first, second = (visitor.get(url, follow_redirects=False).status_code for url in urls)
            assert (first in (401, 403, 404)) == (second in (401, 403, 404)), f"{name}: {urls} {first} {second}"


# -- files -----------------------------------------------------------------------------------------

STATIC = web.ROOT / "static"


def given_away(app: Any) -> Iterator[str]:
    """The addresses of all files that are served without asking anybody."""
    for layer in layers(app):
        yield from getattr(layer, "files", {})


def test_files_for_everybody_are_those_of_the_static_folder(database: str) -> None:
    found = set(given_away(create_app()))
    on_disk = {f"/static/{path.relative_to(STATIC)}" for path in STATIC.rglob("*") if path.is_file()}
    assert found and found <= on_disk
    kinds = {Path(name.removesuffix(".br").removesuffix(".gz")).suffix for name in found}
    assert kinds <= {".css", ".js", ".svg", ".png", ".ico", ".webp", ".txt", ".md", ".scss", ".woff2", ""}
    assert not [name for name in found if "/." in name or name.endswith((".py", ".db", ".key", ".pem"))]
    assert all(not path.is_symlink() for path in STATIC.rglob("*"))


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app/settings.py", "/static/%2e%2e/app/settings.py", "/static/..%2fapp/settings.py",
        "/static/..%5c..%5cetc/passwd", "/static//etc/passwd", "/static/", "/static", "/static/css", "/static/css/",
        "/static/.%00/../../var/secret.key", "/files/../../var/rembuk.db", "/files/%2e%2e%2frembuk.db.webp",
        "/var/rembuk.db", "/app/main.py", "/.git/config", "/.env", "/rembuk.db", "/openapi.json", "/docs", "/redoc",
    ],
)  # fmt: skip
def test_nothing_else_of_the_disk_is_given_away(path: str, browser: Browser) -> None:
    assert browser.client.get(path, follow_redirects=False).status_code in (404, 405)


# -- the cache of pages ----------------------------------------------------------------------------


def test_the_cache_opens_no_door(browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who may have opened a page do not open it for those who may not, in whatever order they come."""
    monkeypatch.setattr(pagecache, "OLDEST", 3600)
    monkeypatch.setattr(pagecache, "UNDER_WRITES", 3600)
    visitors = {name: browser.as_(world.people[name]) for name in PEOPLE}
    for route, draft in CASES:
        if "GET" in route.methods and (shown(route), draft) not in NOTHING_THERE:
            url, (permission,) = address(route, world, draft), guards_of(route.dependant)
            outcome = {name: expected(permission, name, draft) for name in PEOPLE}
            for name in sorted(PEOPLE, key=lambda name: (outcome[name] is not None, name)):
                answer = visitors[name].client.get(url, follow_redirects=False)
                if outcome[name]:
                    assert answer.status_code == outcome[name], f"{name} {url}"
                elif name != "anonymous" and "html" in answer.headers.get("content-type", ""):
                    assert "no-store" in answer.headers.get("cache-control", ""), f"{name} {url}"
                    assert "Cookie" in answer.headers.get("vary", ""), f"{name} {url}"
