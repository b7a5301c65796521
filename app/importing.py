"""The commands `./run import`: contributions of another platform, and codings that were made elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.core import i18n
from app.core.access import Denied
from app.exports import actions as exports
from app.exports import export
from app.exports.actions import CannotImport, Made
from app.exports.actions.reading import Problem
from app.exports.forms import BadMapping, read_mapping
from app.serving import installation, stop
from app.settings import settings

command = typer.Typer(no_args_is_help=True, help="Take over what was made elsewhere.")
SHOWN = 10


@command.callback()
def formats() -> None:
    """Take over what was made elsewhere."""


@command.command("csv")
def from_csv(
    consultation: Annotated[str, typer.Option(help="address part of the consultation")],
    proposals: Annotated[Path, typer.Option(help="CSV file of proposals")],
    mapping: Annotated[Path, typer.Option(help="TOML file that says what the columns mean")],
    comments: Annotated[Path | None, typer.Option(help="CSV file of comments")] = None,
    create: Annotated[bool, typer.Option("--create", help="make the consultation if there is none")] = False,
    title: Annotated[str, typer.Option(help="its question")] = "",
    office: Annotated[str, typer.Option(help="slug of the office it belongs to")] = "",
    summary: Annotated[str, typer.Option(help="what it is about")] = "",
    lang: Annotated[str, typer.Option(help="language of title and summary")] = "",
    report: Annotated[Path | None, typer.Option(help="write the rows that were not taken to this CSV file")] = None,
) -> None:
    """Import proposals and threaded comments; running it again takes only what is new (docs/importing.md)."""
    if create and not (title.strip() and office):
        stop("To make a consultation, give its --title and its --office.")
    made = Made(title.strip(), office, summary.strip(), lang or settings().default_lang) if create else None
    try:
        written = read_mapping(mapping)
        with installation(), _progress() as told:
            outcome = exports.import_csv(consultation, proposals, comments, written, made, told)
    except (CannotImport, BadMapping) as refused:
        stop(f"{refused} Nothing was imported." if str(refused).endswith(".") else f"{refused}. Nothing was imported.")
    imported = f"Imported {outcome.proposals} proposals and {outcome.comments} comments."
    _tell(imported, outcome.before, outcome.problems, report)


@command.command("codings")
def codings(
    consultation: Annotated[str, typer.Option(help="address part of the consultation")],
    file: Annotated[Path, typer.Option(help="CSV file with the columns code, theme and passage")],
    by: Annotated[str, typer.Option(help="e-mail address of the official in whose name it is coded")],
    report: Annotated[Path | None, typer.Option(help="write the rows that were not taken to this CSV file")] = None,
) -> None:
    """Find themes in contributions as a file says; running it again changes nothing (docs/importing.md)."""
    try:
        with installation(), _progress() as told:
            outcome = exports.import_codings(consultation, file, by, told)
    except CannotImport as refused:
        stop(f"{refused} Nothing was imported.")
    except Denied as refused:
        stop(f"{i18n.say(refused.reason.text, refused.reason.values, 'en')} Nothing was imported.")
    _tell(f"Imported {outcome.taken} codings.", outcome.before, outcome.problems, report)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], object]]:
    """A bar on the terminal, and what moves it."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    seen = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=seen, disable=not seen.is_terminal) as progress:
        task = progress.add_task("Importing", total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def _tell(imported: str, before: int, found: list[Problem], report: Path | None) -> None:
    """Say what became of the rows, and list those that were not taken as they stand."""
    typer.echo(imported)
    if before:
        typer.echo(f"{before} rows had been imported before and stayed as they are.")
    problems = sorted(found, key=lambda one: (one.file, one.line))
    if report is not None:
        with report.open("w", encoding="utf-8", newline="") as file:
            file.writelines(export.lines(("file", "line", "id", "taken", "reason"), map(_cells, problems)))
    for taken, says in ((False, "rows were not taken"), (True, "rows were taken, but not quite as they stand")):
        some = [one for one in problems if one.taken == taken]
        if some:
            typer.echo(f"{len(some)} {says}:", err=True)
            _list(some, report)


def _list(problems: list[Problem], report: Path | None) -> None:
    for one in problems[:SHOWN]:
        typer.echo(f"  {one.file}, line {one.line}{f', id {one.id}' if one.id else ''}: {one.reason}", err=True)
    if len(problems) > SHOWN:
        where = f"see {report}" if report else "use --report FILE to have them all in a file"
        typer.echo(f"  and {len(problems) - SHOWN} more ({where})", err=True)


def _cells(one: Problem) -> tuple[str, int, str, str, str]:
    return one.file, one.line, one.id, "yes" if one.taken else "no", one.reason
