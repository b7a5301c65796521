"""The page of a search: what it shows, how it is narrowed, and what it refuses cheaply."""

from typing import Any

import pytest
from sqlalchemy import event

from app.core import db
from tests import factories
from tests.finding.conftest import Town, answered, decided
from tests.page import Browser


@pytest.fixture
def reader(town: Town, browser: Browser) -> Browser:
    """A visitor of the town."""
    return browser


def test_results_are_shown_with_their_words_marked(reader: Browser, town: Town) -> None:
    page = reader.get("/search?q=memperbaiki+jalanan")
    assert f"/proposals/{factories.code(town.road)}" in page.links() and "/consultations/jalan" in page.links()
    assert {"Perbaikan", "jalan", "Jalannya"} <= {mark.text for mark in page.all("mark")}
    assert page.all("meta", name="robots", content="noindex")
    assert page.form("/search")["q"] == "memperbaiki jalanan"


def test_the_field_is_on_the_first_page_and_the_way_in_the_header(reader: Browser) -> None:
    home = reader.get("/")
    assert home.form("/search") == {"q": ""} and "/search" in home.links()


def test_before_and_without_results_the_page_invites(reader: Browser) -> None:
    start = reader.get("/search")
    assert "Apa yang Anda cari?" in start.text
    nothing = reader.get("/search?q=kerbau&state=open")
    assert "Tidak ada yang cocok dengan “kerbau”" in nothing.text and "/consultations?state=open" in nothing.links()
    assert "/search?q=kerbau" in nothing.links()
    assert "Tulis hal yang Anda cari" in reader.get("/search?q=yang+dan").text


def test_a_search_is_narrowed_by_the_form(reader: Browser, town: Town) -> None:
    answered(town, town.road, "Jalan itu diperbaiki pada bulan depan.")
    here = f"/proposals/{factories.code(town.road)}"
    for more, there in (
        ("kind=answer", True), ("kind=decision", False), ("state=open", True), ("state=decided", False),
        ("topic=jalan", True), ("consultation=jalan", True), ("consultation=air", False), ("area=Kebumen", False),
    ):  # fmt: skip
        assert (here in reader.get(f"/search?q=jalan&{more}").links()) is there, more
    page = reader.get("/search?q=sumur&area=argosari")
    assert f"/proposals/{factories.code(town.well)}" in page.links() and "Desa Argosari" in page.text
    nowhere = reader.get("/search?q=sumur&area=atlantis")
    assert nowhere.all("p", class_="govuk-error-message") and not nowhere.all("article")


def test_words_nobody_has_are_named(reader: Browser) -> None:
    assert "jadi diabaikan: kerbau." in reader.get("/search?q=jalan+kerbau").text


@pytest.mark.parametrize(
    "query",
    [
        "kind=secret", "state=secret", "topic=tidak-ada", "consultation=tidak-ada",
        "consultation=rancangan", "q=jalan&after=rusak", "q=jalan&after=WzEsMl0x", "q=jalan&after=" + "x" * 400,
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_no_address(reader: Browser, town: Town, query: str) -> None:
    factories.consultation(town.office, opened=False, slug="rancangan")
    assert reader.get(f"/search?{query}").status == 404
    assert reader.get(f"/search.json?{query}").status == 404


def test_too_many_words_are_kept_with_a_sentence_that_says_what_to_do(reader: Browser, town: Town) -> None:
    words = "perbaikan jalan " * 14
    page = reader.get(f"/search?q={words}&kind=proposal")
    assert page.status == 422 and "paling banyak 200 karakter" in page.errors[0]
    (field,) = page.all("input", id="q")
    assert field.get("value") == words.strip() and field.get("aria-invalid") == "true"
    told = reader.client.get("/search.json", params={"q": words})
    assert told.status_code == 422 and "200" in told.json()["detail"]
    assert reader.get("/search?q=" + "x" * 200).status == 200


def test_a_long_nonsense_costs_no_query(reader: Browser) -> None:
    asked: list[str] = []
    note = lambda *given: asked.append(given[2])  # noqa: E731
    event.listen(db.current().reads, "before_cursor_execute", note)
    reader.get("/search?q=" + "x" * 10_000)
    event.remove(db.current().reads, "before_cursor_execute", note)
    assert asked == []


def test_the_same_as_json(reader: Browser, town: Town) -> None:
    facts: Any = reader.get("/search.json?q=memperbaiki+jalanan&kind=proposal").response.json()
    (one,) = facts["results"]
    assert (facts["found"], facts["more"], facts["next"]) == (1, False, None)
    assert one["url"] == f"/proposals/{factories.code(town.road)}" and one["kind"] == "proposal"
    assert one["title"] == "Perbaikan jalan di Dusun Krajan" and one["consultation"] == "Jalan mana yang didahulukan?"


def test_what_was_typed_and_found_stays_text(reader: Browser, town: Town) -> None:
    factories.proposal(town.roads, title="<b>kerbau</b> & <script>sapi()</script>", body="<img src=x> kerbau lagi ya.")
    page = reader.get('/search?q=kerbau"><script>alert(1)</script>')
    assert "<script>alert" not in page.html and "<script>sapi" not in page.html and "<img src=x" not in page.html
    assert "&lt;b&gt;<mark>kerbau</mark>&lt;/b&gt;" in page.html


def test_further_pages_are_links(reader: Browser, town: Town) -> None:
    for n in range(25):
        factories.proposal(town.roads, title=f"Pagar {n}")
    page = reader.get("/search?q=pagar&kind=proposal")
    (further,) = [str(e.get("href")) for e in page.all("a", rel="next")]
    second = reader.get(further)
    assert len(second.all("article")) == 5 and "/search?q=pagar&kind=proposal" in second.links()


@pytest.mark.parametrize("query", ["jalan", "jalan&area=argosari&state=open&topic=jalan&consultation=air", "kerbau"])
def test_a_page_takes_at_most_eight_queries_whatever_is_found(reader: Browser, town: Town, query: str) -> None:
    answered(town, town.road, "Jalan itu diperbaiki pada bulan depan.")
    decided(town.water, decided="Jalan ke sumur dibuat.")
    for n in range(30):
        factories.proposal(town.water, title=f"Jalan {n}", topic="jalan")
    reader.sign_in(factories.person())
    asked: list[str] = []
    note = lambda *given: asked.append(given[2])  # noqa: E731
    event.listen(db.current().reads, "before_cursor_execute", note)
    page = reader.get(f"/search?q={query}")
    event.remove(db.current().reads, "before_cursor_execute", note)
    assert page.status == 200 and len(page.all("article")) == (0 if query == "kerbau" else 20)
    assert len([one for one in asked if not one.startswith("BEGIN")]) <= 8, asked


def test_the_lists_are_searched_by_the_same_words(reader: Browser, town: Town) -> None:
    assert "/consultations/jalan" in reader.get("/consultations?q=anggaran+diperbaiki").links()
    other = factories.proposal(town.roads, title="Lampu taman", body="Taman kita gelap di malam hari.")
    page = reader.get("/consultations/jalan/proposals?q=memperbaiki+jalanan&sort=newest")
    assert f"/proposals/{factories.code(town.road)}" in page.links()
    assert f"/proposals/{factories.code(other)}" not in page.links()
    assert page.form("/consultations/jalan/proposals")["q"] == "memperbaiki jalanan"
    assert page.all("meta", name="robots", content="noindex")
    facts = reader.get("/consultations/jalan/proposals.json?q=jalanan").response.json()
    assert [one["code"] for one in facts["proposals"]] == [factories.code(town.road)]
    assert reader.get("/consultations/jalan/proposals?q=yang&sort=newest").all("div", class_="empty")
