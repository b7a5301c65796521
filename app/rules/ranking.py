"""In which order what was found is shown, and how alike two proposals are.

Nothing here knows who wrote a text, how many support it or who reads it: the order follows from the words alone,
so that two people who look for the same see the same, and nobody can buy or vote a place.

The order of a search. Each word looked for has a weight: the rarer it is, the more it says. A text gets the whole
weight of a word that stands in its title and a third of that of a word further down. What has more of the words,
by weight, comes first; what has less than half of the weight is not shown. Of equal ones the newest comes first.

Likeness of two titles. Words that both have count by their weight, against all words of both; a word that has no
equal counts in part where the other has one that is spelled nearly alike. A small part comes from the letters of
the whole titles, three at a time, which forgives a word written apart or a slip of the finger.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log, sqrt

#: What a word in the text is worth against one in the title.
IN_TEXT = 1 / 3
#: Less than this share of the weight of the words looked for is not an answer.
ENOUGH = 0.5
#: Spelled nearly alike: at least so much of the letters, and then worth this much of a real match.
NEARLY, WORTH = 0.5, 0.8
#: The part that the letters of the whole title have in the likeness.
LETTERS = 0.25
#: Less alike than this is not shown as similar.
ALIKE = 0.16


def weight(texts: int, having: int) -> float:
    """What a word says that stands in `having` of all `texts`: the rarer, the more."""
    return log(1 + max(1, texts) / max(1, having))


def relevance(weights: Sequence[float], in_title: Sequence[bool], in_text: Sequence[bool]) -> int:
    """The place of one text in a search, the higher the earlier, in thousandths of the weight looked for.

    One entry for each word looked for; 0 where the text has too little of it to be an answer.
    """
    whole = sum(weights)
    found = sum(w for w, title, text in zip(weights, in_title, in_text, strict=True) if title or text)
    if whole <= 0 or found < whole * ENOUGH:
        return 0
    worth = sum(
        w * (1 if title else IN_TEXT)
        for w, title, text in zip(weights, in_title, in_text, strict=True)
        if title or text
    )
    return max(1, round(1000 * (found + worth) / (2 * whole)))


@dataclass(frozen=True)
class Wanted:
    """The words of a new title: the stems each may have, and its weight."""

    stems: tuple[tuple[str, ...], ...]
    weights: tuple[float, ...]

    @cached_property
    def letters(self) -> frozenset[str]:
        """The letters of the whole title, three at a time."""
        return trigrams("".join(each[0] for each in self.stems))


@lru_cache(maxsize=4096)
def trigrams(text: str) -> frozenset[str]:
    """The letters of a text, three at a time, with its beginning and end."""
    padded = f"  {text} "
    return frozenset(padded[n : n + 3] for n in range(len(padded) - 2))


def similar(one: Collection[str], other: Collection[str]) -> float:
    """How much two sets have in common: 1 for the same, 0 for nothing."""
    shared = len(frozenset(one) & frozenset(other))
    return 2 * shared / (len(one) + len(other)) if shared else 0.0


@dataclass(frozen=True)
class Compared:
    """What a new title and an existing one have in common: the weight of equal words, and the words left over."""

    shared: float
    against: float
    missed: tuple[tuple[str, float], ...]
    left: tuple[str, ...]

    @property
    def words(self) -> float:
        """The words both have, against all words of both."""
        return min(1.0, self.shared / self.against) if self.against else 0.0


def compared(wanted: Wanted, title: Sequence[str], known: Mapping[str, float]) -> Compared:
    """Hold an existing title against a new one word by word; `known` has the weight of stems that are known."""
    if not wanted.stems or not title:
        return Compared(0.0, 0.0, (), ())
    usual = sum(wanted.weights) / len(wanted.weights)
    left = dict.fromkeys(title)
    shared, missed = 0.0, []
    for each, w in zip(wanted.stems, wanted.weights, strict=True):
        if (same := next((stem for stem in each if stem in left), None)) is not None:
            del left[same]
            shared += w
        else:
            missed.append((each[0], w))
    theirs = sum(known.get(stem, usual) for stem in title)
    return Compared(shared, sqrt(sum(wanted.weights) * theirs), tuple(missed), tuple(left))


def likeness(wanted: Wanted, title: Sequence[str], known: Mapping[str, float]) -> float:
    """How alike a new title and an existing one are, from 0 to 1."""
    return _alike(wanted, title, compared(wanted, title, known))


def _alike(wanted: Wanted, title: Sequence[str], found: Compared) -> float:
    if not found.against:
        return 0.0
    words = (found.shared + _nearly(found.missed, found.left)) / found.against
    return (1 - LETTERS) * min(1.0, words) + LETTERS * similar(wanted.letters, trigrams("".join(title)))


def closest(
    wanted: Wanted, titles: Sequence[Sequence[str]], known: Mapping[str, float], most: int, tried: int = 40
) -> list[tuple[int, float]]:
    """The places of the titles that are most alike, with how alike they are, the first one most.

    Letters are compared only of those that have most words in common.
    """
    found = [(place, compared(wanted, title, known)) for place, title in enumerate(titles)]
    found.sort(key=lambda one: -one[1].words)
    alike = [(place, _alike(wanted, titles[place], one)) for place, one in found[:tried]]
    alike.sort(key=lambda one: -one[1])
    return [one for one in alike[:most] if one[1] >= ALIKE]


def _nearly(missed: Sequence[tuple[str, float]], left: Sequence[str]) -> float:
    """The weight of words that have no equal but one that is spelled nearly alike."""
    worth = 0.0
    spelled = [trigrams(stem) for stem in left if len(stem) > 3]
    for stem, w in missed:
        if len(stem) > 3 and spelled:
            best = max(similar(trigrams(stem), one) for one in spelled)
            worth += w * WORTH * best if best >= NEARLY else 0.0
    return worth
