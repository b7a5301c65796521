"""The codebook: a draft, versions that never change, merging and splitting with history, and what it refuses."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core import db
from app.core.access import Conflict, Denied, Missing
from app.core.columns import table
from app.publiclog.models import Event
from app.rules.canonical import commitment
from app.rules.codebooks import Again
from app.themes import actions, queries
from app.themes.forms import CodebookForm, ThemeForm
from app.themes.models import Codebook, Theme
from tests import factories
from tests.page import Browser
from tests.themes.office import FARES, LIGHTS, Office


@pytest.fixture
def office(browser: Browser) -> Office:
    return Office()


def merge(office: Office, number: int, into: int) -> None:
    db.write_now(actions.merge, office.official.actor, office.consultation, number, into)


def split(office: Office, number: int, stance: str) -> int:
    form = ThemeForm.model_validate({"stance": stance})
    return db.write_now(actions.split, office.official.actor, office.consultation, number, form)


def refused(act: Any, *values: Any) -> str:
    with pytest.raises(Conflict) as caught:
        db.write_now(act, *values)
    return caught.value.reason.code


def test_a_published_version_stays_while_the_next_is_written(office: Office) -> None:
    office.theme("Tarif yang naik memberatkan pelajar dan mahasiswa", 1)
    assert [theme.stance for theme in office.book().themes] == [FARES, LIGHTS]
    assert office.publish() == 2
    with db.reading() as session:
        first = queries.edition(session, office.consultation, 1)
        assert [one.number for one in queries.editions(session, office.consultation)] == [2, 1]
    assert first.themes[0].stance == FARES
    assert [theme.since for theme in office.book().themes] == [2, 1]


def test_a_version_is_committed_to_and_recorded_with_counts(office: Office) -> None:
    office.find(office.proposal())
    office.theme("Terminal harus punya toilet yang bersih")
    office.publish("Banyak yang menyebut toilet.")
    book = office.book()
    with db.reading() as session:
        row = session.get_one(Codebook, book.id)
        newest = select(Event).where(table(Event).c.type == "code").order_by(table(Event).c.id.desc())
        event = session.execute(newest).scalars().first()
    assert row.nonce is not None
    assert commitment("rembuk/codebook/v1", row.nonce, book.facts) == book.h == row.h
    assert event is not None
    assert '"act":"codebook"' in event.body
    assert '"coded":1,' in event.body
    assert f'"h":"{book.h}"' in event.body
    assert "toilet" not in event.body


def test_a_change_marks_older_codings_to_be_checked_again_and_others_not(office: Office) -> None:
    one, other = office.proposal(), office.proposal()
    office.find(one, 1)
    office.find(other, 2)
    office.theme(FARES, 1, includes="Juga tarif bus sekolah.")
    office.publish()
    assert [it.again for it in office.found(one)] == [(Again.THEME_CHANGED,)]
    assert [it.again for it in office.found(other)] == [()]
    db.write_now(actions.confirm, office.colleague.actor, office.found(one)[0].id)
    again = office.found(one)[0]
    assert (again.again, again.version, again.name) == ((), 2, "Pak Joko")


def test_merging_takes_codings_along_and_keeps_the_history(office: Office) -> None:
    one = office.proposal()
    office.find(one, 2)
    third = office.theme("Halte perlu penerangan di malam hari")
    office.publish()
    merge(office, 2, third)
    office.publish("Keduanya berkata sama.")
    [found] = office.found(one)
    assert (found.number, found.label, found.again) == (2, "T3", (Again.THEME_CHANGED,))
    assert office.book().by_number[3].merged == (2,)
    merge(office, third, 1)
    office.publish("Digabung lagi.")
    assert office.found(one)[0].label == "T1"
    assert office.balance().coded == 1
    assert office.book().facts["themes"][0]["merged"] == [3]


def test_a_theme_that_took_another_in_within_the_same_draft_hands_it_on(office: Office) -> None:
    one = office.proposal()
    office.find(one, 1)
    third = office.theme("Ongkos ke sekolah terlalu mahal bagi warga")
    merge(office, 1, third)
    merge(office, third, 2)
    office.publish("Satu alasan yang sama.")
    assert office.found(one)[0].label == "T2"
    assert office.book().by_number[2].merged == (1,)


def test_splitting_keeps_where_a_theme_came_from(office: Office) -> None:
    one = office.proposal()
    office.find(one, 2)
    new = split(office, 2, "Halte perlu lampu, bukan jalannya")
    office.publish("Dua tempat yang berbeda.")
    assert office.book().by_number[new].split_from == 2
    assert office.found(one)[0].again == (Again.THEME_CHANGED,)


def test_putting_back_undoes_merging_and_dropping(office: Office) -> None:
    before = office.book()
    office.theme("Terminal harus punya toilet yang bersih")
    merge(office, 1, 2)
    db.write_now(actions.put_back, office.official.actor, office.consultation, 1)
    db.write_now(actions.drop, office.official.actor, office.consultation, 2)
    db.write_now(actions.put_back, office.official.actor, office.consultation, 2)
    db.write_now(actions.drop, office.official.actor, office.consultation, 3)
    assert [theme.seen for theme in office.draft().themes] == [theme.seen for theme in before.themes]
    form = CodebookForm(reason="Tidak ada yang berubah.")
    assert refused(actions.publish, office.official.actor, office.consultation, form) == "same"


def test_discarding_leaves_nothing_of_a_draft(office: Office) -> None:
    parent = office.theme("Terminal harus punya toilet yang bersih")
    office.theme("Toilet di terminal jangan berbayar", parent=parent)
    split(office, 1, "Tarif bus kota memberatkan lansia")
    merge(office, 2, 1)
    db.write_now(actions.discard, office.official.actor, office.consultation)
    db.write_now(actions.discard, office.official.actor, office.consultation)
    with db.reading() as session:
        assert queries.draft(session, office.consultation) is None
        assert len(session.execute(select(Theme)).all()) == 2


def test_themes_stand_below_their_parents_and_never_in_a_circle(office: Office) -> None:
    child = office.theme("Tarif naik membuat pelajar berjalan kaki", parent=1)
    assert [(theme.number, theme.depth) for theme in office.draft().themes] == [(1, 0), (child, 1), (2, 0)]
    form = ThemeForm.model_validate({"stance": FARES, "parent": child})
    assert refused(actions.keep_theme, office.official.actor, office.consultation, form, 1) == "below-itself"
    form = ThemeForm.model_validate({"stance": FARES, "parent": 99})
    assert refused(actions.keep_theme, office.official.actor, office.consultation, form, 1) == "no-parent"
    merge(office, 1, child)
    assert [(theme.number, theme.depth) for theme in office.draft().themes] == [(2, 0), (child, 0)]


def test_what_is_in_use_does_not_simply_end(office: Office) -> None:
    office.find(office.proposal(), 1)
    db.write_now(actions.drop, office.official.actor, office.consultation, 1)
    form = CodebookForm(reason="Tidak dipakai.")
    assert refused(actions.publish, office.official.actor, office.consultation, form) == "coded"


@pytest.mark.parametrize(
    ("stance", "reason", "code"),
    [(FARES.upper(), "Sama.", "twice"), ("Terminal harus punya toilet yang bersih", "", "reason")],
)
def test_what_cannot_be_published_is_refused(office: Office, stance: str, reason: str, code: str) -> None:
    office.theme(stance)
    assert refused(actions.publish, office.official.actor, office.consultation, CodebookForm(reason=reason)) == code
    assert office.book().number == 1


def test_two_officials_do_not_take_back_each_others_words(office: Office) -> None:
    seen, whole = office.book().by_number[1].seen, office.book().seen
    office.theme("Tarif yang naik memberatkan pelajar dan guru", 1, seen=seen)
    form = ThemeForm.model_validate({"stance": "Tarif naik memberatkan orang tua", "seen": seen})
    assert refused(actions.keep_theme, office.colleague.actor, office.consultation, form, 1) == "meanwhile"
    form_ = CodebookForm(reason="Diperbarui.", seen=whole)
    assert refused(actions.publish, office.colleague.actor, office.consultation, form_) == "meanwhile"


def test_a_second_publishing_says_that_there_is_no_draft(office: Office) -> None:
    form = CodebookForm(reason="Lagi.")
    assert refused(actions.publish, office.official.actor, office.consultation, form) == "no-draft"


def test_only_the_office_in_charge_writes_and_only_what_is_there(office: Office) -> None:
    stranger = factories.official(factories.office("Dinas lain"))
    with pytest.raises(Denied):
        db.write_now(actions.discard, stranger.actor, office.consultation)
    with pytest.raises(Denied):
        db.write_now(actions.drop, office.author.actor, office.consultation, 1)
    with pytest.raises(Missing):
        office.theme(FARES, 9)
    assert refused(actions.merge, office.official.actor, office.consultation, 1, 1) == "into"
    with pytest.raises(Missing):
        db.write_now(actions.put_back, office.official.actor, office.consultation, 9)


@pytest.mark.parametrize("stance", ["Tarif", "Tarif bus", "👍👍👍 👍 👍", "   "])
def test_a_subject_is_no_stance(stance: str) -> None:
    with pytest.raises(ValueError, match="stance"):
        ThemeForm.model_validate({"stance": stance})
