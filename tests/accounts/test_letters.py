"""Messages: in the recipient's language, stopped with one press, and readable in a demonstration."""

import pytest

from app.accounts import queries
from app.accounts.models import Account
from app.accounts.routes.demo import pieces
from app.core import db, mail, web
from tests import factories
from tests.accounts.conftest import link, person, rows, sent
from tests.page import Browser


def test_one_click_stops_messages_about_answers(browser: Browser) -> None:
    """As a mail program does it: no session, no Origin, no Fetch Metadata, one field (RFC 8058)."""
    somebody = person()
    browser.client.headers.pop("Sec-Fetch-Site")
    page = browser.post(queries.unsubscribe_path(somebody.account), {"List-Unsubscribe": "One-Click"})
    assert page.status == 200
    assert rows(Account)[0].answers_by_mail is False
    assert browser.post(queries.unsubscribe_path(somebody.account)).status == 200


def test_following_the_link_only_shows_a_button(browser: Browser) -> None:
    """Pressing it stops the messages."""
    somebody = person()
    path = queries.unsubscribe_path(somebody.account)
    page = browser.get(path)
    assert rows(Account)[0].answers_by_mail is True
    browser.submit(page, path)
    assert rows(Account)[0].answers_by_mail is False


def test_a_link_of_another_making_is_none(browser: Browser) -> None:
    """Forged, cut off, or signed for something else."""
    somebody = person()
    path = queries.unsubscribe_path(somebody.account)
    foreign = web._signer().dumps(somebody.account)
    for wrong in (path[:-1], "/unsubscribe/1", f"/unsubscribe/{foreign}", path.replace(".", "x.", 1)):
        assert browser.get(wrong).status == 404
        assert browser.post(wrong).status == 404
    assert rows(Account)[0].answers_by_mail is True


def test_a_signed_word_is_no_account() -> None:
    """Only numbers name accounts."""
    assert queries.unsubscribing(queries._signer().dumps("drop table")) is None


@pytest.mark.parametrize(("lang", "words"), [("id", "Pilih kata sandi baru"), ("en", "Choose a new password")])
def test_messages_speak_the_language_of_their_reader(browser: Browser, lang: str, words: str) -> None:
    """Whatever the language of the page they were asked for on."""
    somebody = person(lang=lang)
    browser.as_(lang="en" if lang == "id" else "id").post("/reset", {"email": somebody.email})
    assert words in sent()[0].subject
    assert link("reset") in sent()[0].body


def test_a_name_cannot_add_a_header_or_a_line(browser: Browser) -> None:
    """What people type stays in its place in a message."""
    browser.post(
        "/sign-up",
        {
            "name": "Sumini\r\nBcc: semua@contoh.id",
            "email": "a@contoh.id",
            "password": "kopi panas pagi",
            "consent": "yes",
        },
    )
    made = mail.message(sent()[0])
    assert made["Bcc"] is None
    assert "\nBcc" not in sent()[0].body


def test_sent_mail_is_a_page_only_in_a_demo(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere the page does not exist."""
    assert browser.get("/demo/mail").status == 404
    monkeypatch.setattr(web.site, "demo", True, raising=False)
    assert browser.get("/demo/mail").status == 200
    browser.post("/reset", {"email": person().email})
    page = browser.get("/demo/mail")
    assert link("reset") in page.links()
    assert sent()[0].subject in page.text


def test_only_our_own_addresses_become_links() -> None:
    """Others stay text; nothing that looks like ours is ours."""
    body = "Lihat http://127.0.0.1:8000/me?x=1 dan http://127.0.0.1:8000.evil.example/ dan https://evil.example"
    made = pieces(body, "http://127.0.0.1:8000")
    assert "".join(text for text, _link in made) == body
    assert [target for _text, target in made if target] == ["/me?x=1"]


def test_who_can_be_written_to(database: str) -> None:
    """People with a confirmed address, found by participant; others are left out."""
    one, unconfirmed = person(name="Sri", lang="en"), person(confirmed=False)
    with db.reading() as session:
        found = queries.recipients(session, [one.participant, unconfirmed.participant, 999])
        assert queries.recipient(session, unconfirmed.participant) is None
    assert set(found) == {one.participant}
    sri = found[one.participant]
    assert (sri.email, sri.name, sri.lang, sri.answers_by_mail) == (one.email, "Sri", "en", True)


def test_the_actor_of_a_session(database: str) -> None:
    """Roles and offices come with it; nobody is behind an unknown token."""
    office = factories.office()
    official = factories.official(office)
    db.write_now(factories.sign_in, official, "token")
    with db.reading() as session:
        actor = queries.actor_of_session(session, "token")
        assert queries.actor_of_session(session, "anderes") is None
    assert actor is not None
    assert (actor.roles, actor.offices, actor.confirmed) == ({"official"}, {office}, True)
