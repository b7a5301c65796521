"""Hostile texts in every field of every form and in every column that people write."""

import json
from collections.abc import Callable
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from annotated_types import MaxLen
from pydantic.fields import FieldInfo
from sqlalchemy import update
from sqlalchemy.sql.elements import ColumnElement

from app.core import db, forms, markdown
from app.tables import metadata
from tests.security.payloads import texts

#: How long a text is where its form sets no limit.
USUAL = 300
#: Columns that hold JSON: only its texts are written over, not its codes.
JSON_COLUMNS = {"fields", "content", "frozen", "counts", "other"}
JSON_CODES = {"influence", "basis", "rule", "due", "comment", "code", "status", "kind", "h", "v", "proposal"}


def filled(form: type[forms.Form], shift: int, valid: bool, known: dict[str, Any]) -> dict[str, Any]:
    """Every field of a form with hostile text; where it is to be valid, choices are made and codes are known ones."""
    return {
        name: known[name] if valid and name in known else _value(field, shift + number, valid)
        for number, (name, field) in enumerate(form.model_fields.items())
    }


def _value(field: FieldInfo, shift: int, valid: bool) -> Any:
    kinds = [field.annotation, *get_args(field.annotation)]
    text = texts(_longest(field), shift)
    if not valid:
        return [text] if any(get_origin(kind) in (list, set, tuple) for kind in kinds) else text
    for kind in kinds:
        if get_origin(kind) is Literal:
            return next(choice for choice in get_args(kind) if choice)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return next(iter(kind)).value
        if get_origin(kind) is list:
            return []
        if kind is bool:
            return "yes"
        if kind is int:
            return "1"
        if getattr(kind, "__name__", "") == "EmailStr":
            return f"o'{{}}=&`x{shift}@contoh.id"
        if getattr(kind, "__name__", "") == "datetime":
            return "2026-01-02T03:04"
    return text


def _longest(field: FieldInfo) -> int:
    limits = [limit.max_length for limit in field.metadata if isinstance(limit, MaxLen)]
    return min(limits[0] if limits else USUAL, 4000)


def write_over(written: dict[str, Any], shift: int) -> int:
    """Put hostile texts into every column that people write, in every row; gives how many were written."""

    def act(session: Any) -> int:
        number = 0
        for table in metadata.sorted_tables:
            columns = [column for column in table.columns if f"{table.name}.{column.name}" in written]
            if not columns or table.name == "ballot":
                continue
            for row in session.execute(table.select()).mappings():
                new = {}
                for column in columns:
                    number += 1
                    new[column.name] = _over(column, row[column.name], shift + number)
                where: list[ColumnElement[bool]] = [c == row[c.name] for c in table.primary_key.columns]
                session.execute(update(table).where(*where).values(**new))
        return number

    return int(db.write_now(act))


def _over(column: Any, old: Any, shift: int) -> Any:
    if column.name in ("token_hash", "password_hash") or old is None or (column.name in JSON_COLUMNS and not old):
        return old
    if column.name in ("email", "to_address"):
        return f'"><img/src=x/onerror=alert({shift})>@contoh.id'
    if column.name == "html":
        return str(markdown.to_html(texts(4000, shift)))
    if isinstance(old, str) and _is_json(old):
        return json.dumps(_leaves(json.loads(old), lambda: texts(USUAL, shift)), sort_keys=True, separators=(",", ":"))
    return texts(getattr(column.type, "length", None) or USUAL, shift)


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def _leaves(value: Any, text: Callable[[], str]) -> Any:
    if isinstance(value, dict):
        return {name: inner if name in JSON_CODES else _leaves(inner, text) for name, inner in value.items()}
    if isinstance(value, list):
        return [_leaves(inner, text) for inner in value]
    return text() if isinstance(value, str) else value
