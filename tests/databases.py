"""Databases for tests: on SQLite a copied file each; on PostgreSQL one per worker, emptied after each test.

Copying a PostgreSQL database takes a third of a second, emptying one a few milliseconds: with some thousand tests the
difference between ten minutes and thirty.
"""

import os
from uuid import uuid4

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from app.core import migrating

POSTGRES = os.environ.get("REMBUK_TEST_POSTGRES", "")

#: Tables, columns, triggers and whether they fire, constraints, functions: what no test may leave otherwise.
SHAPE = """
    SELECT md5(concat(
      (SELECT string_agg(concat(oid, relname, relkind), ',' ORDER BY oid) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace),
      (SELECT string_agg(concat(attrelid, attname, atttypid, attnotnull), ',' ORDER BY attrelid, attnum)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0),
      (SELECT string_agg(concat(oid, tgname, tgenabled), ',' ORDER BY oid) FROM pg_trigger),
      (SELECT string_agg(concat(oid, conname, convalidated), ',' ORDER BY oid) FROM pg_constraint),
      (SELECT string_agg(concat(oid, md5(prosrc)), ',' ORDER BY oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace)
    ))
"""

#: What the migrations wrote is kept in a schema of its own, to be put back.
KEEP = """
    DO $$
    DECLARE one text; filled boolean;
    BEGIN
      CREATE SCHEMA kept;
      FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one) INTO filled;
        IF filled THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', one, one); END IF;
      END LOOP;
    END $$
"""

EMPTY = """
    DO $$
    DECLARE one text; filled boolean;
    BEGIN
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
      SET LOCAL session_replication_role = replica; -- no trigger and no reference stands in the way
      FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM public.%I', one); END IF;
      END LOOP;
      FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'kept' LOOP
        EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', one, one);
      END LOOP;
      FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        PERFORM setval(format('public.%I', one), 1, false);
      END LOOP;
    END $$
"""


class Lent:
    """One database of a PostgreSQL server, lent to one test after the other."""

    def __init__(self) -> None:
        self.name = ""
        self.shape = ""
        self.engine: Engine | None = None

    def take(self) -> str:
        """The address of a database that is as the migrations left it."""
        if self.engine is None:
            self.name = made()
            migrating.migrate(address(self.name))
            self.engine = create_engine(address(self.name), isolation_level="AUTOCOMMIT")
            self.shape = run(self.engine, KEEP, SHAPE)
        return address(self.name)

    def give_back(self) -> None:
        """Empty it; one whose shape a test changed is thrown away."""
        assert self.engine is not None
        try:
            if run(self.engine, EMPTY, SHAPE) == self.shape:
                return
        except DBAPIError:  # a table is gone, or the server's user may not set triggers aside
            pass
        self.throw_away()

    def throw_away(self) -> None:
        if self.engine is not None:
            self.engine.dispose()
            self.engine = None
            dropped(self.name)


def made() -> str:
    """The name of a new database of the server, with nothing in it."""
    name = f"rembuk_test_{uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}"')
    return name


def dropped(name: str) -> None:
    """Remove a database, whoever is still connected to it."""
    _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def address(name: str) -> str:
    """Where a database of the test server is reached."""
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


def _on_server(statement: str) -> None:
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    run(engine, statement)
    engine.dispose()


def run(engine: Engine, *statements: str) -> str:
    """Run statements one by one; the first word the last of them answers, if it answers."""
    with engine.connect() as connection:
        for statement in statements:
            result = connection.execute(text(statement))
        return str(result.scalar()) if result.returns_rows else ""
