"""Runs the migrations on the database of the settings, or on the connection it is given."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString

from app.core.columns import Instant
from app.settings import settings
from app.tables import metadata


def render_item(kind: str, thing: Any, _context: AutogenContext) -> str | bool:
    """Write our column types in a migration without importing them from the product."""
    if kind != "type":
        return False
    if isinstance(thing, Instant):
        return "sa.DateTime(timezone=True)"
    if isinstance(thing, sa.BigInteger):
        return "row_id"
    if isinstance(thing, AutoString):
        return "sa.String()"
    return False


def include_object(thing: Any, name: str | None, _kind: str, _reflected: bool, _other: Any) -> bool:
    """Leave out the words of the index: each database keeps them in its own way, which no model says."""
    return not (name or "").startswith("index_words")


def run(connection: sa.Connection) -> None:
    """Run what is missing in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=render_item,
        include_object=include_object,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with sa.create_engine(settings().database).connect() as own:
        run(own)
        own.commit()
