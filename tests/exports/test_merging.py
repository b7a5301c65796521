"""Undoing a merge leaves every export as it was, byte for byte; while it holds, exports say what went where."""

import csv
import io
from pathlib import Path

import pytest

from app.core import clock, db
from app.exports import export
from app.votes import actions as votes
from app.votes.models import Choice
from tests import factories
from tests.comments import samples
from tests.page import Browser
from tests.proposals.merging import Village
from tests.world import DISCUSSED


def everything(village: Village, browser: Browser, folder: Path) -> dict[str, bytes]:
    """All that is published of a consultation for programs: files and JSON pages."""
    found = {path.name: path.read_bytes() for path in export.write_files("air", folder)}
    codes = [factories.code(it) for it in (village.target, village.source, village.other)]
    paths = [f"/{kind}/{code}.json" for kind in ("proposals", "contributions") for code in codes]
    paths += [f"/proposals/{code}/comments.json" for code in codes]
    paths += [f"/consultations/air{page}.json" for page in ("", "/proposals", "/charter", "/changes")]
    paths += [f"/consultations/air/{name}.csv" for name in ("proposals", "contributions", "results")]
    paths += ["/sitemaps/proposals-1.xml", "/search.json?q=usulan"]
    for path in paths:
        answer = browser.client.get(path)
        assert answer.status_code == 200, path
        found[path] = answer.content
    return found


@pytest.fixture
def village(browser: Browser) -> Village:
    made = Village(open_counts=True, phases=DISCUSSED)
    people = [factories.person() for _ in range(4)]
    for person, proposal, choice in (
        (people[0], made.target, "support"), (people[0], made.source, "support"), (people[1], made.source, "support"),
        (people[2], made.source, "support"), (people[2], made.other, "oppose"), (people[3], made.other, "neutral"),
    ):  # fmt: skip
        made.cast(person, proposal, choice)
    samples.write(people[0], made.source)
    return made


def test_before_and_after_are_the_same_bytes(
    village: Village, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "SITEMAP_SECONDS", 0)
    before = everything(village, browser, tmp_path / "before")
    merge = village.merged(village.source, village.other)
    during = everything(village, browser, tmp_path / "during")
    changed = {name for name, content in during.items() if content != before[name]}
    assert {"air-proposals.csv", "air-results.csv", "/consultations/air/proposals.json"} <= changed
    village.undo(village.official, merge)
    after = everything(village, browser, tmp_path / "after")
    assert {name for name, content in after.items() if content != before[name]} == set()


def test_files_and_pages_say_what_went_where(village: Village, browser: Browser) -> None:
    village.merged(village.source, village.other)
    target, source = factories.code(village.target), factories.code(village.source)
    rows = csv.DictReader(io.StringIO(browser.client.get("/consultations/air/results.csv").text.lstrip("\ufeff")))
    lines = {row["code"]: row for row in rows}
    assert (lines[source]["merged_into"], lines[source]["supports"], lines[source]["together_supports"]) == (
        target, "3", "",
    )  # fmt: skip
    together = [lines[target][f"together_{choice}"] for choice in ("supports", "opposes", "neutrals")]
    assert (lines[target]["supports"], together) == ("1", ["2", "0", "2"])
    facts = browser.client.get(f"/proposals/{target}.json").json()
    assert facts["merged"] == [source, factories.code(village.other)]
    assert facts["together"] == {"supports": 2, "opposes": 0, "neutrals": 2}
    assert browser.client.get(f"/proposals/{source}.json").json()["merged_into"] == target
    assert browser.client.get(f"/contributions/{source}.json").json()["merged_into"] == target


def test_sealed_counts_show_in_nothing_of_a_merge(browser: Browser) -> None:
    village = Village()
    voter = factories.person()
    village.merged()
    db.write_now(votes.cast, voter.actor, factories.code(village.target), Choice.SUPPORT, clock.now())
    facts = browser.client.get(f"/proposals/{factories.code(village.target)}.json").json()
    assert facts["together"] is None
    told = browser.client.get("/consultations/air/results.csv").text
    assert {row["together_supports"] for row in csv.DictReader(io.StringIO(told.lstrip("\ufeff")))} == {""}
    page = browser.get(f"/proposals/{factories.code(village.target)}")
    assert "Seluruhnya, setiap orang" not in page.text and "dihitung satu kali" in page.text
