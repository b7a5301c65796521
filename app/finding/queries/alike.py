"""Proposals that are like one somebody is writing."""

from dataclasses import dataclass

from sqlmodel import Session

from app.core import indexing, seeking, words
from app.core.indexing import of_consultation, of_kind
from app.finding.queries.searching import Pieces
from app.rules import ranking

#: So many are shown, and so many are compared to find them.
SHOWN, COMPARED = 5, 200
#: So many words of the title count, and where it has fewer than this the beginning of the text helps.
WORDS, FEW, BEGINNING = 8, 2, 300


@dataclass(frozen=True)
class Alike:
    """A proposal that is like a new one, with the words both have marked."""

    code: str
    title: Pieces
    text: Pieces
    lang: str
    likeness: float

    @property
    def url(self) -> str:
        """Its address."""
        return f"/proposals/{self.code}"


def alike(session: Session, consultation: int, title: str, body: str) -> tuple[Alike, ...]:
    """At most five standing proposals of a consultation that are like this title, the most alike first.

    Three queries, whatever there is. Where the title says next to nothing, the beginning of the text is taken too.
    """
    wanted_words = words.sought(title, WORDS)
    if len(wanted_words) < FEW:
        wanted_words = words.sought(f"{title} {body[:BEGINNING]}", WORDS)
    counted = seeking.counted(session, wanted_words)
    weights = {word.stems: ranking.weight(counted.texts, word.having) for word in counted.words}
    never = ranking.weight(counted.texts, 1)
    wanted = ranking.Wanted(
        tuple(word.stems for word in wanted_words), tuple(weights.get(word.stems, never) for word in wanted_words)
    )
    known = {stem: weight for stems, weight in weights.items() for stem in stems}
    marks = [(of_kind("proposal"),), (of_consultation(consultation),)]
    entries = seeking.candidates(session, counted, marks, most=COMPARED, pairs=True)
    closest = ranking.closest(wanted, [entry.title.split() for entry in entries], known, SHOWN)
    likeness = {entries[place].subject_id: how for place, how in closest}
    stems = frozenset(stem for word in wanted_words for stem in word.stems)
    rows = {row.id: row for row in indexing.read(session, "proposal", list(likeness))}
    return tuple(
        Alike(
            code=row.place,
            title=words.marked(row.title, row.lang, stems),
            text=words.marked(words.around(row.text, row.lang, stems, 160), row.lang, stems),
            lang=row.lang,
            likeness=how,
        )
        for number, how in likeness.items()
        if (row := rows.get(number)) is not None
    )
