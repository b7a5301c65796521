"""Every field of every form, and every parameter of every page, with what no form of ours would send."""

from typing import Any
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute

from tests.databases import POSTGRES
from tests.page import Browser
from tests.security.sending import READING, SENDING, fitting, form_of, sender
from tests.test_architecture import shown
from tests.test_permissions import address
from tests.world import World

HOSTILE: dict[str, Any] = {
    "100,000 characters": "kata " * 20_000,
    "one word of 100,000 letters": "a" * 100_000,
    "emoji only": "👩‍👩‍👧‍👦🙂" * 5,
    "right to left": "\u202eamanu nakub \u2067halokes",
    "zero width": "\u200b\u200d\u2060\ufeff",
    "spaces only": " \t\u00a0\u3000 ",
    "NUL": "Judul\x00 yang cukup panjang",
    "controls": "\x01\x02\x1b[31m\x7f\x85\u2028 panjang sekali",
    "lone surrogate": "Judul \ud800 yang cukup panjang",
    "not a character": "Judul \uffff\U0010ffff yang cukup panjang",
    "huge number": "9" * 5_000,
    "large number": str(2**63),
    "negative number": "-1",
    "number as a float": "1e400",
    "other digits": "٣٤",
    "a year out of all time": "99999-01-01T00:00",
    "first year": "0001-01-01T00:00",
    "last year": "9999-12-31T23:59",
    "path": "../../../../etc/passwd",
    "SQL": "'; DROP TABLE vote; --",
    "script": '"><script>alert(1)</script><svg onload=alert(1)>',
    "template": "{{ 7 * 7 }}${7*7}%(name)s%s",
    "combining marks": "a" + "\u0301" * 3_000,
    "deep quotes": "> " * 3_000 + "teks",
    "deep lists": "\n".join(" " * n + "- teks" for n in range(300)),
    "open brackets": "[" * 5_000 + "teks",
}
#: On PostgreSQL only what a database reads in its own way is tried; the rest never reaches it.
STORED = (
    "100,000 characters", "emoji only", "NUL", "controls", "lone surrogate", "not a character", "huge number",
    "large number", "first year", "last year", "SQL",
)  # fmt: skip
TRIED = {what: HOSTILE[what] for what in (STORED if POSTGRES else HOSTILE)}

#: Parameters that the application reads on every page by the same lines, and pages of each kind to try them on.
ANYWHERE = {"lang", "after", "next"}
SHOWING_ALL = {"/", "/sign-in", "/consultations", "/consultations/{slug}", "/consultations/{slug}.json", "/desk", "/me"}

#: Rows of the same fields under further numbers are read by the same lines as the first.
NUMBERED = tuple(f"_{number}" for number in range(2, 9))


def multipart(fields: dict[str, Any]) -> tuple[bytes, str]:
    """A body in which texts are escaped, with a charset that unescapes them: lone surrogates come through."""
    lines = []
    for name, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            head = f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            lines.append(head.encode() + str(value).encode("unicode_escape") + b"\r\n")
    return b"".join(lines) + b"--x--\r\n", "multipart/form-data; charset=unicode_escape; boundary=x"


def with_parameters() -> list[APIRoute]:
    def any_of(route: APIRoute) -> bool:
        return any(each.query_params for each in (route.dependant, *route.dependant.dependencies))

    return [route for route in READING if any_of(route) or route.path in SHOWING_ALL]


def forms_with_fields() -> list[APIRoute]:
    return [route for route in SENDING if form_of(route) is not None]


@pytest.mark.once
def test_every_form_is_tried_by_somebody_who_may_with_fields_that_fit(browser: Browser, world: World) -> None:
    """Else what is hostile in one field would be refused for another, or for who sends it."""
    for route in forms_with_fields():
        form = form_of(route)
        assert form is not None
        form.model_validate(fitting(form, world))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("route", forms_with_fields(), ids=shown)
def test_no_field_of_a_form_brings_the_server_down(browser: Browser, world: World, route: APIRoute) -> None:
    """Whatever is in it, the answer is a page: stored, or refused with a sentence."""
    form, visitor = form_of(route), sender(browser, world, route)
    assert form is not None
    url, good = address(route, world, False), fitting(form, world)
    (method,) = route.methods
    for name in (name for name in form.model_fields if not name.endswith(NUMBERED)):
        for what, value in TRIED.items():
            fields = good | {name: value}
            escaped = "surrogate" in what
            body = (
                {"content": multipart(fields)[0], "headers": {"Content-Type": multipart(fields)[1]}}
                if escaped
                else {"data": fields}
            )
            answer = visitor.client.request(method, url, follow_redirects=False, **body)
            assert answer.status_code < 500, f"{name}: {what}"
            assert "<script>alert" not in answer.text, f"{name}: {what}"


@pytest.mark.parametrize("route", with_parameters(), ids=shown)
def test_no_parameter_of_a_page_brings_the_server_down(browser: Browser, world: World, route: APIRoute) -> None:
    visitor = sender(browser, world, route)
    url = address(route, world, False)
    names = {field.alias for each in (route.dependant, *route.dependant.dependencies) for field in each.query_params}
    for name in sorted(names | (ANYWHERE if route.path in SHOWING_ALL else set())):
        for what, value in TRIED.items():
            sent = quote(value[:10_000].encode("utf-8", "surrogatepass"))
            answer = visitor.client.get(f"{url}?{name}={sent}", follow_redirects=False)
            assert answer.status_code < 500, f"{name}: {what}"
            assert "<script>alert" not in answer.text, f"{name}: {what}"


@pytest.mark.parametrize("route", [route for route in READING + SENDING if "{" in route.path], ids=shown)
def test_no_part_of_a_path_brings_the_server_down(browser: Browser, world: World, route: APIRoute) -> None:
    visitor = sender(browser, world, route)
    (method,) = route.methods
    hostile = (
        "%00",
        "%ff%fe",
        "%ed%a0%80",
        "9" * 5_000,
        "9" * 19,
        str(2**31),
        "-1",
        "..%2f..%2fetc",
        "%F0%9F%99%82",
        "0",
    )
    for name in route.param_convertors:
        for value in hostile:
            url = address(route, world, False)
            known = dict(zip(route.param_convertors, route.path_regex.match(url).groups(), strict=True))  # type: ignore[union-attr]
            path = route.path
            for each, usual in known.items():
                path = path.replace(f"{{{each}}}", value if each == name else usual)
            answer = visitor.client.request(method, path, follow_redirects=False)
            assert answer.status_code < 500, path
