"""The list for everyone, and the topics for administrators."""

import pytest

from app.consultations.models import ConsultationTopic, Topic
from app.core import db
from tests import factories
from tests.consultations.test_drafts import all_rows
from tests.factories import DAY, phase
from tests.page import Browser


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas Air", slug="air")


def test_an_empty_list_says_what_will_stand_there(browser: Browser) -> None:
    page = browser.get("/consultations")
    assert page.h1 == "Konsultasi" and "Belum ada konsultasi" in page.text
    assert browser.get("/consultations.json").response.json() == {"consultations": [], "next": None}


def test_the_list_shows_state_until_when_and_who_asks(browser: Browser, office: int) -> None:
    factories.consultation(office, slug="satu", title="Bagaimana air dibagi?")
    factories.consultation(office, (phase("proposals", DAY, 2 * DAY),), slug="dua")
    factories.consultation(office, opened=False, title="Rahasia dapur?")
    page = browser.get("/consultations")
    assert "/consultations/satu" in page.links() and "Dinas Air" in page.text
    assert "hari lagi" in page.text and "WIB" in page.text and "Segera dibuka" in page.text
    assert "Rahasia" not in page.html
    assert "Rahasia" not in browser.get("/consultations.json").html


def test_filters_work_without_script_and_keep_what_was_asked(browser: Browser, office: int) -> None:
    area = factories.area("33.05", "Kabupaten Kebumen", 2)
    first = factories.consultation(office, slug="satu", title="Air untuk dusun atas?", area_id=area)
    factories.consultation(office, slug="dua", title="Pasar di mana?")
    topic = factories.topic("air", "Air")
    db.write_now(lambda session: session.add(ConsultationTopic(consultation_id=first, topic_id=topic)))
    page = browser.get("/consultations?q=dusun&state=open&topic=air&area=kebumen")
    assert "/consultations/satu" in page.links() and "/consultations/dua" not in page.links()
    fields = page.form("/consultations")
    assert fields == {"q": "dusun", "state": "open", "topic": "air", "area": "kebumen"}
    assert "Kab. Kebumen" in page.text
    assert page.all("meta", name="robots", content="noindex")
    assert not browser.get("/consultations").all("meta", name="robots")
    nothing = browser.get("/consultations?q=tidakada")
    assert "Tidak ada konsultasi yang cocok" in nothing.text


@pytest.mark.parametrize("query", ["state=secret", "q=" + "x" * 300, "after=rusak", "topic=" + "x" * 100])
def test_what_cannot_be_asked_is_no_address(browser: Browser, office: int, query: str) -> None:
    assert browser.get(f"/consultations?{query}").status == 404
    assert browser.get(f"/consultations.json?{query}").status == 404


def test_a_place_that_may_be_several_is_chosen_from_a_list(browser: Browser, office: int) -> None:
    factories.area("33.05.01.2007", "Argosari", 4)
    factories.area("34.02.17.2001", "Argosari", 4)
    factories.consultation(office, slug="satu")
    page = browser.get("/consultations?area=argosari")
    assert page.status == 200 and len(page.all("input", type="radio", name="area")) == 2
    assert "/consultations/satu" not in page.links()
    nowhere = browser.get("/consultations?area=atlantis")
    assert nowhere.status == 200 and nowhere.all("p", class_="govuk-error-message")


def test_reflected_words_are_words(browser: Browser) -> None:
    page = browser.get('/consultations?q="><script>alert(1)</script>&area=<b>x</b>&topic=<i>')
    assert "<script>alert" not in page.html and "<b>x" not in page.html


def test_further_pages_are_links(browser: Browser, office: int) -> None:
    for _ in range(25):
        factories.consultation(office, title="Pasar baru di mana?")
    page = browser.get("/consultations?q=pasar")
    (further,) = [e.get("href") for e in page.all("a", rel="next")]
    assert further is not None and "q=pasar" in further
    second = browser.get(further)
    assert len([link for link in second.links() if link.startswith("/consultations/konsultasi")]) == 5
    assert "/consultations?q=pasar" in second.links()
    facts = browser.get("/consultations.json?q=pasar").response.json()
    assert len(facts["consultations"]) == 20 and "q=pasar" in facts["next"]
    assert len(browser.get(facts["next"]).response.json()["consultations"]) == 5


def test_titles_carry_their_language(browser: Browser, office: int) -> None:
    factories.consultation(office, slug="satu", other_title="Water?", other_summary="Say.")
    factories.consultation(office, slug="dua", title="Di mana?")
    page = browser.as_(lang="en").get("/consultations")
    assert "Water?" in page.text
    assert [e.get("lang") for e in page.all("a", href="/consultations/satu")] == [None]
    assert [e.get("lang") for e in page.all("a", href="/consultations/dua")] == ["id"]


@pytest.fixture
def admin(browser: Browser) -> Browser:
    return browser.as_(factories.person(roles=("administrator",)))


def test_topics_are_added_and_renamed(admin: Browser) -> None:
    page = admin.submit(admin.get("/admin/topics"), "/admin/topics", name="Air bersih", name_en="Clean water")
    assert page.url == "/admin/topics" and "Air bersih" in page.text
    (topic,) = all_rows(Topic)
    assert topic.slug == "air-bersih"
    own = f"/admin/topics/{topic.id}"
    edit = admin.get(own)
    assert edit.form(own) == {"name": "Air bersih", "name_en": "Clean water"}
    admin.submit(edit, own, name="Air minum")
    (topic,) = all_rows(Topic)
    assert (topic.slug, topic.name) == ("air-bersih", "Air minum")
    assert "Clean water" in admin.as_(lang="en").get("/consultations").text


def test_a_topic_needs_a_name(admin: Browser) -> None:
    assert admin.post("/admin/topics", {"name": ""}).status == 422
    number = factories.topic()
    page = admin.post(f"/admin/topics/{number}", {"name": "x" * 61, "name_en": "Water"})
    assert page.status == 422 and page.form(f"/admin/topics/{number}")["name_en"] == "Water"
    assert admin.get("/admin/topics/12345").status == admin.post("/admin/topics/12345", {"name": "Air"}).status == 404
    assert admin.get("/admin/topics/999999999999999999999").status == 404


def test_only_administrators_arrange_topics(browser: Browser, office: int) -> None:
    number = factories.topic()
    for person, status in ((None, 401), (factories.person(), 403), (factories.official(office), 403)):
        visitor = browser.as_(person)
        for url in ("/admin/topics", f"/admin/topics/{number}"):
            assert visitor.get(url).status == visitor.post(url, {"name": "Lain"}).status == status
    assert [topic.name for topic in all_rows(Topic)] == ["Air"]
