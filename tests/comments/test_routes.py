"""Pages and fragments of comments."""

from datetime import timedelta

import pytest
import time_machine

from app.comments import actions
from app.core import clock, db, i18n
from tests import factories
from tests.comments import samples
from tests.page import Browser, Page

write, view = samples.write, samples.view


@pytest.fixture
def author(database: str) -> factories.Person:
    return factories.person("Budi")


@pytest.fixture
def proposal(browser: Browser, author: factories.Person) -> int:
    return factories.proposal(factories.consultation(factories.office()), author, title="Perbaiki sumur bersama")


@pytest.fixture
def url(proposal: int) -> str:
    return f"/proposals/{factories.code(proposal)}/comments"


def articles(page: Page) -> list[str]:
    return [(e.get("id") or "").removeprefix("c-") for e in page.all("article")]


# -- reading ---------------------------------------------------------------------------------------


def test_everyone_reads_a_thread(browser: Browser, proposal: int, url: str) -> None:
    code = write(factories.person("Siti"), proposal, "Saya **setuju**.", "for")
    page = browser.get(url)
    assert (page.status, page.h1, articles(page)) == (200, "Komentar", [code])
    assert "1 komentar" in page.text
    assert "Siti" in page.text
    assert i18n.gettext("For") in page.text
    assert "HX-Request" in page.response.headers["vary"]
    assert {f"/contributions/{code}", f"/contributions/{code}/report", url.removesuffix("/comments")} <= set(
        page.links()
    )


@pytest.mark.parametrize("lang", ["id", "en"])
def test_an_empty_thread_invites(browser: Browser, url: str, lang: str) -> None:
    page = browser.as_(None, lang).get(url)
    assert page.h1 == {"id": "Komentar", "en": "Comments"}[lang]
    assert {"id": "Belum ada yang menulis di sini.", "en": "Nobody has written here yet."}[lang] in page.text
    assert any(link.startswith("/sign-in?next=") for link in page.links())


def test_replies_come_on_demand_and_the_link_works_both_ways(browser: Browser, proposal: int, url: str) -> None:
    first = write(factories.person(), proposal, "Awal.")
    reply = write(factories.person(), proposal, "Balasan KENARI.", parent=first)
    whole = browser.get(url)
    assert "KENARI" not in whole.text
    link = f"{url}?parent={first}"
    assert link in whole.links()
    assert [e.get("data-hx-target") for e in whole.all("a", href=link)] == [f"#replies-{first}"]
    assert f"replies-{first}" in [e.get("id") for e in whole.all("div")]
    part = browser.get(link, htmx=True)
    assert "<html" not in part.html
    assert articles(part) == [reply]
    page = browser.get(link)
    assert (page.h1, articles(page)) == ("Balasan", [reply])
    assert f"{url}#c-{first}" in page.links()


def test_more_comments_are_a_link_that_works_without_script(browser: Browser, proposal: int, url: str) -> None:
    samples.many(proposal, 25)
    page = browser.get(url)
    [more] = page.all("a", rel="next")
    following = browser.get(more.get("href", ""))
    assert (len(articles(page)), len(articles(following))) == (20, 5)
    assert url in following.links()
    part = browser.get(more.get("href", ""), htmx=True)
    assert articles(part) == articles(following)
    assert more.get("data-hx-target") == "#more-all"


def test_the_newest_first_on_request(browser: Browser, proposal: int, url: str) -> None:
    codes = [write(factories.person(), proposal, f"Nomor {n}.") for n in range(2)]
    assert f"{url}?comments=newest" in browser.get(url).links()
    assert articles(browser.get(f"{url}?comments=newest")) == codes[::-1]


def test_a_thread_as_data(browser: Browser, proposal: int, url: str) -> None:
    first = write(factories.person("Siti"), proposal, "Awal.", "for")
    write(factories.person(), proposal, "Balasan.", parent=first)
    told = browser.get(f"{url}.json").response.json()
    assert [(it["code"], it["text"], it["stance"], it["author"]) for it in told["comments"]] == [
        (first, "Awal.", "for", "Siti")
    ]
    assert browser.get(f"{url}.json?parent={first}").response.json()["comments"][0]["parent"] == first
    samples.many(proposal, 20)
    further = browser.get(f"{url}.json").response.json()["next"]
    assert len(browser.get(further).response.json()["comments"]) == 1


@pytest.mark.parametrize("query", ["?parent=0000-00000", "?after=x", "?comments=random", "?parent=" + "x" * 50])
def test_addresses_that_cannot_be_meant_do_not_exist(browser: Browser, url: str, query: str) -> None:
    assert browser.get(url + query).status == 404


def test_comments_of_a_draft_exist_for_nobody_else(browser: Browser) -> None:
    hidden = factories.proposal(factories.consultation(factories.office(), opened=False))
    assert browser.get(f"/proposals/{factories.code(hidden)}/comments").status == 404
    assert browser.get("/proposals/0000-00000/comments").status == 404


def test_imported_counts_are_marked_as_such(browser: Browser, proposal: int, url: str) -> None:
    samples.many(proposal, 1)
    samples.set_imported(proposal, 12, 3)
    assert "Di platform lain: 12 mendukung, 3 menolak komentar ini." in browser.get(url).text


def test_people_without_a_name_and_from_paper_are_shown_as_such(browser: Browser, proposal: int, url: str) -> None:
    person = factories.person("Wati")
    write(person, proposal, "Dari saya.")
    samples.erase(person)
    assert "mantan peserta" in browser.get(url).text


def test_no_moderated_or_removed_word_is_shown_anywhere(browser: Browser, proposal: int, url: str) -> None:
    me = factories.person("ELANG")
    hidden = write(me, proposal, "KENARI", "against")
    removed = write(me, proposal, "MERPATI", "against")
    reply = write(factories.person("Siti"), proposal, "Balasan yang tetap ada.", parent=hidden)
    samples.set_visibility(view(hidden).id, "hidden", "personal-data")
    db.write_now(actions.remove, me.actor, view(removed).id)
    outputs = [url, f"{url}?comments=newest", f"{url}?parent={hidden}", f"{url}.json", f"{url}?parent={removed}"]
    for visitor in (browser, browser.as_(factories.person(roles=("moderator",))), browser.as_(factories.person())):
        for address in outputs:
            html = visitor.get(address).html
            assert not [word for word in ("KENARI", "MERPATI", "ELANG") if word in html], address
        part = visitor.get(f"{url}?parent={hidden}", htmx=True)
        assert articles(part) == [reply]
    assert len(browser.get(url).all("p", class_="tombstone")) == 2
    for code in (hidden, removed):
        assert not [w for w in ("KENARI", "MERPATI") if w in browser.as_(me).get(f"/comments/{code}/edit").html]
        assert "KENARI" not in browser.as_(me).get(f"/comments/{code}/removal").html


def test_the_title_of_a_hidden_proposal_is_not_told(browser: Browser, proposal: int, url: str) -> None:
    write(factories.person(), proposal)
    samples.set_visibility(proposal, "hidden", "insult")
    page = browser.get(url)
    assert "Perbaiki sumur" not in page.html
    assert "disembunyikan oleh moderator" in page.text


def test_markup_in_words_is_shown_as_words(browser: Browser, proposal: int, url: str) -> None:
    write(factories.person("<b>Budi</b>"), proposal, "<script>alert(1)</script> [x](javascript:alert(1))")
    page = browser.get(url)
    assert "<script>alert" not in page.html
    assert "<b>Budi" not in page.html
    assert not [link for link in page.links() if link.startswith("javascript")]


# -- writing ---------------------------------------------------------------------------------------


def test_a_comment_without_script(browser: Browser, url: str) -> None:
    citizen = browser.as_(factories.person("Siti"))
    page = citizen.submit(citizen.get(url), url, body="Saya setuju.", stance="for")
    assert (page.status, page.url) == (200, f"{url}?comments=newest")
    assert "Komentar Anda sudah terbit." in page.text
    assert "Saya setuju." in page.text


def test_the_form_on_a_page_of_its_own(browser: Browser, url: str) -> None:
    citizen = browser.as_(factories.person())
    page = citizen.get(f"{url}/new")
    assert page.h1 == "Tulis komentar"
    assert page.form(url) == {"body": "", "stance": "neutral"}
    assert articles(citizen.submit(page, url, body="Saya setuju."))


def test_a_comment_with_script_is_put_in_place(browser: Browser, url: str) -> None:
    citizen = browser.as_(factories.person())
    part = citizen.submit(citizen.get(url), url, htmx=True, body="Saya setuju.", stance="for")
    assert part.status == 200
    assert len(articles(part)) == 1
    assert part.form(url)["body"] == ""
    assert [e.get("data-announce") for e in part.all("div") if e.get("data-announce")] == [
        "Komentar Anda sudah terbit."
    ]
    assert part.all("div", id="write-all")


def test_a_reply_with_and_without_script(browser: Browser, proposal: int, url: str) -> None:
    first = write(factories.person(), proposal, "Awal.")
    citizen = browser.as_(factories.person())
    asked = citizen.get(f"{url}/new?parent={first}", htmx=True)
    assert asked.form(url) == {"parent": first, "body": "", "stance": "neutral"}
    part = citizen.submit(asked, url, htmx=True, body="Balasan saya.")
    assert len(articles(part)) == 1
    assert not part.all("form")
    page = citizen.submit(citizen.get(f"{url}/new?parent={first}"), url, body="Balasan kedua.")
    assert page.url == f"{url}?parent={first}&comments=newest"
    assert len(articles(page)) == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "Isilah"),
        ("a", "Komentar: tulis sedikitnya"),
        ("x" * 5001, "Komentar: tulis paling banyak"),
        ("!!!", "Tulis dengan kata"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_invalid_words_are_given_back(browser: Browser, url: str, body: str, message: str, htmx: bool) -> None:
    citizen = browser.as_(factories.person())
    page = citizen.post(url, {"body": body, "stance": "against"}, htmx=htmx)
    assert page.status == 422
    assert len(page.errors) == 1
    assert page.form(url) == {"body": body, "stance": "against"}
    assert ("<html" in page.html) is not htmx
    if not htmx:
        assert page.h1 == "Tulis komentar"


def test_an_unknown_stance_or_parent_is_refused(browser: Browser, url: str) -> None:
    citizen = browser.as_(factories.person())
    assert citizen.post(url, {"body": "Setuju.", "stance": "maybe"}).status == 422
    assert citizen.post(url, {"body": "Setuju.", "parent": "0000-00000"}).status == 404


def test_pressing_twice_leads_to_the_first(browser: Browser, url: str) -> None:
    citizen = browser.as_(factories.person())
    for _ in range(2):
        page = citizen.post(url, {"body": "Saya setuju.", "stance": "for"})
    assert len(articles(page)) == 1


@pytest.mark.parametrize("htmx", [True, False])
def test_what_is_sent_after_closing_is_refused_and_kept(browser: Browser, url: str, htmx: bool) -> None:
    citizen = browser.as_(factories.person())
    with time_machine.travel(clock.now() + timedelta(days=11)):
        page = citizen.post(url, {"body": "Terlambat satu hari."}, htmx=htmx)
        assert page.status == 409
        assert "Terlambat satu hari." in page.html
        assert "WIB" in page.errors[0]
        assert "Komentar ditutup pada" in citizen.get(f"{url}/new").text
        assert not citizen.get(url).all("textarea")


def test_a_withdrawn_proposal_says_so(browser: Browser, proposal: int, url: str) -> None:
    samples.set_visibility(proposal, "hidden", "spam")
    citizen = browser.as_(factories.person())
    assert citizen.post(url, {"body": "Setuju."}).status == 409
    assert not citizen.get(url).all("textarea")


@pytest.mark.parametrize("htmx", [True, False])
def test_who_is_not_signed_in_is_led_to_the_door(browser: Browser, url: str, htmx: bool) -> None:
    for page in (browser.post(url, {"body": "Saya setuju sekali."}, htmx=htmx), browser.get(f"{url}/new", htmx=htmx)):
        assert page.status == 401
        assert any(link.startswith("/sign-in") for link in page.links())


def test_who_is_not_confirmed_is_told_so(browser: Browser, url: str) -> None:
    citizen = browser.as_(factories.person(confirmed=False))
    assert citizen.post(url, {"body": "Saya setuju."}).status == 403
    assert "/me" in citizen.get(url).links()
    assert not citizen.get(url).all("textarea")


# -- changing and removing -------------------------------------------------------------------------


def test_an_author_changes_a_comment(browser: Browser, proposal: int, url: str) -> None:
    me = factories.person()
    code = write(me, proposal, "Setju.")
    mine = browser.as_(me)
    assert f"/comments/{code}/edit" in mine.get(url).links()
    page = mine.get(f"/comments/{code}/edit")
    assert page.form(f"/comments/{code}/edit") == {"body": "Setju.", "stance": "neutral"}
    bad = mine.submit(page, f"/comments/{code}/edit", body="")
    assert (bad.status, len(bad.errors)) == (422, 1)
    same = mine.submit(page, f"/comments/{code}/edit")
    assert "Tidak ada yang berubah" in same.text and "Komentar Anda sudah diubah" not in same.text
    changed = mine.submit(page, f"/comments/{code}/edit", body="Setuju.", stance="for")
    assert "Setuju." in changed.text
    assert "diubah pada" in changed.text


def test_a_change_too_late_is_refused_and_kept(browser: Browser, proposal: int, url: str) -> None:
    me = factories.person()
    code = write(me, proposal, "Setju.")
    mine = browser.as_(me)
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert f"/comments/{code}/edit" not in mine.get(url).links()
        assert not mine.get(f"/comments/{code}/edit").all("textarea")
        page = mine.post(f"/comments/{code}/edit", {"body": "Setuju sekarang."})
        assert page.status == 409
        assert page.form(f"/comments/{code}/edit")["body"] == "Setuju sekarang."


def test_an_author_removes_a_comment(browser: Browser, proposal: int, url: str) -> None:
    me = factories.person()
    code = write(me, proposal, "Jangan dibaca.")
    mine = browser.as_(me)
    asked = mine.get(f"/comments/{code}/removal")
    assert "Jangan dibaca." in asked.text
    page = mine.submit(asked, f"/comments/{code}/removal")
    assert "Komentar Anda sudah dihapus." in page.text
    assert "Jangan dibaca." not in page.html
    assert articles(page) == [code]


@pytest.mark.parametrize("what", ["edit", "removal"])
def test_nobody_else_changes_or_removes_it(browser: Browser, proposal: int, what: str) -> None:
    code = write(factories.person(), proposal)
    address = f"/comments/{code}/{what}"
    for visitor, status in ((browser, 401), (browser.as_(factories.person()), 403)):
        assert visitor.get(address).status == status
        assert visitor.post(address, {"body": "Lain."}).status == status
    assert browser.get(f"/comments/0000-00000/{what}").status == 404
    assert view(code).shown
