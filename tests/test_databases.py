"""The database that tests share on PostgreSQL is for each of them as the migrations left it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from tests import databases
from tests.databases import POSTGRES, Lent, run

pytestmark = [
    pytest.mark.skipif(not POSTGRES, reason="on SQLite each test has a file of its own"),
    pytest.mark.usefixtures("database"),
]


@pytest.fixture
def one() -> Iterator[Lent]:
    lent = Lent()
    lent.take()
    yield lent
    lent.throw_away()


def rows(lent: Lent, of: str) -> str:
    engine = create_engine(lent.take(), isolation_level="AUTOCOMMIT")
    found = run(engine, f"SELECT concat(count(*), ' ', min(id)) FROM {of}")
    engine.dispose()
    return found


@pytest.mark.parametrize("left_open", [False, True], ids=["closed", "left open"])
def test_what_a_test_wrote_is_gone_and_numbers_begin_again(one: Lent, left_open: bool) -> None:
    """Also where a connection was forgotten, and where the migrations wrote a row themselves."""
    wrote = create_engine(one.take(), isolation_level="AUTOCOMMIT")
    forgotten = wrote.connect()
    new = "INSERT INTO area (code, name, level, sought) VALUES ('33', 'Jawa Tengah', 1, '')"
    if not left_open:
        forgotten.close()
    run(wrote, new, "UPDATE page_stamp SET number = 7")
    assert rows(one, "area") == "1 1"
    one.give_back()
    assert (rows(one, "area"), rows(one, "page_stamp WHERE number = 0")) == ("0 ", "1 1")
    wrote.dispose()
    run(wrote, new)
    assert rows(one, "area") == "1 1"
    wrote.dispose()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE office ADD COLUMN more INTEGER",
        "ALTER TABLE event DISABLE TRIGGER ALL",
        "DROP TABLE reminder CASCADE",
        "CREATE TABLE more (id INTEGER)",
        "CREATE OR REPLACE FUNCTION event_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    ],
)
def test_a_database_of_another_shape_is_lent_to_nobody_else(one: Lent, change: str) -> None:
    """A test that changes tables or triggers leaves nothing of it to the next."""
    before = one.name
    assert one.engine is not None
    run(one.engine, change)
    one.give_back()
    one.take()
    assert one.name != before
    assert run(one.engine, databases.SHAPE) == one.shape
