"""Whether the process answers and the database is ready."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from app.core import migrating
from app.core.access import guard
from app.settings import settings

router = APIRouter()


@router.get("/healthz", dependencies=[guard("operation.probe")])
def health() -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz", dependencies=[guard("operation.probe")])
def readiness() -> Response:
    """The database answers and has every migration."""
    ready = migrating.up_to_date(settings().database)
    return JSONResponse({"ready": ready}, 200 if ready else 503)
