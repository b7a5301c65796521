"""The texts that govern the place, in both languages, and the small files that machines look for."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from app.accounts.queries import PRIVACY_VERSION
from app.core import clock, web
from app.core.access import guard
from app.core.i18n import language
from app.moderation.forms import REASONS
from app.settings import settings

router = APIRouter()

#: The pages that exist as one text per language: `templates/pages/<name>.<language>.html`.
TEXTS = ("about", "rules", "privacy", "terms", "accessibility", "contact")
#: What only one person or only an office may see, and the many orders of one list.
UNWANTED = (
    "/me", "/sign-in", "/sign-up", "/desk", "/moderation", "/admin", "/demo", "/held", "/facilitation",
    "/*?*seed=", "/*?*after=", "/*?*q=", "/*?*next=",
)  # fmt: skip
_NAMED_FOR = timedelta(days=180)


@router.get("/about", dependencies=[guard("pages.read")])
@router.get("/rules", dependencies=[guard("pages.read")])
@router.get("/privacy", dependencies=[guard("pages.read")])
@router.get("/terms", dependencies=[guard("pages.read")])
@router.get("/accessibility", dependencies=[guard("pages.read")])
@router.get("/contact", dependencies=[guard("pages.read")])
def text(request: Request) -> Response:
    """One of the texts, in the language of the visitor."""
    name = request.url.path.strip("/")
    return web.render(
        request,
        f"pages/{name}.{language.get()}.html",
        privacy_version=PRIVACY_VERSION,
        reasons=REASONS,
        settle_seconds=settings().settle_seconds,
    )


@router.get("/robots.txt", dependencies=[guard("pages.read")])
def robots(request: Request) -> Response:
    """What search engines need not open: nothing that is public and stands at one address only."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in UNWANTED)]
    lines += ["", f"Sitemap: {web.base_url(request)}/sitemap.xml"]
    return PlainTextResponse("\n".join(lines) + "\n")


@router.get("/.well-known/security.txt", dependencies=[guard("pages.read")])
def security(request: Request) -> Response:
    """Where to report a security hole, as RFC 9116 spells it."""
    base, address = web.base_url(request), settings().contact_email
    midnight = (clock.now() + _NAMED_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {f'mailto:{address}' if address else f'{base}/contact'}",
        f"Expires: {midnight:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: id, en",
        f"Canonical: {base}/.well-known/security.txt",
        f"Policy: {base}/contact#security",
    ]
    return PlainTextResponse("\n".join(lines) + "\n")


@router.get("/favicon.ico", dependencies=[guard("pages.read")])
def icon() -> Response:
    """The sign of the place, for browsers that ask here before they read a page."""
    return RedirectResponse(web.asset("img/knot.svg"), 302, {"Cache-Control": "public, max-age=86400"})
