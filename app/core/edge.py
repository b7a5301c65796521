"""The outermost layer: when a request arrived, its language, its host, and the headers every answer carries."""

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers

from app.core import clock
from app.core.i18n import LANGUAGES, language
from app.core.web import LANGUAGE_COOKIE, secure
from app.settings import is_loopback, settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
_CHOSEN = re.compile(rf"""(?:^|;)\s*{LANGUAGE_COOKIE}="?({"|".join(LANGUAGES)})"?\s*(?=;|$)""")
_HOST = re.compile(r"^[A-Za-z0-9.\-\[\]:]{1,255}$")
_LANG_SECONDS = 365 * 86400
#: A longer query is refused before anybody reads it.
LONGEST_QUERY = 4_000


#: An answer may have its own policy, such as a file that anybody uploaded.
_UNLESS_SAID = (
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
)
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
)
_FIXED = frozenset(name for name, _ in _ALWAYS)
_ONLY_HTTPS = ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),)


def _secured(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that every answer carries."""
    named = [(name.lower(), value) for name, value in headers]
    said = {name for name, _ in named}
    own = [pair for pair in named if pair[0] not in _FIXED]
    unsaid = [pair for pair in _UNLESS_SAID if pair[0] not in said]
    return [*own, *unsaid, *_ALWAYS, *(_ONLY_HTTPS if secure() else ())]


class Edge:
    """Pure ASGI: stamps the arrival, chooses the language, refuses foreign hosts, adds security headers."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.latest = datetime.min.replace(tzinfo=UTC)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=dict(scope))
        scope.setdefault("state", {})["arrived"] = self.stamp(headers)
        head = scope["method"] == "HEAD"  # answered like GET, without the body
        scope["method"] = "GET" if head else scope["method"]
        chosen, asked = _language(scope, headers)
        language.set(chosen)

        async def answer(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _secured(message.get("headers", ()))
                if asked:
                    message["headers"].append((b"set-cookie", _language_cookie(asked).encode()))
            elif head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        if not host_is_ours(headers.get("host", "")):
            await _foreign_host(answer)
            return
        await self.app(scope, receive, answer)

    def stamp(self, headers: Headers) -> datetime:
        """When a request arrived; never before one that came earlier, whatever the clock does."""
        proxied = headers.get("x-arrived-us", "") if settings().trusted_proxy else ""
        if proxied:
            return arrived(headers)
        self.latest = max(self.latest, clock.now())
        return self.latest


def arrived(headers: Headers) -> datetime:
    """The instant that counts for a deadline: now, or what a proxy of ours stamped."""
    stamp = headers.get("x-arrived-us", "") if settings().trusted_proxy else ""
    if stamp.isdigit() and len(stamp) <= 17:
        return min(datetime.fromtimestamp(int(stamp) / 1e6, UTC), clock.now())
    return clock.now()


def _language(scope: Scope, headers: Headers) -> tuple[str, str | None]:
    """The language of the answer, and the one just asked for by address."""
    query = scope.get("query_string", b"")
    if b"lang=" in query and len(query) <= LONGEST_QUERY:
        asked = parse_qs(query.decode("latin-1")).get("lang", [""])[-1]
        if asked in LANGUAGES:
            return asked, asked
    chosen = _CHOSEN.findall(headers.get("cookie", ""))
    return (chosen[-1] if chosen else settings().default_lang), None


def _language_cookie(code: str) -> str:
    flags = "; Secure" if secure() else ""
    return f"{LANGUAGE_COOKIE}={code}; Path=/; Max-Age={_LANG_SECONDS}; HttpOnly; SameSite=Lax{flags}"


def host_is_ours(host: str) -> bool:
    """Whether a Host header names this installation: its base address, another of the settings, or this machine."""
    if not _HOST.match(host):
        return False
    name = (urlsplit(f"//{host}").hostname or "").lower()
    ours = {part.strip().lower() for part in settings().allowed_hosts.split(",") if part.strip()}
    base = urlsplit(settings().base_url).hostname
    return is_loopback(name) or name == base or name in ours


async def _foreign_host(send: Send) -> None:
    body = b"This server does not answer for that host name.\n"
    await send(
        {
            "type": "http.response.start",
            "status": 421,
            "headers": [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": body})
