"""Every page of the site in a real browser: accessible, valid, narrow, light, and within the policy."""

import json
import shutil
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import brotli
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import life
from tests.journeys.conftest import Visit
from tests.journeys.pages import PEOPLE, TOOLS, faults_of, found_by, load_axe, needs_axe, wider_than_the_window
from tests.journeys.server import Server
from tests.journeys.visitor import Visitor

VNU = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
WIDTHS, SCHEMES, LANGS = (320, 768, 1280), ("light", "dark"), ("id", "en")
ALL_WAYS = list(product(WIDTHS, SCHEMES))
#: For pages that are not on the main way: every width, scheme and language, though not all of them together.
SOME_WAYS = {"id": [(320, "dark"), (1280, "light")], "en": [(768, "light"), (320, "light"), (1280, "dark")]}
MAIN_WAY = (
    "/", "/consultations", "/consultations/SLUG", "/consultations/SLUG/proposals", "/proposals/CODE", "/sign-in",
    "/sign-up", "/decisions/NUMBER", "/search?q",
)  # fmt: skip
needs_vnu = pytest.mark.skipif(
    not (VNU.exists() and shutil.which("java")), reason=f"no Java or no vnu-jar in {TOOLS}; .ci/run installs them"
)
Found = dict[str, dict[str, tuple[str, str]]]


@pytest.fixture(scope="module")
def found(chromium: Browser, site: Server) -> Found:
    """By person: one address and its HTML for every kind of page."""
    return {name: found_by(chromium, site, email) for name, email in PEOPLE.items()}


def own_pages(found: Found, name: str) -> dict[str, str]:
    """The addresses of pages that only this person sees, or sees in another way than a visitor does."""
    seen = found["visitor"] if name != "visitor" else {}
    return {what: url for what, (url, _html) in found[name].items() if what not in seen or what in MAIN_WAY[:5]}


def test_all_kinds_of_pages_are_found(found: Found) -> None:
    assert set(MAIN_WAY) <= set(found["visitor"])
    assert {"/desk", "/desk/consultations/new", "/desk/consultations/SLUG"} <= set(found["official"])
    assert "/moderation" in found["moderator"] and "/facilitation" in found["facilitator"]
    assert {"/admin", "/admin/people", "/admin/offices", "/admin/topics"} <= set(found["administrator"])
    assert {"/me", "/me/contributions"} <= set(found["citizen"])


@needs_axe
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("lang", LANGS)
def test_no_page_has_an_accessibility_fault(
    name: str, lang: str, found: Found, chromium: Browser, site: Server
) -> None:
    visitor = Visitor(chromium, site.address, lang=lang, bypass_csp=True)
    if PEOPLE[name]:
        visitor.sign_in(PEOPLE[name])
    visitor.page.emulate_media(reduced_motion="reduce")
    faults = []
    for what, url in own_pages(found, name).items():
        with visitor.refused(401, 404):
            visitor.open(url)
        load_axe(visitor.page)
        for width, scheme in ALL_WAYS if what in MAIN_WAY and name in ("visitor", "citizen") else SOME_WAYS[lang]:
            visitor.page.set_viewport_size({"width": width, "height": 900})
            visitor.page.emulate_media(color_scheme=scheme)
            faults += [f"{url} {width} {scheme} {lang}: {fault}" for fault in faults_of(visitor.page)]
            if width == 320 and wider_than_the_window(visitor.page):
                faults.append(f"{url} {lang}: scrolls sideways at 320 px: {wider_than_the_window(visitor.page)}")
    visitor.close()
    assert faults == []


@needs_axe
def test_the_check_would_see_a_fault(chromium: Browser, site: Server) -> None:
    visitor = Visitor(chromium, site.address, bypass_csp=True, width=320)
    visitor.open("/about")
    load_axe(visitor.page)
    assert (faults_of(visitor.page), wider_than_the_window(visitor.page)) == ([], 0)
    bad = "<input><p style='color: #999; background: #aaa; width: 500px'>dim</p>"
    visitor.page.evaluate(f"() => document.querySelector('main').insertAdjacentHTML('beforeend', `{bad}`)")
    assert {fault.split(" ")[0] for fault in faults_of(visitor.page)} == {"label", "color-contrast"}
    assert wider_than_the_window(visitor.page) > 100
    visitor.close()


def errors_in(files: list[Path]) -> list[Any]:
    """What the Nu checker says about files."""
    command = ["java", "-Xss4m", "-jar", str(VNU), "--errors-only", "--exit-zero-always", "--format", "json"]
    result = subprocess.run([*command, *map(str, files)], capture_output=True, timeout=250)
    return list(json.loads(result.stderr)["messages"])


@needs_vnu
def test_the_checker_would_see_a_fault(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<!DOCTYPE html><html lang=id><title>x</title><p><div></p>", encoding="utf-8")
    assert errors_in([tmp_path / "bad.html"])


@needs_vnu
def test_all_html_is_valid(found: Found, chromium: Browser, site: Server, tmp_path: Path) -> None:
    files: dict[str, str] = {}
    for name, pages in found.items():
        for what, (url, html) in pages.items():
            if name == "visitor" or found["visitor"].get(what, ("", ""))[1] != html:
                file = tmp_path / f"{len(files)}.html"
                file.write_text(html, encoding="utf-8")
                files[file.name] = f"{name} {url}"
    assert len(files) > 50
    told = errors_in(sorted(tmp_path.glob("*.html")))
    assert [f"{files[Path(one['url']).name]}: {one['message']}: {one.get('extract', '')}" for one in told] == []


@pytest.mark.parametrize("url", ["/", "/consultations", "/consultations/SLUG", "/proposals/CODE"])
def test_a_first_visit_is_light(url: str, found: Found, visit: Visit) -> None:
    visitor = visit()
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("Network.enable")
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    visitor.open(found["visitor"][url][0])
    visitor.page.wait_for_load_state("networkidle")
    assert sizes and sum(sizes) <= 100_000, f"{sum(sizes):.0f} bytes in {len(sizes)} answers"


@pytest.mark.parametrize("url", ["/consultations", "/consultations/SLUG/proposals"])
def test_a_list_is_small(url: str, found: Found) -> None:
    html = found["visitor"][url][1]
    assert len(brotli.compress(html.encode(), quality=5)) <= 15_000


def test_no_script_of_another_makes_it_past_the_policy(visit: Visit, site: Server) -> None:
    """The policy is on every answer, and nothing of ours is refused by it (each visitor checks its console)."""
    visitor = visit()
    for url in ("/", "/consultations", "/sign-in", "/static/css/rembuk.css", "/healthz", "/robots.txt"):
        headers = visitor.page.request.get(url).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


# -- keyboard --------------------------------------------------------------------------------------


def focused(page: Page) -> str:
    """What has the focus: tag, id and words."""
    return str(
        page.evaluate("() => { const e = document.activeElement; return `${e.tagName} ${e.id} ${e.innerText}` }")
    )


def test_the_first_tab_leads_past_the_navigation(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/consultations")
    visitor.page.keyboard.press("Tab")
    assert visitor.t("Skip to the content") in focused(visitor.page)
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def test_everything_of_a_vote_and_a_reply_works_by_keyboard_and_is_told(visit: Visit) -> None:
    official = visit().sign_in(life.OFFICIAL)
    slug = life.open_consultation(official, "Apakah papan ketik cukup?")
    author = visit().sign_in(life.FACILITATOR)
    code = life.propose(
        author, slug, "Semua dapat dilakukan tanpa tetikus", "Dengan tombol Tab, Enter, dan spasi saja."
    )
    life.comment(author, code, "Saya mencobanya setiap hari.")
    citizen = visit().sign_in(life.CITIZEN)
    citizen.open(f"/proposals/{code}")
    live = citizen.page.get_by_role("status").last
    citizen.button("Support").focus()
    citizen.page.keyboard.press("Enter")
    expect(live).to_contain_text(citizen.t("Your vote: %(choice)s.", choice=citizen.t("Support")))
    assert citizen.page.evaluate("() => document.querySelector('#vote').contains(document.activeElement)")
    assert citizen.path == f"/proposals/{code}", "without leaving the page"
    reply = citizen.page.get_by_role("article").filter(has_text="Saya mencobanya").get_by_role("link", name="Balas")
    reply.focus()
    citizen.page.keyboard.press("Enter")
    box = citizen.field("Your reply").first
    expect(box).to_be_focused()
    with citizen.refused(422):
        citizen.press("Send reply")
        expect(citizen.page.get_by_role("alert").first).to_be_focused()
    citizen.fill("Your reply", "Saya juga, dan ternyata bisa.")
    citizen.button("Send reply").focus()
    citizen.page.keyboard.press("Enter")
    citizen.reads("Saya juga, dan ternyata bisa.")
    expect(live).to_contain_text(citizen.t("Your comment is published."))
    assert "BODY" not in focused(citizen.page)


def test_the_menu_opens_and_closes_by_keyboard(visit: Visit) -> None:
    citizen = visit().sign_in(life.CITIZEN)
    menu = citizen.page.locator("summary").first
    menu.focus()
    citizen.page.keyboard.press("Enter")
    expect(citizen.page.get_by_role("link", name=citizen.t("My account"))).to_be_visible()
    citizen.page.keyboard.press("Escape")
    expect(citizen.page.get_by_role("link", name=citizen.t("My account"))).to_be_hidden()
    expect(menu).to_be_focused()
