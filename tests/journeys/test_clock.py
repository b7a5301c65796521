"""Lights and clocks in a real browser: a citizen asks, an official reads, hands over, answers; all look on."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys import life
from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor

ASKED = "Siapa yang membayar pipa ke dusun atas?"
OPEN = "Jawaban itu tidak menyebut tahun anggarannya."
FIRST = "Pipa dibayar dari anggaran kabupaten, sama seperti dusun lain."
SECOND = "Anggarannya adalah anggaran perubahan tahun ini, triwulan keempat."
TRADE = "pejabat-dagang@demo.rembuk.example"


@pytest.mark.parametrize(("script", "lang"), [(True, "en"), (False, "id")], ids=["script-en", "without-script-id"])
def test_from_a_question_to_a_second_answer(visit: Visit, script: bool, lang: str) -> None:
    where = {"script": script, "lang": lang}
    official = visit(**where).sign_in(life.OFFICIAL)
    slug = life.open_consultation(official, f"Dari mana pipa dibayar ({lang})?")
    citizen = visit(**where).sign_in(life.CITIZEN)
    proposal = life.propose(citizen, slug, f"Pipa ke dusun atas ({lang})", "Pipa lama bocor sejak tahun lalu.")
    code = ask(citizen, proposal)

    consider(official, slug, [proposal, code])
    hand_over(official, code)
    visitor = visit(**where)
    see_what_is_owed(visitor, code)

    colleague = visit(**where).sign_in(TRADE)
    answer(colleague, visit(**where).sign_in(life.CHECKER), code, FIRST)
    say_it_does_not_answer(citizen, code)
    refuse_the_first_person(colleague, code)
    see_the_board(visitor, slug)


def ask(citizen: Visitor, proposal: str) -> str:
    """Ask the office something below a proposal; gives the code of the question."""
    citizen.open(f"/proposals/{proposal}")
    citizen.fill("Your comment", ASKED)
    citizen.choose("For")
    citizen.choose("This is a question to the office", "checkbox")
    citizen.press("Send comment")
    citizen.reads(ASKED)
    own = citizen.page.get_by_role("article").filter(has_text=ASKED)
    return own.get_by_role("link", name=re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{5}$")).first.inner_text()


def consider(official: Visitor, slug: str, codes: list[str]) -> None:
    """Read what waits from the first to the last, take one back and record it again, with the keyboard alone."""
    official.open("/desk")
    official.open(f"/desk/consultations/{slug}/reading")
    official.reads(ASKED)
    official.follow("Read the first")
    for code in codes:
        expect(official.page).to_have_url(re.compile(f"/contributions/{code}/reading"))
        official.page.get_by_role("radio").first.focus()
        official.page.keyboard.press("Space")
        for _ in range(2):
            official.page.keyboard.press("Tab")
        expect(official.button("I have considered this")).to_be_focused()
        official.page.keyboard.press("Enter")
    official.sees("Everything is considered")
    official.press("Take back what was recorded for %(code)s", code=codes[-1])
    official.sees("Not considered yet")
    official.page.get_by_role("radio").nth(1).check()
    official.press("I have considered this")
    official.sees("Everything is considered")
    official.open(f"/consultations/{slug}")
    official.sees("%(n)s considered", n=2)


def hand_over(official: Visitor, code: str) -> None:
    """Name a date that is too early, then a later one, then give the question to another office."""
    official.open("/desk/obligations")
    official.page.get_by_role("main").get_by_role("link", name=re.compile(code)).first.click()
    official.fill("The answer comes by", "2026-01-01")
    official.fill("Why it takes longer", "Kami menunggu hitungan dari dinas lain.")
    with official.refused(409):
        official.press("Publish the holding reply")
        official.sees("The new date lies in the past. Name a date that is still to come.")
    official.fill("The answer comes by", (date.today() + timedelta(days=200)).isoformat())
    official.press("Publish the holding reply")
    official.field("Office").select_option(value="dagang")
    official.fill("Why that office answers", "Pembayaran pipa diatur oleh dinas itu.")
    official.press("Hand over")
    official.title("Answers your office owes")


def see_what_is_owed(visitor: Visitor, code: str) -> None:
    """A visitor follows the sentence: who owes the answer, what was promised, what lights and what does not."""
    visitor.open(f"/contributions/{code}")
    visitor.reads("Pembayaran pipa diatur oleh dinas itu.")
    visitor.reads("Kami menunggu hitungan dari dinas lain.")
    main = visitor.page.get_by_role("main")
    expect(main.get_by_role("link", name=visitor.t("Considered"), exact=True).first).to_have_attribute(
        "href", f"/contributions/{code}#considered"
    )
    expect(main.get_by_role("link", name=visitor.t("Answered"), exact=True)).to_have_count(0)


def answer(official: Visitor, checker: Visitor, code: str, text: str) -> None:
    """The office that owes it now writes the answer, has it checked and signs it."""
    official.open("/desk/obligations")
    official.page.get_by_role("main").get_by_role("link", name=re.compile(code)).first.click()
    official.follow("Write the answer")
    official.field("What the office does").select_option(label=official.t("Adopted"))
    official.fill("Answer", text)
    life.hand_on_and_publish(official, checker)


def say_it_does_not_answer(citizen: Visitor, code: str) -> None:
    """The author sees the answer and says once what it leaves open."""
    citizen.open(f"/contributions/{code}")
    citizen.reads(FIRST)
    citizen.follow("Say whether this answers you")
    citizen.choose("This does not answer me")
    with citizen.refused(422):
        citizen.press("Send")
        citizen.sees("Say in a sentence what the answer leaves open.")
    citizen.fill("What does the answer leave open?", OPEN)
    citizen.press("Send")
    citizen.sees("Second look")
    citizen.open(f"/contributions/{code}/reception")
    expect(citizen.page.get_by_role("radio", name=citizen.t("This does not answer me"), exact=True)).to_have_count(0)


def refuse_the_first_person(official: Visitor, code: str) -> None:
    """Whoever signed the first answer reads why it is none, and cannot sign the second."""
    official.open("/desk/obligations")
    official.page.get_by_role("main").get_by_role("link", name=re.compile(code)).first.click()
    official.follow("Write the answer")
    official.reads(OPEN)
    official.field("What the office does").select_option(label=official.t("Adopted"))
    official.fill("Answer", SECOND)
    with official.refused(409):
        official.press("Save as draft")
        told = "You signed the answer that did not answer %(which)s. Somebody else has to answer it now."
        official.sees(told, which=code)


def see_the_board(visitor: Visitor, slug: str) -> None:
    """Anybody narrows the board to what was disputed, opens the table of the plots, and takes it along."""
    visitor.open("/board")
    visitor.field("Consultation").select_option(value=slug)
    visitor.field("List").select_option(value="disputed")
    visitor.press("Show")
    expect(visitor.page).to_have_url(re.compile("state=disputed"))
    visitor.reads("Pipa ke dusun atas")
    visitor.page.get_by_text(visitor.t("As a table")).first.click()
    expect(visitor.page.get_by_role("table").last).to_be_visible()
    visitor.sees("answered in time, of all answered or overdue")
    for kind in ("as data (JSON)", "all items as a table (CSV)", "as a feed (Atom)"):
        link = visitor.page.get_by_role("link", name=visitor.t(kind)).first.get_attribute("href")
        told = visitor.context.request.get(link or "")
        assert told.status == 200 and len(told.text()) > 100, kind
