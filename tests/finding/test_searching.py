"""What a search finds, in which order, and what it never gives away."""

import json
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlmodel import Session

from app.core import clock, db, i18n, indexing, seeking, words
from app.core.columns import table
from app.core.indexing import IndexEntry
from app.finding import queries
from app.finding.queries import Narrowing
from app.moderation import actions as moderation
from app.proposals import actions as proposals
from app.proposals.forms import ProposalForm
from app.rules import ranking
from tests import factories
from tests.finding.conftest import Town, answered, decided


def found(q: str, **narrowing: Any) -> list[str]:
    """The addresses a search gives, in its order."""
    with db.reading() as session:
        return [it.url for it in queries.search(session, q, Narrowing(**narrowing)).items]


def url(proposal: int) -> str:
    return f"/proposals/{factories.code(proposal)}"


def test_other_forms_of_the_words_are_found(town: Town) -> None:
    assert found("memperbaiki jalanan")[0] == url(town.road)
    assert found("PERBAIKI  jalan!")[0] == url(town.road)
    assert found("sumurnya dibor") == [url(town.well)]


def test_english_texts_are_found_by_their_own_stems(town: Town) -> None:
    bridge = factories.proposal(town.roads, title="Repairing the bridges", body="They are rusting away.", lang="en")
    assert found("bridge repairs") == [url(bridge)]
    assert found("rusted") == [url(bridge)]


def test_each_kind_is_found(town: Town) -> None:
    number = answered(town, town.road, "Pengaspalan dimulai bulan depan.")
    decided(town.water, decided="Tandon dibangun di balai desa.", other=json.dumps({"decided": "A tank is built."}))
    assert number and found("diaspal", kind="answer") == [url(town.road)]
    assert found("tandon") == ["/decisions/K-2026-007"] == found("tanks")
    assert "/consultations/jalan" in found("roads first") and "/consultations/jalan" in found("perbaikan jalan")


def test_what_has_more_and_rarer_words_in_its_title_comes_first(town: Town) -> None:
    body = factories.proposal(town.roads, title="Usulan lain", body="Perbaikan jalan juga perlu di tempat kami.")
    part = factories.proposal(town.roads, title="Jalan satu arah", body="Supaya lancar di waktu ramai.")
    order = found("perbaikan jalan", kind="proposal")
    assert order[:2] == [url(town.road), url(body)]
    assert part and url(part) not in order[:2]


def test_of_equal_ones_the_newest_comes_first(town: Town) -> None:
    first, second = (
        factories.proposal(town.roads, title="Trotoar lebar", body="Isi yang sama saja panjangnya.") for _ in "ab"
    )
    assert found("trotoar") == [url(second), url(first)]


def test_a_search_is_narrowed(town: Town) -> None:
    answered(town, town.road, "Jalan Krajan diperbaiki.")
    assert found("jalan", kind="proposal") == [url(town.road)]
    assert (
        set(found("jalan", consultation=town.roads)) == set(found("jalan"))
        and found("jalan", consultation=town.water) == []
    )
    assert url(town.road) in found("jalan", topic=town.topic) and found("sumur", topic=town.topic) == []
    assert found("sumur", area="33.05") == [url(town.well)] == found("sumur", area="33.05.01.2007")
    assert found("sumur", area="33.06") == [] == found("jalan", area="33.05")
    assert found("sumur", state="open") == [url(town.well)] and found("sumur", state="closed") == []


@pytest.mark.parametrize(
    "q",
    [
        "",
        "   ",
        "yang dan di",
        "the of and",
        "😀😀😀",
        '"""',
        "AND OR NOT NEAR",
        "* ^ : ( ) -",
        "''",
        "\\",
        "%_%",
        "\u202e\u200b",
    ],
)
def test_what_says_nothing_finds_nothing(town: Town, q: str) -> None:
    assert found(q) == []


@pytest.mark.parametrize(
    "q",
    [
        'jalan"', "jalan*", "jalan AND", "(jalan", "NEAR(jalan, 2)", "jalan:", "title:jalan", "-jalan", "jalan'||'",
        "jalan & | !",        "jalan\x00", "jalan <-> x", "_kproposal jalan", "jalan 😀",
    ],
)  # fmt: skip
def test_signs_are_no_commands(town: Town, q: str) -> None:
    assert url(town.road) in found(q)


def test_marks_of_the_index_cannot_be_looked_for(town: Town) -> None:
    assert found("_kproposal") == [] == found(f"_c{town.roads}") == found("kproposal")


def test_very_long_words_and_searches_end(town: Town) -> None:
    assert found("x" * 10_000) == []
    assert url(town.road) in found("jalan " * 2_000)
    long = factories.proposal(town.roads, title="Kata panjang", body="w" * 5_000)
    assert found("w" * 5_000) == [url(long)] == found("w" * words.LONGEST)


# -- nothing the reader may not see ----------------------------------------------------------------


def test_a_draft_is_not_found_until_it_opens(town: Town) -> None:
    factories.consultation(town.office, opened=False, title="Rahasia kerbau?")
    assert found("kerbau") == []


def test_a_hidden_proposal_is_gone_and_comes_back(town: Town) -> None:
    moderator = factories.person(roles=["moderator"])
    answered(town, town.road, "Kerbau tidak boleh lewat.")
    assert found("kerbau") == [url(town.road)]
    db.write_now(moderation.hide, moderator.actor, town.road, "spam", "", "http://x")
    assert found("krajan") == [] == found("kerbau")
    assert entries("answer") == []
    db.write_now(moderation.restore, moderator.actor, town.road, "Keliru.", "http://x")
    assert found("krajan")[0] == url(town.road) and found("kerbau") == [url(town.road)]


def test_a_withdrawn_proposal_is_gone(town: Town) -> None:
    author = factories.person()
    mine = factories.proposal(town.roads, author, title="Usulan kerbau")
    assert found("kerbau") == [url(mine)]
    db.write_now(proposals.withdraw, author.actor, mine, "Tidak jadi.")
    assert found("kerbau") == []


def test_earlier_words_of_a_changed_proposal_are_not_found(town: Town) -> None:
    author = factories.person()
    mine = factories.proposal(town.roads, author, title="Usulan kerbau", body="Isi yang cukup panjang untuk usulan.")
    form = ProposalForm(title="Usulan sapi", body="Isi yang cukup panjang untuk usulan.", saving=1)
    db.write_now(proposals.edit, author.actor, mine, form, clock.now())
    assert found("kerbau") == [] and found("sapi") == [url(mine)]


def test_a_changed_place_or_topic_is_found_there(town: Town) -> None:
    author = factories.person()
    mine = factories.proposal(town.roads, author, title="Usulan kerbau", body="Isi yang cukup panjang untuk usulan.")
    form = ProposalForm(title="Usulan kerbau", body="Isi yang cukup panjang untuk usulan.", topic="jalan", saving=1)
    assert found("kerbau", topic=town.topic) == []
    db.write_now(proposals.edit, author.actor, mine, form, clock.now())
    assert found("kerbau", topic=town.topic) == [url(mine)]


def test_drafts_of_answers_and_decisions_are_not_found(town: Town) -> None:
    from app.responses import actions as responses
    from app.responses.forms import ResponseForm

    form = ResponseForm(
        proposal=[factories.code(town.road)], status="adopted", text="Kerbau tidak boleh lewat di sana."
    )
    db.write_now(responses.draft, town.official.actor, town.roads, form)
    decided(town.water, decided="Kerbau.", published_at=None)
    assert found("kerbau") == []


def test_an_answer_that_was_replaced_is_not_found(town: Town) -> None:
    answered(town, town.road, "Kerbau boleh lewat.")
    answered(town, town.road, "Hanya sapi boleh lewat.")
    assert found("kerbau") == [] and found("sapi") == [url(town.road)]


def test_names_of_people_are_not_found(town: Town) -> None:
    factories.proposal(town.roads, factories.person("Kerbau Ndanu"), title="Usulan tanpa nama")
    assert found("kerbau ndanu") == []


def test_a_result_that_is_no_longer_public_is_left_out_whatever_the_index_says(town: Town) -> None:
    """The index is one lock, reading the result is another."""
    from app.contributions.models import Contribution

    def hide_behind_its_back(session: Session) -> None:
        row = session.get_one(Contribution, town.road)
        row.visibility = "hidden"

    db.write_now(hide_behind_its_back)
    assert found("krajan") == []


def entries(kind: str) -> list[int]:
    with db.reading() as session:
        t = table(IndexEntry).c
        return list(session.execute(select(t.subject_id).where(t.kind == kind).order_by(t.subject_id)).scalars())


# -- bounds ----------------------------------------------------------------------------------------


def test_a_common_word_gives_the_newest_in_bounded_number(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [factories.proposal(town.roads, title=f"Pagar nomor {n}") for n in range(8)]
    rare = factories.proposal(town.roads, title="Gapura")
    for _ in range(3):
        factories.proposal(town.roads, title="Pagar saja")
    monkeypatch.setattr(seeking, "MOST", 5)
    monkeypatch.setattr(seeking, "COUNTED", 5)
    seeking._counting.cache_clear()
    with db.reading() as session:
        sought = words.sought("pagar gapura")
        counted = seeking.counted(session, sought)
        entries = seeking.candidates(session, counted, most=5)
    seeking._counting.cache_clear()
    assert made and len(entries) <= 5
    assert counted.words[0].having >= 5 and counted.words[1].having == 1
    assert seeking.rarest(counted, 5) == [counted.words[1].stems]
    assert rare in [entry.subject_id for entry in entries]


def test_how_many_have_a_common_word_is_told_from_the_newest() -> None:
    assert seeking._estimated(3, 1, 1_000_000) == 3
    assert seeking._estimated(seeking.COUNTED, 1_000_000 - 5_000 + 1, 1_000_000) == 100_000


def test_pages_follow_each_other_and_end(town: Town) -> None:
    made = {url(factories.proposal(town.roads, title=f"Pagar {n}")) for n in range(45)}
    seen, after, pages = [], None, 0
    while True:
        with db.reading() as session:
            page = queries.search(session, "pagar", Narrowing(), after)
        seen += [it.url for it in page.items]
        after, pages = page.next, pages + 1
        if after is None:
            break
    assert (len(seen), pages, page.number) == (45, 3, 45) and set(seen) == made


@pytest.mark.parametrize("number", [0, 3, 60])
def test_the_number_of_queries_stays(town: Town, number: int) -> None:
    for n in range(number):
        factories.proposal(town.roads, title=f"Pagar {n}")
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement != "BEGIN":
            asked.append(statement)

    event.listen(db.current().reads, "before_cursor_execute", note)
    found("pagar sumur jalan", kind="proposal", area="33.05", state="open")
    event.remove(db.current().reads, "before_cursor_execute", note)
    assert len(asked) <= 3


# -- marks -----------------------------------------------------------------------------------------


def test_words_are_marked_where_they_stand(town: Town) -> None:
    with db.reading() as session:
        (first, *_) = queries.search(session, "memperbaiki jalanan", Narrowing(kind="proposal")).items
    assert first.title == [("Perbaikan", True), (" ", False), ("jalan", True), (" di Dusun Krajan", False)]
    assert first.text[0] == ("Jalannya", True)


def test_readers_of_the_other_language_get_its_text(town: Town) -> None:
    token = i18n.language.set("en")
    with db.reading() as session:
        (first, *_) = queries.search(session, "roads", Narrowing(kind="consultation")).items
    i18n.language.reset(token)
    assert "".join(piece for piece, _ in first.title) == "Which road comes first?" and first.title_lang == "en"
    assert ("road", True) in first.title


# -- the index -------------------------------------------------------------------------------------


def test_the_index_made_anew_is_the_same(town: Town) -> None:
    answered(town, town.road, "Jalan diperbaiki.")
    decided(town.water, decided="Tandon dibangun.")
    t = table(IndexEntry)

    def state() -> list[Any]:
        with db.reading() as session:
            rows = select(t.c.kind, t.c.subject_id, t.c.title, t.c.stems).order_by(t.c.kind, t.c.subject_id)
            return [tuple(row) for row in session.execute(rows)]

    before = state()

    def damage(session: Session) -> None:
        session.execute(t.delete().where(t.c.kind == "proposal"))
        session.execute(t.update().where(t.c.kind == "answer").values(stems="lama"))
        session.execute(
            t.insert().values(
                kind="proposal",
                subject_id=10**9,
                consultation_id=town.roads,
                at=clock.now(),
                title="hantu",
                stems="hantu",
            )
        )

    db.write_now(damage)
    assert found("krajan") == [] and state() != before
    assert indexing.renew() == len(before)
    assert state() == before
    assert found("krajan")[0] == url(town.road) and found("hantu") == []


def test_weights_follow_rarity() -> None:
    assert ranking.weight(1000, 1) > ranking.weight(1000, 10) > ranking.weight(1000, 900) > 0


def test_the_index_is_made_when_it_never_was_and_when_stems_are_made_in_another_way(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import serving

    def out_of_date() -> bool:
        with db.reading() as session:
            return indexing.out_of_date(session)

    assert out_of_date()
    db.write_now(lambda session: session.execute(table(IndexEntry).delete()) and None)
    serving.renew_old_index()
    assert not out_of_date() and found("krajan")
    monkeypatch.setattr(words, "edition", lambda: "another")
    assert out_of_date()
    serving.renew_old_index()
    assert not out_of_date()
