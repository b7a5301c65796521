"""The reading desk: an official reads what waits, oldest first, records what they did, and can take it back."""

import pytest
from sqlalchemy import delete, event, update

from app.contributions.models import Contribution, Handling
from app.core import db
from app.core.columns import table
from tests import factories
from tests.contributions.world import World, by_hand, code_of, lights
from tests.page import Browser, Page

LIST = "/desk/consultations/air/reading"


@pytest.fixture
def world(browser: Browser) -> World:
    return World()


@pytest.fixture
def desk(browser: Browser, world: World) -> Browser:
    """The official's browser."""
    return browser.as_(world.official)


def one(number: int) -> str:
    return f"/desk/contributions/{code_of(number)}/reading"


def consider(desk: Browser, number: int, **fields: str) -> Page:
    """Open a contribution and say what was done with it, as the form has it."""
    return desk.submit(desk.get(one(number)), one(number), **({"outcome": "noted"} | fields))


def test_an_official_reads_from_the_oldest_to_the_last(world: World, desk: Browser) -> None:
    first = world.proposal(title="Ganti pipa")
    comment = world.comment(first)
    last = world.proposal(title="Sumur baru")
    page = desk.get(LIST)
    waiting = [link for link in page.links() if link.endswith("/reading") and "contributions" in link]
    assert list(dict.fromkeys(waiting)) == [one(first), one(comment), one(last)]
    assert "0 dari 3 sudah dipertimbangkan" in page.text
    page = consider(desk, first, note="Dibahas dengan bidang air.")
    assert page.url == f"{one(comment)}?done={code_of(first)}"
    assert "1 dari 3 sudah dipertimbangkan" in page.text and "Ganti pipa" in page.text
    page = consider(desk, comment)
    assert page.url.startswith(one(last))
    page = consider(desk, last, outcome="passed-on")
    assert page.url == f"{LIST}?done={code_of(last)}" and "Semua sudah dipertimbangkan" in page.text
    assert [lights(number) for number in (first, comment, last)] == ["HCa"] * 3
    trail = desk.get(f"/contributions/{code_of(first)}")
    assert "Dipertimbangkan oleh Bu Sri" in trail.text and "Dibahas dengan bidang air." in trail.text


def test_the_words_and_what_they_answer_are_on_the_page(world: World, desk: Browser) -> None:
    proposal = world.proposal(title="Ganti pipa", body="Pipa di Dusun Krajan bocor.")
    assert "Pipa di Dusun Krajan bocor." in desk.get(one(proposal)).text
    above = world.comment(proposal)
    page = desk.get(one(above))
    assert "Ganti pipa" in page.text and f"/proposals/{code_of(proposal)}" in page.links()


def test_what_was_recorded_can_be_taken_back_where_one_has_come_to(world: World, desk: Browser) -> None:
    first, second = world.proposal(), world.proposal()
    page = consider(desk, first)
    assert page.url.startswith(one(second)) and lights(first) == "HCa"
    (action,) = [e.get("action", "") for e in page.root.iter("form") if "/retraction" in e.get("action", "")]
    page = desk.submit(page, action)
    assert page.url == one(first) and lights(first) == "Hca"
    assert one(first) in desk.get(LIST).links()
    assert "Dicabut oleh Bu Sri" in desk.get(f"/contributions/{code_of(first)}").text


def test_without_a_choice_the_page_says_so_and_keeps_the_note(world: World, desk: Browser) -> None:
    number = world.proposal()
    page = consider(desk, number, outcome="", note="Catatan yang panjang.")
    assert page.status == 422 and page.errors and "Catatan yang panjang." in page.html
    assert lights(number) == "Hca"
    page = desk.submit(page, one(number), outcome="checked")
    assert lights(number) == "HCa"


def test_a_title_stands_in_the_language_of_its_proposal(world: World, desk: Browser) -> None:
    """A comment in one language on a proposal in another: each is read out in its own."""
    proposal = world.proposal()
    world.comment(proposal)
    ledger = table(Contribution)
    db.write_now(lambda s: s.execute(update(ledger).where(ledger.c.id == proposal).values(lang="en")))
    page = desk.get(LIST).response.text
    assert page.count('<span lang="en" dir="auto">') == 2


def test_two_officials_at_once_do_no_harm(world: World, desk: Browser, browser: Browser) -> None:
    number, following = world.proposal(), world.proposal()
    colleague = browser.as_(factories.official(world.office, "Pak Joko"))
    mine, theirs = desk.get(one(number)), colleague.get(one(number))
    desk.submit(mine, one(number), outcome="noted")
    page = colleague.submit(theirs, one(number), outcome="compared")
    assert page.status == 200 and page.url.startswith(one(following))
    assert world.totals().considered == 1
    page = colleague.get(one(number))
    assert "Bu Sri" in page.text and "Pak Joko" in page.text
    page = desk.submit(desk.get(one(number)), one(number), outcome="noted")
    assert world.totals().considered == 1, "the same again is one handling"


def test_a_page_of_another_person_considers_nothing(world: World, desk: Browser, browser: Browser) -> None:
    number = world.proposal()
    colleague = browser.as_(factories.official(world.office, "Pak Joko"))
    fields = desk.get(one(number)).form(one(number)) | {"outcome": "noted"}
    page = colleague.post(one(number), fields)
    assert page.status == 409 and page.errors and lights(number) == "Hca"


def test_ones_own_words_are_left_to_a_colleague(world: World, desk: Browser) -> None:
    before = world.proposal()
    own, after = world.comment(before, world.official), world.proposal()
    assert consider(desk, before).url.startswith(one(after))
    assert "Tulisan Anda sendiri" in desk.get(LIST).text
    page = desk.get(one(own))
    assert not [e for e in page.root.iter("form") if e.get("action") == one(own)]
    assert lights(own) == "Hca"


def test_what_is_gone_does_not_wait(world: World, desk: Browser) -> None:
    number = world.proposal()
    by_hand(update(table(Contribution)).where(table(Contribution).c.id == number).values(visibility="hidden"))
    page = desk.get(LIST)
    assert one(number) not in page.links() and "Lampunya tetap padam" in page.text
    page = desk.get(one(number))
    assert not [e for e in page.root.iter("form") if e.get("action") == one(number)]


def test_an_empty_consultation_invites(world: World, desk: Browser) -> None:
    assert "Belum ada masukan" in desk.get(LIST).text


def test_the_desk_leads_there_with_the_count(world: World, desk: Browser) -> None:
    world.handle(world.proposal())
    world.proposal()
    page = desk.get("/desk")
    assert LIST in page.links() and "1 dari 2 sudah dipertimbangkan" in page.text
    assert LIST in desk.get("/desk/consultations/air").links()


def test_others_are_kept_out(world: World, desk: Browser, browser: Browser) -> None:
    number = world.proposal()
    fields = desk.get(one(number)).form(one(number)) | {"outcome": "noted"}
    elsewhere = factories.official(factories.office("Dinas Pasar"))
    for person, status in ((None, 401), (world.author, 403), (elsewhere, 403)):
        somebody = browser.as_(person)
        for answer in (somebody.get(LIST), somebody.get(one(number)), somebody.post(one(number), fields)):
            assert answer.status == status
    assert lights(number) == "Hca"
    assert one(number) not in browser.get(f"/contributions/{code_of(number)}").links()


def test_a_handling_taken_out_of_the_table_puts_light_and_totals_out_on_the_next_request(
    world: World, desk: Browser, browser: Browser
) -> None:
    number = world.proposal()
    consider(desk, number)
    page, trail = "/consultations/air", f"/contributions/{code_of(number)}"
    assert "1 dipertimbangkan" in browser.get(page).text
    assert f"{trail}#considered" in browser.get(trail).links()
    by_hand(delete(table(Handling)).where(table(Handling).c.contribution_id == number))
    assert "0 dipertimbangkan" in browser.get(page).text
    assert f"{trail}#considered" not in browser.get(trail).links()
    assert one(number) in desk.get(LIST).links()


def test_the_list_costs_the_same_at_any_length_and_goes_on(world: World, desk: Browser) -> None:
    def queries() -> int:
        seen: list[str] = []
        engine = db.current().reads
        event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        desk.get(LIST)
        return len(seen)

    world.proposal()
    desk.get(LIST)
    few = queries()
    numbers = [world.proposal() for _ in range(44)]
    assert queries() == few <= 6
    page = desk.get(LIST)
    (more,) = [link for link in page.links() if "after=" in link]
    assert one(numbers[19]) in desk.get(more).links() and one(numbers[18]) not in desk.get(more).links()
