"""Signing in and out: no account is given away, tries are limited, sessions are new."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher

from app.accounts.actions import passwords, signing_in
from app.accounts.models import Account, SignIn
from app.accounts.queries import DEMO_PASSWORD, DEMO_PEOPLE
from app.accounts.routes import browsers
from app.core import clock, db, tokens, web
from app.core.access import SESSION_COOKIE
from app.settings import settings
from tests import factories
from tests.accounts.conftest import PASSWORD, link, person, rows
from tests.page import SAME_ORIGIN, Browser, Page


def sign_in(browser: Browser, email: str, password: str = PASSWORD, next: str = "", **headers: str) -> Page:
    """Send the form as a person would."""
    return browser.post("/sign-in", {"email": email, "password": password, "next": next}, **headers)


@pytest.fixture
def fixed_window() -> Iterator[None]:
    """The middle of a span of counting, so that no test runs across its end."""
    with time_machine.travel("2026-03-14 09:05:00+00:00", tick=True):
        yield


def test_the_right_password_signs_in(browser: Browser) -> None:
    """The session is a row, its token only a digest there."""
    somebody = person(name="Pak Karno")
    page = browser.submit(browser.get("/sign-in?next=/me"), "/sign-in", email=somebody.email.upper(), password=PASSWORD)
    assert page.url == "/me"
    token = browser.client.cookies[SESSION_COOKIE]
    assert rows(SignIn)[0].token_hash == tokens.digest(token)
    assert rows(SignIn)[0].expires_at - clock.now() > timedelta(days=29)


def test_each_sign_in_is_a_new_session(browser: Browser) -> None:
    """A session set from outside is never taken up, and the browser's old one ends."""
    somebody = person()
    browser.client.cookies.set(SESSION_COOKIE, "given-from-outside")
    sign_in(browser, somebody.email)
    first = browser.client.cookies.get(SESSION_COOKIE, domain="127.0.0.1") or browser.client.cookies[SESSION_COOKIE]
    assert first != "given-from-outside"
    sign_in(browser, somebody.email)
    assert len(rows(SignIn)) == 1
    assert rows(SignIn)[0].token_hash != tokens.digest(first)


def test_known_and_unknown_get_the_same_answer_and_the_same_work(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One comparison either way, and one body but for what was typed."""
    somebody = person()
    calls: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            calls.append("verify")
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    passwords.matches("", "warm up")
    calls.clear()
    answers = []
    for email in (somebody.email, "tidak@ada.id"):
        page = sign_in(browser.as_(), email, "bukan sandi saya")
        assert page.status == 422
        assert calls == ["verify"]
        calls.clear()
        answers.append(page.html.replace(email, "…"))
    assert answers[0] == answers[1]
    assert not rows(SignIn)


def test_an_account_without_a_password_cannot_be_entered(browser: Browser) -> None:
    """Neither with nothing nor with the words of the stand-in hash."""
    somebody = factories.person()
    assert sign_in(browser, somebody.email, "nobody's password").status == 422
    assert sign_in(browser, somebody.email, "").status == 422


@pytest.mark.parametrize("fields", [{"email": "", "password": "x"}, {"email": "a@b.id", "password": ""}, {}])
def test_nothing_typed_is_said(browser: Browser, fields: dict[str, str]) -> None:
    """The empty field is named; no try is counted."""
    page = browser.post("/sign-in", fields)
    assert page.status == 422
    assert page.errors


@pytest.mark.usefixtures("fixed_window")
def test_an_account_takes_only_so_many_tries(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also from ever new addresses, and also with the right password then; a span later it works again."""
    monkeypatch.setenv("REMBUK_TRUSTED_PROXY", "1")
    settings.cache_clear()
    somebody = person()
    for number in range(settings().sign_in_attempts * signing_in.FROM_EVERYWHERE):
        assert sign_in(browser, somebody.email, "salah", X_Forwarded_For=f"10.0.0.{number}").status == 422
    page = sign_in(browser, somebody.email, X_Forwarded_For="10.0.1.1")
    assert page.status == 429
    assert "14 Maret 2026, 16.15 WIB" in page.errors[0]
    assert page.form("/sign-in")["email"] == somebody.email
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert sign_in(browser, somebody.email, X_Forwarded_For="10.0.1.1").url == "/"


@pytest.mark.usefixtures("fixed_window")
def test_failures_of_one_account_do_not_lock_out_its_neighbours(browser: Browser) -> None:
    """From one connection only that account waits, and only there."""
    somebody = person()
    for _ in range(settings().sign_in_attempts):
        assert sign_in(browser, somebody.email, "salah").status == 422
    assert sign_in(browser, somebody.email).status == 429
    assert sign_in(browser.as_(), person().email).url == "/"


@pytest.mark.usefixtures("fixed_window")
def test_a_password_asked_for_again_is_counted_apart(browser: Browser) -> None:
    """Whoever is signed in is not locked out by a stranger's tries, and the other way round."""
    somebody = person()
    browser.sign_in(somebody)
    for _ in range(settings().sign_in_attempts):
        page = browser.post("/me/deletion", {"current_password": "salah", "certain": "yes"})
        assert page.status == 422
    assert browser.post("/me/deletion", {"current_password": PASSWORD, "certain": "yes"}).status == 429
    assert sign_in(browser.as_(), somebody.email).url == "/"
    stranger = browser.as_()
    neighbour = person()
    for _ in range(settings().sign_in_attempts):
        sign_in(stranger, neighbour.email, "salah")
    new = {"current_password": PASSWORD, "new_password": "teh hangat di sore hari"}
    assert browser.as_(neighbour).post("/me/password", new).url == "/me"


@pytest.mark.usefixtures("fixed_window")
def test_a_new_password_by_link_ends_the_waiting(browser: Browser) -> None:
    """Whoever holds the mailbox is who they say."""
    somebody = person()
    for _ in range(settings().sign_in_attempts + 1):
        page = sign_in(browser, somebody.email, "salah")
    assert page.status == 429
    browser.post("/reset", {"email": somebody.email})
    browser.post(link("reset"), {"new_password": "teh hangat di sore hari"})
    assert sign_in(browser.as_(), somebody.email, "teh hangat di sore hari").url == "/"


@pytest.mark.usefixtures("fixed_window")
def test_one_connection_takes_only_so_many_tries(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever address is tried, and whatever the headers say of where it comes from."""
    monkeypatch.setenv("REMBUK_SIGN_IN_ATTEMPTS", "1")
    settings.cache_clear()
    for number in range(settings().sign_in_attempts * signing_in.FOR_ALL):
        page = sign_in(
            browser, f"orang{number}@lain.id", X_Forwarded_For=f"10.0.0.{number}", X_Real_IP=f"10.1.0.{number}"
        )
        assert page.status == 422
    assert sign_in(browser, person().email, X_Forwarded_For="10.0.9.9", Forwarded="for=10.0.9.9").status == 429


@pytest.mark.usefixtures("fixed_window")
def test_behind_a_proxy_only_its_own_entry_counts(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a visitor puts before it changes nothing."""
    monkeypatch.setenv("REMBUK_TRUSTED_PROXY", "1")
    monkeypatch.setenv("REMBUK_SIGN_IN_ATTEMPTS", "1")
    settings.cache_clear()
    for number in range(settings().sign_in_attempts * signing_in.FOR_ALL):
        sign_in(browser, f"orang{number}@lain.id", X_Forwarded_For=f"10.0.0.{number}, 192.0.2.7")
    assert sign_in(browser, "a@lain.id", X_Forwarded_For="10.0.0.99, 192.0.2.7").status == 429
    assert sign_in(browser, "b@lain.id", X_Forwarded_For="192.0.2.7, 192.0.2.8").status == 422


@pytest.mark.usefixtures("fixed_window")
def test_right_passwords_are_not_counted(browser: Browser) -> None:
    """A hall full of people behind one connection can sign in."""
    somebody = person()
    for _ in range(settings().sign_in_attempts + 3):
        assert sign_in(browser.as_(), somebody.email).url == "/"


@pytest.mark.parametrize(
    ("next", "to"),
    [
        ("/me", "/me"),
        ("/?lang=id", "/?lang=id"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https:evil.example", "/"),
        ("https://evil.example", "/"),
        ("evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("%2F%2Fevil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_leads_only_to_our_own_pages(browser: Browser, next: str, to: str) -> None:
    """Anything else leads home."""
    somebody = person()
    browser.client.follow_redirects = False
    page = sign_in(browser, somebody.email, next=next)
    assert page.response.headers["location"] == to


@pytest.mark.parametrize(
    ("role", "to"),
    [
        ("official", "/desk"),
        ("moderator", "/moderation"),
        ("facilitator", "/facilitation"),
        ("administrator", "/admin"),
    ],
)
def test_who_has_a_role_starts_at_their_desk(browser: Browser, role: str, to: str) -> None:
    """Unless another page was asked for; who is signed in already is led there too."""
    somebody = person(roles=[role], office=factories.office() if role == "official" else None)
    assert sign_in(browser, somebody.email).url == to
    assert browser.get("/sign-in").url == to
    assert sign_in(browser.as_(), somebody.email, next="/about").url == "/about"


def test_an_encoded_slash_stays_a_path_of_ours(browser: Browser) -> None:
    """`/%2Fevil` is a path on this host, and the browser is sent nowhere else."""
    browser.client.follow_redirects = False
    page = sign_in(browser, person().email, next="/%2Fevil.example")
    assert page.response.headers["location"] == "/%2Fevil.example"


def test_the_account_language_is_taken_up(browser: Browser) -> None:
    """Pages speak it from now on."""
    sign_in(browser, person(lang="en").email)
    assert browser.get("/me").root.get("lang") == "en"


def test_who_is_signed_in_is_led_on(browser: Browser) -> None:
    """The form is not shown again."""
    browser.sign_in(person())
    assert browser.get("/sign-in?next=/me").url == "/me"


def test_signing_out_ends_the_session(browser: Browser) -> None:
    """The row goes: the old token is worth nothing, wherever it was copied to."""
    sign_in(browser, person().email)
    token = browser.client.cookies[SESSION_COOKIE]
    page = browser.post("/sign-out")
    assert page.url == "/"
    assert not rows(SignIn)
    other = browser.as_()
    other.client.cookies.set(SESSION_COOKIE, token)
    assert other.get("/me").status == 401
    assert browser.post("/sign-out").url == "/"


def test_a_session_ends_after_thirty_days(browser: Browser) -> None:
    """Then one signs in anew."""
    sign_in(browser, person().email)
    token = browser.client.cookies[SESSION_COOKIE]
    other = browser.as_()
    for days, status in ((29, 200), (31, 401)):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            other.client.cookies.set(SESSION_COOKIE, token)
            assert other.get("/me").status == status


def test_under_https_cookies_are_secure(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cookie of ours goes over an open line, or to scripts, or to other sites' forms."""
    monkeypatch.setenv("REMBUK_BASE_URL", "https://rembuk.contoh.id")
    settings.cache_clear()
    browser.client.follow_redirects = False
    page = sign_in(browser, person().email)
    cookies = page.response.headers.get_list("set-cookie")
    assert len(cookies) >= 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" in cookie
    assert page.response.headers["strict-transport-security"]


def test_an_old_profile_is_hashed_anew(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the house chooses a stronger profile, passwords follow at the next sign-in."""
    somebody = person()
    before = rows(Account)[0].password_hash
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    sign_in(browser, somebody.email)
    assert rows(Account)[0].password_hash != before
    assert sign_in(browser.as_(), somebody.email).url == "/"


def test_last_use_is_written_at_most_hourly(browser: Browser) -> None:
    """Reading a page does not write, but once an hour it does, through the writer."""
    sign_in(browser, person().email)
    first = rows(SignIn)[0].seen_at
    browser.get("/me")
    db.write_now(lambda session: None)
    assert rows(SignIn)[0].seen_at == first
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        browser.get("/me")
        db.write_now(lambda session: None)
        assert rows(SignIn)[0].seen_at > first + timedelta(hours=1)


def test_demo_people_are_offered_only_in_a_demo(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one press each; elsewhere nothing tells of them."""
    assert DEMO_PASSWORD not in browser.get("/sign-in").html
    monkeypatch.setattr(web.site, "demo", True, raising=False)
    page = browser.get("/sign-in")
    for address, _role in DEMO_PEOPLE:
        assert address in page.text
    forms = [form for form in page.all("form") if form.get("action") == "/sign-in"]
    assert len(forms) == 1 + len(DEMO_PEOPLE)


def test_signing_in_from_elsewhere_is_refused(browser: Browser) -> None:
    """Nobody is signed in to a stranger's account without knowing."""
    somebody = person()
    assert sign_in(browser, somebody.email, Sec_Fetch_Site="cross-site").status == 403
    browser.client.headers.pop("Sec-Fetch-Site")
    assert sign_in(browser, somebody.email).status == 403
    assert not rows(SignIn)
    browser.client.headers.update(SAME_ORIGIN)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 Chrome/129.0 Mobile Safari/537", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) AppleWebKit/605 Version/17 Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/130.0", "Firefox, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/129 Safari/537 Edg/129", "Edge, Windows"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_in_a_few_words(agent: str, words: str) -> None:
    """Only names we know are kept."""
    from starlette.requests import Request

    request = Request({"type": "http", "headers": [(b"user-agent", agent.encode())]})
    assert browsers.device(request) == words
