"""Passages of a text: which sentences it has, and exact quotes of it, so that anybody can check them.

A passage is half open, `[begins, ends)`, counted in characters (code points) of the text as it was committed to, so
that anyone can cut it out again. Sentences are found by their marks and by line breaks; where one ends is a help for
pointing at it and decides nothing.

Source: PRODUCT, promise 4; PUBLIC_LOG ("every quote is an exact substring of its source").
"""

import re
from dataclasses import dataclass

#: A sentence ends with such a mark, what closes it, and a blank; or with the line.
_ENDS = re.compile(r"""(?<![.!?…。！？])[.!?…。！？]++["'”’»)\]]*+(?=\s)|(?<!\n)\n++""")
#: No sentence is shown that is shorter, as "1." or "Pak." is none; it goes on with the next.
SHORTEST = 12
#: So many characters of a text stand before an answer at most.
LONGEST = 240
_BREAKS = (". ", "? ", "! ", "\n")


@dataclass(frozen=True)
class Passage:
    """A piece of a text."""

    begins: int
    ends: int

    def of(self, text: str) -> str:
        """The words themselves."""
        return text[self.begins : self.ends]


def sentences(text: str, most: int = 200) -> tuple[Passage, ...]:
    """The sentences of a text in their order, without the blanks around them; none of a text of blanks.

    Of a text with more than `most` neighbours stand together, so that the number stays within it.
    """
    if most < 1:
        raise ValueError("a text is shown in at least one piece")
    found: list[Passage] = []
    begins = 0
    for end in [*(mark.end() for mark in _ENDS.finditer(text)), len(text)]:
        piece = _without_blanks(text, begins, end)
        if end < len(text) and piece.ends - piece.begins < SHORTEST and "\n" not in text[piece.ends : end]:
            continue
        if piece.ends > piece.begins:
            found.append(piece)
        begins = end
    together = -(-len(found) // most)
    return tuple(
        Passage(found[at].begins, found[min(at + together, len(found)) - 1].ends)
        for at in range(0, len(found), together or 1)
    )


def find(text: str, quote: str) -> Passage | None:
    """Where a quote stands in a text: exactly, else with other blanks between its words; the first place of several.

    None where it does not stand there, and for a quote of blanks.
    """
    exact = quote.strip()
    if not exact:
        return None
    at = text.find(exact)
    if at >= 0:
        return Passage(at, at + len(exact))
    places = [at for at, character in enumerate(text) if not character.isspace() or not text[at - 1 : at].isspace()]
    evened = "".join(" " if text[at].isspace() else text[at] for at in places)
    even = " ".join(exact.split())
    found = evened.find(even)
    return Passage(places[found], places[found + len(even) - 1] + 1) if found >= 0 else None


def covering(pieces: tuple[Passage, ...], chosen: list[int]) -> Passage | None:
    """The passage from the first chosen piece to the last; None where none is chosen or one does not exist."""
    if not chosen or not all(0 <= one < len(pieces) for one in chosen):
        return None
    return Passage(pieces[min(chosen)].begins, pieces[max(chosen)].ends)


def whole(text: str) -> Passage:
    """The text without the blanks around it."""
    return _without_blanks(text, 0, len(text))


def beginning(text: str, most: int = LONGEST) -> str:
    """The beginning of a text as a quote: whole sentences where one ends in time, else whole words.

    Without blanks around it. A single word that is longer is cut: nothing of it could be quoted otherwise.
    """
    text = text.strip()
    if len(text) <= most:
        return text
    head = text[: most + 1]
    end = max(head.rfind(mark) for mark in _BREAKS)
    if end >= most // 3:
        return head[: end + 1].rstrip()
    for place in range(most, 0, -1):
        if head[place].isspace():
            return head[:place].rstrip()
    return head[:most]


def exact(quote: str, source: str) -> bool:
    """Whether a quote says something and stands in its source exactly like that."""
    return bool(quote.strip()) and quote in source


def _without_blanks(text: str, begins: int, ends: int) -> Passage:
    piece = text[begins:ends]
    left = len(piece) - len(piece.lstrip())
    return Passage(begins + left, begins + left + len(piece.strip()))
