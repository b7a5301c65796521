"""The command `bench`: seed two databases, measure both in turn, and say what was found."""

import asyncio
import tempfile
from contextlib import ExitStack
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TaskID, TimeElapsedColumn

from app import serving
from app.bench import loads, measuring, telling, weighing
from app.bench.asking import Server
from app.core import web
from app.demo.seeding import Amounts


def run(amounts: Amounts, share: int, rounds: int, requests: int, only: str, to: Path | None) -> None:
    """Measure at these amounts and at one `share`th of them."""
    small = Amounts(*(max(1, number // share) for number in vars(amounts).values()))
    seen = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeElapsedColumn())
    serving.compress(web.ROOT / "static")
    with tempfile.TemporaryDirectory(prefix="rembuk-bench-") as folder, ExitStack() as stack:
        with Progress(*columns, console=seen, disable=not seen.is_terminal) as progress:
            filled = [_fill(Path(folder) / str(it.proposals), it, progress) for it in (small, amounts)]
        servers = [stack.enter_context(Server(load)) for load in filled]
        weight = asyncio.run(
            weighing.first_visit(servers[-1], f"/consultations/{filled[-1].slug}/proposals?sort=newest")
        )
        with seen.status("Measuring") as status:
            found = measuring.measure(servers, rounds, requests, only, lambda what: status.update(f"Measuring: {what}"))
    telling.show(Console(width=max(130, Console().width)), found)
    typer.echo(f"First visit to the list: {weight.bytes / 1000:.1f} kB in {weight.requests} requests.")
    if to is not None:
        telling.write(to, found, vars(weight))


def _fill(folder: Path, amounts: Amounts, progress: Progress) -> loads.Load:
    bars: dict[str, TaskID] = {
        kind: progress.add_task(f"{amounts.proposals} proposals: {kind}", total=number)
        for kind, number in vars(amounts).items()
    }
    return loads.fill(folder, amounts, lambda kind, done, of: progress.update(bars[kind], completed=done, total=of))
