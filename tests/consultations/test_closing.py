"""A closing is recorded once by whoever first sees that it is due, and nothing makes it undone."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.consultations import queries
from app.consultations.actions import closing
from app.consultations.models import ConsultationPhase
from app.core import clock, db
from app.core.access import Conflict
from app.core.i18n import say
from app.publiclog.models import Event
from app.settings import settings
from tests import factories
from tests.consultations.test_drafts import all_rows
from tests.factories import DAY, HOUR
from tests.page import Browser

SETTLE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)
START = datetime.fromisoformat("2026-05-04T03:00:00+00:00")


@pytest.fixture
def clock_at() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def voting(database: str, clock_at: time_machine.Traveller) -> int:
    phases = (factories.phase("voting", -DAY, HOUR),)
    return factories.consultation(factories.office(), phases, now=START, slug="suara")


END = START + HOUR


def phase() -> ConsultationPhase:
    (row,) = all_rows(ConsultationPhase)
    return row  # type: ignore[no-any-return]


def read(number: int) -> queries.ConsultationView:
    """A read as a request does it: what it notices goes to the writer when it is over."""

    async def reading() -> queries.ConsultationView:
        async for session in db._read_session():
            view = queries.by_id(session, number)
        return view

    view = asyncio.run(reading())
    db.write_now(lambda _session: None)  # the writer works in order
    return view


def act(number: int, at: datetime, name: str = "vote") -> str:
    def acting(session: Any) -> str:
        return closing.require_open(session, queries.by_id(session, number), name, at).kind

    return db.write_now(acting)


def test_the_first_read_after_the_closing_date_records_the_end(voting: int, clock_at: time_machine.Traveller) -> None:
    clock_at.move_to(END - SECOND)
    read(voting)
    assert phase().ended_at is None
    clock_at.move_to(END + 5 * SECOND)
    assert read(voting).state == "counting"
    assert phase().ended_at == END + 5 * SECOND
    assert phase().counted_at is None
    assert all_rows(Event) == []


def test_the_count_is_sealed_only_after_the_time_to_settle(voting: int, clock_at: time_machine.Traveller) -> None:
    clock_at.move_to(END)
    read(voting)
    clock_at.move_to(END + SETTLE - SECOND)
    read(voting)
    assert phase().counted_at is None
    clock_at.move_to(END + SETTLE)
    read(voting)
    assert phase().counted_at == END + SETTLE
    assert read(voting).state == "closed"


def test_one_read_long_after_records_both(voting: int, clock_at: time_machine.Traveller) -> None:
    clock_at.move_to(END + DAY)
    read(voting)
    assert phase().ended_at == phase().counted_at == END + DAY
    assert phase().closes_at == END


def test_the_closing_is_recorded_once_however_many_see_it(voting: int, clock_at: time_machine.Traveller) -> None:
    clock_at.move_to(END + DAY)
    number = phase().id
    answers = [db.submit(closing.record_closing, number) for _ in range(8)]
    assert [answer.result() for answer in answers] == [None] * 8
    read(voting)
    (event,) = all_rows(Event)
    body = json.loads(event.body)
    assert (body["t"], body["c"], body["phase"]) == ("close", str(voting), "voting")


def test_what_features_above_tell_is_part_of_the_record(
    voting: int, clock_at: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    def facts(_session: Any, consultation: int, phase_id: int) -> dict[str, Any]:
        asked.append((consultation, phase_id))
        return {"ballots": 7}

    monkeypatch.setattr(closing, "_facts", [])
    assert closing.tells_at_closing(facts) is facts
    clock_at.move_to(END + DAY)
    read(voting)
    assert asked == [(voting, phase().id)]
    assert json.loads(all_rows(Event)[0].body)["ballots"] == 7


def test_a_clock_that_steps_back_reopens_nothing(voting: int, clock_at: time_machine.Traveller) -> None:
    clock_at.move_to(END + SECOND)
    read(voting)
    clock_at.move_to(END - 30 * timedelta(minutes=1))
    view = read(voting)
    assert view.state == "counting" and not view.open_to("vote")
    with pytest.raises(Conflict, match="ended"):
        act(voting, clock.now())
    assert phase().ended_at == END + SECOND
    clock_at.move_to(END + SETTLE + SECOND)
    read(voting)
    clock_at.move_to(START)
    assert read(voting).state == "closed"
    with pytest.raises(Conflict, match="ended"):
        act(voting, clock.now())


def test_what_arrived_in_time_counts_until_the_count_is_sealed(voting: int, clock_at: time_machine.Traveller) -> None:
    clock_at.move_to(END + 30 * SECOND)
    read(voting)
    assert act(voting, END - SECOND) == "voting"
    with pytest.raises(Conflict, match="ended"):
        act(voting, END)
    clock_at.move_to(END + SETTLE - SECOND)
    assert act(voting, END - SECOND / 2) == "voting"


def test_what_waited_too_long_is_refused_and_never_counted_late(voting: int, clock_at: time_machine.Traveller) -> None:
    clock_at.move_to(END + SETTLE)
    with pytest.raises(db.Busy):
        act(voting, END - SECOND)
    read(voting)
    with pytest.raises(Conflict, match="ended"):
        act(voting, END - SECOND)
    clock_at.move_to(END)
    with pytest.raises(Conflict, match="ended"):
        act(voting, END - SECOND)


@pytest.mark.parametrize(("lang", "words"), [("id", "4 Mei 2026, 11.00 WIB"), ("en", "4 May 2026, 11:00 WIB")])
def test_a_refusal_says_when_it_closed_and_in_which_zone(
    voting: int, clock_at: time_machine.Traveller, lang: str, words: str
) -> None:
    clock_at.move_to(END + SECOND)
    with pytest.raises(Conflict) as refused:
        act(voting, END + SECOND)
    assert refused.value.reason.status == 409
    assert words in say(refused.value.reason.text, refused.value.reason.values, lang)


def test_each_refusal_has_its_own_sentence(database: str) -> None:
    number = factories.consultation(factories.office(), (factories.phase("voting", HOUR, DAY),))
    for name, code in (
        ("vote", "not-yet"),
        ("comment", "not-yet"),
        ("propose", "not-offered"),
        ("edit", "not-offered"),
    ):
        with pytest.raises(Conflict, match=code) as refused:
            act(number, clock.now(), name)
        assert say(refused.value.reason.text, refused.value.reason.values)


def test_a_draft_records_no_closing(database: str) -> None:
    number = factories.consultation(factories.office(), factories.OVER, opened=False)
    read(number)
    assert {(it.ended_at, it.counted_at) for it in all_rows(ConsultationPhase)} == {(None, None)}
    assert all_rows(Event) == []
    db.write_now(closing.record_closing, 12345)


def test_settling_takes_as_long_as_the_installation_says(
    voting: int, clock_at: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMBUK_SETTLE_SECONDS", "5")
    settings.cache_clear()
    clock_at.move_to(END + 5 * SECOND)
    read(voting)
    assert phase().counted_at is not None


def test_opening_a_page_is_such_a_read(voting: int, clock_at: time_machine.Traveller, browser: Browser) -> None:
    clock_at.move_to(END + DAY)
    page = browser.get("/consultations")
    assert "4 Mei 2026, 11.00 WIB" in page.text
    db.write_now(lambda _session: None)
    assert phase().counted_at == END + DAY


def test_a_list_says_that_the_last_votes_are_being_counted(
    voting: int, clock_at: time_machine.Traveller, browser: Browser
) -> None:
    clock_at.move_to(END + SECOND)
    assert "Suara terakhir sedang dihitung" in browser.get("/consultations").text
