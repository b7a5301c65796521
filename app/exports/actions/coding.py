"""Codings that were made elsewhere, from a file with a row for each passage."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.accounts import queries as accounts
from app.consultations import queries as consultations
from app.core import db
from app.core.access import Missing
from app.exports.actions import reading
from app.exports.actions.importing import CannotImport
from app.exports.actions.reading import Problem
from app.exports.forms import Written
from app.themes import actions as themes
from app.themes.actions import Elsewhere

#: The columns that have to be there; a file of all passages with their themes, as it is downloaded, has them.
COLUMNS = ("code", "theme", "passage")
#: So many rows are stored in one act, so that the writer is not held for long.
CHUNK = 25


@dataclass
class Coded:
    """What became of an import of codings."""

    taken: int = 0
    before: int = 0
    problems: list[Problem] = field(default_factory=list)


def import_codings(slug: str, file: Path, email: str, told: Callable[[int, int], object]) -> Coded:
    """Find themes in contributions as a file says, in the name of an official of the office in charge.

    Running it again changes nothing. Rows that are refused are told with the reason, and the others are taken.
    CannotImport where there is no such consultation or account, or the file cannot be used.
    """
    with db.reading() as session:
        actor = accounts.actor_by_email(session, email)
        try:
            consultation = consultations.in_path(session, slug).id
        except Missing:
            raise CannotImport(f"There is no consultation {slug}.") from None
    if actor is None:
        raise CannotImport(f"There is no account with the address {email}.")
    outcome = Coded()
    rows = list(_rows(file, outcome.problems))
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        refused, new = db.write_now(themes.assign_all, actor, consultation, some)
        outcome.taken += new
        outcome.before += len(some) - new - len(refused)
        outcome.problems += [Problem(file.name, row.line, row.code, reason) for row, reason in refused]
        told(start + len(some), len(rows))
    return outcome


def _rows(file: Path, problems: list[Problem]) -> list[Elsewhere]:
    found = []
    try:
        for row in reading.read_rows(file, Written(), list(COLUMNS), problems):
            code, theme, passage = (row.cells[name].strip() for name in COLUMNS)
            number = theme.upper().removeprefix("T")
            if not (number.isascii() and number.isdigit() and len(number) < 10):
                problems.append(Problem(file.name, row.line, code, f"{theme[:40]!r} is no number of a theme"))
            else:
                found.append(Elsewhere(row.line, code, int(number), passage))
    except reading.Unreadable as error:
        raise CannotImport(str(error)) from None
    return found
