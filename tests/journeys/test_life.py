"""The whole life of a consultation in a real browser: as official, citizen, neighbour, facilitator and visitor."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import life
from tests.journeys.conftest import Visit

TITLE = "Bangun bak penampung di mata air"
OTHERS = ["Perbaiki pipa di dusun atas", "Tutup sumur yang kering"]


@pytest.mark.parametrize(("script", "lang"), [(True, "id"), (False, "en")], ids=["script-id", "without-script-en"])
def test_from_the_draft_to_the_decision(visit: Visit, script: bool, lang: str) -> None:
    where = {"script": script, "lang": lang}
    question = f"Bagaimana air bersih sampai ke semua rumah ({lang})?"
    official = visit(**where).sign_in(life.OFFICIAL)
    slug = life.open_consultation(official, question)

    newcomer = visit(**where).sign_up(f"Siti {lang}", f"siti-{lang}@contoh.id", "kuda baterai tepat jepit")
    code = life.propose(newcomer, slug, TITLE, "Bak itu menahan air pada musim kemarau.\n\n- murah\n- dekat")
    for title in OTHERS:
        life.propose(newcomer, slug, title, "Supaya air yang ada sampai ke rumah-rumah.")

    neighbour = visit(**where).sign_in(life.CITIZEN)
    life.comment(neighbour, code, "Setuju, sumur kami kering sejak Agustus.")
    life.vote(neighbour, code, "Support")
    neighbour.sees("Counts are sealed for everyone, the office too, until all votes are counted.")
    life.vote(newcomer, code, "Support")
    newcomer.reads("Setuju, sumur kami kering sejak Agustus.")

    paper = _enter_what_came_on_paper(visit(**where), slug)

    life.close_early(official, slug)
    checker = visit(**where).sign_in(life.CHECKER)
    built = "Bak dibangun pada bulan Mei oleh Dinas Pekerjaan Umum."
    life.answer(official, checker, slug, [TITLE], "Adopted", built)
    planned = "Pipa dan sumur sudah ada dalam rencana tahun ini."
    life.answer(official, checker, slug, [*OTHERS, paper], "Already planned", planned)
    number = life.decide(official, slug, "Bak penampung dibangun lebih dahulu.")

    newcomer.open("/me/contributions")
    newcomer.reads(TITLE)
    _anyone_reads_how_it_was_decided(visit(**where), slug, code, number, question)


def _enter_what_came_on_paper(facilitator, slug: str) -> str:  # type: ignore[no-untyped-def]
    """A facilitator enters what somebody handed in on paper; gives its title."""
    title = "Pasang keran umum di balai dusun"
    facilitator.sign_in(life.FACILITATOR)
    facilitator.open(f"/facilitation/{slug}")
    facilitator.follow("Enter a proposal")
    facilitator.fill("Title", title)
    facilitator.fill("What the person wrote or said", "Keran umum menolong mereka yang belum punya pipa.")
    facilitator.page.get_by_role("radio").first.check()
    facilitator.fill("When was it received?", life.typed(0))
    facilitator.press("Enter the proposal")
    facilitator.reads(title)
    return title


def _anyone_reads_how_it_was_decided(visitor, slug: str, code: str, number: str, question: str) -> None:  # type: ignore[no-untyped-def]
    """Somebody without an account comes from the first page to the decision, the counts, the answers and the data."""
    visitor.open("/")
    visitor.follow("Consultations")
    visitor.open(f"/consultations/{slug}")
    visitor.reads(question)
    visitor.follow("Read the decision and how it was made")
    visitor.reads(number)
    visitor.reads("Bak penampung dibangun lebih dahulu.")
    visitor.reads(TITLE)
    visitor.open(f"/proposals/{code}")
    visitor.sees("Adopted")
    visitor.reads("Bak dibangun pada bulan Mei oleh Dinas Pekerjaan Umum.")
    visitor.reads("Setuju, sumur kami kering sejak Agustus.")
    visitor.open(f"/contributions/{code}")
    visitor.reads(code)
    visitor.open(f"/consultations/{slug}/changes")
    visitor.reads("Semua warga sudah menyampaikan pendapatnya dalam rapat.")
    visitor.open(f"/decisions/{number}")
    expect(visitor.page.get_by_role("link", name=visitor.t("Results (CSV)"))).to_have_attribute(
        "href", re.compile(r"results\.csv$")
    )
    facts = visitor.page.request.get(f"/decisions/{number}.json").json()
    assert facts["number"] == number
    assert {row.get("supports") for row in facts.get("counts", [])} >= {2, 0}, facts
