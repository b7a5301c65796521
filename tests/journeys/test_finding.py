"""Finding what exists, and seeing what is like a proposal before it is sent, in a real browser."""

import re
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import life
from tests.journeys.conftest import Visit
from tests.journeys.pages import faults_of, load_axe, needs_axe, wider_than_the_window
from tests.journeys.server import Server
from tests.journeys.test_pages import errors_in, needs_vnu
from tests.journeys.visitor import Visitor

FIRST = ("Perbaikan jalan berlubang di Dusun Krajan", "Jalan di depan balai dusun berlubang dan gelap di malam hari.")
ALIKE = ("Memperbaiki jalanan Krajan yang berlubang", "Setiap musim hujan jalan kami rusak lagi dan motor tergelincir.")


@pytest.fixture(scope="module")
def slug(chromium: Browser, site: Server) -> str:
    """A consultation that is open and has one proposal."""
    official = Visitor(chromium, site.address).sign_in(life.OFFICIAL)
    made = life.open_consultation(official, "Jalan mana yang didahulukan?")
    official.close()
    author = Visitor(chromium, site.address).sign_in(life.FACILITATOR)
    life.propose(author, made, *FIRST)
    author.close()
    return made


def begin(citizen: Visitor, slug: str) -> None:
    """Write a proposal that is like the first one."""
    citizen.open(f"/consultations/{slug}/proposals/new")
    citizen.fill("Title", ALIKE[0])
    citizen.fill("Your proposal", ALIKE[1])


def looked(citizen: Visitor) -> None:
    """What is like the text is shown, with the shared words marked."""
    expect(citizen.page.locator("#alike").get_by_role("link", name=FIRST[0])).to_be_visible()
    expect(citizen.page.locator("#alike mark").first).to_be_visible()


@pytest.mark.parametrize(("script", "lang"), [(True, "id"), (False, "en")])
def test_searching_from_the_first_page(visit: Visit, slug: str, script: bool, lang: str) -> None:
    visitor = visit(script=script, lang=lang)
    visitor.open("/")
    visitor.fill("Find what was asked, proposed, answered or decided", "memperbaiki jalanan krajan")
    visitor.press("Find")
    expect(visitor.page).to_have_url(re.compile(r"/search\?q="))
    expect(visitor.page.locator("mark").first).to_be_visible()
    visitor.follow_title(FIRST[0])
    expect(visitor.page).to_have_url(re.compile("/proposals/"))


def test_with_script_they_come_while_writing_and_one_can_be_supported(visit: Visit, slug: str) -> None:
    citizen = visit().sign_in(life.CITIZEN)
    begin(citizen, slug)
    looked(citizen)
    expect(citizen.page.get_by_role("status").last).to_contain_text(re.compile(r"[12] usulan mirip"))
    citizen.press("Support this one")
    expect(citizen.page).to_have_url(re.compile("/proposals/[0-9A-Z]{4}-"))
    citizen.sees("Your vote: %(choice)s.", choice=citizen.t("Support"))


def test_without_script_it_is_a_step_and_the_reason_is_kept(visit: Visit, slug: str) -> None:
    citizen = visit(script=False, lang="en").sign_in(life.CITIZEN)
    begin(citizen, slug)
    citizen.press("Send proposal")
    looked(citizen)
    citizen.press("Add my reason to it")
    expect(citizen.field("Your comment")).to_have_value(re.compile(re.escape(ALIKE[1])))
    citizen.open(f"/consultations/{slug}/proposals/new")
    expect(citizen.field("Title")).to_have_value(ALIKE[0])
    citizen.press("Send proposal")
    citizen.fill("Mine is different because …", "Ini jalan di belakang masjid.")
    citizen.press("Mine is different, send it")
    expect(citizen.page).to_have_url(re.compile("/proposals/[0-9A-Z]{4}-"))
    citizen.reads("Ini jalan di belakang masjid.")


@needs_axe
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_step_has_no_accessibility_fault(chromium: Browser, site: Server, slug: str, lang: str) -> None:
    citizen = Visitor(chromium, site.address, lang=lang, bypass_csp=True).sign_in(life.MODERATOR)
    citizen.page.emulate_media(reduced_motion="reduce")
    begin(citizen, slug)
    looked(citizen)
    load_axe(citizen.page)
    faults = []
    for width, scheme in product((320, 1280), ("light", "dark")):
        citizen.page.set_viewport_size({"width": width, "height": 900})
        citizen.page.emulate_media(color_scheme=scheme)
        faults += [f"{width} {scheme}: {fault}" for fault in faults_of(citizen.page)]
        assert wider_than_the_window(citizen.page) == 0
    citizen.close()
    assert faults == []


@needs_vnu
def test_the_html_of_the_step_is_valid(chromium: Browser, site: Server, slug: str, tmp_path: Path) -> None:
    citizen = Visitor(chromium, site.address, script=False).sign_in(life.MODERATOR)
    begin(citizen, slug)
    with citizen.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        citizen.press("Send proposal")
    (tmp_path / "step.html").write_text(answered.value.text(), encoding="utf-8")
    citizen.close()
    assert [one["message"] for one in errors_in([tmp_path / "step.html"])] == []
