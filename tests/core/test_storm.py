"""Very many votes at once, also while the server is killed: every acknowledged vote is there, and none twice."""

import http.client
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import permissions
from app.core import access, clock, db, tokens
from app.core.access import SESSION_COOKIE
from app.core.columns import table
from app.proposals import queries as proposals
from app.proposals.models import ProposalStat
from app.publiclog.models import Event
from app.settings import settings
from app.votes import actions, queries
from app.votes.models import Ballot, Choice, Vote
from tests import factories
from tests.journeys.server import HOST, Server
from tests.page import Browser


@pytest.fixture(autouse=True)
def _permissions(database: str) -> None:
    access.fill(permissions.TABLE)


def count(model: type) -> int:
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(table(model))).scalar_one())


def supports() -> dict[int, int]:
    """The counters of all proposals."""
    t = table(ProposalStat).c
    with db.reading() as session:
        return {row.proposal_id: row.supports for row in session.execute(select(t.proposal_id, t.supports))}


def support_rows() -> dict[int, int]:
    """The votes themselves, counted."""
    t = table(Vote).c
    query = select(t.proposal_id, func.count().label("votes")).where(t.choice == "support").group_by(t.proposal_id)
    with db.reading() as session:
        return {row.proposal_id: row.votes for row in session.execute(query)}


def test_two_hundred_votes_at_once_on_one_proposal_are_all_counted() -> None:
    proposal = factories.proposal(factories.consultation(factories.office()))
    people = [factories.person() for _ in range(200)]
    answers = [db.submit(actions.cast, person.actor, proposal, Choice.SUPPORT, clock.now()) for person in people]
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
    answers = [db.submit(actions.cast, person.actor, proposal, Choice.SUPPORT, at) for person in people]
    answers += [
        other.writer.submit(
            lambda session, actor=person.actor: actions.cast(session, actor, proposal, Choice.SUPPORT, at),  # type: ignore[misc]
            f"proposal/{proposal:0>20}",
        )
        for person in reversed(people)
    ]
    assert {answer.result(60).mine for answer in answers} == {"support"}
    other.close()
    assert (count(Ballot), count(Vote), supports()) == (40, 40, {proposal: 40})


# -- kill -9 ---------------------------------------------------------------------------------------


class Crowd:
    """People who vote over the network as fast as the server answers, and remember what it acknowledged."""

    def __init__(self, server: Server, people: list[factories.Person], codes: list[str]) -> None:
        self.server = server
        self.codes = codes
        self.sessions = [(person, self._signed_in(person)) for person in people]
        self.acknowledged: set[tuple[int, str]] = set()
        self.tried: set[tuple[int, str]] = set()
        self.over = threading.Event()

    @staticmethod
    def _signed_in(person: factories.Person) -> str:
        token = tokens.new_token()
        db.write_now(factories.sign_in, person, token)
        return token

    def vote(self, which: int) -> None:
        """One voter after the other takes each proposal once; a broken connection means trying again later."""
        for person, token in self.sessions[which::8]:
            for code in self.codes:
                while not self.over.is_set() and not self._cast(token, person.account, code):
                    time.sleep(0.05)

    def _cast(self, token: str, account: int, code: str) -> bool:
        headers = {
            "Cookie": f"{SESSION_COOKIE}={token}",
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.tried.add((account, code))
        connection = http.client.HTTPConnection(HOST, self.server.port, timeout=10)
        try:
            connection.request("POST", f"/proposals/{code}/vote", "choice=support", headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if answer.status != 303:
            return False
        self.acknowledged.add((account, code))
        return True


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
    crowd = Crowd(server, list(voters.values()), list(numbers))
    server.start()
    with ThreadPoolExecutor(8) as pool:
        working = [pool.submit(crowd.vote, which) for which in range(8)]
        for _ in range(kills):
            time.sleep(between)
            server.kill()
            server.start()
        time.sleep(between)
        crowd.over.set()
        for one in working:
            one.result(30)
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
        events = session.execute(select(func.count()).where(table(Event).c.type == "ballot")).scalar_one()
    assert len(crowd.acknowledged) <= count(Vote) <= len(crowd.tried)
    assert {proposal: number for proposal, number in supports().items() if number} == support_rows()
    assert events == count(Vote), "each stored vote, and nothing else, is in the record"


def test_killing_the_server_loses_no_acknowledged_vote(server: Server) -> None:
    _storm(server, kills=2, between=2, people=40, each=30)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_killing_the_server_twenty_times_loses_no_acknowledged_vote(server: Server) -> None:
    _storm(server, kills=20, between=4, people=200, each=100)
