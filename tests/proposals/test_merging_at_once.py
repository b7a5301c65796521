"""Two people agree at once, and somebody votes while proposals are merged: with two writers on one database."""

import threading
from collections.abc import Iterator

import pytest

from app.core import clock, db
from app.core.access import Conflict
from app.core.jobs import Job
from app.proposals import actions, queries
from app.publiclog.models import Event
from app.votes import actions as votes
from app.votes.models import Choice, Vote
from tests import factories
from tests.consultations.test_drafts import all_rows
from tests.page import Browser
from tests.proposals.merging import Village


@pytest.fixture
def other(browser: Browser, database: str) -> Iterator[db.Database]:
    """Another process on the same database."""
    made = db.Database(database)
    yield made
    made.close()


def test_two_who_agree_at_once_carry_it_out_once(other: db.Database) -> None:
    village = Village()
    for _ in range(6):
        first, second = (factories.proposal(village.consultation, author) for author in village.authors[:2])
        merge = village.propose(village.official, second, into=first)
        answers = [
            db.submit(actions.agree, village.authors[0].actor, merge, 1),
            other.writer.submit(
                lambda session, merge=merge: actions.agree(session, village.authors[1].actor, merge, 1),
                f"merge/{merge}",
            ),
        ]
        assert True in {answer.result(30) for answer in answers}
        assert village.merge(merge).state == queries.CARRIED and village.view(second).canonical_id == first
    recorded = [it for it in all_rows(Event) if it.type == "code" and '"act":"merge"' in it.body]
    assert len(recorded) == len([it for it in all_rows(Job) if it.kind == "proposals.merged"]) == 6


def test_a_vote_that_is_under_way_meets_the_merge(other: db.Database) -> None:
    """It was begun before the merge was stored and would be stored after it: it is refused, and counted nowhere."""
    village = Village()
    merge = village.propose(village.official)
    village.agree(village.authors[0], merge)
    voter, code = factories.person(), factories.code(village.source)
    merging, go = threading.Event(), threading.Event()

    def last_agreement(session: db.Session) -> bool:
        done = actions.agree(session, village.authors[1].actor, merge, 1)
        merging.set()
        go.wait(10)
        return done

    agreed = db.submit(last_agreement)
    assert merging.wait(10)
    vote = other.writer.submit(
        lambda session: votes.cast(session, voter.actor, code, Choice.SUPPORT, clock.now()),
        f"proposal/{village.source:0>20}",
    )
    threading.Timer(0.3, go.set).start()
    assert agreed.result(30)
    with pytest.raises(Conflict, match="merged"):
        vote.result(30)
    assert all_rows(Vote) == [] and village.view(village.source).supports == 0
