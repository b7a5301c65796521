"""Very many votes at once, also while the server is killed: every acknowledged vote is there, and none twice."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app import permissions
from app.core import access, clock, db
from app.proposals import queries as proposals
from app.settings import settings
from app.votes import actions, queries
from app.votes.models import Ballot, Choice, Vote
from tests import factories
from tests.journeys.server import Server
from tests.page import Browser
from tests.storming import Crowd, count, hold_counters_against_ballots, supports


@pytest.fixture(autouse=True)
def _permissions(database: str) -> None:
    access.fill(permissions.TABLE)


def test_two_hundred_votes_at_once_on_one_proposal_are_all_counted() -> None:
    proposal = factories.proposal(factories.consultation(factories.office()))
    people = [factories.person() for _ in range(200)]
    answers = [
        db.submit(actions.cast, person.actor, factories.code(proposal), Choice.SUPPORT, clock.now())
        for person in people
    ]
    assert {answer.result(60).mine for answer in answers} == {"support"}
    assert (count(Ballot), count(Vote), supports()) == (200, 200, {proposal: 200})


def test_one_person_pressing_at_once_on_many_devices_has_one_vote(browser: Browser) -> None:
    code = factories.code(factories.proposal(factories.consultation(factories.office())))
    person = factories.person()
    devices = [browser.as_(person) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        sent = pool.map(
            lambda device: device.client.post(f"/proposals/{code}/vote", data={"choice": "support"}), devices
        )
    assert {answer.status_code for answer in sent} == {200}
    assert (count(Ballot), count(Vote)) == (1, 1)


def test_two_processes_storing_votes_of_the_same_people_count_each_once(database: str) -> None:
    """Two writers on one database, as with several server processes: the constraint decides."""
    proposal = factories.proposal(factories.consultation(factories.office()))
    people = [factories.person() for _ in range(40)]
    other = db.Database(database)
    at = clock.now()
    answers = [db.submit(actions.cast, person.actor, factories.code(proposal), Choice.SUPPORT, at) for person in people]
    answers += [
        other.writer.submit(
            lambda session, actor=person.actor: actions.cast(
                session, actor, factories.code(proposal), Choice.SUPPORT, at
            ),  # type: ignore[misc]
            f"proposal/{proposal:0>20}",
        )
        for person in reversed(people)
    ]
    assert {answer.result(60).mine for answer in answers} == {"support"}
    other.close()
    assert (count(Ballot), count(Vote), supports()) == (40, 40, {proposal: 40})


# -- kill -9 ---------------------------------------------------------------------------------------


@pytest.fixture
def server(database: str, installation: Path) -> Iterator[Server]:
    factories.person("Pengelola", roles=["administrator"])
    known = {"demo": "0", "embedded_jobs": "0", "database_url": settings().database}
    made = Server(installation, **known)
    yield made
    made.stop()


def _storm(server: Server, kills: int, between: float, people: int, each: int) -> None:
    """Let a crowd vote while the server is killed again and again; then hold what was said against what is there."""
    consultation = factories.consultation(factories.office())
    numbers = {factories.code(number): number for number in (factories.proposal(consultation) for _ in range(each))}
    voters = {person.account: person for person in (factories.person() for _ in range(people))}
    crowd = Crowd([server], list(voters.values()), list(numbers))
    server.start()
    with crowd.run():
        for _ in range(kills):
            time.sleep(between)
            server.kill()
            server.start()
        time.sleep(between)
        crowd.over.set()
        crowd.finish()
    server.stop()
    _everything_acknowledged_is_there(crowd, voters, numbers)


def _everything_acknowledged_is_there(
    crowd: Crowd, voters: dict[int, factories.Person], numbers: dict[str, int]
) -> None:
    assert len(crowd.acknowledged) > 50
    with db.reading() as session:
        views = {code: proposals.by_id(session, number) for code, number in numbers.items()}
        for account, code in crowd.acknowledged:
            box = queries.box(session, voters[account].actor, views[code])
            assert box is not None and box.mine == "support", f"lost: {account} on {code}"
    assert len(crowd.acknowledged) <= count(Vote) <= len(crowd.tried)
    hold_counters_against_ballots()


def test_killing_the_server_loses_no_acknowledged_vote(server: Server) -> None:
    _storm(server, kills=2, between=2, people=40, each=30)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_killing_the_server_twenty_times_loses_no_acknowledged_vote(server: Server) -> None:
    _storm(server, kills=20, between=4, people=200, each=100)
