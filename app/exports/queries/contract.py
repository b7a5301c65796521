"""The OpenAPI document: every address that answers with facts, what it takes and what it tells.

What can be asked stands in the signatures of the routes and nowhere else; what is told, in the table of shapes.
"""

import inspect
from functools import lru_cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from app.core.addresses import pages_of
from app.exports.queries.shapes import TOLD, Error
from app.settings import settings

VERSION = "1"
#: How what people copy into an address is spelled, by the name of the parameter of the path.
SPELLED = {
    "slug": r"^[a-z0-9-]{1,80}$",
    "code": r"^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{5}$",
    "number": r"^K-[1-9][0-9]{3}-([0-9]{3}|[1-9][0-9]{3,5})$",
}
_ABOUT = (
    "The facts of each public page as JSON. Nothing here needs a key. Counts of votes are null until all votes are "
    "counted. Lists go on at `next`. What cannot be meant is answered with 404; a parameter that no address takes, or "
    "that is given twice, leads (301) to the address without it. Add `lang=id` or `lang=en` for texts in that language."
)
_REFUSED = {
    "301": "The one address of what was asked for.",
    "404": "There is nothing at this address that you may know of, or it cannot be meant.",
    "503": "Too much is asked for at this moment.",
}


@lru_cache(maxsize=1)
def contract(app: FastAPI) -> dict[str, Any]:
    """The document of an application, made once."""
    routes = [route for route in pages_of(app) if route.path in TOLD]
    made = get_openapi(title=settings().site_name, version=VERSION, description=_ABOUT, routes=routes)
    shapes, definitions = TypeAdapter.json_schemas(
        [(path, "serialization", TypeAdapter(shape)) for path, shape in {**TOLD, "": Error}.items()],
        ref_template="#/components/schemas/{model}",
    )
    paths = {route.path: {"get": _operation(route, made["paths"][route.path]["get"], shapes)} for route in routes}
    return {
        "openapi": made["openapi"],
        "info": made["info"],
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": definitions["$defs"]},
    }


def _operation(route: APIRoute, made: dict[str, Any], shapes: Any) -> dict[str, Any]:
    """What one address takes and tells."""
    parameters = [_spelled(parameter) for parameter in made.get("parameters", ())]
    told = shapes[route.path, "serialization"]
    answers = {"200": {"description": "The facts.", "content": {"application/json": {"schema": told}}}}
    for status, words in _REFUSED.items():
        answers[status] = {"description": words}
        if status != "301":
            shape = told if (route.path, status) == ("/readyz", "503") else shapes["", "serialization"]
            answers[status]["content"] = {"application/json": {"schema": shape}}
    return {
        "operationId": route.path.strip("/").removesuffix(".json").translate(str.maketrans("/", "-", "{}")),
        "summary": inspect.getdoc(route.endpoint) or "",
        **({"parameters": parameters} if parameters else {}),
        "responses": answers,
    }


def _spelled(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter with how it is spelled."""
    pattern = SPELLED.get(parameter["name"]) if parameter["in"] == "path" else None
    return parameter | {"schema": parameter["schema"] | {"pattern": pattern}} if pattern else parameter
