"""What arrived in time counts, what came late does not, and what has closed stays closed."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.phases import (
    Acceptance,
    Phase,
    Refusal,
    UnknownPhaseKind,
    acceptance,
    acts_of,
    consultation_state,
    due_to_end,
    may_be_counted,
    next_change,
    open_for,
    phase_state,
)

OPENS = datetime(2026, 3, 1, 8, tzinfo=UTC)
CLOSES = datetime(2026, 3, 10, 17, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def voting(
    opens: datetime = OPENS,
    closes: datetime = CLOSES,
    ended_at: datetime | None = None,
    counted_at: datetime | None = None,
) -> Phase:
    return Phase("voting", opens, closes, acts_of("voting"), ended_at, counted_at)


def phase(kind: str, opens: datetime, closes: datetime) -> Phase:
    return Phase(kind, opens, closes, acts_of(kind))


VOTING = voting()
COUNTED = voting(ended_at=CLOSES, counted_at=CLOSES + HOUR)


class TestPhase:
    def test_each_kind_has_its_acts(self) -> None:
        assert {kind: sorted(acts_of(kind)) for kind in ("proposals", "discussion", "voting")} == {
            "proposals": ["comment", "edit", "propose"],
            "discussion": ["comment"],
            "voting": ["comment", "vote"],
        }
        assert [acts_of(kind) for kind in ("information", "review", "decided")] == [frozenset()] * 3

    def test_an_unknown_kind_is_refused(self) -> None:
        with pytest.raises(UnknownPhaseKind, match="party"):
            Phase("party", OPENS, CLOSES, frozenset())

    @pytest.mark.parametrize("field", ["opens", "closes", "ended_at", "counted_at"])
    def test_an_instant_without_a_zone_is_refused(self, field: str) -> None:
        with pytest.raises(ValueError, match="zone"):
            replace(VOTING, **{field: datetime(2026, 3, 5)})  # type: ignore[arg-type]

    @pytest.mark.parametrize("closes", [OPENS, OPENS - TICK])
    def test_a_phase_that_never_opens_is_refused(self, closes: datetime) -> None:
        with pytest.raises(ValueError, match="opens before"):
            voting(closes=closes)

    def test_a_phase_and_a_refusal_cannot_be_changed(self) -> None:
        with pytest.raises(FrozenInstanceError):
            VOTING.ended_at = None  # type: ignore[misc]
        with pytest.raises(FrozenInstanceError):
            Refusal("ended").closed_at = None  # type: ignore[misc]

    def test_the_end_is_the_closing_date_or_an_earlier_recorded_end(self) -> None:
        assert VOTING.end == CLOSES
        assert voting(ended_at=CLOSES + HOUR).end == CLOSES
        assert voting(ended_at=CLOSES - HOUR).end == CLOSES - HOUR


class TestAcceptance:
    @pytest.mark.parametrize(
        ("arrived", "answer"),
        [
            (OPENS - TICK, "not-yet"),
            (OPENS, "accepted"),
            (CLOSES - TICK, "accepted"),
            (CLOSES, "ended"),
            (CLOSES + DAY, "ended"),
        ],
    )
    def test_the_time_is_half_open(self, arrived: datetime, answer: str) -> None:
        assert acceptance(VOTING, arrived, arrived) == answer

    def test_what_arrived_in_time_counts_when_carried_out_after_closing(self) -> None:
        assert acceptance(VOTING, CLOSES - TICK, CLOSES + HOUR) is Acceptance.ACCEPTED
        ended = voting(ended_at=CLOSES + HOUR)
        assert acceptance(ended, CLOSES - TICK, CLOSES + HOUR) is Acceptance.ACCEPTED

    def test_nothing_counts_once_the_count_is_sealed(self) -> None:
        assert acceptance(COUNTED, CLOSES - TICK, CLOSES + DAY) is Acceptance.ENDED
        assert acceptance(voting(counted_at=CLOSES), OPENS - DAY, OPENS - DAY) is Acceptance.ENDED

    def test_a_clock_that_steps_back_reopens_nothing(self) -> None:
        ended = voting(ended_at=CLOSES + HOUR)
        for wrong in (OPENS - DAY, OPENS, CLOSES - TICK, CLOSES + HOUR - TICK):
            assert acceptance(ended, min(wrong, CLOSES - TICK), wrong) is Acceptance.ENDED

    def test_an_early_end_is_an_end(self) -> None:
        ended = voting(ended_at=CLOSES - DAY)
        assert acceptance(ended, CLOSES - DAY - TICK, CLOSES - DAY) is Acceptance.ACCEPTED
        assert acceptance(ended, CLOSES - DAY, CLOSES - DAY) is Acceptance.ENDED

    def test_moving_the_date_of_an_ended_phase_does_not_reopen_it(self) -> None:
        moved = replace(voting(ended_at=CLOSES), closes=CLOSES + 9 * DAY)
        assert acceptance(moved, CLOSES + DAY, CLOSES + DAY) is Acceptance.ENDED

    def test_a_phase_ended_before_it_opened_is_ended_from_then_on(self) -> None:
        ended = voting(ended_at=OPENS - DAY)
        assert acceptance(ended, OPENS - DAY, OPENS - DAY) is Acceptance.ENDED
        assert acceptance(ended, OPENS, OPENS) is Acceptance.ENDED

    def test_instants_are_compared_across_zones(self) -> None:
        jakarta = ZoneInfo("Asia/Jakarta")
        assert acceptance(VOTING, CLOSES.astimezone(jakarta), CLOSES) is Acceptance.ENDED
        assert acceptance(VOTING, (CLOSES - TICK).astimezone(jakarta), CLOSES) is Acceptance.ACCEPTED

    @given(st.lists(st.integers(-3 * 24 * 60, 12 * 24 * 60), min_size=1, max_size=30))
    def test_no_sequence_of_clock_readings_reopens_what_has_closed(self, minutes: list[int]) -> None:
        current, closed = VOTING, False
        for reading in (OPENS + timedelta(minutes=minute) for minute in minutes):
            if due_to_end(current, reading):
                current, closed = replace(current, ended_at=reading), True
            if closed:
                assert acceptance(current, reading, reading) is Acceptance.ENDED
                assert phase_state(current, reading) == "counting"
            else:
                assert (acceptance(current, reading, reading) == "accepted") == (OPENS <= reading < CLOSES)

    @given(st.integers(-100, 400), st.integers(0, 400), st.integers(0, 400))
    def test_with_a_true_clock_only_the_arrival_decides(self, arrived: int, took: int, ended: int) -> None:
        at = OPENS + timedelta(hours=arrived)
        now = at + timedelta(hours=took)
        recorded = CLOSES + timedelta(hours=ended)
        current = voting(ended_at=recorded if recorded <= now else None)
        assert (acceptance(current, at, now) == "accepted") == (OPENS <= at < CLOSES)


class TestClosing:
    def test_the_end_is_due_from_the_closing_instant_until_it_is_recorded(self) -> None:
        assert not due_to_end(VOTING, CLOSES - TICK)
        assert due_to_end(VOTING, CLOSES)
        assert not due_to_end(voting(ended_at=CLOSES), CLOSES)
        assert not due_to_end(voting(counted_at=CLOSES), CLOSES)

    def test_the_count_waits_until_what_arrived_in_time_is_stored(self) -> None:
        assert not may_be_counted(VOTING, CLOSES, 30)
        assert not may_be_counted(VOTING, CLOSES + timedelta(seconds=30) - TICK, 30)
        assert may_be_counted(VOTING, CLOSES + timedelta(seconds=30), 30)
        assert may_be_counted(VOTING, CLOSES, 0)

    def test_a_count_is_sealed_once(self) -> None:
        assert not may_be_counted(COUNTED, CLOSES + DAY, 30)

    def test_after_an_early_end_the_count_need_not_wait_for_the_date(self) -> None:
        assert may_be_counted(voting(ended_at=CLOSES - DAY), CLOSES - DAY + HOUR, 3600)


class TestPhaseState:
    @pytest.mark.parametrize(
        ("now", "state"),
        [
            (OPENS - TICK, "upcoming"),
            (OPENS, "open"),
            (CLOSES - TICK, "open"),
            (CLOSES, "counting"),
            (CLOSES + DAY, "counting"),
        ],
    )
    def test_a_voting_phase_goes_by_its_dates_until_it_is_counted(self, now: datetime, state: str) -> None:
        assert phase_state(VOTING, now) == state

    def test_a_counted_phase_has_ended_whatever_the_clock_says(self) -> None:
        assert phase_state(COUNTED, OPENS - DAY) == "ended"

    @pytest.mark.parametrize("now", [OPENS - DAY, OPENS, CLOSES - TICK, CLOSES])
    def test_a_recorded_end_is_final(self, now: datetime) -> None:
        assert phase_state(voting(ended_at=CLOSES), now) == "counting"
        assert phase_state(replace(phase("discussion", OPENS, CLOSES), ended_at=CLOSES), now) == "ended"

    @pytest.mark.parametrize("kind", ["information", "proposals", "discussion", "review", "decided"])
    def test_without_votes_there_is_nothing_to_count(self, kind: str) -> None:
        assert phase_state(phase(kind, OPENS, CLOSES), CLOSES - TICK) == "open"
        assert phase_state(phase(kind, OPENS, CLOSES), CLOSES) == "ended"


PROPOSALS = phase("proposals", OPENS - 20 * DAY, OPENS - 10 * DAY)
REVIEW = phase("review", CLOSES, CLOSES + 30 * DAY)
DECIDED = phase("decided", CLOSES + 30 * DAY, CLOSES + 60 * DAY)
WHOLE = [PROPOSALS, VOTING, REVIEW, DECIDED]


class TestConsultationState:
    @pytest.mark.parametrize(
        ("now", "state"),
        [
            (PROPOSALS.opens - TICK, "upcoming"),
            (PROPOSALS.opens, "open"),
            (PROPOSALS.closes, "open"),
            (VOTING.opens, "open"),
            (VOTING.closes, "counting"),
            (DECIDED.opens, "counting"),
        ],
    )
    def test_it_follows_its_phases(self, now: datetime, state: str) -> None:
        assert consultation_state(OPENS, None, None, WHOLE, now) == state

    def test_after_the_count_it_is_closed_and_the_office_has_its_time(self) -> None:
        phases = [PROPOSALS, COUNTED, REVIEW, DECIDED]
        assert consultation_state(OPENS, None, None, phases, CLOSES + DAY) == "closed"

    def test_a_review_in_which_people_can_act_holds_it_open(self) -> None:
        review = replace(REVIEW, acts=frozenset({"comment"}))
        assert consultation_state(OPENS, None, None, [COUNTED, review], CLOSES + DAY) == "open"

    def test_another_open_phase_goes_before_the_count(self) -> None:
        talk = phase("discussion", OPENS, CLOSES + DAY)
        assert consultation_state(OPENS, None, None, [VOTING, talk], CLOSES) == "open"

    def test_information_is_an_open_phase_too(self) -> None:
        assert consultation_state(OPENS, None, None, [phase("information", OPENS, CLOSES)], OPENS) == "open"

    def test_without_phases_for_people_it_is_closed(self) -> None:
        assert consultation_state(OPENS, None, None, [], OPENS) == "closed"
        assert consultation_state(OPENS, None, None, [DECIDED], OPENS) == "closed"

    def test_recorded_facts_go_before_dates(self) -> None:
        assert consultation_state(None, None, None, WHOLE, OPENS) == "draft"
        assert consultation_state(OPENS, None, OPENS, WHOLE, OPENS) == "decided"
        assert consultation_state(OPENS, OPENS, OPENS, WHOLE, OPENS) == "cancelled"
        assert consultation_state(None, OPENS, None, WHOLE, OPENS) == "cancelled"

    @given(st.lists(st.integers(0, 60 * 24), min_size=1, max_size=20))
    def test_a_closed_consultation_stays_closed_however_the_clock_runs(self, hours: list[int]) -> None:
        talk, closed = phase("discussion", OPENS, CLOSES), False
        for now in (OPENS + timedelta(hours=hour) for hour in hours):
            if due_to_end(talk, now):
                talk, closed = replace(talk, ended_at=now), True
            state = consultation_state(OPENS, None, None, [talk, REVIEW], now)
            assert state == ("closed" if closed else "open")


class TestNextChange:
    @pytest.mark.parametrize(
        ("now", "change"),
        [
            (OPENS - DAY, OPENS),
            (OPENS, CLOSES),
            (CLOSES - TICK, CLOSES),
            (CLOSES, CLOSES + timedelta(seconds=60)),
            (CLOSES + timedelta(seconds=60), None),
        ],
    )
    def test_it_is_the_next_opening_closing_or_sealing(self, now: datetime, change: datetime | None) -> None:
        assert next_change([VOTING], now, 60) == change

    def test_the_earliest_of_several_phases_comes_first(self) -> None:
        assert next_change(reversed(WHOLE), PROPOSALS.opens, 60) == PROPOSALS.closes

    def test_an_ended_phase_changes_only_by_its_count(self) -> None:
        ended = voting(ended_at=CLOSES - DAY)
        assert next_change([ended], OPENS, 60) == CLOSES - DAY + timedelta(seconds=60)
        assert next_change([replace(ended, acts=frozenset({"comment"}))], OPENS, 60) is None

    def test_a_counted_phase_and_no_phase_change_no_more(self) -> None:
        assert next_change([COUNTED], OPENS, 60) is None
        assert next_change([], OPENS, 60) is None

    @given(st.integers(-40 * 24 * 60, 90 * 24 * 60), st.floats(0.001, 0.999))
    def test_between_now_and_the_next_change_nothing_changes(self, minute: int, part: float) -> None:
        now = OPENS + timedelta(minutes=minute)
        change = next_change(WHOLE, now, 60)
        later = now + part * ((change or now + DAY) - now)

        def said(at: datetime) -> list[str | bool]:
            state = consultation_state(OPENS, None, None, WHOLE, at)
            return [state, may_be_counted(VOTING, at, 60), *(phase_state(each, at) for each in WHOLE)]

        assert said(later) == said(now)
        assert change is None or said(change) != said(now)


class TestOpenFor:
    def test_the_phase_that_takes_the_act_is_found(self) -> None:
        assert open_for("propose", WHOLE, PROPOSALS.opens, PROPOSALS.opens) is PROPOSALS
        assert open_for("comment", WHOLE, VOTING.opens, VOTING.opens) is VOTING
        assert open_for("vote", WHOLE, CLOSES - TICK, CLOSES + HOUR) is VOTING

    def test_an_act_no_phase_has_is_not_offered(self) -> None:
        assert open_for("sign", WHOLE, OPENS, OPENS) == Refusal("not-offered", None, None)
        assert Refusal("not-offered").at is None

    def test_too_early_names_the_next_opening(self) -> None:
        again = phase("proposals", OPENS, CLOSES)
        refusal = open_for("propose", [again, PROPOSALS], PROPOSALS.opens - DAY, PROPOSALS.opens - DAY)
        assert refusal == Refusal("not-yet", None, PROPOSALS.opens)
        assert refusal.at == PROPOSALS.opens

    def test_too_late_names_the_last_closing(self) -> None:
        earlier = voting(OPENS - 9 * DAY, OPENS)
        refusal = open_for("vote", [VOTING, earlier], CLOSES, CLOSES)
        assert refusal == Refusal("ended", CLOSES, None)
        assert refusal.at == CLOSES

    def test_between_two_phases_both_dates_are_named_and_the_opening_counts(self) -> None:
        again = phase("proposals", CLOSES, CLOSES + DAY)
        refusal = open_for("propose", [PROPOSALS, again], OPENS, OPENS)
        assert refusal == Refusal("not-yet", PROPOSALS.closes, again.opens)
        assert refusal.at == again.opens

    def test_where_phases_overlap_the_one_that_opened_first_takes_the_act(self) -> None:
        second = voting(OPENS + DAY, CLOSES - DAY)
        short = voting(OPENS, CLOSES - 2 * DAY)
        at = OPENS + 2 * DAY
        assert open_for("vote", [second, VOTING], at, at) is VOTING
        assert open_for("vote", [second, VOTING, short], at, at) is short
        assert open_for("vote", [second, VOTING, short], CLOSES - HOUR, CLOSES) is VOTING

    def test_an_early_end_is_the_date_that_is_named(self) -> None:
        assert open_for("vote", [voting(ended_at=CLOSES - DAY)], CLOSES - HOUR, CLOSES - HOUR) == Refusal(
            "ended", CLOSES - DAY, None
        )
