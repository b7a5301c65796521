"""The server that is measured: the whole application as it is served, with a meter around it.

    python -m app.bench.metering     listens on a free port of this machine and prints it

The meter answers below `/-/` itself: `hello` is the bare answer everything is compared with, `cpu` the processor
time of this process so far, `cache` switches keeping pages on and off, `queries` counts statements by kind.
"""

import json
import socket
import time
from collections import Counter
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from sqlalchemy import event

from app.core import db, pagecache
from app.core.edge import App, Receive, Scope, Send
from app.main import create_app

HELLO = b"Hello"
_KEPT = (pagecache.OLDEST, pagecache.UNDER_WRITES)
_AROUND = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


class Meter:
    """The application, and beside it what is asked about its cost."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.counted: Counter[str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/-/"):
            await _answer(send, self._told(scope["path"][3:], scope["query_string"].decode()))
        else:
            await self.app(scope, receive, send)

    def _told(self, asked: str, query: str) -> bytes:
        if asked == "hello":
            return HELLO
        on = parse_qs(query).get("on", [""])[0] == "1"
        if asked == "cache":
            pagecache.OLDEST, pagecache.UNDER_WRITES = _KEPT if on else (0.0, 0.0)
        if asked == "queries":
            counted = self._count(on)
            return json.dumps(counted).encode()
        return json.dumps({"cpu": time.process_time_ns()}).encode()

    def _count(self, on: bool) -> dict[str, int]:
        """Begin counting, or end it and give the statements and, apart, what only frames transactions."""
        engines = (db.current().reads, db.current().writes)
        if on and self.counted is None:
            self.counted = Counter()
            for engine in engines:
                event.listen(engine, "before_cursor_execute", self._note)
                event.listen(engine, "begin", self._note_begin)
        counted = self.counted or Counter()
        if not on and self.counted is not None:
            self.counted = None
            for engine in engines:
                event.remove(engine, "before_cursor_execute", self._note)
                event.remove(engine, "begin", self._note_begin)
        return {"statements": counted["statement"], "around": counted["around"]}

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        assert self.counted is not None
        self.counted["around" if statement.startswith(_AROUND) else "statement"] += 1

    def _note_begin(self, _connection: Any) -> None:
        assert self.counted is not None
        self.counted["around"] += 1


async def _answer(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Serve until told to stop."""
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)  # whoever started it reads the port
    config = uvicorn.Config(Meter(create_app()), proxy_headers=False, server_header=False, log_level="warning")
    uvicorn.Server(config).run([listening])


if __name__ == "__main__":
    main()
