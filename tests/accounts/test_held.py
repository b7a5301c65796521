"""What was being written when a session ended is found again after signing in."""

from datetime import timedelta
from typing import Annotated

import pytest
import time_machine
from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app import main
from app.accounts import actions
from app.accounts.actions import holding, signing_in
from app.accounts.models import HeldText
from app.core import clock, db, web
from app.core.access import ANYONE, SESSION_COOKIE, CurrentActor, Denied, guard
from app.core.forms import Form, Prose, Submission, Words, submitted
from app.settings import settings
from tests import factories
from tests.accounts.conftest import PASSWORD, person, rows
from tests.page import Browser, Page

TITLE = "Sumur bersama untuk RT 03"
BODY = 'Air di RT 03 keruh.\n\nMari gali sumur bersama, "dalam" & <aman>.'


class WritingForm(Form):
    """What a proposal is like."""

    title: Words
    body: Prose
    topic: str = ""


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[WritingForm]:
    """What a page for writing received; the page is added to the application of a test."""
    received: list[WritingForm] = []
    router = APIRouter()

    @router.post("/tulisan", dependencies=[guard("accounts.manage")])
    async def write(
        request: Request, actor: CurrentActor, form: Annotated[Submission[WritingForm], submitted(WritingForm)]
    ) -> Response:
        """Take in a text."""
        if not form.valid:
            return Response("\n".join(form.errors), 422)
        received.append(form.checked)
        return web.done(request, "/me")

    monkeypatch.setattr(main, "ROUTERS", (router, *main.ROUTERS))
    return received


@pytest.fixture
def writer(arrived: list[WritingForm], browser: Browser) -> Browser:
    """A browser whose session has ended."""
    return browser


def send(browser: Browser, **changes: str) -> Page:
    """Send the text."""
    return browser.post("/tulisan", {"title": TITLE, "body": BODY, "topic": "air"} | changes)


def sign_in(browser: Browser, page: Page, somebody: factories.Person | None = None) -> Page:
    """Sign in as somebody, from the page that asked for it."""
    link = next(link for link in page.links() if link.startswith("/sign-in?"))
    return browser.submit(browser.get(link), "/sign-in", email=(somebody or person()).email, password=PASSWORD)


def interrupted(browser: Browser) -> factories.Person:
    """Somebody who was signed in on this browser until another device ended the session."""
    somebody = person()
    browser.post("/sign-in", {"email": somebody.email, "password": PASSWORD})
    db.write_now(signing_in.end_sessions, somebody.account)
    return somebody


def test_the_text_is_found_after_signing_in_and_sent(writer: Browser, arrived: list[WritingForm]) -> None:
    """The whole way: the session ends, the page says so, and the text arrives where it was going."""
    somebody = interrupted(writer)
    refused = send(writer)
    assert refused.status == 401
    assert "Air di RT 03 keruh." in refused.text
    cookie = refused.response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    page = sign_in(writer, refused, somebody)
    assert page.url == "/held"
    held = rows(HeldText)[0]
    fields = page.form(f"/held/{held.id}/sending")
    assert fields == {"title": TITLE, "body": BODY, "topic": "air"}
    shown = {e.get("name"): e.get("type") or e.tag for e in page.root.iter() if e.get("name") in fields}
    assert shown == {"title": "text", "body": "textarea", "topic": "hidden"}
    sent = writer.submit(page, f"/held/{held.id}/sending", title=TITLE + " dan 04")
    assert sent.url == "/me"
    assert [(one.title, one.body, one.topic) for one in arrived] == [(TITLE + " dan 04", BODY, "air")]
    assert not rows(HeldText)
    assert writer.get("/held").status == 200


def test_sending_passes_the_form_on(writer: Browser) -> None:
    """The browser is told to send the same form to the page it was meant for."""
    page = sign_in(writer, send(writer))
    writer.client.follow_redirects = False
    answer = writer.submit(page, f"/held/{rows(HeldText)[0].id}/sending")
    assert answer.status == 307
    assert answer.response.headers["location"] == "/tulisan"


def test_a_text_is_discarded(writer: Browser, arrived: list[WritingForm]) -> None:
    """It is gone, and was not sent."""
    page = sign_in(writer, send(writer))
    page = writer.submit(page, f"/held/{rows(HeldText)[0].id}/discarding")
    assert page.url == "/held"
    assert not rows(HeldText)
    assert not arrived


def test_several_texts_wait_side_by_side(writer: Browser) -> None:
    """Up to three; the newest stands first."""
    refused = [send(writer, title=f"Usulan nomor {number}") for number in range(4)][-1]
    page = sign_in(writer, refused)
    assert [e.get("value") for e in page.all("input", name="title")] == [f"Usulan nomor {n}" for n in (3, 2, 1)]


def test_a_choice_without_text_is_held_too(writer: Browser) -> None:
    """It needs one press after signing in."""
    page = sign_in(writer, writer.post("/me", {"choice": "support"}))
    assert page.form(f"/held/{rows(HeldText)[0].id}/sending") == {"choice": "support"}


def test_only_the_browser_that_wrote_finds_it(writer: Browser) -> None:
    """Another browser sees nothing, sends nothing, discards nothing."""
    send(writer)
    number = rows(HeldText)[0].id
    other = writer.as_(person())
    other.client.cookies.set(web.HELD_COOKIE, "geraten.auch.nichts")
    assert TITLE not in other.get("/held").html
    assert other.post(f"/held/{number}/sending", {"title": "x"}).status == 404
    other.post(f"/held/{number}/discarding")
    assert len(rows(HeldText)) == 1


@pytest.mark.parametrize("days", [0, 31])
def test_only_its_author_finds_it(writer: Browser, days: int) -> None:
    """Somebody else who signs in there sees, sends and discards nothing; it stays for its author."""
    author = person()
    writer.post("/sign-in", {"email": author.email, "password": PASSWORD})
    if not days:
        db.write_now(signing_in.end_sessions, author.account)
    with time_machine.travel(clock.now() + timedelta(days=days)):
        db.write_now(actions.sweep)
        refused = send(writer)
        number = rows(HeldText)[0].id
        assert rows(HeldText)[0].account_id == author.account
        assert sign_in(writer, refused).url != "/held"
        assert TITLE not in writer.get("/held").html
        assert writer.post(f"/held/{number}/sending", {"title": "x"}).status == 404
        writer.post(f"/held/{number}/discarding")
        writer.post("/sign-out")
        assert TITLE in sign_in(writer, refused, author).html


def test_a_text_of_an_unknown_session_is_not_held(writer: Browser) -> None:
    """When nobody can say whose it is, the page gives it back to be copied, and promises no more."""
    writer.client.cookies.set(SESSION_COOKIE, "sesi-yang-tidak-dikenal")
    page = send(writer)
    assert TITLE in page.html
    assert "24 jam" not in page.html
    assert not rows(HeldText)


def test_who_signs_in_first_takes_up_what_belongs_to_nobody(writer: Browser) -> None:
    """From then on nobody else finds it."""
    refused = send(writer)
    first = person()
    assert sign_in(writer, refused, first).url == "/held"
    assert rows(HeldText)[0].account_id == first.account
    writer.post("/sign-out")
    assert sign_in(writer, refused).url != "/held"


def test_who_signs_up_takes_it_up_too(writer: Browser) -> None:
    """A new account finds its text."""
    send(writer)
    fields = {"name": "Bu Sumini", "email": "sumini@contoh.id", "password": PASSWORD, "consent": "yes"}
    writer.post("/sign-up", fields)
    assert TITLE in writer.get("/held").html
    writer.post("/sign-out")
    writer.post("/sign-in", {"email": person().email, "password": PASSWORD})
    assert TITLE not in writer.get("/held").html


@pytest.mark.parametrize("address", ["/proposals/X/vote", "/proposals/X/vote/withdrawal"])
def test_a_vote_is_never_held(writer: Browser, address: str) -> None:
    """One signs in and votes again."""
    consultation = factories.consultation(factories.office())
    code = factories.code(factories.proposal(consultation))
    page = writer.post(address.replace("X", code), {"choice": "support"})
    assert page.status == 401
    assert not rows(HeldText)
    assert web.HELD_COOKIE not in writer.client.cookies


def test_the_page_says_one_thing_only(writer: Browser) -> None:
    """Held, or to be copied, never both; and one can sign in or up, and come back."""
    page = send(writer)
    assert "24 jam" in page.text
    assert "Salin sebelum" not in page.text
    assert [e.text for e in page.all("label", for_="kept-1")] == ["Judul"]
    assert "/sign-up?next=%2F" in page.links()
    long = send(writer, body="panjang sekali " * 6000)
    assert "24 jam" not in long.text
    assert "Salin sebelum" in long.text


def test_a_refused_vote_asks_to_vote_again(writer: Browser) -> None:
    """With and without script."""
    code = factories.code(factories.proposal(factories.consultation(factories.office())))
    for htmx in (False, True):
        page = writer.post(f"/proposals/{code}/vote", {"choice": "support"}, htmx=htmx)
        assert "Masuklah untuk memberi suara." in page.html
        assert "beri suara lagi" in page.html
        assert "24 jam" not in page.html


def test_what_is_held_is_said_in_words(writer: Browser) -> None:
    """What it is and what it concerns; an address where there are no words for it."""
    code = factories.code(factories.proposal(factories.consultation(factories.office())))
    writer.post(f"/proposals/{code}/comments", {"body": BODY, "stance": "for"})
    page = sign_in(writer, send(writer))
    assert [e.text for e in page.all("h2", class_="panel__title")] == [
        "Ke alamat /tulisan", f"Komentar pada usulan {code}"
    ]  # fmt: skip
    assert "Tulisan Anda" not in [e.text for e in page.all("label")]


def test_leaving_removes_what_is_held(writer: Browser) -> None:
    """Also what another browser holds for the account."""
    author = interrupted(writer)
    refused = send(writer)
    other = writer.as_(author)
    other.post("/me/deletion", {"current_password": PASSWORD, "certain": "yes"})
    assert refused.status == 401
    assert not rows(HeldText)


def test_after_a_day_it_is_gone(writer: Browser) -> None:
    """It is no longer shown, and the minute's round removes it."""
    refused = send(writer)
    cookie = writer.client.cookies[web.HELD_COOKIE]
    assert refused.status == 401
    with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1)):
        reader = writer.as_(person())
        reader.client.cookies.set(web.HELD_COOKIE, cookie)
        assert TITLE not in reader.get("/held").html
        db.write_now(actions.sweep)
    assert not rows(HeldText)


def test_secrets_are_not_held(writer: Browser) -> None:
    """Passwords are neither shown again nor kept."""
    page = writer.post("/me/password", {"current_password": PASSWORD, "new_password": "sandi baru sekali"})
    assert page.status == 401
    assert not rows(HeldText)
    send(writer, password="sandi yang lain")
    assert "sandi yang lain" not in rows(HeldText)[0].fields


def test_a_very_long_text_is_shown_but_not_held(writer: Browser) -> None:
    """The page gives it back, so that it can be copied."""
    long = "panjang sekali " * 6000
    page = send(writer, body=long)
    assert page.status == 401
    assert "panjang sekali" in page.html
    assert not rows(HeldText)


def test_the_oldest_go_when_there_are_too_many(writer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is bounded."""
    monkeypatch.setenv("REMBUK_HOLDS", "2")
    settings.cache_clear()
    for number in range(4):
        send(writer.as_(), title=f"Usulan nomor {number}")
    kept = [row.fields for row in rows(HeldText)]
    assert len(kept) == 2
    assert "nomor 3" in kept[1]
    assert "nomor 2" in kept[0]


def test_one_connection_cannot_push_the_others_out(writer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many texts from one address no more are held for a while."""
    monkeypatch.setattr(holding, "FROM_ONE", 2)
    for _ in range(4):
        send(writer.as_())
    assert len(rows(HeldText)) == 2


def test_reading_holds_nothing(writer: Browser) -> None:
    """Neither does a form sent from another site."""
    assert writer.get("/me?title=x").status == 401
    assert writer.post("/tulisan", {"title": TITLE}, Sec_Fetch_Site="cross-site").status == 403
    assert not rows(HeldText)
    assert web.HELD_COOKIE not in writer.client.cookies


def test_refusing_a_json_address_holds_nothing(writer: Browser) -> None:
    """There is no page to say so."""
    assert writer.post("/me.json", {"title": TITLE}).status == 404
    assert not rows(HeldText)


def test_a_path_that_is_not_ours_is_never_sent_to(writer: Browser) -> None:
    """Even a row that was tampered with leads nowhere else."""
    page = sign_in(writer, send(writer))
    number = rows(HeldText)[0].id
    for path in ("//evil.example/x", "https://evil.example", "/\\evil.example"):

        def tamper(session: Session, path: str = path) -> None:
            session.get_one(HeldText, number).path = path

        db.write_now(tamper)
        assert TITLE not in writer.get("/held").html
    answer = writer.submit(page, f"/held/{number}/sending")
    assert answer.status == 404


def test_a_busy_store_still_shows_the_text(writer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it can be copied, and the page does not promise more."""
    monkeypatch.setattr(db.current().writer, "size", 0)
    page = send(writer)
    assert page.status == 401
    assert TITLE in page.html
    assert web.HELD_COOKIE not in writer.client.cookies


def test_letting_go_needs_a_person(database: str) -> None:
    """The act asks for permission itself."""
    with pytest.raises(Denied):
        db.write_now(holding.let_go, ANYONE, "x", 1)


def test_texts_cannot_break_out_of_the_page(writer: Browser) -> None:
    """Names and values of fields are only text."""
    page = sign_in(writer, send(writer, **{'x" onclick="alert(1)': "<script>alert(1)</script> dan lain"}))
    assert "<script>alert" not in page.html
    assert page.form(f"/held/{rows(HeldText)[0].id}/sending")['x" onclick="alert(1)'].startswith("<script>")


def test_signing_out_leaves_nothing_for_the_next_person(writer: Browser) -> None:
    """Somebody else at the same browser does not find the text."""
    sign_in(writer, send(writer))
    writer.post("/sign-out")
    writer.post("/sign-in", {"email": person().email, "password": PASSWORD})
    assert TITLE not in writer.get("/held").html


def test_a_fragment_says_that_the_text_is_held(writer: Browser) -> None:
    """With script the refusal stands in place of the form, and leads to signing in and back to the page."""
    page = writer.post("/tulisan", {"title": TITLE}, htmx=True, Referer="http://127.0.0.1:8000/about")
    assert page.status == 401
    assert "24 jam" in page.html
    assert "/sign-in?next=%2Fabout" in page.links()
