"""An answer is due at one instant, late one second after it, and nothing but an answer meets what is owed."""

from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.obligations import (
    FARTHEST,
    LEFT,
    SOON,
    Counts,
    EndlessRest,
    Obligation,
    Published,
    Reception,
    Refused,
    State,
    WorkingDays,
    check_hand_over,
    check_holding,
    due,
    last_hand_over,
    met_at,
    next_change,
    reception,
    reminders,
    standing,
    state,
)

JAKARTA = ZoneInfo("Asia/Jakarta")
WIB = WorkingDays(JAKARTA)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
DUE = datetime(2026, 3, 13, 23, 59, 59, tzinfo=JAKARTA)
AROSE = datetime(2026, 3, 2, 9, tzinfo=JAKARTA)
OWED = Obligation(AROSE, DUE)
ZONES = ("Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu")

instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
holidays = st.frozensets(st.dates(date(2019, 12, 1), date(2042, 1, 1)), max_size=40)
calendars = st.builds(
    WorkingDays, st.sampled_from(ZONES).map(ZoneInfo), st.frozensets(st.integers(0, 6), max_size=6), holidays
)


def naive_due(start: datetime, days: int, calendar: WorkingDays, working: bool) -> date:
    """The last day of a period, by walking over a written-out list of days."""
    first = start.astimezone(calendar.zone).date()
    following = [first + timedelta(days=n) for n in range(6000)]
    if working:
        worked = [day for day in following[1:] if calendar.works(day)]
        if days:
            return worked[days - 1]
        return next(day for day in following if calendar.works(day))
    return next(day for day in following[days:] if calendar.works(day))


class TestDue:
    def test_the_day_of_the_question_is_not_counted(self) -> None:
        monday = datetime(2026, 3, 2, 9, tzinfo=JAKARTA)
        assert due(monday, 1, WIB) == datetime(2026, 3, 3, 23, 59, 59, tzinfo=JAKARTA)
        assert due(monday, 5, WIB) == datetime(2026, 3, 9, 23, 59, 59, tzinfo=JAKARTA)

    def test_days_of_rest_and_holidays_are_not_counted(self) -> None:
        nyepi = WorkingDays(JAKARTA, holidays=frozenset({date(2026, 3, 19), date(2026, 3, 20)}))
        wednesday = datetime(2026, 3, 18, 16, tzinfo=JAKARTA)
        assert due(wednesday, 1, nyepi) == datetime(2026, 3, 23, 23, 59, 59, tzinfo=JAKARTA)

    def test_a_period_in_days_of_any_kind_ends_with_the_next_working_day(self) -> None:
        friday = datetime(2026, 3, 6, 9, tzinfo=JAKARTA)
        assert due(friday, 1, WIB, working=False) == datetime(2026, 3, 9, 23, 59, 59, tzinfo=JAKARTA)
        assert due(friday, 3, WIB, working=False) == datetime(2026, 3, 9, 23, 59, 59, tzinfo=JAKARTA)
        assert due(friday, 4, WIB, working=False) == datetime(2026, 3, 10, 23, 59, 59, tzinfo=JAKARTA)

    def test_no_days_at_all_mean_the_same_day_or_the_next_working_day(self) -> None:
        assert due(AROSE, 0, WIB) == datetime(2026, 3, 2, 23, 59, 59, tzinfo=JAKARTA)
        saturday = datetime(2026, 3, 7, 9, tzinfo=JAKARTA)
        assert due(saturday, 0, WIB) == datetime(2026, 3, 9, 23, 59, 59, tzinfo=JAKARTA)

    def test_the_day_is_that_of_the_offices_not_of_the_sender(self) -> None:
        late_in_utc = datetime(2026, 3, 2, 18, tzinfo=UTC)  # the 3rd in Jakarta
        assert due(late_in_utc, 1, WIB) == datetime(2026, 3, 4, 23, 59, 59, tzinfo=JAKARTA)
        honolulu = late_in_utc.astimezone(timezone(timedelta(hours=-10)))
        assert due(honolulu, 1, WIB) == due(late_in_utc, 1, WIB)

    def test_the_leap_day_is_a_day(self) -> None:
        tuesday = datetime(2028, 2, 28, 9, tzinfo=JAKARTA)
        assert due(tuesday, 1, WIB) == datetime(2028, 2, 29, 23, 59, 59, tzinfo=JAKARTA)

    @pytest.mark.parametrize(("day", "utc_hour"), [(date(2027, 3, 28), 21), (date(2027, 10, 31), 22)])
    def test_the_last_second_is_that_of_the_clock_on_the_wall_when_clocks_change(
        self, day: date, utc_hour: int
    ) -> None:
        berlin = WorkingDays(ZoneInfo("Europe/Berlin"), rest=frozenset())
        start = datetime(day.year, day.month, day.day - 1, 12, tzinfo=UTC)
        assert due(start, 1, berlin).astimezone(UTC) == datetime(
            day.year, day.month, day.day, utc_hour, 59, 59, tzinfo=UTC
        )

    @given(instants, st.integers(0, 60), calendars, st.booleans())
    def test_it_agrees_with_walking_over_a_list_of_days(
        self, start: datetime, days: int, calendar: WorkingDays, working: bool
    ) -> None:
        found = due(start, days, calendar, working=working)
        local = found.astimezone(calendar.zone)
        assert local.date() == naive_due(start, days, calendar, working)
        assert (local.hour, local.minute, local.second, local.microsecond) == (23, 59, 59, 0)
        assert calendar.works(local.date())

    @given(instants, st.integers(0, 60), calendars)
    def test_more_days_and_more_holidays_never_make_it_earlier(
        self, start: datetime, days: int, calendar: WorkingDays
    ) -> None:
        ends = due(start, days, calendar)
        assert due(start, days + 1, calendar) >= ends
        assert days == 0 or due(start, days + 1, calendar) > ends
        fewer = WorkingDays(calendar.zone, calendar.rest)
        assert due(start, days, fewer) <= ends

    def test_an_instant_without_a_zone_and_a_negative_period_are_refused(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            due(datetime(2026, 3, 2), 1, WIB)
        with pytest.raises(ValueError, match="before the question"):
            due(AROSE, -1, WIB)

    def test_where_nobody_ever_works_nothing_can_be_promised(self) -> None:
        with pytest.raises(EndlessRest):
            due(AROSE, 1, WorkingDays(JAKARTA, rest=frozenset(range(7))))

    def test_there_are_seven_weekdays(self) -> None:
        with pytest.raises(ValueError, match="weekday"):
            WorkingDays(JAKARTA, rest=frozenset({7}))


class TestState:
    def test_the_due_instant_is_in_time_and_one_second_later_is_late(self) -> None:
        assert state(OWED, DUE) is State.DUE_SOON
        assert state(OWED, DUE + SECOND) is State.OVERDUE

    @given(instants, st.integers(0, 30), calendars, st.booleans())
    def test_on_every_calendar_it_is_late_from_the_second_after_its_last_one(
        self, start: datetime, days: int, calendar: WorkingDays, working: bool
    ) -> None:
        due_at = due(start, days, calendar, working=working)
        owed = Obligation(start, due_at)
        assert state(owed, due_at) is State.DUE_SOON and state(owed, due_at - SECOND) is State.DUE_SOON
        assert state(owed, due_at + SECOND) is State.OVERDUE
        assert next_change([owed], due_at) == due_at + timedelta(microseconds=1)
        midnight = (due_at + SECOND).astimezone(UTC).astimezone(calendar.zone)
        assert midnight.date() > due_at.date() and calendar.works(due_at.date())

    @given(st.integers(2020, 2040), st.integers(0, 3), st.sampled_from(ZONES))
    def test_the_leap_day_counts_where_there_is_one(self, year: int, before: int, zone: str) -> None:
        calendar = WorkingDays(ZoneInfo(zone), rest=frozenset())
        start = datetime(year, 2, 28 - before, 12, tzinfo=calendar.zone)
        leap = (date(year, 3, 1) - date(year, 2, 28)).days == 2
        ends = due(start, before + 1, calendar).date()
        assert ends == (date(year, 2, 29) if leap else date(year, 3, 1))

    def test_a_week_before_it_is_due_soon(self) -> None:
        assert state(OWED, DUE - SOON - SECOND) is State.ON_TIME
        assert state(OWED, DUE - SOON) is State.DUE_SOON

    def test_an_answer_is_in_time_or_late_for_ever(self) -> None:
        in_time, late = (Obligation(AROSE, DUE, answered_at=at) for at in (DUE, DUE + SECOND))
        for now in (AROSE, DUE, DUE + 400 * DAY):
            assert state(in_time, now) is State.ANSWERED
            assert state(late, now) is State.ANSWERED_LATE

    def test_what_went_is_owed_nothing_but_an_answer_stays_an_answer(self) -> None:
        assert state(Obligation(AROSE, DUE, lapsed_at=AROSE + DAY), DUE + DAY) is State.LAPSED
        assert state(Obligation(AROSE, DUE, answered_at=DUE, lapsed_at=DUE + DAY), DUE + DAY) is State.ANSWERED

    @given(instants, instants, instants)
    def test_an_unanswered_one_only_gets_later(self, due_at: datetime, now: datetime, later: datetime) -> None:
        order = (State.ON_TIME, State.DUE_SOON, State.OVERDUE)
        first, second = sorted((now, later))
        owed = Obligation(due_at - 30 * DAY, due_at)
        assert order.index(state(owed, first)) <= order.index(state(owed, second))

    @given(instants, instants, st.sampled_from(ZONES))
    def test_the_zone_in_which_an_instant_is_written_does_not_matter(
        self, due_at: datetime, now: datetime, zone: str
    ) -> None:
        elsewhere = ZoneInfo(zone)
        written = Obligation(due_at.astimezone(elsewhere), due_at.astimezone(elsewhere))
        assert state(written, now.astimezone(elsewhere)) is state(Obligation(due_at, due_at), now)

    def test_instants_name_their_zone(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            Obligation(AROSE, datetime(2026, 3, 13))

    def test_silence_after_an_answer_is_a_state_of_its_own(self) -> None:
        answered = Obligation(AROSE, DUE, answered_at=DUE)
        assert reception(OWED) is None
        assert reception(answered) is Reception.NOT_CONFIRMED
        assert state(answered, DUE + 3000 * DAY) is State.ANSWERED
        assert reception(Obligation(AROSE, DUE, answered_at=DUE, confirmed_at=DUE)) is Reception.CONFIRMED
        both = Obligation(AROSE, DUE, answered_at=DUE, confirmed_at=DUE, disputed_at=DUE + DAY)
        assert reception(both) is Reception.DISPUTED

    @given(instants, instants)
    def test_between_now_and_the_next_change_nothing_changes(self, due_at: datetime, now: datetime) -> None:
        owed = Obligation(due_at - 60 * DAY, due_at)
        change = next_change([owed], now)
        if change is None:
            assert state(owed, now) is State.OVERDUE
            return
        tick = timedelta(microseconds=1)
        assert state(owed, change - tick) is state(owed, now)
        assert state(owed, change) is not state(owed, now)

    def test_time_does_not_change_what_is_settled(self) -> None:
        settled = [Obligation(AROSE, DUE, answered_at=AROSE), Obligation(AROSE, DUE, lapsed_at=AROSE)]
        assert next_change(settled, AROSE) is None


class TestReminders:
    def test_a_week_a_day_and_once_it_is_overdue(self) -> None:
        assert reminders(OWED, DUE - SOON - SECOND) == ()
        assert reminders(OWED, DUE - SOON) == ("week",)
        assert reminders(OWED, DUE - DAY) == ("week", "day")
        assert reminders(OWED, DUE) == ("week", "day")
        assert reminders(OWED, DUE + SECOND) == ("week", "day", "overdue")

    def test_a_short_period_has_no_reminder_from_before_it_began(self) -> None:
        short = Obligation(DUE - 2 * DAY, DUE)
        assert reminders(short, DUE - DAY) == ("day",)
        already_late = Obligation(DUE + DAY, DUE)
        assert reminders(already_late, DUE + DAY) == ("overdue",)

    def test_nobody_is_reminded_of_what_is_settled(self) -> None:
        assert reminders(Obligation(AROSE, DUE, answered_at=DUE), DUE + DAY) == ()
        assert reminders(Obligation(AROSE, DUE, lapsed_at=DUE), DUE + DAY) == ()


obligations = st.builds(
    Obligation,
    arose_at=st.just(AROSE),
    due_at=st.sampled_from([DUE + n * DAY for n in range(-20, 20)]),
    answered_at=st.none() | st.sampled_from([DUE + n * DAY for n in range(-20, 20)]),
    lapsed_at=st.none() | st.just(DUE),
)


class TestStanding:
    @given(st.lists(obligations, max_size=30), st.sampled_from([DUE + n * DAY for n in range(-30, 30)]))
    def test_counts_by_due_instant_say_the_same_as_each_by_itself(self, owed: list[Obligation], now: datetime) -> None:
        settled = {State.ANSWERED: "in_time", State.ANSWERED_LATE: "late", State.LAPSED: "lapsed"}
        rows = [Counts(it.due_at, **{settled.get(state(it, now), "pending"): 1}) for it in owed]
        found = standing(rows, now)
        states = [state(it, now) for it in owed]
        assert (found.on_time, found.due_soon, found.overdue) == tuple(
            states.count(each) for each in (State.ON_TIME, State.DUE_SOON, State.OVERDUE)
        )
        assert (found.answered, found.answered_late, found.lapsed) == tuple(
            states.count(each) for each in (State.ANSWERED, State.ANSWERED_LATE, State.LAPSED)
        )
        assert found.open + found.answered + found.answered_late + found.lapsed == len(owed)

    def test_the_rate_names_its_denominator_and_leaves_out_what_lapsed(self) -> None:
        past, future = DUE - DAY, DUE + 30 * DAY
        found = standing([Counts(past, pending=2, in_time=5, late=1, lapsed=9), Counts(future, pending=4)], DUE)
        assert (found.rate, found.judged, found.open) == (Fraction(5, 8), 8, 6)

    def test_where_nothing_can_be_judged_there_is_no_rate(self) -> None:
        assert standing([Counts(DUE, pending=3, lapsed=1)], DUE).rate is None

    def test_there_are_never_fewer_than_none(self) -> None:
        with pytest.raises(ValueError, match="fewer"):
            Counts(DUE, pending=-1)


class TestHoldingReply:
    def test_it_names_a_date_after_the_due_instant_and_after_every_date_named_before(self) -> None:
        now = DUE - DAY
        assert check_holding(OWED, [], DUE + SECOND, now) is None
        assert check_holding(OWED, [], DUE, now) is Refused.NO_LATER
        assert check_holding(OWED, [DUE + 5 * DAY], DUE + 5 * DAY, now) is Refused.NO_LATER
        assert check_holding(OWED, [DUE + 5 * DAY], DUE + 6 * DAY, now) is None

    def test_it_names_a_date_in_the_future(self) -> None:
        assert check_holding(OWED, [], DUE + DAY, DUE + DAY) is Refused.PAST

    def test_it_names_a_date_within_a_year(self) -> None:
        """A date nobody lives to see, or a mistyped year, would also forbid every later date."""
        assert check_holding(OWED, [], DUE + FARTHEST, DUE) is None
        assert check_holding(OWED, [], DUE + FARTHEST + SECOND, DUE) is Refused.TOO_FAR

    def test_what_is_settled_needs_none(self) -> None:
        answered = Obligation(AROSE, DUE, answered_at=DUE)
        gone = Obligation(AROSE, DUE, lapsed_at=DUE)
        assert [check_holding(it, [], DUE + DAY, DUE) for it in (answered, gone)] == [Refused.SETTLED] * 2

    @given(st.integers(1, 400), instants)
    def test_it_moves_nothing(self, days: int, now: datetime) -> None:
        """The due instant is a fact of the obligation alone: no holding reply is among what `state` reads."""
        before = state(OWED, now)
        check_holding(OWED, [], DUE + days * DAY, now)
        assert state(OWED, now) is before


class TestHandOver:
    def test_once_late_it_stays(self) -> None:
        """Later it would make another office look late, and the own one as if it had owed nothing."""
        assert check_hand_over(OWED, DUE) is Refused.TOO_SHORT
        assert check_hand_over(OWED, DUE + SECOND) is Refused.LATE

    def test_it_goes_until_a_week_is_left_or_half_of_a_shorter_period(self) -> None:
        long = Obligation(DUE - 30 * DAY, DUE)
        assert last_hand_over(long) == DUE - LEFT
        assert check_hand_over(long, DUE - LEFT) is None
        assert check_hand_over(long, DUE - LEFT + SECOND) is Refused.TOO_SHORT
        short = Obligation(DUE - 4 * DAY, DUE)
        assert check_hand_over(short, DUE - 2 * DAY) is None
        assert check_hand_over(short, DUE - 2 * DAY + SECOND) is Refused.TOO_SHORT

    @given(st.timedeltas(timedelta(0), timedelta(days=400)), st.lists(st.fractions(0, 1), max_size=6))
    def test_however_often_it_goes_each_office_gets_its_time(self, period: timedelta, moments: list[Fraction]) -> None:
        """Whoever receives it, from whomever, has a week for it, or half of a shorter period."""
        owed = Obligation(AROSE, AROSE + period)
        for moment in sorted(moments):
            now = AROSE + period * float(moment)
            if check_hand_over(owed, now) is None:
                assert owed.due_at - now >= min(LEFT, period / 2)
            elif now <= owed.due_at:
                assert owed.due_at - now < min(LEFT, period / 2)

    def test_what_is_settled_goes_nowhere(self) -> None:
        answered = Obligation(AROSE, DUE, answered_at=DUE)
        gone = Obligation(AROSE, DUE, lapsed_at=DUE)
        assert [check_hand_over(it, AROSE) for it in (answered, gone)] == [Refused.SETTLED] * 2


# -- what meets it ---------------------------------------------------------------------------------

DAYS = [datetime(2026, 3, day, 9, tzinfo=UTC) for day in range(1, 6)]


def test_the_answer_that_stands_meets_what_is_owed() -> None:
    assert met_at([]) is None
    assert met_at([Published(DAYS[1])]) == DAYS[1]


def test_an_answer_taken_back_leaves_it_open() -> None:
    assert met_at([Published(DAYS[1], superseded_at=DAYS[2])]) is None
    assert met_at([Published(DAYS[1], superseded_at=DAYS[2], disputed=True)]) is None


def test_an_empty_answer_in_time_does_not_help_a_real_one_later() -> None:
    assert met_at([Published(DAYS[0], superseded_at=DAYS[3]), Published(DAYS[3])]) == DAYS[3]


def test_a_second_look_takes_nothing_from_the_first_answer() -> None:
    answers = [Published(DAYS[0], superseded_at=DAYS[3], disputed=True), Published(DAYS[3])]
    assert met_at(answers) == DAYS[0]
    assert met_at(answers, second_look_since=DAYS[1]) == DAYS[3]


def test_a_second_look_is_met_by_nothing_older_and_not_by_what_was_disputed() -> None:
    assert met_at([Published(DAYS[0], disputed=True)], second_look_since=DAYS[1]) is None
    assert met_at([Published(DAYS[2], disputed=True)], second_look_since=DAYS[1]) is None
    assert met_at([Published(DAYS[0])], second_look_since=DAYS[1]) is None
    assert met_at([Published(DAYS[1])], second_look_since=DAYS[1]) == DAYS[1]


def test_by_themes_it_is_met_with_the_last_of_them() -> None:
    first, second = Published(DAYS[0], theme=1), Published(DAYS[2], theme=2)
    assert met_at([first], themes=[1, 2]) is None
    assert met_at([first, second], themes=[1, 2]) == DAYS[2]
    assert met_at([first, second, Published(DAYS[1])], themes=[1, 2]) == DAYS[1], "one to it alone came earlier"
    assert met_at([first], themes=[]) is None
    replaced = Published(DAYS[0], superseded_at=DAYS[3], theme=1)
    assert met_at([replaced, second], themes=[1, 2]) is None
    assert met_at([replaced, Published(DAYS[3], theme=1), second], themes=[1, 2]) == DAYS[3]
    assert met_at([Published(DAYS[3], theme=1)], second_look_since=DAYS[1], themes=[1]) is None
