"""While a proposal is written: what is like it, and three ways on, with script and without."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.core import db
from app.core.columns import table
from app.finding import queries
from app.moderation import actions as moderation
from app.proposals.models import Proposal, ProposalVersion
from app.rules.canonical import commitment
from tests import factories
from tests.counting import queries_asked
from tests.factories import Person
from tests.finding.conftest import Town
from tests.page import Browser, Page

LIKE_ROAD = {
    "title": "Memperbaiki jalanan Dusun Krajan",
    "body": "Jalan kami rusak parah sejak musim hujan yang lalu.",
    "act": "look",
}
HERE = "/consultations/jalan/proposals"


@pytest.fixture
def writer(town: Town, browser: Browser) -> Browser:
    """Somebody who is about to write a proposal."""
    browser.sign_in(factories.person("Sari"))
    return browser


def titles(town: Town, title: str, body: str = "") -> list[str]:
    """The titles of what is like a text."""
    with db.reading() as session:
        return ["".join(piece for piece, _ in it.title) for it in queries.alike(session, town.roads, title, body)]


def sent(page: Page) -> bool:
    """Whether the proposal was sent: its own page has been opened."""
    return (
        page.status == 200 and re.fullmatch(r"/proposals/[0-9A-Z]{4}-[0-9A-Z]{5}", urlsplit(page.url).path) is not None
    )


def proposals() -> int:
    with db.reading() as session:
        return len(session.execute(select(table(Proposal).c.id)).all())


def versions() -> list[Any]:
    with db.reading() as session:
        t = table(ProposalVersion)
        return list(session.execute(select(t).order_by(t.c.id)).all())


def test_the_most_alike_come_first_and_five_at_most(town: Town) -> None:
    for n in range(7):
        factories.proposal(town.roads, title=f"Jalan Krajan nomor {n}")
    found = titles(town, "Perbaiki jalan Krajan")
    assert found[0] == "Perbaikan jalan di Dusun Krajan" and len(found) == 5


def test_only_standing_proposals_of_the_same_consultation_are_alike(town: Town) -> None:
    factories.proposal(town.water, title="Perbaikan jalan di Dusun Krajan")
    moderator = factories.person(roles=["moderator"])
    assert titles(town, "Perbaikan jalan Krajan") == ["Perbaikan jalan di Dusun Krajan"]
    db.write_now(moderation.hide, moderator.actor, town.road, "spam", "", "http://x")
    assert titles(town, "Perbaikan jalan Krajan") == []


@pytest.mark.parametrize("title", ["", "😀😀", "yang dan", '"" AND *', "x" * 5_000, "kerbau terbang"])
def test_titles_that_are_like_nothing(town: Town, title: str) -> None:
    assert titles(town, title) == []


def test_a_short_title_is_helped_by_the_text(town: Town) -> None:
    assert titles(town, "Usulan", "Jalan di Dusun Krajan perlu perbaikan segera.") != []


def test_three_queries_whatever_is_there(town: Town) -> None:
    for n in range(30):
        factories.proposal(town.roads, title=f"Jalan Krajan nomor {n}")
    with queries_asked() as asked:
        titles(town, "Perbaikan jalan Dusun Krajan", "Isi.")
    assert len([one for one in asked if not one.startswith("BEGIN")]) == 3


# -- without script --------------------------------------------------------------------------------


def test_without_script_it_is_a_step_before_sending(writer: Browser, town: Town) -> None:
    before = proposals()
    page = writer.post(HERE, LIKE_ROAD)
    assert page.status == 200 and proposals() == before
    road = factories.code(town.road)
    assert f"/proposals/{road}" in page.links() and {"Perbaikan", "jalan"} <= {m.text for m in page.all("mark")}
    ways = {e.get("formaction") for e in page.root.iter("button") if e.get("formaction")}
    assert ways == {f"/proposals/{road}/vote", f"/proposals/{road}/comments/new"}
    fields = page.form(HERE)
    assert fields["title"] == LIKE_ROAD["title"] and fields["looked"] == "yes" and fields["difference"] == ""
    assert sent(writer.post(HERE, fields | {"act": "send"})) and proposals() == before + 1


def test_having_looked_once_is_enough(writer: Browser, town: Town) -> None:
    assert sent(writer.post(HERE, LIKE_ROAD | {"looked": "yes"}))


def test_what_is_like_nothing_is_sent_at_once(writer: Browser, town: Town) -> None:
    new = {"title": "Halte bus di pasar", "body": "Supaya pedagang tidak kehujanan.", "act": "look"}
    assert sent(writer.post(HERE, new))


def test_sending_by_its_contract_never_stops_at_the_step(writer: Browser, town: Town) -> None:
    plain = {name: value for name, value in LIKE_ROAD.items() if name != "act"}
    assert sent(writer.post(HERE, plain))


def test_the_text_is_kept_as_a_draft_whatever_way_is_taken(writer: Browser, town: Town) -> None:
    writer.post(HERE, LIKE_ROAD)
    assert writer.get(f"{HERE}/new").form(HERE)["title"] == LIKE_ROAD["title"]


# -- three ways on ---------------------------------------------------------------------------------


def test_support_that_one(writer: Browser, town: Town) -> None:
    fields = writer.post(HERE, LIKE_ROAD).form(HERE)
    voted = writer.post(f"/proposals/{factories.code(town.road)}/vote", fields | {"choice": "support"})
    assert sent(voted) and "Suara Anda: Dukung" in voted.text


def test_where_nobody_can_vote_it_can_be_read(browser: Browser, database: str) -> None:
    from app import main, permissions
    from app.core import access

    assert main.ROUTERS
    access.fill(permissions.TABLE)
    office = factories.office()
    number = factories.consultation(office, factories.PROPOSING, slug="usul")
    there = factories.proposal(number, title="Perbaikan jalan di Dusun Krajan")
    browser.sign_in(factories.person())
    page = browser.post("/consultations/usul/proposals", LIKE_ROAD)
    assert f"/proposals/{factories.code(there)}#vote" in page.links()
    assert not [e for e in page.root.iter("button") if str(e.get("formaction", "")).endswith("/vote")]


def test_add_my_reason_to_it(browser: Browser, town: Town) -> None:
    phases = (*factories.BOTH, factories.phase("discussion", -factories.DAY, factories.DAY))
    number = factories.consultation(town.office, phases, slug="ramai")
    there = factories.proposal(number, title="Perbaikan jalan di Dusun Krajan")
    browser.sign_in(factories.person())
    page = browser.post("/consultations/ramai/proposals", LIKE_ROAD)
    to = f"/proposals/{factories.code(there)}/comments/new"
    assert to in {e.get("formaction") for e in page.root.iter("button")}
    form = browser.post(to, page.form("/consultations/ramai/proposals"))
    fields = form.form(f"/proposals/{factories.code(there)}/comments")
    assert form.status == 200 and fields["stance"] == "for"
    assert fields["body"] == f"{LIKE_ROAD['title']}\n\n{LIKE_ROAD['body']}"
    assert "Jalan kami rusak parah" in browser.post(f"/proposals/{factories.code(there)}/comments", fields).text


def _different(writer: Browser, reason: str = "Bagian jalan yang lain & lebih jauh.") -> str:
    fields = writer.post(HERE, LIKE_ROAD).form(HERE)
    page = writer.post(HERE, fields | {"difference": reason, "act": "send"})
    assert sent(page)
    return urlsplit(page.url).path


def test_mine_is_different_because(writer: Browser, town: Town) -> None:
    url = _different(writer)
    reason = "Bagian jalan yang lain & lebih jauh."
    assert reason in writer.get(url).text
    assert reason in writer.get(url.replace("/proposals/", "/contributions/")).text
    assert writer.get(f"{url}.json").response.json()["difference"] == reason
    assert reason in writer.client.get(f"{HERE}.csv").text
    row = versions()[-1]
    payload = {"code": url.rsplit("/", 1)[1], "version": 1, "lang": row.lang, "title": row.title, "body": row.body}
    assert row.h == commitment("rembuk/proposal/v1", row.nonce, payload | {"difference": reason})
    assert row.h != commitment("rembuk/proposal/v1", row.nonce, payload)


def test_a_new_version_keeps_what_is_different(writer: Browser, town: Town) -> None:
    code = _different(writer).rsplit("/", 1)[1]
    factories.edit(versions()[-1].proposal_id)
    row = versions()[-1]
    assert (row.number, row.difference) == (2, "Bagian jalan yang lain & lebih jauh.")
    assert writer.get(f"/proposals/{code}.json").response.json()["difference"] == row.difference


def test_what_is_different_in_a_hidden_proposal_is_hidden(writer: Browser, town: Town) -> None:
    url = _different(writer, "Kerbau sakti.")
    moderator: Person = factories.person(roles=["moderator"])
    db.write_now(moderation.hide, moderator.actor, versions()[-1].proposal_id, "spam", "", "http://x")
    writer.sign_in(factories.person())
    for address in (url, f"{url}.json", f"{HERE}.csv", url.replace("/proposals/", "/contributions/"), f"{HERE}.json"):
        assert "Kerbau sakti" not in writer.client.get(address).text


def test_what_is_different_is_text(writer: Browser, town: Town) -> None:
    assert "<script>alert" not in writer.get(_different(writer, "<script>alert(1)</script>")).html


def test_too_long_a_difference_is_said_and_kept(writer: Browser, town: Town) -> None:
    refused = writer.post(HERE, LIKE_ROAD | {"act": "send", "difference": "x " * 400})
    assert refused.status == 422 and any("Perbedaannya" in error for error in refused.errors)
    assert refused.form(HERE)["difference"].startswith("x x")


# -- with script -----------------------------------------------------------------------------------


def test_with_script_they_appear_while_writing(writer: Browser, town: Town) -> None:
    page = writer.get(f"{HERE}/new")
    (place,) = page.all("div", id="alike")
    assert place.get("data-hx-post") == f"{HERE}/alike" and page.form(HERE)
    part = writer.post(f"{HERE}/alike", {"title": LIKE_ROAD["title"], "difference": "Lain."}, htmx=True)
    assert part.status == 200 and "<mark>jalan</mark>" in part.html and ">\nLain.</textarea>" in part.html
    assert 'name="looked" value="yes"' in part.html
    nothing = writer.post(f"{HERE}/alike", {"title": "Kerbau"}, htmx=True)
    assert nothing.status == 200 and nothing.html.strip() == ""


def test_who_may_not_write_is_told_nothing(browser: Browser, town: Town) -> None:
    assert browser.post(f"{HERE}/alike", {"title": LIKE_ROAD["title"]}, htmx=True).status == 401
    factories.consultation(town.office, opened=False, slug="rancangan")
    browser.sign_in(factories.person())
    assert browser.post("/consultations/rancangan/proposals/alike", {"title": "Jalan"}, htmx=True).status == 404
