"""What the checker of questions finds and misses: `./run questions`, on a labelled set kept with the tests.

Precision and recall, each with its Wilson interval. The sets were written and labelled before the checker. `develop`
was used to correct it, `held_out` never was. But the same hands wrote both and the checker, so that the figures are at
the upper end: they tell whether the checker gets worse, and little of how it does with the questions of strangers.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from app.rules.questions import KINDS, lint

SETS = ("develop", "held_out")
_FOLDER = Path(__file__).resolve().parent.parent / "tests" / "rules" / "questions"
_Z = 1.959963984540054  # 95 percent


@dataclass(frozen=True)
class Labelled:
    """A question with what it should be flagged for."""

    lang: str
    question: str
    flags: frozenset[str]


@dataclass(frozen=True)
class Score:
    """How many flags were right, wrong and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> tuple[float, float, float]:
        """The share of the flags raised that are right, with its interval."""
        return wilson(self.right, self.right + self.wrong)

    @property
    def recall(self) -> tuple[float, float, float]:
        """The share of the labels that were found, with its interval."""
        return wilson(self.right, self.right + self.missed)


def wilson(part: int, whole: int) -> tuple[float, float, float]:
    """A share with Wilson's interval of 95 percent (Wilson 1927); 0 to 1 where nothing was asked."""
    if whole == 0:
        return 0.0, 0.0, 1.0
    share = part / whole
    middle = (share + _Z**2 / (2 * whole)) / (1 + _Z**2 / whole)
    half = _Z / (1 + _Z**2 / whole) * sqrt(share * (1 - share) / whole + _Z**2 / (4 * whole**2))
    return share, max(0.0, middle - half), min(1.0, middle + half)


def labelled(name: str) -> list[Labelled]:
    """The questions of a set."""
    rows = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return [Labelled(row["lang"], row["question"], frozenset(row["flags"])) for row in rows]


def score(questions: list[Labelled], kinds: tuple[str, ...] = KINDS) -> Score:
    """How the checker does on some questions, for some kinds together."""
    right = wrong = missed = 0
    for one in questions:
        found = {flag.kind for flag in lint(one.question, one.lang)} & set(kinds)
        wanted = one.flags & set(kinds)
        right, wrong, missed = right + len(found & wanted), wrong + len(found - wanted), missed + len(wanted - found)
    return Score(right, wrong, missed)


def lines() -> Iterator[str]:
    """The figures as a table in plain text."""
    for name in SETS:
        some = labelled(name)
        clean = [one for one in some if not one.flags]
        quiet = sum(not lint(one.question, one.lang) for one in clean)
        yield f"{name}: {len(some)} questions, {len(clean)} without a fault, {quiet} of those not flagged"
        yield f"{'':14}{'precision':>28}{'recall':>28}"
        for kind in (*KINDS, "all"):
            found = score(some, KINDS if kind == "all" else (kind,))
            raised, wanted = found.right + found.wrong, found.right + found.missed
            yield f"{kind:14}{_shown(found.precision, raised)}{_shown(found.recall, wanted)}"


def _shown(measured: tuple[float, float, float], whole: int) -> str:
    share, low, high = measured
    return f"{share:9.2f} [{low:.2f}, {high:.2f}] of {whole:<4}"
