"""Address parts are made from names: readable, ASCII, bounded, and unique."""

import pytest

from app.core import db
from app.core.columns import table
from app.core.slugs import LONGEST, free_slug, slug_of
from app.offices.models import Office
from tests import factories


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Di mana pasar baru?", "di-mana-pasar-baru"),
        ("  Café   Ñandú — 2026  ", "cafe-nandu-2026"),
        ("../../etc/passwd", "etc-passwd"),
        ("水", "lain"),
        ("", "lain"),
        ("<script>", "script"),
        ("satu " * 40, "satu-satu-satu-satu-satu-satu-satu-satu-satu-satu-satu-satu"),
        ("x" * 100, "x" * LONGEST),
    ],
)
def test_a_slug_is_made_of_words(name: str, slug: str) -> None:
    assert slug_of(name, "lain") == slug
    assert len(slug) <= LONGEST


def test_the_first_free_slug_is_taken(database: str) -> None:
    for slug in ("air", "air-3", "airport"):
        factories.office(slug=slug)
    with db.reading() as session:
        column = table(Office).c.slug
        assert free_slug(session, column, "Air", "x") == "air-2"
        assert free_slug(session, column, "New", "x", {"new"}) == "new-2"
        assert free_slug(session, column, "Airp", "x") == "airp"
