"""Finding themes: exact passages, names, taking back, two people at once, and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.comments import actions as comments
from app.contributions.models import Handling
from app.core import clock, db
from app.core.access import Conflict, Denied
from app.core.columns import table
from app.publiclog.models import Event
from app.rules.canonical import commitment
from app.rules.codebooks import Again
from app.themes import actions, queries
from app.themes.forms import CodingForm, NextForm
from app.themes.models import Coding, CodingLease, Source
from tests import factories
from tests.contributions.world import code_of, lights
from tests.page import Browser
from tests.rules.test_campaigns import LETTER
from tests.themes.copies import compare, send
from tests.themes.office import Office

BODY = (
    "Ongkos angkot naik dua kali lipat tahun ini.  Anak saya berjalan kaki ke sekolah setiap hari, dan itu jauh.\n\n"
    "Jalan Merdeka gelap sejak lampunya mati. Tolong dipasang lampu baru di depan sekolah, agar anak-anak aman."
    " Terima kasih atas perhatian Bapak dan Ibu semua yang membaca usulan warga di desa kami ini."
)


@pytest.fixture
def office(browser: Browser) -> Office:
    return Office()


def refused(office: Office, number: int, theme: int = 1, **fields: object) -> str:
    with pytest.raises(Conflict) as caught:
        office.find(number, theme, **fields)
    return caught.value.reason.code


def test_a_passage_is_an_exact_piece_of_the_text_with_name_version_and_source(office: Office) -> None:
    number = office.proposal(title="Ongkos sekolah", body=BODY)
    item = office.words(number)
    assert item.text == f"Ongkos sekolah\n\n{BODY}"
    office.find(number, 1, piece=["1", "2"])
    office.find(number, 2, quote="Jalan Merdeka   gelap sejak\nlampunya mati.")
    first, second = office.found(number)
    assert first.quote == BODY.split("\n")[0]
    assert second.quote == "Jalan Merdeka gelap sejak lampunya mati."
    assert [item.text[one.begins : one.ends] for one in (first, second)] == [first.quote, second.quote]
    assert (first.name, first.version, first.source, first.again) == ("Bu Sri", 1, "person", ())
    with db.reading() as session:
        row = session.get_one(Coding, first.id)
        event = session.execute(
            select(Event.body).where(table(Event).c.body.like('%"act":"find"%')).order_by(table(Event).c.id)
        ).scalars().first()  # fmt: skip
    payload = {"contribution": item.code, "theme": 1, "version": 1, "quote": first.quote, "text": item.h}
    assert row.nonce is not None
    assert commitment("rembuk/coding/v1", row.nonce, payload) == row.h
    assert event is not None
    assert row.h in event
    assert "angkot" not in event
    assert "Sri" not in event


def test_coding_is_considering_and_taking_it_back_says_so(office: Office) -> None:
    number = office.proposal()
    office.find(number)
    office.find(number, 2)
    assert lights(number) == "HCa"
    assert office.balance().coded == 1
    with db.reading() as session:
        assert [it.outcome for it in session.execute(select(Handling)).scalars()] == ["coded"]
    for one in office.found(number):
        db.write_now(actions.retract, office.colleague.actor, one.id)
        db.write_now(actions.retract, office.colleague.actor, one.id)
    assert office.balance().pending == 1
    with db.reading() as session:
        every = queries.found_in(session, office.words(number), office.book())
        taken = session.execute(select(Event).where(table(Event).c.body.like('%"act":"unfind"%'))).scalars().all()
    assert {one.retracted_by for one in every} == {"Pak Joko"}
    assert len(taken) == 2


def test_ten_presses_are_one_coding_and_another_passage_takes_its_place(office: Office) -> None:
    number = office.proposal(body=BODY)
    for _ in range(10):
        office.find(number, 1, piece=["1"])
    office.find(number, 1, piece=["2"])
    [found] = office.found(number)
    assert found.quote.startswith("Anak saya")
    with db.reading() as session:
        assert len(queries.found_in(session, office.words(number), office.book())) == 2


def test_what_a_colleague_found_stands_until_it_is_taken_back(office: Office) -> None:
    number = office.proposal(body=BODY)
    office.find(number, 1, piece=["1"])
    assert refused(office, number, 1, by=office.colleague, piece=["2"]) == "found-already"
    office.find(number, 1, by=office.colleague, piece=["1"])
    office.find(number, 2, by=office.colleague, piece=["2"])
    assert [one.name for one in office.found(number)] == ["Bu Sri", "Pak Joko"]


def test_what_cannot_be_coded_is_refused(office: Office) -> None:
    number = office.proposal(body=BODY)
    assert refused(office, number) == "no-passage"
    assert refused(office, number, piece=["99"]) == "no-passage"
    assert refused(office, number, quote="ongkos angkot turun") == "not-there"
    assert refused(office, number, 9, piece=["0"]) == "no-theme"
    assert refused(office, number, piece=["0"], seen="f" * 64) == "text-changed"
    own = office.proposal(office.official)
    assert refused(office, own) == "own"
    office.find(own, by=office.colleague)
    office.exclude(number)
    assert refused(office, number, piece=["0"]) == "excluded"
    nameless = factories.official(office.office, " ")
    assert refused(office, office.proposal(), by=nameless) == "nameless"
    with pytest.raises(Denied):
        office.find(number, by=office.author, piece=["0"])
    with pytest.raises(Denied):
        office.find(number, by=factories.official(factories.office("Dinas lain")), piece=["0"])


def test_a_text_that_was_taken_away_cannot_be_read_or_coded(office: Office) -> None:
    comment = office.comment(office.proposal())
    db.write_now(comments.remove, office.author.actor, comment)
    assert office.words(comment).text == ""
    assert refused(office, comment) == "gone"


def test_a_changed_text_is_checked_again_and_what_still_stands_there_can_be_confirmed(office: Office) -> None:
    number = office.proposal(title="Ongkos sekolah", body=BODY)
    office.find(number, 1, piece=["1"])
    office.find(number, 2, piece=["0"])
    factories.edit(number, "Lain sama sekali judulnya")
    assert [one.again for one in office.found(number)] == [(Again.TEXT_CHANGED,), (Again.TEXT_CHANGED,)]
    title, body = sorted(office.found(number), key=lambda it: it.theme.number if it.theme else 0, reverse=True)
    db.write_now(actions.confirm, office.official.actor, body.id)
    db.write_now(actions.confirm, office.official.actor, body.id)
    with pytest.raises(Conflict, match="not-there"):
        db.write_now(actions.confirm, office.official.actor, title.id)
    standing = {one.number: one for one in office.found(number)}
    text = office.words(number).text
    assert text[standing[1].begins : standing[1].ends] == standing[1].quote
    assert (standing[1].again, standing[2].again) == ((), (Again.TEXT_CHANGED,))


def test_the_next_comes_by_age_or_by_chance_and_never_twice_to_two_people(office: Office) -> None:
    numbers = [office.proposal() for _ in range(6)]
    own = office.proposal(office.official)
    gone = office.comment(numbers[0])
    db.write_now(comments.remove, office.author.actor, gone)

    def following(who: factories.Person, order: str, after: str = "") -> str | None:
        form = NextForm.model_validate({"order": order, "after": after})
        return db.write_now(actions.take_next, who.actor, office.consultation, form)

    codes = [code_of(number) for number in numbers]
    assert following(office.official, "age") == codes[0]
    assert following(office.colleague, "age") == codes[1]
    assert following(office.official, "age", codes[0]) == codes[2]
    assert following(office.colleague, "age", codes[1]) == codes[3]
    assert following(office.colleague, "age", codes[5]) == code_of(own)
    assert following(office.colleague, "age", code_of(own)) == codes[0]
    office.find(numbers[0], by=office.colleague)
    at, seen = "", []
    for _ in range(5):
        at = following(office.official, "chance", at) or ""
        seen.append(at)
    assert set(seen) == set(codes[1:])
    turn = seen.index(min(seen))
    assert [*seen[turn:], *seen[:turn]] == sorted(seen)
    assert code_of(gone) not in seen


def test_the_next_by_likeness_is_a_copy_then_what_has_the_same_words(office: Office) -> None:
    proposal = office.proposal()
    plain, copy, road, market = send(
        office, proposal,
        [LETTER, LETTER, "Tarif angkutan kota naik, anak kami berhenti sekolah.", "Harga beras di pasar mahal."],
    )  # fmt: skip
    compare(office)

    def following(after: str, who: factories.Person) -> str | None:
        form = NextForm.model_validate({"order": "alike", "after": after})
        return db.write_now(actions.take_next, who.actor, office.consultation, form)

    assert following(code_of(plain), office.official) == code_of(copy)
    assert following(code_of(plain), office.colleague) == code_of(road), "the copy is open elsewhere"
    office.find(copy, piece=[0])
    office.find(plain, piece=[0])
    office.find(road, by=office.colleague)
    assert following(code_of(plain), office.official) in (code_of(market), code_of(proposal))
    office.find(market)
    office.find(proposal)
    assert following(code_of(plain), office.official) is None
    assert following("", office.official) is None


def test_what_is_open_elsewhere_is_named_and_comes_back_when_it_was_left(office: Office) -> None:
    number = office.proposal()
    take = NextForm.model_validate({"order": "age"})
    assert db.write_now(actions.take_next, office.official.actor, office.consultation, take) == code_of(number)
    assert db.write_now(actions.take_next, office.colleague.actor, office.consultation, take) is None
    with db.reading() as session:
        item = queries.words(session, code_of(number))
        assert queries.desk(session, office.colleague.actor, item, clock.now()).open_by == "Bu Sri"
        assert queries.desk(session, office.official.actor, item, clock.now()).open_by == ""
    past = update(table(CodingLease)).values(until=clock.now() - timedelta(seconds=1))
    db.write_now(lambda session: session.execute(past) and None)
    assert db.write_now(actions.take_next, office.colleague.actor, office.consultation, take) == code_of(number)


def test_many_at_once_take_different_ones_and_find_one_theme_once(office: Office) -> None:
    numbers = [office.proposal() for _ in range(8)]
    people = [factories.official(office.office, f"Petugas {number}") for number in range(8)]
    take = NextForm.model_validate({"order": "age"})

    def taken(who: factories.Person) -> str | None:
        return db.write_now(actions.take_next, who.actor, office.consultation, take)

    def find(who: factories.Person) -> None:
        item = office.words(numbers[0])
        form = CodingForm.model_validate({"theme": 1, "seen": item.h})
        db.write_now(actions.assign, who.actor, item.code, form, Source.PERSON)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(taken, people))) == 8
        list(pool.map(find, people))
    assert len(office.found(numbers[0])) == 1
    assert office.balance().coded == 1
