"""The commands of `./run`."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from starlette.datastructures import FormData

from app import permissions, tables  # noqa: F401 - a command may meet every table
from app.accounts import actions as accounts
from app.accounts.forms import SignUpForm
from app.accounts.models import Role
from app.core import access, db, forms, i18n, migrating
from app.offices import actions as offices
from app.settings import settings

cli = typer.Typer(
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Rembuk, a public-consultation platform.",
)


@cli.command()
def migrate() -> None:
    """Bring the database to the present shape."""
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    migrating.migrate(settings().database)


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on")] = 8000,
    workers: Annotated[int, typer.Option(help="processes")] = 1,
) -> None:
    """Migrate, then serve the pages."""
    import uvicorn

    migrate()
    uvicorn.run(
        "app.main:create_app", factory=True, host=host, port=port, workers=workers, server_header=False,
        log_level="warning", proxy_headers=settings().trusted_proxy,
    )  # fmt: skip


@contextmanager
def _installation() -> Iterator[None]:
    """The open, migrated database, for a command."""
    migrate()
    access.fill(permissions.TABLE)
    db.open_database(settings().database)
    try:
        yield
    except access.Conflict as refused:
        typer.echo(i18n.say(refused.reason.text, refused.reason.values, "en"), err=True)
        raise typer.Exit(1) from None
    finally:
        db.close_database()


@cli.command()
def grant(
    email: Annotated[str, typer.Argument(help="address of the account")],
    role: Annotated[Role, typer.Argument(help="the role to give")],
    office: Annotated[str, typer.Option(help="slug of an official's office")] = "",
) -> None:
    """Give somebody a role."""
    with _installation():
        new = db.write_now(accounts.grant_by_email, email, role, office)
    typer.echo(f"{email} {'now has' if new else 'already had'} the role {role}.")


@cli.command()
def areas(
    province: Annotated[str, typer.Option(help="code of one province, such as 33; empty means all")] = "",
) -> None:
    """Load the state's regions down to the village."""
    from rich.progress import Progress

    with _installation(), Progress() as progress:
        task = progress.add_task("Regions", total=None)
        try:
            number = offices.load_areas(province or None, lambda done, of: progress.update(task, completed=done, total=of))
        except offices.UnknownProvince:
            typer.echo(f"There is no province with the code {province}.", err=True)
            raise typer.Exit(1) from None
    typer.echo(f"{number} regions are stored.")


@cli.command()
def administrator(email: Annotated[str, typer.Argument(help="address of the first administrator")]) -> None:
    """Open the account that runs a new installation; asks for a name and a password."""
    if not sys.stdin.isatty():
        typer.echo(f"This asks for a password. Run it in a terminal: ./run administrator {email}", err=True)
        raise typer.Exit(1)
    name = typer.prompt("Name that others see")
    form = forms.check(SignUpForm, FormData({"name": name, "email": email, "consent": "yes", "password": _password()}))
    if not form.valid:
        typer.echo("\n".join(f"{field}: {message}" for field, message in form.errors.items()), err=True)
        raise typer.Exit(1)
    asked = form.checked
    with _installation():
        given = (asked.email, asked.name, accounts.hash_of(asked.password))
        db.write_now(accounts.create_first_administrator, *given)
    typer.echo(f"{asked.email} is the administrator now and can sign in.")


def _password() -> str:
    """A password typed twice and not shown."""
    first = getpass.getpass("Password (at least 10 characters): ")
    if getpass.getpass("The same password again: ") != first:
        typer.echo("The two passwords differ. Nothing was stored.", err=True)
        raise typer.Exit(1)
    return first


if __name__ == "__main__":
    cli(sys.argv[1:] or ["serve"])
