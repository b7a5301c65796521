"""Pages for visitors who are not signed in: rendered at most a few times a second, kept compressed.

Pure ASGI in front of the application. A page is keyed by host, path, query and language. It is served again for
a moment only, never after something was written in this process (beyond a third of a second), never once the
database's stamp has risen (a handling or an answer came or went), and never after the instant at which time alone
changes it: pages say that instant with `changes_at`. Pages of people who are
signed in are never kept; they are compressed lightly, so that a slow line carries them too.
"""

import asyncio
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import brotli
from starlette.datastructures import Headers, MutableHeaders

from app.core import access, clock, db
from app.core.edge import App, Receive, Scope, Send
from app.core.i18n import language
from app.core.web import NOTICE_COOKIE

MOST_PAGES, LARGEST, MOST_BYTES = 512, 1_000_000, 32_000_000
MOST_ASKED_ONCE = 4_096
#: Seconds for which a page may be served again: at most, and while writes go on.
OLDEST, UNDER_WRITES = 1.0, 0.3
_KEPT_TYPES = ("text/html", "application/json")
_SMALLEST = 800
#: A part of a page, such as the vote box.
_SHORT = 6_000

_changes: ContextVar[list[datetime] | None] = ContextVar("changes", default=None)


def changes_at(instant: datetime) -> None:
    """Say that time alone changes the page being made at this instant."""
    noted = _changes.get()
    if noted is not None:
        noted.append(instant)


@dataclass
class _Kept:
    """A page as it is served again."""

    version: int
    made: float
    until: datetime | None
    headers: list[tuple[bytes, bytes]]
    etag: str
    plain: bytes
    packed: dict[str, bytes] = field(default_factory=dict)
    stamp: int = 0

    def body(self, encoding: str) -> bytes:
        """The body in an encoding, packed once."""
        if encoding not in self.packed:
            self.packed[encoding] = _pack(self.plain, encoding, quality=5)
        return self.packed[encoding]


@dataclass
class _Answer:
    """A response while it is being made."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    passed_on: bool = False


class PageCache:
    """Keeps and compresses pages."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._pages: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._bytes = 0
        self._making: dict[tuple[str, ...], asyncio.Lock] = {}
        self._asked_once: OrderedDict[int, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=dict(scope))
        encoding = _encoding(headers)
        key = _key(scope, headers)
        if key is None or not self._worth_keeping(key):
            await self._make(scope, receive, send, encoding)
            return
        kept = self._fresh(key)
        if kept is None:
            async with self._making.setdefault(key, asyncio.Lock()):
                kept = self._fresh(key)
                if kept is None:
                    try:
                        kept = await self._make(scope, receive, send, encoding, key)
                    finally:
                        self._making.pop(key, None)
            if kept is None:
                return
        await _serve(kept, headers, encoding, send)

    def _worth_keeping(self, key: tuple[str, ...]) -> bool:
        """Whether a page may be asked for again: one with a question is kept from the second time on.

        A robot that makes up searches and places in lists then pushes out nothing that people read.
        """
        _host, _path, query, _language = key
        name = hash(key)
        if not query or key in self._pages or name in self._asked_once:
            return True
        self._asked_once[name] = None
        if len(self._asked_once) > MOST_ASKED_ONCE:
            self._asked_once.popitem(last=False)
        return False

    def _fresh(self, key: tuple[str, ...]) -> _Kept | None:
        kept = self._pages.get(key)
        if kept is None:
            return None
        age = time.monotonic() - kept.made
        unchanged = kept.version == db.current().writer.version
        if age > (OLDEST if unchanged else UNDER_WRITES) or (kept.until is not None and clock.now() >= kept.until):
            return None
        if kept.stamp != db.current().stamp.read():
            return None
        self._pages.move_to_end(key)
        return kept

    async def _make(
        self, scope: Scope, receive: Receive, send: Send, encoding: str, key: tuple[str, ...] | None = None
    ) -> _Kept | None:
        """Have the application answer; pass it on compressed, or give it back to be kept when there is a key."""
        answer = _Answer()
        noted: list[datetime] = []
        token = _changes.set(noted)
        version, stamp = (db.current().writer.version, db.current().stamp.read()) if key else (0, 0)
        made, arrived = time.monotonic(), clock.now()

        async def take(message: MutableMapping[str, Any]) -> None:
            await _take(answer, message, send, encoding, keep=key is not None)

        try:
            await self.app(scope, receive, take)
        finally:
            _changes.reset(token)
        if answer.passed_on or key is None:
            return None
        body = b"".join(answer.parts)
        until = min((instant for instant in (*noted, _midnight()) if instant > arrived), default=None)
        kept = _Kept(
            version, made, until, answer.headers, f'W/"{hashlib.sha256(body).hexdigest()[:20]}"', body, stamp=stamp
        )
        self._keep(key, kept)
        return kept

    def _keep(self, key: tuple[str, ...], kept: _Kept) -> None:
        old = self._pages.pop(key, None)
        self._bytes += len(kept.plain) - (len(old.plain) if old else 0)
        self._pages[key] = kept
        while len(self._pages) > MOST_PAGES or self._bytes > MOST_BYTES:
            _, gone = self._pages.popitem(last=False)
            self._bytes -= len(gone.plain)


def _midnight() -> datetime:
    """When the date changes here, and with it every "days left"."""
    today = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return clock.from_local(today + timedelta(days=1))


#: Files and streams are not kept.
_NOT_KEPT = ("/healthz", "/readyz", "/metrics", "/files/")


def _key(scope: Scope, headers: Headers) -> tuple[str, ...] | None:
    """What a page is kept under; none for answers that belong to one person or are no page."""
    if scope["method"] != "GET":
        return None
    cookies = headers.get("cookie", "")
    personal = access.SESSION_COOKIE in cookies or NOTICE_COOKIE in cookies or "rembuk_held" in cookies
    query = scope.get("query_string", b"")
    if personal or "hx-request" in headers or len(query) > 500:
        return None
    if scope["path"].startswith(_NOT_KEPT) or scope["path"].endswith(".csv") or "/documents/" in scope["path"]:
        return None
    return headers.get("host", ""), scope["path"], query.decode("latin-1"), language.get()


async def _take(answer: _Answer, message: MutableMapping[str, Any], send: Send, encoding: str, *, keep: bool) -> None:
    """Collect a page to be kept or compressed; pass everything else on as it comes."""
    if answer.passed_on:
        await send(message)
        return
    if message["type"] == "http.response.start":
        answer.status, answer.headers = message["status"], list(message.get("headers", ()))
        told = Headers(raw=answer.headers)
        kept = told.get("content-type", "").startswith(_KEPT_TYPES) and "content-encoding" not in told
        length = int(told.get("content-length") or LARGEST + 1)
        if keep:
            kept = kept and answer.status == 200 and "set-cookie" not in told and "cache-control" not in told
        if not kept or length > LARGEST:
            answer.passed_on = True
            await send(message)
        return
    answer.parts.append(message.get("body", b""))
    if not message.get("more_body") and not keep:
        await _send_packed(answer, encoding, send)


async def _send_packed(answer: _Answer, encoding: str, send: Send) -> None:
    """Send somebody's own page, lightly compressed and kept by nobody."""
    body = b"".join(answer.parts)
    if encoding and len(body) >= _SMALLEST:
        short = len(body) < _SHORT and encoding == "br"
        body = _pack(body, encoding, quality=1 if short else 2)  # 1 takes a quarter less time and is 4 % larger
    else:
        encoding = ""
    await _send(send, answer.status, answer.headers, body, encoding, {"Cache-Control": "no-store"})


async def _serve(kept: _Kept, headers: Headers, encoding: str, send: Send) -> None:
    told = {"Cache-Control": "no-cache", "ETag": kept.etag}
    if kept.etag in headers.get("if-none-match", ""):
        await _send(send, 304, kept.headers, b"", "", told)
        return
    if len(kept.plain) < _SMALLEST:
        encoding = ""
    await _send(send, 200, kept.headers, kept.body(encoding), encoding, told)


async def _send(
    send: Send, status: int, raw: list[tuple[bytes, bytes]], body: bytes, encoding: str, told: dict[str, str]
) -> None:
    headers = MutableHeaders(raw=list(raw))
    for name, value in told.items():
        headers.setdefault(name, value)
    headers.add_vary_header("Accept-Encoding, Cookie, HX-Request")
    if encoding:
        headers["Content-Encoding"] = encoding
    headers["Content-Length"] = str(len(body))
    await send({"type": "http.response.start", "status": status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})


def _encoding(headers: Headers) -> str:
    """The best encoding the visitor takes."""
    accepted = headers.get("accept-encoding", "")
    return "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""


def _pack(body: bytes, encoding: str, quality: int) -> bytes:
    if encoding == "br":
        packed: bytes = brotli.compress(body, quality=quality)
        return packed
    return gzip.compress(body, compresslevel=quality) if encoding == "gzip" else body
