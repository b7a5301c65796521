"""What search engines are told: every public page under one address, and nothing that is not public."""

import gzip
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from sqlalchemy import update

from app.contributions.models import Contribution
from app.core import clock, db
from app.core.columns import table
from app.exports import export, queries
from app.proposals.models import Proposal
from app.settings import settings
from tests import factories, world
from tests.counting import queries_asked
from tests.factories import BOTH, OVER
from tests.page import Browser

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def found(browser: Browser, url: str, entry: str = "url") -> dict[str, str | None]:
    """The addresses of a list, with their dates."""
    answer = browser.client.get(url)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    return {
        one.findtext("s:loc", "", NAMES): one.findtext("s:lastmod", None, NAMES)
        for one in root.findall(f"s:{entry}", NAMES)
    }


def paths(browser: Browser) -> dict[str, str | None]:
    """Everything in all lists."""
    everything: dict[str, str | None] = {}
    for part in found(browser, "/sitemap.xml", "sitemap"):
        everything |= {urlsplit(url).path: date for url, date in found(browser, urlsplit(part).path).items()}
    return everything


def set_(model: type, number: int, **values: Any) -> None:
    row = table(model)
    db.write_now(lambda session: session.execute(update(row).where(row.c.id == number).values(values)) and None)


def test_everything_public_is_there_and_nothing_else(browser: Browser) -> None:
    made = world.build()
    consultation = factories.consultation(factories.office(slug="dinas-lain"), slug="lain")
    hidden, withdrawn, shown = (factories.proposal(consultation) for _ in range(3))
    set_(Contribution, hidden, visibility="hidden", reason_code="insult")
    set_(Proposal, withdrawn, withdrawn_at=clock.now())
    draft = factories.consultation(factories.office(slug="dinas-tutup", closed_at=clock.now()), opened=False)
    in_draft = factories.proposal(draft)
    listed = paths(browser)
    expected = {
        *queries.PLAIN,
        "/decisions/K-2026-001",
        "/offices/dinas-air",
        "/offices/dinas-pasar",
        "/offices/dinas-lain",
    }
    expected |= {f"/consultations/{slug}" for slug in ("air", "selesai", "lain")}
    expected |= {f"/proposals/{code}" for code in (made.values["code"], made.values["merged"], factories.code(shown))}
    assert set(listed) == expected
    assert factories.code(in_draft) not in str(listed)


def test_every_listed_page_is_indexed_under_this_very_address(browser: Browser) -> None:
    world.build()
    for path in paths(browser):
        page = browser.get(path)
        assert page.status == 200
        assert not page.all("meta", name="robots"), path
        assert [e.get("href") for e in page.all("link", rel="canonical")] == [f"http://127.0.0.1:8000{path}"]


def test_dates_are_those_of_the_last_change(browser: Browser) -> None:
    office = factories.office()
    consultation = factories.consultation(office, BOTH, slug="air", now=clock.now() - timedelta(days=3))
    number = factories.proposal(consultation)
    before = paths(browser)[f"/proposals/{factories.code(number)}"]
    factories.add(world.Answer(
        response_id=world.response(consultation, office, number, factories.official(office)), contribution_id=number,
        published_at=clock.now() + timedelta(hours=2),
    ))  # fmt: skip
    db_now = f"{clock.now() + timedelta(hours=2):%Y-%m-%dT%H}"
    export._made.clear()
    after = paths(browser)[f"/proposals/{factories.code(number)}"]
    assert before is not None and after is not None
    assert before < after and after.startswith(db_now) and after.endswith("Z")
    assert (paths(browser)["/consultations/air"] or "").startswith(f"{clock.now() - timedelta(days=3):%Y-%m-%d}")


def test_parts_are_ranges_and_each_is_one_query(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.addresses, "PART", 4)  # type: ignore[attr-defined]
    consultation = factories.consultation(factories.office(), slug="air")
    codes = {factories.code(factories.proposal(consultation)) for _ in range(11)}
    parts = [urlsplit(url).path for url in found(browser, "/sitemap.xml", "sitemap")]
    mine = [part for part in parts if "/proposals-" in part]
    assert len(mine) == 3
    listed: list[str] = []
    for part in mine:
        with queries_asked() as asked:
            some = found(browser, part)
        assert len([one for one in asked if one != "BEGIN"]) == 2, "which parts there are, and the part"
        assert len(some) <= 4
        listed += some
    assert {url.rsplit("/", 1)[1] for url in listed} == codes and len(listed) == 11
    assert browser.client.get("/sitemaps/proposals-4.xml").status_code == 404


def test_a_list_is_kept_packed_and_for_a_while(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    consultation = factories.consultation(factories.office(), slug="air")
    factories.proposal(consultation)
    first = found(browser, "/sitemaps/proposals-1.xml")
    factories.proposal(consultation)
    assert found(browser, "/sitemaps/proposals-1.xml") == first
    with browser.client.stream("GET", "/sitemaps/proposals-1.xml", headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip" and b"<loc>" in gzip.decompress(packed)
    monkeypatch.setattr(export, "SITEMAP_SECONDS", 0)
    assert len(found(browser, "/sitemaps/proposals-1.xml")) == 2
    monkeypatch.setattr(export, "MOST_SITEMAPS", 2)
    for kind in ("pages", "consultations", "offices", "proposals"):
        found(browser, f"/sitemaps/{kind}-1.xml")
    assert len(export._made[db.current()]) == 2


def test_addresses_are_those_of_the_settings(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMBUK_BASE_URL", "http://localhost:9999/")
    settings.cache_clear()
    assert "http://localhost:9999/sitemaps/pages-1.xml" in found(browser, "/sitemap.xml", "sitemap")
    assert "http://localhost:9999/consultations" in found(browser, "/sitemaps/pages-1.xml")
    assert "Sitemap: http://localhost:9999/sitemap.xml\n" in browser.client.get("/robots.txt").text
    page = browser.get("/about")
    assert page.all("link", rel="canonical")[0].get("href") == "http://localhost:9999/about"


@pytest.mark.parametrize(
    ("url", "canonical", "indexed"),
    [
        ("/consultations", "/consultations", True),
        ("/consultations?state=open", "/consultations", False),
        ("/consultations?q=air&lang=en", "/consultations?lang=en", False),
        ("/consultations?lang=en", "/consultations?lang=en", True),
        ("/consultations?lang=id", "/consultations", True),
        ("/consultations/selesai/proposals", "/consultations/selesai/proposals", True),
        ("/consultations/selesai/proposals?sort=newest", "/consultations/selesai/proposals", False),
        ("/consultations/air/proposals?sort=random&seed=3", "/consultations/air/proposals", False),
        ("/proposals/{code}", "/proposals/{code}", True),
        ("/proposals/{code}?comments=newest", "/proposals/{code}", False),
        ("/proposals/{code}/versions", "/proposals/{code}/versions", False),
        ("/proposals/{code}/comments", "/proposals/{code}/comments", False),
        ("/contributions/{code}", "/contributions/{code}", False),
        ("/contributions/{code}/report", "/contributions/{code}/report", False),
        ("/contributions", "/contributions", False),
        ("/sign-in", "/sign-in", False),
        ("/sign-up?next=%2Fme", "/sign-up", False),
        ("/reset", "/reset", False),
        ("/areas?q=air", "/areas", False),
    ],
)
def test_which_pages_are_indexed_and_where(browser: Browser, url: str, canonical: str, indexed: bool) -> None:
    consultation = factories.consultation(factories.office(), slug="air")
    factories.consultation(factories.office(), OVER, slug="selesai", decided_at=clock.now())
    code = factories.code(factories.proposal(consultation))
    fresh = browser.as_()
    fresh.client.cookies.clear()
    page = fresh.get(url.replace("{code}", code))
    assert page.status == 200
    expected = "http://127.0.0.1:8000" + canonical.replace("{code}", code)
    assert page.all("link", rel="canonical")[0].get("href") == expected
    assert bool(page.all("meta", name="robots", content="noindex")) is not indexed
    others = {e.get("hreflang"): e.get("href") for e in page.all("link", rel="alternate") if e.get("hreflang")}
    bare = expected.split("?")[0]
    assert others == ({"id": bare, "en": f"{bare}?lang=en", "x-default": bare} if indexed else {})
    assert page.all("meta", property="og:url")[0].get("content") == bare


@pytest.mark.parametrize("url", ["/nowhere", "/me", "/desk", "/moderation", "/admin", "/facilitation", "/held"])
def test_refusals_and_private_pages_are_never_indexed(browser: Browser, url: str) -> None:
    for visitor in (browser, browser.as_(factories.person("Semua", ["moderator", "facilitator", "administrator"]))):
        page = visitor.get(url)
        assert page.all("meta", name="robots", content="noindex")
        assert page.status == 200 or not page.all("link", rel="canonical")


def test_a_hidden_or_withdrawn_proposal_is_not_indexed(browser: Browser) -> None:
    consultation = factories.consultation(factories.office(), slug="air")
    for model, change in ((Contribution, {"visibility": "hidden"}), (Proposal, {"withdrawn_at": clock.now()})):
        number = factories.proposal(consultation)
        page = f"/proposals/{factories.code(number)}"
        assert not browser.get(page).all("meta", name="robots")
        set_(model, number, **change)
        assert browser.get(page).all("meta", name="robots", content="noindex")
