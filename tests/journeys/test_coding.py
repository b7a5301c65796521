"""From the first reading to one answer for many: an official names themes, finds them, leaves one out, and answers."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import life
from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor

FARES, LIGHTS = "Tarif yang naik memberatkan pelajar", "Jalan ke sekolah perlu lampu"
FIRST = "Tarif angkot naik dua kali tahun ini, dan pelajar paling berat menanggungnya."
SECOND = "Jalan Merdeka gelap sejak lampunya mati, jadi anak-anak pulang meraba-raba."
ANSWER = "Mulai Januari pelajar membayar separuh tarif dengan kartu pelajar dari sekolah."
REST = "Kami sudah tiga kali menyampaikan hal ini dalam musyawarah desa tanpa ada tindak lanjut yang terlihat. " * 2


@pytest.mark.parametrize(("script", "lang"), [(True, "en"), (False, "id")], ids=["script-en", "without-script-id"])
def test_themes_are_named_found_and_read_by_everyone(visit: Visit, script: bool, lang: str) -> None:
    where = {"script": script, "lang": lang}
    official = visit(**where).sign_in(life.OFFICIAL)
    slug = life.open_consultation(official, f"Bagaimana anak-anak sampai ke sekolah ({lang})?")
    citizen = visit(**where).sign_in(life.CITIZEN)
    code = life.propose(citizen, slug, "Ongkos dan jalan ke sekolah", f"{FIRST} {REST}{SECOND}")
    life.comment(citizen, code, "Salam hormat untuk semua pejabat.")

    name_themes(official, slug)
    official.open(f"/desk/consultations/{slug}/coding")
    official.press("Read the oldest first")
    official.reads(FIRST)
    if script:
        find_by_keyboard(official)
    else:
        find_by_ticking(official)
    expect(official.page.locator("blockquote")).to_have_text([FIRST, SECOND])
    take_one_back(official)

    official.press("Done, read the next")
    official.reads("Salam hormat untuk semua pejabat.")
    official.follow("Leave it out with a reason")
    official.choose("It contains no argument")
    official.fill("In your own words, so that its author can follow", "Isinya salam kepada pejabat saja.")
    official.press("Leave it out")
    official.sees("Left out, in public and with your name. Its author is told.")

    anyone = visit(**where).open(f"/consultations/{slug}")
    anyone.follow("Themes found, and whether everything received is counted")
    figures = anyone.page.locator(".stats dd")
    expect(figures).to_have_text(["2", "1", "1", "0"])
    anyone.reads(FARES)
    anyone.follow("Asked, said, answered: the themes in people's words, and what came of them")
    anyone.reads(FIRST)
    anyone.page.get_by_role("link", name=code).first.click()
    anyone.reads(FIRST)

    answer_theme(official, visit(**where).sign_in(life.CHECKER), slug, "T1")
    citizen.open("/me/contributions")
    citizen.sees("Answered: %(done)s of %(all)s themes", done=1, all=2)
    here = citizen.page.locator("article.card").filter(has=citizen.page.locator(f'a[href*="{code}"]'))
    mine = here.locator(".official").filter(has_text=ANSWER)
    expect(mine.locator("blockquote")).to_contain_text(FIRST)
    anyone.open(f"/contributions/{code}").reads(ANSWER)


def answer_theme(official: Visitor, checker: Visitor, slug: str, label: str) -> None:
    """Write one answer for a theme, and let it reach whoever raised it."""
    official.open(f"/desk/consultations/{slug}/codebook")
    official.follow("Answer by theme")
    official.page.get_by_role("link", name=f"{official.t('Write the answer')} {label}").click()
    official.field("What the office does").select_option(label=official.t("Adopted"))
    official.fill("Answer", ANSWER)
    life.hand_on_and_publish(official, checker)


def name_themes(official: Visitor, slug: str) -> None:
    """Two themes from nothing, one refused at first because it names a subject only, and the codebook published."""
    official.open(f"/desk/consultations/{slug}/codebook")
    official.follow("Name the first theme")
    official.fill("What the theme says", "Tarif")
    with official.refused(422):
        official.press("Keep in the draft")
        expect(official.page.locator(".govuk-error-summary")).to_be_visible()
    official.fill("What the theme says", FARES)
    official.press("Keep in the draft")
    official.follow("Add a theme")
    official.fill("What the theme says", LIGHTS)
    official.press("Keep in the draft")
    official.press("Publish the codebook")
    official.sees("Published. From now on it is coded with this version.")


def find_by_keyboard(official: Visitor) -> None:
    """j goes to the sentence after the title, space ticks it, 1 presses the first theme; / finds one by its words."""
    keys = official.page.keyboard
    expect(official.page.locator(".keys")).to_be_visible()  # the script listens
    for key in ("j", "j", " "):
        keys.press(key)
    expect(official.page.get_by_role("checkbox", name=FIRST)).to_be_checked()
    keys.press("1")
    expect(official.page.locator("blockquote")).to_have_count(1)
    official.page.get_by_text(SECOND).first.click()
    official.page.locator("h1").click()
    keys.press("/")
    keys.type("lampu")
    expect(official.page.locator(".pick:visible")).to_have_count(1)
    keys.press("Enter")
    expect(official.page.locator("blockquote")).to_have_count(2)


def find_by_ticking(official: Visitor) -> None:
    """Tick a sentence, press a theme; another sentence, another theme."""
    for sentence, theme in ((FIRST, "T1"), (SECOND, "T2")):
        official.page.get_by_role("checkbox", name=sentence).check()
        official.page.get_by_role("button", name=re.compile(f"^{theme} ")).click()
        expect(official.page.locator(".piece--found")).to_have_count(int(theme[1]))


def take_one_back(official: Visitor) -> None:
    """Take the second theme back, and find it once more."""
    official.press("Take %(label)s back", label="T2")
    expect(official.page.locator("blockquote")).to_have_count(1)
    official.page.get_by_role("checkbox", name=SECOND).check()
    official.page.get_by_role("button", name=re.compile("^T2 ")).click()
    expect(official.page.locator("blockquote")).to_have_count(2)
