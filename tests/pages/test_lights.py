"""What everybody sees of the lights: on each page, as data, and gone as soon as the fact is gone."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, event, update

from app.accounts.models import Participant
from app.contributions import actions, queries
from app.contributions.models import Contribution, Handling
from app.core import clock, db, pagecache
from app.core.columns import table
from app.obligations.actions import Owed, arise
from app.obligations.models import Kind
from tests import factories
from tests.contributions.world import World, by_hand, code_of
from tests.page import Browser, Page


@pytest.fixture
def world(browser: Browser) -> World:
    return World()


def shown(page: Page, code: str) -> list[str]:
    """The words of the lights of one contribution as a page shows them."""
    (found,) = [one for one in page.all("ul", class_="lights") if one.get("aria-label") == f"Lampu {code}"]
    return [" ".join("".join(light.itertext()).split()) for light in found.iter("li")]


LIT, HALF, FIRST = (
    ["Didengar", "Dipertimbangkan", "Dijawab"],
    ["Didengar", "Dipertimbangkan", "Belum dijawab"],
    ["Didengar", "Belum dipertimbangkan", "Belum dijawab"],
)


def test_every_page_shows_the_same_lights_and_leads_to_the_evidence(world: World, browser: Browser) -> None:
    answered, read = world.proposal(), world.proposal()
    comment = world.comment(read)
    world.handle(read, outcome="checked", note="Diukur di lokasi.")
    world.answer(answered)
    codes = [code_of(number) for number in (answered, read, comment)]
    author = browser.as_(world.author)
    for page in (browser.get("/consultations/air/proposals?sort=newest"), author.get("/me/contributions")):
        assert [shown(page, code) for code in codes[:2]] == [LIT, HALF]
    assert shown(author.get("/me/contributions"), codes[2]) == FIRST
    page = browser.get(f"/proposals/{codes[1]}")
    assert [shown(page, codes[1]), shown(page, codes[2])] == [HALF, FIRST]
    trail = browser.get(f"/contributions/{codes[1]}")
    assert shown(trail, codes[1]) == HALF
    assert "Dipertimbangkan oleh Bu Sri, pejabat, Dinas PU" in trail.text and "Diukur di lokasi." in trail.text
    for number, code in enumerate(codes):
        trail = browser.get(f"/contributions/{code}")
        lit = [link.partition("#")[2] for link in trail.links() if link.startswith(f"/contributions/{code}#")]
        assert lit == [["heard", "considered", "answered"], ["heard", "considered"], ["heard"]][number]
        assert all([e for e in trail.root.iter() if e.get("id") == anchor] for anchor in lit)


def test_the_same_as_data(world: World, browser: Browser) -> None:
    proposal = world.proposal()
    comment = world.comment(proposal)
    world.handle(comment)
    world.answer(proposal)
    codes = [code_of(number) for number in (proposal, comment)]

    def data(address: str) -> dict[str, Any]:
        return dict(browser.client.get(address).json())

    of_both = [data(f"/contributions/{code}.json")["lights"] for code in codes]
    assert [[one[name]["lit"] for name in one] for one in of_both] == [[True, True, True], [True, True, False]]
    assert of_both[1]["considered"]["evidence"] == f"/contributions/{codes[1]}#considered"
    (handled,) = data(f"/contributions/{codes[1]}.json")["handlings"]
    assert (handled["by"], handled["role"], handled["outcome"]) == ("Bu Sri", "official", "noted")
    assert data(f"/proposals/{codes[0]}.json")["lights"] == of_both[0]
    assert data(f"/proposals/{codes[0]}/comments.json")["comments"][0]["lights"] == of_both[1]
    assert data("/consultations/air/proposals.json")["proposals"][0]["lights"] == of_both[0]
    assert data("/consultations/air.json")["lights"] == {"heard": 2, "considered": 2, "answered": 1}


def test_the_files_hold_every_contribution_with_its_lights(world: World, browser: Browser) -> None:
    proposal = world.proposal()
    comment = world.comment(proposal)
    world.handle(comment)

    def rows(name: str) -> list[dict[str, str]]:
        text = browser.client.get(f"/consultations/air/{name}.csv").text.removeprefix("\ufeff")
        return list(csv.DictReader(io.StringIO(text)))

    first, second = rows("contributions")
    assert (first["code"], first["considered_at"], second["kind"]) == (code_of(proposal), "", "comment")
    assert second["proposal"] == code_of(proposal) and second["considered_at"] and not second["answered_at"]
    world.answer(proposal)
    assert rows("proposals")[0]["answered_at"] and rows("contributions")[0]["answer"] == "adopted"


def test_totals_stand_in_one_line_in_both_languages(world: World, browser: Browser) -> None:
    first = world.proposal()
    world.handle(first)
    world.comment(first)
    assert "2 didengar · 1 dipertimbangkan · 0 dijawab" in browser.get("/consultations/air").text
    assert "2 heard · 1 considered · 0 answered" in browser.as_(lang="en").get("/consultations/air").text


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are kept for very long, so that only the facts can renew them."""
    monkeypatch.setattr(pagecache, "OLDEST", 10_000)
    monkeypatch.setattr(pagecache, "UNDER_WRITES", 10_000)


def seen(browser: Browser, code: str) -> tuple[list[str], str]:
    """The lights and the totals as a visitor sees them now."""
    totals = browser.get("/consultations/air").all("p", class_="lights lights--totals")
    line = " ".join("".join(totals[0].itertext()).split()) if totals else ""
    return shown(browser.get(f"/proposals/{code}"), code), line


@pytest.mark.usefixtures("keeping")
def test_an_act_shows_at_once_to_everybody(world: World, browser: Browser) -> None:
    number = world.proposal()
    code = code_of(number)
    assert seen(browser, code) == (FIRST, "1 didengar · 0 dipertimbangkan · 0 dijawab")
    world.handle(number)
    assert seen(browser, code) == (HALF, "1 didengar · 1 dipertimbangkan · 0 dijawab")
    with db.reading() as session:
        handled = queries.handlings_of(session, [number])[number][0].id
    db.write_now(actions.retract, world.official.actor, handled)
    assert seen(browser, code) == (FIRST, "1 didengar · 0 dipertimbangkan · 0 dijawab")


def test_a_handling_removed_by_hand_is_gone_from_the_next_answer(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite however long pages are kept; on PostgreSQL when the second is over for which they are."""
    if db.current().url.startswith("sqlite"):
        monkeypatch.setattr(pagecache, "OLDEST", 10_000)
        monkeypatch.setattr(pagecache, "UNDER_WRITES", 10_000)
    first, second = world.proposal(), world.proposal()
    world.handle(first, second)
    code = code_of(first)
    assert seen(browser, code) == (HALF, "2 didengar · 2 dipertimbangkan · 0 dijawab")
    by_hand(delete(table(Handling)).where(table(Handling).c.contribution_id == first))
    assert seen(browser, code) == (FIRST, "2 didengar · 1 dipertimbangkan · 0 dijawab")
    assert shown(browser.get(f"/proposals/{code_of(second)}"), code_of(second)) == HALF


def test_hidden_withdrawn_and_erased_contributions_keep_their_lights(world: World, browser: Browser) -> None:
    leaver = factories.person("Pamit")
    numbers = [world.proposal(), world.proposal(), world.proposal(leaver)]
    for number in numbers:
        world.handle(number)
    c = table(Contribution).c
    for number, visibility in zip(numbers[:2], ("hidden", "withdrawn"), strict=True):
        by_hand(update(table(Contribution)).where(c.id == number).values(visibility=visibility))
    p = table(Participant).c
    by_hand(update(table(Participant)).where(p.id == leaver.participant).values(name=None, erased_at=clock.now()))
    for number in numbers:
        assert shown(browser.get(f"/contributions/{code_of(number)}"), code_of(number)) == HALF
    assert world.totals().considered == 3


def test_a_promised_answer_says_until_when_and_then_that_it_is_late(world: World, browser: Browser) -> None:
    number, now = world.proposal(), clock.now()
    code, due = code_of(number), now + timedelta(days=2)
    owed = [Owed(number, code)]
    office = next(iter(world.official.actor.offices))
    db.write_now(arise, Kind.CLOSING, world.consultation, office, now, due, owed)
    assert shown(browser.get(f"/proposals/{code}"), code)[2].startswith("Jawaban paling lambat")
    with time_machine.travel(due + timedelta(seconds=1)):
        assert shown(browser.get(f"/contributions/{code}"), code)[2].startswith("Jawaban terlambat sejak")
    world.answer(number)
    assert shown(browser.get(f"/contributions/{code}"), code) == LIT


def test_a_list_of_fifty_asks_the_database_as_often_as_a_list_of_two(world: World, browser: Browser) -> None:
    asked: list[str] = []
    event.listen(db.current().reads, "before_cursor_execute", lambda c, cur, sql, *rest: asked.append(sql))
    costs = []
    for more in (2, 48):
        ids = [world.proposal() for _ in range(more)]
        world.handle(*ids)
        world.answer(*ids[:1])
        asked.clear()
        browser.get("/consultations/air/proposals?sort=newest")
        costs.append(len(asked))
    assert costs[0] == costs[1]
