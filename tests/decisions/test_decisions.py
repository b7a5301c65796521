"""Writing, publishing and reading a decision summary."""

import json
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session

from app.consultations import actions as changes
from app.consultations import queries as consultations
from app.consultations.models import ConsultationPhase
from app.core import clock, db
from app.core.access import Conflict, Denied
from app.core.columns import table
from app.decisions import actions, queries
from app.decisions.forms import PARTS, DecisionForm
from app.proposals.models import Proposal, ProposalStat
from app.votes import actions as votes
from app.votes.models import Choice
from tests import factories
from tests.page import Browser

TITLE = "Bagaimana air sampai ke rumah?"
TEXTS = {part: f"Bagian {part} ditulis lengkap." for part in PARTS}


def close(session: Session, consultation: int) -> None:
    """End and count every phase, as time would."""
    t = table(ConsultationPhase)
    now = clock.now()
    session.execute(
        update(t).where(t.c.consultation_id == consultation).values(closes_at=now, ended_at=now, counted_at=now)
    )


class World:
    """A consultation with votes that is over."""

    def __init__(self, slug: str = "air", **fields: Any) -> None:
        self.office = factories.office("Dinas PU")
        self.official = factories.official(self.office, "Bu Sri")
        self.consultation = factories.consultation(self.office, slug=slug, title=TITLE, **fields)
        self.first, self.second = (factories.proposal(self.consultation) for _ in range(2))
        for choice in ("support", "support", "oppose"):
            db.write_now(votes.cast, factories.person().actor, factories.code(self.first), Choice(choice), clock.now())

    def close(self) -> None:
        db.write_now(close, self.consultation)

    def save(self, **texts: str) -> None:
        db.write_now(actions.save, self.official.actor, self.consultation, DecisionForm(**(TEXTS | texts)))

    def publish(self) -> str:
        return db.write_now(actions.publish, self.official.actor, self.consultation)


@pytest.fixture
def world(browser: Browser) -> World:
    return World()


def test_publishing_gives_a_number_and_the_counts(world: World) -> None:
    world.save()
    world.close()
    number = world.publish()
    assert number == f"K-{clock.local(clock.now()).year}-001"
    with db.reading() as session:
        decision = queries.in_path(session, number)
    assert [(c.supports, c.opposes, c.neutrals) for c in decision.counts] == [(2, 1, 0), (0, 0, 0)]
    assert decision.consultation.state == "decided"


def test_publishing_twice_gives_the_same_number_and_numbers_have_no_gaps(world: World) -> None:
    world.save()
    world.close()
    assert world.publish() == world.publish()
    other = World("jalan")
    other.save()
    other.close()
    assert other.publish().endswith("-002")


def test_nothing_is_published_while_people_vote_or_parts_are_missing(world: World) -> None:
    world.save()
    with pytest.raises(Conflict, match="counting"):
        world.publish()
    world.close()
    world.save(why="")
    with pytest.raises(Conflict, match="incomplete"):
        world.publish()


def test_counts_that_do_not_agree_are_not_published(world: World) -> None:
    world.save()
    world.close()

    def tamper(session: Session) -> None:
        t = table(ProposalStat)
        session.execute(update(t).where(t.c.proposal_id == world.second).values(supports=9))

    db.write_now(tamper)
    with pytest.raises(Conflict, match="miscounted"):
        world.publish()


def test_a_published_summary_never_changes(world: World) -> None:
    world.save()
    world.close()
    world.publish()
    with pytest.raises(Conflict, match="published"):
        world.save(why="Diam-diam diganti.")


def test_only_the_office_decides(world: World) -> None:
    for actor in (factories.official(factories.office()).actor, factories.person().actor):
        with pytest.raises(Denied):
            db.write_now(actions.save, actor, world.consultation, DecisionForm(**TEXTS))
        with pytest.raises(Denied):
            db.write_now(actions.publish, actor, world.consultation)


def test_from_the_desk_to_the_public_page(world: World, browser: Browser) -> None:
    here = "/desk/consultations/air/decision"
    desk = browser.as_(world.official)
    draft = desk.submit(desk.get(here), here, **(TEXTS | {"why": ""}), act="draft")
    assert draft.form(here)["question"].strip() == TEXTS["question"]
    confirm = desk.submit(draft, here, why=TEXTS["why"], act="publish")
    refused = desk.submit(confirm, f"{here}/publication")
    assert refused.status == 409
    assert browser.get("/consultations/air/decision").status == 404
    world.close()
    done = desk.submit(desk.get(f"{here}/publication"), f"{here}/publication")
    shown = browser.get("/consultations/air/decision")
    assert shown.url == done.url
    assert all(text in shown.text for text in TEXTS.values())
    assert done.url in browser.get("/").links()
    assert done.url in browser.get("/consultations/air").links()
    facts = browser.get(f"{done.url}.json").response.json()
    assert facts["counts"][0]["supports"] == 2
    (data,) = shown.all("script", type="application/ld+json")
    assert json.loads(data.text or "")["identifier"] == facts["number"]


def test_what_is_missing_is_named_and_the_question_is_there_to_begin_with(world: World, browser: Browser) -> None:
    here = "/desk/consultations/air/decision"
    desk = browser.as_(world.official)
    empty = desk.get(here)
    assert empty.form(here)["question"].strip() == "Bagaimana air sampai ke rumah?"
    page = desk.submit(empty, here, act="publish")
    assert {f"{here}#{part}" for part in PARTS if part != "question"} <= set(page.links())
    assert f"{here}#question" not in page.links()
    refused = desk.post(f"{here}/publication")
    assert refused.status == 409 and f"{here}#why" in refused.links()


def test_the_page_tells_who_voted_and_leads_to_the_proposals(world: World, browser: Browser) -> None:
    world.save()
    world.close()
    number = world.publish()
    page = browser.get(f"/decisions/{number}")
    assert "3 orang memberikan suara" in page.text and "bukan sebagai penduduk" in page.text
    for proposal in (world.first, world.second):
        assert f"/proposals/{factories.code(proposal)}" in page.links()
    assert browser.get(f"/decisions/{number}.json").response.json()["ballots"] == 3
    assert "/consultations/air/changes" not in page.links()


def test_the_page_tells_what_was_changed_on_the_way(world: World, browser: Browser) -> None:
    with db.reading() as session:
        phases = [it.id for it in consultations.by_id(session, world.consultation).phases]
    why = "Rapat desa dimajukan sepekan."
    db.write_now(changes.close_early, world.official.actor, world.consultation, phases, why, clock.now())
    world.close()
    world.save()
    page = browser.get(f"/decisions/{world.publish()}")
    assert "/consultations/air/changes" in page.links()
    assert why in page.text and "Ditutup lebih awal: Usulan" in page.text


def test_a_summary_with_markup_runs_nothing(world: World, browser: Browser) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    world.save(decided=evil, question=evil)
    world.close()
    page = browser.get(f"/decisions/{world.publish()}")
    assert len(page.all("script", type="application/ld+json")) == 1
    assert not [e for e in page.all("script") if "alert" in (e.text or "") and e.get("type") != "application/ld+json"]
    assert not page.all("img", src="x")


@pytest.mark.parametrize("number", ["K-2026-999", "K-2026-1", "x", "K-0000-001"])
def test_an_unknown_number_is_not_found(browser: Browser, number: str) -> None:
    assert browser.get(f"/decisions/{number}").status == 404


def test_a_draft_is_not_public(world: World, browser: Browser) -> None:
    world.save()
    assert browser.get("/consultations/air/decision").status == 404
    assert browser.get("/desk/consultations/air/decision").status in (401, 404)
    assert browser.as_(factories.person()).get("/desk/consultations/air/decision").status == 403


def test_a_summary_written_in_english_says_so(world: World, browser: Browser) -> None:
    here = "/desk/consultations/air/decision"
    desk = browser.as_(world.official, lang="en")
    desk.submit(desk.get(here), here, **TEXTS, act="draft")
    with db.reading() as session:
        decision = queries.of_consultation(session, world.consultation)
    assert decision is not None
    assert decision.lang == "en"


CHOOSING = {
    "engine": "approval/1", "quorum": 3, "participation": None, "most": 1, "ties": "body",
    "threshold": {"least": "1/2", "of": "ballots", "more": False},
}  # fmt: skip


def choosing(**changes: object) -> World:
    return World(charter={**factories.CHARTER, "rule": {**CHOOSING, **changes}})


def test_a_rule_that_chooses_is_frozen_with_its_steps(browser: Browser) -> None:
    world = choosing()
    world.save()
    world.close()
    number = world.publish()
    first = factories.code(world.first)
    with db.reading() as session:
        decision = queries.in_path(session, number)
    assert decision.result is not None and decision.result.outcome.chosen == (first,)
    assert [step.code for step in decision.result.outcome.steps] == ["ballots", "quorum-met", "threshold", "chosen"]
    facts = browser.get(f"/decisions/{number}.json").response.json()
    assert (facts["engine"], facts["ballots"]) == ("approval/1", 3)
    assert facts["result"]["chosen"] == [first] and facts["result"]["rule"]["quorum"] == 3
    for lang, sentences in (
        ("id", ("Menurut aturan", "Aturan memilih 1 usulan", "3 surat suara masuk.", "Diperlukan paling sedikit 3")),
        ("en", ("By the rule", "The rule chooses 1 proposal:", "3 ballots were cast.", "At least 3 were needed")),
    ):
        text = browser.as_(lang=lang).get(f"/decisions/{number}").text
        assert [it for it in sentences if it not in text] == []


def test_what_was_hidden_or_withdrawn_does_not_stand(browser: Browser) -> None:
    world = choosing()
    world.close()
    p = table(Proposal)
    with db.reading() as session:
        view = consultations.by_id(session, world.consultation)
        before = queries.counted(session, view).result
    db.write_now(
        lambda session: (
            session.execute(
                update(p).where(p.c.id == world.first).values(withdrawn_at=clock.now(), withdrawn_reason="Salah.")
            )
            and None
        )
    )
    with db.reading() as session:
        after = queries.counted(session, view).result
    assert before and after and before.outcome.chosen and after.outcome.chosen == ()


def test_too_few_ballots_and_ties_are_said(browser: Browser) -> None:
    world = choosing(quorum=4)
    world.close()
    desk = browser.as_(world.official)
    assert "Terlalu sedikit orang memilih" in desk.get("/desk/consultations/air/decision").text


def test_a_tie_is_left_to_whoever_decides(browser: Browser) -> None:
    world = choosing(threshold=None)
    for _ in range(2):
        db.write_now(votes.cast, factories.person().actor, factories.code(world.second), Choice.SUPPORT, clock.now())
    world.close()
    with db.reading() as session:
        found = queries.counted(session, consultations.by_id(session, world.consultation)).result
    both = {factories.code(world.first), factories.code(world.second)}
    assert found and (found.outcome.chosen, set(found.outcome.tied), found.outcome.places) == ((), both, 1)
    assert (
        "Pemutus memilih 1 dari usulan yang seri ini"
        in browser.as_(world.official).get("/desk/consultations/air/decision").text
    )


def test_counts_are_no_outcome_while_people_vote(browser: Browser) -> None:
    world = choosing()
    desk = browser.as_(world.official)
    assert "Menurut aturan" not in desk.get("/desk/consultations/air/decision").text
