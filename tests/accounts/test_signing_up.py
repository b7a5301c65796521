"""Signing up, and confirming the address."""

from datetime import timedelta

import pytest
import time_machine

from app.accounts.actions import passwords, signing_up
from app.accounts.models import Account, MailToken, Participant, SignIn
from app.accounts.queries import PRIVACY_VERSION
from app.core import clock
from app.core.access import SESSION_COOKIE
from tests.accounts.conftest import PASSWORD, link, person, rows, sent
from tests.page import Browser, Page

SIGN_UP = {"name": "Bu Sumini", "email": "Sumini@Contoh.id", "password": PASSWORD, "consent": "yes"}


def sign_up(browser: Browser, **changes: str) -> Page:
    """Send the form as a person would."""
    return browser.submit(browser.get("/sign-up"), "/sign-up", **(SIGN_UP | changes))


def test_a_new_person_is_signed_in_and_gets_a_link(browser: Browser) -> None:
    """The account is there, its address lower-case, its consent with version; the message confirms it."""
    page = sign_up(browser)
    assert page.status == 200
    assert "sumini@contoh.id" in page.text
    assert [form.get("action") for form in page.all("form")] == ["/sign-out"], "the head of the page knows them"
    account = rows(Account)[0]
    assert (account.email, account.consent_version, account.lang) == ("sumini@contoh.id", PRIVACY_VERSION, "id")
    assert account.password_hash.startswith("$argon2id$")
    assert account.confirmed_at is None
    assert rows(Participant)[0].name == "Bu Sumini"
    me = browser.get("/me")
    assert me.status == 200
    assert "Bu Sumini" in me.html
    assert "/me/confirmation" in [form.get("action") for form in me.all("form")]
    cookie = next(c for c in browser.client.cookies.jar if c.name == SESSION_COOKIE)
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert len(sent("sumini@contoh.id")) == 1


def test_the_account_speaks_the_language_of_the_visitor(browser: Browser) -> None:
    """Somebody who signs up in English is written to in English."""
    sign_up(browser.as_(lang="en"))
    assert rows(Account)[0].lang == "en"
    assert "Open this page" in sent()[0].body


def test_the_link_only_shows_a_button(browser: Browser) -> None:
    """A mail scanner that follows the link confirms nothing; pressing the button does, once."""
    sign_up(browser)
    path = link("confirm")
    page = browser.get(path)
    assert rows(Account)[0].confirmed_at is None
    assert page.response.headers["cache-control"] == "private, no-store"
    done = browser.submit(page, path)
    assert done.url == "/me"
    assert rows(Account)[0].confirmed_at is not None
    assert browser.get(path).status == 410
    assert browser.post(path).status == 410


def test_confirming_leads_back_to_where_they_came_from(browser: Browser) -> None:
    """Elsewhere after signing in; and never to another place."""
    page = browser.get("/sign-up?next=/about")
    browser.submit(page, "/sign-up", **SIGN_UP)
    path = link("confirm")
    assert f"{path}?next=%2Fabout" in sent()[0].body
    confirming = browser.get(f"{path}?next=%2Fabout")
    assert confirming.form(path) == {"next": "/about"}
    other = browser.as_()
    assert "/sign-in?next=%2Fabout" in other.submit(confirming, path).url
    again = browser.as_()
    again.submit(again.get("/sign-up"), "/sign-up", **(SIGN_UP | {"email": "lain@contoh.id", "next": "//evil.example"}))
    assert "next=" not in sent("lain@contoh.id")[0].body
    path = link("confirm", "lain@contoh.id")
    assert again.get(f"{path}?next=https://evil.example").form(path) == {"next": ""}
    assert again.post(path, {"next": "//evil.example"}).url == "/me"


def test_confirming_here_leads_straight_back(browser: Browser) -> None:
    """Whoever is signed in goes on reading."""
    browser.submit(browser.get("/sign-up?next=/about"), "/sign-up", **SIGN_UP)
    path = link("confirm")
    assert browser.submit(browser.get(f"{path}?next=%2Fabout"), path).url == "/about"


def test_a_link_opened_elsewhere_leads_to_signing_in(browser: Browser) -> None:
    """The address is confirmed, but the link signs nobody in."""
    sign_up(browser)
    other = browser.as_()
    assert other.submit(other.get(link("confirm")), link("confirm")).url == "/sign-in"
    assert len(rows(SignIn)) == 1


def test_a_link_ends_after_three_days(browser: Browser) -> None:
    """Later it is over, for looking and for pressing."""
    sign_up(browser)
    path = link("confirm")
    with time_machine.travel(clock.now() + timedelta(days=3, seconds=1)):
        assert browser.get(path).status == 410
        assert browser.as_().post(path).status == 410
    assert rows(Account)[0].confirmed_at is None


def test_an_unknown_link_is_over(browser: Browser) -> None:
    """What was never a link gets the same page."""
    assert browser.get("/confirm/nichts").status == 410
    assert browser.post("/confirm/nichts").status == 410


def test_links_are_kept_as_digests(browser: Browser) -> None:
    """Whoever reads the database holds no link."""
    sign_up(browser)
    token = link("confirm").rsplit("/", 1)[1]
    assert token not in rows(MailToken)[0].token_hash


def test_an_address_that_has_an_account_gets_the_same_answer(browser: Browser) -> None:
    """The page is the same to the letter; the owner is told, and nothing changes."""
    new = sign_up(browser)
    other = browser.as_()
    known = sign_up(other, name="Orang Lain")
    assert known.html.replace("Orang Lain", "Bu Sumini") == new.html
    assert [name for name, _ in known.response.headers.items()] == [name for name, _ in new.response.headers.items()]
    assert other.get("/me").status == 401
    assert len(rows(Account)) == 1
    assert rows(Participant)[0].name == "Bu Sumini"
    told = sent("sumini@contoh.id")[0]
    assert "/reset" in told.body
    assert "/sign-in" in told.body
    assert "/confirm/" not in told.body


def test_one_mailbox_gets_few_messages(browser: Browser) -> None:
    """Trying the same address again and again does not flood its owner."""
    for _ in range(6):
        sign_up(browser.as_())
    assert len(sent("sumini@contoh.id")) == 1 + signing_up.NOTES


def test_from_one_connection_only_so_many(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the page says when to try again, and keeps what was typed."""
    monkeypatch.setattr(signing_up, "SIGN_UPS", 1)
    sign_up(browser)
    page = sign_up(browser.as_(), email="lain@contoh.id")
    assert page.status == 429
    assert page.errors
    assert page.form("/sign-up")["email"] == "lain@contoh.id"
    assert len(rows(Account)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "bukan alamat"}, "email"),
        ({"email": ""}, "email"),
        ({"name": ""}, "name"),
        ({"name": "---"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"password": "pendek"}, "password"),
        ({"password": "p" * 201}, "password"),
        ({"password": "1234567890"}, "password"),
        ({"password": "sumini@contoh.id"}, "password"),
        ({"password": ""}, "password"),
        ({"consent": ""}, "consent"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(browser: Browser, changes: dict[str, str], field: str) -> None:
    """The error leads to its field; what was typed stays, except the password."""
    page = sign_up(browser, **changes)
    assert page.status == 422
    assert f'href="#{field}"' in page.html
    assert len(page.errors) == 1
    assert page.form("/sign-up")["password"] == ""
    assert page.form("/sign-up")["name"] == (SIGN_UP | changes)["name"]
    assert not rows(Account)


def test_blanks_in_a_password_count(browser: Browser) -> None:
    """A password is taken exactly as typed."""
    sign_up(browser, password="  sembilan ")
    kept = rows(Account)[0].password_hash
    assert passwords.matches(kept, "  sembilan ")
    assert not passwords.matches(kept, "sembilan")


def test_the_trap_catches_programs(browser: Browser) -> None:
    """Who fills in what nobody sees gets the usual answer and no account."""
    page = sign_up(browser, website="https://spam.example")
    assert page.status == 200
    assert not rows(Account)


def test_who_is_signed_in_needs_no_second_account(browser: Browser) -> None:
    """The page leads to one's own account."""
    browser.sign_in(person())
    assert browser.get("/sign-up").url == "/me"


def test_the_message_is_sent_again(browser: Browser) -> None:
    """As often as is reasonable; once confirmed, no more."""
    sign_up(browser)
    for _ in range(8):
        browser.submit(browser.get("/me"), "/me/confirmation")
    assert len(sent()) == 1 + 2 * signing_up.NOTES
    path = link("confirm")
    browser.post(path)
    assert not [form for form in browser.get("/me").all("form") if form.get("action") == "/me/confirmation"]
    browser.post("/me/confirmation")
    assert len(sent()) == 1 + 2 * signing_up.NOTES


def test_confirming_ends_earlier_confirmation_links(browser: Browser) -> None:
    """One link is enough; the others end with it."""
    sign_up(browser)
    first = link("confirm")
    browser.post("/me/confirmation")
    second = link("confirm")
    assert first != second
    browser.post(first)
    assert browser.get(second).status == 410


def test_only_the_signed_in_ask_again(browser: Browser) -> None:
    """Others are asked to sign in."""
    assert browser.post("/me/confirmation").status == 401
