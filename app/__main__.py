"""The commands of `./run`."""

import sys
from typing import Annotated

import typer

from app.core import migrating
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


if __name__ == "__main__":
    cli(sys.argv[1:] or ["serve"])
