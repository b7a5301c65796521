"""Promise 4 on real input: all of Madrid read in 25 themes and answered by 25 signatures, through the forms."""

import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.contributions import queries as contributions
from app.contributions.models import Contribution
from app.core import db, jobs
from app.core.columns import table
from app.exports.actions import Made, import_csv
from app.exports.forms import read_mapping
from app.responses.models import Answer
from app.themes import queries
from app.themes.models import Theme
from tests import answering, factories
from tests.page import Browser
from tests.themes.madrid import THEMES, seen, themes_of
from tests.themes.office import recounted

ROOT = Path(__file__).parents[2]
MADRID = Path(os.environ.get("REMBUK_SHARED", ROOT.parent / "shared")) / "data" / "madrid"
DESK = "/desk/consultations/madrid"
#: Every page would take the parser of HTML an hour; one in so many is looked at whole.
LOOKED_AT = 100
a, c = table(Answer), table(Contribution)
NOTHING_SAID = "El texto no dice nada que se pueda asignar a un tema."


class Reader:
    """The scripted person at the desk: presses what a person would press, and counts what was done."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.client = browser.client
        self.client.follow_redirects = False
        self.coded: dict[str, list[int]] = {}
        self.left_out: list[str] = []

    def read(self, address: str) -> None:
        """Read one contribution: press its themes, or leave it out with a reason."""
        code = address.split("/")[3]
        number = len(self.coded) + len(self.left_out)
        page = self.browser.get(address).html if number % LOOKED_AT == 0 else self.client.get(address).text
        here = seen(page)
        found = themes_of(here)
        for theme, pieces in found.items():
            self._press(f"/desk/contributions/{code}/coding", seen=here.h, order="age", theme=theme, piece=pieces)
        if found:
            self.coded[code] = list(found)
        else:
            self._press(f"/desk/contributions/{code}/exclusion", ground="no-argument", text=NOTHING_SAID)
            self.left_out.append(code)

    def next(self, after: str = "") -> str:
        """The address of the next contribution that waits; the overview when none does."""
        return self._press(f"{DESK}/coding/next", order="age", after=after)

    def _press(self, address: str, **fields: object) -> str:
        sent = self.client.post(address, data={k: [v] if isinstance(v, int) else v for k, v in fields.items()})
        assert sent.status_code == 303, (address, fields, sent.status_code)
        return str(sent.headers["location"])


def the_codebook(official: Browser) -> None:
    """Write 25 themes and put them in force."""
    for theme in THEMES:
        assert official.post(f"{DESK}/codebook/new", {"stance": theme.stance}).status == 200
    official.post(f"{DESK}/codebook/publication", {})


def counted(consultation: int) -> tuple[int, int, int, int]:
    """What the counters say: received, coded, excluded, pending. They hold."""
    with db.reading() as session:
        found = queries.balance(session, consultation)
    assert found.holds
    return found.counted.received, found.counted.coded, found.counted.excluded, found.counted.pending


def answer_every_theme(browser: Browser, official: Browser, consultation: int) -> None:
    """Write a text for each theme, have it checked, sign it and publish it; what was received stays accounted for."""
    official.client.follow_redirects = True
    for number, theme in enumerate(THEMES, 1):
        page = official.get(f"{DESK}/answers/themes/{number}")
        text = f"El Ayuntamiento ha estudiado lo que piden: {theme.stance}. Entra en el plan de este año."
        written = {"status": "adopted", "text": text, "role": "Jefa de servicio", "act": "hand-on"}
        answering.through(browser, official, official.submit(page, f"{DESK}/answers", **written))
        while jobs.run_due():
            pass
        counted(consultation)


def answers_of(code: str) -> list[Any]:
    """The themes for which a contribution was answered, and the words of its author before each answer."""
    t = table(Theme)
    rows = (
        select(t.c.number, a.c.quote, c.c.id)
        .join_from(a, c, c.c.id == a.c.contribution_id)
        .join(t, t.c.id == a.c.theme_id)
        .where(c.c.code == code, a.c.published_at.is_not(None), a.c.superseded_at.is_(None))
        .order_by(t.c.number)
    )
    with db.reading() as session:
        return list(session.execute(rows))


@pytest.mark.long
@pytest.mark.skipif(not MADRID.is_dir(), reason="the Madrid data is not beside the repository")
@pytest.mark.timeout(3600)
def test_madrid_is_read_and_answered_whole_through_the_forms(browser: Browser) -> None:
    office = factories.office(slug="madrid")
    made = Made("¿Qué proponen los vecinos de Madrid?", "madrid", lang="es")
    mapping = read_mapping(ROOT / "docs" / "mappings" / "madrid.toml")
    import_csv("madrid", MADRID / "proposals.csv", MADRID / "comments.csv", mapping, made, lambda done, of: None)
    consultation = 1
    official = browser.as_(factories.official(office, "Ana Ruiz"))
    the_codebook(official)
    gone = 0
    while counted(consultation)[2] == gone and gone < 62:
        official.post(f"{DESK}/coding/gone", {})
        gone = counted(consultation)[2]
    assert gone == 62, "what Madrid had removed"

    reader = Reader(official)
    address = reader.next()
    while "/contributions/" in address:
        reader.read(address)
        done = len(reader.coded) + len(reader.left_out)
        if done % 500 == 0:
            assert counted(consultation) == (5713, len(reader.coded), gone + len(reader.left_out), 5713 - gone - done)
        address = reader.next(address.split("/")[3])
    assert counted(consultation) == (5713, len(reader.coded), gone + len(reader.left_out), 0)
    recount = recounted(consultation)
    assert (recount.coded, recount.pending) == (len(reader.coded), 0)
    assert {theme for themes in reader.coded.values() for theme in themes} == set(range(1, 26))

    answer_every_theme(browser, official, consultation)
    with db.reading() as session:
        lit = contributions.totals(session, consultation).all
        texts = {code: queries.words(session, code).text for code in reader.coded}
    assert (lit.heard, lit.answered) == (5713, len(reader.coded)), "all that was coded, and with nothing left over"
    for code, themes in reader.coded.items():
        answered = answers_of(code)
        assert [row.number for row in answered] == sorted(themes)
        assert all(row.quote and row.quote in texts[code] for row in answered), "their own words, first"
    for page in ("themes", "answered"):
        assert THEMES[0].stance in browser.get(f"/consultations/madrid/{page}").html
    facts = browser.client.get("/consultations/madrid/themes.json").json()
    assert facts["balance"] == {
        "received": 5713,
        "coded": len(reader.coded),
        "excluded": recount.excluded,
        "pending": 0,
    }
    assert {one["theme"] for one in facts["weights"]} == set(range(1, 26))
    codings = sum(map(len, reader.coded.values()))
    print(f"{len(reader.coded)} coded with {codings} passages, {recount.excluded} left out, {len(THEMES)} signatures")
