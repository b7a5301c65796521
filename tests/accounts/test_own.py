"""One's own account: details, password, address, devices, and links for a new password."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.accounts.actions import links, own, passwords, signing_in
from app.accounts.models import Account, MailToken, Participant, SignIn
from app.core import clock, db
from app.core.access import ANYONE, Conflict, Denied
from tests import factories
from tests.accounts.conftest import PASSWORD, link, person, rows, sent
from tests.page import Browser

NEW = "teh manis di sore hari"


def account(somebody: factories.Person) -> Any:
    """The row of somebody's account."""
    return next(row for row in rows(Account) if row.id == somebody.account)


@pytest.mark.parametrize("path", ["/me", "/me/password", "/me/address", "/me/deletion", "/held"])
def test_only_for_the_signed_in(browser: Browser, path: str) -> None:
    """Others are asked to sign in and are led back."""
    page = browser.get(path)
    assert page.status == 401
    assert f"/sign-in?next={path.replace('/', '%2F')}" in page.links()


@pytest.mark.parametrize(
    "path",
    ["/me", "/me/password", "/me/address", "/me/deletion", "/me/sessions/1/end", "/me/sessions/others/end",
     "/held/1/sending", "/held/1/discarding"],
)  # fmt: skip
def test_sending_needs_a_session(browser: Browser, path: str) -> None:
    """Nothing is done for somebody who is not signed in."""
    assert browser.post(path, {"x": "y"}).status == 401


def test_details_are_changed(browser: Browser) -> None:
    """Name, language and messages; the next page speaks the new language."""
    somebody = person(name="Lama")
    browser.sign_in(somebody)
    page = browser.submit(browser.get("/me"), "/me", name="Baru", lang="en", answers_by_mail="")
    assert page.url == "/me"
    assert page.root.get("lang") == "en"
    assert "Your details are saved." in page.text
    assert rows(Participant)[0].name == "Baru"
    assert (account(somebody).lang, account(somebody).answers_by_mail) == ("en", False)
    fields = browser.get("/me").form("/me")
    assert fields["name"] == "Baru"
    assert "answers_by_mail" not in fields


@pytest.mark.parametrize("changes", [{"name": ""}, {"name": "x" * 81}, {"lang": "fr"}, {"lang": ""}])
def test_details_that_cannot_be(browser: Browser, changes: dict[str, str]) -> None:
    """What is wrong is said, nothing is changed."""
    browser.sign_in(person(name="Lama"))
    page = browser.submit(browser.get("/me"), "/me", **changes)
    assert page.status == 422
    assert page.errors
    assert rows(Participant)[0].name == "Lama"


def test_no_field_beyond_the_form_is_taken(browser: Browser) -> None:
    """Naming another column changes nothing."""
    somebody = person(confirmed=False)
    browser.sign_in(somebody)
    browser.submit(browser.get("/me"), "/me", confirmed_at="2026-01-01", email="lain@contoh.id", identity_level="eid")
    assert account(somebody).confirmed_at is None
    assert account(somebody).email == somebody.email
    assert account(somebody).identity_level == "email"


def test_the_password_is_changed(browser: Browser) -> None:
    """Other devices are signed out, links end, this browser stays, and the owner is told."""
    somebody = person()
    browser.sign_in(somebody)
    elsewhere = browser.as_(somebody)
    browser.post("/reset", {"email": somebody.email})
    old_link = link("reset")
    page = browser.submit(browser.get("/me/password"), "/me/password", current_password=PASSWORD, new_password=NEW)
    assert page.url == "/me"
    assert elsewhere.get("/me").status == 401
    assert browser.as_().get(old_link).status == 410
    assert passwords.matches(account(somebody).password_hash, NEW)
    assert "/reset" in sent(somebody.email)[0].body


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"current_password": "bukan ini", "new_password": NEW}, "current_password"),
        ({"current_password": PASSWORD, "new_password": "pendek"}, "new_password"),
        ({"current_password": PASSWORD, "new_password": "qwertyuiop"}, "new_password"),
        ({"current_password": "", "new_password": NEW}, "current_password"),
    ],
)
def test_a_password_that_is_not_changed(browser: Browser, fields: dict[str, str], wrong: str) -> None:
    """The error leads to its field; the old password stays."""
    somebody = person()
    browser.sign_in(somebody)
    page = browser.submit(browser.get("/me/password"), "/me/password", **fields)
    assert page.status == 422
    assert f'href="#{wrong}"' in page.html
    assert NEW not in page.html
    assert passwords.matches(account(somebody).password_hash, PASSWORD)


def test_guessing_the_current_password_is_limited(browser: Browser) -> None:
    """A stolen session does not become a stolen password."""
    somebody = person()
    browser.sign_in(somebody)
    with time_machine.travel("2026-03-14 09:05:00+00:00"):
        statuses = [
            browser.post("/me/password", {"current_password": f"coba {n}", "new_password": NEW}).status
            for n in range(11)
        ]
    assert statuses == [422] * 10 + [429]


def test_a_new_address_is_used_only_after_its_owner_agrees(browser: Browser) -> None:
    """The link goes to the new address; pressing the button there changes it, and the old one is told."""
    somebody = person()
    browser.sign_in(somebody)
    page = browser.submit(browser.get("/me/address"), "/me/address", email="Baru@Contoh.id", current_password=PASSWORD)
    assert page.url == "/me"
    assert "baru@contoh.id" in page.text
    assert account(somebody).email == somebody.email
    path = link("address", "baru@contoh.id")
    assert account(somebody).email == somebody.email
    browser.post("/reset", {"email": somebody.email})
    assert browser.submit(browser.get(path), path).url == "/me"
    assert account(somebody).email == "baru@contoh.id"
    assert "/contact" in sent(somebody.email)[0].body
    assert all(token.used_at for token in rows(MailToken))
    assert browser.get(path).status == 410


def test_a_second_request_ends_the_first(browser: Browser) -> None:
    """A link sent to a mistyped address cannot be used once the right one was given."""
    browser.sign_in(person())
    for address in ("salah@contoh.id", "benar@contoh.id"):
        browser.post("/me/address", {"email": address, "current_password": PASSWORD})
    assert browser.get(link("address", "salah@contoh.id")).status == 410
    assert browser.get(link("address", "benar@contoh.id")).status == 200


def test_an_address_of_another_account_is_not_given_away(browser: Browser) -> None:
    """The answer is the same; its owner is told."""
    other = person()
    browser.sign_in(person())
    fields = {"current_password": PASSWORD}
    free = browser.post("/me/address", fields | {"email": "bebas@contoh.id"})
    taken = browser.post("/me/address", fields | {"email": other.email})
    assert taken.url == free.url == "/me"
    assert other.email in taken.text
    assert "/address/" not in sent(other.email)[0].body


def test_an_address_taken_in_the_meantime_is_refused(browser: Browser) -> None:
    """Whoever confirms first has it; the link is not used up by the refusal."""
    somebody = person()
    browser.sign_in(somebody)
    browser.post("/me/address", {"email": "baru@contoh.id", "current_password": PASSWORD})
    path = link("address")
    browser.as_().post("/sign-up", {"name": "Cepat", "email": "baru@contoh.id", "password": NEW, "consent": "yes"})
    page = browser.post(path)
    assert page.status == 409
    assert account(somebody).email == somebody.email


def test_one_may_not_ask_without_end(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers' mailboxes are not flooded through the form."""
    monkeypatch.setattr(own, "ASKED", 1)
    browser.sign_in(person())
    browser.post("/me/address", {"email": "satu@contoh.id", "current_password": PASSWORD})
    page = browser.post("/me/address", {"email": "dua@contoh.id", "current_password": PASSWORD})
    assert page.status == 409
    assert page.form("/me/address")["email"] == "dua@contoh.id"
    assert not sent("dua@contoh.id")


def test_devices_are_listed_and_ended(browser: Browser) -> None:
    """One, or all but this one; nobody else's."""
    somebody, other = person(), person()
    browser.sign_in(somebody)
    second, third, stranger = browser.as_(somebody), browser.as_(somebody), browser.as_(other)
    page = browser.get("/me")
    numbers = [row.id for row in rows(SignIn)]
    assert all(f"/me/sessions/{number}/end" in page.html for number in numbers[:3])
    assert f"/me/sessions/{numbers[3]}/end" not in page.html
    browser.submit(page, f"/me/sessions/{numbers[1]}/end")
    assert second.get("/me").status == 401
    browser.post(f"/me/sessions/{numbers[3]}/end")
    assert stranger.get("/me").status == 200
    browser.submit(browser.get("/me"), "/me/sessions/others/end")
    assert third.get("/me").status == 401
    assert browser.get("/me").status == 200
    assert browser.submit(browser.get("/me"), f"/me/sessions/{numbers[0]}/end").url == "/"
    assert browser.get("/me").status == 401


def test_a_link_for_a_new_password(browser: Browser) -> None:
    """It is sent, works once, ends every session, and proves the address."""
    somebody = person(confirmed=False)
    elsewhere = browser.as_(somebody)
    page = browser.submit(browser.get("/reset"), "/reset", email=somebody.email.upper())
    assert page.status == 200
    path = link("reset", somebody.email)
    assert browser.get(path).response.headers["cache-control"] == "private, no-store"
    done = browser.submit(browser.get(path), path, new_password=NEW)
    assert done.url == "/"
    assert "Anda sudah masuk di sini" in done.text
    assert browser.get("/me").status == 200
    assert elsewhere.get("/me").status == 401
    assert account(somebody).confirmed_at is not None
    assert passwords.matches(account(somebody).password_hash, NEW)
    assert browser.get(path).status == 410
    assert browser.post(path, {"new_password": "lain lagi sekali"}).status == 410
    assert passwords.matches(account(somebody).password_hash, NEW)


def test_asking_does_not_tell_whether_there_is_an_account(browser: Browser) -> None:
    """The same page for both, but for the address typed."""
    somebody = person()
    answers = []
    for email in (somebody.email, "tidak@ada.id"):
        page = browser.post("/reset", {"email": email})
        assert page.status == 200
        answers.append(page.html.replace(email, "…"))
    assert answers[0] == answers[1]
    assert not sent("tidak@ada.id")


def test_asking_is_limited(browser: Browser) -> None:
    """One mailbox gets few messages, without a word; one connection is told when to go on."""
    somebody = person()
    with time_machine.travel("2026-03-14 09:05:00+00:00"):
        for _ in range(own.RESETS + 2):
            assert browser.post("/reset", {"email": somebody.email}).status == 200
        assert len(sent(somebody.email)) == own.RESETS
        for number in range(own.ASKED - own.RESETS - 2):
            browser.post("/reset", {"email": f"orang{number}@lain.id"})
        page = browser.post("/reset", {"email": "lagi@lain.id"})
    assert page.status == 429
    assert page.errors


@pytest.mark.parametrize("email", ["", "bukan alamat"])
def test_asking_needs_an_address(browser: Browser, email: str) -> None:
    """What is wrong is said."""
    assert browser.post("/reset", {"email": email}).status == 422


@pytest.mark.parametrize("password", ["pendek", "", "1234567890"])
def test_a_new_password_must_be_good(browser: Browser, password: str) -> None:
    """Otherwise the link is not used up."""
    somebody = person()
    browser.post("/reset", {"email": somebody.email})
    path = link("reset")
    assert browser.submit(browser.get(path), path, new_password=password).status == 422
    assert browser.get(path).status == 200


def test_a_reset_link_ends_after_an_hour(browser: Browser) -> None:
    """Later it is over, for looking and for sending."""
    browser.post("/reset", {"email": person().email})
    path = link("reset")
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1)):
        assert browser.get(path).status == 410
        assert browser.post(path, {"new_password": NEW}).status == 410


def test_an_address_link_ends_after_a_day(browser: Browser) -> None:
    """Later it is over."""
    browser.sign_in(person())
    browser.post("/me/address", {"email": "baru@contoh.id", "current_password": PASSWORD})
    path = link("address")
    with time_machine.travel(clock.now() + timedelta(days=1, seconds=1)):
        assert browser.as_().get(path).status == 410
        assert browser.as_().post(path).status == 410


def test_a_link_serves_only_its_purpose(browser: Browser) -> None:
    """No link of one kind opens the page of another, and none is used up by the try."""
    somebody = person(confirmed=False)
    made = {
        purpose: db.write_now(links.make, somebody.account, purpose, somebody.email).token for purpose in links.LASTS
    }
    for purpose, token in made.items():
        for other in set(made) - {purpose}:
            assert browser.get(f"/{other}/{token}").status == 410
            assert browser.post(f"/{other}/{token}", {"new_password": NEW}).status == 410
    assert account(somebody).confirmed_at is None
    assert not any(token.used_at for token in rows(MailToken))


def test_a_link_acts_only_on_its_own_account(browser: Browser) -> None:
    """Used in the browser of somebody else, it changes the account it was made for."""
    somebody, other = person(confirmed=False), person(confirmed=False)
    token = db.write_now(links.make, somebody.account, links.CONFIRM, somebody.email).token
    browser.sign_in(other)
    browser.post(f"/confirm/{token}")
    assert account(somebody).confirmed_at is not None
    assert account(other).confirmed_at is None


@pytest.mark.parametrize("purpose", ["confirm", "reset"])
def test_a_link_to_an_old_address_is_over(database: str, purpose: str) -> None:
    """It proves nothing about the address the account has now."""
    somebody = person(confirmed=False)
    token = db.write_now(links.make, somebody.account, purpose, "dulu@contoh.id").token
    act, rest = {
        "confirm": (_confirm, ()),
        "reset": (own.reset_password, ("hash", "http://x", signing_in.Browser("id", "x", ""))),
    }[purpose]
    with pytest.raises(links.LinkOver):
        db.write_now(act, ANYONE, token, *rest)


def _confirm(session: Any, actor: Any, token: str) -> int:
    from app.accounts.actions import signing_up

    return signing_up.confirm(session, actor, token)


def test_acts_ask_for_permission_themselves(database: str) -> None:
    """Also when no route stands before them."""
    tried = signing_in.Attempt("a@b.id", "here", None, "")
    for act, given in (
        (own.change_details, (None,)),
        (own.change_password, (tried, "hash", "")),
        (own.ask_for_address, (tried, "a@b.id", "")),
        (signing_in.end_session, (1,)),
        (signing_in.end_other_sessions, ()),
        (signing_in.attempt_as, ("here",)),
    ):
        with pytest.raises(Denied):
            db.write_now(act, ANYONE, *given)  # type: ignore[arg-type]


def test_link_over_is_a_conflict() -> None:
    """So that any page can show it."""
    assert issubclass(links.LinkOver, Conflict)
