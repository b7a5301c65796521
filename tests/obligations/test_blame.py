"""Lateness and praise stay with the office they belong to, however an answer is handed about."""

from datetime import timedelta

import pytest
import time_machine

from app.core import db
from app.core.access import Conflict
from app.responses import actions as responses
from app.responses.forms import ResponseForm
from tests import answering
from tests.obligations.office import WHY, World
from tests.obligations.samples import DAY, TEXT, answer, one_owed
from tests.page import Browser

pytestmark = pytest.mark.usefixtures("browser")


def test_an_overdue_answer_cannot_be_pushed_off_to_another_office(world: World, browser: Browser) -> None:
    """The office that let the due date pass stays late on the board; the other one never looks late for it."""
    address = f"/desk/obligations/{world.number}"
    desk = browser.as_(world.official)
    form = desk.get(address)
    with time_machine.travel(one_owed(world.proposal).due_at + timedelta(seconds=1)):
        refused = desk.submit(form, f"{address}/hand-over", office="dinas-pasar", reason=WHY)
        assert refused.status == 409 and "sebutkan instansi yang berwenang" in refused.errors[0]
        assert f"{address}/hand-over" not in desk.get(address).html
        board = {slug: browser.client.get(f"/board.json?office={slug}").json() for slug in ("dinas-pu", "dinas-pasar")}
        assert [it["total"]["overdue"] for it in board.values()] == [2, 0]


def test_an_answer_is_not_handed_over_shortly_before_it_is_due(world: World, browser: Browser) -> None:
    """The other office would look late for the time that this one let pass."""
    address, owed = f"/desk/obligations/{world.number}", one_owed(world.proposal)
    desk = browser.as_(world.official)
    form = desk.get(address)
    half = owed.arose_at + (owed.due_at - owed.arose_at) / 2
    with time_machine.travel(half + timedelta(seconds=1)):
        refused = desk.submit(form, f"{address}/hand-over", office="dinas-pasar", reason=WHY)
        assert refused.status == 409 and "Sisa waktunya kurang dari seminggu" in refused.errors[0]
        shown = desk.get(address)
        assert f"{address}/hand-over" not in shown.html and "kurang dari separuh" in shown.text
        assert "instansi penerima masih punya waktu seminggu" in browser.get("/board").text
    with time_machine.travel(half - timedelta(seconds=1)):
        world.hand_over()
    with time_machine.travel(half + timedelta(seconds=1)), pytest.raises(Conflict, match="too-short"):
        world.hand_over(world.colleague, to="dinas-pu")
    assert one_owed(world.proposal).office_id == world.other


def test_no_office_is_praised_for_an_answer_another_one_gave(world: World, browser: Browser) -> None:
    """Handing over and then answering oneself would show the other office as one that answers in time."""
    form = ResponseForm.model_validate({"proposal": [world.code], "status": "adopted", "text": TEXT})
    before = db.write_now(responses.draft, world.official.actor, world.consultation, form)
    answering.sign(before, world.official.actor)
    world.hand_over()
    with pytest.raises(Conflict, match="handed-over"):
        db.write_now(responses.publish, world.official.actor, before, "http://contoh.id")
    with pytest.raises(Conflict, match="handed-over"):
        db.write_now(responses.draft, world.official.actor, world.consultation, form, before)
    db.write_now(responses.remove_draft, world.official.actor, before)
    fields = {"proposal": world.code, "status": "adopted", "text": TEXT, "act": "draft"}
    page = browser.as_(world.official).post("/desk/consultations/air/answers", fields)
    assert page.status == 409 and world.code in page.errors[0] and "dilimpahkan" in page.errors[0]
    assert one_owed(world.proposal).outcome == "open"
    with time_machine.travel(one_owed(world.proposal).due_at + DAY):
        answer(world.official, world.consultation, world.proposal)
        board = browser.client.get("/board.json?office=dinas-pasar").json()["total"]
        assert (board["answered"], board["answered_late"]) == (0, 1)


def test_a_holding_reply_does_not_put_it_off_for_years(world: World, browser: Browser) -> None:
    desk, address = browser.as_(world.official), f"/desk/obligations/{world.number}"
    text = "Kami menunggu hasil uji laboratorium."
    refused = desk.submit(desk.get(address), f"{address}/holding-reply", promised="9999-12-31", text=text)
    assert refused.status == 409 and "dalam satu tahun" in refused.errors[0]
