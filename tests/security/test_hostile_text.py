"""Whatever people type stays text: in every field, on every page, for everybody, and in what is asked by address."""

from typing import Any

import pytest
from fastapi.routing import APIRoute

from app.core import forms
from tests.page import Browser
from tests.security import hostile
from tests.security.markup import elements, intruders
from tests.security.payloads import PAYLOADS, texts
from tests.security.sending import form_of
from tests.test_architecture import ROUTES, guards_of, shown
from tests.test_forms_named import forms as all_forms
from tests.test_permissions import PEOPLE, address, expected
from tests.world import World

pytestmark = pytest.mark.once

SENT = [route for route in ROUTES if "POST" in route.methods]
ASKED = [route for route in ROUTES if "GET" in route.methods]


def welcome(route: APIRoute, draft: bool = False) -> str:
    """Somebody whom a route lets in; those with a role first."""
    (permission,) = guards_of(route.dependant)
    names = [name for name in reversed(PEOPLE) if not expected(permission, name, draft)]
    return names[0]


def assert_text_only(answer: Any, where: str) -> None:
    """No answer holds an element or attribute that is not ours."""
    assert answer.status_code < 500, f"{answer.status_code} for {where}"
    kind = answer.headers.get("content-type", "")
    if "html" in kind:
        page = answer.text.lstrip().lower().startswith("<!doctype")
        found = intruders(elements(answer.text, fragment=not page))
        assert not found, f"{where}: {found[:3]}"
    else:
        assert kind.split(";")[0] in ("", "application/json", "text/plain", "text/csv", "image/webp", "application/pdf",
                                      "application/xml", "application/zip"), f"{where}: {kind}"  # fmt: skip
        assert answer.headers.get("x-content-type-options") == "nosniff"


def test_payloads_are_many_and_would_be_seen() -> None:
    """Each payload, put into a page as it is, is either seen or harmless by itself; most are seen."""
    seen = [p for p in PAYLOADS if intruders(elements(f'<!doctype html><p title="x">{p}</p>'))]
    assert len(PAYLOADS) >= 40 and len(seen) >= 30
    attribute = [p for p in PAYLOADS if intruders(elements(f'<!doctype html><input value="{p}">'))]
    assert len(attribute) >= 5


def test_every_form_of_a_route_is_found() -> None:
    """A new form is covered by itself: each form of the product is the form of some route."""
    found = {form_of(route) for route in SENT} - {None}
    spoken = {form for form in all_forms() if not _is_base(form)}
    assert {form.__name__ for form in spoken} <= {form.__name__ for form in found if form}


def _is_base(form: type[forms.Form]) -> bool:
    """Whether other forms are made of it; or it is typed beside another one, as drafts of drafts are."""
    return any(form in other.__mro__[1:] for other in all_forms()) or form.__name__.startswith("_")


@pytest.mark.parametrize("valid", [True, False], ids=["fit", "unfit"])
@pytest.mark.parametrize(
    ("route", "form"),
    [(route, form) for route in SENT if (form := form_of(route))],
    ids=lambda one: shown(one) if isinstance(one, APIRoute) else one.__name__,
)
def test_what_is_sent_comes_back_as_text(
    route: APIRoute, form: type[forms.Form], valid: bool, browser: Browser, world: World
) -> None:
    known = {
        "parent": "", "area": "", "topic": "", "office": "", "proposal": [world.values["code"]], "website": "",
        "current_password": "tidak-benar", "new_password": "sandi yang cukup panjang",
    }  # fmt: skip
    somebody = browser.as_(world.people[welcome(route)])
    for shift in range(0, len(PAYLOADS), 23 if valid else 11):
        fields = hostile.filled(form, shift, valid, known)
        url = address(route, world, draft=False)
        for headers in ({}, {"HX-Request": "true"}):
            answer = somebody.client.post(url, data=fields, headers=headers, follow_redirects=False)
            assert_text_only(answer, f"{shown(route)} shift {shift}")
            if "location" in answer.headers:
                assert answer.headers["location"].startswith("/") and "\n" not in answer.headers["location"]
                assert_text_only(somebody.client.get(answer.headers["location"]), answer.headers["location"])


def test_what_is_asked_by_address_comes_back_as_text(browser: Browser, world: World) -> None:
    """Every parameter of every page that is opened, each with all payloads, and parameters nobody knows."""
    for route in ASKED:
        names = [one.alias for one in route.dependant.query_params]
        for sub in route.dependant.dependencies:
            names += [one.alias for one in sub.query_params]
        somebody = browser.as_(world.people[welcome(route)])
        for name in [*dict.fromkeys(names), "unknown"]:
            for shift in range(0, len(PAYLOADS), 7) if name != "unknown" else (0,):
                asked = {name: texts(190, shift)}
                answer = somebody.client.get(address(route, world, False), params=asked, follow_redirects=False)
                assert_text_only(answer, f"{shown(route)}?{asked}")


@pytest.mark.parametrize("payload", PAYLOADS[::3], ids=range(len(PAYLOADS[::3])))
def test_an_address_that_leads_nowhere_comes_back_as_text(payload: str, browser: Browser) -> None:
    from urllib.parse import quote

    for path in (f"/{quote(payload, safe='')}", f"/consultations/{quote(payload)}", f"/proposals/{quote(payload)}"):
        for suffix in ("", ".json"):
            assert_text_only(browser.client.get(path[:350] + suffix), path)


@pytest.mark.parametrize("header", ["Referer", "User-Agent", "Accept-Language", "X-Forwarded-For", "X-Forwarded-Host",
                                    "X-Original-URL", "Cookie", "HX-Current-URL", "HX-Target", "Accept"])  # fmt: skip
def test_a_header_comes_back_as_text(header: str, browser: Browser, world: World) -> None:
    for shift in range(0, len(PAYLOADS), 9):
        told = texts(250, shift).encode("ascii", "replace").decode().replace("\n", " ")
        for method, path in (
            ("GET", "/"),
            ("GET", "/tidak-ada"),
            ("POST", "/proposals/x/comments"),
            ("GET", "/sign-in"),
        ):
            value = f"http://127.0.0.1:8000/{told}" if header == "Referer" else told
            answer = browser.client.request(method, path, headers={header: value}, follow_redirects=False)
            assert_text_only(answer, f"{header} on {path}")
            assert "xss-element" not in str(answer.headers).lower()
