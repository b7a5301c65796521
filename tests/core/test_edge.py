"""The outermost layer: arrival, language, host, headers, and the pages of refusal."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import pytest
import time_machine
from fastapi import APIRouter, Request, Response
from starlette.datastructures import Headers
from starlette.requests import Request as Received

from app import main
from app.core import db, edge, mail, web
from app.core.access import Reason, guard
from app.core.forms import Form, Submission, Text, submitted
from app.settings import settings
from tests import factories
from tests.page import Browser


class WritingForm(Form):
    """What is being written."""

    body: Text = ""


NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def trust(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of ours stands in front."""
    monkeypatch.setenv("REMBUK_TRUSTED_PROXY", "1")
    settings.cache_clear()


def stamp(at: datetime) -> Headers:
    """What a proxy writes on a request."""
    return Headers({"X-Arrived-Us": str(int(at.timestamp() * 1_000_000))})


def test_a_stamp_from_outside_is_not_believed() -> None:
    """Nobody arrives earlier by saying so."""
    with time_machine.travel(NOON, tick=False):
        assert edge.arrived(stamp(NOON - timedelta(hours=1))) == NOON


def test_a_stamp_of_our_proxy_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """But never the future, and never what is no number."""
    trust(monkeypatch)
    with time_machine.travel(NOON, tick=False):
        assert edge.arrived(stamp(NOON - timedelta(seconds=3))) == NOON - timedelta(seconds=3)
        assert edge.arrived(stamp(NOON + timedelta(hours=1))) == NOON
        for wrong in ("", "-5", "1e9", "x", "9" * 30, "٣"):
            assert edge.arrived(Headers(raw=[(b"x-arrived-us", wrong.encode())])) == NOON


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("rembuk.contoh.id", True),
        ("REMBUK.contoh.id:443", True),
        ("www.contoh.id", True),
        ("evil.example", False),
        ("rembuk.contoh.id.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("rembuk.contoh.id@evil.example", False),
        ("evil.example/rembuk.contoh.id", False),
        ("", False),
        ("x" * 300, False),
    ],
)
def test_hosts(monkeypatch: pytest.MonkeyPatch, host: str, ours: bool) -> None:
    """Ours are the base address, those of the settings, and this machine."""
    monkeypatch.setenv("REMBUK_BASE_URL", "https://rembuk.contoh.id")
    monkeypatch.setenv("REMBUK_ALLOWED_HOSTS", "www.contoh.id, other.contoh.id")
    settings.cache_clear()
    assert edge.host_is_ours(host) is ours


def test_a_foreign_host_gets_no_page(browser: Browser) -> None:
    """So no link in a message is ever made from one."""
    somebody = factories.person()
    answer = browser.post("/reset", {"email": somebody.email}, Host="evil.example")
    assert answer.status == 421
    assert answer.response.headers["x-content-type-options"] == "nosniff"
    with db.reading() as session:
        assert not mail.latest(session)


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/nowhere", "/me", "/static/css/rembuk.css"])
def test_every_answer_carries_the_headers(browser: Browser, path: str) -> None:
    """Pages, refusals and files alike."""
    headers = browser.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_the_language_is_asked_for_kept_or_given(browser: Browser) -> None:
    """By address, then by cookie, then by the settings; what is no language changes nothing."""
    fresh = browser.as_()
    fresh.client.cookies.clear()
    assert fresh.get("/sign-in").root.get("lang") == "id"
    page = fresh.get("/sign-in?lang=en")
    assert page.root.get("lang") == "en"
    assert "HttpOnly" in page.response.headers["set-cookie"]
    assert fresh.get("/sign-in").root.get("lang") == "en"
    assert fresh.get("/sign-in?lang=fr").root.get("lang") == "en"
    assert fresh.get("/sign-in?lang=fr&lang=id").root.get("lang") == "id"
    fresh.client.cookies.set(web.LANGUAGE_COOKIE, "../../etc")
    assert fresh.get("/nowhere").root.get("lang") in ("id", "en")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("POST", "/nowhere", 404), ("DELETE", "/sign-in", 405), ("GET", "/sign-out", 405)],
)
def test_refusals_are_pages(browser: Browser, method: str, path: str, status: int) -> None:
    """They say what to do next."""
    answer = browser._page(browser.client.request(method, path), htmx=False)
    assert answer.status == status
    assert "/contact" in answer.links()
    assert answer.response.headers["cache-control"] == "no-store"


def test_a_json_address_is_refused_in_json(browser: Browser) -> None:
    """With a code for programs and a sentence for people."""
    answer = browser.client.get("/nowhere.json")
    assert answer.status_code == 404
    assert answer.json()["error"] == "not-found"


@pytest.mark.usefixtures("database")
def test_failures_keep_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full writer says when to come back, a fault says that it is ours, and neither loses what was typed."""
    router = APIRouter()

    @router.post("/broken", dependencies=[guard("operation.probe")])
    async def broken(kind: str, form: Annotated[Submission[WritingForm], submitted(WritingForm)]) -> Response:
        """Fail in a way."""
        raise {"busy": db.Busy, "fault": ZeroDivisionError}[kind]

    monkeypatch.setattr(main, "ROUTERS", (router, *main.ROUTERS))
    browser = Browser(main.create_app())
    browser.client._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    text = "Sumur bersama untuk semua warga"
    busy = browser.post("/broken?kind=busy", {"body": text})
    assert (busy.status, busy.response.headers["retry-after"]) == (503, "2")
    fault = browser.post("/broken?kind=fault", {"body": text})
    assert fault.status == 500
    assert "ZeroDivisionError" not in fault.html
    assert text in busy.html
    assert text in fault.html


def test_too_much_is_refused(browser: Browser) -> None:
    """A body beyond the bound is not read to its end."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.client.post("/sign-in", content=b"email=" + b"x" * (60 * 1024 * 1024), headers=kind)
    assert answer.status_code == 413


def test_too_many_fields_are_refused(browser: Browser) -> None:
    """A form with thousands of fields is no form of ours."""
    answer = browser.post("/sign-in", {f"f{number}": "x" for number in range(1000)})
    assert answer.status == 400


def test_a_page_with_a_session_is_never_cached(browser: Browser) -> None:
    """Two people behind one cache never see each other's page; visitors' pages stay cacheable."""
    assert browser.get("/sign-up").response.headers["cache-control"] == "no-cache"
    browser.sign_in(factories.person())
    assert browser.get("/me").response.headers["cache-control"] == "private, no-store"


def request(method: str = "GET", path: str = "/x", query: str = "", peer: str = "192.0.2.1", **headers: str) -> Request:
    """A request as it arrives."""
    raw = [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Received(
        {
            "type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": raw,
            "client": (peer, 1), "scheme": "http", "server": ("127.0.0.1", 8000),
        }
    )  # fmt: skip


def test_where_a_request_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer, whatever headers say; with a proxy of ours its own entry, the last; IPv6 by network."""
    forged = {"x_forwarded_for": "10.0.0.1, 10.0.0.2"}
    assert web.client_address(request(**forged)) == "192.0.2.1"
    assert web.client_address(request(peer="2001:db8::1")) == web.client_address(request(peer="2001:db8::2"))
    assert web.client_address(request(peer="testclient")) == "testclient"
    trust(monkeypatch)
    assert web.client_address(request(**forged)) == "10.0.0.2"
    assert web.client_address(request(x_forwarded_for="")) == ""
    assert web.client_address(request()) == "192.0.2.1"


def test_the_page_to_come_back_to() -> None:
    """A page is its own; a form's is the one it was sent from, if that was ours."""
    host = {"host": "127.0.0.1:8000"}
    assert web.came_from(request(path="/a", query="q=1")) == "/a?q=1"
    assert web.came_from(request("POST", referer="http://127.0.0.1:8000/b?x=2", **host)) == "/b?x=2"
    assert web.came_from(request("POST", referer="https://evil.example/b", **host)) == "/"
    assert web.came_from(request("POST", **host)) == "/"
    assert web.came_from(request(path="//evil.example")) == "/"


def test_a_notice_is_shown_once_and_cannot_be_forged(browser: Browser) -> None:
    """What the next page says comes from us."""
    response = Response()
    web.tell(response, "Tersimpan <b>", "info")
    value = response.headers["set-cookie"].split("=", 1)[1].split(";")[0]
    browser.client.cookies.set(web.NOTICE_COOKIE, value.strip('"'))
    page = browser.get("/sign-in")
    assert "Tersimpan <b>" in page.text
    assert page.response.headers["cache-control"] == "private, no-store"
    for forged in ("WyJpbmZvIiwieCJd.xxx", "unsinn", '["info","Palsu"]'):
        fresh = browser.as_()
        fresh.client.cookies.set(web.NOTICE_COOKIE, forged)
        assert "Palsu" not in fresh.get("/sign-in").text


def test_a_reason_is_a_sentence() -> None:
    """Every refusal of the application has text and a code."""
    for reason in (main.MISSING, main.NO_SUCH_ACT, main.UNREADABLE, main.TOO_LARGE, main.BUSY, main.BROKEN):
        assert isinstance(reason, Reason)
        assert reason.text.endswith(".")
