"""Who asks: a server process to be measured, and visitors who keep their connections."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from app.bench.loads import Load
from app.core.access import SESSION_COOKIE
from app.core.web import ROOT

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Request:
    """What a visitor asks for; a form is sent, anything else fetched."""

    path: str
    token: str = ""
    form: dict[str, str] = field(default_factory=dict)
    htmx: bool = False

    def wire(self, port: int, encoding: str) -> bytes:
        """The request as a browser sends it."""
        body = urlencode(self.form).encode()
        lines = [
            f"{'POST' if self.form else 'GET'} {self.path} HTTP/1.1",
            f"Host: {HOST}:{port}",
            "User-Agent: Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Accept: text/html,application/xhtml+xml,*/*;q=0.8",
            "Accept-Language: id,en;q=0.8",
            f"Accept-Encoding: {encoding}",
            "Sec-Fetch-Site: same-origin",
        ]
        if self.token:
            lines.append(f"Cookie: {SESSION_COOKIE}={self.token}; rembuk_lang=id")
        if self.htmx:
            lines.append("HX-Request: true")
        if self.form:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    size: int
    body: bytes


class Unexpected(RuntimeError):
    """The server answered in another way than what is measured."""


class Visitor:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: Request, encoding: str = "gzip, deflate, br") -> Answer:
        """Send a request and read the whole answer."""
        if self._ends is None:
            self._ends = await asyncio.open_connection(HOST, self.port, limit=2**20)
        reader, writer = self._ends
        writer.write(request.wire(self.port, encoding))
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        told = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if ": " in line)
        size = int(told.get("content-length", "0"))
        return Answer(int(head.split(" ", 2)[1]), size, await reader.readexactly(size))

    def leave(self) -> None:
        """Hang up."""
        if self._ends is not None:
            self._ends[1].close()
            self._ends = None


class Server:
    """A process that serves one load and is asked what it costs."""

    def __init__(self, load: Load) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REMBUK_")}
        own = {
            "REMBUK_DATA_DIR": str(load.folder),
            "REMBUK_EMBEDDED_JOBS": "0",
            "REMBUK_DEMO": "0",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-P", "-m", "app.bench.metering"]
        self.load = load
        self._process = subprocess.Popen(command, env=kept | own, stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline() or 0)

    def __enter__(self) -> "Server":
        if not self.port:
            raise Unexpected("the server did not start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(30)

    async def told(self, what: str) -> dict[str, Any]:
        """What the meter says."""
        visitor = Visitor(self.port)
        for _ in range(100):
            try:
                answer = await visitor.ask(Request(f"/-/{what}"))
                break
            except OSError:
                await asyncio.sleep(0.1)
        else:
            raise Unexpected("the server does not answer")
        visitor.leave()
        facts: dict[str, Any] = json.loads(answer.body)
        return facts

    async def cost(
        self, requests: Sequence[Request], together: int, expected: int, check: Callable[[Answer], bool] | None = None
    ) -> tuple[float, list[Answer]]:
        """Send requests over some kept connections; gives the processor seconds each took, and the answers."""
        visitors = [Visitor(self.port) for _ in range(together)]
        await asyncio.gather(*(visitor.ask(Request("/-/hello")) for visitor in visitors))
        before = (await self.told("cpu"))["cpu"]
        answers = await asyncio.gather(
            *(_all(visitor, requests[place::together]) for place, visitor in enumerate(visitors))
        )
        after = (await self.told("cpu"))["cpu"]
        for visitor in visitors:
            visitor.leave()
        got = [answer for some in answers for answer in some]
        for answer in got:
            if answer.status != expected:
                raise Unexpected(f"{requests[0].path}: {answer.status} instead of {expected}\n{answer.body[:500]!r}")
        return (after - before) / 1e9 / len(requests), got


async def _all(visitor: Visitor, requests: Sequence[Request]) -> list[Answer]:
    return [await visitor.ask(request) for request in requests]
