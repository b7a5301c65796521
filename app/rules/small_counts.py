"""Figures by place that give nobody away: which may be shown, so that no small one can be read or computed.

A table has a row for each theme and one for all together; a cell is how many contributions are about a place. Totals
are never withheld. A cell is shown where at least `SMALLEST` people stand behind it. All others of its row, the empty
ones too, stand together as one rest; where that rest is itself small, the smallest of those that could be shown joins
it (complementary suppression), until nothing small is left to compute by subtraction.

Rows hang together: what is about a place is at most all of it, and everything about a place carries some theme. Where
these two together would tell that a cell within a rest is not empty, the total of a place joins the rest of the row of
all, the smallest first, until they tell nothing any more. Of a table with fewer than `FEWEST` people only the totals
are shown.

Source: PUBLIC_LOG ("cells ≥ 10, with complementary suppression; fewer than 50 voters: totals only").
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

#: Behind a figure that is shown stand at least so many people.
SMALLEST = 10
#: With fewer people than this only totals are shown.
FEWEST = 50

#: One entry for each contribution about a place: who is behind it.
Cell = Sequence[Hashable]


@dataclass(frozen=True)
class Row:
    """What is shown of one row: some places with their numbers, and all others together."""

    whole: int
    shown: Mapping[str, int]
    rest: int

    @property
    def told(self) -> bool:
        """Whether anything is shown beside the total."""
        return bool(self.shown)


@dataclass(frozen=True)
class Table:
    """What is shown of a table."""

    all: Row
    rows: Mapping[int, Row]


def table(
    every: Mapping[str, Cell], rows: Mapping[int, Mapping[str, Cell]], smallest: int = SMALLEST, fewest: int = FEWEST
) -> Table:
    """What may be shown: of all contributions by place, and of those with each theme.

    A contribution stands once in `every`, and once in each row whose theme it carries.
    """
    nothing = _row(every, (), ()), {name: _row(row, (), ()) for name, row in rows.items()}
    places = sorted(every)
    if len({person for cell in every.values() for person in cell}) < fewest:
        return Table(*nothing)
    shown = {name: _row(row, places, _hidden(row, places, smallest)) for name, row in rows.items()}
    hidden = _hidden(every, places, smallest)
    whole = _row(every, places, hidden)
    while _tells(whole, shown, places, smallest):
        left = [place for place in places if place not in hidden]
        if not left:
            return Table(*nothing)
        hidden += _by_size(every, left)[: 1 if hidden else 2]
        whole = _row(every, places, hidden)
    return Table(whole, shown)


def _by_size(row: Mapping[str, Cell], places: Collection[str]) -> list[str]:
    """Places by the people behind them, the fewest first; equal ones by what they are called."""
    return sorted(places, key=lambda place: (len(set(row.get(place, ()))), len(row.get(place, ())), place))


def _hidden(row: Mapping[str, Cell], places: Collection[str], smallest: int) -> list[str]:
    """The places of a row that stand together as its rest; all of them where there is no other way."""
    order = _by_size(row, places)
    size = sum(len(set(row.get(place, ()))) < smallest for place in order)
    while 0 < size < len(order):
        together = {person for place in order[:size] for person in row.get(place, ())}
        if len(together) >= smallest:
            break
        size += 1
    return order[:size]


def _row(row: Mapping[str, Cell], places: Collection[str], hidden: Collection[str]) -> Row:
    numbers = {place: len(row.get(place, ())) for place in places if place not in hidden}
    whole = sum(map(len, row.values()))
    return Row(whole, numbers, whole - sum(numbers.values()))


def _tells(whole: Row, rows: Mapping[int, Row], places: Collection[str], smallest: int) -> bool:
    """Whether what is shown, taken together, tells of a cell within a rest that it is not empty, or that it is small.

    The most a cell can be follows from the rest of its row and from the total of its place; the least it can be from
    what the others of its row, and the other rows of its place, leave over.
    """

    def most(row: Row, place: str) -> int:
        return row.shown[place] if place in row.shown else min(row.rest, whole.shown.get(place, whole.rest))

    said = {place: sum(most(row, place) for row in rows.values()) for place in places}
    least = {place: max((row.shown.get(place, 0) for row in rows.values()), default=0) for place in places}
    for row in rows.values():
        resting = [place for place in places if place not in row.shown]
        room = sum(most(row, place) for place in resting)
        for place in resting:
            others_of_row, others_of_place = room - most(row, place), said[place] - most(row, place)
            if row.rest > others_of_row or whole.shown.get(place, 0) > others_of_place:
                return True
    resting = [place for place in places if place not in whole.shown]
    taken = sum(least[place] for place in resting)
    return any(whole.rest - (taken - least[place]) < smallest for place in resting)
