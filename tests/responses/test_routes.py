"""The desk where answers are written."""

import pytest

from tests import answering, factories
from tests.page import Browser

TEXT = "Pipa diganti pada triwulan kedua oleh Dinas PU, dengan anggaran perubahan."
HERE = "/desk/consultations/air/answers"


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas PU")


@pytest.fixture
def codes(office: int, browser: Browser) -> list[str]:
    number = factories.consultation(office, slug="air")
    return [factories.code(factories.proposal(number, title=f"Usulan pipa {n}")) for n in range(3)]


@pytest.fixture
def desk(browser: Browser, office: int, codes: list[str]) -> Browser:
    return browser.as_(factories.official(office, "Bu Sri"))


def test_an_official_answers_several_at_once_and_the_public_reads_it(
    desk: Browser, browser: Browser, codes: list[str]
) -> None:
    assert "Usulan pipa 0" in desk.get(HERE).text
    page = desk.get(f"{HERE}/new?proposal={codes[0]}&proposal={codes[1]}")
    draft = desk.submit(page, HERE, status="adopted", text=TEXT, role="Staf Bidang Pipa", act="hand-on")
    assert TEXT in draft.text and "Sudah diserahkan" in draft.text
    assert TEXT not in browser.get(f"/proposals/{codes[0]}").text
    done = answering.through(browser, desk, draft)
    assert done.url.startswith(HERE)
    for code in codes[:2]:
        shown = browser.get(f"/proposals/{code}")
        assert TEXT in shown.text
        assert "Bu Sri" in shown.text
    assert TEXT not in browser.get(f"/proposals/{codes[2]}").text
    assert codes[2] in desk.get(HERE).html
    assert codes[0] not in desk.get(HERE).html
    assert codes[0] in desk.get(f"{HERE}?state=answered").html


def test_what_is_missing_is_said_and_what_was_typed_is_kept(desk: Browser, codes: list[str]) -> None:
    page = desk.get(f"{HERE}/new?proposal={codes[0]}")
    answer = desk.submit(page, HERE, status="", text=TEXT, act="draft")
    assert answer.status == 422
    assert answer.form(HERE)["text"].strip() == TEXT
    answer = desk.submit(page, HERE, status="duplicate", text=TEXT, act="draft")
    assert answer.status == 422
    assert answer.errors


def test_a_draft_can_be_seen_continued_and_thrown_away(desk: Browser, codes: list[str]) -> None:
    page = desk.get(f"{HERE}/new?proposal={codes[0]}")
    preview = desk.submit(page, HERE, status="cost", text="**Mahal** sekali untuk tahun ini, sayangnya.", act="preview")
    assert preview.all("strong")
    draft = desk.submit(page, HERE, status="cost", text=TEXT, act="draft")
    changed = desk.submit(draft, draft.url, text=TEXT + " Lalu dievaluasi.", act="draft")
    assert "Lalu dievaluasi." in changed.form(draft.url)["text"]
    assert codes[0] in desk.get(f"{HERE}?state=drafted").html
    desk.submit(changed, f"{draft.url}/removal")
    assert desk.get(draft.url).status == 404


def test_nothing_chosen_is_said(desk: Browser) -> None:
    page = desk.get(f"{HERE}/new?proposal=AAAA-AAAAA")
    assert not page.all("textarea")


def test_choosing_nothing_shows_the_list_again(desk: Browser, codes: list[str]) -> None:
    page = desk.get(f"{HERE}/new?state=unanswered")
    assert page.status == 422 and page.all("a", href="#proposal")
    assert codes[0] in page.html
    assert "Pilih paling sedikit satu masukan." in page.errors


def test_a_proposal_in_a_draft_is_gone_on_with_there(desk: Browser, codes: list[str]) -> None:
    draft = desk.submit(desk.get(f"{HERE}/new?proposal={codes[0]}"), HERE, status="cost", text=TEXT, act="draft").url
    assert desk.get(f"{HERE}/new?proposal={codes[0]}").url == draft
    both = desk.get(f"{HERE}/new?proposal={codes[0]}&proposal={codes[1]}")
    assert draft in both.links() and both.form(HERE)["proposal"] == codes[1]
    refused = desk.post(HERE, {"proposal": codes[:2], "status": "cost", "text": TEXT})
    assert refused.status == 409 and "Usulan pipa 0" in refused.errors[0] and draft in refused.links()
    assert desk.submit(desk.get(draft), draft, text=TEXT + " Lagi.", act="draft").url == draft


def test_the_figures_of_the_page_agree_with_its_lists(browser: Browser, desk: Browser, codes: list[str]) -> None:
    desk.submit(desk.get(f"{HERE}/new?proposal={codes[0]}"), HERE, status="cost", text=TEXT, act="draft")
    page = desk.get(f"{HERE}/new?proposal={codes[1]}")
    answering.through(browser, desk, desk.submit(page, HERE, status="cost", text=TEXT, role="Staf", act="hand-on"))
    figures = [e.text for e in desk.get(HERE).all("dd")]
    assert figures == ["3", "1", "1", "1"]
    desk.submit(desk.get(f"{HERE}/new?proposal={codes[2]}"), HERE, status="cost", text=TEXT, act="draft")
    page = desk.get(HERE)
    assert [e.text for e in page.all("dd")] == ["3", "1", "2", "0"]
    assert "jawaban atau draf" in page.text


def test_others_are_kept_out(browser: Browser, desk: Browser, codes: list[str]) -> None:
    page = desk.get(f"{HERE}/new?proposal={codes[0]}")
    draft = desk.submit(page, HERE, status="cost", text=TEXT, act="draft").url
    other = factories.official(factories.office())
    for person, status in ((None, 401), (factories.person(), 403), (other, 403)):
        visitor = browser.as_(person)
        steps = [f"{draft}/{step}" for step in ("check", "signature", "publication")]
        for address in (HERE, f"{HERE}/new?proposal={codes[0]}", draft, *steps):
            assert visitor.get(address).status == status, (person, address)
        assert [visitor.post(step).status for step in steps] == [status] * 3
        assert visitor.post(HERE, {"proposal": codes[0], "status": "cost", "text": TEXT}).status == status
    assert TEXT not in browser.get(f"/proposals/{codes[0]}").text
