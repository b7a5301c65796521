"""The charter is written at the desk, asked for at opening, frozen then, and read by everyone."""

import json
from typing import Any

import pytest

from app.consultations import actions, queries
from app.consultations.forms import typed_charter
from app.consultations.models import Charter, Consultation
from app.core import clock, db
from app.core.access import Actor, Conflict, Denied, Missing
from app.publiclog.models import Event
from app.rules.canonical import canonical, digest
from app.rules.charters import Period, Promises
from tests import factories
from tests.consultations.test_drafts import all_rows, begin, open_it, ready, row, set_phases
from tests.factories import CHARTER, DAY
from tests.page import Browser


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas Air", slug="air")


@pytest.fixture
def official(office: int) -> Actor:
    return factories.official(office).actor


def set_charter(actor: Actor, number: int, content: dict[str, Any]) -> None:
    db.write_now(actions.set_charter, actor, number, content, clock.now())


def slug_of(number: int) -> str:
    with db.reading() as session:
        return queries.by_id(session, number).slug


@pytest.mark.parametrize("part", ["can_change", "legal_basis", "influence", "criteria", "privacy"])
def test_nothing_opens_while_the_charter_lacks_a_part(office: int, official: Actor, part: str) -> None:
    number = ready(official, office)
    set_charter(official, number, {**CHARTER, part: [] if part == "criteria" else ""})
    with pytest.raises(Conflict, match="incomplete"):
        open_it(official, number)
    set_charter(official, number, {**CHARTER, "influence": "inform"})
    with pytest.raises(Conflict, match="incomplete"):
        open_it(official, number)
    set_charter(official, number, CHARTER)
    open_it(official, number)


def test_without_any_charter_nothing_opens(office: int, official: Actor) -> None:
    number = begin(official, office)
    set_phases(official, number, row("discussion", -DAY, DAY))
    with pytest.raises(Conflict, match="incomplete"):
        open_it(official, number)


def test_the_charter_is_part_of_what_opening_freezes(office: int, official: Actor) -> None:
    number = ready(official, office)
    open_it(official, number)
    with db.reading() as session:
        charter = queries.charter(session, number)
        promised = queries.promises(session, number)
    frozen = all_rows(Consultation)[0]
    assert charter["v"] == 2 and charter["charter"] == CHARTER
    assert (frozen.frozen, frozen.frozen_hash) == (canonical(charter).decode(), digest(charter))
    assert promised == Promises(Period(14, True), None, Period(5, True))


def test_only_the_office_writes_it(office: int, official: Actor) -> None:
    number = ready(official, office)
    other = factories.official(factories.office()).actor
    for actor in (other, Actor(), factories.person().actor):
        with pytest.raises((Denied, Missing)):
            set_charter(actor, number, {**CHARTER, "late": "Lain."})
    assert all_rows(Charter)[0].content == canonical(CHARTER).decode()


def test_a_draft_goes_with_its_charter(office: int, official: Actor) -> None:
    number = ready(official, office)
    db.write_now(actions.remove, official, number, clock.now())
    assert all_rows(Charter) == []


@pytest.fixture
def draft(browser: Browser, office: int, official: Actor) -> str:
    return slug_of(ready(official, office, voting="three"))


@pytest.fixture
def desk(browser: Browser, office: int) -> Browser:
    return browser.as_(factories.official(office))


def test_the_form_gives_back_what_was_written(desk: Browser, draft: str) -> None:
    at = f"/desk/consultations/{draft}/charter"
    page = desk.get(at)
    typed = page.form(at)
    assert typed["can_change"] == CHARTER["can_change"] and typed["comment_basis"] == "none"
    desk.post(at, typed | {"due": "x", "criterion_2": "Biaya", "weight_1": "60", "weight_2": "40"})
    stored = all_rows(Charter)[0].content
    with_weights = [
        {"name": "Manfaat bagi warga", "other": "", "weight": 60},
        {"name": "Biaya", "other": "", "weight": 40},
    ]
    assert stored == canonical({**CHARTER, "criteria": with_weights}).decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"proposal_days": ""}, "proposal_days"),
        ({"proposal_basis": ""}, "proposal_basis"),
        ({"proposal_days": "0"}, "proposal_days"),
        ({"threshold_supports": "50"}, "threshold_basis"),
        ({"threshold_days": "5", "threshold_basis": "working"}, "threshold_supports"),
        ({"weight_2": "40"}, "criterion_2"),
        ({"influence": "rule"}, "influence"),
    ],
)
def test_half_a_promise_is_blamed_and_nothing_is_lost(
    desk: Browser, draft: str, changes: dict[str, str], field: str
) -> None:
    at = f"/desk/consultations/{draft}/charter"
    page = desk.post(at, typed_charter(CHARTER) | {"can_change": "Semua hal."} | changes)
    assert page.status == 422 and f'href="#{field}"' in page.html
    assert page.form(at)["can_change"] == "Semua hal."
    assert all_rows(Charter)[0].content == canonical(CHARTER).decode()


def test_the_desk_says_what_is_missing_and_leads_there(desk: Browser, draft: str) -> None:
    at = f"/desk/consultations/{draft}/charter"
    desk.post(at, typed_charter(CHARTER) | {"legal_basis": "", "influence": "inform"})
    page = desk.get(f"/desk/consultations/{draft}/opening")
    assert f'href="{at}#legal_basis"' in page.html
    assert "Tingkat “Memberi tahu” tidak disertai pemungutan suara" in page.text
    refused = desk.post(f"/desk/consultations/{draft}/opening")
    assert refused.status == 409 and "belum dapat dibuka" in refused.text


def test_everyone_reads_it_in_plain_words_and_as_data(desk: Browser, draft: str) -> None:
    desk.post(f"/desk/consultations/{draft}/opening")
    visitor = desk.as_()
    page = visitor.get(f"/consultations/{draft}/charter")
    for sentence in (
        CHARTER["can_change"], CHARTER["legal_basis"], CHARTER["privacy"], "Setiap usulan dijawab dalam 14 hari kerja",
        "Tidak ada janji untuk menjawab setiap komentar.", "Meminta masukan", "Manfaat bagi warga",
    ):  # fmt: skip
        assert sentence in page.text, sentence
    english = desk.as_(lang="en").get(f"/consultations/{draft}/charter")
    assert "Each proposal is answered within 14 working days after closing." in english.text
    assert "Parts of this charter have no text in English yet." in english.text
    with db.reading() as session:
        charter = queries.charter(session, queries.in_path(session, draft).id)
    assert visitor.get(f"/consultations/{draft}/charter.json").response.json() == charter


def test_its_second_language_is_shown_to_who_reads_it(desk: Browser, draft: str) -> None:
    at = f"/desk/consultations/{draft}/charter"
    desk.post(at, typed_charter(CHARTER) | {"other_can_change": "The site is open.", "other_criterion_1": "Benefit"})
    desk.post(f"/desk/consultations/{draft}/opening")
    english = desk.as_(lang="en").get(f"/consultations/{draft}/charter")
    assert "The site is open." in english.text and "Benefit" in english.text
    assert CHARTER["can_change"] not in english.text


def test_a_draft_has_no_public_charter(desk: Browser, draft: str) -> None:
    assert desk.as_().get(f"/consultations/{draft}/charter").status == 404
    assert desk.get(f"/consultations/{draft}/charter").status == 200


def test_what_was_taken_over_says_that_nothing_was_promised(browser: Browser, office: int) -> None:
    number = factories.consultation(office, factories.OVER, imported_from="Lain", slug="lama")
    page = browser.get("/consultations/lama/charter")
    assert "diambil alih dari layanan lain: Lain" in page.text
    with db.reading() as session:
        assert queries.promises(session, number) == Promises()


RULE = {
    "engine": "approval/1",
    "quorum": 100,
    "participation": {"least": "1/10", "of": 5000},
    "threshold": {"least": "2/3", "of": "choices", "more": True},
    "most": 3,
    "ties": "body",
}


def test_a_rule_that_chooses_is_written_as_people_write_shares_and_kept_as_data(desk: Browser, draft: str) -> None:
    at = f"/desk/consultations/{draft}/charter"
    typed = typed_charter({**CHARTER, "rule": RULE})
    desk.post(at, typed | {"turnout_least": "10 %", "share_least": "4/6"})
    assert all_rows(Charter)[0].content == canonical({**CHARTER, "rule": RULE}).decode()
    assert desk.get(at).form(at)["share_least"] == "2/3"
    desk.post(f"/desk/consultations/{draft}/opening")
    published = desk.as_().get(f"/consultations/{draft}/charter/rule.json").response
    rule = {**RULE, "v": 1, "voting": "three", "limit": None, "counts": "sealed"}
    assert published.content == canonical(rule)
    (opened,) = all_rows(Event)
    assert json.loads(opened.body)["rule"] == digest(rule)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"turnout_of": ""}, "turnout_of"),
        ({"turnout_least": ""}, "turnout_least"),
        ({"turnout_least": "0%"}, "turnout_least"),
        ({"share_least": "half"}, "share_least"),
        ({"share_least": "3/2"}, "share_least"),
        ({"share_least": "1/0"}, "share_least"),
        ({"share_of": ""}, "share_of"),
        ({"ties": ""}, "ties"),
        ({"quorum": "0"}, "quorum"),
        ({"engine": "approval/2"}, "engine"),
    ],
)
def test_half_a_rule_is_blamed(desk: Browser, draft: str, changes: dict[str, str], field: str) -> None:
    at = f"/desk/consultations/{draft}/charter"
    page = desk.post(at, typed_charter({**CHARTER, "rule": RULE}) | changes)
    assert page.status == 422 and f'href="#{field}"' in page.html
    assert all_rows(Charter)[0].content == canonical(CHARTER).decode()


SAID = {
    "quorum": ("100 orang memilih", "at least 100 people vote"),
    "participation": ("1/10 dari 5.000 orang", "1/10 of the 5,000 people"),
    "threshold": ("Lebih dari 2/3 orang yang mendukung", "More than 2/3 of those who support or oppose"),
    "most": ("Paling banyak 3 usulan terpilih.", "At most 3 proposals are chosen."),
    "ties": ("pemutus memilih di antaranya", "whoever decides chooses among them"),
}


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_page_says_the_rule_in_words_from_its_data(desk: Browser, draft: str, lang: str) -> None:
    at = f"/desk/consultations/{draft}/charter"
    desk.post(at, typed_charter({**CHARTER, "rule": RULE}))
    desk.post(f"/desk/consultations/{draft}/opening")
    reader = desk.as_(lang=lang)
    for address in (f"/consultations/{draft}", f"/consultations/{draft}/charter"):
        text = reader.get(address).text
        assert [said[lang == "en"] for said in SAID.values() if said[lang == "en"] not in text] == []


def test_a_rule_that_only_counts_says_so_and_keeps_its_spelling(desk: Browser, draft: str) -> None:
    desk.post(f"/desk/consultations/{draft}/opening")
    rule = desk.as_().get(f"/consultations/{draft}/charter/rule.json").response.json()
    assert rule == {"v": 1, "engine": "count/1", "voting": "three", "limit": None, "counts": "sealed"}
    assert "count/1" in desk.as_().get(f"/consultations/{draft}").text


LEADING = "Bukankah pasar perlu dipindah dan pedagang liar ditertibkan?"


@pytest.fixture
def bent(office: int, official: Actor) -> str:
    """A draft whose question may bend the answers."""
    return slug_of(ready(official, office, title=LEADING))


def test_a_question_that_bends_answers_opens_with_a_public_note_on_each_flag(desk: Browser, bent: str) -> None:
    at = f"/desk/consultations/{bent}"
    assert "Menggiring" in desk.get(at).text and "Menggiring" in desk.get(f"{at}/charter").text
    refused = desk.post(f"{at}/opening")
    assert refused.status == 409 and f"{at}/charter#note_leading" in refused.html
    typed = typed_charter(CHARTER)
    desk.post(f"{at}/charter", typed | {"note_leading": "Begitulah bunyi petisi warga."})
    assert desk.post(f"{at}/opening").status == 409, "the other flag has no note"
    desk.post(f"{at}/charter", typed | {"note_leading": "Begitulah bunyi petisi warga.", "note_double": "Satu paket."})
    assert json.loads(all_rows(Charter)[0].content)["notes"]["double"] == {
        "words": ["dan pedagang liar ditertibkan"], "note": "Satu paket.",
    }  # fmt: skip
    checked = desk.get(at).text
    assert "Catatan publik menjelaskan mengapa tetap dipakai." in checked and "teruskan dengan catatan" not in checked
    desk.post(f"{at}/opening")
    page = desk.as_().get(f"/consultations/{bent}/charter")
    assert "Begitulah bunyi petisi warga." in page.text and "Satu paket." in page.text and "Bukankah" in page.text


def test_a_note_is_for_the_words_it_was_written_on(desk: Browser, bent: str, official: Actor) -> None:
    at = f"/desk/consultations/{bent}"
    notes = {"note_leading": "Begitulah bunyi petisi warga.", "note_double": "Satu paket."}
    desk.post(f"{at}/charter", typed_charter(CHARTER) | notes)
    desk.submit(desk.get(at), at, title="Tidakkah pasar perlu dipindah dan pedagang liar ditertibkan?")
    assert desk.post(f"{at}/opening").status == 409
    desk.submit(desk.get(at), at, title="Di mana pasar sebaiknya dibangun?")
    desk.post(f"{at}/charter", typed_charter(CHARTER) | notes)
    assert "notes" not in json.loads(all_rows(Charter)[0].content), "there is nothing to note any more"
    desk.post(f"{at}/opening")
    assert desk.as_().get(f"/consultations/{bent}").status == 200


def test_a_note_does_not_go_once_the_consultation_is_open(desk: Browser, bent: str) -> None:
    at = f"/desk/consultations/{bent}"
    notes = {"note_leading": "Begitulah bunyi petisi warga.", "note_double": "Satu paket."}
    desk.post(f"{at}/charter", typed_charter(CHARTER) | notes)
    desk.post(f"{at}/opening")
    amendment = typed_charter(CHARTER) | {"late": "Lain.", "reason": "Tata cara diperjelas dahulu."}
    for address in (f"{at}/charter", f"{at}/amendment"):
        refused = desk.post(address, amendment | {"note_leading": ""})
        assert refused.status == 409 and "Menggiring (Bukankah" in refused.text
    assert json.loads(all_rows(Charter)[0].content)["notes"]["leading"]["note"] == notes["note_leading"]


def test_a_plain_question_does_not_become_a_leading_one_without_a_note(desk: Browser, draft: str) -> None:
    desk.post(f"/desk/consultations/{draft}/opening")
    at = f"/desk/consultations/{draft}/texts"
    form = desk.get(at)
    changed = {"title": "Bukankah pasar perlu dipindah?", "reason": "Begitulah bunyi petisi warga."}
    refused = desk.submit(form, at, **changed)
    assert refused.status == 409 and "Menggiring (Bukankah)" in refused.text
    assert refused.form(at)["title"] == changed["title"]
    done = desk.submit(refused, at, **changed, note="Petisi warga bertanya demikian.")
    assert done.url == f"/consultations/{draft}/changes" and "Petisi warga bertanya demikian." in done.text
    assert "Petisi warga bertanya demikian." in desk.as_().get(f"/consultations/{draft}/charter").text
    again = {"title": "Di mana pasar sebaiknya dibangun?", "reason": "Pertanyaannya dibuat lebih adil."}
    desk.submit(desk.get(at), at, **again)
    assert "notes" not in json.loads(all_rows(Charter)[0].content), "there is nothing to note any more"


def test_a_question_is_checked_while_it_is_written(desk: Browser) -> None:
    part = desk.post("/desk/question", {"title": LEADING, "lang": "id"}, htmx=True)
    assert "Menggiring" in part.html and "Dua pertanyaan sekaligus" in part.html
    asked = desk.get("/desk/question")
    page = desk.submit(asked, "/desk/question", title="Isn't it time to move the market?", lang="en")
    assert "Isn't it" in page.text and page.form("/desk/question")["title"].startswith("Isn")
    assert "Menggiring" in page.text, "the reader's language is not the question's"
    plain = desk.submit(page, "/desk/question", title="Di mana pasar sebaiknya dibangun?", lang="id")
    assert "Tidak ada yang ditemukan" in plain.text and "Menggiring" not in plain.text
    empty = desk.submit(page, "/desk/question", title="")
    assert empty.status == 422 and empty.errors
    assert desk.as_().get("/desk/question").status == 401
    assert 'data-hx-post="/desk/question"' in desk.get("/desk/consultations/new").html


def test_what_is_wrong_with_a_charter_or_its_dates_names_the_field(browser: Browser) -> None:
    """The list of errors stands above fifty fields: "say how the days are counted", twice, would help nobody."""
    desk = browser.as_(factories.official(office := factories.office()))
    at = desk.post(
        "/desk/consultations",
        {
            "title": "Di mana pasar dibangun?",
            "summary": "Warga memilih tempatnya.",
            "voting": "support",
            "office": office,
        },
    ).url.removesuffix("/phases")
    page = desk.post(f"{at}/charter", {"proposal_days": "10", "question_days": "0", "weight_1": "200"})
    assert {it.split(":")[0] for it in page.errors} == {"Jawaban atas pertanyaan", "Bobot"}
    page = desk.post(f"{at}/charter", {"proposal_days": "10", "question_basis": "working"})
    assert page.errors == [
        "Jawaban atas usulan: sebutkan cara menghitung harinya.",
        "Jawaban atas pertanyaan: sebutkan dalam berapa hari.",
    ]
    page = desk.post(f"{at}/phases", {"kind_2": "voting", "opens_2": "9999-01-01T08:00", "closes_2": ""})
    assert page.errors == ["Tahap 2: isi kolom ini, atau kosongkan seluruh tahap.", "Tahap 2: periksa tahunnya."]
