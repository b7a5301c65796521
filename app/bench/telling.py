"""What a measurement says, on the terminal and in a file."""

import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.bench.cases import CASES
from app.bench.measuring import Measured

LABELS = {case.key: case.label for case in CASES}
METHOD = (
    "CPU is that of the whole server process (network, all layers, templates, database) with kept connections, the "
    "least of the rounds, in ms a request. Everything is uncached except what says 'kept page'. Queries are "
    "statements; what only frames transactions is counted apart. SQLite on a real file, synchronous=FULL."
)


@dataclass(frozen=True)
class Goal:
    """The most something may cost; `cases` by the beginning of their key."""

    what: str
    cases: tuple[str, ...]
    most: float


CPU_GOALS = (Goal("list and proposal page", ("list", "proposal"), 5.0), Goal("vote", ("vote",), 1.5))
MOST_QUERIES = 8
MOST_GROWTH = 1.2


def growth(small: Measured, large: Measured, key: str) -> float:
    """How many times more something costs at the larger size."""
    return large.cases[key].least / small.cases[key].least


def show(console: Console, found: Sequence[Measured]) -> None:
    """Print a table for the larger size, with the ratio to the smaller one."""
    small, large = found[0], found[-1]
    table = Table(title=f"{large.proposals:,} proposals against {small.proposals:,}")
    for head in ("request", "CPU ms", "median", "x hello", "queries", "framing", "bytes", "as sent", "growth"):
        table.add_column(head, justify="left" if head == "request" else "right", no_wrap=True)
    floor = large.hello.least
    table.add_row("hello (bare ASGI)", f"{floor * 1000:.3f}", f"{large.hello.middle * 1000:.3f}", "1")
    for key, it in large.cases.items():
        table.add_row(
            LABELS[key], f"{it.least * 1000:.2f}", f"{it.middle * 1000:.2f}", f"{it.least / floor:.0f}",
            f"{it.queries:g}", f"{it.around:g}", f"{it.plain:,}", f"{it.packed:,}", f"{growth(small, large, key):.2f}",
        )  # fmt: skip
    console.print(table)
    console.print(METHOD)
    for line in missed(small, large) or ["Every goal is reached."]:
        console.print(line)


def missed(small: Measured, large: Measured) -> list[str]:
    """Which goals this measurement does not reach."""
    lines = []
    for key, it in large.cases.items():
        for goal in CPU_GOALS:
            if key.startswith(goal.cases) and it.least * 1000 > goal.most:
                lines.append(f"Missed: {LABELS[key]} takes {it.least * 1000:.2f} ms, more than {goal.most} ms.")
        if not key.startswith(("vote", "comment", "propose")) and it.queries > MOST_QUERIES:
            lines.append(f"Missed: {LABELS[key]} asks {it.queries:g} queries, more than {MOST_QUERIES}.")
        if (times := growth(small, large, key)) > MOST_GROWTH:
            lines.append(f"Missed: {LABELS[key]} costs {times:.2f} times as much, more than {MOST_GROWTH}.")
    return lines


def write(path: Path, found: Sequence[Measured], weight: dict[str, Any]) -> None:
    """Keep everything as JSON."""
    facts = {
        "machine": {"python": platform.python_version(), "system": platform.platform(), "processor": _processor()},
        "method": METHOD,
        "first_visit": weight,
        "sizes": [it.facts() for it in found],
        "growth": {key: round(growth(found[0], found[-1], key), 3) for key in found[-1].cases},
        "missed": missed(found[0], found[-1]),
    }
    path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _processor() -> str:
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text().splitlines() if cpu.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
