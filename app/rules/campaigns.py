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
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from app.rules import quoting
from app.rules.quoting import Passage

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

#: A text with more words is held against another word by word no longer: the counterpart of a quote must be exact.
MOST_WORDS = 3000
#: Of a passage so much must stand in a copy, among at most so many times its words.
KEPT, WIDENED = 0.5, 2

#: A run is known by its hash: what it says is not asked, only where it comes again.
Run = int
#: Runs are told apart in so many parts, one after the other, so that few are held at a time.
PARTS = 64


@dataclass(frozen=True)
class Signature:
    """One text of a campaign, with where its sender added something; nowhere for a plain copy."""

    name: int
    added: tuple[Passage, ...] = ()


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
    repeated = _repeated(texts.values())
    firsts: dict[Run, list[int]] = {}
    sizes: dict[int, int] = {}
    known: dict[int, frozenset[Run]] = {}
    members: dict[int, list[Signature]] = {}
    for name, text in texts.items():
        words = words_of(text)
        if len(words) < FEWEST_WORDS:
            continue
        every = set(_runs([plain for plain, _, _ in words]))
        runs = every & repeated
        first = _nearest(runs, len(every), firsts, sizes)
        if first is not None:
            if first not in known:
                known[first] = frozenset(_runs([plain for plain, _, _ in words_of(texts[first])]))
            members[first].append(Signature(name, _additions(words, known[first])))
            continue
        members[name], sizes[name] = [Signature(name)], len(every)
        for run in runs:
            firsts.setdefault(run, []).append(name)
    return tuple(Campaign(first, tuple(some)) for first, some in members.items() if len(some) > 1)


def long_enough(text: str) -> bool:
    """Whether a text is compared at all."""
    return len(words_of(text)) >= FEWEST_WORDS


def counterpart(common: str, passage: Passage, copy: str) -> Passage | None:
    """The passage of a copy that stands for a passage of the common text, in the copy's own words.

    The same words where they stand there; else from the first word both have in common to the last one. None where
    less than half of the passage is in the copy, or where its words are scattered over a much longer piece: such a
    copy does not carry the argument like that and is read by itself.
    """
    same = quoting.find(copy, passage.of(common))
    if same is not None:
        return same
    there, here = words_of(common), words_of(copy)
    if max(len(there), len(here)) > MOST_WORDS:
        return None
    asked = [at for at, (_, begins, ends) in enumerate(there) if begins < passage.ends and passage.begins < ends]
    matcher = SequenceMatcher(None, [it[0] for it in there], [it[0] for it in here], autojunk=False)
    pairs = {block.a + at: block.b + at for block in matcher.get_matching_blocks() for at in range(block.size)}
    kept = [pairs[at] for at in asked if at in pairs]
    if not kept or len(kept) < KEPT * len(asked) or kept[-1] - kept[0] >= WIDENED * len(asked):
        return None
    begins, ends = here[kept[0]][1], here[kept[-1]][2]
    closing = next((at for at in range(ends, len(copy)) if copy[at] not in ".!?…,;:\"'”’)"), len(copy))
    return Passage(begins, closing)


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
    return (hash(tuple(words[place : place + RUN])) for place in range(len(words) - RUN + 1))


def _repeated(texts: Iterable[str]) -> frozenset[Run]:
    """The runs that stand in more than one text; most stand in one alone, and need not be kept."""
    parts = [array("q") for _ in range(PARTS)]
    for text in texts:
        for run in set(_runs([plain for plain, _, _ in words_of(text)])):
            parts[run % PARTS].append(run)
    found: set[Run] = set()
    for part in parts:
        once: set[Run] = set()
        for run in part:
            (found if run in once else once).add(run)
    return frozenset(found)


def _nearest(runs: set[Run], size: int, firsts: Mapping[Run, list[int]], sizes: Mapping[int, int]) -> int | None:
    """The first text most like these runs, the earliest of equal ones, if one is near enough."""
    shared: Counter[int] = Counter()
    for run in runs:
        known = firsts.get(run, ())
        if len(known) <= COMMON:
            shared.update(known)
    near = [
        (-number / min(size, sizes[first]), order, first)
        for order, (first, number) in enumerate(sorted(shared.items()))
        if number >= SHARED * min(size, sizes[first])
    ]
    return min(near)[2] if near else None


def _additions(words: list[tuple[str, int, int]], known: frozenset[Run]) -> tuple[Passage, ...]:
    """Where a text has a row of at least `ADDED` words of which none is in a run of the first text."""
    old = [False] * len(words)
    for place, run in enumerate(_runs([plain for plain, _, _ in words])):
        if run in known:
            old[place : place + RUN] = [True] * RUN
    found: list[Passage] = []
    for is_old, part in groupby(range(len(words)), key=lambda place: old[place]):
        places = list(part)
        if not is_old and len(places) >= ADDED:
            found.append(Passage(words[places[0]][1], words[places[-1]][2]))
    return tuple(found)
