"""Storms through real servers: 200 people at once, two servers on one database, and a disk that fills up.

Killing the server in a storm is in tests/core/test_storm.py.
"""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

import pytest

from app import permissions
from app.core import access, db
from app.proposals import queries as proposals
from app.settings import settings
from app.votes import queries
from app.votes.models import Ballot, Vote
from tests import factories
from tests.conftest import POSTGRES
from tests.journeys.server import Server
from tests.storming import BUSY, STORED, Crowd, count, hold_counters_against_ballots, send_vote, signed_in, supports


def server_for(installation: Path, **changes: str) -> Server:
    """A server on the open database."""
    access.fill(permissions.TABLE)
    known = {"demo": "0", "embedded_jobs": "0", "database_url": settings().database}
    return Server(installation, **(known | changes))


def everything_acknowledged_is_there(crowd: Crowd) -> None:
    """What each person was told is what they find."""
    people = {person.account: person for person, _ in crowd.sessions}
    with db.reading() as session:
        views = {code: proposals.at_code(session, code) for code in crowd.codes}
        for account, code in crowd.acknowledged:
            box = queries.box(session, people[account].actor, views[code])
            assert box is not None and box.mine == "support", f"lost: {account} on {code}"
    assert len(crowd.acknowledged) <= count(Vote) <= len(crowd.tried)
    hold_counters_against_ballots()


def test_two_hundred_people_voting_through_the_whole_application_are_all_counted(
    database: str, installation: Path
) -> None:
    factories.person("Pengelola", roles=["administrator"])
    number = factories.proposal(factories.consultation(factories.office()))
    code = factories.code(number)
    tokens = [signed_in(factories.person()) for _ in range(200)]
    server = server_for(installation)
    server.start()
    together = threading.Barrier(200)

    def press(token: str) -> int:
        together.wait(60)
        return send_vote(server.port, token, code, patience=60)

    try:
        with ThreadPoolExecutor(200) as pool:
            statuses = list(pool.map(press, tokens))
    finally:
        server.stop()
    assert set(statuses) == {STORED}
    assert (count(Ballot), count(Vote), supports()) == (200, 200, {number: 200})
    hold_counters_against_ballots()


def test_two_servers_storing_votes_on_the_same_proposals_never_deadlock_in_sight(
    database: str, installation: Path
) -> None:
    """Two processes batch the same rows, in opposite order: everybody is stored the first time."""
    factories.person("Pengelola", roles=["administrator"])
    consultation = factories.consultation(factories.office())
    codes = [factories.code(factories.proposal(consultation)) for _ in range(12)]
    servers = [server_for(installation), server_for(installation)]
    crowd = Crowd(servers, [factories.person() for _ in range(48)], codes)
    for server in servers:
        server.start()
    try:
        with crowd.run(at_once=24):
            crowd.finish()
    finally:
        for server in servers:
            server.stop()
    assert crowd.statuses == {STORED: 48 * 12}
    assert count(Vote) == 48 * 12
    everything_acknowledged_is_there(crowd)


# -- a full disk -----------------------------------------------------------------------------------

SIZE = 24_000_000


@pytest.fixture
def small_disk(installation: Path) -> Iterator[Path]:
    """The data folder on a disk of its own that is soon full."""
    installation.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(installation)]
    try:
        made = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        made = False
    if not made:
        pytest.skip("a disk that fills up needs the right to mount one; test_writer_troubles limits the database")
    yield installation
    subprocess.run(["umount", "--lazy", str(installation)], check=True)


def fill(disk: Path, spare: int) -> Path:
    """Leave at most so many bytes on a disk: votes stored meanwhile may take what was left for the filler."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        free = os.statvfs(disk)
        file.write(b"\0" * max(0, free.f_bavail * free.f_frsize - spare))
    return filler


@pytest.mark.skipif(bool(POSTGRES), reason="the disk of a PostgreSQL server is not ours to fill")
@pytest.mark.parametrize("spare", [0, 150_000, 600_000])
def test_a_disk_that_fills_up_in_a_vote_storm_acknowledges_nothing_that_is_not_stored(
    small_disk: Path, request: pytest.FixtureRequest, spare: int
) -> None:
    """Who cannot be stored is told so, and once there is room again the same server goes on."""
    request.getfixturevalue("database")
    factories.person("Pengelola", roles=["administrator"])
    consultation = factories.consultation(factories.office())
    codes = [factories.code(factories.proposal(consultation)) for _ in range(40)]
    single = factories.person()
    late = signed_in(single)
    server = server_for(small_disk)
    server.log = small_disk.parent / "server.log"
    crowd = Crowd([server], [factories.person() for _ in range(120)], codes)
    server.start()
    try:
        with crowd.run(at_once=12):
            time.sleep(0.5)
            filler = fill(small_disk, spare)
            until = time.monotonic() + 20
            while crowd.statuses.get(BUSY, 0) < 20 and time.monotonic() < until:
                time.sleep(0.05)
            told = dict(crowd.statuses)
            # Where many votes together did not fit, a single one still may, in what they had begun to write.
            fitted = list(takewhile(lambda code: send_vote(server.port, late, code) == STORED, codes[1:]))
            assert len(fitted) < len(codes) - 1, server.said()
            filler.unlink()
            stored = len(crowd.acknowledged)
            until = time.monotonic() + 20
            while len(crowd.acknowledged) < stored + 100 and time.monotonic() < until:
                time.sleep(0.05)
            crowd.over.set()
            crowd.finish()
        assert told.get(BUSY, 0) >= 20, f"the disk was never full: {told}"
        assert set(crowd.statuses) <= {STORED, BUSY}, server.said()
        assert len(crowd.acknowledged) >= stored + 100, "it goes on without being started again"
        assert send_vote(server.port, late, codes[0]) == STORED
        crowd.sessions.append((single, late))
        crowd.acknowledged.update((single.account, code) for code in (codes[0], *fitted))
        crowd.tried.update((single.account, code) for code in codes)
        everything_acknowledged_is_there(crowd)
    finally:
        server.stop()
        db.close_database()
