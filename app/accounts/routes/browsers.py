"""What a browser keeps of a signed-in person, and what is known of the browser."""

from typing import Any

from fastapi import Request, Response

from app.accounts.actions.signing_in import LASTS, REMEMBERED, Attempt, Browser
from app.core import web
from app.core.access import SESSION_COOKIE, Reason
from app.core.forms import Submission
from app.core.i18n import N_, language

_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
_LANGUAGE_SECONDS = 365 * 86400


def device(request: Request) -> str:
    """A few words for a browser, such as Chrome, Android; nothing that would single a person out."""
    agent = request.headers.get("user-agent", "")[:500]
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part)


def known(request: Request, token: str) -> Browser:
    """The browser of a request, for a session that begins with this token."""
    held, client = request.cookies.get(web.HELD_COOKIE, ""), web.client_address(request)
    return Browser(language.get(), token, device(request), held, client)


def keep_session(response: Response, token: str) -> None:
    """Give the browser its session; the cookie outlasts it, so that a text sent too late stays its author's."""
    seconds = int((LASTS + REMEMBERED).total_seconds())
    response.set_cookie(SESSION_COOKIE, token, max_age=seconds, httponly=True, samesite="lax", secure=web.secure())


def drop_session(response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=web.secure())


def keep_language(response: Response, code: str) -> None:
    """Answer this browser in a language from now on."""
    response.set_cookie(
        web.LANGUAGE_COOKIE, code, max_age=_LANGUAGE_SECONDS, httponly=True, samesite="lax", secure=web.secure()
    )


def private(response: Response) -> Response:
    """Keep a page that only one person may see out of every cache."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def too_many(form: Submission[Any], tried: Attempt) -> None:
    """Say that no more tries are taken for now, and until when."""
    text = N_("There were too many tries. Nothing you did is lost; try again after %(when)s.")
    form.refuse(Reason("too-many", text, 429, {"when": tried.blocked_until}))
