"""Offices are set up, changed, closed and opened again by administrators only."""

import pytest

from app.core import clock, db
from app.core.access import OPERATOR, Actor, Conflict, Denied, Missing
from app.offices import actions, queries
from app.offices.forms import OfficeForm
from tests import factories


def form(name: str = "Dinas Air", **fields: str) -> OfficeForm:
    return OfficeForm(name=name, **fields)


def set_up(name: str = "Dinas Air", **fields: str) -> str:
    return db.write_now(actions.create, OPERATOR, form(name, **fields), clock.now())


def known(slug: str) -> queries.OfficeView:
    with db.reading() as session:
        return queries.in_path(session, slug)


def test_slugs_come_from_the_name_are_unique_and_stay(database: str) -> None:
    assert [set_up(), set_up(), set_up("Dinas Air!")] == ["dinas-air", "dinas-air-2", "dinas-air-3"]
    assert set_up("水務局水務") == "instansi"
    assert set_up("New") == "new-2"
    db.write_now(actions.edit, OPERATOR, known("dinas-air").id, form("Dinas Pengairan"), clock.now())
    assert known("dinas-air").name == "Dinas Pengairan"


def test_an_office_belongs_to_another_and_to_a_place(database: str) -> None:
    factories.area("33.05", "Kabupaten Kebumen", 2)
    set_up("Kabupaten")
    slug = set_up("Dinas", parent="kabupaten", area="33.05", description="Mengurus air.", email="air@contoh.id")
    office = known(slug)
    assert office.parent_id == known("kabupaten").id
    assert (office.area, office.area_code, office.email) == ("Kabupaten Kebumen", "33.05", "air@contoh.id")
    with db.reading() as session:
        page = queries.office_page(session, office)
        assert page.parent is not None and page.parent.slug == "kabupaten" and page.children == ()
        assert queries.typed_office(session, office.id)["area"] == "Kab. Kebumen"
        assert queries.typed_office(session, office.id)["parent"] == "kabupaten"


def test_the_tree_has_no_circle(database: str) -> None:
    set_up("Atas")
    set_up("Bawah", parent="atas")
    for slug, parent in (("atas", "bawah"), ("atas", "atas"), ("bawah", "tidak-ada")):
        with pytest.raises(Conflict):
            db.write_now(actions.edit, OPERATOR, known(slug).id, form("Nama", parent=parent), clock.now())


def test_the_tree_lists_each_office_once_below_its_parent(database: str) -> None:
    set_up("Atas")
    set_up("Bawah B", parent="atas")
    set_up("Bawah A", parent="atas")
    set_up("Lain")
    with db.reading() as session:
        tree = queries.tree(session)
        assert [branch.office.slug for branch in tree] == ["atas", "lain"]
        assert [branch.office.slug for branch in tree[0].below] == ["bawah-a", "bawah-b"]
        choices = queries.office_choices(session, but=known("atas").id)
    assert choices == [("lain", "Lain")]


def test_a_closed_office_stays_readable_and_can_be_opened_again(database: str) -> None:
    office = known(set_up())
    db.write_now(actions.close, OPERATOR, office.id, clock.now())
    assert known("dinas-air").closed_at is not None
    with pytest.raises(Conflict, match="closed"):
        db.write_now(actions.close, OPERATOR, office.id, clock.now())
    db.write_now(actions.reopen, OPERATOR, office.id, clock.now())
    assert known("dinas-air").closed_at is None
    with pytest.raises(Conflict, match="open"):
        db.write_now(actions.reopen, OPERATOR, office.id, clock.now())


def test_a_place_that_is_not_one_is_refused(database: str) -> None:
    with pytest.raises(Conflict, match="area"):
        set_up(area="Atlantis")


def test_only_administrators_arrange_offices(browser: object) -> None:
    office = factories.office()
    for actor in (Actor(), factories.person().actor, factories.official(office).actor):
        with pytest.raises(Denied):
            db.write_now(actions.create, actor, form(), clock.now())
        with pytest.raises(Denied):
            db.write_now(actions.close, actor, office, clock.now())


def test_an_office_that_does_not_exist_cannot_be_changed(database: str) -> None:
    with pytest.raises(Missing):
        db.write_now(actions.edit, OPERATOR, 12345, form(), clock.now())
