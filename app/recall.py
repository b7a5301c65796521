"""How well proposals that are alike are found: `./run recall`, on a labelled set kept with the tests.

The set was written before the method was: titles as citizens of an Indonesian district and of an English one write
them, and for some of them how somebody else would put the same. Each counts as found when the right title is among
the first five. Plain trigrams, as `similarity` of PostgreSQL's pg_trgm counts them, see the same titles.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlmodel import Session

from app.consultations.models import Consultation
from app.core import clock, db, migrating, words
from app.core.access import OPERATOR
from app.finding import queries as finding
from app.offices.models import Office
from app.proposals.actions import writing
from app.proposals.forms import ProposalForm
from app.rules.ranking import trigrams

SET = Path(__file__).resolve().parent.parent / "tests" / "finding"
FIRST = 5
DRAWS = 2000


@dataclass(frozen=True)
class Title:
    """A title of the set."""

    name: str
    lang: str
    text: str


@dataclass(frozen=True)
class Query:
    """The same matter in other words, and the title it is about."""

    lang: str
    right: str
    text: str


@dataclass(frozen=True)
class Score:
    """At which place each right title was found, 0 where it was not among the first five."""

    places: tuple[int, ...]

    def within(self, most: int) -> list[bool]:
        """Of each query whether its title is among so many."""
        return [0 < place <= most for place in self.places]


def titles() -> list[Title]:
    """All titles of the set."""
    return [Title(*line.split("\t")) for line in (SET / "titles.tsv").read_text("utf-8").splitlines()]


def queries() -> list[Query]:
    """All queries of the set."""
    return [Query(*line.split("\t")) for line in (SET / "queries.tsv").read_text("utf-8").splitlines()]


@contextmanager
def _town(all_titles: Sequence[Title]) -> Iterator[tuple[int, dict[str, str]]]:
    """A database of its own with a consultation that has these proposals; gives it and the names by code."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/recall.db"
        migrating.migrate(address)
        db.open_database(address)
        try:
            yield db.write_now(_fill, all_titles)
        finally:
            db.close_database()


def _fill(session: Session, all_titles: Sequence[Title]) -> tuple[int, dict[str, str]]:
    office = Office(slug="recall", name="Recall")
    session.add(office)
    session.flush()
    assert office.id is not None
    now = clock.now()
    row = Consultation(slug="recall", office_id=office.id, title="Recall?", summary="", created_at=now, opened_at=now)
    session.add(row)
    session.flush()
    assert row.id is not None
    names = {}
    for title in all_titles:
        form = ProposalForm.model_construct(title=title.text, body="")
        receipt = writing.enter(session, OPERATOR, row.id, form, now, lang=title.lang)
        names[receipt.code] = title.name
    return row.id, names


def ours() -> Score:
    """What the product finds, through its own index."""
    with _town(titles()) as (consultation, names), db.reading() as session:
        return _score(lambda text: [names[it.code] for it in finding.alike(session, consultation, text, "")])


def plain() -> Score:
    """What trigrams of words find: those both have, of all that one of them has."""
    letters = {title.name: _letters(title.text) for title in titles()}

    def first(text: str) -> list[str]:
        own = _letters(text)
        return sorted(letters, key=lambda name: -len(own & letters[name]) / len(own | letters[name]))[:FIRST]

    return _score(first)


def _letters(text: str) -> frozenset[str]:
    return frozenset(part for word in words.words(text) for part in trigrams(word))


def _score(find: Callable[[str], list[str]]) -> Score:
    places = []
    for query in queries():
        found = find(query.text)[:FIRST]
        places.append(found.index(query.right) + 1 if query.right in found else 0)
    return Score(tuple(places))


def share(found: Sequence[bool]) -> float:
    """How many of all."""
    return sum(found) / len(found)


def interval(one: Sequence[bool], other: Sequence[bool] | None = None) -> tuple[float, float]:
    """Between what 95 of 100 shares lie if the queries are drawn again, or differences of shares of the same ones."""
    random = Random("recall")  # noqa: S311 - the same draws every time, nothing secret
    differences = [a - b for a, b in zip(one, other or [False] * len(one), strict=True)]
    drawn = sorted(sum(random.choices(differences, k=len(differences))) / len(differences) for _ in range(DRAWS))
    return drawn[DRAWS * 25 // 1000], drawn[DRAWS * 975 // 1000]


def report() -> str:
    """The figures as they are printed."""
    mine, theirs = ours(), plain()
    lines = [
        f"{len(titles())} titles, {len(queries())} queries in other words; 95 % intervals from {DRAWS} draws",
        f"{'':<12}{'among the first 5':<26}{'the first':<26}",
    ]
    for name, score in (("stems", mine), ("trigrams", theirs)):
        told = (f"{share(score.within(n)):.3f}  {_spelled(*interval(score.within(n)))}" for n in (FIRST, 1))
        lines.append(f"{name:<12}" + "".join(f"{one:<26}" for one in told))
    pairs = [(mine.within(n), theirs.within(n)) for n in (FIRST, 1)]
    told = (f"{share(one) - share(other):+.3f} {_spelled(*interval(one, other))}" for one, other in pairs)
    return "\n".join([*lines, f"{'difference':<12}" + "".join(f"{one:<26}" for one in told)])


def _spelled(low: float, high: float) -> str:
    return f"({low:.3f} to {high:.3f})"
