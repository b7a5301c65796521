"""CSV as spreadsheets open it safely: UTF-8 with a mark, and no cell that a program would run."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.consultations import queries as consultations
from app.core import access, db
from app.core.access import ANYONE
from app.exports import queries

MARK = "\ufeff"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str:
    """A value as it stands in a cell; a text a spreadsheet would take for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" \n").startswith(_DANGEROUS) or text.startswith(_DANGEROUS) else text


def lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A table as CSV, row by row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    yield MARK
    writer.writerow(columns)
    for row in rows:
        yield _taken(out)
        writer.writerow([cell(value) for value in row])
    yield _taken(out)


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


class NoConsultation(ValueError):
    """There is no public consultation with this address part."""


def write_files(slug: str, folder: Path) -> Iterator[Path]:
    """Write what everyone may read of a consultation, and give each file as it is done."""
    try:
        with db.reading() as session:
            consultation = consultations.in_path(session, slug)
            access.require("exports.read", ANYONE, consultation)
    except access.Missing:
        raise NoConsultation(slug) from None
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "proposals": (queries.PROPOSALS, queries.proposals(consultation)),
        "results": (queries.RESULTS, queries.results(consultation)),
    }
    for name, (columns, rows) in tables.items():
        path = folder / f"{slug}-{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines(columns, rows))
        yield path
