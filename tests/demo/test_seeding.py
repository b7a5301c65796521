"""The synthetic load has the asked size and keeps every rule real contributions keep."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app import permissions
from app.accounts.models import Participant
from app.comments.models import Comment
from app.core import access, db
from app.core.columns import table
from app.demo import seeding
from app.demo.seeding import Amounts
from app.proposals.models import Proposal, ProposalStat
from app.publiclog.models import Event
from app.votes.models import Ballot, Vote
from tests.page import Browser

SMALL = Amounts(proposals=30, comments=90, votes=200, people=20)


@pytest.fixture
def seeded(database: str) -> None:
    access.fill(permissions.TABLE)
    seeding.seed(SMALL, lambda kind, done, of: None)


def one(statement: Any) -> Any:
    with db.reading() as session:
        return session.execute(statement).one()


def size(model: Any) -> int:
    return int(one(select(func.count()).select_from(table(model)))[0])


def test_it_has_the_asked_size(seeded: None) -> None:
    assert (size(Proposal), size(Comment), size(Vote), size(Participant)) == (30, 90, 200, 20)
    assert size(Ballot) == 20
    assert size(Event) == 30 + 90 + 20 + 1


def test_counters_agree_with_the_rows(seeded: None) -> None:
    s, m = table(ProposalStat).c, table(Comment).c
    sums = one(select(func.sum(s.supports + s.opposes + s.neutrals), func.sum(s.comments)))
    assert tuple(sums) == (200, 90)
    replies = one(select(func.sum(m.replies)))[0]
    answering = one(select(func.count()).where(m.parent_id > 0))[0]
    assert replies == answering > 0
    assert one(select(func.max(m.depth)))[0] <= 4


def test_its_pages_open(seeded: None, browser: Browser) -> None:
    assert browser.get("/consultations/seed").status == 200
    assert browser.get("/consultations/seed/proposals?sort=support").status == 200


def test_it_is_made_once(seeded: None) -> None:
    with pytest.raises(seeding.AlreadySeeded):
        seeding.seed(SMALL, lambda kind, done, of: None)


def test_nobody_can_be_made_to_vote_twice(database: str) -> None:
    with pytest.raises(seeding.TooManyVotes):
        seeding.seed(Amounts(2, 0, 9, 4), lambda kind, done, of: None)
