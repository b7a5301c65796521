"""Casting and withdrawing votes."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlmodel import Session

from app.accounts.actions.leaving import _erasings
from app.core import clock, db
from app.core.access import ANYONE, Conflict, Denied
from app.core.columns import table
from app.proposals import queries as proposals
from app.publiclog.models import Event
from app.votes import actions, queries
from app.votes.models import Ballot, Choice, Vote
from tests import factories

pytestmark = pytest.mark.usefixtures("browser")


def vote(person: factories.Person, proposal: int, choice: str = "support") -> queries.Box:
    return db.write_now(actions.cast, person.actor, factories.code(proposal), Choice(choice), clock.now())


def rows(model: type) -> int:
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(table(model))).scalar_one())


def counts(proposal: int) -> tuple[int, int, int]:
    with db.reading() as session:
        p = proposals.by_id(session, proposal)
    return p.supports, p.opposes, p.neutrals


@pytest.fixture
def consultation(database: str) -> int:
    return factories.consultation(factories.office(), open_counts=True)


@pytest.fixture
def proposal(consultation: int, browser: object) -> int:
    return factories.proposal(consultation)


def test_ten_presses_give_one_ballot(proposal: int) -> None:
    person = factories.person()
    for _ in range(10):
        box = vote(person, proposal)
    assert (box.mine, box.supports) == ("support", 1)
    assert (rows(Ballot), rows(Vote), counts(proposal)) == (1, 1, (1, 0, 0))


def test_changing_a_vote_moves_it(proposal: int) -> None:
    person = factories.person()
    vote(person, proposal)
    box = vote(person, proposal, "oppose")
    assert (box.mine, counts(proposal)) == ("oppose", (0, 1, 0))
    assert rows(Vote) == 1


def test_withdrawing_removes_vote_and_empty_ballot_and_can_be_repeated(proposal: int) -> None:
    person = factories.person()
    vote(person, proposal)
    for _ in range(2):
        box = db.write_now(actions.withdraw, person.actor, factories.code(proposal), clock.now())
    assert box.mine is None
    assert (rows(Ballot), rows(Vote), counts(proposal)) == (0, 0, (0, 0, 0))


def test_one_ballot_holds_all_choices_of_a_person(consultation: int, proposal: int) -> None:
    other, person = factories.proposal(consultation), factories.person()
    vote(person, proposal)
    vote(person, other, "neutral")
    assert (rows(Ballot), rows(Vote)) == (1, 2)
    db.write_now(actions.withdraw, person.actor, factories.code(other), clock.now())
    assert (rows(Ballot), rows(Vote)) == (1, 1)


def test_a_limit_is_kept_and_a_changed_vote_does_not_count_twice(database: str) -> None:
    consultation = factories.consultation(factories.office(), voting="limited", vote_limit=2)
    first, second, third = (factories.proposal(consultation) for _ in range(3))
    person = factories.person()
    vote(person, first)
    vote(person, second)
    with pytest.raises(Conflict, match="limit-reached"):
        vote(person, third)
    vote(person, first)
    db.write_now(actions.withdraw, person.actor, factories.code(first), clock.now())
    assert vote(person, third).mine == "support"


def test_a_choice_that_is_not_offered_is_refused(database: str) -> None:
    consultation = factories.consultation(factories.office(), voting="support")
    proposal = factories.proposal(consultation)
    with pytest.raises(Conflict, match="choice-not-offered"):
        vote(factories.person(), proposal, "oppose")


def test_only_confirmed_people_vote(proposal: int) -> None:
    with pytest.raises(Denied, match="unconfirmed"):
        vote(factories.person(confirmed=False), proposal)
    with pytest.raises(Denied, match="signed-out"):
        db.write_now(actions.cast, ANYONE, factories.code(proposal), Choice.SUPPORT, clock.now())
    assert rows(Ballot) == 0


def test_what_arrived_before_closing_counts_and_after_is_refused_with_the_date(proposal: int) -> None:
    with db.reading() as session:
        closes = proposals.by_id(session, proposal).consultation.phases[-1].closes
    early, late = factories.person(), factories.person()
    with time_machine.travel(closes + timedelta(seconds=5), tick=False):
        db.write_now(
            actions.cast, early.actor, factories.code(proposal), Choice.SUPPORT, closes - timedelta(microseconds=1)
        )
        with pytest.raises(Conflict) as refused:
            db.write_now(actions.cast, late.actor, factories.code(proposal), Choice.SUPPORT, closes)
    assert refused.value.reason.values["when"] == closes
    assert counts(proposal) == (1, 0, 0)


def test_a_vote_that_waited_longer_than_published_is_not_stored(proposal: int) -> None:
    with pytest.raises(db.Busy):
        db.write_now(
            actions.cast,
            factories.person().actor,
            factories.code(proposal),
            Choice.SUPPORT,
            clock.now() - timedelta(seconds=61),
        )
    assert rows(Ballot) == 0


def test_an_edit_leaves_votes_with_their_version_and_asks_again(consultation: int, proposal: int) -> None:
    person = factories.person()
    vote(person, proposal)
    factories.edit(proposal)
    with db.reading() as session:
        box = queries.box(session, person.actor, proposals.by_id(session, proposal))
    assert box is not None
    assert (box.asked_again, [tuple(v) for v in box.by_version]) == (True, [(1, 1, 0, 0), (2, 0, 0, 0)])
    kept = vote(person, proposal)
    assert (kept.asked_again, [tuple(v) for v in kept.by_version]) == (False, [(1, 0, 0, 0), (2, 1, 0, 0)])
    assert counts(proposal) == (1, 0, 0)


def test_sealed_counts_are_in_nobodys_box(database: str) -> None:
    office = factories.office()
    proposal = factories.proposal(factories.consultation(office))
    vote(factories.person(), proposal)
    with db.reading() as session:
        for actor in (ANYONE, factories.official(office).actor, factories.person(roles=("administrator",)).actor):
            box = queries.box(session, actor, proposals.by_id(session, proposal))
            assert box is not None
            assert (box.sealed, box.total, box.by_version) == (True, 0, ())


def test_a_leaving_person_takes_open_votes_along(proposal: int) -> None:
    person = factories.person()
    vote(person, proposal)

    def leave(session: Session) -> None:
        for erasing in _erasings:
            erasing(session, person.account, person.participant)

    db.write_now(leave)
    assert (rows(Ballot), rows(Vote), counts(proposal)) == (0, 0, (0, 0, 0))


def test_the_record_names_no_voter_and_no_moment(proposal: int) -> None:
    for _ in range(5):
        vote(factories.person(), proposal)
    with db.reading() as session:
        events = session.execute(select(Event).where(table(Event).c.type == "ballot")).scalars().all()
        ballots = session.execute(select(Ballot)).scalars().all()
    assert len(events) == 5
    for event in events:
        assert event.id is not None
        assert event.id < 0
        assert (event.subject_id, event.at.minute, event.at.second, event.at.microsecond) == (0, 0, 0, 0)
    for ballot in ballots:
        assert (ballot.hour.minute, ballot.hour.second) == (0, 0)
        assert ballot.h in "".join(event.body for event in events)


def test_each_change_of_a_ballot_names_what_it_supersedes(proposal: int) -> None:
    person = factories.person()
    vote(person, proposal)
    vote(person, proposal, "oppose")
    with db.reading() as session:
        bodies = [e.body for e in session.execute(select(Event).where(table(Event).c.type == "ballot")).scalars()]
    assert sum('"s":' in body for body in bodies) == 1
