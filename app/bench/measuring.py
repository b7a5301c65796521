"""Measuring in rounds: every kind of request at each size in turn, so that a noisy machine is noisy for all alike."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from app.bench.asking import Request, Server, Visitor
from app.bench.cases import CASES, Case

HELLO = Request("/-/hello")
#: So many requests are looked at closely, for their queries and their size.
LOOKED_AT = 12


@dataclass
class Figures:
    """What one kind of request costs at one size; times in seconds of the server's processor."""

    cpu: list[float] = field(default_factory=list)
    queries: float = 0
    around: float = 0
    plain: int = 0
    packed: int = 0

    @property
    def least(self) -> float:
        """The round that was disturbed least."""
        return min(self.cpu)

    @property
    def middle(self) -> float:
        """The round in the middle."""
        return median(self.cpu)


@dataclass
class Measured:
    """Everything of one load."""

    proposals: int
    hello: Figures = field(default_factory=Figures)
    cases: dict[str, Figures] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The same for a file."""
        floor = self.hello.least
        return {
            "proposals": self.proposals,
            "hello_ms": round(floor * 1000, 4),
            "requests": {
                key: {
                    "cpu_ms": round(it.least * 1000, 3),
                    "cpu_ms_median": round(it.middle * 1000, 3),
                    "times_hello": round(it.least / floor, 1),
                    "queries": it.queries,
                    "around": it.around,
                    "bytes": it.plain,
                    "bytes_sent": it.packed,
                }
                for key, it in self.cases.items()
            },
        }


def measure(
    servers: Sequence[Server], rounds: int, requests: int, only: str, told: Callable[[str], object]
) -> list[Measured]:
    """Measure every kind of request on every server."""
    cases = [case for case in CASES if only in case.key]
    return asyncio.run(_measure(servers, cases, rounds, requests, told))


async def _measure(
    servers: Sequence[Server], cases: Sequence[Case], rounds: int, requests: int, told: Callable[[str], object]
) -> list[Measured]:
    found = [Measured(server.load.amounts.proposals) for server in servers]
    for server, measured in zip(servers, found, strict=True):
        for case in cases:
            told(f"{case.label}: queries and size")
            measured.cases[case.key] = await _look(server, case)
    for number in range(rounds):
        for server, measured in zip(servers, found, strict=True):
            measured.hello.cpu.append((await server.cost([HELLO] * requests * 5, 1, 200))[0])
        for case in cases:
            told(f"{case.label}: round {number + 1} of {rounds}")
            for server, measured in zip(servers, found, strict=True):
                measured.cases[case.key].cpu.append(await _round(server, case, requests))
    return found


async def _round(server: Server, case: Case, requests: int) -> float:
    await server.told(f"cache?on={int(case.cached)}")
    asked = [case.make(server.load, number) for number in range(requests)]
    if case.cached:  # kept by the first of them; a page is made anew about once a second
        asked = asked[:1] * requests
    return (await server.cost(asked, case.together, case.status))[0]


async def _look(server: Server, case: Case) -> Figures:
    """Count queries and bytes; also warms the server up for this kind of request."""
    await server.told(f"cache?on={int(case.cached)}")
    asked = [case.make(server.load, number) for number in range(2 * LOOKED_AT)]
    if case.cached:
        asked = asked[:1] * LOOKED_AT * 2
    _, packed = await server.cost(asked[:LOOKED_AT], 1, case.status)
    await server.told("queries?on=1")
    await server.cost(asked[LOOKED_AT:], 1, case.status)
    counted = await server.told("queries?on=0")
    visitor = Visitor(server.port)
    plain = await visitor.ask(case.make(server.load, 0), "identity")
    visitor.leave()
    return Figures(
        queries=round(counted["statements"] / LOOKED_AT, 2),
        around=round(counted["around"] / LOOKED_AT, 2),
        plain=plain.size,
        packed=round(sum(answer.size for answer in packed) / len(packed)),
    )
