"""The commands of `./run`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app import importing, serving
from app.accounts import actions as accounts
from app.accounts.models import Role
from app.core import db
from app.offices import actions as offices
from app.serving import installation

cli = typer.Typer(
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Rembuk, a public-consultation platform.",
)


cli.add_typer(importing.command, name="import")


@cli.command()
def migrate() -> None:
    """Bring the database to the present shape."""
    serving.migrate()


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="processes", min=1)] = 1,
) -> None:
    """Migrate, fill a new database with the demonstration where it is allowed, then serve the pages."""
    serving.serve(host, port, workers)


@cli.command()
def work() -> None:
    """Run jobs only, beside a server that does not."""
    serving.work()


@cli.command()
def demo() -> None:
    """Fill an empty database with the demonstration."""
    with installation():
        serving.fill_with_demo()


@cli.command()
def seed(
    proposals: Annotated[int, typer.Option(min=1)] = 1000,
    comments: Annotated[int, typer.Option(min=0)] = 5000,
    votes: Annotated[int, typer.Option(min=0)] = 20000,
    people: Annotated[int, typer.Option(min=1)] = 2000,
) -> None:
    """Fill a consultation called "seed" with synthetic contributions, for measuring."""
    serving.seed(proposals, comments, votes, people)


@cli.command()
def bench(
    proposals: Annotated[int, typer.Option(min=10)] = 10_000,
    comments: Annotated[int, typer.Option(min=10)] = 50_000,
    votes: Annotated[int, typer.Option(min=0)] = 200_000,
    people: Annotated[int, typer.Option(min=10)] = 20_000,
    share: Annotated[int, typer.Option(help="how many times smaller the other database is", min=1)] = 10,
    rounds: Annotated[int, typer.Option(help="rounds; the least disturbed one counts", min=1)] = 7,
    requests: Annotated[int, typer.Option(help="requests of each kind in a round", min=1)] = 60,
    only: Annotated[str, typer.Option(help="measure only kinds with this in their name, such as vote")] = "",
    json: Annotated[Path | None, typer.Option(help="file to write the figures into")] = None,
) -> None:
    """Measure what each request costs the server, on databases of its own at two sizes."""
    from app.bench import running
    from app.demo.seeding import Amounts

    running.run(Amounts(proposals, comments, votes, people), share, rounds, requests, only, json)


@cli.command()
def reindex() -> None:
    """Make the index of what can be found anew; happens by itself when stems are made in another way."""
    serving.reindex()


@cli.command()
def questions() -> None:
    """Print what the checker of questions finds and misses on the labelled set: precision and recall by kind."""
    from app import questions

    typer.echo("\n".join(questions.lines()))


@cli.command()
def recall() -> None:
    """Print how often the right proposal is among the first five that look alike, beside plain trigrams."""
    from app import recall

    typer.echo(recall.report())


@cli.command()
def messages() -> None:
    """Check the translations, and remove those of texts that are gone."""
    from app import messages

    messages.tell()


@cli.command()
def vendor() -> None:
    """Make static/vendor anew from the released packages."""
    from app import vendoring

    vendoring.vendor()


@cli.command()
def readme() -> None:
    """Write the tables of settings and permissions into the README."""
    from app import readme as tables

    typer.echo("README.md has new tables." if tables.refresh() else "README.md is as the code says.")


@cli.command()
def export(
    slug: Annotated[str, typer.Argument(help="the consultation's address part")],
    to: Annotated[Path, typer.Option(help="folder to write the files into")] = Path(),
) -> None:
    """Write a consultation's proposals and results as CSV files."""
    from app.exports import export as exports

    try:
        with installation():
            for path in exports.write_files(slug, to):
                typer.echo(str(path))
    except exports.NoConsultation:
        serving.stop(f"There is no public consultation {slug}. Nothing was written.")


@cli.command()
def grant(
    email: Annotated[str, typer.Argument(help="address of the account")],
    role: Annotated[Role, typer.Argument(help="the role to give")],
    office: Annotated[str, typer.Option(help="slug of an official's office")] = "",
) -> None:
    """Give somebody a role."""
    with installation():
        new = db.write_now(accounts.grant_by_email, email, role, office)
    typer.echo(f"{email} {'now has' if new else 'already had'} the role {role}.")


@cli.command()
def areas(
    province: Annotated[str, typer.Option(help="code of one province, such as 33; empty means all")] = "",
) -> None:
    """Load the state's regions down to the village."""
    from rich.progress import Progress

    with installation(), Progress() as progress:
        task = progress.add_task("Regions", total=None)
        try:
            number = offices.load_areas(
                province or None, lambda done, of: progress.update(task, completed=done, total=of)
            )
        except offices.UnknownProvince:
            typer.echo(f"There is no province with the code {province}.", err=True)
            raise typer.Exit(1) from None
    typer.echo(f"{number} regions are stored.")


@cli.command()
def administrator(email: Annotated[str, typer.Argument(help="address of the first administrator")]) -> None:
    """Open the account that runs a new installation; asks for a name and a password."""
    with installation():
        serving.make_administrator(email)


if __name__ == "__main__":
    words = sys.argv[1:]
    cli(words if words and (not words[0].startswith("-") or words[0] == "--help") else ["serve", *words])
