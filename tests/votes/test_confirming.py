"""Votes cast before the counting rule changed are kept, confirmed by their voters, and both are counted."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
import time_machine
from sqlalchemy import update

from app.consultations import actions as consultations
from app.consultations import queries
from app.consultations.forms import TextsForm
from app.consultations.models import Amendment, ConsultationPhase
from app.core import clock, db
from app.core.access import Conflict, Denied
from app.core.columns import table
from app.decisions import actions as decisions
from app.decisions import queries as decided
from app.decisions.forms import PARTS, DecisionForm
from app.publiclog.models import Event
from app.rules.canonical import commitment
from app.votes import actions
from app.votes.models import Ballot, Choice, ConfirmedStat, Vote
from tests import factories
from tests.consultations.test_drafts import all_rows
from tests.counting import queries_asked
from tests.factories import CHARTER, HOUR
from tests.page import Browser

NOW = datetime(2026, 5, 4, 3, 17, tzinfo=UTC)
CHOOSING = {
    "engine": "approval/1", "quorum": None, "participation": None, "threshold": None, "most": 1, "ties": "all",
}  # fmt: skip


@pytest.fixture
def clock_at() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class World:
    """Two voters and two proposals; the rule is about to change."""

    def __init__(self, clock_at: time_machine.Traveller) -> None:
        self.clock = clock_at
        self.office = factories.office(slug="dinas")
        self.official = factories.official(self.office)
        self.consultation = factories.consultation(self.office, slug="air")
        self.first, self.second = (factories.proposal(self.consultation) for _ in range(2))
        self.early, self.late = factories.person(), factories.person()
        self.cast(self.early, self.first)
        self.cast(self.early, self.second, "oppose")

    def cast(self, person: factories.Person, proposal: int, choice: str = "support") -> Any:
        return db.write_now(actions.cast, person.actor, factories.code(proposal), Choice(choice), clock.now())

    def amend(self, rule: Any = CHOOSING) -> None:
        given = ({**CHARTER, "rule": rule}, "Aturan lama keliru.", clock.now())
        db.write_now(consultations.amend_charter, self.official.actor, self.consultation, *given)

    def ask(self, **texts: str) -> None:
        given = {
            "title": "Bagaimana air dibagi di desa?",
            "summary": "Warga mengusulkan.",
            "background": "Dua mata air.",
        }
        form = TextsForm(**(given | texts))
        db.write_now(
            consultations.amend, self.official.actor, self.consultation, form, "Pertanyaan lama keliru.", clock.now()
        )

    def confirm(self, person: factories.Person) -> int:
        return db.write_now(actions.confirm, person.actor, self.consultation, clock.now())

    def rules(self) -> dict[tuple[int, str], int]:
        return {(it.proposal_id, it.choice): it.rule for it in all_rows(Vote)}

    def close(self) -> None:
        t, now = table(ConsultationPhase), clock.now()
        db.write_now(
            lambda session: session.execute(update(t).values(closes_at=now, ended_at=now, counted_at=now)) and None
        )


@pytest.fixture
def world(browser: Browser, clock_at: time_machine.Traveller) -> World:
    return World(clock_at)


def test_votes_are_kept_and_confirmed_all_at_once(world: World) -> None:
    world.amend()
    assert set(world.rules().values()) == {0}
    with pytest.raises(Conflict, match="not-yet"):
        world.confirm(world.early)
    world.clock.move_to(NOW.replace(hour=4, minute=0))
    assert world.confirm(world.early) == world.confirm(world.early) == 2
    assert set(world.rules().values()) == {1}
    (ballot,) = all_rows(Ballot)
    assert ballot.hour == NOW.replace(hour=4, minute=0)


def test_the_commitment_covers_the_confirmation_and_names_what_it_supersedes(world: World) -> None:
    world.amend()
    (before,) = all_rows(Ballot)
    world.clock.move_to(NOW + HOUR)
    world.confirm(world.early)
    world.confirm(world.early)
    (ballot,) = all_rows(Ballot)
    codes = {number: factories.code(number) for number in (world.first, world.second)}
    choices = sorted(
        ({"p": codes[it.proposal_id], "v": 1, "c": it.choice, "r": 1} for it in all_rows(Vote)), key=lambda it: it["p"]
    )
    payload = {"phase": ballot.phase_id, "choices": choices}
    assert ballot.h == commitment("rembuk/ballot/v1", ballot.nonce, payload)
    told = [json.loads(it.body) for it in all_rows(Event) if it.type == "ballot"]
    assert [it for it in told if it["h"] == ballot.h] == [
        {"v": 1, "t": "ballot", "c": str(world.consultation), "h": ballot.h, "s": before.h}
    ]


def test_whether_a_vote_is_confirmed_tells_no_time_finer_than_the_hour(world: World) -> None:
    """A vote right after the amendment is as unconfirmed as one right before it, in the same hour."""
    world.amend()
    world.cast(world.late, world.first)
    assert set(world.rules().values()) == {0}
    world.clock.move_to(NOW.replace(hour=4, minute=0))
    other = factories.person()
    world.cast(other, world.first)
    by_hour = {it.hour: {v.rule for v in all_rows(Vote) if v.ballot_id == it.id} for it in all_rows(Ballot)}
    assert by_hour == {NOW.replace(minute=0): {0}, NOW.replace(hour=4, minute=0): {1}}


def test_pressing_the_same_again_confirms_that_vote_alone(world: World) -> None:
    world.amend()
    world.clock.move_to(NOW + HOUR)
    assert world.cast(world.early, world.first).unconfirmed is False
    assert world.rules() == {(world.first, "support"): 1, (world.second, "oppose"): 0}


def test_nothing_to_confirm_is_said(world: World) -> None:
    with pytest.raises(Conflict, match="nothing-to-confirm"):
        world.confirm(world.early)
    world.amend()
    world.clock.move_to(NOW + HOUR)
    with pytest.raises(Conflict, match="nothing-to-confirm"):
        world.confirm(world.late)
    with pytest.raises(Denied):
        world.confirm(world.official)
    world.close()
    with pytest.raises(Conflict, match="ended"):
        world.confirm(world.early)
    assert set(world.rules().values()) == {0}


def test_a_changed_rule_before_voting_asks_nobody(browser: Browser, clock_at: time_machine.Traveller) -> None:
    office = factories.office()
    phases = (factories.phase("proposals", -HOUR, 10 * HOUR), factories.phase("voting", 10 * HOUR, 90 * HOUR))
    number = factories.consultation(office, phases)
    given = ({**CHARTER, "rule": CHOOSING}, "Aturan lama keliru.", clock.now())
    db.write_now(consultations.amend_charter, factories.official(office).actor, number, *given)
    with db.reading() as session:
        assert queries.by_id(session, number).rule_changes == 0


def test_a_changed_question_asks_as_a_changed_rule_does(world: World, browser: Browser) -> None:
    """Other texts, and the question in a further language, ask nobody."""
    with db.reading() as session:
        title = queries.typed_texts(session, world.consultation)["title"]
    world.ask(title=title)
    world.ask(title=title, other_title="How is the water shared?", other_summary="People propose.")
    assert [it.asks_voters for it in all_rows(Amendment)] == [False, False]
    world.ask(other_title="How is the water shared?", other_summary="People propose.")
    asked = all_rows(Amendment)[-1]
    assert (asked.asks_voters, asked.applies_from) == (True, NOW.replace(hour=4, minute=0))
    assert set(world.rules().values()) == {0}, "votes are kept"
    voter, at = browser.as_(world.early), f"/proposals/{factories.code(world.first)}"
    assert "Pertanyaan atau akibat suara berubah setelah Anda memilih" in voter.get(at).text
    assert "pemilihnya diminta menegaskannya" in browser.get("/consultations/air/charter/amendments/3").text
    rule = browser.get("/consultations/air/charter").text
    assert "berlaku untuk suara yang diberikan atau ditegaskan" not in rule, "the rule is as it was"
    with pytest.raises(Conflict, match="still-pending"):
        world.ask(title="Bagaimana air dibagi antardusun?")
    world.clock.move_to(NOW + HOUR)
    assert world.confirm(world.early) == 2 and set(world.rules().values()) == {1}
    world.close()
    with pytest.raises(Conflict, match="votes-cast"):
        world.ask(title="Bagaimana air dibagi antardusun?")


def test_before_an_amendment_is_public_the_office_reads_whether_voters_are_asked(
    world: World, browser: Browser
) -> None:
    desk, at = browser.as_(world.official), "/desk/consultations/air/amendment"
    typed = desk.get(at).form(at) | {"reason": "Aturan lama keliru."}
    for change, words in (
        ({"decider": "Bupati, dalam bulan Mei."}, "Tidak ada pemilih yang diminta menegaskan"),
        ({"influence": "co-decide"}, "Setiap pemilih diminta menegaskan suaranya"),
    ):
        page = desk.post(at, typed | change)
        (looked,) = page.all("section", id="looking")
        assert page.status == 200 and words in " ".join("".join(looked.itertext()).split()), page.errors
    assert "mulai 4 Mei 2026, 11.00 WIB" in page.text
    assert all_rows(Amendment) == []


def test_the_box_and_the_own_pages_ask(world: World, browser: Browser) -> None:
    world.amend()
    voter, address = browser.as_(world.early), f"/proposals/{factories.code(world.first)}"
    asked = "Pertanyaan atau akibat suara berubah setelah Anda memilih."
    assert (
        asked in voter.get(address).text
        and "Perubahan ini berlaku mulai 4 Mei 2026, 11.00 WIB" in voter.get(address).text
    )
    mine = voter.get("/me/contributions")
    assert asked in mine.text and "Setelah itu Anda dapat menegaskan suara Anda." in mine.text
    assert "/consultations/air/votes" not in mine.links() and "/consultations/air/changes" in mine.links()
    own = voter.get("/consultations/air/votes")
    assert "Tegaskan semua suara saya" not in own.text
    early = voter.post("/consultations/air/votes/confirmation")
    assert early.status == 409 and "Perubahan ini berlaku mulai" in early.text
    world.clock.move_to(NOW + HOUR)
    assert "/consultations/air/votes" in voter.get("/me/contributions").links()
    done = voter.submit(voter.get("/consultations/air/votes"), "/consultations/air/votes/confirmation")
    assert done.url == "/consultations/air/votes" and "ditegaskan" in done.text
    assert asked not in voter.get(address).text and asked not in voter.get("/me/contributions").text
    assert asked not in browser.as_(world.late).get(address).text
    assert browser.as_().get("/consultations/air/votes").status == 401
    assert browser.as_(world.official).get("/consultations/air/votes").status == 403
    assert "Belum ada suara" in browser.as_(world.late).get("/consultations/air/votes").text


def test_the_result_shows_both_counts_and_both_outcomes(world: World, browser: Browser) -> None:
    world.cast(world.late, world.second)
    world.amend()
    world.clock.move_to(NOW + HOUR)
    world.cast(factories.person(), world.first, "oppose")
    world.confirm(world.early)
    texts = dict.fromkeys(PARTS, "Teks lengkap.")
    db.write_now(decisions.save, world.official.actor, world.consultation, DecisionForm(**texts))
    world.close()
    number = db.write_now(decisions.publish, world.official.actor, world.consultation)
    first, second = factories.code(world.first), factories.code(world.second)
    with db.reading() as session:
        found = decided.in_path(session, number)
    both = {it.code: ((it.supports, it.opposes, it.neutrals), it.confirmed) for it in found.counts}
    assert both == {first: ((1, 1, 0), (1, 1, 0)), second: ((1, 1, 0), (0, 1, 0))}
    assert found.result and found.result.confirmed
    assert (found.result.ballots, set(found.result.outcome.chosen)) == (3, {first, second})
    assert (found.result.confirmed.ballots, found.result.confirmed.outcome.chosen) == (2, (first,))
    facts = browser.get(f"/decisions/{number}.json").response.json()
    assert facts["result"]["confirmed"]["chosen"] == [first]
    assert {it["code"]: it["confirmed"] for it in facts["counts"]} == {first: [1, 1, 0], second: [0, 1, 0]}
    for lang, words in (("id", "Suara yang ditegaskan"), ("en", "By the rule, confirmed votes alone")):
        assert words in browser.as_(lang=lang).get(f"/decisions/{number}").text
    decision = browser.get(f"/decisions/{number}")
    assert "/consultations/air/charter/amendments/1" in decision.links()
    assert "Menurut aturan apa suara dihitung, termasuk jika seri. Alasan: Aturan lama keliru." in decision.text
    box = browser.get(f"/proposals/{second}").text
    assert "Sejak itu ditegaskan: 0 mendukung, 1 menolak, 0 netral." in box


@pytest.mark.parametrize("seed", range(3))
def test_confirmed_counts_are_what_counting_the_votes_gives(world: World, seed: int) -> None:
    """Whoever casts, changes, withdraws and confirms in any order, under two changes."""
    random, people = Random(seed), [world.early, world.late, factories.person()]
    for hour, rule in enumerate((CHOOSING, {**CHOOSING, "most": 2}), 1):
        world.amend(rule)
        world.clock.move_to(NOW + hour * HOUR)
        for _ in range(15):
            person, proposal = random.choice(people), random.choice((world.first, world.second))
            act = random.choice(("cast", "cast", "withdraw", "confirm"))
            if act == "cast":
                world.cast(person, proposal, random.choice(("support", "oppose", "neutral")))
            elif act == "withdraw":
                given = (person.actor, factories.code(proposal), clock.now())
                db.write_now(actions.withdraw, *given)
            else:
                with suppress(Conflict):
                    world.confirm(person)
            meant = Counter((it.proposal_id, it.rule, it.choice) for it in all_rows(Vote) if it.rule)
            kept = {(it.proposal_id, it.rule, name.removesuffix("s")): getattr(it, name)
                    for it in all_rows(ConfirmedStat) for name in ("supports", "opposes", "neutrals")}  # fmt: skip
            assert {key: n for key, n in kept.items() if n} == meant


def test_a_page_with_both_counts_counts_no_votes(world: World, browser: Browser) -> None:
    world.amend()
    world.clock.move_to(NOW + HOUR)
    world.confirm(world.early)
    world.close()
    with queries_asked() as statements:
        page = browser.get(f"/proposals/{factories.code(world.first)}")
    assert "Sejak itu ditegaskan: 1 mendukung" in page.text and statements
    assert [it for it in statements if re.search(r"count\(.*FROM vote\b", it, re.S | re.I)] == []
