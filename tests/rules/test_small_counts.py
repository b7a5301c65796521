"""Small counts: what is shown, held against every table that could stand behind it."""

from collections.abc import Iterator, Mapping
from itertools import count, product
from random import Random

import pytest

from app.rules.small_counts import FEWEST, SMALLEST, Row, Table, table

Voices = list[tuple[str, frozenset[int]]]


def cells(voices: Voices, theme: int | None = None) -> dict[str, list[int]]:
    """The cells of a row, everybody with one contribution."""
    found: dict[str, list[int]] = {}
    for person, (place, themes) in enumerate(voices):
        if theme is None or theme in themes:
            found.setdefault(place, []).append(person)
    return found


def shown(numbers: Mapping[str, int], **rules: int) -> Row:
    """A table of one row whose cells have these numbers, each of a person of its own."""
    names = count()
    row = {place: [next(names) for _ in range(number)] for place, number in numbers.items()}
    return table(row, {1: row}, **rules).rows[1]


def test_large_figures_are_shown_and_small_ones_stand_together() -> None:
    row = shown({"a": 40, "b": 20, "c": 7, "d": 6})
    assert (row.whole, row.shown, row.rest) == (73, {"a": 40, "b": 20}, 13)
    assert row.told


def test_a_rest_that_is_small_or_of_one_place_takes_the_next() -> None:
    assert shown({"a": 40, "b": 20, "c": 12, "d": 9}) == Row(81, {"a": 40, "b": 20}, 21)
    assert shown({"a": 40, "b": 20, "c": 3, "d": 2}) == Row(65, {"a": 40}, 25)
    assert shown({"a": 50, "b": 0}) == Row(50, {}, 50)


def test_one_person_is_one_however_much_they_write() -> None:
    many = {"a": list(range(30)), "b": list(range(30, 60)), "c": [99] * 40, "d": list(range(60, 75))}
    assert table(many, {}).all == Row(115, {"a": 30, "b": 30}, 55)


def test_with_few_people_only_totals_are_shown() -> None:
    assert shown({"a": 25, "b": FEWEST - 26}) == Row(FEWEST - 1, {}, FEWEST - 1)
    assert shown({"a": 25, "b": FEWEST - 25}) == Row(FEWEST, {"a": 25, "b": 25}, 0)
    assert not table({}, {1: {}}).all.told
    assert SMALLEST == 10


def possible(seen: Table, places: list[str]) -> Iterator[tuple[dict[str, int], dict[int, dict[str, int]]]]:
    """Every table of whole numbers that shows what is seen, and whose rows hang together."""

    def of(row: Row) -> Iterator[dict[str, int]]:
        resting = [place for place in places if place not in row.shown]
        for numbers in product(range(row.rest + 1), repeat=len(resting)):
            if sum(numbers) == row.rest:
                yield {**row.shown, **dict(zip(resting, numbers, strict=True))}

    every = [list(of(row)) for row in seen.rows.values()]
    for whole in of(seen.all):
        for rows in product(*every):
            columns = [(whole[place], [row[place] for row in rows]) for place in places]
            if all(max(column) <= total <= sum(column) for total, column in columns):
                yield whole, dict(zip(seen.rows, rows, strict=True))


@pytest.mark.parametrize("seed", range(80))
def test_nothing_that_is_withheld_can_be_computed(seed: int) -> None:
    """Small tables by chance, each held against everything that could look the same."""
    random, places = Random(seed), ["a", "b", "c"]
    voices = [
        (random.choices(places, [6, 3, 2])[0], frozenset(random.choice(([1], [2], [1, 2], [1]))))
        for _ in range(random.randint(8, 14))
    ]
    seen = table(cells(voices), {theme: cells(voices, theme) for theme in (1, 2)}, smallest=3, fewest=5)
    used = sorted(cells(voices))
    every = list(possible(seen, used))
    for name, row in [(0, seen.all), *seen.rows.items()]:
        for place in set(used) - set(row.shown):
            found = {(rows[name] if name else whole)[place] for whole, rows in every}
            assert len(found) > 1 or len(used) == 1, (name, place, found, seen)


def test_the_total_of_a_place_that_would_tell_joins_the_rest() -> None:
    """All about b carries T1 or T2: with b's total and T2's cell shown, T1's cell could be computed."""
    voices: Voices = [("a", frozenset([1, 2]))] * 40 + [("b", frozenset([2]))] * 20 + [("b", frozenset([1]))] * 9
    voices += [("c", frozenset([1]))] * 1 + [("c", frozenset([2]))] * 30
    seen = table(cells(voices), {theme: cells(voices, theme) for theme in (1, 2)})
    assert seen.rows[1] == Row(50, {"a": 40}, 10)
    assert seen.rows[2].shown == {"a": 40, "b": 20, "c": 30}
    assert seen.all.shown == {"a": 40}


def test_a_rest_that_a_row_would_take_apart_takes_more() -> None:
    """T2 shows three about b: of the five about a and b together, at most two would then be about a."""
    one, two, both = frozenset([1]), frozenset([2]), frozenset([1, 2])
    voices: Voices = [("a", two)] * 2 + [("b", two)] * 3 + [("c", one)] * 2 + [("c", both)]
    seen = table(cells(voices), {theme: cells(voices, theme) for theme in (1, 2)}, smallest=3, fewest=5)
    assert seen.rows[2] == Row(6, {"b": 3}, 3)
    assert seen.all == Row(8, {}, 8)


def test_where_all_is_about_one_place_no_figures_by_place_are_shown() -> None:
    every = {"a": list(range(FEWEST))}
    assert table(every, {1: every, 2: {"a": [1]}}) == Table(Row(50, {}, 50), {1: Row(50, {}, 50), 2: Row(1, {}, 1)})
