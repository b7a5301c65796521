"""Before a charter or its texts change: two officials at work, and a look at what becomes public."""

from app.consultations import queries
from app.consultations.forms import typed_charter
from app.consultations.models import Amendment, Charter, Consultation
from app.core import db
from app.rules.canonical import canonical
from tests import factories
from tests.consultations.test_amendments import LATER, WHY, amend, set_charter
from tests.consultations.test_drafts import all_rows, ready
from tests.page import Browser


def test_two_officials_do_not_take_back_each_other_s_words(
    browser: Browser, office: int, consultation: int, official: factories.Person
) -> None:
    factories.proposal(consultation)
    at = "/desk/consultations/air/amendment"
    stale = browser.as_(factories.official(office)).get(at)
    amend(official.actor, consultation, LATER)
    other = browser.as_(factories.official(office))
    typed = stale.form(at) | {"decider": "Bupati, dalam bulan Mei.", "reason": WHY}
    refused = other.post(at, typed)
    assert refused.status == 409 and "Orang lain mengubah isian ini" in refused.text
    assert refused.form(at)["decider"] == "Bupati, dalam bulan Mei."
    (beside,) = refused.all("section", id="meanwhile")
    parts = [e.text for e in beside.iter("h3")]
    assert parts == ["Siapa yang memutuskan", "Bagaimana masukan yang terlambat diperlakukan"]
    with db.reading() as session:
        assert queries.promised(session, consultation) == LATER
    shown = other.submit(refused, at, late=LATER["late"])
    assert other.submit(shown, at).url == "/consultations/air/charter/amendments/2"
    with db.reading() as session:
        assert queries.promised(session, consultation) == {**LATER, "decider": "Bupati, dalam bulan Mei."}


def test_a_draft_that_two_write_is_not_overwritten_unawares(
    browser: Browser, office: int, official: factories.Person
) -> None:
    number = ready(official.actor, office)
    with db.reading() as session:
        slug = queries.by_id(session, number).slug
    at, desk = f"/desk/consultations/{slug}/charter", browser.as_(official)
    stale = desk.get(at).form(at)
    set_charter(official.actor, number, LATER)
    blamed = desk.post(at, stale | {"proposal_days": ""})
    assert blamed.status == 422
    assert desk.submit(blamed, at, proposal_days="14").status == 409, "a form shown again is no newer than it was"
    assert all_rows(Charter)[0].content == canonical(LATER).decode()


def test_neither_are_the_texts_of_a_draft_nor_what_its_form_asks_besides(
    browser: Browser, office: int, official: factories.Person
) -> None:
    number = ready(official.actor, office, voting="three")
    with db.reading() as session:
        at = f"/desk/consultations/{queries.by_id(session, number).slug}"
    one, other = browser.as_(official), browser.as_(factories.official(office))
    stale = other.get(at)
    assert one.submit(one.get(at), at, voting="limited", vote_limit="3", open_counts="yes").status == 200
    refused = other.submit(stale, at, summary="Warga dan pedagang mengusulkan.")
    assert refused.status == 409 and refused.form(at)["summary"] == "Warga dan pedagang mengusulkan."
    (beside,) = refused.all("section", id="meanwhile")
    assert [e.text for e in beside.iter("h3")] == [
        "Ringkasan",
        "Pilihan dalam pemungutan suara",
        "Dukungan tiap orang",
        "Tampilkan hitungan selama pemungutan suara",
    ]
    assert (all_rows(Consultation)[0].voting, all_rows(Consultation)[0].open_counts) == ("limited", True)
    assert other.submit(refused, at).status == 200
    assert (all_rows(Consultation)[0].voting, all_rows(Consultation)[0].open_counts) == ("three", False)


def test_what_changes_is_looked_at_before_it_is_public(
    browser: Browser, consultation: int, official: factories.Person
) -> None:
    factories.proposal(consultation)
    at, desk = "/desk/consultations/air/amendment", browser.as_(official)
    first = desk.post(at, typed_charter(LATER) | {"reason": WHY})
    assert first.status == 200 and all_rows(Amendment) == [], "nothing is public yet"
    (looked,) = first.all("section", id="looking")
    assert [e.text for e in looked.iter("h3")] == ["Bagaimana masukan yang terlambat diperlakukan"]
    again = desk.submit(first, at, decider="Bupati, dalam bulan Mei.")
    assert all_rows(Amendment) == [], "it changed since it was looked at"
    (looked,) = again.all("section", id="looking")
    assert len(list(looked.iter("h3"))) == 2
    assert desk.submit(again, at).url == "/consultations/air/charter/amendments/1"
