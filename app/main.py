"""The application: its routers, its layers, and what happens at start and stop."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from servestatic import ServeStaticASGI
from starlette.exceptions import HTTPException

from app import permissions, schedule
from app.accounts import queries as accounts
from app.accounts import routes as accounts_routes
from app.comments import routes as comments_routes
from app.consultations import routes as consultations_routes
from app.core import access, db, jobs, keys, web
from app.core.addresses import Addresses, pages_of
from app.core.csrf import CrossSite
from app.core.edge import Edge
from app.core.i18n import N_
from app.core.pagecache import PageCache
from app.decisions import routes as decisions_routes
from app.exports import routes as exports_routes
from app.facilitation import routes as facilitation_routes
from app.finding import routes as finding_routes
from app.moderation import routes as moderation_routes
from app.obligations import routes as obligations_routes
from app.offices import routes as offices_routes
from app.pages import routes as pages
from app.proposals import routes as proposals_routes
from app.publiclog import queries as publiclog
from app.responses import routes as responses_routes
from app.settings import settings
from app.themes import routes as themes_routes
from app.votes import routes as votes_routes

#: What is asked most stands first: routes are tried one after the other.
ROUTERS = (
    votes_routes.router,
    proposals_routes.router,
    pages.router,
    comments_routes.router,
    consultations_routes.router,
    moderation_routes.router,
    facilitation_routes.router,
    accounts_routes.router,
    finding_routes.router,
    offices_routes.router,
    obligations_routes.router,
    responses_routes.router,
    themes_routes.router,
    decisions_routes.router,
    exports_routes.router,
)

MISSING = access.Reason("not-found", N_("There is no page at this address. It may have been mistyped or moved."), 404)
NO_SUCH_ACT = access.Reason("no-such-act", N_("This address cannot be used in that way."), 405)
UNREADABLE = access.Reason("unreadable", N_("What was sent could not be read. Go back and try again."), 400)
TOO_LARGE = access.Reason("too-large", N_("What was sent is too large. Shorten the text or choose smaller files."), 413)
BUSY = access.Reason(
    "busy",
    N_(
        "Very many people are sending something now, so this could not be stored. Nothing was changed. "
        "Try again in a moment."
    ),
    503,
)
BROKEN = access.Reason(
    "broken",
    N_("Something went wrong on our side, and it has been written down. Nothing was stored. Try again later."),
    500,
)


class ClockBehind(RuntimeError):
    """The server's clock is before the newest recorded event."""


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Have the secrets, open the database, refuse a clock that is behind the record, start the jobs; end in turn."""
    keys.make()
    opened = db.open_database(settings().database, settings().writer_queue, patience=min(20, settings().settle_seconds))
    with db.reading() as session:
        newest = publiclog.latest(session)
    if newest is not None and newest > schedule.clock_limit():
        db.close_database()
        raise ClockBehind(f"the clock is before the newest recorded event ({newest:%Y-%m-%d %H:%M} UTC)")
    consumer = jobs.start() if settings().embedded_jobs else None
    try:
        yield
    finally:
        if consumer is not None:
            jobs.stop(consumer)
        if opened is db.current():
            db.close_database()


async def _denied(request: Request, error: Exception) -> Response:
    assert isinstance(error, access.Denied)
    return await web.refuse(request, error.reason)


async def _conflict(request: Request, error: Exception) -> Response:
    assert isinstance(error, access.Conflict)
    return await web.refuse(request, error.reason)


async def _missing(request: Request, _error: Exception) -> Response:
    return await web.refuse(request, MISSING)


async def _busy(request: Request, _error: Exception) -> Response:
    return await web.refuse(request, BUSY, {"Retry-After": str(db.Busy.retry_after)})


async def _unfit(request: Request, _error: Exception) -> Response:
    """A path or query that cannot be meant is an address that does not exist."""
    return await web.refuse(request, MISSING)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: MISSING, 405: NO_SUCH_ACT, 413: TOO_LARGE}
    return await web.refuse(request, known.get(error.status_code, UNREADABLE), error.headers)


async def _broken(request: Request, _error: Exception) -> Response:
    return await web.refuse(request, BROKEN)


HANDLERS: dict[Any, Any] = {
    access.Denied: _denied,
    access.Conflict: _conflict,
    access.Missing: _missing,
    db.Busy: _busy,
    RequestValidationError: _unfit,
    HTTPException: _http,
    Exception: _broken,
}


def create_app() -> Any:
    """The whole application as one ASGI callable."""
    if os.environ.get("REMBUK_SERVING_DEMO") == "1":  # set by `serve`, which knows where it listens
        web.site.demo = True
    access.fill(permissions.TABLE, permissions.SIGNED_OUT)
    access.resolve_actors_with(accounts.actor_of_session)
    web.index_only(exports_routes.INDEXED)
    web.hold_with(accounts_routes.held.hold)
    api = FastAPI(
        title="Rembuk",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        exception_handlers=HANDLERS,
        lifespan=lifespan,
        max_body_size=(settings().max_upload_mb + 1) * 4 * 1024 * 1024,
    )
    pages_known = [route for router in ROUTERS for route in pages_of(router)]
    api.router.routes.extend(pages_known)  # one flat list: routers within routers match everything twice over
    pages_kept = Addresses(PageCache(api), pages_known, lambda request: web.refuse(request, MISSING))
    files = ServeStaticASGI(pages_kept, root=web.ROOT / "static", prefix="static", max_age=31536000)
    return Edge(CrossSite(files))
