"""A promise and its change: the charter, an amendment while people vote, and what everyone sees of it."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import life
from tests.journeys.conftest import Visit
from tests.journeys.pages import faults_of, load_axe, needs_axe, wider_than_the_window
from tests.journeys.server import Server
from tests.journeys.visitor import Visitor

TITLE = "Bangun bak penampung di mata air"
WHY = "Anggaran hanya cukup untuk satu usulan, kata dewan dalam rapatnya."
WAYS = pytest.mark.parametrize(
    ("script", "lang"), [(True, "id"), (False, "en")], ids=["script-id", "without-script-en"]
)


@needs_axe
@WAYS
def test_a_rule_is_amended_while_people_vote(
    visit: Visit, site: Server, chromium: Browser, script: bool, lang: str
) -> None:
    where = {"script": script, "lang": lang}
    official = visit(**where).sign_in(life.OFFICIAL)
    slug = life.open_consultation(official, f"Bukankah air perlu sampai ke rumah ({lang})?", open_counts=True)
    charter = f"/consultations/{slug}/charter"
    visitor = visit(**where)
    visitor.open(charter)
    visitor.sees("It is locked by the first contribution; until then the office may still correct it.")
    visitor.reads("Warga sendiri menyebutnya begitu dalam rapat desa.")
    official.open(f"/desk/consultations/{slug}/charter")
    official.fill("What happens with late contributions", "Sama sekali lain.")

    neighbour, voter = visit(**where).sign_in(life.FACILITATOR), visit(**where).sign_in(life.CITIZEN)
    code = life.propose(neighbour, slug, TITLE, "Bak itu menahan air pada musim kemarau.")
    for person in (neighbour, voter):
        life.vote(person, code, "Support")

    _the_charter_is_locked(official, visitor, charter)
    _the_rule_is_amended(official, slug)
    desk = ("/desk/question", f"/desk/consultations/{slug}/amendment")
    asked = (f"/consultations/{slug}/votes", f"/proposals/{code}", f"{charter}/amendments/1", charter)
    scheme = "dark" if script else "light"
    for email, addresses in ((life.OFFICIAL, desk), (life.CITIZEN, asked)):
        no_page_has_a_fault(Visitor(chromium, site.address, lang, scheme=scheme, bypass_csp=True), email, addresses)
    _one_voter_confirms(voter, site, slug, code)
    neighbour.open("/me/contributions")
    neighbour.sees("The question, or what votes bring about, was changed after you voted. Your votes are kept.")
    _anyone_sees_what_changed_and_both_counts(visitor, charter, code)


def no_page_has_a_fault(visitor: Visitor, email: str, addresses: tuple[str, ...]) -> None:
    """Axe finds nothing and nothing scrolls sideways, on a phone and on a wide screen."""
    visitor.sign_in(email)
    visitor.page.emulate_media(reduced_motion="reduce")
    faults = []
    for address in addresses:
        visitor.open(address)
        load_axe(visitor.page)
        for width in (320, 1280):
            visitor.page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{address} {width}: {fault}" for fault in faults_of(visitor.page)]
            assert wider_than_the_window(visitor.page) <= 0, f"{address} scrolls sideways at {width} px"
    assert faults == []
    visitor.close()


def _the_charter_is_locked(official: Visitor, visitor: Visitor, charter: str) -> None:
    """What was typed before the first contribution comes too late, and is kept; the page says since when."""
    with official.refused(409):
        official.press("Save the charter")
        expect(official.page.get_by_role("alert").first).to_be_visible()
    expect(official.field("What happens with late contributions").first).to_have_value("Sama sekali lain.")
    visitor.open(charter)
    visitor.sees_not("It is locked by the first contribution; until then the office may still correct it.")
    expect(visitor.page.get_by_text("Sama sekali lain.")).to_have_count(0)


def _the_rule_is_amended(official: Visitor, slug: str) -> None:
    """The official goes by the desk, makes the rule choose, and says why."""
    official.open(f"/desk/consultations/{slug}")
    official.follow("Amend the charter")
    official.title("Amend the charter")
    official.page.locator("[name=engine][value='approval/1']").check()
    official.page.locator("#most").fill("1")
    official.page.locator("#ties").select_option("body")
    with official.refused(422):
        official.press("See what changes")
        official.sees("Nothing you typed is lost. Correct what is listed here and send again.")
    official.fill("Reason", WHY)
    official.press("See what changes")
    official.sees("Nothing is public yet. Once published it stays, and everyone who took part gets a message.")
    official.press("Publish the amendment")
    expect(official.page).to_have_url(re.compile(r"/charter/amendments/1$"))


def _one_voter_confirms(voter: Visitor, site: Server, slug: str, code: str) -> None:
    """A voter hears of it, reads what changed, and confirms once the new rule applies."""
    voter.open("/demo/mail")
    letter = voter.page.get_by_role("article").filter(has_text=life.CITIZEN).filter(has_text=WHY).first
    for _ in range(40):
        if letter.count():
            break
        voter.page.wait_for_timeout(250)
        voter.open("/demo/mail")
    letter.locator("a[href$='/amendments/1']").click()
    voter.reads(WHY)
    voter.open(f"/proposals/{code}")
    voter.sees("The question, or what votes bring about, was changed after you voted. Your vote is kept.")
    the_change_applies(site, slug, in_hours=2)
    voter.open(f"/consultations/{slug}/votes")
    expect(voter.button("Confirm all my votes")).to_have_count(0)
    the_change_applies(site, slug, in_hours=0)
    voter.open("/me/contributions")
    voter.follow("See what changed, and confirm")
    voter.press("Confirm all my votes")
    voter.sees("Your votes are confirmed.")
    voter.sees_not("The question, or what votes bring about, was changed after you voted. Your votes are kept.")


def the_change_applies(site: Server, slug: str, in_hours: int) -> None:
    """Set the full hour from which the change applies: the present one, or one that does not come during this test.

    The server's clock cannot be moved, so the date is. Left as it was, the hour could strike between two steps.
    """
    hour = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0) + timedelta(hours=in_hours)
    change = "UPDATE amendment SET applies_from = ? WHERE asks_voters AND consultation_id = "
    change += "(SELECT id FROM consultation WHERE slug = ?)"
    with closing(sqlite3.connect(site.folder / "rembuk.db", timeout=20)) as connection, connection:
        assert connection.execute(change, (hour.isoformat(" ", "microseconds"), slug)).rowcount == 1


def _anyone_sees_what_changed_and_both_counts(visitor: Visitor, charter: str, code: str) -> None:
    """Somebody without an account finds the amendment from the charter, and both counts on the proposal."""
    visitor.open(charter)
    visitor.page.get_by_role("main").locator("a[href$='/changes']").first.click()
    visitor.reads(WHY)
    old, new = visitor.page.locator("li > del"), visitor.page.locator("li > ins")
    tie = visitor.t("Where several tie for the last place, whoever decides chooses among them.")
    expect(old.filter(has_text="count/1")).to_have_count(1)
    expect(new.filter(has_text="approval/1")).to_have_count(1)
    expect(new.filter(has_text=tie)).to_have_count(1)
    rule = visitor.page.request.get(f"{charter}/rule.json").json()
    assert (rule["engine"], rule["most"], rule["ties"]) == ("approval/1", 1, "body")
    visitor.open(f"/proposals/{code}")
    box = visitor.page.locator("#vote")
    expect(box).to_contain_text(visitor.t("%(n)s votes", n=2))
    confirmed = "Confirmed since: %(supports)s in support, %(opposes)s opposed, %(neutrals)s neutral."
    words = f"The question, or what votes bring about, was changed while people voted. {confirmed}"
    expect(box).to_contain_text(visitor.t(words, supports=1, opposes=0, neutrals=0))
