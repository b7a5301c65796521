"""Time as it is kept and as it is said, in both languages and the zones of the country."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from app.core import clock, i18n
from app.settings import settings

NIGHT = datetime(2026, 3, 14, 17, 30, tzinfo=UTC)  # half past midnight on the 15th in Jakarta


@pytest.fixture
def english() -> None:
    i18n.language.set("en")


def zone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMBUK_ZONE", name)
    settings.cache_clear()


def test_now_is_an_instant_with_a_zone() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_an_earlier_instant_can_be_told_and_ends_with_the_block() -> None:
    with clock.told(NIGHT):
        assert clock.now() == NIGHT
        with clock.told(NIGHT - timedelta(days=1)):
            assert clock.now() == NIGHT - timedelta(days=1)
        assert clock.now() == NIGHT
    assert clock.now() > NIGHT


def test_what_was_typed_on_the_wall_clock_comes_back_as_it_was() -> None:
    typed = datetime(2026, 3, 15, 0, 30)
    assert clock.from_local(typed) == NIGHT
    assert clock.local(NIGHT).replace(tzinfo=None) == typed


def test_beside_a_choice_there_is_only_the_hour() -> None:
    assert clock.to_the_hour(NIGHT) == datetime(2026, 3, 14, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Asia/Jakarta", "15 Maret 2026, 00.30 WIB"),
        ("Asia/Pontianak", "15 Maret 2026, 00.30 WIB"),
        ("Asia/Makassar", "15 Maret 2026, 01.30 WITA"),
        ("Asia/Jayapura", "15 Maret 2026, 02.30 WIT"),
        ("Europe/Berlin", "14 Maret 2026, 18.30 CET"),
    ],
)
def test_a_time_names_its_zone(name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    zone(name, monkeypatch)
    spoken = i18n.date_and_time(NIGHT)
    assert spoken == said or (name == "Europe/Berlin" and spoken.startswith("14 Maret 2026, 18.30 "))


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "01.59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "03.00"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "02.30"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "02.30"),
        (datetime(2028, 2, 29, 12, 0, tzinfo=UTC), "13.00"),
    ],
)
def test_summer_time_and_leap_days(instant: datetime, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    zone("Europe/Berlin", monkeypatch)
    assert f", {said} " in i18n.date_and_time(instant)


@pytest.mark.usefixtures("english")
def test_the_same_in_english() -> None:
    assert i18n.date_and_time(NIGHT) == "15 March 2026, 00:30 WIB"
    assert i18n.date_in_words(date(2026, 8, 17)) == "17 August 2026"
    assert (i18n.number(12345.5), i18n.percent(1, 3)) == ("12,345.5", "33%")


def test_numbers_as_the_language_writes_them() -> None:
    assert (i18n.number(12345.5), i18n.percent(1, 3), i18n.percent(0, 0)) == ("12.345,5", "33%", "–")


@time_machine.travel(datetime(2026, 3, 14, 3, tzinfo=UTC), tick=False)
@pytest.mark.parametrize(
    ("until", "said"),
    [
        (datetime(2026, 3, 14, 9, tzinfo=UTC), "ditutup hari ini pukul 16.00 WIB"),
        (NIGHT, "ditutup besok pukul 00.30 WIB"),
        (datetime(2026, 3, 16, 9, tzinfo=UTC), "2 hari lagi"),
        (datetime(2026, 4, 14, 9, tzinfo=UTC), "31 hari lagi"),
    ],
)
def test_how_long_something_is_open(until: datetime, said: str) -> None:
    assert i18n.left(until) == said


def test_days_are_counted_on_the_wall_clock() -> None:
    assert i18n.days_between(NIGHT - timedelta(minutes=31), NIGHT) == 1
    assert i18n.days_between(NIGHT, NIGHT + timedelta(hours=23)) == 0


def test_a_message_is_said_in_the_language_asked_for_and_the_language_stays() -> None:
    message = "Proposals could be sent until %(when)s. This one arrived after that and was not taken."
    english = i18n.say(message, {"when": NIGHT}, lang="en")
    assert "15 March 2026, 00:30 WIB" in english
    indonesian = i18n.say(message, {"when": NIGHT})
    assert "15 Maret 2026, 00.30 WIB" in indonesian and "Proposals" not in indonesian
    assert i18n.language.get() == "id"


def test_values_are_said_too_and_numbers_written_as_numbers() -> None:
    assert i18n.say("x %(n)s %(yes)s", {"n": 1500, "yes": True}) == "x 1.500 True"
    assert i18n.say("%(word)s", {"word": i18n.Message("Sign in")}) == i18n.gettext("Sign in") != "Sign in"
    assert i18n.say("100 %") == "100 %"


def test_indonesian_has_one_form_for_every_number() -> None:
    forms = {i18n.ngettext("%(num)s day left", "%(num)s days left", n) for n in (0, 1, 2, 5, 100)}
    assert len(forms) == 1


def test_a_language_without_catalogue_is_the_language_of_the_code() -> None:
    i18n.language.set("en")
    assert i18n.gettext("Sign in") == "Sign in"
    assert i18n.ngettext("%(num)s day left", "%(num)s days left", 1) == "%(num)s day left"
