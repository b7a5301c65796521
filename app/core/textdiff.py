"""What changed between two versions of a public text, word by word, for everyone to see.

Paragraphs are matched first (equal ones, then those that are alike); inside matched paragraphs words are
compared. A numbered line of a regulation (BAB, Pasal, ayat, letter, heading, list item) is a paragraph of its
own, so that an inserted ayat does not blur its neighbours. Line breaks and spaces do not count as changes.
The work is bounded for any two texts; kept and removed words together are exactly the words of the old text,
kept and added ones exactly those of the new.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from rapidfuzz.distance import Indel

Kind = Literal["same", "ins", "del"]

MAX_CHARACTERS = 200_000
"""Texts up to this length are compared; of a longer one all is shown as removed and added."""

MAX_PARAGRAPHS = 1_000
"""Paragraphs matched one by one; what follows in a longer text counts as one paragraph."""

_ALIKE = 0.4
_MATCHED_AT_ONCE = 100
_PAIRS_BY_DIFFLIB = 40_000
_MAX_PAIRS = 400_000_000
_NUMBERED = re.compile(
    r"\s*(?:(?:BAB|Bagian|Paragraf|Pasal|Ayat|Chapter|Section|Article)\s+\w"
    r"|\(\w{1,4}\)\s|\w{1,3}[.)]\s|[-*+•–]\s|#{1,6}\s)",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\s*(?:(?:BAB|Bagian|Paragraf|Pasal|Ayat|Chapter|Section|Article)\s+\w+\.?|#{1,6}\s.*)", re.IGNORECASE
)
_WORD = re.compile(r"(?:\w+(?:[-'’./]\w+)*|[^\w\s])\s*")


@dataclass(frozen=True)
class Segment:
    """Words in a row that were kept ("same"), added ("ins") or removed ("del")."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the comparison; where words were replaced, the removed ones come first."""

    segments: tuple[Segment, ...]

    @property
    def changed(self) -> bool:
        """Whether any word of the paragraph was added or removed."""
        return any(segment.kind != "same" for segment in self.segments)


@dataclass(frozen=True)
class Comparison:
    """A whole comparison, in reading order."""

    paragraphs: tuple[Paragraph, ...]

    @property
    def changed(self) -> bool:
        """Whether the two texts differ in a word or a mark."""
        return any(paragraph.changed for paragraph in self.paragraphs)


@dataclass(frozen=True)
class _Words:
    """A paragraph as words, and the same as a string with one character for each different word."""

    words: tuple[str, ...]
    coded: str


def compare(old: str, new: str) -> Comparison:
    """Compare two versions of a text, word by word."""
    if max(len(old), len(new)) > MAX_CHARACTERS and old != new:
        return Comparison((Paragraph((Segment("del", old),)), Paragraph((Segment("ins", new),))))
    codes: dict[str, str] = {}
    before = [_words(paragraph, codes) for paragraph in split_paragraphs(old)]
    after = [_words(paragraph, codes) for paragraph in split_paragraphs(new)]
    return Comparison(tuple(Paragraph(segments) for segments in _compare_paragraphs(before, after)))


def split_paragraphs(text: str) -> list[str]:
    """Cut a text at blank lines, before numbered lines and after titles such as "Pasal 5"."""
    paragraphs: list[list[str]] = []
    begins = True
    for line in map(str.rstrip, text.splitlines()):
        if line and (begins or _NUMBERED.match(line)) and len(paragraphs) < MAX_PARAGRAPHS:
            paragraphs.append([])
        if line:
            paragraphs[-1].append(line)
        begins = not line or _TITLE.fullmatch(line) is not None
    return ["\n".join(lines).lstrip() for lines in paragraphs]


def _words(paragraph: str, codes: dict[str, str]) -> _Words:
    words = tuple(_WORD.findall(paragraph))
    coded = (codes.setdefault(word.rstrip(), chr(0xE000 + len(codes))) for word in words)
    return _Words(words, "".join(coded))


def _compare_paragraphs(old: Sequence[_Words], new: Sequence[_Words]) -> Iterator[tuple[Segment, ...]]:
    edits = Indel.opcodes([paragraph.coded for paragraph in old], [paragraph.coded for paragraph in new])
    gap_old, gap_new = 0, 0
    for edit in edits:
        if edit.tag != "equal":
            continue
        yield from _compare_gap(old[gap_old : edit.src_start], new[gap_new : edit.dest_start])
        for paragraph in new[edit.dest_start : edit.dest_end]:
            yield (Segment("same", "".join(paragraph.words)),)
        gap_old, gap_new = edit.src_end, edit.dest_end
    yield from _compare_gap(old[gap_old:], new[gap_new:])


def _compare_gap(old: Sequence[_Words], new: Sequence[_Words]) -> Iterator[tuple[Segment, ...]]:
    """Compare paragraphs between two equal ones; a long row of them piece by piece."""
    pieces = -(-max(len(old), len(new)) // _MATCHED_AT_ONCE)
    for piece in range(pieces):
        some_old = old[len(old) * piece // pieces : len(old) * (piece + 1) // pieces]
        some_new = new[len(new) * piece // pieces : len(new) * (piece + 1) // pieces]
        next_old, next_new = 0, 0
        for at_old, at_new in [*_alike(some_old, some_new), (len(some_old), len(some_new))]:
            yield from ((Segment("del", "".join(gone.words)),) for gone in some_old[next_old:at_old])
            yield from ((Segment("ins", "".join(come.words)),) for come in some_new[next_new:at_new])
            if at_old < len(some_old):
                yield tuple(_compare_words(some_old[at_old], some_new[at_new]))
            next_old, next_new = at_old + 1, at_new + 1


def _alike(old: Sequence[_Words], new: Sequence[_Words]) -> list[tuple[int, int]]:
    """Match paragraphs in order so that the matched ones have as much in common as possible."""
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[Indel.normalized_similarity(one.coded, other.coded, score_cutoff=_ALIKE) for other in new] for one in old]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            matched = alike[i][j] + best[i + 1][j + 1] if alike[i][j] else 0.0
            best[i][j] = max(matched, best[i + 1][j], best[i][j + 1])
    matches: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            matches.append((i, j))
            i, j = i + 1, j + 1
    return matches


def _compare_words(old: _Words, new: _Words) -> Iterator[Segment]:
    """Keep what both have in common, but no lone marks between two changes: they would only break them up."""
    gone: list[str] = []
    come: list[str] = []
    space = ""
    for old_part, new_part in _word_edits(old.coded, new.coded):
        removed, added = old.words[old_part], new.words[new_part]
        kept = added and old.coded[old_part] == new.coded[new_part]
        lone = kept and (gone or come) and new_part.stop < len(new.words) and not _says_something(added)
        if kept and not lone:
            yield from _change(gone, come, space)
            yield Segment("same", "".join(added))
            gone, come = [], []
            space = " " if removed[-1][-1].isspace() and not added[-1][-1].isspace() else ""
        else:
            gone += removed
            come += added
    yield from _change(gone, come, space)


def _says_something(words: Iterable[str]) -> bool:
    return any(character.isalnum() for word in words for character in word)


def _change(gone: Sequence[str], come: Sequence[str], space: str) -> Iterator[Segment]:
    """Removed and added words; `space` parts the removed ones from a kept word that has lost its space."""
    if gone:
        yield Segment("del", space + "".join(gone))
    if come:
        yield Segment("ins", "".join(come))


def _word_edits(old: str, new: str) -> Iterator[tuple[slice, slice]]:
    """Cut two coded paragraphs into parts that are equal or replace each other.

    Short ones go to difflib, whose longer runs read better; long ones to a faster search; where even that
    would take too long, only what both begin and end with is kept.
    """
    if len(old) * len(new) <= _PAIRS_BY_DIFFLIB:
        for _, *ends in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield slice(*ends[:2]), slice(*ends[2:])
    elif len(old) * len(new) <= _MAX_PAIRS:
        for edit in Indel.opcodes(old, new):
            yield slice(edit.src_start, edit.src_end), slice(edit.dest_start, edit.dest_end)
    else:
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        middle_old, middle_new = len(old) - tail, len(new) - tail
        yield slice(0, head), slice(0, head)
        yield slice(head, middle_old), slice(head, middle_new)
        yield slice(middle_old, len(old)), slice(middle_new, len(new))


def _common(old: str, new: str) -> int:
    """How many characters two strings have in common at their beginning."""
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
