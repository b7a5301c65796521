"""Agreement of two coders: published examples, an interval checked by simulation, and what is not measured."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.agreement import FEWEST, Agreement, _Table, agreement, f1, kappa

THEMES = ("a", "b", "c", "d")
coded = st.tuples(st.sets(st.sampled_from(THEMES)), st.sets(st.sampled_from(THEMES)))


def test_kappa_of_published_examples() -> None:
    """Cohen 1960's formula on two tables that textbooks compute."""
    assert kappa(_Table(20, 5, 10, 15)) == Fraction(2, 5)
    assert round(float(kappa(_Table(45, 15, 25, 15)) or 0), 4) == 0.1304
    assert round(float(kappa(_Table(25, 35, 5, 35)) or 0), 4) == 0.2593


def test_f1_of_a_known_table() -> None:
    assert f1(_Table(8, 2, 2, 100)) == Fraction(4, 5)
    assert f1(_Table(0, 3, 4, 0)) == 0


def test_nothing_is_said_of_a_small_sample_or_of_what_cannot_be_formed() -> None:
    assert agreement([({"a"}, {"a"})] * (FEWEST - 1), THEMES) == Agreement(FEWEST - 1, None, None)
    nothing = agreement([(set(), set())] * FEWEST, THEMES)
    assert (nothing.kappa, nothing.f1) == (None, None)
    assert kappa(_Table()) is None
    one = agreement([({"a"}, set())] + [(set(), set())] * FEWEST, THEMES)
    assert one.f1 is None, "without that one there is nothing to measure"


def test_a_theme_that_is_not_in_the_codebook_is_refused() -> None:
    with pytest.raises(ValueError, match="not in the codebook: x"):
        agreement([({"x"}, {"a"})], THEMES)


def test_who_always_agrees_agrees_for_sure() -> None:
    found = agreement([({"a"}, {"a"}), ({"b", "c"}, {"b", "c"})] * FEWEST, THEMES)
    assert found.kappa is not None and (found.kappa.value, found.kappa.low, found.kappa.high) == (1, 1, 1)
    assert found.f1 is not None and (found.f1.value, found.f1.low, found.f1.high) == (1, 1, 1)


@given(st.lists(coded, min_size=FEWEST, max_size=60))
def test_it_matters_not_who_is_called_the_first_nor_in_which_order(sample: list[tuple[set[str], set[str]]]) -> None:
    there = agreement(sample, THEMES)
    back = agreement([(second, first) for first, second in reversed(sample)], THEMES)
    assert there == back
    for figure in (there.kappa, there.f1):
        assert figure is None or -1 <= figure.low <= figure.value <= figure.high <= 1


def test_the_interval_holds_the_true_figure_about_as_often_as_it_says() -> None:
    """Samples of 100 from a known population: F1 of all 20,000 lies within in at least 90 of 100 samples."""
    random = Random(7)

    def one() -> tuple[set[str], set[str]]:
        first = {theme for theme in THEMES if random.random() < 0.3}
        return first, {theme for theme in THEMES if (theme in first) != (random.random() < 0.12)}

    population = [one() for _ in range(20_000)]
    every = agreement(population[:4000], THEMES)
    assert every.f1 is not None and every.kappa is not None
    held = {"f1": 0, "kappa": 0}
    for _ in range(100):
        found = agreement(random.sample(population, 100), THEMES)
        assert found.f1 is not None and found.kappa is not None
        held["f1"] += found.f1.low <= every.f1.value <= found.f1.high
        held["kappa"] += found.kappa.low <= every.kappa.value <= found.kappa.high
    assert held["f1"] >= 90 and held["kappa"] >= 90, held
