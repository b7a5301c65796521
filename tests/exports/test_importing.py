"""Imports take what can be taken, say what cannot, and change nothing the second time."""

import csv
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import permissions
from app.comments.models import Comment
from app.consultations import queries as consultations
from app.contributions.models import Contribution
from app.core import access, db
from app.core.columns import table
from app.exports.actions import CannotImport, Made, Outcome, entering, import_csv
from app.exports.forms import BadMapping, read_mapping
from app.proposals.models import Proposal, ProposalStat, ProposalVersion
from app.publiclog.models import Event
from tests import factories
from tests.page import Browser

MAPPING = """
source = "contoh"
lang = "id"
zone = "Asia/Jakarta"
[proposals]
id = "id"
title = "judul"
body = ["ringkas", "isi"]
date = "tanggal"
supports = "dukungan"
comments = "jumlah"
[comments]
id = "id"
proposal = "usulan"
parent = "induk"
body = "isi"
date = ["tanggal", "jam"]
for = "setuju"
against = "tolak"
"""
P_HEAD = "id,judul,ringkas,isi,tanggal,dukungan,jumlah\n"
C_HEAD = "id,usulan,induk,isi,tanggal,jam,setuju,tolak\n"


class Files:
    """Two files and a mapping, and an import of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.office = "instansi-impor"
        factories.office(slug=self.office)
        self.write("m.toml", MAPPING)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, proposals: str | bytes, comments: str | bytes | None = None, slug: str = "impor") -> Outcome:
        given = self.write("p.csv", proposals)
        answers = self.write("c.csv", comments) if comments is not None else None
        mapping = read_mapping(self.folder / "m.toml")
        made = Made("Apa usulan warga?", self.office)
        return import_csv(slug, given, answers, mapping, made, lambda done, of: None)


@pytest.fixture
def files(database: str, tmp_path: Path) -> Files:
    access.fill(permissions.TABLE)
    return Files(tmp_path)


def rows(statement: Any) -> list[Any]:
    with db.reading() as session:
        return list(session.execute(statement).all())


def everything() -> dict[str, tuple[int, int]]:
    """How many rows each table has, and the newest number."""
    found = {}
    for model in (Contribution, Proposal, ProposalVersion, Comment, Event):
        t = table(model).c
        found[t.id.table.name] = tuple(rows(select(func.count(), func.max(t.id)).select_from(table(model)))[0])
    return found


def reasons(outcome: Outcome) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.line, problem.reason) for problem in outcome.problems]


ONE = P_HEAD + "1,Jalan rusak,Pendek,Panjang sekali,2020-02-03,12,3\n"


def test_a_proposal_comes_whole(files: Files) -> None:
    assert files.run(ONE).proposals == 1
    c, v, s = table(Contribution).c, table(ProposalVersion).c, table(ProposalStat).c
    row = rows(
        select(table(Contribution), v.title, v.body, v.at, s.imported_supports, s.imported_comments, s.supports)
        .join(table(ProposalVersion), v.proposal_id == c.id)
        .join(table(ProposalStat), s.proposal_id == c.id)
    )[0]
    assert (row.title, row.body) == ("Jalan rusak", "Pendek\n\nPanjang sekali")
    assert (row.imported_supports, row.imported_comments, row.supports) == (12, 3, 0)
    assert (row.channel, row.participant_id, row.entered_by) == ("import", None, None)
    assert row.received_at == row.at
    assert row.received_at.isoformat() == "2020-02-02T17:00:00+00:00"


def test_the_consultation_is_closed_and_says_where_it_came_from(files: Files) -> None:
    files.run(ONE)
    with db.reading() as session:
        view = consultations.in_path(session, "impor")
    assert (view.state, view.imported_from, view.counted) == ("closed", "contoh", True)


def test_threads_stay_whole_whatever_the_order_of_the_file(files: Files) -> None:
    comments = C_HEAD + (
        "c,1,b,Cucu,2020-02-04,10:00,0,0\n"
        "b,1,a,Anak,2020-02-04,0 days 09:00:00,1,2\n"
        "a,1,-1,Induk,2020-02-04,11:00,5,0\n"
        "d,1,,Sendiri,2020-02-04,08:00,,\n"
    )
    outcome = files.run(ONE, comments)
    assert (outcome.comments, outcome.problems) == (4, [])
    m, parent = table(Comment).c, table(Comment).alias().c
    found = rows(
        select(m.body, parent.body.label("above"), m.depth, m.replies, m.imported_for, m.imported_against)
        .outerjoin(parent.id.table, parent.id == m.parent_id)
        .order_by(m.id)
    )
    assert [(row.body, row.above, row.depth, row.replies) for row in found] == [
        ("Sendiri", None, 0, 0),
        ("Induk", None, 0, 1),
        ("Anak", "Induk", 1, 1),
        ("Cucu", "Anak", 2, 0),
    ]
    assert [(row.imported_for, row.imported_against) for row in found] == [(0, 0), (5, 0), (1, 2), (0, 0)]


def test_every_bad_row_is_told_with_its_line_and_the_rest_is_taken(files: Files) -> None:
    proposals = P_HEAD + (
        '1,Jalan,a,"dua\nbaris",2020-02-03,1,0\n'  # lines 2 and 3
        ",Tanpa nomor,a,b,2020-02-03,1,0\n"
        "3,,a,b,2020-02-03,1,0\n"
        "4,Tanpa isi, ,,2020-02-03,1,0\n"
        "5,Tanggal,a,b,kemarin,1,0\n"
        "6,Masa depan,a,b,2999-01-01,1,0\n"
        "7,Angka,a,b,2020-02-03,banyak,0\n"
        "1,Dua kali,a,b,2020-02-03,1,0\n"
        "9,Sel kurang,a\n"
        "\n"
        "10,Baik,a,b,2020-02-03,1.0,\n"
    )
    outcome = files.run(proposals)
    assert outcome.proposals == 2
    assert sorted(reasons(outcome)) == [
        ("p.csv", 4, "it has no id"),
        ("p.csv", 5, "it has no title"),
        ("p.csv", 6, "it has no text"),
        ("p.csv", 7, "“kemarin” is not a date that can be read; name its form in date_formats"),
        ("p.csv", 8, "its date 2999-01-01 cannot be right"),
        ("p.csv", 9, "“banyak” in the column dukungan is not a whole number"),
        ("p.csv", 10, "its id stands in line 2 already"),
        ("p.csv", 11, "the row has 3 cells, the header has 7"),
    ]


def test_comments_without_a_place_are_told(files: Files) -> None:
    comments = C_HEAD + (
        "a,1,zz,Yatim,2020-02-04,10:00,0,0\n"
        "b,1,a,Di bawah yatim,2020-02-04,10:00,0,0\n"
        "c,9,,Tanpa usulan,2020-02-04,10:00,0,0\n"
        "d,1,e,Putaran,2020-02-04,10:00,0,0\n"
        "e,1,d,Putaran,2020-02-04,10:00,0,0\n"
        "f,1,f,Diri sendiri,2020-02-04,10:00,0,0\n"
        "g,1,,,2020-02-04,10:00,0,0\n"
        "h,2,i,Usulan lain,2020-02-04,10:00,0,0\n"
        "i,1,,Baik,2020-02-04,10:00,0,0\n"
    )
    outcome = files.run(ONE + "2,Lampu,a,b,2020-02-03,0,0\n", comments)
    assert outcome.comments == 1
    assert sorted(reasons(outcome)) == [
        ("c.csv", 2, "the comment it answers, zz, is not there"),
        ("c.csv", 3, "the comment it answers, a, was not taken"),
        ("c.csv", 4, "its proposal 9 is not there"),
        ("c.csv", 5, "it answers itself in a circle"),
        ("c.csv", 6, "it answers itself in a circle"),
        ("c.csv", 7, "it answers itself in a circle"),
        ("c.csv", 8, "it has no text"),
        ("c.csv", 9, "it answers i, which is on another proposal"),
    ]


def test_orphans_and_empty_comments_keep_a_place_where_the_mapping_says_so(files: Files) -> None:
    files.write("m.toml", MAPPING + 'orphans = "first level"\nempty = "removed"\n')
    comments = C_HEAD + (
        "a,1,zz,Yatim,2020-02-04,10:00,0,0\ng,1,,,2020-02-04,10:00,0,0\nh,1,g,Balasan,2020-02-04,10:30,0,0\n"
    )
    outcome = files.run(ONE, comments)
    assert outcome.comments == 3
    assert [(problem.line, problem.taken) for problem in outcome.problems] == [(3, True), (2, True)]
    c, m = table(Contribution).c, table(Comment).c
    query = select(c.import_id, c.visibility, m.removed_at, m.depth).join(table(Comment), m.id == c.id)
    found = {row.import_id: row for row in rows(query)}
    assert found["a"].depth == 0
    assert found["g"].visibility == "withdrawn"
    assert found["g"].removed_at is not None
    assert found["h"].depth == 1


def test_a_second_run_changes_nothing(files: Files) -> None:
    comments = C_HEAD + "a,1,,Induk,2020-02-04,10:00,0,0\nb,1,a,Anak,2020-02-04,10:00,0,0\n"
    files.run(ONE, comments)
    before = everything()
    outcome = files.run(ONE, comments)
    assert everything() == before
    assert (outcome.proposals, outcome.comments, outcome.before) == (0, 0, 3)


def test_a_later_file_goes_on_where_the_first_ended(files: Files) -> None:
    files.run(ONE, C_HEAD + "a,1,,Induk,2020-02-04,10:00,0,0\n")
    later = C_HEAD + "b,1,a,Anak,2020-02-05,10:00,0,0\n"
    outcome = files.run(P_HEAD + "2,Lampu,a,b,2020-02-03,0,0\n", later)
    assert (outcome.proposals, outcome.comments, outcome.problems) == (1, 1, [])


def test_rows_of_another_consultation_are_not_taken_twice(files: Files) -> None:
    files.run(ONE)
    outcome = files.run(ONE, slug="impor-dua")
    assert outcome.proposals == 0
    assert "another consultation" in outcome.problems[0].reason


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
    ],
)
def test_files_as_programs_write_them(files: Files, encode: Any) -> None:
    outcome = files.run(encode(P_HEAD + "1,Jalan señor,a,b,2020-02-03,0,0\n"))
    assert (outcome.proposals, outcome.problems) == (1, [])
    assert rows(select(table(Proposal).c.title))[0].title == "Jalan señor"


def test_a_row_in_another_encoding_is_told_unless_the_mapping_names_it(files: Files) -> None:
    mixed = ONE.encode() + "2,Señor,a,b,2020-02-03,0,0\n".encode("latin-1")
    outcome = files.run(mixed)
    assert outcome.proposals == 1
    assert reasons(outcome)[0][:2] == ("p.csv", 3)
    files.write("m.toml", 'encoding = "latin-1"\n' + MAPPING)
    assert files.run(mixed).proposals == 1
    assert {row.title for row in rows(select(table(Proposal).c.title))} == {"Jalan rusak", "Señor"}


def test_very_long_cells_and_formulas_and_controls(files: Files) -> None:
    proposals = P_HEAD + (
        f"1,=SUM(A1),,{'x' * 100_000},2020-02-03,0,0\n"
        f"2,Terlalu panjang,,{'x' * 100_001},2020-02-03,0,0\n"
        f"3,{'j' * 301},,isi,2020-02-03,0,0\n"
        "4,Tersembunyi\u202e\x07,,<script>alert(1)</script>\x00isi,2020-02-03,0,0\n"
    )
    outcome = files.run(proposals)
    assert [problem.line for problem in outcome.problems] == [3, 4]
    v = table(ProposalVersion).c
    titles = {row.title: row.html for row in rows(select(v.title, v.html))}
    assert titles.keys() == {"=SUM(A1)", "Tersembunyi"}
    assert "<script" not in titles["Tersembunyi"]


def test_other_forms_of_dates(files: Files) -> None:
    files.write("m.toml", 'date_formats = ["%d/%m/%Y"]\n' + MAPPING)
    assert files.run(P_HEAD + "1,Jalan,a,b,31/12/2019,0,0\n").proposals == 1


@pytest.mark.parametrize(
    ("proposals", "comments", "says"),
    [
        ("id,judul\n1,a\n", None, "no column ringkas, isi, tanggal"),
        ("", None, "no column"),
        (P_HEAD, None, "nothing to import"),
        (ONE, "id\n1\n", "no column usulan"),
    ],
)
def test_files_that_cannot_be_used_are_refused_whole(
    files: Files, proposals: str, comments: str | None, says: str
) -> None:
    with pytest.raises(CannotImport, match=says):
        files.run(proposals, comments)
    assert everything()["contribution"][0] == 0


def test_only_a_consultation_of_the_same_origin_is_filled(files: Files) -> None:
    factories.consultation(factories.office(), slug="milik-sendiri")
    with pytest.raises(CannotImport, match="not made by an import"):
        files.run(ONE, slug="milik-sendiri")
    mapping = read_mapping(files.folder / "m.toml")
    with pytest.raises(CannotImport, match="--create"):
        import_csv("tiada", files.folder / "p.csv", None, mapping, None, lambda done, of: None)
    with pytest.raises(CannotImport, match="There is no office"):
        import_csv("tiada", files.folder / "p.csv", None, mapping, Made("Apa?", "tiada"), lambda done, of: None)
    with pytest.raises(CannotImport, match="small letters"):
        files.run(ONE, slug="Tidak Boleh")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source =", "not TOML"),
        (MAPPING.replace('source = "contoh"', 'source = "Spasi Besar"'), "source"),
        (MAPPING.replace('judul"', 'judul"\nsalah = "x"', 1), "proposals.salah"),
        (MAPPING.replace("Asia/Jakarta", "Bulan/Purnama"), "time zone"),
        ('encoding = "huruf"\n' + MAPPING, "encoding"),
    ],
)
def test_a_bad_mapping_is_explained(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(BadMapping, match=says):
        read_mapping(path)


def test_no_act_holds_the_writer_for_long(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "BOUND", 0.0)
    many = P_HEAD + "".join(f"{n},Jalan {n},a,b,2020-02-03,0,0\n" for n in range(5))
    comments = C_HEAD + "".join(f"{n},1,{n - 1},Balasan,2020-02-04,10:0{n},0,0\n" for n in range(4))
    outcome = files.run(many, comments)
    assert (outcome.proposals, outcome.comments) == (5, 4)


def test_imported_pages_open_and_name_nobody(files: Files, browser: Browser) -> None:
    files.run(ONE, C_HEAD + "a,1,,Induk,2020-02-04,10:00,3,1\n")
    c = table(Contribution).c
    code = rows(select(c.code).where(c.kind == "proposal"))[0].code
    assert browser.get("/consultations/impor").status == 200
    assert "Jalan rusak" in browser.get("/consultations/impor/proposals").text
    page = browser.get(f"/proposals/{code}")
    assert "Induk" in page.text
    row = next(
        csv.DictReader(browser.get("/consultations/impor/proposals.csv").html.removeprefix("\ufeff").splitlines())
    )
    assert (row["imported_supports"], row["author"], row["channel"]) == ("12", "", "import")
