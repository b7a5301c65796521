"""What lights and totals cost with a million contributions in one consultation: `python -m tests.bench.lights_scale`.

Fills a SQLite database of its own (a minute or two; `python -m tests.bench.lights_scale NUMBER` for fewer), with the
triggers that count at work, and prints the CPU time of the totals and of whole pages that show lights. The goal is
20 ms for the totals; the pages stand beside them.
"""

import os
import sys
import tempfile
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from tests.bench.board_scale import GOAL_MS, cpu

PROPOSALS, PART = 200, 50_000


def fill(session: Session, consultation: int, office: int, person: Any, proposals: list[int], number: int) -> None:
    """Comments below some proposals: six of ten considered, four of ten answered, the last still waiting."""
    from app.comments.models import Comment
    from app.contributions.models import Contribution, Handling
    from app.core.codes import new_code
    from app.core.columns import table
    from app.responses.models import Answer, Response

    now = datetime(2026, 1, 5, tzinfo=UTC)
    connection = session.connection()
    response = Response(consultation_id=consultation, office_id=office, status="adopted", text="Ya.", created_at=now)
    session.add(response)
    session.flush()
    first = max(proposals) + 1
    for start in range(first, first + number, PART):
        ids = range(start, min(start + PART, first + number))
        same = {"kind": "comment", "consultation_id": consultation, "received_at": now, "entered_at": now}
        connection.execute(insert(table(Contribution)), [{"id": n, "code": new_code(), **same} for n in ids])
        said = {"parent_id": 0, "body": "Setuju.", "html": "<p>Setuju.</p>", "at": now, "h": "h"}
        connection.execute(
            insert(table(Comment)), [{"id": n, "proposal_id": proposals[n % len(proposals)], **said} for n in ids]
        )
        act = {"note": "", "office_id": office, "name": "Bu Sri", "role": "official", "outcome": "noted", "at": now}
        read = [n for n in ids if n - first < number * 0.6]
        if read:
            rows = [{"contribution_id": n, "account_id": person.account, **act} for n in read]
            connection.execute(insert(table(Handling)), rows)
        answered = [n for n in read if n - first < number * 0.4]
        if answered:
            given = {"response_id": response.id, "published_at": now, "h": "h"}
            connection.execute(insert(table(Answer)), [{"contribution_id": n, **given} for n in answered])
    connection.exec_driver_sql("ANALYZE")


def main(number: int) -> int:
    """Fill, measure, print; says whether the goal was met."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["REMBUK_DATA_DIR"], os.environ["REMBUK_EMBEDDED_JOBS"] = folder, "0"
        from app.contributions import queries
        from app.core import db, migrating, pagecache
        from app.main import create_app
        from app.settings import settings
        from tests import factories
        from tests import world as worlds
        from tests.page import Browser

        settings.cache_clear()
        migrating.migrate(settings().database)
        db.open_database(settings().database, patience=3600)
        pagecache.OLDEST = pagecache.UNDER_WRITES = 0
        visitor = Browser(create_app())
        office = factories.office("Dinas PU")
        person = factories.official(office, "Bu Sri")
        consultation = factories.consultation(office, worlds.DISCUSSED, slug="skala")
        proposals = [factories.proposal(consultation) for _ in range(PROPOSALS)]
        db.write_now(fill, consultation, office, person, proposals, number)
        desk = visitor.as_(person)
        with db.reading() as session:
            counts = queries.totals(session, consultation).all
            print(f"{counts.heard} heard · {counts.considered} considered · {counts.answered} answered")
            assert counts.heard == number + PROPOSALS and counts.answered < counts.considered < counts.heard
            figures = {"the totals": cpu(lambda: queries.totals(session, consultation))}
        code = factories.code(proposals[0])
        ways = {
            "GET consultation": (visitor, "/consultations/skala"),
            "GET consultation as data": (visitor, "/consultations/skala.json"),
            "GET proposal with 20 comments": (visitor, f"/proposals/{code}"),
            "GET trail": (visitor, f"/contributions/{code}"),
            "GET reading desk": (desk, "/desk/consultations/skala/reading"),
            "GET one to be considered": (desk, f"/desk/contributions/{code}/reading"),
            "GET desk": (desk, "/desk"),
        }
        for name, (who, path) in ways.items():
            figures[name] = cpu(lambda who=who, path=path: who.client.get(path).raise_for_status())
        for name, spent in figures.items():
            print(f"{spent:8.2f} ms  {'over' if spent > GOAL_MS else 'ok  '}  {name}")
        db.close_database()
        return int(figures["the totals"] > GOAL_MS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
