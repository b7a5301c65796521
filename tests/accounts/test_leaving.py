"""Leaving for good: nothing personal remains, what was public does."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.accounts import queries
from app.accounts.actions import leaving
from app.accounts.models import Account, Participant, Role, RoleGrant, SignIn
from app.core import db, i18n
from app.core.access import SESSION_COOKIE
from app.tables import metadata
from tests.accounts.conftest import PASSWORD, link, person, rows, sent
from tests.page import Browser, Page

NAME, EMAIL = "Sumini Sangat Istimewa", "sumini.istimewa@contoh.id"


def leave(browser: Browser, **changes: str) -> Page:
    """Fill in the form and send it."""
    fields = {"current_password": PASSWORD, "certain": "yes"} | changes
    return browser.submit(browser.get("/me/deletion"), "/me/deletion", **fields)


def everything() -> str:
    """All that the database holds, as text."""
    found = []
    with db.reading() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(text(f'SELECT * FROM "{table.name}"')):
                found.append(repr(tuple(row)))
    return "\n".join(found).lower()


@pytest.fixture
def erasings() -> Iterator[list[tuple[int, int]]]:
    """What features above were told."""
    told: list[tuple[int, int]] = []

    def note(session: Session, account: int, participant: int) -> None:
        told.append((account, participant))

    leaving.when_erased(note)
    leaving.when_erased(note)
    yield told
    leaving._erasings.remove(note)


def test_nothing_personal_remains(browser: Browser, erasings: list[tuple[int, int]]) -> None:
    """Neither name nor address is found in any column of any table; sessions, links and messages are gone."""
    browser.submit(
        browser.get("/sign-up"), "/sign-up", name=NAME, email="lama." + EMAIL, password=PASSWORD, consent="yes"
    )
    browser.post("/me/address", {"email": EMAIL, "current_password": PASSWORD})
    browser.post(link("address"))
    browser.post("/reset", {"email": EMAIL})
    browser.as_().post("/sign-up", {"name": "Lain", "email": EMAIL, "password": PASSWORD, "consent": "yes"})
    elsewhere = browser.as_()
    elsewhere.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
    token = elsewhere.client.cookies[SESSION_COOKIE]
    browser.as_().post("/me", {"title": "x"})
    before = everything()
    assert NAME.lower() in before
    assert EMAIL in before
    page = leave(browser)
    assert page.url == "/"
    after = everything()
    assert NAME.lower() not in after
    assert "istimewa" not in after
    assert not sent()
    assert not rows(SignIn)
    assert SESSION_COOKIE not in browser.client.cookies
    assert elsewhere.client.cookies[SESSION_COOKIE] == token
    assert elsewhere.get("/me").status == 401
    account, participant = rows(Account)[0], rows(Participant)[0]
    assert (account.email, account.password_hash) == (None, "")
    assert account.deleted_at is not None
    assert participant.name is None
    assert participant.erased_at is not None
    assert erasings == [(account.id, participant.id)]


def test_texts_held_in_this_browser_go_too(browser: Browser) -> None:
    """What somebody sent while signed out is not left behind."""
    somebody = person()
    browser.post("/me", {"name": "Tulisan yang tersimpan"})
    browser.sign_in(somebody)
    assert "tersimpan" in everything()
    leave(browser)
    assert "tersimpan" not in everything()


def test_the_address_is_free_again(browser: Browser) -> None:
    """Whoever comes back is a new person; the old record is not theirs."""
    somebody = person(name=NAME)
    browser.sign_in(somebody)
    leave(browser)
    page = browser.as_().post(
        "/sign-up", {"name": "Baru", "email": somebody.email, "password": PASSWORD, "consent": "yes"}
    )
    assert page.status == 200
    assert len([row for row in rows(Account) if row.email == somebody.email]) == 1
    assert len(rows(Participant)) == 2


def test_messages_of_the_next_owner_of_an_address_stay(browser: Browser) -> None:
    """Erasing removes messages to addresses one had, but not those that are somebody else's by now."""
    browser.post("/sign-up", {"name": "Satu", "email": "a@contoh.id", "password": PASSWORD, "consent": "yes"})
    browser.post("/me/address", {"email": "b@contoh.id", "current_password": PASSWORD})
    browser.post(link("address"))
    browser.as_().post("/sign-up", {"name": "Dua", "email": "a@contoh.id", "password": PASSWORD, "consent": "yes"})
    leave(browser)
    assert [one.to_address for one in sent()] == ["a@contoh.id", "a@contoh.id"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"current_password": "salah"}, "current_password"), ({"current_password": ""}, "current_password"),
     ({"certain": ""}, "certain")],
)  # fmt: skip
def test_it_takes_the_password_and_a_tick(browser: Browser, changes: dict[str, str], field: str) -> None:
    """Otherwise nothing happens."""
    somebody = person()
    browser.sign_in(somebody)
    page = leave(browser, **changes)
    assert page.status == 422
    assert f'href="#{field}"' in page.html
    assert rows(Account)[0].email == somebody.email


def test_the_last_administrator_stays(browser: Browser) -> None:
    """Until somebody else has the role."""
    first = person(roles=(Role.ADMINISTRATOR,))
    browser.sign_in(first)
    page = leave(browser)
    assert page.status == 409
    assert rows(Account)[0].email == first.email
    person(roles=(Role.ADMINISTRATOR,))
    assert leave(browser).url == "/"
    assert [grant.account_id for grant in rows(RoleGrant)] == [rows(Account)[1].id]


def test_a_failing_erasing_undoes_all(browser: Browser) -> None:
    """The account goes with everything or not at all."""

    def fail(session: Session, account: int, participant: int) -> None:
        raise ValueError

    leaving.when_erased(fail)
    somebody = person()
    browser.sign_in(somebody)
    try:
        with pytest.raises(ValueError):
            leave(browser)
    finally:
        leaving._erasings.remove(fail)
    assert rows(Account)[0].email == somebody.email


def test_names_that_are_shown() -> None:
    """Erased people and nameless paper have words, in the reader's language."""
    token = i18n.language.set("en")
    assert queries.shown_name("Bu Sumini", None) == "Bu Sumini"
    assert queries.shown_name("Bu Sumini", True) == "a former participant"
    assert queries.shown_name(None, None) == "a participant"
    i18n.language.set("id")
    assert queries.shown_name(None, True) == "seorang mantan peserta"
    i18n.language.reset(token)
