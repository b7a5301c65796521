"""Reminders to an office: a week before, a day before, when overdue; each once, and one message a day at most."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.core import clock, db, jobs, mail
from app.core.columns import table
from app.obligations import actions
from app.obligations.actions import reminding
from app.obligations.models import Obligation, Reminder
from tests import factories
from tests.factories import Person
from tests.obligations import samples
from tests.obligations.samples import DAY

pytestmark = pytest.mark.usefixtures("browser")


class World:
    """An office with two officials that owes some answers, due ten days from now."""

    def __init__(self, number: int = 3) -> None:
        self.office = factories.office("Dinas PU", slug="dinas-pu")
        self.officials = [factories.official(self.office), factories.official(self.office)]
        self.consultation = factories.consultation(self.office)
        day = clock.local(clock.now()).date() + timedelta(days=10)
        self.due = clock.from_local(datetime.combine(day, time(23, 59, 59)))
        for _ in range(number):
            row = samples.raw(self.consultation, self.office, "closing", self.due) | {"arose_at": clock.now() - DAY}
            factories.add(Obligation(**row))

    def morning(self, before: int) -> datetime:
        """Half past seven here, so many days before the due day."""
        day = clock.local(self.due).date() - timedelta(days=before)
        return clock.from_local(datetime.combine(day, time(7, 30)))


def run() -> None:
    db.write_now(actions.begin_round)
    while jobs.run_due():
        pass


def messages() -> list[mail.Mail]:
    with db.reading() as session:
        return mail.latest(session)


def reminders() -> list[str]:
    with db.reading() as session:
        return sorted(session.execute(select(table(Reminder).c.name)).scalars())


def test_each_step_is_reminded_of_once_in_one_message(database: str) -> None:
    world = World()
    seen = []
    for before in (8, 7, 6, 5, 1, 0, -1, -2, -9):
        with time_machine.travel(world.morning(before)):
            run()
            run()
            seen.append(len(messages()))
    assert seen == [0, 0, 2, 2, 2, 4, 6, 6, 6], "two officials: within a week, within a day, overdue"
    assert reminders() == ["day"] * 3 + ["overdue"] * 3 + ["week"] * 3


def test_the_message_names_what_is_owed_and_leads_to_the_desk(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.settings import settings

    monkeypatch.setenv("REMBUK_BASE_URL", "https://rembuk.contoh.id")
    settings.cache_clear()
    world = World()
    with time_machine.travel(world.morning(-1)):
        run()
        first, second = messages()
    assert {first.to_address, second.to_address} == {it.email for it in world.officials}
    assert "3 lewat batas" in first.subject and first.body.count("LEWAT BATAS") == 3
    assert "https://rembuk.contoh.id/desk/obligations" in first.body


def test_before_the_morning_here_nobody_is_written_to(database: str) -> None:
    world = World()
    with time_machine.travel(world.morning(3) - timedelta(hours=1)):
        run()
        assert messages() == []


def test_an_official_of_two_offices_gets_one_message_a_day(database: str) -> None:
    world = World(1)
    other = factories.office()
    consultation = factories.consultation(other)
    factories.add(Obligation(**samples.raw(consultation, other, "closing", world.due)))
    from app.accounts.models import RoleGrant

    both = world.officials[0]
    factories.add(RoleGrant(account_id=both.account, role="official", office_id=other, granted_at=clock.now()))
    with time_machine.travel(world.morning(3)):
        run()
    mine = [it for it in messages() if it.to_address == both.email]
    assert len(mine) == 1 and mine[0].body.count("paling lambat") == 2


def test_the_job_can_be_cut_off_anywhere_and_begun_again(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "CHUNK", 2)
    monkeypatch.setattr(reminding, "_NEXT", reminding._NEXT.limit(2))
    world = World(5)
    with time_machine.travel(world.morning(3)):
        db.write_now(actions.begin_round)
        day = clock.local(clock.now()).date()
        db.write_now(actions.remind_some, day, None, 0)
        db.write_now(actions.remind_some, day, None, 0)
        while jobs.run_due():
            pass
        db.write_now(actions.write_some, day, 0)
        assert reminders() == ["week"] * 5
        assert len(messages()) == 2


def test_what_is_answered_is_not_reminded_of(database: str) -> None:
    world = World(1)
    with db.reading() as session:
        number = session.execute(select(table(Obligation).c.contribution_id)).scalar_one()
    samples.answer(world.officials[0], world.consultation, number)
    with db.reading() as session:
        before = session.execute(select(func.count()).select_from(table(mail.Mail))).scalar_one()
    with time_machine.travel(world.morning(-1)):
        run()
        assert reminders() == [] and len(messages()) == before


def test_a_new_office_is_reminded_too(database: str) -> None:
    from app.obligations.forms import HandOverForm

    world = World(1)
    other = factories.office(slug="dinas-pasar")
    newcomer: Person = factories.official(other)
    with time_machine.travel(world.morning(4)):
        run()
    with db.reading() as session:
        number = session.execute(select(table(Obligation).c.id)).scalar_one()
    form = HandOverForm(office="dinas-pasar", reason="Wewenang dinas lain.")
    db.write_now(actions.hand_over, world.officials[0].actor, number, form)
    with time_machine.travel(world.morning(3)):
        run()
        assert messages()[0].to_address == newcomer.email
        assert len(messages()) == 3
