"""A place is found by its code, its name, or its name with the places above it."""

import pytest
from sqlalchemy import event, select

from app.core import db
from app.core.columns import table
from app.core.forms import Submission
from app.offices import actions
from app.offices.models import Area
from app.offices.queries import (
    AreaView,
    area_and_below,
    area_path,
    chosen_area,
    matching_areas,
    resolve_area,
    spelled,
)
from tests import factories

PLACES = (
    ("33", "Jawa Tengah"),
    ("33.05", "Kabupaten Kebumen"),
    ("33.05.01", "Ayah"),
    ("33.05.01.2007", "Argosari"),
    ("33.05.12", "Kebumen"),
    ("33.05.12.1001", "Panjer"),
    ("33.05.12.2002", "Panjer"),
    ("34", "Daerah Istimewa Yogyakarta"),
    ("34.02", "Kabupaten Bantul"),
    ("34.02.17", "Sedayu"),
    ("34.02.17.2001", "Argosari"),
    ("31", "Daerah Khusus Ibukota Jakarta"),
    ("31.74", "Kota Administrasi Jakarta Selatan"),
    ("33.050", "Jawa Palsu"),
)


@pytest.fixture
def places(database: str) -> dict[str, int]:
    return {code: factories.area(code, name, code.count(".") + 1) for code, name in PLACES}


def resolved(typed: str) -> str | tuple[str, ...]:
    with db.reading() as session:
        found = resolve_area(session, typed)
        return found.code if isinstance(found, AreaView) else tuple(place.code for place in found)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("33.05.01.2007", "33.05.01.2007"),
        ("3305012007", "33.05.01.2007"),
        ("33.05.", "33.05"),
        ("kabupaten kebumen", "33.05"),
        ("Kab. Kebumen", "33.05"),
        ("kec. kebumen", "33.05.12"),
        ("  KAB  kebumen ", "33.05"),
        ("Argosari, Ayah", "33.05.01.2007"),
        ("argosari, bantul", "34.02.17.2001"),
        ("Desa Argosari, Kec. Ayah, Kab. Kebumen", "33.05.01.2007"),
        ("Kel. Panjer, Kec. Kebumen, Kab. Kebumen", "33.05.12.1001"),
        ("Desa Panjer, Kec. Kebumen, Kab. Kebumen", "33.05.12.2002"),
        ("Jakarta Selatan", "31.74"),
        ("jawa tengah", "33"),
    ],
)
def test_one_place_is_meant(places: dict[str, int], typed: str, code: str) -> None:
    assert resolved(typed) == code


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("kebumen", ("33.05.12", "33.05")),
        ("argosari", ("33.05.01.2007", "34.02.17.2001")),
        ("argos", ("33.05.01.2007", "34.02.17.2001")),
        ("sed", ("34.02.17",)),
        ("atlantis", ()),
        ("99.99", ()),
        ("%", ()),
        (",", ()),
        ("", ()),
        ("argosari, surabaya", ()),
        ("x" * 5000, ()),
    ],
)
def test_several_places_or_none_may_be_meant(places: dict[str, int], typed: str, codes: tuple[str, ...]) -> None:
    found = resolved(typed)
    assert isinstance(found, tuple)
    assert set(found) == set(codes)


def test_a_path_names_what_is_above_but_not_the_province_of_a_village(places: dict[str, int]) -> None:
    with db.reading() as session:
        assert area_path(session, places["33.05.01.2007"]) == "Desa Argosari, Kec. Ayah, Kab. Kebumen"
        assert area_path(session, places["33.05.12.1001"]) == "Kel. Panjer, Kec. Kebumen, Kab. Kebumen"
        assert area_path(session, places["33.05"]) == "Kab. Kebumen, Jawa Tengah"
        assert area_path(session, places["33"]) == "Jawa Tengah"
        assert area_path(session, None) == ""


def test_an_area_holds_what_is_below_it_and_nothing_beside_it(places: dict[str, int]) -> None:
    with db.reading() as session:
        below = select(table(Area).c.code).where(table(Area).c.id.in_(area_and_below(session, places["33.05"])))
        codes = set(session.execute(below).scalars())
    assert codes == {code for code, _ in PLACES if code == "33.05" or code.startswith("33.05.")}


def test_suggestions_are_few_and_the_bigger_places_come_first(places: dict[str, int]) -> None:
    for number in range(30):
        factories.area(f"33.05.13.{2000 + number}", f"Kebumen {number}", 4)
    with db.reading() as session:
        found = matching_areas(session, "kebu")
        assert len(found) == 10 and found[0].code == "33.05"
        assert [place.code for place in matching_areas(session, "33.05.01")] == ["33.05.01", "33.05.01.2007"]
        assert [place.code for place in matching_areas(session, "argosari, ban")] == ["34.02.17.2001"]
        assert matching_areas(session, "k") == ()


def test_suggesting_takes_two_queries_however_many_places_there_are(places: dict[str, int]) -> None:
    for number in range(60):
        factories.area(f"33.05.14.{2000 + number}", f"Sari {number}", 4)
    counted: list[str] = []
    engine = db.current().reads
    listen = lambda *args: counted.append(args[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    with db.reading() as session:
        matching_areas(session, "sari")
        resolve_area(session, "sari 7")
    event.remove(engine, "before_cursor_execute", listen)
    assert len([statement for statement in counted if statement.startswith("SELECT")]) == 4


def test_a_field_that_names_no_place_is_blamed_and_offers_candidates(places: dict[str, int]) -> None:
    with db.reading() as session:
        for typed, number in (("argosari", 2), ("atlantis", 0)):
            form: Submission[object] = Submission(values={"area": typed})  # type: ignore[type-var]
            assert len(chosen_area(session, form)) == number
            assert form.status == 422 and form.errors["area"] and form.values["area"] == typed
        for typed in ("", "33.05"):
            form = Submission(values={"area": typed})
            assert chosen_area(session, form) == ()
            assert form.errors == {}


def test_names_are_compared_without_signs() -> None:
    assert spelled("  Pasi  Kuala Ba'u ") == "pasi kuala bau"
    assert spelled("Mns. Mesjid/Lampuuk") == "mns mesjid/lampuuk"


def stored() -> list[tuple[str, str, int]]:
    a = table(Area).c
    with db.reading() as session:
        return [tuple(row) for row in session.execute(select(a.code, a.name, a.level).order_by(a.code))]


def test_a_province_is_loaded_down_to_the_village_and_twice_changes_nothing(database: str) -> None:
    heard: list[tuple[int, int]] = []
    number = actions.load_areas("31", lambda done, of: heard.append((done, of)))
    first = stored()
    assert number == len(first) == heard[-1][0] == heard[-1][1]
    assert {level for _, _, level in first} == {1, 2, 3, 4}
    assert all(code.startswith("31") for code, _, _ in first)
    a = table(Area).c
    with db.reading() as session:
        orphans = session.execute(select(a.code).where(a.parent_id.is_(None))).scalars().all()
    assert orphans == ["31"]
    assert actions.load_areas("31") == number
    assert stored() == first


def test_a_changed_name_is_taken_over(database: str) -> None:
    factories.area("31", "Batavia", 1)
    actions.load_areas("31")
    assert {code: name for code, name, _ in stored()}["31"] != "Batavia"


def test_an_unknown_province_is_refused(database: str) -> None:
    with pytest.raises(actions.UnknownProvince):
        actions.load_areas("99")
    assert stored() == []
