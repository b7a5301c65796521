"""Promise 4 on real input: every contribution of Madrid read at the desk by forms, in 25 themes, and none is lost."""

import os
from pathlib import Path

import pytest

from app.core import db
from app.exports.actions import Made, import_csv
from app.exports.forms import read_mapping
from app.themes import queries
from tests import factories
from tests.page import Browser
from tests.themes.madrid import THEMES, seen, themes_of
from tests.themes.office import recounted

ROOT = Path(__file__).parents[2]
MADRID = Path(os.environ.get("REMBUK_SHARED", ROOT.parent / "shared")) / "data" / "madrid"
DESK = "/desk/consultations/madrid"
#: Every page would take the parser of HTML an hour; one in so many is looked at whole.
LOOKED_AT = 100
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


def balance(consultation: int) -> tuple[int, int, int, int]:
    """What the counters say: received, coded, excluded, pending. They hold."""
    with db.reading() as session:
        found = queries.balance(session, consultation)
    assert found.holds
    counted = found.counted
    return counted.received, counted.coded, counted.excluded, counted.pending


@pytest.mark.long
@pytest.mark.skipif(not MADRID.is_dir(), reason="the Madrid data is not beside the repository")
@pytest.mark.timeout(3600)
def test_madrid_is_read_whole_through_the_forms(browser: Browser) -> None:
    office = factories.office(slug="madrid")
    made = Made("¿Qué proponen los vecinos de Madrid?", "madrid", lang="es")
    mapping = read_mapping(ROOT / "docs" / "mappings" / "madrid.toml")
    import_csv("madrid", MADRID / "proposals.csv", MADRID / "comments.csv", mapping, made, lambda done, of: None)
    consultation = 1
    official = browser.as_(factories.official(office, "Ana Ruiz"))
    the_codebook(official)
    gone = 0
    while balance(consultation)[2] == gone and gone < 62:
        official.post(f"{DESK}/coding/gone", {})
        gone = balance(consultation)[2]
    assert gone == 62, "what Madrid had removed"

    reader = Reader(official)
    address = reader.next()
    while "/contributions/" in address:
        reader.read(address)
        done = len(reader.coded) + len(reader.left_out)
        if done % 500 == 0:
            assert balance(consultation) == (5713, len(reader.coded), gone + len(reader.left_out), 5713 - gone - done)
        address = reader.next(address.split("/")[3])
    assert balance(consultation) == (5713, len(reader.coded), gone + len(reader.left_out), 0)
    recount = recounted(consultation)
    assert (recount.coded, recount.pending) == (len(reader.coded), 0)
    assert {theme for themes in reader.coded.values() for theme in themes} == set(range(1, 26))
