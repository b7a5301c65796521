"""What was being written when a session ended: found again after signing in, sent or let go."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts.actions import holding
from app.accounts.queries import own
from app.core import db, labels, web
from app.core.access import SESSION_COOKIE, CurrentActor, Missing, guard
from app.core.i18n import N_

router = APIRouter()
_CODES = frozenset({"topic", "area"})  # chosen, not written
_LONG = 80


async def hold(request: Request, kept: Mapping[str, list[str]]) -> str:
    """Keep what a refused form contained; gives the cookie, or "" when it cannot be kept now. A vote never is."""
    path, cookie = request.url.path, request.cookies.get(web.HELD_COOKIE, "")
    if web.own_path(path, "") != path or web.is_vote(path):
        return ""
    ended = request.cookies.get(SESSION_COOKIE, "")
    try:
        return await db.write(holding.hold, cookie, path, kept, web.client_address(request), ended)
    except db.Busy:
        return ""


@dataclass(frozen=True)
class Field:
    """One field of a held text: a text to look over, or a choice that is sent as it was."""

    name: str
    value: str
    label: str
    kind: str


def fields_of(held: own.Held) -> tuple[Field, ...]:
    """The fields of a held text, texts apart from choices."""
    pairs = [(name, value) for name, values in held.fields.items() for value in values]
    return tuple(Field(name, value, labels.field(name, held.path), _kind(name, value)) for name, value in pairs)


def _kind(name: str, value: str) -> str:
    if "\n" in value or len(value) > _LONG or name in ("body", "text"):
        return "area"
    return "line" if (labels.known(name) and name not in _CODES) or " " in value else "hidden"


@router.get("/held", dependencies=[guard("accounts.manage")])
def held_page(request: Request, session: db.Read, actor: CurrentActor) -> Response:
    """The texts this browser holds for the one who looks."""
    texts = own.held(session, request.cookies.get(web.HELD_COOKIE, ""), actor.account)
    shown = [(text, labels.act(text.path), fields_of(text)) for text in texts]
    return web.render(request, "accounts/held.html", texts=shown)


@router.post("/held/{number}/sending", dependencies=[guard("accounts.manage")])
async def send(request: Request, actor: CurrentActor, number: int) -> Response:
    """Send it where it was going: the form as it stands now is passed on, and nothing is held any more."""
    path = await db.write(holding.let_go, actor, request.cookies.get(web.HELD_COOKIE, ""), number)
    if path is None or web.own_path(path, "") != path:
        raise Missing
    return RedirectResponse(path, 307)


@router.post("/held/{number}/discarding", dependencies=[guard("accounts.manage")])
async def discard(request: Request, actor: CurrentActor, number: int) -> Response:
    """Let it go."""
    await db.write(holding.let_go, actor, request.cookies.get(web.HELD_COOKIE, ""), number)
    return web.done(request, "/held", N_("The text is discarded."))
