"""Which words stand for a theme: chosen by a rule that anyone can repeat, never by hand.

Of all passages that carry a theme at most `DRAWN` are drawn by chance, with a seed that is published (`sampling`). Of
copies of one text (`campaigns`) only the one drawn first stands.
How alike two passages are is the share of their words that both have (Jaccard), words of at least `LONG` letters, in
millionths rounded down. *Typical* is the one that is most alike all others drawn, *unlike* the one that is least so.
*Against* is the typical one among passages of comments whose authors marked them "against", on a proposal that carries
the theme, and that do not carry it themselves. Passages with the same words count once; of equal ones the one drawn
first stands.
"""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import combinations, islice

from app.rules.sampling import sample

#: So many passages of a theme are compared with one another at most.
DRAWN = 50
#: Shorter words say little of what a passage is about.
LONG = 4
#: With fewer different passages none is called unlike the others.
FEWEST = 3
_WORD = re.compile(rf"[^\W_]{{{LONG},}}")


@dataclass(frozen=True)
class Chosen:
    """The names of passages that stand for a theme, where there are any."""

    typical: str | None = None
    against: str | None = None
    unlike: str | None = None


def drawn(seed: str, arguments: Mapping[str, Hashable]) -> tuple[str, ...]:
    """The passages that are compared, by the codes of their contributions, in the order in which they are drawn.

    `arguments` says of each which argument it is: the same for all copies of one text.
    """
    first: dict[Hashable, str] = {}
    for code in sample(seed, arguments, len(arguments)):
        first.setdefault(arguments[code], code)
    return tuple(islice(first.values(), DRAWN))


def chosen(carrying: Mapping[str, str], against: Mapping[str, str]) -> Chosen:
    """Who speaks for a theme: passages that carry it, and passages against it, each in the order they were drawn.

    Where somebody spoke against it, that is what differs; else it is the passage unlike the others.
    """
    order, contrary = ranked(carrying), ranked(against)
    return Chosen(
        order[0] if order else None,
        contrary[0] if contrary else None,
        order[-1] if not contrary and len(order) >= FEWEST else None,
    )


def ranked(passages: Mapping[str, str]) -> tuple[str, ...]:
    """The names of passages, the one most alike all others first; without those that have no words, or the same."""
    known: dict[frozenset[str], str] = {}
    for name, text in passages.items():
        if words := frozenset(_WORD.findall(text.casefold())):
            known.setdefault(words, name)
    alike = dict.fromkeys(known.values(), 0)
    for (words, name), (others, other) in combinations(known.items(), 2):
        both = len(words & others)
        share = both * 1_000_000 // (len(words) + len(others) - both)
        alike[name] += share
        alike[other] += share
    return tuple(sorted(alike, key=lambda name: -alike[name]))
