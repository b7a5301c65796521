"""What the coding desk costs with 100,000 contributions pending: `python -m tests.bench.coding_scale`.

Fills a SQLite database of its own (`python -m tests.bench.coding_scale NUMBER` for another number) with comments and
a codebook of 25 themes, and prints the CPU time of opening the next item, of a coding, and of the lists. The goal is
100 ms for the first item: taking it from the queue and drawing it.
"""

import os
import sys
import tempfile
from itertools import cycle

from tests.bench.board_scale import cpu
from tests.bench.lights_scale import PROPOSALS, fill

GOAL_MS, THEMES, CODED = 100, 25, 200


def main(number: int) -> int:
    """Fill, measure, print; says whether the goal was met."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["REMBUK_DATA_DIR"], os.environ["REMBUK_EMBEDDED_JOBS"] = folder, "0"
        from app.core import db, migrating, pagecache
        from app.main import create_app
        from app.settings import settings
        from app.themes import actions, queries
        from app.themes.forms import CodebookForm, ThemeForm
        from tests import factories
        from tests import world as worlds
        from tests.page import Browser

        settings.cache_clear()
        migrating.migrate(settings().database)
        db.open_database(settings().database, patience=3600)
        pagecache.OLDEST = pagecache.UNDER_WRITES = 0
        browser = Browser(create_app())
        office = factories.office("Dinas PU")
        person = factories.official(office, "Bu Sri")
        consultation = factories.consultation(office, worlds.DISCUSSED, slug="skala")
        proposals = [factories.proposal(consultation) for _ in range(PROPOSALS)]
        db.write_now(fill, consultation, office, person, proposals, number)
        for theme in range(THEMES):
            stance = ThemeForm.model_validate({"stance": f"Tema nomor {theme} tentang jalan desa"})
            db.write_now(actions.keep_theme, person.actor, consultation, stance)
        db.write_now(actions.publish, person.actor, consultation, CodebookForm())
        with db.reading() as session:
            balance = queries.balance(session, consultation)
        print(f"{balance.counted.received} received · {balance.counted.pending} pending · {THEMES} themes")
        assert balance.holds
        desk = browser.as_(person)
        here = "/desk/consultations/skala/coding"

        def first(order: str, after: str = "") -> None:
            desk.client.post(f"{here}/next", data={"order": order, "after": after}).raise_for_status()

        waiting = cycle([desk.client.post(f"{here}/next", data={"order": "chance"}).url.path for _ in range(CODED)])

        def code() -> None:
            page = next(waiting)
            with db.reading() as session:
                seen = queries.words(session, page.split("/")[3]).h
            sent = {"theme": "1", "seen": seen}
            desk.client.post(page, data=sent, headers={"HX-Request": "true"}).raise_for_status()

        figures = {
            "first item, by chance": cpu(lambda: first("chance")),
            "first item, by age": cpu(lambda: first("age")),
            "the most alike to one": cpu(lambda: first("alike", factories.code(proposals[0]))),
            "a coding, answered with the desk": cpu(code),
        }
        for name in ("pending", "gone", "again", "coded", "excluded", "appealed"):
            figures[f"list: {name}"] = cpu(lambda name=name: desk.client.get(f"{here}?list={name}").raise_for_status())
        figures["public page of themes"] = cpu(lambda: browser.client.get("/consultations/skala/themes"))
        for name, spent in figures.items():
            print(f"{spent:8.2f} ms  {'over' if spent > GOAL_MS else 'ok  '}  {name}")
        db.close_database()
        return int(max(figures["first item, by chance"], figures["first item, by age"]) > GOAL_MS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
