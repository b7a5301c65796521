"""The days on which nobody works: entered, pasted, uploaded, copied; they count for what arises from then on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.core import db
from app.obligations import queries
from app.obligations.forms import Unreadable, read_holidays
from app.rules.obligations import WorkingDays, due
from app.settings import Settings, settings
from tests import factories
from tests.page import Browser

HERE = "/admin/holidays"


@pytest.fixture
def admin(browser: Browser) -> Browser:
    return browser.as_(factories.person("Pengelola", roles=("administrator",)))


def known(year: int) -> dict[date, str]:
    with db.reading() as session:
        return {it.day: it.name for it in queries.holidays(session, year)}


def test_days_are_entered_renamed_and_taken_out(admin: Browser) -> None:
    page = admin.get(f"{HERE}?year=2026")
    admin.submit(page, HERE, day="2026-08-17", name="Hari Kemerdekaan", name_en="Independence Day")
    admin.submit(page, HERE, day="17/8/2026", name="Hari Proklamasi", name_en="")
    assert known(2026) == {date(2026, 8, 17): "Hari Proklamasi"}
    page = admin.get(f"{HERE}?year=2026")
    admin.submit(page, f"{HERE}/2026-08-17/removal")
    assert known(2026) == {}


def test_what_cannot_be_a_day_is_said(admin: Browser) -> None:
    for fields in (
        {"day": "2026-02-30", "name": "Salah"},
        {"day": "", "name": ""},
        {"day": "2026-08-17", "name": "--"},
    ):
        assert admin.post(HERE, fields).status == 422
    assert admin.get(f"{HERE}?year=1").status == 404
    assert known(2026) == {}


def test_a_list_is_pasted_or_uploaded_whole_or_not_at_all(admin: Browser) -> None:
    listed = "2026-01-01; Tahun Baru; New Year\n1/5/2026\tHari Buruh\n\n2026-12-25 Hari Natal"
    admin.submit(admin.get(HERE), f"{HERE}/list", list=listed)
    assert known(2026) == {date(2026, 1, 1): "Tahun Baru", date(2026, 5, 1): "Hari Buruh",
                           date(2026, 12, 25): "Hari Natal"}  # fmt: skip
    bad = admin.submit(admin.get(HERE), f"{HERE}/list", list="2026-06-01; Pancasila\nbesok libur\n2026-13-01; Salah")
    assert bad.status == 422 and "2, 3" in bad.errors[0] and date(2026, 6, 1) not in known(2026)
    assert bad.form(f"{HERE}/list")["list"].startswith("2026-06-01")
    files = {"file": ("libur.csv", b"\xef\xbb\xbf2026-06-01,Hari Lahir Pancasila\r\n", "text/csv")}
    admin.submit(admin.get(HERE), f"{HERE}/list", files=files)
    assert known(2026)[date(2026, 6, 1)] == "Hari Lahir Pancasila"
    assert admin.submit(admin.get(HERE), f"{HERE}/list", list="").status == 422


def test_last_year_is_copied_without_touching_what_is_there(admin: Browser) -> None:
    admin.post(f"{HERE}/list", {"list": "2025-01-01; Tahun Baru\n2025-08-17; Kemerdekaan\n2026-08-17; HUT RI"})
    admin.submit(admin.get(f"{HERE}?year=2026"), f"{HERE}/2026/copy")
    assert known(2026) == {date(2026, 1, 1): "Tahun Baru", date(2026, 8, 17): "HUT RI"}
    nothing = admin.post(f"{HERE}/2031/copy")
    assert nothing.status == 409 and nothing.errors


def test_a_leap_day_is_not_copied_into_a_year_without_one(admin: Browser) -> None:
    admin.post(f"{HERE}/list", {"list": "2028-02-29; Hari Kabisat\n2028-05-01; Hari Buruh"})
    admin.post(f"{HERE}/2029/copy")
    assert known(2029) == {date(2029, 5, 1): "Hari Buruh"}


def test_the_calendar_of_the_installation_counts(admin: Browser) -> None:
    admin.post(f"{HERE}/list", {"list": "2026-08-17; Kemerdekaan"})
    with db.reading() as session:
        calendar = queries.working_days(session)
    zone = ZoneInfo("Asia/Jakarta")
    assert calendar == WorkingDays(zone, frozenset({5, 6}), frozenset({date(2026, 8, 17)}))
    friday = datetime(2026, 8, 14, 10, tzinfo=zone)
    assert due(friday, 1, calendar).date() == date(2026, 8, 18)


def test_the_public_sees_which_days_do_not_count(admin: Browser, browser: Browser) -> None:
    from app.core import clock

    year = clock.local(clock.now()).year
    admin.post(f"{HERE}/list", {"list": f"{year}-08-17; Hari Kemerdekaan; Independence Day"})
    assert "Hari Kemerdekaan" in browser.get("/board").text
    assert "Independence Day" in browser.as_(None, "en").get("/board").text


def test_unreadable_lines_are_named() -> None:
    with pytest.raises(Unreadable) as bad:
        read_holidays("x\n2026-01-01; Tahun Baru\n2026-01-02")
    assert bad.value.numbers == (1, 3)


def test_days_of_rest_are_a_setting_that_leaves_something_to_work_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMBUK_REST_DAYS", " 4, 5 ")
    settings.cache_clear()
    assert queries.rest_days() == frozenset({4, 5})
    for wrong in ("0,1,2,3,4,5,6", "7", "Sunday"):
        monkeypatch.setenv("REMBUK_REST_DAYS", wrong)
        with pytest.raises(ValueError):
            Settings()
