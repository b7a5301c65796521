"""A rule that chooses is given everyone behind merged proposals once; what it gives can be recomputed from the page."""

from typing import Any

from sqlalchemy import update

from app.consultations.models import ConsultationPhase
from app.core import clock, db
from app.core.columns import table
from app.decisions import actions as decisions
from app.decisions.forms import PARTS, DecisionForm
from app.rules.ballots import Candidate, outcome
from tests import factories
from tests.factories import CHARTER
from tests.page import Browser
from tests.proposals.merging import Village

CHOOSING = {
    "engine": "approval/1", "quorum": None, "participation": None, "threshold": None, "most": 1, "ties": "all",
}  # fmt: skip


def decided(village: Village) -> str:
    """Close the voting and publish the decision; gives its number."""
    texts = dict.fromkeys(PARTS, "Teks lengkap.")
    db.write_now(decisions.save, village.official.actor, village.consultation, DecisionForm(**texts))
    t, now = table(ConsultationPhase), clock.now()
    db.write_now(
        lambda session: session.execute(update(t).values(closes_at=now, ended_at=now, counted_at=now)) and None
    )
    return str(db.write_now(decisions.publish, village.official.actor, village.consultation))


def votes_on(village: Village) -> None:
    """Two proposals with two supporters each, one of whom supports both; a third with three."""
    people = [factories.person() for _ in range(6)]
    for person, proposal in zip(
        (0, 1, 0, 2, 3, 4, 5),
        (village.target, village.target, village.source, village.source, *[village.other] * 3),
        strict=True,
    ):
        village.cast(people[person], proposal)


def test_what_was_merged_stands_as_one(browser: Browser) -> None:
    village = Village(charter={**CHARTER, "rule": CHOOSING})
    votes_on(village)
    village.merged()
    village.cast(factories.person(), village.target)
    target, source, other = (factories.code(it) for it in (village.target, village.source, village.other))
    number = decided(village)
    facts: dict[str, Any] = browser.get(f"/decisions/{number}.json").response.json()
    by_code = {it["code"]: it for it in facts["counts"]}
    assert (by_code[target]["supports"], by_code[source]["supports"], by_code[other]["supports"]) == (3, 2, 3)
    assert by_code[target]["together"] == [4, 0, 0] and by_code[source]["merged_into"] == target
    assert facts["result"]["chosen"] == [target], "four people, though no proposal alone has more than three"
    standing = [it for it in facts["counts"] if it["merged_into"] is None]
    again = outcome(
        facts["result"]["rule"],
        [Candidate(it["code"], *(it["together"] or (it["supports"], it["opposes"]))[:2]) for it in standing],
        facts["result"]["ballots"],
    )
    assert again is not None and list(again.chosen) == facts["result"]["chosen"]
    for lang, words in (("id", "Usulan yang digabung"), ("en", "Merged proposals")):
        assert words in browser.as_(lang=lang).get(f"/decisions/{number}").text


def test_after_undoing_each_stands_for_itself(browser: Browser) -> None:
    village = Village(charter={**CHARTER, "rule": CHOOSING})
    votes_on(village)
    village.undo(village.official, village.merged())
    facts = browser.get(f"/decisions/{decided(village)}.json").response.json()
    assert facts["result"]["chosen"] == [factories.code(village.other)]
    assert {it["together"] for it in facts["counts"]} == {it["merged_into"] for it in facts["counts"]} == {None}
