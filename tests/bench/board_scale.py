"""What the board costs with a million answers owed: `python -m tests.bench.board_scale [NUMBER]`, on SQLite.

Fills a database of its own (a minute or two), has the tables of counts counted from the rows, and prints the CPU time
of the sums and of the page with every combination of its filters, the dearest first. The goal is 20 ms for each.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text
from sqlmodel import Session

GOAL_MS, OFFICES, CONSULTATIONS = 20, 50, 300
STATES = (
    "due-soon", "on-time", "answered", "answered-late", "not-confirmed", "confirmed", "disputed", "lapsed",
)  # fmt: skip
KINDS = ("closing", "threshold", "question", "review")
#: So many of the dearest are printed.
SHOWN = 25
COUNTED = """
INSERT INTO {table} ({key}, {beside}pending, in_time, late, lapsed, confirmed, disputed)
SELECT {key}, {least}SUM(outcome = 'open'), SUM(outcome = 'answered'), SUM(outcome = 'answered-late'),
  SUM(outcome = 'lapsed'), SUM(reception = 'confirmed'), SUM(reception = 'disputed')
FROM obligation GROUP BY {key}
"""


def fill(session: Session, number: int) -> None:
    """A million answers owed over three years: most at closings, some for questions, a few late or still open."""
    random = Random(1)
    run = session.connection().exec_driver_sql
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%s'"
    for like in ("obligation_%", "lights_contribution%"):
        for (name,) in run(names % like).all():
            if name != "obligation_stays":
                run(f"DROP TRIGGER {name}")
    now = datetime.now(UTC).replace(tzinfo=None)
    stamp = now.isoformat(sep=" ")
    for place in range(1, OFFICES + 1):
        run("INSERT INTO office (id, slug, name, name_en, description, description_en, email, phone, address) "
            "VALUES (?, ?, ?, '', '', '', '', '', '')", (place, f"dinas-{place}", f"Dinas {place}"))  # fmt: skip
    for place in range(1, CONSULTATIONS + 1):
        run("INSERT INTO consultation (id, slug, office_id, lang, title, summary, background, other_title, "
            "other_summary, other_background, voting, open_counts, created_at, opened_at, cancel_reason, frozen, "
            "frozen_hash, imported_from) "
            "VALUES (?, ?, ?, 'id', ?, '', '', '', '', '', 'three', 0, ?, ?, '', '', '', '')",
            (place, f"k-{place}", place % OFFICES + 1, f"Konsultasi {place}", stamp, stamp))  # fmt: skip
    closings = {place: now - timedelta(days=random.randint(-60, 1095)) for place in range(1, CONSULTATIONS + 1)}
    for first in range(1, number + 1, 50_000):
        contributions, owed = [], []
        for row in range(first, min(first + 50_000, number + 1)):
            place = random.randint(1, CONSULTATIONS)
            kind = random.choices(("closing", "question", "threshold", "review"), (70, 22, 5, 3))[0]
            due = closings[place] if kind == "closing" else closings[place] - timedelta(days=random.randint(0, 50))
            due = due.replace(hour=16, minute=59, second=59, microsecond=0)
            answered = _answered(random, due, now)
            contributions.append((row, f"{row:08}-X", "comment", place, stamp, stamp))
            owed.append((row, place, kind, place % OFFICES + 1, place % OFFICES + 1, due - timedelta(days=20), due,
                         due.year * 100 + due.month, answered,
                         answered if answered and random.random() < 0.3 else None))  # fmt: skip
        run("INSERT INTO contribution (id, code, kind, consultation_id, channel, received_at, entered_at, lang, "
            "identity_level, visibility, reason_code) VALUES (?, ?, ?, ?, 'web', ?, ?, 'id', 'email', 'public', '')",
            contributions)  # fmt: skip
        dated = [
            (*it[:5], *(_stored(each) for each in it[5:7]), it[7], *(_stored(each) for each in it[8:])) for it in owed
        ]
        run("INSERT INTO obligation (contribution_id, consultation_id, kind, first_office_id, office_id, arose_at, "
            "due_at, due_month, answered_at, confirmed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", dated)  # fmt: skip
    finely = {"key": "consultation_id, office_id, kind, due_at", "beside": "due_month, ", "least": "MIN(due_month), "}
    run(COUNTED.format(table="obligation_count", **finely))
    run(COUNTED.format(table="obligation_month", key="office_id, kind, due_month", beside="", least=""))
    run("ANALYZE")


def _answered(random: Random, due: datetime, now: datetime) -> datetime | None:
    """Nine of ten past ones in time, one of twenty late, the rest overdue; some future ones answered already."""
    chance = random.random()
    if due > now:
        return now - timedelta(days=1) if chance < 0.2 else None
    return due - timedelta(days=1) if chance < 0.9 else due + timedelta(days=3) if chance < 0.95 else None


def _stored(instant: datetime | None) -> str | None:
    return instant.strftime("%Y-%m-%d %H:%M:%S.%f") if instant else None


def cpu(act: Callable[[], Any], rounds: int = 7) -> float:
    """The median CPU time of an act in this process, in milliseconds; the first two rounds warm up."""
    spent = []
    for _ in range(rounds + 2):
        begun = time.process_time()
        act()
        spent.append((time.process_time() - begun) * 1000)
    return sorted(spent[2:])[rounds // 2]


def _pages() -> Iterator[str]:
    """The board with every combination of its filters."""
    for office, kind, consultation, state in product(("", "dinas-1"), ("", *KINDS), ("", "k-7"), ("", *STATES)):
        asked = {"office": office, "kind": kind, "consultation": consultation, "state": state}
        yield f"/board?{urlencode({name: value for name, value in asked.items() if value})}".removesuffix("?")
    yield "/board.json"


def main(number: int) -> int:
    """Fill, measure, print; says whether the goal was met."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["REMBUK_DATA_DIR"], os.environ["REMBUK_EMBEDDED_JOBS"] = folder, "0"
        from app.core import db, migrating, pagecache
        from app.main import create_app
        from app.obligations import queries
        from app.settings import settings
        from tests.page import Browser

        settings.cache_clear()
        Path(folder).mkdir(exist_ok=True)
        migrating.migrate(settings().database)
        db.open_database(settings().database, patience=3600)
        db.write_now(fill, number)
        pagecache.OLDEST = pagecache.UNDER_WRITES = 0
        browser = Browser(create_app())
        with db.reading() as session:
            rows = session.execute(text("SELECT COUNT(*) FROM obligation_count")).scalar_one()
            months = session.execute(text("SELECT COUNT(*) FROM obligation_month")).scalar_one()
            print(f"{number} owed, {rows} rows of counts by due instant, {months} by month")
            figures = {
                "total, for home and offices": cpu(lambda: queries.total(session)),
                "total of one office": cpu(lambda: queries.total(session, queries.Narrowed(office_id=1))),
                "standings": cpu(lambda: queries.standings(session)),
                "standings of one consultation": cpu(
                    lambda: queries.standings(session, queries.Narrowed(consultation_id=7))
                ),
            }
        for path in _pages():
            figures[f"GET {path}"] = cpu(lambda path=path: browser.client.get(path).raise_for_status())
        for name, spent in sorted(figures.items(), key=lambda one: -one[1])[:SHOWN]:
            print(f"{spent:8.2f} ms  {'over' if spent > GOAL_MS else 'ok  '}  {name}")
        db.close_database()
        return int(any(spent > GOAL_MS for spent in figures.values()))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
