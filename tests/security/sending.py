"""Every route that takes a form: who may send it, its fields, and values that fit them."""

import inspect
from typing import Any

from fastapi.routing import APIRoute

from app.core import web
from app.core.forms import Form
from tests.page import Browser
from tests.test_architecture import ROUTES, guards_of
from tests.world import World

SENDING = [route for route in ROUTES if route.methods - {"GET", "HEAD"}]
READING = [route for route in ROUTES if "GET" in route.methods]

#: Somebody of the world who may, by the first matching start of a permission.
_WHO = {
    "accounts.grant": "administrator", "accounts.sign_in": "anonymous", "admin.": "administrator",
    "offices.edit": "administrator", "consultations.arrange": "administrator", "consultations.create": "official",
    "consultations.edit": "official", "consultations.": "anonymous", "decisions.write": "official", "desk.": "official",
    "responses.receive": "citizen", "responses.": "official", "contributions.enter": "facilitator",
    "contributions.handle": "official", "facilitation.": "facilitator", "moderation.act": "moderator",
    "moderation.": "other citizen",
}  # fmt: skip

#: Values that a form takes, by the name of its field.
FITTING: dict[str, Any] = {
    "title": "Judul yang cukup panjang", "body": "Isi yang cukup panjang untuk dikirim.", "name": "Nama Baru",
    "email": "seseorang@contoh.id", "password": "kata sandi panjang", "new_password": "kata sandi panjang",
    "current_password": "kata sandi panjang", "consent": "yes", "certain": "yes", "lang": "id", "stance": "for",
    "choice": "support", "reason": "Alasan yang cukup panjang.", "text": "Teks yang cukup panjang untuk semua.",
    "summary": "Ringkasan yang cukup panjang.", "channel": "paper", "received_at": "2026-01-05T10:00", "act": "send",
    "status": "adopted", "role": "moderator", "saving": "1", "voting": "three", "kind_1": "proposals",
    "opens_1": "2030-01-05T10:00", "closes_1": "2030-02-05T10:00",
}  # fmt: skip


def person_for(route: APIRoute) -> str:
    """The name of somebody of the world who may use a route."""
    (permission,) = guards_of(route.dependant)
    return next((who for start, who in _WHO.items() if permission.startswith(start)), "citizen")


def form_of(route: APIRoute) -> type[Form] | None:
    """The form a route takes, wherever among its dependencies."""
    found = list(_forms(route.dependant))
    assert len(found) <= 1, f"{route.path} takes several forms"
    return found[0] if found else None


def sender(browser: Browser, world: World, route: APIRoute) -> Browser:
    """Somebody who may use a route, with the text that is held for them."""
    visitor = browser.as_(world.people[person_for(route)])
    visitor.client.cookies.set(web.HELD_COOKIE, world.held)
    return visitor


def _forms(dependant: Any) -> Any:
    if dependant.call is not None and dependant.call.__qualname__ == "submitted.<locals>.receive":
        yield inspect.getclosurevars(dependant.call).nonlocals["model"]
    for each in dependant.dependencies:
        yield from _forms(each)


def fitting(form: type[Form] | None, world: World) -> dict[str, Any]:
    """A filled-in form."""
    names = form.model_fields if form else ()
    known = FITTING | {"proposal": [world.values["code"]]}
    return {name: known[name] for name in names if name in known}
