"""Writing a consultation's tables into a folder."""

from collections.abc import Iterator
from pathlib import Path

from app.consultations import queries as consultations
from app.core import access, db
from app.core.access import ANYONE
from app.exports import export, queries


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
            file.writelines(export.lines(columns, rows))
        yield path
