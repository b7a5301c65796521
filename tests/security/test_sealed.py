"""Until all votes are counted, nothing that anybody can open depends on them: not a figure, an order, or a header.

Everything is opened twice within one instant, before and after many people voted. Whoever did not vote, whatever their
role, gets the same bytes; there is no other way in which a count could be told.
"""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from app.consultations.models import Consultation
from app.contributions.models import Contribution
from app.core import clock, db
from app.votes import actions
from app.votes.models import Choice
from tests import factories
from tests import world as worlds
from tests.page import Browser
from tests.security.canaries import rows
from tests.security.crawl import crawl, everywhere
from tests.world import World

WHO = ("anonymous", "citizen", "official", "moderator", "administrator")
ORDERS = [f"sort={sort}" for sort in ("newest", "support", "discussed", "random&seed=3")]
#: What is made anew for each answer and says nothing.
OWN_TO_AN_ANSWER = {"date", "x-request-id"}


@pytest.fixture
def world(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world within one instant, in which everybody is led to the same random order."""
    monkeypatch.setattr(secrets, "randbelow", lambda most: 3)
    with time_machine.travel(clock.now(), tick=False):
        yield worlds.build()


def votes_on() -> list[int]:
    """The proposals that can be voted on: the one of the world and two more, the later the more supported."""
    (number,) = (row.id for row in rows(Consultation) if row.slug == "air")
    return [factories.proposal(number) for _ in range(2)] + [
        row.id for row in rows(Contribution) if row.kind == "proposal" and row.consultation_id == number
    ][:1]


def everything(visitor: Browser, world: World) -> dict[str, Any]:
    """All that somebody can open, as bytes, with its headers."""
    codes = [row.code for row in rows(Contribution)]
    start = everywhere({"code": codes, "slug": [row.slug for row in rows(Consultation)]}, world.values)
    lists = [f"/consultations/air/proposals{kind}?{order}" for kind in ("", ".json") for order in ORDERS]
    found = {}
    for url, answer in crawl(visitor, [*start, *lists]).items():
        headers = [(name, value) for name, value in answer.headers.multi_items() if name not in OWN_TO_AN_ANSWER]
        found[url] = (answer.status_code, sorted(headers), answer.content)
    return found


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(url for url in before.keys() | after.keys() if before.get(url) != after.get(url))


@pytest.mark.timeout(300)
def test_nothing_that_can_be_opened_depends_on_votes_that_are_not_counted(browser: Browser, world: World) -> None:
    proposals, voters = votes_on(), [factories.person() for _ in range(12)]
    readers = {name: browser.as_(world.people[name]) for name in WHO}
    readers["somebody who votes"] = browser.as_(voters[0])
    everything(readers["anonymous"], world)  # a page with a question is kept, and says so, from the second time on
    before = {name: everything(reader, world) for name, reader in readers.items()}
    for number, voter in enumerate(voters):
        for weight, proposal in enumerate(proposals):
            choice = Choice.SUPPORT if number <= weight * 5 else Choice.OPPOSE
            db.write_now(actions.cast, voter.actor, factories.code(proposal), choice, clock.now())
    told = {name: differences(before[name], everything(reader, world)) for name, reader in readers.items()}
    own = told.pop("somebody who votes")
    assert told == {name: [] for name in WHO}
    assert len(before["anonymous"]) > 150 and any(url.endswith(".csv") for url in before["anonymous"])
    assert "/me/contributions" in own, "what is opened would show it"
