"""The migrations make the tables of the models from nothing, on either database, and events can only be added."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from app.core import clock, db, migrating
from app.core.columns import table
from app.publiclog.models import Event
from app.tables import MODULES, metadata
from tests import factories
from tests.databases import POSTGRES, address, dropped, made


@pytest.fixture
def nothing(tmp_path: Path) -> Iterator[str]:
    """The address of a database in which there is nothing yet."""
    if not POSTGRES:
        yield f"sqlite:///{tmp_path / 'nothing.db'}"
        return
    name = made()
    yield address(name)
    dropped(name)


def tables_of(url: str) -> set[str]:
    engine = sa.create_engine(url)
    found = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return found


def differences(url: str) -> list[Any]:
    """What Alembic would write into a new migration."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": _of_the_models}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    return [one for one in found if not _is_noise(one)]


def _of_the_models(_thing: Any, name: str | None, *_more: Any) -> bool:
    """Each database keeps the words of the index in its own way, which no model says."""
    return not (name or "").startswith("index_words")


def _is_noise(difference: Any) -> bool:
    """The same type under another name: SQLite tells few types apart, and text is text."""
    if not isinstance(difference, list) or difference[0][0] != "modify_type":
        return False
    _what, _schema, _table, _column, _facts, before, after = difference[0]
    alike = (sa.types.String, sa.types.Integer, sa.types.DateTime, sa.types._Binary)
    return any(isinstance(before, kind) and isinstance(_plain(after), kind) for kind in alike)


def _plain(kind: Any) -> Any:
    return kind.impl if isinstance(kind, sa.types.TypeDecorator) else kind


def test_from_nothing_to_the_present_shape(nothing: str) -> None:
    assert not migrating.up_to_date(nothing)
    migrating.migrate(nothing)
    assert migrating.up_to_date(nothing)
    assert set(metadata.tables) <= tables_of(nothing)
    migrating.migrate(nothing)


def test_the_models_and_the_migrations_say_the_same(nothing: str) -> None:
    migrating.migrate(nothing)
    assert differences(nothing) == []


def test_a_column_without_migration_would_be_noticed(nothing: str) -> None:
    migrating.migrate(nothing)
    engine = sa.create_engine(nothing)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE office ADD COLUMN forgotten INTEGER"))
        connection.execute(sa.text("DROP INDEX ix_area_sought"))
    engine.dispose()
    found = [one[0] for one in differences(nothing)]
    assert found.count("remove_column") == 1 and found.count("add_index") == 1


def test_back_to_nothing(nothing: str) -> None:
    migrating.migrate(nothing)
    config = migrating._config()
    engine = sa.create_engine(nothing)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    engine.dispose()
    assert tables_of(nothing) <= {"alembic_version"}
    migrating.migrate(nothing)
    assert differences(nothing) == []


def test_one_line_of_migrations_numbered_in_order() -> None:
    script = ScriptDirectory.from_config(migrating._config())
    assert len(script.get_heads()) == 1
    numbers = [revision.revision for revision in script.walk_revisions()][::-1]
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_every_module_with_tables_is_listed() -> None:
    declared = {path for path in Path("app").rglob("*.py") if "table=True" in path.read_text(encoding="utf-8")}
    listed = {module.__name__.replace(".", "/") for module in MODULES}
    assert {str(path.with_suffix("")).removesuffix("/__init__") for path in declared} <= listed


@pytest.fixture
def recorded(database: str) -> int:
    """The number of a recorded event."""
    event = Event(type="open", body="{}", subject_kind="consultation", subject_id=1, at=clock.now())
    return int(factories.add(event))


E = table(Event)


@pytest.mark.parametrize(
    "tampering",
    [sa.update(E).values(body='{"t":"other"}'), sa.update(E).values(at=clock.now()), sa.delete(E)],
    ids=["body", "time", "removal"],
)
def test_events_are_never_changed_or_removed(recorded: int, tampering: Any) -> None:
    with pytest.raises(DBAPIError):
        db.write_now(lambda session: session.execute(tampering) and None)
    with db.reading() as session:
        assert session.execute(sa.select(E.c.id, E.c.body)).all() == [(recorded, "{}")]


def test_more_events_can_be_added(recorded: int) -> None:
    again = Event(type="close", body="{}", subject_kind="phase", subject_id=1, at=clock.now())
    assert int(factories.add(again)) > recorded


def test_what_counts_the_lights_is_there_after_all_migrations(nothing: str) -> None:
    """A later migration that copies a table in batch mode would lose its triggers without a word."""
    migrating.migrate(nothing)
    engine = sa.create_engine(nothing)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            read = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'lights%'"
        else:
            read = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'lights%'"
        found = sorted(connection.execute(sa.text(read)).scalars())
    engine.dispose()
    of_each = {"answer": 3, "contribution": 3, "handling": 3, "light_counted": 3}
    if nothing.startswith("postgresql"):
        of_each = {"answer": 4, "contribution": 2, "handling": 2, "light_counted": 2}
    assert {name: found.count(name) for name in set(found)} == of_each


def test_counters_that_are_there_take_their_place_in_the_order_of_lists(nothing: str) -> None:
    migrating.migrate(nothing, "0004")
    engine, known = sa.create_engine(nothing), sa.MetaData()
    known.reflect(engine, only=["office", "consultation", "contribution", "proposal", "proposal_stat"])
    now = clock.now()
    rows: dict[str, dict[str, Any]] = {
        "office": {"id": 4, "slug": "o"},
        "consultation": {"id": 5, "office_id": 4, "slug": "k", "created_at": now, "open_counts": False},
        "contribution": {"id": 6, "consultation_id": 5, "code": "x", "received_at": now, "entered_at": now},
        "proposal": {"id": 6, "consultation_id": 5, "version": 1, "shuffle": 1},
        "proposal_stat": {"proposal_id": 6, "supports": 3, "imported_supports": 4, "comments": 1},
    }
    with engine.begin() as connection:
        for name, row in rows.items():
            columns = known.tables[name].c
            needed = {c.name: 0 if isinstance(c.type, sa.Integer) else "" for c in columns if not c.nullable}
            connection.execute(sa.insert(known.tables[name]).values({**needed, **row}))
    migrating.migrate(nothing)
    with engine.connect() as connection:
        stat = sa.text("SELECT consultation_id, support, discussed, supports FROM proposal_stat")
        assert connection.execute(stat).all() == [(5, 7, 1, 3)]
    engine.dispose()
