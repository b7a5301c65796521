"""Who may do what: actors, reasons and refusals, and the registry that `app.permissions` fills."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial, wraps
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.core import db


@dataclass(frozen=True)
class Actor:
    """The person behind a request, as far as permissions need to know them."""

    account: int | None = None
    participant: int | None = None
    name: str = ""
    lang: str = ""
    confirmed: bool = False
    roles: frozenset[str] = frozenset()
    offices: frozenset[int] = frozenset()
    session: int | None = None
    machine: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether the actor is somebody with an account."""
        return self.account is not None


ANYONE = Actor()
#: The installation itself: commands and jobs started by the operator.
OPERATOR = Actor(name="operator", machine=True, roles=frozenset({"administrator"}))


@dataclass(frozen=True)
class Reason:
    """Why something is refused: a code for programs and a sentence a person can act on."""

    code: str
    text: str
    status: int = 403
    values: Mapping[str, Any] = field(default_factory=dict)


class Denied(Exception):
    """The actor may not do this."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


class Conflict(Exception):
    """The act does not fit the present state; repeating it unchanged will not help."""

    def __init__(self, code: str, text: str, **values: Any) -> None:
        super().__init__(code)
        self.reason = Reason(code, text, 409, values)


class Missing(Exception):
    """There is nothing at this address that the actor may know of."""


Predicate = Callable[[Actor, Any], Reason | None]
_table: dict[str, tuple[Predicate, ...]] = {}
_signed_out: dict[str, str] = {}


def fill(table: Mapping[str, tuple[Predicate, ...]], signed_out: Mapping[str, str] | None = None) -> None:
    """Set the permission table, and what to say of single acts to somebody who is signed out; done once at start."""
    _table.clear()
    _table.update(table)
    _signed_out.clear()
    _signed_out.update(signed_out or {})


def refusal(permission: str, actor: Actor, subject: Any = None) -> Reason | None:
    """The first reason why the actor may not, or None when they may."""
    for predicate in _table[permission]:
        if (reason := predicate(actor, subject)) is not None:
            said = _signed_out.get(permission) if reason.status == 401 else None
            return replace(reason, text=said) if said else reason
    return None


def require(permission: str, actor: Actor, subject: Any = None) -> None:
    """Raise Denied with the reason unless the actor may; Missing where existence is private."""
    reason = refusal(permission, actor, subject)
    if reason is None:
        return
    if reason.status == 404:
        raise Missing
    raise Denied(reason)


def may(permission: str, actor: Actor, subject: Any = None) -> bool:
    """Whether the actor may, for showing or leaving out a button."""
    return refusal(permission, actor, subject) is None


_resolve: Callable[[Session, str], Actor | None] = lambda _session, _token: None  # noqa: E731
SESSION_COOKIE = "rembuk_session"


def resolve_actors_with(resolve: Callable[[Session, str], Actor | None]) -> None:
    """Tell how a session token becomes an actor; done once at start by the layer that knows accounts."""
    global _resolve
    _resolve = resolve


def _resolved(request: Request, session: Session) -> Actor:
    """The actor of a request, looked up once; only in a thread that may wait."""
    known: Actor | None = getattr(request.state, "actor", None)
    if known is None:
        token = request.cookies.get(SESSION_COOKIE)
        known = request.state.actor = (_resolve(session, token) if token else None) or ANYONE
    return known


async def _actor_of(request: Request, session: db.Read) -> Actor:
    """Free after the guard; a route that names its guard first saves a trip to a worker thread."""
    if hasattr(request.state, "actor") or SESSION_COOKIE not in request.cookies:
        return _resolved(request, session)
    return await run_in_threadpool(_resolved, request, session)


#: The actor of a request.
CurrentActor = Annotated[Actor, Depends(_actor_of)]


def nothing() -> None:
    """The subject of a permission that is about no particular thing."""


def guard(permission: str, load: Callable[..., Any] = nothing) -> Any:
    """A route's one guard: loads its subject, checks the permission and hands the subject over.

    All of that is one trip to a worker thread. Before something is written the read ends: a database file that is
    being read cannot be tidied up, and each write would cost more than the one before.
    """

    async def guarded(
        request: Request,
        session: db.Read,
        loading: Annotated[Callable[[], Any], Depends(_later(load))],
    ) -> Any:
        def permitted() -> Any:
            actor = _resolved(request, session)
            subject = loading()
            require(permission, actor, subject)
            if request.method != "GET":
                session.close()
            return subject

        return await run_in_threadpool(permitted)

    guarded.permission = permission  # type: ignore[attr-defined]
    return Depends(guarded)


@dataclass(frozen=True)
class Visitor:
    """Somebody whose session has not been looked up yet."""

    token: str


def guard_in_act(permission: str) -> Any:
    """The guard of a route that very many use at once: its act looks the person up and checks the permission itself.

    That is one read less, and no trip to a worker thread. Whoever has no session at all is refused here.
    """

    async def guarded(request: Request) -> Visitor:
        token = request.cookies.get(SESSION_COOKIE)
        if token is None:
            require(permission, ANYONE)
        return Visitor(token or "")

    guarded.permission = permission  # type: ignore[attr-defined]
    return Depends(guarded)


def identified(session: Session, who: Actor | Visitor) -> Actor:
    """The person behind an act, looked up in its transaction where a route has not done so."""
    if isinstance(who, Actor):
        return who
    actor = _resolve(session, who.token) or ANYONE
    for name, subject in session.info.pop("noticed", ()):
        db.after_commit(session, partial(db.notice_now, name, subject))
    return actor


async def identify(request: Request) -> Actor:
    """The person behind a request whose route left that to its act; for the page that says why it was refused."""

    def read() -> Actor:
        with db.reading() as session:
            return _resolved(request, session)

    return await run_in_threadpool(read)


@cache
def _later(load: Callable[..., Any]) -> Callable[..., Any]:
    """A dependency with the parameters of `load` that gives the call, still to be made, instead of its result."""

    @wraps(load)
    async def bound(**found: Any) -> Callable[[], Any]:
        return partial(load, **found)

    return bound
