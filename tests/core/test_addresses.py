"""Addresses as robots invent them: refused or led on before a database is asked, and kept by nobody."""

import pytest

from app.core import pagecache, paging
from tests import factories
from tests.counting import queries_asked
from tests.page import Browser


@pytest.fixture
def proposal(browser: Browser) -> str:
    """The code of a proposal in the consultation `air`."""
    return factories.code(factories.proposal(factories.consultation(factories.office(), slug="air")))


def led(browser: Browser, url: str) -> str:
    """Where an address leads, without following it and without a query."""
    with queries_asked() as asked:
        answer = browser.client.get(url, follow_redirects=False)
    assert answer.status_code == 301, (url, answer.status_code)
    assert asked == []
    return str(answer.headers["location"])


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ("/?utm_source=wa", "/"),
        ("/consultations/air?fbclid=1&x=2", "/consultations/air"),
        ("/consultations/air/proposals?sort=newest&page=7", "/consultations/air/proposals?sort=newest"),
        ("/consultations?state=open&state=closed", "/consultations?state=closed"),
        ("/consultations?lang=fr&q=air", "/consultations?q=air"),
        ("/consultations?lang=en&lang=id", "/consultations?lang=id"),
        ("/consultations?utm=1&lang=en", "/consultations?lang=en"),
        ("/decisions/k-2026-001", "/decisions/K-2026-001"),
        ("/decisions/k-2026-001.json?x", "/decisions/K-2026-001.json"),
        ("/me?tab=2", "/me"),
        ("/sign-in?next=%2Fme&ref=1", "/sign-in?next=%2Fme"),
    ],
)
def test_what_no_page_is_asked_by_is_left_out(browser: Browser, asked: str, right: str) -> None:
    assert led(browser, asked) == right


def test_a_code_leads_to_its_printed_spelling(browser: Browser, proposal: str) -> None:
    loose = proposal.lower().replace("-", "")
    for start in ("/proposals/", "/contributions/"):
        for end in ("", ".json"):
            assert led(browser, start + loose + end) == start + proposal + end
    assert led(browser, f"/proposals/{loose}/versions") == f"/proposals/{proposal}/versions"
    assert led(browser, f"/proposals/{loose}?comments=newest&x=1") == f"/proposals/{proposal}?comments=newest"
    assert browser.get(f"/proposals/{proposal}").status == 200


@pytest.mark.parametrize(
    "url",
    [
        "/consultations/air/proposals?sort=votes",
        "/consultations/air/proposals?sort=newest;DROP",
        "/consultations/air/proposals?sort=random&seed=99",
        "/consultations/air/proposals?sort=random&seed=-1",
        "/consultations/air/proposals?sort=random&seed=1e1",
        "/consultations/air/proposals?sort=random&seed=" + "9" * 400,
        "/consultations/air/proposals?sort=newest&after=WzFd",
        "/consultations/air/proposals?sort=newest&after=WzFd.AAAAAAAAAAAA",
        "/consultations/air/proposals?sort=random&seed=1&after=3",
        "/consultations/air/proposals?sort=newest&topic=Air%20Bersih",
        "/consultations/air/proposals?sort=newest&status=best",
        "/consultations/air/proposals.json?sort=votes",
        "/consultations?state=all",
        "/consultations?q=" + "a" * 201,
        "/consultations?q=%00",
        "/consultations?topic=%00",
        "/consultations?after=%C3%A9.x",
        "/consultations?q=a&x=" + "b" * 5000,
        "/consultations?" + "&".join(f"p{n}=1" for n in range(800)),
        "/consultations/air?lang=en&x=" + "b" * 5000,
        "/consultations/%00",
        "/consultations/" + "a" * 500,
        "/proposals/AAAA-AAAAA",
        "/proposals/0000",
        "/comments/%E2%80%AE/edit",
        "/sitemaps/people-1.xml",
        "/sitemaps/proposals-0.xml",
        "/sitemaps/proposals-" + "9" * 30 + ".xml",
    ],
)
def test_what_cannot_be_meant_is_refused_before_a_database_is_asked(browser: Browser, proposal: str, url: str) -> None:
    with queries_asked() as asked:
        answer = browser.client.get(url, follow_redirects=False)
    assert answer.status_code == 404
    assert asked == []
    assert answer.headers["cache-control"] == "no-store"
    if not url.split("?")[0].endswith(".json"):
        assert browser.get(url).all("meta", name="robots", content="noindex")


def test_the_address_the_lists_themselves_give_are_meant(browser: Browser) -> None:
    consultation = factories.consultation(factories.office(), slug="air")
    for _ in range(paging.SIZE + 1):
        factories.proposal(consultation)
    for sort in ("newest", "discussed", "random&seed=3", "random&seed=11"):
        page = browser.get(f"/consultations/air/proposals?sort={sort}")
        (more,) = [link for link in page.links() if "after=" in link]
        answer = browser.client.get(more, follow_redirects=False)
        assert answer.status_code == 200
        assert browser.client.get(more[:-1] + ("A" if more[-1] != "A" else "B")).status_code == 404


def test_a_form_sent_without_choices_is_meant(browser: Browser, proposal: str) -> None:
    """Browsers send every field of a filter, also the empty ones."""
    for url in ("/consultations/air/proposals?sort=newest&topic=&status=", "/consultations?state=&topic=&area=&q="):
        assert browser.client.get(url, follow_redirects=False).status_code == 200
    assert browser.client.get("/consultations/air/proposals?sort=random&seed=", follow_redirects=False).is_redirect


def test_one_page_is_kept_once_however_it_is_asked_for(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagecache, "OLDEST", 60)
    monkeypatch.setattr(pagecache, "UNDER_WRITES", 60)
    spellings = ("?q=air&state=open", "?state=open&q=air", "?state=open&topic=&q=%61ir&area=", "?q=air&state=%6fpen")
    for spelling in spellings[:2]:
        assert browser.get(f"/consultations{spelling}").status == 200
    with queries_asked() as asked:
        for spelling in spellings:
            assert browser.get(f"/consultations{spelling}").status == 200
    assert asked == []


def test_invented_searches_push_out_nothing(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagecache, "OLDEST", 60)
    monkeypatch.setattr(pagecache, "UNDER_WRITES", 60)
    monkeypatch.setattr(pagecache, "MOST_PAGES", 4)
    browser.get("/consultations")
    for number in range(12):
        assert browser.get(f"/consultations?q=kata{number}").status == 200
    with queries_asked() as asked:
        browser.get("/consultations")
    assert asked == []
