"""Asked, said, answered: figures counted by hand, the same on the page, as data and in files, and what is withheld."""

import csv
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import update

from app.comments.models import Comment
from app.consultations.models import Consultation
from app.core import clock, db
from app.core.columns import table
from app.exports.export import MARK
from app.exports.queries import PASSAGES, TABLES
from app.moderation import actions as moderation
from app.proposals import actions as proposals
from app.rules import voices
from tests import factories
from tests import world as worlds
from tests.contributions.world import by_hand, code_of, number_of
from tests.counting import queries_asked
from tests.page import Browser
from tests.responses.theming import Answering
from tests.rules.test_campaigns import LETTER
from tests.themes.copies import WITH_OWN, code_all, compare, groups, send
from tests.themes.office import FARES, HERE, LIGHTS, Office

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HERE_IS = "/consultations/air/answered"


@pytest.fixture
def office(browser: Browser) -> Office:
    return Office()


def told(browser: Browser) -> dict[str, Any]:
    return dict(browser.get(f"{HERE_IS}.json").response.json())


def file(browser: Browser, name: str) -> list[dict[str, str]]:
    text = browser.get(f"{HERE_IS}/{name}.csv").response.content.decode()
    assert text.startswith(MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK), newline="")))


def sheets(browser: Browser) -> dict[str, list[list[str]]]:
    """The cells of the workbook by sheet, as the format has them: numbers, and texts within their cells."""
    packed = zipfile.ZipFile(io.BytesIO(browser.client.get(f"{HERE_IS}.xlsx").content))
    names = [it.get("name", "") for it in ElementTree.fromstring(packed.read("xl/workbook.xml")).iter(f"{SHEET}sheet")]
    found = {}
    for number, name in enumerate(names, 1):
        root = ElementTree.fromstring(packed.read(f"xl/worksheets/sheet{number}.xml"))
        assert not list(root.iter(f"{SHEET}f")), "no cell is a formula"
        found[name] = [["".join(one.itertext()) for one in row.iter(f"{SHEET}c")] for row in root.iter(f"{SHEET}row")]
    return found


def quotes(browser: Browser, theme: int = 1) -> dict[str, str]:
    (found,) = (one["quotes"] for one in told(browser)["themes"] if one["theme"] == theme)
    return {one["why"]: one["code"] for one in found}


def against(proposal: int, body: str) -> int:
    return number_of(worlds.comment(proposal, factories.person(), body=body, stance="against"))


def test_before_anything_was_found_the_page_says_what_happens_next(browser: Browser) -> None:
    factories.consultation(factories.office(), slug="air")
    assert "Belum ada masukan" in browser.get(HERE_IS).text
    assert told(browser)["codebook"] is None
    world = Office(slug="jalan")
    world.proposal()
    assert "Belum ada tema yang ditemukan" in browser.get("/consultations/jalan/answered").text
    assert list(browser.get("/consultations/jalan/answered.json").response.json()["balance"].values()) == [1, 0, 0, 1]


def test_page_data_and_files_tell_the_same_figures(browser: Browser, office: Office) -> None:
    office.theme("=Tema yang tidak ditemukan di mana pun")
    office.publish()
    author, words = factories.person(), {"title": "Angkot ke sekolah", "body": "Tarif angkot ke sekolah terlalu mahal."}
    numbers = [office.proposal(by, **words) for by in (author, author, None, None, None)]
    for number in numbers[:3]:
        office.find(number, 1)
    office.find(numbers[2], 2)
    office.exclude(numbers[3])
    facts = told(browser)
    assert facts["balance"] == {"received": 5, "coded": 3, "excluded": 1, "pending": 1}
    weighed = [(it["theme"], it["contributions"], it["people"]) for it in facts["themes"]]
    assert weighed == [(1, 3, 2), (2, 1, 1), (3, 0, 0)]
    assert (facts["people"], facts["places"], facts["codebook"]) == (2, [], 2)
    assert sum(it["contributions"] for it in facts["weeks"]) == 3
    found = {name: file(browser, name) for name in TABLES}
    assert [[row[column] for row in found["themes"]] for column in ("theme", "contributions", "people")] == [
        [str(one[part]) for one in weighed] for part in range(3)
    ]
    assert [row["stance"] for row in found["themes"]] == [FARES, LIGHTS, "'=Tema yang tidak ditemukan di mana pun"]
    whole = facts["balance"] | {"answered": facts["answered"]}
    assert found["balance"] == [{name: str(number) for name, number in whole.items()}]
    assert [(row["week"], row["contributions"]) for row in found["weeks"]] == [
        (it["week"], str(it["contributions"])) for it in facts["weeks"]
    ]
    book = sheets(browser)
    assert list(book) == list(TABLES)
    for name, rows in found.items():
        filled = [[value.removeprefix("'") for value in row.values() if value] for row in rows]
        assert book[name] == [list(TABLES[name]), *filled]
    quoted = [(str(one["theme"]), it["code"], it["quote"]) for one in facts["themes"] for it in one["quotes"]]
    assert [(row["theme"], row["code"], row["quote"]) for row in found["quotes"]] == quoted
    page = browser.get(HERE_IS)
    tables = [[" ".join("".join(it.itertext()).split()) for it in row] for row in page.all("tr")]
    assert [row[1] for row in tables[1:4]] == ["3", "1", "0"]
    assert len(quoted) == 2
    assert all(code in page.html and " ".join(quote.split()) in page.text for _, code, quote in quoted)


def test_the_answer_of_each_theme_stands_beside_it_and_what_it_changes(browser: Browser) -> None:
    office = Answering()
    numbers = [office.proposal() for _ in range(3)]
    for number, theme in zip(numbers, (1, 1, 2), strict=True):
        office.find(number, theme)
    waiting = browser.get(HERE_IS)
    assert "Belum ada tema yang dijawab" not in waiting.text and "Tema yang menunggu jawaban" in waiting.text
    office.draft(2, text="Rahasia draf jawaban tentang lampu jalan.")
    office.answer_theme(1, status="partly", text="=Tarif pelajar turun **separuh** mulai Januari.")
    one, two = told(browser)["themes"]
    assert two["answer"] is None
    assert (one["answer"]["status"], one["answer"]["reached"], one["answer"]["signed_by"]) == ("partly", 2, "Bu Sri")
    page = browser.get(HERE_IS)
    assert "<strong>separuh</strong>" in page.html and "Jawaban ini berlaku untuk 2 masukan" in page.text
    assert "1 dari 2 tema yang ditemukan sudah dijawab" in page.text
    assert "2 dari 3 masukan sudah dijawab" in page.text and told(browser)["answered"] == 2
    changes = page.text.partition("Menurut jawaban resmi:")[2]
    assert FARES in changes and LIGHTS not in changes
    (first, second), (head, *rows) = file(browser, "themes"), sheets(browser)["themes"]
    assert first["answer_text"] == "'=Tarif pelajar turun **separuh** mulai Januari."
    assert (first["answer_reached"], second["answer_status"]) == ("2", "")
    assert first["answer_published"] == one["answer"]["published"]
    assert rows[0][-2] == one["answer"]["text"] and len(head) == len(TABLES["themes"])
    everything = [browser.get(f"{HERE_IS}{kind}").html for kind in ("", ".json", "/themes.csv")]
    assert "Rahasia draf" not in "".join(everything)


def test_figures_by_place_are_of_places_below_that_of_the_question_and_never_small(browser: Browser) -> None:
    regency = factories.area()
    places = {
        "33.07.01": factories.area("33.07.01", "Wadaslintang", 3, regency),
        "33.07.02": factories.area("33.07.02", "Kepil", 3, regency),
        "33.07.03": factories.area("33.07.03", "Sapuran", 3, regency),
        "33.07.04": factories.area("33.07.04", "Kaliwiro", 3, regency),
    }
    village = factories.area("33.07.01.2001", "Kaligowong", 4, places["33.07.01"])
    office = Office()
    by_hand(update(table(Consultation)).where(table(Consultation).c.id == office.consultation).values(area_id=regency))
    said = [village] * 12 + [places["33.07.01"]] * 18 + [places["33.07.02"]] * 13 + [None] * 11
    said += [places["33.07.03"]] * 4 + [places["33.07.04"]] * 3
    for place in said:
        number = factories.proposal(office.consultation, factories.person(), area_id=place)
        office.find(number, 1)
    commented = number_of(worlds.comment(number, factories.person()))
    office.find(commented, 2)
    facts = told(browser)
    assert [tuple(it.values()) for it in facts["themes"][0]["places"]] == [
        ("place", "33.07.01", "Kec. Wadaslintang", 30), ("place", "33.07.02", "Kec. Kepil", 13),
        ("rest", None, None, 18),
    ]  # fmt: skip
    assert facts["themes"][1]["places"] == []  # a single comment, about the place of its proposal
    assert [it["contributions"] for it in facts["places"]] == [30, 13, 19]
    rows = file(browser, "places")
    assert [(row["theme"], row["place"], row["contributions"]) for row in rows][:3] == [
        ("", "Kec. Wadaslintang", "30"), ("", "Kec. Kepil", "13"), ("", "", "19"),
    ]  # fmt: skip
    page = browser.get(HERE_IS)
    assert "Kec. Wadaslintang: 30" in page.text
    assert "Sapuran" not in page.html and "Kaliwiro" not in page.html and "Kaligowong" not in page.html


def test_quotes_are_what_the_rule_chooses_from_the_published_passages(browser: Browser, office: Office) -> None:
    """Chosen again by the rule alone, from the file of passages and the seed."""
    said = ["Tarif angkot naik", "Tarif angkot naik lagi", "Angkot naik tarif sekolah", "Hujan deras di terminal"]
    numbers = [office.proposal(body=f"{words} dan kami keberatan sekali.") for words in said]
    for number, words in zip(numbers, said, strict=True):
        office.find(number, 1, quote=words)
    assert quotes(browser) == {"typical": code_of(numbers[0]), "unlike": code_of(numbers[3])}
    contrary = against(numbers[0], "Tarif lama tidak menutup biaya solar kami.")
    office.find(contrary, 2)
    for share in ("sedikit", "separuh"):  # against a proposal with the theme, and yet with the theme themselves
        office.find(against(numbers[1], f"Tarif angkot boleh naik {share} saja."), 1)
    facts = told(browser)
    rows = file(browser, "passages")
    carrying = {row["code"]: row["passage"] for row in rows if row["theme"] == "1" and row["passage"]}
    on = {row["code"] for row in rows if row["theme"] == "1"}
    contraries = {
        row["code"]: row["passage"]
        for row in rows
        if row["stance"] == "against" and row["proposal"] in on and row["code"] not in on
    }
    assert list(contraries) == [code_of(contrary)]
    drawn = [{code: some[code] for code in voices.drawn(facts["seed"], some)} for some in (carrying, contraries)]
    again = voices.chosen(*drawn)
    assert quotes(browser) == {why: code for why, code in vars(again).items() if code}
    assert set(quotes(browser)) == {"typical", "against"}
    assert list(rows[0]) == list(PASSAGES)


def test_copies_of_one_text_are_one_argument_and_drawn_once(browser: Browser, office: Office) -> None:
    proposal = office.proposal()
    send(office, proposal, [LETTER, LETTER.replace("setiap pagi", "menjelang subuh"), WITH_OWN])
    compare(office)
    (campaign,) = groups(office)
    code_all(office, campaign)
    office.find(proposal, 1)
    facts = told(browser)["themes"][0]
    assert (facts["contributions"], facts["arguments"]) == (4, 2)
    assert file(browser, "themes")[0]["arguments"] == "2"
    rows = file(browser, "passages")
    assert [row["campaign"] for row in rows if row["kind"] == "comment"] == [str(campaign.id)] * 3
    assert len(quotes(browser)) == 1  # two passages were drawn, and with two none is unlike
    assert "2 argumen berbeda" in browser.get(HERE_IS).text


def test_nothing_is_quoted_that_is_hidden_withdrawn_or_was_changed(browser: Browser, office: Office) -> None:
    said = [f"Kenari {word} di sawah" for word in ("kuning", "merah", "hijau", "biru")]
    numbers = [office.proposal(office.author, body=f"{words} sudah lama kami lihat.") for words in said]
    removed = against(numbers[3], "Kenari ungu tidak pernah ada.")
    for number, words in zip(numbers, said, strict=True):
        office.find(number, 1, quote=words)
    office.find(removed, 2)
    everything = [f"{HERE_IS}{kind}" for kind in ("", ".json", "/quotes.csv", "/passages.csv")]

    def quoted(words: str) -> bool:
        return any(words in browser.get(path).html for path in everything)

    moderator = factories.person("Mod", roles=("moderator",))
    assert all(map(quoted, [*said, "Kenari ungu"]))
    db.write_now(moderation.hide, moderator.actor, numbers[0], "personal-data", "Ada alamat.", HERE)
    db.write_now(proposals.withdraw, office.author.actor, numbers[1], "Sudah tidak perlu.")
    factories.edit(numbers[2])
    by_hand(update(table(Comment)).where(table(Comment).c.id == removed).values(removed_at=clock.now()))
    assert [quoted(words) for words in (*said, "Kenari ungu")] == [False, False, False, True, False]
    assert quotes(browser) == {"typical": code_of(numbers[3])}
    assert told(browser)["themes"][0]["contributions"] == 4
    office.theme(FARES, 1, includes="Semua burung.")
    office.publish()
    assert not quoted(said[3])  # the theme means something else now


def test_it_costs_the_same_whatever_was_said(browser: Browser, office: Office) -> None:
    paths = [HERE_IS, f"{HERE_IS}.json"]
    for _ in range(2):
        number = office.proposal()
        office.find(number, 1)
        for path in paths:
            with queries_asked() as asked:
                browser.get(path)
            assert sum(one != "BEGIN" for one in asked) <= 8, asked
        for _one in range(4):
            office.find(against(number, "Kami tidak setuju dengan ini."), 2)
            office.theme(f"Tema tambahan {factories.code(office.proposal())} dari warga")
        office.publish()
        c = table(Consultation).c
        by_hand(update(table(Consultation)).where(c.id == office.consultation).values(decided_at=clock.now()))
