"""How far two people who coded the same contributions agree, with how sure that figure is.

Each of a sample of contributions was given some themes by one person and some by another who did not see the first.
For each theme of the codebook that is a pair of answers, given or not.

- *F1* (Dice 1945): twice the themes that both gave, over all that either gave. It leaves out what neither gave, which
  is nearly everything where a codebook is long.
- *Cohen's kappa* (Cohen 1960): the share of equal answers over what chance alone would give; 1 is always equal, 0 no
  better than chance, below 0 worse.

The answers about one contribution hang together, so the interval is not that of independent answers: it comes from
leaving out one contribution at a time (delete-one jackknife, Efron and Stein 1981), needs no chance and gives the same
figures to whoever computes it again. All figures are exact until the square root.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

#: Of the normal distribution, for an interval that holds the true figure in 95 of 100 samples.
Z95 = 1.959963984540054
#: With fewer contributions than this nothing is said: "not measured".
FEWEST = 30


@dataclass(frozen=True)
class Measured:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """What a blind check found; a figure that cannot be formed is None."""

    contributions: int
    kappa: Measured | None
    f1: Measured | None


@dataclass(frozen=True)
class _Table:
    """How often both gave a theme, only the first, only the second, neither."""

    both: int = 0
    first: int = 0
    second: int = 0
    neither: int = 0

    def __add__(self, other: "_Table") -> "_Table":
        return _Table(
            self.both + other.both,
            self.first + other.first,
            self.second + other.second,
            self.neither + other.neither,
        )

    def __sub__(self, other: "_Table") -> "_Table":
        return self + _Table(-other.both, -other.first, -other.second, -other.neither)


Coded = tuple[Collection[str], Collection[str]]


def agreement(sample: Sequence[Coded], themes: Collection[str]) -> Agreement:
    """How far two people agree about the contributions of a sample.

    `sample` holds for each contribution the themes the first and the second person gave it, `themes` all they could
    give. Both figures are None for fewer than `FEWEST` contributions; kappa also where chance alone explains all (one
    answer was given throughout), F1 where nobody gave any theme. Raises ValueError for a theme that is not in `themes`.
    """
    possible = set(themes)
    tables = [_table(set(first), set(second), possible) for first, second in sample]
    if len(tables) < FEWEST:
        return Agreement(len(tables), None, None)
    return Agreement(len(tables), _measured(tables, kappa, -1), _measured(tables, f1, 0))


def _table(first: set[str], second: set[str], possible: set[str]) -> _Table:
    if unknown := (first | second) - possible:
        raise ValueError(f"not in the codebook: {', '.join(sorted(unknown))}")
    both = len(first & second)
    return _Table(both, len(first) - both, len(second) - both, len(possible) - len(first | second))


def f1(table: _Table) -> Fraction | None:
    """Twice the themes both gave, over all that either gave."""
    given = 2 * table.both + table.first + table.second
    return Fraction(2 * table.both, given) if given else None


def kappa(table: _Table) -> Fraction | None:
    """The share of equal answers over what chance would give."""
    answers = table.both + table.first + table.second + table.neither
    if not answers:
        return None
    by_first, by_second = table.both + table.first, table.both + table.second
    chance = Fraction(by_first * by_second + (answers - by_first) * (answers - by_second), answers * answers)
    if chance == 1:
        return None
    return (Fraction(table.both + table.neither, answers) - chance) / (1 - chance)


def _measured(tables: Sequence[_Table], figure: Callable[[_Table], Fraction | None], least: int) -> Measured | None:
    whole = _Table()
    for table in tables:
        whole += table
    value = figure(whole)
    without = [figure(whole - table) for table in tables]
    if value is None or any(one is None for one in without):
        return None
    known = [one for one in without if one is not None]
    number, mean = len(known), sum(known) / len(known)
    error = sqrt(Fraction(number - 1, number) * sum((one - mean) ** 2 for one in known))
    low, high = float(value) - Z95 * error, float(value) + Z95 * error
    return Measured(float(value), max(float(least), low), min(1.0, high))
