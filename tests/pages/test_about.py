"""The texts that govern the place: both languages say the same things, and say what the program does."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.actions import holding, signing_in
from app.accounts.queries import PRIVACY_VERSION
from app.core import access, clock, mail, web
from app.moderation.forms import REASONS
from app.pages.routes.about import TEXTS
from app.settings import settings
from tests.page import Browser, Page

LANGUAGES = ("id", "en")


def opened(browser: Browser, name: str, lang: str) -> Page:
    page = browser.as_(lang=lang).get(f"/{name}")
    assert page.status == 200
    return page


def skeleton(page: Page) -> list[tuple[str, str | None]]:
    """Headings, terms, lists and links of the text itself, in order, without its words."""
    article = next(page.root.iter("article"))
    wanted = ("h1", "h2", "h3", "dt", "dd", "li", "p", "a")
    return [(e.tag, e.get("id") or e.get("href")) for e in article.iter() if e.tag in wanted]


@pytest.mark.parametrize("name", TEXTS)
def test_both_languages_say_the_same_things_in_the_same_order(browser: Browser, name: str) -> None:
    indonesian, english = (opened(browser, name, lang) for lang in LANGUAGES)
    assert skeleton(indonesian) == skeleton(english)
    assert indonesian.h1 != english.h1
    assert indonesian.root.get("lang") == "id" and english.root.get("lang") == "en"


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_section_can_be_linked_to_and_no_link_is_dead(browser: Browser, name: str, lang: str) -> None:
    page = opened(browser, name, lang)
    assert all(e.get("id") for tag in ("h2", "h3") for e in next(page.root.iter("article")).iter(tag))
    for link in {link for link in page.links() if link.startswith("/") and not link.startswith("/?")}:
        assert browser.client.get(link).status_code in (200, 401), link


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_stay_short(browser: Browser, name: str, lang: str) -> None:
    article = next(opened(browser, name, lang).root.iter("article"))
    for tag in ("p", "li", "dd"):
        for e in article.iter(tag):
            for sentence in re.split(r"[.:;?] ", " ".join("".join(e.itertext()).split())):
                assert len(sentence.split()) <= 32, sentence
            assert "!" not in "".join(e.itertext())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_rules_explain_every_reason_a_moderator_can_give(browser: Browser, lang: str) -> None:
    terms = [e.get("id") for e in opened(browser, "rules", lang).all("dt")]
    assert terms == list(REASONS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_privacy_notice_names_its_version_every_cookie_and_every_span(browser: Browser, lang: str) -> None:
    text = opened(browser, "privacy", lang).text
    assert re.search(rf"(versi|version) {PRIVACY_VERSION}\b", text)
    for cookie in (access.SESSION_COOKIE, web.LANGUAGE_COOKIE, web.NOTICE_COOKIE, web.HELD_COOKIE):
        assert cookie in text
    assert timedelta(days=30) == mail.KEPT == signing_in.LASTS and "30" in text
    assert timedelta(hours=24) == holding.LASTS and "24" in text


def test_the_cookies_that_are_set_are_the_ones_named(browser: Browser) -> None:
    named = {access.SESSION_COOKIE, web.LANGUAGE_COOKIE, web.NOTICE_COOKIE, web.HELD_COOKIE}
    for path in ("/?lang=en", "/sign-in", "/privacy", "/consultations"):
        browser.client.get(path)
    assert {cookie.name for cookie in browser.client.cookies.jar} <= named


def test_the_operator_is_named_and_the_office_stands_in_for_an_address(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(browser, "contact", "id")
    assert settings().operator in page.text and "/offices" in page.links()
    monkeypatch.setenv("REMBUK_CONTACT_EMAIL", "rembuk@kab.example.id")
    monkeypatch.setenv("REMBUK_OPERATOR", "Pemerintah Kabupaten Contoh")
    settings.cache_clear()
    for lang in LANGUAGES:
        page = opened(browser, "contact", lang)
        assert "mailto:rembuk@kab.example.id" in page.links()
        assert "Pemerintah Kabupaten Contoh" in page.text


def test_about_says_how_long_the_last_votes_may_take(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMBUK_SETTLE_SECONDS", "90")
    settings.cache_clear()
    assert "90 detik" in opened(browser, "about", "id").text
    assert "90 seconds" in opened(browser, "about", "en").text


def test_machines_are_told_what_to_leave_alone(browser: Browser) -> None:
    answer = browser.client.get("/robots.txt")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("User-agent: *\n")
    assert "Disallow: /desk\n" in answer.text and "Disallow: /\n" not in answer.text


def test_security_holes_have_a_way_to_us(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    text = browser.client.get("/.well-known/security.txt").text
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert fields["Contact"] == "http://127.0.0.1:8000/contact"
    assert fields["Policy"].endswith("/contact#security")
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=30) < expires - clock.now() < timedelta(days=365)
    monkeypatch.setenv("REMBUK_CONTACT_EMAIL", "rembuk@kab.example.id")
    settings.cache_clear()
    assert "Contact: mailto:rembuk@kab.example.id\n" in browser.client.get("/.well-known/security.txt").text


def test_old_browsers_get_the_sign_of_the_place(browser: Browser) -> None:
    answer = browser.client.get("/favicon.ico")
    assert answer.status_code == 200 and "svg" in answer.headers["content-type"]
