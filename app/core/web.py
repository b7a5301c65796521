"""Pages: rendering, redirects with a notice, htmx fragments, and the refusals every page shares."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cache
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import UploadFile

from app.core import access, clock, i18n, keys, labels, markdown, templating
from app.core.forms import typed
from app.settings import settings

ROOT = Path(__file__).parents[2]
NOTICE_COOKIE = "rembuk_notice"
LANGUAGE_COOKIE = "rembuk_lang"
HELD_COOKIE = "rembuk_held"
HELD_SECONDS = 24 * 3600


@cache
def environment() -> Environment:
    """The Jinja environment: autoescape on, undefined names are errors."""
    made = templating.Pages(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(
        date=i18n.date_in_words,
        datetime=i18n.date_and_time,
        month=i18n.month_in_words,
        number=i18n.number,
        left=i18n.left,
        markdown=markdown.to_html,
        excerpt=markdown.to_text,
        urlencoded=lambda text: quote(str(text), safe=""),
    )
    made.globals.update(asset=asset, percent=i18n.percent, say=i18n.say)
    made.globals.update(_=templating.translated, gettext=templating.translated, ngettext=templating.translated_number)
    return made


@cache
def asset(path: str) -> str:
    """The address of a static file, changing when its content changes."""
    digest = hashlib.sha256((ROOT / "static" / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


class Site:
    """What pages may know of the installation."""

    demo = False

    @property
    def zone_name(self) -> str:
        """The zone in which dates are shown, as people say it."""
        return i18n.zone_name(clock.local(clock.now()))

    def __getattr__(self, name: str) -> Any:
        return getattr(settings(), {"name": "site_name"}.get(name, name))


site = Site()


def base_url(request: Request) -> str:
    """The public address of the installation, without a slash at the end."""
    return settings().base_url.rstrip("/") or str(request.base_url).rstrip("/")


def client_address(request: Request) -> str:
    """Where a request comes from, for limits: a header counts only with a proxy of ours; IPv6 by its network."""
    host = request.client.host if request.client else ""
    forwarded = request.headers.getlist("x-forwarded-for") if settings().trusted_proxy else []
    if forwarded:
        host = forwarded[-1].rsplit(",", 1)[-1].strip()
    try:
        address = ip_address(host)
    except ValueError:
        return host[:100]
    return f"{address.exploded[:19]}/64" if isinstance(address, IPv6Address) else str(address)


def came_from(request: Request) -> str:
    """The page to come back to: this one, or for something sent the page it was sent from."""
    if request.method in ("GET", "HEAD"):
        query = f"?{request.url.query}" if request.url.query else ""
        return own_path(request.url.path + query)
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc != request.headers.get("host"):
        return "/"
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def context(request: Request) -> dict[str, Any]:
    """What every template may use."""
    actor = getattr(request.state, "actor", access.ANYONE)
    return {
        "request": request,
        "lang": i18n.language.get(),
        "actor": actor,
        "site": site,
        "path": request.scope["path"],
        "may": lambda permission, subject=None: access.may(permission, actor, subject),
    }


def _frame(request: Request) -> dict[str, Any]:
    """What a whole page may use beside that: its notice, its addresses and its languages."""
    lang = i18n.language.get()
    return {
        "base_url": base_url(request),
        "language_links": [(code, name, _in_language(request, code)) for code, name in i18n.LANGUAGES.items()],
        "notice": _notice(request),
        "canonical": canonical(request, lang),
        "alternates": [(code or "x-default", canonical(request, code)) for code in (*i18n.LANGUAGES, "")],
        "indexed": _indexed(request),
    }


_for_search: frozenset[str] = frozenset()


def index_only(paths: Iterable[str]) -> None:
    """Tell which pages search engines are to list, by the paths of their routes; done once at start."""
    global _for_search
    _for_search = frozenset(paths)


def _indexed(request: Request) -> bool:
    """Whether this is such a page, and not one of its orders, filters and further parts."""
    if request.method != "GET" or any(name != "lang" for name in request.query_params):
        return False
    return getattr(request.scope.get("route"), "path", None) in _for_search


def canonical(request: Request, lang: str = "") -> str:
    """The one address of a page in a language; without it in the language of the installation.

    Whoever has not chosen reads that language, so only the other one is part of an address.
    """
    asked = f"?lang={lang}" if lang and lang != settings().default_lang else ""
    return base_url(request) + quote(request.url.path) + asked


def _in_language(request: Request, code: str) -> str:
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*pairs, ('lang', code)])}"


def fragment(request: Request, template: str, /, **values: Any) -> str:
    """A rendered template as text; the name of a part of a page begins with a line."""
    part = template.rpartition("/")[2].startswith("_")
    frame = {} if part else _frame(request)
    return environment().get_template(template).render(context(request) | frame | values)


def render(request: Request, template: str, /, status: int = 200, **values: Any) -> Response:
    """A page or a fragment as a response."""
    response = HTMLResponse(fragment(request, template, **values), status)
    if request.cookies.get(NOTICE_COOKIE):
        response.delete_cookie(NOTICE_COOKIE)
    if request.cookies.get(access.SESSION_COOKIE) or request.cookies.get(NOTICE_COOKIE):
        response.headers["Cache-Control"] = "private, no-store"
    return response


def is_htmx(request: Request) -> bool:
    """Whether the page in the browser will put the answer in place itself."""
    return request.headers.get("hx-request") == "true"


def done(
    request: Request, to: str, notice: str = "", fragment: Callable[[], Response] | None = None, **values: Any
) -> Response:
    """The answer to a write: the fragment for htmx, or a redirect with a notice for everyone else."""
    if fragment is not None and is_htmx(request):
        return fragment()
    response: Response
    if is_htmx(request):
        response = Response(status_code=204, headers={"HX-Redirect": to})
    else:
        response = RedirectResponse(to, 303)
    if notice:
        tell(response, i18n.say(notice, values))
    return response


def tell(response: Response, text: str, tone: str = "success") -> None:
    """Show a notice on the next page this visitor opens."""
    response.set_cookie(
        NOTICE_COOKIE, _signer().dumps([tone, text]), max_age=120, httponly=True, samesite="lax", secure=secure()
    )


def secure() -> bool:
    """Whether cookies are for https only."""
    return urlsplit(settings().base_url).scheme == "https"


@cache
def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(keys.secret(), salt="notice")


def _notice(request: Request) -> dict[str, str] | None:
    value = request.cookies.get(NOTICE_COOKIE)
    if not value:
        return None
    try:
        tone, text = _signer().loads(value)
    except (BadSignature, ValueError, TypeError):
        return None
    return {"tone": tone, "text": text}


def own_path(target: str | None, otherwise: str = "/") -> str:
    """A `next` address if it is a path of ours, and nothing else in disguise."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    if any(ord(character) < 33 or character == "\\" for character in target):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


def wants_json(request: Request) -> bool:
    """Whether the address asks for the facts as JSON."""
    return request.url.path.endswith(".json")


#: Fields that are never shown again or held, whatever the form.
SECRET_FIELDS = frozenset({"password", "new_password", "current_password", "token"})
#: Keeps what was typed for after signing in; answers with the cookie under which it is found again, or "".
Hold = Callable[[Request, Mapping[str, list[str]]], Awaitable[str]]
_hold: Hold | None = None
#: What is no longer than this is a choice or a code, and not shown again when a form is refused.
_SHORT = 20


def hold_with(hold: Hold) -> None:
    """Tell how a text is held while its author signs in; done once at start by the layer that knows accounts."""
    global _hold
    _hold = hold


async def typed_texts(request: Request) -> dict[str, list[str]]:
    """What was typed into a form that is being refused, without secrets and files."""
    form = getattr(request.state, "typed", None)
    if form is None and request.method == "POST":
        try:
            form = await typed(request)
        except Exception:  # a body that is no form has nothing to keep
            form = None
    if form is None:
        return {}
    kept: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if name not in SECRET_FIELDS and not isinstance(value, UploadFile) and value.strip():
            kept.setdefault(name, []).append(value)
    return kept


def is_vote(path: str) -> bool:
    """Whether something sent to an address is a vote: it is never held, but cast anew."""
    return path.endswith(("/vote", "/vote/withdrawal"))


async def refuse(request: Request, reason: access.Reason, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal as a page (or as JSON, or as a fragment) that says what to do and gives back what was typed."""
    text = i18n.say(reason.text, reason.values)
    if wants_json(request):
        told = {"Cache-Control": "no-store", **(headers or {})}
        return JSONResponse({"error": reason.code, "detail": text}, reason.status, headers=told)
    template = "errors/_refusal.html" if is_htmx(request) else "errors/refusal.html"
    kept = await typed_texts(request)
    held = await _hold(request, kept) if kept and reason.status == 401 and _hold is not None else ""
    path = request.url.path
    written = [(labels.field(name, path), one) for name, texts in kept.items() for one in texts if len(one) > _SHORT]
    values = {"reason": reason, "text": text, "written": written, "held": bool(held), "back": came_from(request)}
    values |= {"indexed": False, "canonical": ""}
    values["vote"] = reason.status == 401 and is_vote(path)
    values["voted_on"] = path.partition("/vote")[0] if is_vote(path) and reason.status != 404 else ""
    response = render(request, template, reason.status, **values)
    if held:
        response.set_cookie(HELD_COOKIE, held, max_age=HELD_SECONDS, httponly=True, samesite="lax", secure=secure())
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    return response
