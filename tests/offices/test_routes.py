"""The pages about offices and places: for everyone, and for administrators."""

import pytest

from tests import factories
from tests.page import Browser


@pytest.fixture
def admin(browser: Browser) -> Browser:
    return browser.as_(factories.person(roles=("administrator",)))


def test_everyone_sees_the_tree_and_each_office(browser: Browser) -> None:
    above = factories.office("Kabupaten Contoh", slug="kabupaten")
    factories.office("Dinas Air", slug="air", parent_id=above, description="Mengurus air.", email="air@contoh.id")
    tree = browser.get("/offices")
    assert tree.links().count("/offices/air") == 1
    page = browser.get("/offices/air")
    assert page.h1 == "Dinas Air"
    assert "mailto:air@contoh.id" in page.links() and "/offices/kabupaten" in page.links()
    assert "/offices/air" in browser.get("/offices/kabupaten").links()
    assert "/admin/offices/air" not in page.links()
    assert browser.get("/offices/tidak-ada").status == 404


def test_an_installation_without_offices_says_so(browser: Browser) -> None:
    assert "govuk-error-summary" not in browser.get("/offices").html


def test_offices_are_facts_as_json_too(browser: Browser) -> None:
    above = factories.office("Kabupaten", slug="kabupaten")
    factories.office("Dinas", slug="dinas", parent_id=above)
    assert browser.get("/offices.json").response.json()[0]["offices"][0]["slug"] == "dinas"
    facts = browser.get("/offices/dinas.json").response.json()
    assert (facts["name"], facts["parent"], facts["children"]) == ("Dinas", "kabupaten", [])
    missing = browser.get("/offices/tidak-ada.json")
    assert missing.status == 404 and missing.response.json()["error"] == "not-found"


def test_english_readers_get_english_texts_where_there_are(browser: Browser) -> None:
    factories.office("Dinas Air", slug="air", name_en="Water Office", description="Mengurus air.")
    page = browser.as_(lang="en").get("/offices/air")
    assert page.h1 == "Water Office"
    assert page.all("p", class_="lead", lang="id")


def test_an_administrator_sets_up_changes_and_closes_an_office(admin: Browser) -> None:
    page = admin.submit(admin.get("/admin/offices/new"), "/admin/offices", name="Dinas Air", email="air@contoh.id")
    assert page.url == "/offices/dinas-air"
    edit = admin.get("/admin/offices/dinas-air")
    assert edit.form("/admin/offices/dinas-air")["email"] == "air@contoh.id"
    page = admin.submit(edit, "/admin/offices/dinas-air", name="Dinas Pengairan", phone="021 500")
    assert page.h1 == "Dinas Pengairan" and "021 500" in page.text
    confirm = admin.get("/admin/offices/dinas-air/closing")
    closed = admin.submit(confirm, "/admin/offices/dinas-air/closing")
    assert closed.url == "/offices/dinas-air" and closed.status == 200
    again = admin.post("/admin/offices/dinas-air/closing")
    assert again.status == 409
    page = admin.submit(admin.get("/admin/offices/dinas-air"), "/admin/offices/dinas-air/reopening")
    assert page.url == "/offices/dinas-air"
    assert "/admin/offices/dinas-air" in admin.get("/admin/offices").links()


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "🙂🙂🙂"), ("name", "x" * 200), ("email", "bukan alamat"), ("parent", "tidak-ada")],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(admin: Browser, field: str, value: str) -> None:
    fields = {"name": "Dinas Air", "description": "Mengurus air bersih.", field: value}
    page = admin.post("/admin/offices", fields)
    assert page.status == (409 if field == "parent" else 422)
    assert page.errors
    assert "Mengurus air bersih." in page.html
    assert admin.get("/offices.json").response.json() == []


def test_an_ambiguous_place_comes_back_with_choices(admin: Browser) -> None:
    factories.area("33.05.01.2007", "Argosari", 4)
    factories.area("34.02.17.2001", "Argosari", 4)
    page = admin.post("/admin/offices", {"name": "Pemerintah Desa", "area": "argosari"})
    assert page.status == 422
    radios = [e.get("value") for e in page.all("input", type="radio", name="area")]
    assert radios == ["33.05.01.2007", "34.02.17.2001"]
    assert page.all("input", type="text", name="area")[0].get("value") == "argosari"
    chosen = admin.client.post("/admin/offices", data={"name": "Pemerintah Desa", "area": [radios[1], "argosari"]})
    assert chosen.status_code == 200
    assert admin.get("/offices/pemerintah-desa.json").response.json()["area"]["code"] == "34.02.17.2001"


def test_only_administrators_reach_these_pages(browser: Browser) -> None:
    office = factories.office(slug="air")
    pages = ("/admin/offices", "/admin/offices/new", "/admin/offices/air", "/admin/offices/air/closing")
    posts = ("/admin/offices", "/admin/offices/air", "/admin/offices/air/closing", "/admin/offices/air/reopening")
    people = ((None, 401), (factories.person(), 403), (factories.official(office), 403))
    for person, status in people:
        visitor = browser.as_(person)
        assert {visitor.get(url).status for url in pages} == {status}
        assert {visitor.post(url, {"name": "Dinas Lain"}).status for url in posts} == {status}
    assert len(browser.get("/offices.json").response.json()) == 1


def test_places_are_suggested_as_a_page_a_fragment_and_json(browser: Browser) -> None:
    factories.area("33.05", "Kabupaten Kebumen", 2)
    factories.area("33.05.01", "Ayah", 3)
    factories.area("33.05.01.2007", "Argosari", 4)
    fragment = browser.get("/areas?area=argo", htmx=True)
    assert [(e.get("value"), e.text) for e in fragment.all("option")] == [
        ("Desa Argosari, Kec. Ayah, Kab. Kebumen", "33.05.01.2007")
    ]
    page = browser.get("/areas?q=argo")
    assert "/consultations?area=33.05.01.2007" in page.links()
    assert page.form("/areas")["q"] == "argo"
    facts = browser.get("/areas.json?q=33.05.01").response.json()
    assert [fact["code"] for fact in facts] == ["33.05.01", "33.05.01.2007"]
    assert browser.get("/areas").status == 200
    assert browser.get("/areas?q=zzzz").status == 200
    assert browser.get("/areas?q=" + "x" * 300).status == 404


def test_an_office_cannot_be_put_below_itself(admin: Browser) -> None:
    factories.office("Dinas Air", slug="air")
    page = admin.post("/admin/offices/air", {"name": "Dinas Air", "parent": "air", "phone": "021 500"})
    assert page.status == 409 and page.errors
    assert page.form("/admin/offices/air")["phone"] == "021 500"
    assert admin.post("/admin/offices/air", {"name": ""}).status == 422
    assert ("air", "Dinas Air") not in [(o.get("value"), o.text) for o in page.all("option")]
