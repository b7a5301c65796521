"""A light shines because of a recorded fact, and goes out with it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.lights import Answered, Handling, Light, Shown, Totals, lights, totals

RECEIVED = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = RECEIVED + 30 * DAY
DUE = RECEIVED + 20 * DAY
READ = Handling(RECEIVED + DAY, "Retno Palupi", "official")
ANSWER = Answered(RECEIVED + 9 * DAY)

days = st.integers(0, 60).map(lambda n: RECEIVED + n * DAY)
handlings = st.builds(
    Handling, days, st.sampled_from(["Retno", "Hendro", "", "  "]), st.just("official"), st.booleans()
)
answers = st.builds(Answered, st.none() | days, st.none() | days)


def lit(shown: tuple[Shown, Shown, Shown]) -> list[bool]:
    return [each.lit for each in shown]


def test_what_is_in_the_ledger_is_heard() -> None:
    heard, considered, answered = lights(RECEIVED, [], [], NOW)
    assert heard == Shown(Light.HEARD, True, RECEIVED)
    assert [considered.lit, answered.lit] == [False, False]


def test_a_named_persons_handling_considers_it() -> None:
    assert lights(RECEIVED, [READ], [], NOW)[1] == Shown(Light.CONSIDERED, True, READ.at)


@pytest.mark.parametrize(
    "handling",
    [Handling(NOW, "", "official"), Handling(NOW, " ", "official"), Handling(NOW, "Ayu", "official", own=True)],
)
def test_nobody_and_the_author_themselves_consider_nothing(handling: Handling) -> None:
    assert lit(lights(RECEIVED, [handling], [], NOW)) == [True, False, False]


def test_a_published_answer_answers_and_considers() -> None:
    _, considered, answered = lights(RECEIVED, [], [ANSWER], NOW)
    assert (considered.since, answered.since) == (ANSWER.published_at, ANSWER.published_at)


def test_a_draft_answers_nothing() -> None:
    assert lit(lights(RECEIVED, [], [Answered(None)], NOW)) == [True, False, False]


def test_a_successor_keeps_the_light_and_its_first_date() -> None:
    first = Answered(RECEIVED + 5 * DAY, superseded_at=RECEIVED + 9 * DAY)
    assert lights(RECEIVED, [], [first, ANSWER], NOW)[2].since == RECEIVED + 5 * DAY


def test_an_answer_that_was_taken_back_without_a_successor_does_not_stand() -> None:
    taken_back = Answered(RECEIVED + 5 * DAY, superseded_at=RECEIVED + 9 * DAY)
    assert lit(lights(RECEIVED, [], [taken_back], NOW)) == [True, True, False]


def test_an_unlit_light_says_until_when_and_whether_that_has_passed() -> None:
    assert lights(RECEIVED, [READ], [], DUE, DUE)[2] == Shown(Light.ANSWERED, False, None, DUE, overdue=False)
    assert lights(RECEIVED, [READ], [], DUE + timedelta(seconds=1), DUE)[2].overdue
    assert lights(RECEIVED, [], [], NOW)[2] == Shown(Light.ANSWERED, False)


def test_a_lit_light_is_never_overdue() -> None:
    assert not any(light.overdue or light.awaited_until for light in lights(RECEIVED, [READ], [ANSWER], NOW, DUE))


def test_by_themes_it_is_answered_once_each_is() -> None:
    first, second = (Answered(RECEIVED + n * DAY, theme=n) for n in (5, 7))
    partly = lights(RECEIVED, [], [first], NOW, DUE, {5, 7})[2]
    assert (partly.lit, partly.partly, partly.done, partly.themes) == (False, True, 1, 2)
    assert partly.overdue and partly.awaited_until == DUE
    whole = lights(RECEIVED, [], [first, second], NOW, DUE, {5, 7})[2]
    assert (whole.since, whole.partly, whole.done) == (RECEIVED + 7 * DAY, False, 2)
    assert not lights(RECEIVED, [], [first, Answered(NOW, NOW, 7)], NOW, None, {5, 7})[2].lit, "it no longer stands"
    assert lit(lights(RECEIVED, [], [first], NOW, None, ())) == [True, True, False], "its theme was taken back"
    assert lights(RECEIVED, [], [first, ANSWER], NOW, None, {5, 7})[2].since == ANSWER.published_at, "to it alone"


@given(st.lists(handlings, max_size=4), st.lists(answers, max_size=4), days)
def test_taking_a_fact_away_never_lights_anything(
    acts: list[Handling], given_answers: list[Answered], now: datetime
) -> None:
    before = lit(lights(RECEIVED, acts, given_answers, now))
    for place in range(len(acts)):
        fewer = lit(lights(RECEIVED, acts[:place] + acts[place + 1 :], given_answers, now))
        assert all(a <= b for a, b in zip(fewer, before, strict=True))
    for place in range(len(given_answers)):
        fewer = lit(lights(RECEIVED, acts, given_answers[:place] + given_answers[place + 1 :], now))
        assert all(a <= b for a, b in zip(fewer, before, strict=True))


@given(st.lists(handlings, max_size=4), st.lists(answers, max_size=4), days)
def test_what_is_answered_was_considered_and_the_first_fact_counts(
    acts: list[Handling], given_answers: list[Answered], now: datetime
) -> None:
    heard, considered, answered = lights(RECEIVED, acts, given_answers, now)
    assert heard.lit
    assert considered.lit >= answered.lit
    if considered.since is not None:
        evidence = [it.at for it in acts if it.counts] + [it.published_at for it in given_answers if it.published_at]
        assert considered.since == min(evidence)


@given(st.lists(st.tuples(st.lists(handlings, max_size=3), st.lists(answers, max_size=3)), max_size=20))
def test_totals_are_the_sum_of_the_lights(many: list[tuple[list[Handling], list[Answered]]]) -> None:
    shown = [lights(RECEIVED, acts, given_answers, NOW) for acts, given_answers in many]
    found = totals(shown)
    assert found == Totals(len(many), sum(each[1].lit for each in shown), sum(each[2].lit for each in shown))


def test_totals_that_cannot_be_are_refused() -> None:
    for impossible in ((1, 2, 0), (3, 1, 2), (0, -1, -1)):
        with pytest.raises(ValueError, match="considered"):
            Totals(*impossible)
