"""Files of a consultation: whole, safe to open, and without what may not be seen."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.consultations.models import ConsultationPhase
from app.contributions.models import Contribution
from app.core import clock, db
from app.core.columns import table
from app.exports.export import MARK, cell
from app.exports.queries import tables
from app.proposals.models import ProposalStat, VersionStat
from tests import factories
from tests.page import Browser

CANARY = "kenari-rahasia"


def read(browser: Browser, url: str) -> list[dict[str, str]]:
    answer = browser.get(url).response
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode("utf-8")
    assert text.startswith(MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK), newline="")))


def hide(proposal: int, reason: str = "personal-data") -> None:
    c = table(Contribution).c
    change = update(table(Contribution)).where(c.id == proposal).values(visibility="hidden", reason_code=reason)
    db.write_now(lambda session: session.execute(change) and None)


def count(proposal: int, **numbers: int) -> None:
    for stats in (table(ProposalStat), table(VersionStat)):
        change = update(stats).where(stats.c.proposal_id == proposal).values(numbers)
        db.write_now(lambda session, change=change: session.execute(change) and None)


def seal(consultation: int) -> None:
    p = table(ConsultationPhase).c
    change = update(table(ConsultationPhase)).where(p.consultation_id == consultation)
    db.write_now(lambda session: session.execute(change.values(ended_at=clock.now(), counted_at=clock.now())) and None)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n="])
def test_no_cell_is_a_formula(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"


def test_numbers_and_plain_words_stay_as_they_are() -> None:
    assert [cell(value) for value in (-3, None, "biasa", "a=b")] == ["-3", "", "biasa", "a=b"]


def test_proposals_with_their_words_and_origin(browser: Browser) -> None:
    consultation = factories.consultation(factories.office(), slug="air")
    author = factories.person("Bu Sri")
    first = factories.proposal(consultation, author, title="=HYPERLINK(1)", body='Baris satu,\n"kutip"; titik koma')
    factories.proposal(consultation)
    rows = read(browser, "/consultations/air/proposals.csv")
    assert list(rows[0]) == list(tables.PROPOSALS)
    assert len(rows) == 2
    assert rows[0]["code"] == factories.code(first)
    assert rows[0]["title"] == "'=HYPERLINK(1)"
    assert rows[0]["text"] == 'Baris satu,\n"kutip"; titik koma'
    assert rows[0]["author"] == "Bu Sri"
    assert rows[0]["state"] == "standing"
    assert rows[0]["imported_supports"] == ""


def test_nothing_of_a_person_but_the_name_they_show(browser: Browser) -> None:
    consultation = factories.consultation(factories.office(), slug="air")
    author = factories.person("Bu Sri")
    factories.proposal(consultation, author)
    assert author.email not in browser.get("/consultations/air/proposals.csv").html


def test_a_hidden_proposal_keeps_its_place_without_its_words(browser: Browser) -> None:
    consultation = factories.consultation(factories.office(), slug="air")
    proposal = factories.proposal(consultation, factories.person(CANARY), title=CANARY, body=f"{CANARY} dan lain-lain")
    hide(proposal)
    for file in ("proposals", "results"):
        assert CANARY not in browser.get(f"/consultations/air/{file}.csv").html
    row = read(browser, "/consultations/air/proposals.csv")[0]
    assert (row["state"], row["reason"]) == ("hidden", "personal-data")


def test_counts_stay_sealed_until_they_are_counted(browser: Browser) -> None:
    consultation = factories.consultation(factories.office(), slug="air")
    count(factories.proposal(consultation), supports=7741, opposes=7742, neutrals=7743)
    official = browser.as_(factories.person(roles=("administrator",)))
    for visitor in (browser, official):
        for file in ("proposals", "results"):
            row = read(visitor, f"/consultations/air/{file}.csv")[0]
            assert (row["supports"], row["opposes"], row["neutrals"], row["counts"]) == ("", "", "", "sealed")
            assert "774" not in visitor.get(f"/consultations/air/{file}.csv").html
    seal(consultation)
    row = read(browser, "/consultations/air/results.csv")[0]
    assert (row["supports"], row["opposes"], row["neutrals"], row["total"], row["counts"]) == (
        "7741", "7742", "7743", "23226", "counted",
    )  # fmt: skip


def test_counts_that_are_open_are_shown_as_open(browser: Browser) -> None:
    consultation = factories.consultation(factories.office(), slug="air", open_counts=True)
    count(factories.proposal(consultation), supports=3)
    row = read(browser, "/consultations/air/proposals.csv")[0]
    assert (row["supports"], row["counts"]) == ("3", "open")


def test_results_tell_each_version_apart(browser: Browser) -> None:
    over = (factories.phase("voting", timedelta(days=-9), timedelta(days=-1)),)
    consultation = factories.consultation(factories.office(), over, slug="air")
    proposal = factories.proposal(consultation)
    factories.edit(proposal)
    seal(consultation)
    rows = read(browser, "/consultations/air/results.csv")
    assert [(row["version"], row["present_version"]) for row in rows] == [("1", "2"), ("2", "2")]


def test_every_proposal_is_there_whatever_the_size_of_a_read(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    consultation, other = (factories.consultation(factories.office(), slug=slug) for slug in ("air", "lain"))
    mine = [factories.code(factories.proposal(consultation)) for _ in range(7)]
    factories.proposal(other)
    for name in ("_PROPOSALS", "_SOME"):
        monkeypatch.setattr(tables, name, getattr(tables, name).limit(3))
    for file in ("proposals", "results"):
        assert [row["code"] for row in read(browser, f"/consultations/air/{file}.csv")] == mine


def test_a_draft_has_no_files(browser: Browser) -> None:
    factories.consultation(factories.office(), slug="air", opened=False)
    for file in ("proposals", "results"):
        assert browser.get(f"/consultations/air/{file}.csv").status == 404
