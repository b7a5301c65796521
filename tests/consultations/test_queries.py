"""Lists find what fits among noise, in a constant number of queries; pages speak the reader's language."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from app.consultations import queries
from app.consultations.models import ConsultationPhase, ConsultationTopic, Document
from app.consultations.queries import Filters
from app.core import clock, db, i18n
from app.core.access import Missing
from tests import factories
from tests.factories import DAY, HOUR, phase


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas Air", slug="air", name_en="Water Office")


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements of the reads within."""
    told: list[str] = []

    def listen(*args: Any) -> None:
        if args[2].lstrip().upper().startswith(("SELECT", "WITH")):
            told.append(args[2])

    engine = db.current().reads
    event.listen(engine, "before_cursor_execute", listen)
    yield told
    event.remove(engine, "before_cursor_execute", listen)


def _add(session: Any, row: Any) -> None:
    session.add(row)


def slugs(filters: Filters = Filters()) -> set[str]:
    found: set[str] = set()
    after: str | None = None
    with db.reading() as session:
        while True:
            page = queries.listing(session, filters, after)
            found |= {it.slug for it in page.items}
            if (after := page.next) is None:
                return found


@pytest.fixture
def all_states(office: int) -> int:
    now = clock.now()
    made = factories.consultation
    made(office, slug="terbuka")
    made(office, (phase("proposals", DAY, 2 * DAY),), slug="akan")
    made(office, (phase("proposals", -3 * DAY, -2 * DAY), phase("voting", DAY, 2 * DAY)), slug="antara")
    made(office, (phase("proposals", -3 * DAY, -2 * DAY), phase("review", -2 * DAY, 9 * DAY)), slug="dijawab")
    made(office, factories.OVER, slug="lewat")
    made(office, factories.OVER, slug="putus", decided_at=now)
    made(office, slug="putus-cepat", decided_at=now - DAY)
    made(office, slug="batal", cancelled_at=now, cancel_reason="Anggaran dihapus.")
    made(office, opened=False, slug="rancangan")
    return office


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("open", {"terbuka", "antara"}),
        ("upcoming", {"akan"}),
        ("closed", {"dijawab", "lewat"}),
        ("cancelled", {"batal"}),
        ("decided", {"putus", "putus-cepat"}),
        ("", {"terbuka", "akan", "antara", "dijawab", "lewat", "batal", "putus", "putus-cepat"}),
    ],
)
def test_states_part_everything_that_was_opened(all_states: int, state: str, expected: set[str]) -> None:
    assert slugs(Filters(state)) == expected
    with db.reading() as session:
        for it in queries.listing(session, Filters(state), None).items:
            groups = {"closed": ("closed", "counting")}
            assert not state or it.state in groups.get(state, (state,))


def test_what_is_open_now_closes_soon_first_also_where_there_is_nothing_to_send_yet(all_states: int) -> None:
    factories.consultation(all_states, (phase("discussion", -DAY, HOUR),), slug="sebentar")
    read_first = (phase("information", -DAY, DAY), phase("proposals", DAY, 5 * DAY))
    factories.consultation(all_states, read_first, slug="baca-dulu")
    with db.reading() as session:
        found = queries.open_or_soon(session, 5, 5).open_now
        assert [it.slug for it in found] == ["sebentar", "antara", "baca-dulu", "terbuka"]
        assert {it.slug: it.takes_from is None for it in found} == {
            "sebentar": True, "antara": False, "baca-dulu": False, "terbuka": True,
        }  # fmt: skip
        assert len(queries.open_or_soon(session, 1, 1).open_now) == 1


def test_what_is_announced_opens_soon(all_states: int) -> None:
    factories.consultation(all_states, (phase("proposals", HOUR, DAY),), slug="sebentar-lagi")
    with db.reading() as session:
        assert [it.slug for it in queries.open_or_soon(session, 5, 5).soon] == ["sebentar-lagi", "akan"]


def test_an_office_shows_what_it_asked_the_newest_first(all_states: int) -> None:
    factories.consultation(factories.office(), slug="instansi-lain")
    with db.reading() as session:
        found = {it.slug for it in queries.of_office(session, all_states, 10)}
    assert "rancangan" not in found and "instansi-lain" not in found and len(found) == 8


def test_what_the_desk_has_done_stands_apart(all_states: int) -> None:
    with db.reading() as session:
        assert [it.slug for it in queries.done(session, [all_states], 20)][-1] == "putus-cepat"
        assert {it.slug for it in queries.done(session, [all_states], 20)} == {"putus", "putus-cepat", "batal"}
        assert len(queries.done(session, [all_states], 1)) == 1
        assert queries.done(session, [], 20) == ()


def test_the_topic_for_the_rest_stands_last(office: int) -> None:
    for slug, name in (("lain", "Lainnya"), ("pasar", "Pasar"), ("air", "Air")):
        factories.topic(slug, name)
    with db.reading() as session:
        assert [it.name for it in queries.topics(session)] == ["Air", "Pasar", "Lainnya"]


def test_what_was_decided_lately_comes_first(all_states: int) -> None:
    with db.reading() as session:
        assert [it.slug for it in queries.recently_decided(session, 5)] == ["putus", "putus-cepat"]


def test_the_desk_sees_what_waits_for_its_offices(all_states: int) -> None:
    other = factories.office()
    factories.consultation(other, opened=False, slug="rancangan-lain")
    with db.reading() as session:
        waiting = queries.awaiting(session, [all_states])
        assert [it.slug for it in waiting.drafts] == ["rancangan"]
        assert {it.slug for it in waiting.open} == {"terbuka", "akan", "antara"}
        assert {it.slug for it in waiting.closed} == {"dijawab", "lewat"}
        nothing = queries.awaiting(session, [])
    assert (nothing.drafts, nothing.open, nothing.closed) == ((), (), ())


def test_words_topic_and_place_narrow_the_list(office: int) -> None:
    kebumen = factories.area("33.05", "Kabupaten Kebumen", 2)
    village = factories.area("33.05.01.2007", "Argosari", 4)
    factories.area("33.051", "Palsu", 2)
    water, market = factories.topic("air", "Air"), factories.topic("pasar", "Pasar")
    first = factories.consultation(office, slug="satu", title="Air BERSIH untuk 100% warga?", area_id=village)
    second = factories.consultation(office, slug="dua", title="Pasar?", summary="Letak pasar baru.", area_id=kebumen)
    factories.consultation(office, slug="tiga", other_title="Where should the Market be?", other_summary="x")
    for number, topic in ((first, water), (second, market), (second, water)):
        db.write_now(_add, ConsultationTopic(consultation_id=number, topic_id=topic))
    assert slugs(Filters(q="kebersihan")) == {"satu"}
    assert slugs(Filters(q="100%")) == {"satu"}
    assert slugs(Filters(q="%")) == set()
    assert slugs(Filters(q="LETAK PASAR")) == {"dua"}
    assert slugs(Filters(q="market")) == {"tiga"}
    assert slugs(Filters(topic="air")) == {"satu", "dua"}
    assert slugs(Filters(topic="pasar")) == {"dua"}
    assert slugs(Filters(topic="tidak-ada")) == set()
    assert slugs(Filters(area_id=kebumen)) == {"satu", "dua"}
    assert slugs(Filters(area_id=village)) == {"satu"}
    assert slugs(Filters("open", "air", kebumen, "pasar")) == {"dua"}
    with db.reading() as session:
        assert [it.slug for it in queries.topics_of_many(session, [second])[second]] == ["air", "pasar"]


@pytest.mark.parametrize("number", [3, 45])
def test_lists_take_the_same_queries_however_long(office: int, number: int) -> None:
    for _ in range(number):
        factories.consultation(office)
    with db.reading() as session:
        with counting() as listed:
            queries.listing(session, Filters("open", "air", None, "hal"), None)
        with counting() as desk:
            queries.awaiting(session, [office])
        with counting() as soon:
            queries.open_or_soon(session, 20, 20)
    assert (len(listed), len(desk), len(soon)) == (1 if not slugs(Filters("open", "air")) else 2, 2, 2)


def test_pages_of_the_list_neither_skip_nor_repeat(office: int) -> None:
    now = clock.now()
    for number in range(45):
        factories.consultation(office, now=now - timedelta(minutes=number % 3))
    seen: list[str] = []
    after: str | None = None
    with db.reading() as session:
        for _ in range(3):
            page = queries.listing(session, Filters(), after)
            seen += [it.slug for it in page.items]
            after = page.next
        assert after is None
        with pytest.raises(Missing):
            queries.listing(session, Filters(), "bukan-kursor")
    assert len(seen) == len(set(seen)) == 45


def test_the_page_of_one_takes_two_queries(office: int) -> None:
    number = factories.consultation(office)
    with db.reading() as session:
        view = queries.by_id(session, number)
        with counting() as told:
            queries.consultation_page(session, view)
    assert len(told) == 2


def test_texts_are_shown_in_the_readers_language_where_there_are_two(office: int) -> None:
    two = {"other_title": "Water?", "other_summary": "Short.", "other_background": "Long."}
    whole = factories.consultation(office, background="Latar.", **two)
    half = factories.consultation(office, background="Latar.", other_title="Half?", other_summary="Short.")
    none = factories.consultation(office, background="Latar.")
    token = i18n.language.set("en")
    try:
        with db.reading() as session:
            page = queries.consultation_page(session, queries.by_id(session, whole))
            assert (page.view.title, page.view.lang, page.view.office) == ("Water?", "en", "Water Office")
            assert (page.background, page.background_lang, page.missing_translation) == ("Long.", "en", False)
            page = queries.consultation_page(session, queries.by_id(session, half))
            assert (page.view.lang, page.background, page.background_lang) == ("en", "Latar.", "id")
            assert page.missing_translation
            page = queries.consultation_page(session, queries.by_id(session, none))
            assert (page.view.lang, page.missing_translation) == ("id", True)
    finally:
        i18n.language.reset(token)
    with db.reading() as session:
        page = queries.consultation_page(session, queries.by_id(session, whole))
    assert (page.background, page.missing_translation) == ("Latar.", False)


def test_steps_say_what_is_past_now_and_next(office: int) -> None:
    phases = (
        phase("information", -5 * DAY, -2 * DAY),
        phase("proposals", -2 * DAY, 3 * DAY),
        phase("voting", 4 * DAY, 9 * DAY),
    )
    number = factories.consultation(office, phases)
    with db.reading() as session:
        steps = queries.steps(queries.by_id(session, number))
    assert [(step.label, step.state) for step in steps] == [
        ("Informasi", "past"),
        ("Usulan", "now"),
        ("Pemungutan suara", "next"),
    ]
    assert "WIB" in steps[0].when and steps[1].detail and not steps[2].detail


def test_documents_are_listed_in_their_order_without_the_removed(office: int) -> None:
    number, other = factories.consultation(office), factories.consultation(office)
    for position, (owner, kind, removed) in enumerate(
        (
            (number, "document", None),
            (number, "picture", None),
            (number, "document", clock.now()),
            (other, "document", None),
        )
    ):
        factories.add(
            Document(
                consultation_id=owner, kind=kind, title=f"Berkas {position}", sha256=f"{position}" * 64,
                media_type="application/pdf", size=10, position=9 - position, added_at=clock.now(), removed_at=removed,
            )
        )  # fmt: skip
    with db.reading() as session:
        page = queries.consultation_page(session, queries.by_id(session, number))
    assert [it.title for it in page.documents] == ["Berkas 1", "Berkas 0"]
    assert [it.title for it in page.pictures] == ["Berkas 1"]
    assert [it.title for it in page.files] == ["Berkas 0"]


def test_json_facts_name_phases_and_state_and_no_person(office: int) -> None:
    number = factories.consultation(office, slug="satu")
    with db.reading() as session:
        facts = queries.facts(queries.by_id(session, number))
    assert (facts["slug"], facts["state"], facts["office"]["slug"]) == ("satu", "open", "air")
    assert [it["kind"] for it in facts["phases"]] == ["proposals", "voting"]
    assert "created_by" not in facts


@pytest.mark.parametrize(
    ("over", "state", "detail"),
    [
        ("due", "now", "Suara terakhir sedang dihitung"),
        ("early", "past", "Ditutup lebih awal"),
        ("cancelled", "cancelled", ""),
    ],
)
def test_steps_say_why_a_phase_is_over(office: int, over: str, state: str, detail: str) -> None:
    fields = {"cancelled_at": clock.now()} if over == "cancelled" else {}
    number = factories.consultation(office, factories.VOTING, **fields)

    def end(session: Any) -> None:
        row = session.execute(select(ConsultationPhase)).scalar_one()
        if over == "due":
            row.opens_at, row.closes_at = clock.now() - 2 * DAY, clock.now() - timedelta(seconds=5)
        elif over == "early":
            row.ended_at = row.counted_at = clock.now()

    db.write_now(end)
    with db.reading() as session:
        (step,) = queries.steps(queries.by_id(session, number))
    assert (step.state, step.detail) == (state, detail)


def test_what_was_taken_over_is_owed_nothing(database: str) -> None:
    office = factories.office()
    factories.consultation(office, factories.OVER, imported_from="lain")
    with db.reading() as session:
        awaiting = queries.awaiting(session, [office])
    assert (awaiting.drafts, awaiting.open, awaiting.closed) == ((), (), ())
