"""What finding costs at the size of a city: `python -m tests.bench.finding_scale [--titles N] [--postgres URL]`.

Fills a database of its own with so many proposals in one consultation. Their titles are those of the labelled set
with other words and places put in, so that common words are as common as in life and rare ones as rare. Then it
prints the CPU time of searches and look-alikes: that of this process, and on PostgreSQL that of the server's too.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import create_engine, insert, text
from sqlmodel import Session

from app import main, recall
from app.consultations.models import Consultation
from app.contributions.models import Contribution
from app.core import db, migrating, words
from app.core.codes import new_code
from app.core.columns import table
from app.core.indexing import IndexEntry
from app.finding import queries
from app.finding.queries import Narrowing
from app.offices.models import Office
from app.proposals.models import Proposal, ProposalVersion

CHUNK, TRIES, GOAL = 10_000, 200, 20.0
SYLLABLES = (
    "ba be bo ca da de gu ja ji ka ke ko la li lo ma mi mu na ngu pa pe ra re ri sa si su ta te tu wa wi yo".split()
)
COMMON = ("perbaikan jalan desa", "air bersih warga", "sampah pasar", "lampu jalan", "sekolah anak", "jalan")


def titles(number: int, random: Random) -> Iterator[str]:
    """So many titles, in which a few words are very common and most are rare."""
    known = [one.text for one in recall.titles() if one.lang == "id"]
    vocabulary = [word for one in known for word in one.split()]
    places = ["".join(random.choices(SYLLABLES, k=random.choice((2, 3, 3, 4)))).title() for _ in range(20_000)]
    for _ in range(number):
        parts = random.choice(known).split()
        parts[random.randrange(len(parts))] = random.choice(vocabulary)
        yield " ".join([*parts, "di", places[min(int(random.paretovariate(0.5)), len(places)) - 1]])


def fill(number: int, random: Random) -> int:
    """Store the proposals in chunks of their own, past the acts, which would take hours; gives the consultation."""
    consultation = db.write_now(_consultation)
    found = titles(number, random)
    begun = time.monotonic()
    for first in range(1, number + 1, CHUNK):
        some = [next(found) for _ in range(min(CHUNK, number + 1 - first))]
        db.submit(_store, consultation, first, some).result()
        if first % 100_000 == 1:
            print(f"  {first - 1 + len(some):,} stored after {time.monotonic() - begun:.0f} s", flush=True)
    return consultation


def _consultation(session: Session) -> int:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    office = Office(slug="bench", name="Bench")
    session.add(office)
    session.flush()
    row = Consultation(slug="bench", office_id=office.id, title="?", summary="", created_at=now, opened_at=now)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


_given: set[str] = set()


def _codes(number: int) -> list[str]:
    """Codes that nobody has; among a million drawn by chance two are often the same."""
    fresh: set[str] = set()
    while len(fresh) < number:
        code = new_code()
        if code not in _given:
            fresh.add(code)
    _given.update(fresh)
    return list(fresh)


def _store(session: Session, consultation: int, first: int, some: list[str]) -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    same: dict[str, Any] = {"consultation_id": consultation}
    connection = session.connection()
    ids = range(first, first + len(some))
    codes = _codes(len(some))
    connection.execute(
        insert(table(Contribution)),
        [
            {
                "id": n, "code": codes.pop(), "kind": "proposal", "channel": "web", "received_at": now,
                "entered_at": now,
                "lang": "id", "identity_level": "email", "visibility": "public", "reason_code": "", **same,
            }
            for n in ids
        ],
    )  # fmt: skip
    still = {"version": 1, "excerpt": "", "status": "", "withdrawn_reason": "", **same}
    proposals = [{"id": n, "title": title, "shuffle": n, **still} for n, title in zip(ids, some, strict=True)]
    connection.execute(insert(table(Proposal)), proposals)
    connection.execute(
        insert(table(ProposalVersion)),
        [
            {
                "proposal_id": n, "number": 1, "title": title, "body": "Isi.", "html": "", "lang": "id", "at": now,
                "nonce": b"", "h": "",
            }
            for n, title in zip(ids, some, strict=True)
        ],
    )  # fmt: skip
    entries = []
    for n, title in zip(ids, some, strict=True):
        stems = " ".join(words.stems(title, "id"))
        marks = f"{stems} _kproposal _c{consultation}"
        entries.append({"kind": "proposal", "subject_id": n, "at": now, "title": stems, "stems": marks, **same})
    connection.execute(insert(table(IndexEntry)), entries)


def _server(session: Session) -> Path:
    """Where the kernel says how long the process of a PostgreSQL on this machine that answers this session computed."""
    return Path(f"/proc/{session.execute(text('SELECT pg_backend_pid()')).scalar_one()}/schedstat")


def _milliseconds(server: Path | None) -> float:
    return int(server.read_text().split()[0]) / 1e6 if server else 0.0


def measured(name: str, tries: list[Any], call: Callable[[Session, Any], object], server: bool) -> float:
    """Print what a call costs, and give its mean in milliseconds with that of the process of the server."""
    spent, theirs = [], []
    with db.reading() as session:
        process = _server(session) if server else None
        for one in tries[:20]:
            call(session, one)
        for one in tries:
            before, start = _milliseconds(process), time.thread_time()
            call(session, one)
            own = (time.thread_time() - start) * 1000
            theirs.append(_milliseconds(process) - before)
            spent.append(own + theirs[-1])
    spent.sort()
    mean = statistics.mean(spent)
    half, most = spent[len(spent) // 2], spent[len(spent) * 95 // 100]
    shared = f" (of which the server {statistics.mean(theirs):.2f})" if server else ""
    print(f"  {name:<28} mean {mean:.2f} ms{shared}, 50/95/100 % under {half:.2f}/{most:.2f}/{spent[-1]:.2f}")
    return mean


def run(number: int, url: str) -> list[float]:
    """Fill a database and measure; gives the means."""
    assert main.ROUTERS
    random = Random("finding")
    migrating.migrate(url)
    db.open_database(url, patience=600)
    server = not url.startswith("sqlite")
    try:
        consultation = fill(number, random)
        if server:
            with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
                connection.execute(text("VACUUM ANALYZE"))
        new = list(titles(TRIES, Random("new")))
        asked = [one.text for one in recall.queries()]
        return [
            measured("search, as people ask", asked, lambda s, q: queries.search(s, q, Narrowing()), server),
            measured(
                "search, very common words", list(COMMON) * 20, lambda s, q: queries.search(s, q, Narrowing()), server
            ),
            measured("look-alikes of a new title", new, lambda s, q: queries.alike(s, consultation, q, ""), server),
            measured("look-alikes, in other words", asked, lambda s, q: queries.alike(s, consultation, q, ""), server),
        ]
    finally:
        db.close_database()


def main_() -> None:
    """Measure on SQLite, and on PostgreSQL where an empty database of it is named."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--titles", type=int, default=1_000_000)
    options.add_argument("--postgres", default="", help="address of an empty database")
    options.add_argument("--folder", default=None, help="where the SQLite file is made, and removed")
    chosen = options.parse_args()
    means = []
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        print(f"{chosen.titles:,} titles, SQLite", flush=True)
        means += run(chosen.titles, f"sqlite:///{folder}/bench.db")
    if chosen.postgres:
        print(f"{chosen.titles:,} titles, PostgreSQL", flush=True)
        means += run(chosen.titles, chosen.postgres)
    print(f"every mean under {GOAL:.0f} ms: {'yes' if max(means) < GOAL else 'no'}")


if __name__ == "__main__":
    main_()
