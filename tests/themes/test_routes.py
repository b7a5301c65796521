"""The pages of themes: codebook, coding desk with and without htmx, leaving out, and what everybody reads."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.core import db
from app.moderation import actions as moderation
from tests import factories
from tests.contributions.world import code_of
from tests.counting import queries_asked
from tests.page import Browser
from tests.themes.office import FARES, HERE, LIGHTS, Office
from tests.themes.test_coding import BODY


@pytest.fixture
def office(browser: Browser) -> Office:
    return Office()


@pytest.fixture
def desk(browser: Browser, office: Office) -> Browser:
    return browser.as_(office.official)


def test_the_codebook_from_nothing_to_its_second_version(browser: Browser) -> None:
    number = factories.consultation(factories.office(), slug="kosong")
    official = browser.as_(factories.official(1, "Bu Sri"))
    here = "/desk/consultations/kosong/codebook"
    assert "/new" in official.get(here).html
    empty = official.post(f"{here}/new", {"stance": "Tarif"})
    assert empty.status == 422
    assert 'value="Tarif"' in empty.html
    official.post(f"{here}/new", {"stance": FARES, "other_stance": "Higher fares hurt pupils", "includes": "Angkot."})
    assert browser.get("/consultations/kosong/themes.json").response.json()["codebook"] is None
    assert official.post(f"{here}/publication", {}).url.endswith(here)
    page = browser.get("/consultations/kosong/themes?lang=en")
    assert "Higher fares hurt pupils" in page.html
    assert FARES not in page.html
    official.post(f"{here}/themes/1", {"stance": f"{FARES} dan guru"})
    without = official.post(f"{here}/publication", {})
    assert without.status == 409
    assert official.post(f"{here}/publication", {"reason": "Guru juga terkena."}).status == 200
    facts = browser.get("/consultations/kosong/themes.json").response.json()
    assert (facts["codebook"]["version"], facts["codebook"]["themes"][0]["since"]) == (2, 2)
    assert [one["reason"] for one in facts["versions"]] == ["Guru juga terkena.", ""]
    assert FARES in browser.get("/consultations/kosong/themes/1?lang=id").html
    assert browser.get("/consultations/kosong/themes/3").status == 404
    assert number


def test_merging_and_splitting_at_the_desk(desk: Browser, office: Office) -> None:
    here = "/desk/consultations/air/codebook"
    assert desk.get(f"{here}/themes/1").status == 200
    assert desk.get(f"{here}/themes/9").status == 404
    assert desk.post(f"{here}/themes/1/merger", {}).status == 422
    assert desk.post(f"{here}/themes/1/merger", {"into": "9"}).status == 409
    assert desk.post(f"{here}/themes/1/merger", {"into": "2"}).status == 200
    page = desk.get(here)
    assert f"{here}/themes/1/return" in page.html
    assert desk.post(f"{here}/themes/1/return", {}).status == 200
    assert desk.get(f"{here}/themes/2/split").status == 200
    assert desk.post(f"{here}/themes/2/split", {"stance": "Halte perlu lampu"}).status == 200
    assert [theme.stance for theme in office.draft().themes] == [FARES, LIGHTS, "Halte perlu lampu"]
    assert desk.post(f"{here}/themes/3/removal", {}).status == 200
    assert desk.post(f"{here}/discarding", {}).status == 200


def test_coding_without_script_goes_on_with_the_same_text_and_then_the_next(desk: Browser, office: Office) -> None:
    number, other = office.proposal(body=BODY), office.proposal()
    first = desk.post("/desk/consultations/air/coding/next", {"order": "age"}).url
    assert first.endswith(f"/desk/contributions/{code_of(number)}/coding?order=age")
    page = desk.get(first)
    assert page.html.count('name="piece"') == len(office.words(number).pieces)
    seen = office.words(number).h
    sent = {"seen": seen, "order": "age", "theme": "1"}
    nothing = desk.post(page.url.partition("?")[0], sent)
    assert nothing.status == 409
    done = desk.post(page.url.partition("?")[0], sent | {"piece": ["1", "2"]})
    assert done.url.endswith("?order=age")
    assert desk.get(done.url).html.count("/retraction") == 1
    following = desk.post("/desk/consultations/air/coding/next", {"order": "age", "after": code_of(number)})
    assert code_of(other) in following.url
    assert desk.get("/desk/consultations/air/coding?list=coded").html.count(code_of(number)) >= 1


def test_the_sentences_of_a_short_text_do_not_run_into_each_other(desk: Browser, office: Office) -> None:
    number = office.comment(office.proposal(), body="Saya setuju sekali. Minggu itu hari kondangan.")
    page = desk.get(f"/desk/contributions/{code_of(number)}/coding")
    assert "<span>Saya setuju sekali.</span> <span>Minggu itu" in page.html


def test_coding_with_htmx_gives_the_desk_as_a_part(desk: Browser, office: Office) -> None:
    number = office.proposal(body=BODY)
    here, sent = f"/desk/contributions/{code_of(number)}/coding", {"seen": office.words(number).h, "theme": "1"}
    refused = desk.post(here, sent, htmx=True)
    assert refused.status == 409
    assert "<html" not in refused.html
    done = desk.post(here, sent | {"quote": "Ongkos angkot naik"}, htmx=True)
    assert done.status == 200
    assert "<html" not in done.html
    assert 'id="coding-desk"' in done.html
    assert office.found(number)[0].quote == "Ongkos angkot naik"


def test_what_was_marked_and_typed_is_kept_when_it_is_refused(desk: Browser, office: Office) -> None:
    number = office.proposal(body=BODY)
    sent = {"seen": "f" * 64, "theme": "1", "piece": ["2"], "quote": "kata lain"}
    page = desk.post(f"/desk/contributions/{code_of(number)}/coding", sent)
    assert page.status == 409
    assert 'value="2" checked' in page.html
    assert "kata lain" in page.html


def test_taking_back_and_confirming(desk: Browser, office: Office) -> None:
    number = office.proposal()
    office.find(number)
    office.theme(FARES, 1, includes="Semua pelajar.")
    office.publish()
    here = f"/desk/contributions/{code_of(number)}/coding"
    assert code_of(number) in desk.get("/desk/consultations/air/coding?list=again").html
    assert desk.post(f"/desk/codings/{office.found(number)[0].id}/confirmation", {}).url.endswith(f"{here}")
    assert code_of(number) not in desk.get("/desk/consultations/air/coding?list=again").html
    assert desk.post(f"/desk/codings/{office.found(number)[0].id}/retraction", {}).status == 200
    assert office.found(number) == ()


def test_leaving_out_and_an_appeal_through_the_pages(browser: Browser, desk: Browser, office: Office) -> None:
    number = office.proposal()
    code = code_of(number)
    public, there = f"/contributions/{code}/exclusion", f"/desk/contributions/{code}/exclusion"
    assert browser.get(public).status == 200
    short = desk.post(there, {"ground": "no-argument", "text": "Tidak"})
    assert short.status == 422
    assert desk.post(there, {"ground": "no-argument", "text": "Isinya salam saja."}).status == 200
    assert "Isinya salam saja." in browser.get(f"/contributions/{code}").html
    author = browser.as_(office.author)
    assert 'action="/contributions' in author.get(public).html
    assert 'action="/contributions' not in browser.get(public).html
    assert author.post(public, {"text": "x"}).status == 422
    assert author.post(public, {"text": "Alasan saya ada di alinea kedua."}).status == 200
    assert author.post(public, {"text": "Alasan saya ada di alinea kedua."}).status == 409
    assert code in desk.get("/desk/consultations/air/coding?list=appealed").html
    appeal = f"/desk/exclusions/{office.excluded(number).id}/appeal"
    decided = {"outcome": "taken-in", "text": "Alinea kedua memang memuat alasan."}
    assert desk.post(appeal, decided).status == 409
    colleague = browser.as_(office.colleague)
    assert colleague.post(appeal, {"outcome": "taken-in"}).status == 422
    assert colleague.post(appeal, decided).status == 200
    assert "Alinea kedua memang memuat alasan." in browser.get(public).html
    assert office.balance().excluded == 0


def test_what_cannot_be_read_any_more_is_left_out_from_its_list(desk: Browser, office: Office) -> None:
    number = office.proposal(title="Rahasia keluarga Pak Budi")
    moderator = factories.person("Mod", roles=("moderator",))
    db.write_now(moderation.hide, moderator.actor, number, "personal-data", "Ada alamat.", HERE)
    gone = desk.get("/desk/consultations/air/coding?list=gone")
    assert code_of(number) in gone.html
    assert "Rahasia keluarga" not in gone.html
    assert desk.post("/desk/consultations/air/coding/gone", {}).status == 200
    assert office.balance().excluded == 1


def test_a_hidden_text_is_quoted_nowhere(browser: Browser, desk: Browser, office: Office) -> None:
    number = office.proposal(body="Rahasia keluarga Pak Budi di Jalan Melati nomor tiga.")
    office.find(number)
    assert "Jalan Melati" in browser.get(f"/contributions/{code_of(number)}").html
    moderator = factories.person("Mod", roles=("moderator",))
    db.write_now(moderation.hide, moderator.actor, number, "personal-data", "Ada alamat.", HERE)
    for visitor in (browser, desk):
        for path in ("", ".json", "/exclusion"):
            assert "Jalan Melati" not in visitor.get(f"/contributions/{code_of(number)}{path}").html
    assert "Jalan Melati" not in desk.get(f"/desk/contributions/{code_of(number)}/coding").html


def test_the_trail_tells_the_themes_with_their_passages(browser: Browser, office: Office) -> None:
    number = office.proposal(body=BODY)
    office.find(number, 1, piece=["1"])
    page = browser.get(f"/contributions/{code_of(number)}")
    assert FARES in page.html
    assert "/consultations/air/themes#T1" in page.html
    facts = browser.get(f"/contributions/{code_of(number)}.json").response.json()["themes"]
    assert [(one["theme"], one["quote"]) for one in facts] == [(1, "Ongkos angkot naik dua kali lipat tahun ini.")]


@contextmanager
def counted(most: int) -> Iterator[None]:
    with queries_asked() as statements:
        yield
    assert sum(1 for one in statements if one != "BEGIN") <= most, statements


def test_a_page_costs_the_same_at_any_number(desk: Browser, office: Office) -> None:
    number = office.proposal(body=BODY)
    pages = [f"/desk/contributions/{code_of(number)}/coding", "/desk/consultations/air/coding"]
    pages += ["/desk/consultations/air/codebook", "/consultations/air/themes", f"/contributions/{code_of(number)}"]
    for _ in range(2):
        for path in pages:
            with counted(8):
                assert desk.get(path).status == 200
        for _one in range(5):
            office.find(office.proposal())
            office.find(number, 1, piece=["1"])
            office.find(number, 2, piece=["2"])
            office.theme(f"Tema tambahan {factories.code(office.proposal())} dari warga")
        office.publish()
