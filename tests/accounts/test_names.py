"""Nobody poses as an office, or as somebody with a role."""

import pytest

from app.accounts.queries import names
from app.core import db
from tests import factories
from tests.accounts.conftest import PASSWORD, person
from tests.page import Browser

OFFICE = "Rumah Sakit Umum Daerah"


def taken(name: str, account: int | None = None) -> str | None:
    """Why a name may not be used."""
    with db.reading() as session:
        return names.taken(session, name, account)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (OFFICE, names.AN_OFFICE),
        ("rumah-sakit umum daerah!", names.AN_OFFICE),
        ("Ｒumah Sakit Ｕmum Daerah", names.AN_OFFICE),
        ("Admin Rumah Sakit Umum Daerah", names.AN_OFFICE),
        ("Regional Hospital", names.AN_OFFICE),
        ("RSU", names.AN_OFFICE),
        ("Dinas Apa Saja", names.AN_OFFICE),
        ("PEMERINTAH Kabupaten", names.AN_OFFICE),
        ("Bu Ratna", names.SOMEBODY),
        ("bu  rátna", names.SOMEBODY),
        ("Bu Ratna Dewi", None),
        ("Warga Kecamatan Kaliwiro", None),
        ("Parsudi", None),
        ("Dinastia", None),
    ],
)
def test_which_names_are_taken(database: str, name: str, why: str | None) -> None:
    """Whatever signs, blanks, accents and kinds of letters are used; a citizen's name is free for others."""
    factories.office(OFFICE, name_en="Regional Hospital")
    factories.office("RSU")
    factories.person("Bu Ratna", roles=["moderator"])
    factories.person("Parsudi")
    assert taken(name) == why


def test_an_official_may_name_their_office(database: str) -> None:
    """It stands beside their words anyway; their own name is theirs."""
    official = factories.official(factories.office(OFFICE), "Pak Budi")
    assert taken(f"Budi, {OFFICE}", official.account) is None
    assert taken("Pak Budi", official.account) is None


def test_the_forms_say_why(browser: Browser) -> None:
    """At signing up and when a name is changed; who has such a name may still save the rest."""
    fields = {"name": "Dinas Kesehatan", "email": "a@contoh.id", "password": PASSWORD, "consent": "yes"}
    page = browser.post("/sign-up", fields)
    assert page.status == 422
    assert "menyerupai nama instansi" in page.errors[0]
    early = person(name="Dinas Kesehatan")
    browser.sign_in(early)
    saved = {"name": early.name, "lang": "id"}
    assert browser.post("/me", saved).status == 200
    assert browser.post("/me", saved | {"name": "Dinas Pasar"}).status == 422
