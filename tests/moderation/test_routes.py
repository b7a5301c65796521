"""Pages of reporting and of the moderators' desk."""

import pytest

from app.core import db
from app.moderation import actions
from tests import factories
from tests.comments import samples
from tests.moderation.test_actions import hide, report, reports, visibility
from tests.page import Browser


@pytest.fixture
def proposal(browser: Browser) -> int:
    consultation = factories.consultation(factories.office())
    return factories.proposal(consultation, title="Usul KENARI ini", body="MERPATI dan isi lain yang cukup panjang.")


@pytest.fixture
def code(proposal: int) -> str:
    return factories.code(proposal)


@pytest.fixture
def moderator(browser: Browser) -> factories.Person:
    return factories.person("Rini", roles=("moderator",))


# -- reporting -------------------------------------------------------------------------------------


@pytest.mark.parametrize("signed_in", [True, False])
def test_anyone_reports_a_contribution(browser: Browser, code: str, signed_in: bool) -> None:
    visitor = browser.as_(factories.person()) if signed_in else browser
    page = visitor.get(f"/contributions/{code}/report")
    assert page.h1 == "Laporkan masukan"
    assert "KENARI" in page.text
    thanks = visitor.submit(page, f"/contributions/{code}/report", reason="spam", text="Ini iklan.")
    assert thanks.url == f"/contributions/{code}/report/received"
    assert thanks.h1 == "Laporan Anda sudah kami terima"
    assert [(it.reason, it.text) for it in reports()] == [("spam", "Ini iklan.")]


@pytest.mark.parametrize("fields", [{}, {"reason": "boring"}, {"reason": "spam", "text": "x" * 1001}])
def test_an_unfit_report_is_given_back(browser: Browser, code: str, fields: dict[str, str]) -> None:
    page = browser.post(f"/contributions/{code}/report", {"text": "Alasan saya.", **fields})
    assert page.status == 422
    assert len(page.errors) == 1
    assert page.form(f"/contributions/{code}/report")["text"] == fields.get("text", "Alasan saya.")
    assert reports() == []


def test_a_machine_is_thanked_and_nothing_is_stored(browser: Browser, code: str) -> None:
    page = browser.post(f"/contributions/{code}/report", {"reason": "spam", "website": "https://x.example"})
    assert page.url.endswith("/received")
    assert reports() == []


def test_too_many_reports_are_refused_and_kept(browser: Browser, code: str) -> None:
    for _ in range(actions.FROM_ADDRESS):
        db.write_now(actions.count_try, "testclient", None)
    page = browser.post(f"/contributions/{code}/report", {"reason": "spam", "text": "Ini iklan."})
    assert page.status == 429
    assert "WIB" in page.errors[0]
    assert page.form(f"/contributions/{code}/report")["text"] == "Ini iklan."


def test_what_is_hidden_is_not_reported_and_not_shown(
    browser: Browser, proposal: int, code: str, moderator: factories.Person
) -> None:
    hide(moderator, proposal)
    page = browser.get(f"/contributions/{code}/report")
    answer = browser.post(f"/contributions/{code}/report", {"reason": "spam"})
    assert (page.status, answer.status, reports()) == (200, 409, [])
    for one in (page, answer, browser.get(f"/contributions/{code}/report/received")):
        assert "KENARI" not in one.html
        assert "MERPATI" not in one.html
    assert not page.all("textarea")


def test_contributions_that_are_not_there_or_not_public_cannot_be_reported(browser: Browser) -> None:
    draft = factories.proposal(factories.consultation(factories.office(), opened=False))
    for code in (factories.code(draft), "0000-00000"):
        assert browser.get(f"/contributions/{code}/report").status == 404
        assert browser.post(f"/contributions/{code}/report", {"reason": "spam"}).status == 404


# -- the desk --------------------------------------------------------------------------------------


def test_the_desk_lists_what_waits(browser: Browser, proposal: int, code: str, moderator: factories.Person) -> None:
    desk = browser.as_(moderator)
    assert "Tidak ada yang menunggu Anda" in desk.get("/moderation").text
    report(None, proposal, "insult", "Kasar sekali.")
    report(None, proposal)
    page = desk.get("/moderation")
    assert f"/moderation/{code}" in page.links()
    assert f"/contributions/{code}" in page.links()
    for words in ("2 laporan", "Kasar sekali.", "MERPATI"):
        assert words in page.text


def test_a_long_desk_has_pages(browser: Browser, moderator: factories.Person) -> None:
    consultation = factories.consultation(factories.office())
    for _ in range(21):
        report(None, factories.proposal(consultation))
    desk = browser.as_(moderator)
    [following] = desk.get("/moderation").all("a", rel="next")
    assert len(desk.get(following.get("href", "")).all("article")) == 1
    assert desk.get("/moderation?after=x").status == 404
    assert desk.get("/moderation?list=other").status == 404


def test_a_moderator_hides_and_shows_again(
    browser: Browser, proposal: int, code: str, moderator: factories.Person
) -> None:
    report(None, proposal)
    desk, address = browser.as_(moderator), f"/moderation/{code}"
    page = desk.submit(desk.get(address), address, act="hide", reason="insult", text="Menghina orang.")
    assert "Masukan sudah disembunyikan" in page.text
    assert visibility(proposal) == ("hidden", "insult")
    assert "MERPATI" in page.text
    assert address in desk.get("/moderation?list=hidden").links()
    assert address not in desk.get("/moderation").links()
    page = desk.submit(page, address, act="restore", text="Tidak melanggar aturan.")
    assert visibility(proposal) == ("public", "")
    for words in ("Menghina orang.", "Tidak melanggar aturan."):
        assert words in page.text


def test_a_moderator_leaves_it_as_it_is(
    browser: Browser, proposal: int, code: str, moderator: factories.Person
) -> None:
    report(None, proposal)
    desk, address = browser.as_(moderator), f"/moderation/{code}"
    page = desk.submit(desk.get(address), address, act="dismiss")
    assert "Laporan sudah diselesaikan" in page.text
    assert (visibility(proposal), [it.outcome for it in reports()]) == (("public", ""), ["kept"])


@pytest.mark.parametrize(
    "fields",
    [{}, {"act": "burn"}, {"act": "hide", "text": "Menghina orang."}, {"act": "hide", "reason": "insult", "text": ""}],
)
def test_an_unfit_decision_is_given_back(
    browser: Browser, proposal: int, code: str, moderator: factories.Person, fields: dict[str, str]
) -> None:
    page = browser.as_(moderator).post(f"/moderation/{code}", fields)
    assert page.status == 422
    assert len(page.errors) == 1
    assert page.form(f"/moderation/{code}")["text"].strip() == fields.get("text", "")
    assert visibility(proposal) == ("public", "")


def test_ones_own_contribution_is_for_another_moderator(browser: Browser, proposal: int) -> None:
    both = factories.person(roles=("moderator",))
    own = samples.write(both, proposal)
    desk = browser.as_(both)
    page = desk.get(f"/moderation/{own}")
    assert "Moderator lain yang memutuskannya" in page.text
    assert not page.all("textarea")
    answer = desk.post(f"/moderation/{own}", {"act": "hide", "reason": "spam", "text": "Iklan saja."})
    assert answer.status == 409
    assert "Moderator lain" in answer.errors[0]


@pytest.mark.parametrize("address", ["/moderation", "/moderation?list=hidden", "/moderation/{code}"])
def test_the_desk_is_for_moderators(browser: Browser, code: str, address: str) -> None:
    path = address.replace("{code}", code)
    assert browser.get(path).status == 401
    for roles in ((), ("facilitator",), ("administrator",)):
        assert browser.as_(factories.person(roles=roles)).get(path).status == 403
    if "{code}" in address:
        assert browser.post(path, {"act": "dismiss"}).status == 401
        assert browser.as_(factories.person()).post(path, {"act": "dismiss"}).status == 403


def test_no_hidden_word_is_shown_to_anyone_else(
    browser: Browser, proposal: int, code: str, moderator: factories.Person
) -> None:
    comment = samples.write(factories.person("ELANG"), proposal, "GAGAK")
    hide(moderator, samples.view(comment).id, text="Memuat data pribadi.")
    hide(moderator, proposal)
    addresses = [f"/contributions/{one}/report{end}" for one in (code, comment) for end in ("", "/received")]
    addresses += [f"/proposals/{code}/comments", f"/proposals/{code}/comments.json"]
    for visitor in (browser, browser.as_(factories.person()), browser.as_(factories.person(roles=("official",)))):
        for address in addresses:
            html = visitor.get(address).html
            assert not [w for w in ("KENARI", "MERPATI", "GAGAK", "ELANG") if w in html], address


@pytest.mark.parametrize("reachable", [True, False])
def test_what_is_said_of_the_author_is_so(browser: Browser, moderator: factories.Person, reachable: bool) -> None:
    """Told where we know an address; otherwise the page and the notice say that none is known."""
    author = factories.person(confirmed=reachable)
    code = factories.code(factories.proposal(factories.consultation(factories.office()), author))
    desk = browser.as_(moderator)
    page = desk.get(f"/moderation/{code}")
    assert ("Alamat penulisnya tidak diketahui" in page.text) is not reachable
    done = desk.submit(page, f"/moderation/{code}", act="hide", reason="spam", text="Ini iklan saja.")
    assert ("Penulisnya diberi tahu." in done.text) is reachable
    assert ("Penulisnya tidak diberi tahu karena alamatnya tidak diketahui." in done.text) is not reachable
