"""Very many votes at once over the network: people who remember what they were told, and the reckoning after it."""

import http.client
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from sqlalchemy import func, select

from app.core import db, tokens
from app.core.access import SESSION_COOKIE
from app.core.columns import table
from app.proposals.models import ProposalStat, VersionStat
from app.publiclog.models import Event
from app.votes.models import Ballot, Vote
from tests import factories
from tests.journeys.server import HOST, Server

STORED, BUSY = 303, 503


def count(model: type) -> int:
    """How many rows a table has."""
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


def hold_counters_against_ballots() -> None:
    """The totals, those of each version, the ballots and the record say the same as the votes themselves."""
    v, n, b, e = table(Vote).c, table(VersionStat).c, table(Ballot).c, table(Event).c
    assert {proposal: number for proposal, number in supports().items() if number} == support_rows()
    with db.reading() as session:
        rows = session.execute(select(v.proposal_id, v.version, func.count()).group_by(v.proposal_id, v.version))
        by_version = {(proposal, version): number for proposal, version, number in rows}
        totals = session.execute(select(n.proposal_id, n.version, n.supports + n.opposes + n.neutrals)).all()
        assert {(proposal, version): number for proposal, version, number in totals if number} == by_version
        pairs = session.execute(select(v.ballot_id, v.proposal_id)).all()
        assert len(pairs) == len(set(pairs)), "nobody has two votes on one proposal"
        voters = list(session.execute(select(b.voter, b.phase_id)).all())
        assert len(voters) == len(set(voters)), "nobody has two ballots"
        assert {ballot for ballot, _ in pairs} == set(session.execute(select(b.id)).scalars())
        events = session.execute(select(func.count()).where(e.type == "ballot")).scalar_one()
    assert events == len(pairs), "each stored vote, and nothing else, is in the record"


def signed_in(person: factories.Person) -> str:
    """A session of a person: what stands in the cookie."""
    token = tokens.new_token()
    db.write_now(factories.sign_in, person, token)
    return token


def send_vote(port: int, token: str, code: str, patience: float = 30) -> int:
    """Send one vote over a connection of its own; 0 where the connection broke before there was an answer."""
    headers = {
        "Cookie": f"{SESSION_COOKIE}={token}",
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = http.client.HTTPConnection(HOST, port, timeout=patience)
    try:
        connection.request("POST", f"/proposals/{code}/vote", "choice=support", headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    return answer.status


class Crowd:
    """People who vote over the network as fast as the servers answer, and remember what was acknowledged."""

    def __init__(self, servers: Sequence[Server], people: Sequence[factories.Person], codes: Sequence[str]) -> None:
        self.servers = servers
        self.codes = codes
        self.sessions = [(person, signed_in(person)) for person in people]
        self.acknowledged: set[tuple[int, str]] = set()
        self.tried: set[tuple[int, str]] = set()
        self.statuses: dict[int, int] = {}
        self.over = threading.Event()
        self.at_once = 8
        self.working: list[Future[None]] = []

    @contextmanager
    def run(self, at_once: int = 8) -> Iterator[None]:
        """Let so many vote at the same time; at the end of the block whoever is still voting stops."""
        self.at_once = at_once
        with ThreadPoolExecutor(at_once) as pool:
            self.working = [pool.submit(self.vote, which) for which in range(at_once)]
            try:
                yield
            finally:
                self.over.set()

    def finish(self) -> None:
        """Wait until everybody is done; a failure among them is one of the test."""
        for one in self.working:
            one.result(120)

    def vote(self, which: int) -> None:
        """One voter after the other takes each proposal once; every second one the other way round and elsewhere."""
        server = self.servers[which % len(self.servers)]
        codes = self.codes if which % 2 else self.codes[::-1]
        for person, token in self.sessions[which :: self.at_once]:
            for code in codes:
                while not self.over.is_set() and not self._cast(server.port, token, person.account, code):
                    time.sleep(0.05)

    def _cast(self, port: int, token: str, account: int, code: str) -> bool:
        self.tried.add((account, code))
        status = send_vote(port, token, code)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == STORED:
            self.acknowledged.add((account, code))
        return status == STORED
