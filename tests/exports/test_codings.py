"""Codings from a file are taken by the rules of the desk, refused rows are told, and nothing is taken twice."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app import permissions
from app.core import access, db
from app.core.access import Denied
from app.exports.actions import CannotImport, Coded, import_codings
from app.themes.models import Coding
from tests import factories
from tests.contributions.world import code_of
from tests.page import Browser
from tests.themes.office import Office
from tests.themes.test_coding import BODY

PASSAGE = "Ongkos angkot naik"


@pytest.fixture
def office(browser: Browser) -> Office:
    access.fill(permissions.TABLE)
    return Office()


def taken(folder: Path, *rows: str, by: str, slug: str = "air", head: str = "code,theme,passage") -> Coded:
    file = folder / "found.csv"
    file.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return import_codings(slug, file, by, lambda done, of: None)


def codings() -> list[Coding]:
    with db.reading() as session:
        return list(session.execute(select(Coding).order_by(Coding.id)).scalars())  # type: ignore[arg-type]


def test_it_is_coded_in_the_name_of_an_official_and_once(office: Office, tmp_path: Path) -> None:
    first, second = code_of(office.proposal(body=BODY)), code_of(office.proposal(body=BODY))
    rows = [f"{first},T1,{PASSAGE}", f"{first},2,{BODY.split()[0]}", f"{second},1,{PASSAGE}"]
    for new, before in ((3, 0), (0, 3)):
        outcome = taken(tmp_path, *rows, by=office.official.email.upper())
        assert (outcome.taken, outcome.before, outcome.problems) == (new, before, [])
        first_made = codings()[0]
        assert (first_made.quote, first_made.source, first_made.name) == (PASSAGE, "import", "Bu Sri")
        assert len(codings()) == 3
    assert (office.balance().coded, office.balance().pending) == (2, 0)


def test_what_cannot_be_taken_is_told_and_the_rest_is_taken(office: Office, tmp_path: Path) -> None:
    good, out, found = (office.proposal(body=BODY) for _ in range(3))
    office.exclude(out)
    office.find(found, by=office.colleague, quote=BODY.split()[0])
    other = factories.code(factories.proposal(factories.consultation(office.office, slug="lain")))
    rows = [
        f"{code_of(good)},1,kata yang tidak ada di sana",
        f"{code_of(good)},9,{PASSAGE}",
        f"{code_of(good)},satu,{PASSAGE}",
        f"{code_of(out)},1,{PASSAGE}",
        f"{code_of(found)},1,{PASSAGE}",
        f"{other},1,{PASSAGE}",
        "0000-00000,1,x",
        f"{code_of(good)},1",
        f"{code_of(good)},1,{PASSAGE}",
    ]
    outcome = taken(tmp_path, *rows, by=office.official.email)
    assert outcome.taken == 1
    assert {one.line: one.reason.split(".")[0] for one in outcome.problems} == {
        2: "These words do not stand in the text like that",
        3: "This theme is not in the codebook that is in force",
        4: "'satu' is no number of a theme",
        5: "It is left out of the coding",
        6: "Pak Joko found this theme here already",
        7: "no contribution of this consultation has this code",
        8: "no contribution of this consultation has this code",
        9: "the row has 2 cells, the header has 3",
    }
    assert (office.balance().coded, office.balance().excluded, office.balance().pending) == (2, 1, 0)


def test_nothing_is_taken_where_the_whole_cannot_be(office: Office, tmp_path: Path) -> None:
    row = f"{code_of(office.proposal(body=BODY))},1,{PASSAGE}"
    ours = office.official.email
    for given in ({"by": "siapa@contoh.id"}, {"by": ours, "slug": "tiada"}, {"by": ours, "head": "code,theme,words"}):
        with pytest.raises(CannotImport):
            taken(tmp_path, row, **given)
    for stranger in (factories.person(), factories.official(factories.office())):
        with pytest.raises(Denied):
            taken(tmp_path, row, by=stranger.email)
    assert not codings()


def test_the_file_everybody_can_download_can_be_taken_in(office: Office, tmp_path: Path, browser: Browser) -> None:
    office.find(office.proposal(body=BODY), quote=PASSAGE)
    file = tmp_path / "passages.csv"
    file.write_bytes(browser.client.get("/consultations/air/answered/passages.csv").content)
    outcome = import_codings("air", file, office.official.email, lambda done, of: None)
    assert (outcome.taken, outcome.before, outcome.problems) == (0, 1, [])
