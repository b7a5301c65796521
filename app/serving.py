"""What happens before pages are served: the database is made ready, and it is clear who can sign in."""

import errno
import getpass
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from sqlalchemy import func, select
from starlette.datastructures import FormData

from app import main, permissions, tables  # noqa: F401 - what a command does reaches every feature
from app.accounts import actions as accounts
from app.accounts.forms import SignUpForm
from app.accounts.models import Account, Role, RoleGrant
from app.accounts.queries import DEMO_PASSWORD
from app.core import access, db, forms, i18n, indexing, jobs, migrating, web
from app.core.columns import table
from app.demo import loading, people, seeding
from app.obligations import actions as obligations
from app.offices import actions as offices
from app.settings import settings

SERVING_DEMO = "REMBUK_SERVING_DEMO"


@contextmanager
def installation() -> Iterator[None]:
    """The open, migrated database, for a command; a refusal becomes a sentence on the terminal."""
    migrate()
    access.fill(permissions.TABLE)
    db.open_database(settings().database)
    renew_old_index()
    db.write_now(obligations.follow_the_calendar)
    try:
        yield
    except access.Conflict as refused:
        stop(i18n.say(refused.reason.text, refused.reason.values, "en"))
    finally:
        db.close_database()


def renew_old_index() -> None:
    """Make the index of what can be found where there is none yet, or where its stems are made in another way now."""
    with db.reading() as session:
        old = indexing.out_of_date(session)
    if old:
        indexing.renew()


def reindex() -> None:
    """Make the index of what can be found anew, and show that it goes on."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    seen = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with installation(), Progress(*columns, console=seen, transient=True, disable=not seen.is_terminal) as progress:
        task = progress.add_task("Making the index anew")
        number = indexing.renew(lambda _kind: progress.advance(task))
    typer.echo(f"The index is made anew: {number} things can be found.")


def migrate() -> None:
    """Bring the database to the present shape."""
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    migrating.migrate(settings().database)


def stop(message: str) -> None:
    """End the command with a message."""
    typer.echo(message, err=True)
    raise typer.Exit(1)


def serve(host: str, port: int, workers: int) -> None:
    """Make everything ready, say who can sign in, and serve until stopped."""
    import uvicorn

    require_free(host, port)
    demo = settings().demo_allowed(host)
    with installation():
        ready_people(demo, settings().base_url or f"http://{in_address(host)}:{port}")
    compress(web.ROOT / "static")
    os.environ[SERVING_DEMO] = "1" if demo else "0"
    announce(host, port, demo)
    uvicorn.run(
        "app.main:create_app", factory=True, host=host, port=port, workers=workers, server_header=False,
        log_level="warning", proxy_headers=settings().trusted_proxy,
    )  # fmt: skip


def require_free(host: str, port: int) -> None:
    """Stop with a sentence where the address cannot be listened on."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(found[0], found[1]) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(found[4])
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: f"Port {port} on {host} is in use. Stop the other program, or choose another port: "
            f"./run serve --port {port + 1}",
            errno.EACCES: f"Port {port} may only be used by root. Choose one above 1023: ./run serve --port 8000",
        }
        stop(reasons.get(error.errno or 0, f"{host} port {port} cannot be listened on: {error.strerror}"))


def ready_people(demo: bool, base_url: str) -> None:
    """Fill a new database with the demonstration where it is allowed; else see that an administrator exists."""
    if demo:
        if is_new():
            load_demo(base_url)
        db.write_now(people.let_in)
        return
    shut = db.write_now(people.shut_out)
    if shut:
        typer.echo(
            f"This database holds {shut} people of the demonstration, whose password everybody knows. "
            "They cannot sign in while the demonstration is not allowed (REMBUK_DEMO=0, an address others can "
            "reach, or https)."
        )
    if not own_administrators():
        if shut:
            stop(
                "Nobody else runs this installation. Begin with an empty folder (REMBUK_DATA_DIR=...), or start the "
                "demonstration on this machine and give a person of yours the role: ./run grant EMAIL administrator"
            )
        typer.echo("This installation has no administrator yet.", err=True)
        if not sys.stdin.isatty():
            stop("Make one in a terminal, then start again: ./run administrator EMAIL")
        make_administrator(typer.prompt("E-mail address of the administrator"))


def make_administrator(email: str) -> None:
    """Open the account that runs a new installation; asks for a name and a password."""
    if not sys.stdin.isatty():
        stop(f"This asks for a password. Run it in a terminal: ./run administrator {email}")
    name = typer.prompt("Name that others see")
    form = forms.check(SignUpForm, FormData({"name": name, "email": email, "consent": "yes", "password": _password()}))
    if not form.valid:
        stop("\n".join(f"{field}: {message}" for field, message in form.errors.items()))
    asked = form.checked
    given = (asked.email, asked.name, accounts.hash_of(asked.password))
    db.write_now(accounts.create_first_administrator, *given)
    typer.echo(f"{asked.email} is the administrator now and can sign in.")


def _password() -> str:
    """A password typed twice and not shown."""
    first = getpass.getpass("Password (at least 10 characters): ")
    if getpass.getpass("The same password again: ") != first:
        stop("The two passwords differ. Nothing was stored.")
    return first


def is_new() -> bool:
    """Whether nobody has used the database yet."""
    with db.reading() as session:
        return loading.empty(session)


def fill_with_demo() -> None:
    """Fill the database with the demonstration, unless somebody uses it or it is public."""
    if not settings().demo_allowed("127.0.0.1"):
        stop("The demonstration is not allowed here: REMBUK_DEMO is 0, or the base address is https.")
    if not is_new():
        stop("This database is in use. The demonstration fills only an empty one; nothing was changed.")
    load_demo(settings().base_url or "http://127.0.0.1:8000")


def own_administrators() -> int:
    """How many people run the installation, those of the demonstration not counted."""
    a, g = table(Account).c, table(RoleGrant).c
    query = select(func.count()).join_from(table(RoleGrant), table(Account), a.id == g.account_id)
    with db.reading() as session:
        real = query.where(g.role == Role.ADMINISTRATOR, a.email.not_like(f"%{people.DOMAIN}"))
        return int(session.execute(real).scalar_one())


def load_demo(base_url: str) -> None:
    """Load the regions of the demonstration's province, then its story."""
    from rich.console import Console
    from rich.progress import Progress

    seen = Console(stderr=True)
    with Progress(console=seen, transient=True, disable=not seen.is_terminal) as progress:
        task = progress.add_task("Filling the new database with the demonstration", total=None)

        def told(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        offices.load_areas(loading.PROVINCE, told)
        db.write_now(loading.load, told, base_url)
    typer.echo("The demonstration is loaded: an invented district with six consultations.")


def seed(proposals: int, comments: int, votes: int, people: int) -> None:
    """Fill a consultation with synthetic contributions and show how far it is."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

    amounts = seeding.Amounts(proposals, comments, votes, people)
    seen = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with installation(), Progress(*columns, console=seen, disable=not seen.is_terminal) as progress:
            bars = {kind: progress.add_task(kind, total=number) for kind, number in vars(amounts).items()}
            seeding.seed(amounts, lambda kind, done, of: progress.update(bars[kind], completed=done, total=of))
    except seeding.AlreadySeeded:
        stop("This database has been seeded before. Use an empty one: REMBUK_DATA_DIR=... ./run seed")
    except seeding.TooManyVotes:
        stop("Each person votes once on a proposal: there can be at most people x proposals votes. Nothing was seeded.")
    typer.echo(f"Seeded {proposals} proposals, {comments} comments and {votes} votes of {people} people.")


def in_address(host: str) -> str:
    """A host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


def announce(host: str, port: int, demo: bool) -> None:
    """Say where the pages are, and in a demonstration who can sign in."""
    typer.echo(f"\nRembuk: http://{in_address(host)}:{port}   (stop with Ctrl+C)")
    if demo:
        typer.echo(f"\nPeople of the demonstration, all with the password {DEMO_PASSWORD}:")
        for address, who in people.sign_ins():
            typer.echo(f"  {address:<42} {who}")
    sys.stdout.flush()


def compress(static: Path) -> None:
    """Keep a compressed copy beside each static file, made anew when the file is newer; needs a writable folder."""
    from servestatic.compress import Compressor

    compressor = Compressor(use_zstd=False, quiet=True)
    if not os.access(static, os.W_OK):
        return
    for path in static.rglob("*"):
        copies = [Path(f"{path}.gz"), Path(f"{path}.br")]
        wanted = path.is_file() and path.suffix in (".css", ".js", ".svg", ".txt", ".json")
        if wanted and not any(copy.exists() and copy.stat().st_mtime >= path.stat().st_mtime for copy in copies):
            for copy in copies:
                copy.unlink(missing_ok=True)
            compressor.compress(path)


def work() -> None:
    """Run jobs until told to stop."""
    with installation():
        ended = threading.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda _number, _frame: ended.set())
        consumer = jobs.start()
        typer.echo("Running jobs. Stop with Ctrl+C.")
        ended.wait()
        jobs.stop(consumer)
