"""The open data of Decide Madrid comes whole: every comment under what it answers, and nothing twice."""

import csv
import os
from pathlib import Path

import pytest
from sqlalchemy import select

from app import permissions
from app.comments.models import Comment
from app.contributions.models import Contribution
from app.core import access
from app.core.columns import table
from app.exports.actions import Made, import_csv
from app.exports.forms import read_mapping
from tests import factories
from tests.exports.test_importing import everything, rows

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("REMBUK_SHARED", ROOT.parent / "shared"))
MAPPING = ROOT / "docs" / "mappings" / "madrid.toml"


@pytest.mark.skipif(not (SHARED / "data" / "madrid").is_dir(), reason="the Madrid data is not beside the repository")
@pytest.mark.timeout(300)
def test_madrid_comes_whole(database: str) -> None:
    access.fill(permissions.TABLE)
    factories.office(slug="madrid")
    folder = SHARED / "data" / "madrid"
    mapping = read_mapping(MAPPING)
    made = Made("¿Qué proponen los vecinos de Madrid?", "madrid", lang="es")
    given = ("madrid", folder / "proposals.csv", folder / "comments.csv", mapping, made, lambda done, of: None)
    outcome = import_csv(*given)
    assert (outcome.proposals, outcome.comments) == (80, 5633)
    assert all(problem.taken for problem in outcome.problems)
    with (folder / "comments.csv").open(encoding="utf-8", newline="") as file:
        told = {row["id"]: row for row in csv.DictReader(file)}
    parents = {number: row["parentId"] for number, row in told.items() if row["parentId"] in told}
    c, m, above, on = table(Contribution).c, table(Comment).c, table(Contribution).alias(), table(Contribution).alias()
    query = select(c.import_id, above.c.import_id.label("parent"), on.c.import_id.label("proposal"), m.imported_for)
    found = rows(
        query.select_from(table(Contribution))
        .join(table(Comment), m.id == c.id)
        .join(on, on.c.id == m.proposal_id)
        .outerjoin(above, above.c.id == m.parent_id)
    )
    assert len(found) == 5633
    for row in found:
        assert row.proposal == told[row.import_id]["proposalId"]
        assert (row.parent or "") == parents.get(row.import_id, "")
        assert row.imported_for == int(told[row.import_id]["numPositiveVotes"])
    before = everything()
    again = import_csv(*given)
    assert (again.proposals, again.comments, again.before) == (0, 0, 5713)
    assert everything() == before


def test_the_documentation_shows_the_mapping_that_is_there() -> None:
    written = MAPPING.read_text(encoding="utf-8")
    shown = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
    assert written.partition("\n\n")[2].strip() in shown
