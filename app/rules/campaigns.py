"""Which texts are copies of one another, and what their senders added of their own.

A campaign hands out a text and many people send it, some with a word changed, some with a paragraph of their own. It
is one argument with so many signatures, and what was added is read by itself; nothing is hidden, nothing counts twice.

Every text is taken apart into runs of `RUN` words (shingling, Broder 1997), upper case, marks and accents aside. Two
texts are near-identical when at least `SHARED` of the runs of the shorter one stand in the other: of a text in which
every twentieth word was changed about 85 in 100 are left, of two such copies about 73. Short texts are left alone, for
two people who both write "I agree, build the road" have not copied from each other.

Texts are taken in the order given, the earliest first. Each joins the group whose first text it is most like, or
begins a group of its own, so that the same texts in the same order always give the same groups. A run that more than
`COMMON` first texts have in common is a turn of phrase and tells nothing.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

#: So many words make a run.
RUN = 3
#: Fewer words than this are not compared.
FEWEST_WORDS = 20
#: So much of the shorter text stands in the other.
SHARED = 0.5
#: So many words in a row that are not in the first text are an addition.
ADDED = 8
#: A run that more first texts have is a turn of phrase.
COMMON = 200

Run = tuple[str, ...]


@dataclass(frozen=True)
class Signature:
    """One text of a campaign, with what its sender added, as it was written; nothing for a plain copy."""

    name: int
    added: tuple[str, ...] = ()


@dataclass(frozen=True)
class Campaign:
    """Near-identical texts: the earliest and those that came after it, in their order."""

    first: int
    signatures: tuple[Signature, ...]

    @property
    def size(self) -> int:
        """How many signed."""
        return len(self.signatures)

    @property
    def with_additions(self) -> int:
        """How many of them added something of their own."""
        return sum(1 for it in self.signatures if it.added)


def campaigns(texts: Mapping[int, str]) -> tuple[Campaign, ...]:
    """The groups of at least two near-identical texts, in the order of their first; names are row numbers.

    `texts` is in the order in which they were received. A text belongs to one group at most.
    """
    firsts: dict[Run, list[int]] = {}
    runs_of: dict[int, set[Run]] = {}
    members: dict[int, list[Signature]] = {}
    for name, text in texts.items():
        words = words_of(text)
        if len(words) < FEWEST_WORDS:
            continue
        runs = set(_runs([plain for plain, _, _ in words]))
        first = _nearest(runs, firsts, runs_of)
        if first is not None:
            members[first].append(Signature(name, _additions(text, words, runs_of[first])))
            continue
        members[name], runs_of[name] = [Signature(name)], runs
        for run in runs:
            firsts.setdefault(run, []).append(name)
    return tuple(Campaign(first, tuple(some)) for first, some in members.items() if len(some) > 1)


def words_of(text: str) -> list[tuple[str, int, int]]:
    """The words of a text for comparing, each with where it begins and ends in the text."""
    found: list[tuple[str, int, int]] = []
    for is_word, part in groupby(enumerate(text), key=lambda it: it[1].isalnum() or unicodedata.combining(it[1]) > 0):
        places = list(part)
        if is_word:
            begin, end = places[0][0], places[-1][0] + 1
            found.append((_plain(text[begin:end]), begin, end))
    return found


def _plain(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word).casefold()
    return "".join(character for character in apart if not unicodedata.combining(character))


def _runs(words: list[str]) -> Iterable[Run]:
    return (tuple(words[place : place + RUN]) for place in range(len(words) - RUN + 1))


def _nearest(runs: set[Run], firsts: Mapping[Run, list[int]], runs_of: Mapping[int, set[Run]]) -> int | None:
    """The first text most like these runs, the earliest of equal ones, if one is near enough."""
    shared: Counter[int] = Counter()
    for run in runs:
        known = firsts.get(run, ())
        if len(known) <= COMMON:
            shared.update(known)
    near = [
        (-number / min(len(runs), len(runs_of[first])), order, first)
        for order, (first, number) in enumerate(sorted(shared.items()))
        if number >= SHARED * min(len(runs), len(runs_of[first]))
    ]
    return min(near)[2] if near else None


def _additions(text: str, words: list[tuple[str, int, int]], known: set[Run]) -> tuple[str, ...]:
    """What stands in a text in a row of at least `ADDED` words of which none is in a run of the first text."""
    plain = [word for word, _, _ in words]
    old = [False] * len(words)
    for place, run in enumerate(_runs(plain)):
        if run in known:
            old[place : place + RUN] = [True] * RUN
    found: list[str] = []
    for is_old, part in groupby(range(len(words)), key=lambda place: old[place]):
        places = list(part)
        if not is_old and len(places) >= ADDED:
            found.append(text[words[places[0]][1] : words[places[-1]][2]])
    return tuple(found)
