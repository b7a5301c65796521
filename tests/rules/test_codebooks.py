"""A version of the codebook marks exactly the themes whose meaning changed, and ends none that is in use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.codebooks import Again, Wording, Wrong, check_again, since, wrong

FARES = Wording("Higher fares hurt pupils", "school buses", "fares in general", 1)
LIGHTS = Wording("The road to school needs lights", since=2)
FLAT = {1: None, 2: None}


def test_only_what_means_something_else_is_marked() -> None:
    before = {1: FARES, 2: LIGHTS}
    reworded = Wording("Higher fares hurt pupils and students", "school buses", "fares in general")
    assert since(before, {1: reworded, 2: LIGHTS, 3: Wording("Buses come too late")}, (), 3) == {1: 3, 2: 2, 3: 3}
    assert since(before, before, (2,), 3) == {1: 1, 2: 3}


@pytest.mark.parametrize("changed", [{"stance": "x"}, {"includes": "x"}, {"excludes": "x"}])
def test_each_word_of_the_meaning_counts(changed: dict[str, str]) -> None:
    words = {"stance": FARES.stance, "includes": FARES.includes, "excludes": FARES.excludes} | changed
    assert since({1: FARES}, {1: Wording(**words)}, (), 2) == {1: 2}


@given(st.integers(1, 9), st.integers(1, 9))
def test_a_coding_is_checked_again_when_its_theme_is_newer(coded_in: int, changed: int) -> None:
    assert bool(check_again(coded_in, changed, "h", "h")) == (coded_in < changed)


def test_a_coding_is_checked_again_for_each_of_its_reasons() -> None:
    assert check_again(1, None, "h", "h") == (Again.THEME_ENDED,)
    assert check_again(1, 2, "h", "g") == (Again.THEME_CHANGED, Again.TEXT_CHANGED)
    assert check_again(2, 2, "h", "g") == (Again.TEXT_CHANGED,)


@pytest.mark.parametrize(
    ("after", "parents", "taken_in", "coded", "reason"),
    [
        ({}, {}, (), (), Wrong.EMPTY),
        ({1: FARES, 2: LIGHTS}, FLAT, (), (), Wrong.SAME),
        ({1: FARES, 2: Wording("higher  fares hurt PUPILS")}, FLAT, (), (), Wrong.TWICE),
        ({1: FARES, 2: LIGHTS}, {1: 2, 2: 1}, (), (), Wrong.LOOP),
        ({1: FARES}, {1: 2}, (2,), (), Wrong.LOOP),
        ({1: FARES}, {1: None}, (), (2,), Wrong.CODED),
        ({1: FARES}, {1: None}, (2,), (2,), None),
        ({1: FARES}, {1: None}, (), (1,), None),
        ({1: FARES, 2: LIGHTS}, {1: None, 2: 1}, (), (), None),
    ],
)
def test_a_version_that_would_lose_something_is_refused(
    after: dict[int, Wording], parents: dict[int, int | None], taken_in: tuple[int, ...], coded: tuple[int, ...],
    reason: Wrong | None,
) -> None:  # fmt: skip
    assert wrong({1: FARES, 2: LIGHTS}, after, (FLAT, parents), taken_in, coded) == reason
