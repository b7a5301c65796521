"""The steps of a consultation's life, as people take them on the pages."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

OFFICIAL = "pejabat@demo.rembuk.example"
CITIZEN = "warga@demo.rembuk.example"
MODERATOR = "moderator@demo.rembuk.example"
FACILITATOR = "fasilitator@demo.rembuk.example"
CHECKER = "pemeriksa@demo.rembuk.example"
OPEN_NOW = (("Proposals", -2, 240), ("Discussion", -2, 240), ("Voting", -2, 240))


def typed(hours: int) -> str:
    """An instant so many hours from now, as the date field takes it."""
    return (datetime.now(ZoneInfo("Asia/Jakarta")) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def open_consultation(
    official: Visitor, question: str, voting: str = "Support, oppose or neutral", open_counts: bool = False
) -> str:
    """An official writes a consultation, sets its phases, looks at it and opens it; gives its slug."""
    official.open("/desk")
    official.follow("New consultation")
    official.fill("Question", question)
    official.fill("Summary", "Kami bertanya kepada semua warga kecamatan sebelum anggaran ditetapkan.")
    official.fill("Background", "Ada **dua** pilihan. Yang lain masih dapat diusulkan.")
    official.choose(voting)
    if open_counts:
        official.page.get_by_role("checkbox", name=official.t("Show counts while people vote")).check()
    official.press("Save the draft")
    expect(official.page).to_have_url(re.compile(r"/desk/consultations/(?!new)[\w-]+"))
    slug = official.path.split("/")[3]
    set_phases(official, slug)
    write_charter(official, slug)
    official.open(f"/desk/consultations/{slug}/preview")
    official.reads(question)
    official.open(f"/desk/consultations/{slug}/opening")
    official.press("Open to the public")
    expect(official.page).to_have_url(re.compile(rf"/consultations/{slug}$"))
    return slug


def set_phases(official: Visitor, slug: str) -> None:
    """Phases that are open now."""
    official.open(f"/desk/consultations/{slug}/phases")
    for number, (kind, opens, closes) in enumerate(OPEN_NOW, 1):
        row = official.page.get_by_role("group", name=official.t("Phase %(number)s", number=number))
        official.field("What for", row).select_option(label=official.t(kind))
        official.field("Opens", row).fill(typed(opens))
        official.field("Closes", row).fill(typed(closes))
    official.press("Save the phases")
    expect(official.page).not_to_have_url(re.compile("/phases$"))


CHARTER = (
    "What can still change", "What cannot change, and why", "Who decides", "On what authority",
    "What happens with the votes", "What happens with contributions on paper", "What happens with late contributions",
    "What happens with personal data", "What is published",
)  # fmt: skip


def write_charter(official: Visitor, slug: str) -> None:
    """Promise everything a charter has to say."""
    official.open(f"/desk/consultations/{slug}/charter")
    for part in CHARTER:
        official.fill(part, f"Janji instansi: {official.t(part)}.")
    official.choose("Consult")
    official.page.locator("#criterion_1").fill("Manfaat bagi warga")
    for kind in ("proposal", "comment", "question"):
        official.page.locator(f"#{kind}_days").fill("14")
        official.page.locator(f"#{kind}_basis").select_option("working")
    for note in official.page.locator("[name^=note_]").all():
        note.fill("Warga sendiri menyebutnya begitu dalam rapat desa.")
    official.press("Save the charter")
    expect(official.page).not_to_have_url(re.compile("/charter$"))


def propose(citizen: Visitor, slug: str, title: str, body: str) -> str:
    """A citizen finds the consultation, writes a proposal, previews it and sends it; gives its code."""
    citizen.open(f"/consultations/{slug}")
    citizen.follow("Write a proposal")
    citizen.fill("Title", title)
    citizen.fill("Your proposal", body)
    citizen.press("Preview")
    citizen.sees("Only you see this. It is not sent yet.")
    citizen.press("Send proposal")
    expect(citizen.page).to_have_url(re.compile(r"/proposals/[0-9A-Z]{4}-[0-9A-Z]{5}"))
    citizen.reads(title)
    return citizen.path.split("/")[2]


def comment(citizen: Visitor, code: str, text: str, stance: str = "For") -> None:
    """Say something about a proposal."""
    citizen.open(f"/proposals/{code}")
    citizen.fill("Your comment", text)
    citizen.choose(stance)
    citizen.press("Send comment")
    citizen.reads(text)


def vote(citizen: Visitor, code: str, choice: str) -> None:
    """Vote on a proposal and see that it is stored."""
    citizen.open(f"/proposals/{code}")
    citizen.press(choice)
    citizen.sees("Your vote: %(choice)s.", choice=citizen.t(choice))


def close_early(official: Visitor, slug: str) -> None:
    """End the open phases in public, with a reason, and wait until the votes are counted."""
    official.open(f"/desk/consultations/{slug}")
    official.follow("Close the open phases early")
    official.fill("Reason", "Semua warga sudah menyampaikan pendapatnya dalam rapat.")
    official.press("Close now")
    for _ in range(40):
        official.open(f"/desk/consultations/{slug}/decision")
        official.open(f"/consultations/{slug}")
        if not official.page.get_by_text(official.t("The last votes are being counted")).count():
            link = official.page.get_by_role("link", name=official.t("Decision summary"), exact=True)
            if link.count():
                return
        official.page.wait_for_timeout(250)
    raise AssertionError("the votes were not counted")


def answer(official: Visitor, checker: Visitor, slug: str, titles: list[str], status: str, text: str) -> None:
    """Answer one proposal, or several at once: write, have it checked, sign, publish."""
    official.open(f"/desk/consultations/{slug}/answers")
    for title in titles:
        official.page.get_by_role("checkbox", name=title).check()
    official.press("Write an answer")
    official.title("Official answer")
    official.field("What the office does").select_option(label=official.t(status))
    official.fill("Answer", text)
    hand_on_and_publish(official, checker)


def hand_on_and_publish(official: Visitor, checker: Visitor) -> None:
    """From the written text on: hand it on, let somebody else check it, sign it and publish it."""
    official.fill("As what you act", "Kepala Bidang")
    official.press("Save and hand on to the check")
    official.sees("Handed on. Somebody else checks it now.")
    draft = official.path
    checker.open(f"{draft}/check")
    checker.fill("As what you act", "Bagian Hukum")
    checker.press("The text holds")
    checker.sees("Checked. It waits for the signature now.")
    official.open(f"{draft}/signature")
    official.title("Sign the answer")
    official.fill("As what you act", "Kepala Dinas")
    official.press("Sign")
    official.sees("Signed. It waits for publication now.")
    official.open(f"{draft}/publication")
    official.press("Publish")
    official.sees("The answer is published. Authors whose address is known are told by mail.")


PARTS = ("What was asked", "What was proposed", "What was decided", "Who decided", "Why", "What happens next")


def decide(official: Visitor, slug: str, decided: str) -> str:
    """Write the summary of the decision and publish it; gives its number."""
    official.open(f"/desk/consultations/{slug}/decision")
    for part in PARTS:
        official.fill(part, decided if part == "What was decided" else f"Teks bagian ini: {part}.")
    official.press("Save and go on to publishing")
    official.title("Publish the decision")
    official.press("Publish the decision")
    expect(official.page).to_have_url(re.compile(r"/decisions/K-\d{4}-\d{3}$"))
    return official.path.split("/")[2]
