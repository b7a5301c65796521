"""Which entries fit a question, and how many have a word: what counting by hand gives, on either database."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from sqlalchemy import bindparam
from sqlmodel import Session

from app.core import clock, db, matching, seeking
from app.core.columns import table
from app.core.indexing import IndexEntry
from app.core.words import Sought
from tests import factories

#: How often each word stands in a text. "tiga" never stands beside "dua", and "jarang" seldom beside anything.
OFTEN = {"satu": 0.9, "dua": 0.5, "empat": 0.3, "lima": 0.12, "jarang": 0.02}
ENTRIES, LIMIT = 400, 10
QUESTIONS = {
    "a very common word": [("satu",)],
    "a rare word": [("jarang",)],
    "a word that nothing has": [("kosong",)],
    "either of two words": [("dua", "lima", "kosong")],
    "the first few fit": [("empat",), ("satu",)],
    "fewer fit, and some more have to be looked at": [("dua",), ("empat",)],
    "few of many fit": [("dua",), ("lima",)],
    "hardly any fit": [("dua",), ("jarang",)],
    "two words that never stand together": [("dua",), ("tiga",)],
    "common words narrowed to few": [("satu",), ("_tjarang",)],
    "two of three": [("dua", "empat"), ("dua", "lima"), ("empat", "lima"), ("_kproposal",)],
    "no word can be the rarest": [("satu",), ("dua",), ("empat",), ("lima",)],
}
e = table(IndexEntry)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So few entries are looked at in one go that each way of finding the rest is taken."""
    monkeypatch.setattr(matching, "SOME", LIMIT)
    monkeypatch.setattr(matching, "MORE", 60)
    monkeypatch.setattr(seeking, "COUNTED", LIMIT)
    caches = (matching.matching, matching.having, seeking._counting)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.fixture
def texts(database: str, few: None) -> dict[int, set[str]]:
    """The stems of each entry, after some have come, changed and gone."""
    consultation = factories.consultation(factories.office())
    random = Random("texts")
    now = clock.now()

    def written(number: int) -> str:
        stems = [word for word, often in OFTEN.items() if random.random() < often]
        stems += ["tiga"] if "dua" not in stems else []
        marks = ["_kproposal", *(["_tjarang"] if number % 50 == 0 else [])]
        return " ".join([*stems, *marks])

    def come(session: Session) -> None:
        same = {"kind": "proposal", "consultation_id": consultation, "at": now, "title": "?"}
        rows = [{"subject_id": n, "stems": written(n), **same} for n in range(ENTRIES)]
        session.connection().execute(e.insert(), rows)

    def change_and_go(session: Session) -> None:
        changed = [{"it": n, "stems": written(n)} for n in range(0, ENTRIES, 3)]
        session.connection().execute(e.update().where(e.c.subject_id == bindparam("it")), changed)
        session.connection().execute(e.update().where(e.c.subject_id % 7 == 0).values(stems="satu tiga _kproposal"))
        session.connection().execute(e.delete().where(e.c.subject_id % 11 == 0))

    db.write_now(come)
    db.write_now(change_and_go)
    with db.reading() as session:
        return {row.id: set(row.stems.split()) for row in session.execute(e.select())}


@pytest.mark.parametrize("turn", [0, 1], ids=["the first word is looked at", "the last word is looked at"])
@pytest.mark.parametrize("asked", QUESTIONS)
def test_the_newest_that_fit_are_found(texts: dict[int, set[str]], asked: str, turn: int) -> None:
    groups: Any = QUESTIONS[asked]
    marks = [group for group in groups if group[0].startswith("_")]
    plain = [group for group in groups if group not in marks][:: -1 if turn else 1]
    fits = [number for number, stems in texts.items() if all(stems.intersection(group) for group in groups)]
    with db.reading() as session:
        dialect = session.get_bind().dialect.name
        values = dict(matching.question(dialect, "it", plain, marks))
        found = session.connection().execute(matching.matching(dialect, "it", LIMIT), values).scalars().all()
    assert list(found) == sorted(fits, reverse=True)[:LIMIT]


def test_a_word_is_counted_as_far_as_it_matters(texts: dict[int, set[str]]) -> None:
    """What changed or went is not counted, and a text with two of the stems is counted once."""
    wanted = [*((word,) for word in (*OFTEN, "tiga")), ("dua", "empat"), ("lima", "jarang", "kosong")]
    with db.reading() as session:
        counted = seeking.counted(session, [Sought(stems[0], stems) for stems in [*wanted, ("kosong",)]])
    newest = max(texts)
    for stems, word in zip(wanted, counted.words, strict=True):
        having = sorted((number for number, has in texts.items() if has.intersection(stems)), reverse=True)
        assert word.stems == stems
        assert word.having == seeking._estimated(min(len(having), LIMIT), having[:LIMIT][-1], newest)
    assert counted.missing == ("kosong",) and counted.texts == newest
