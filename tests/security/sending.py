"""Every route that takes a form: who may send it, its fields, and values that fit them."""

import inspect
from typing import Any

from fastapi.routing import APIRoute

from app.core import db, web
from app.core.forms import Form
from app.themes import queries as themes
from tests.page import Browser
from tests.test_architecture import ROUTES, guards_of
from tests.test_permissions import expected
from tests.world import World

SENDING = [route for route in ROUTES if route.methods - {"GET", "HEAD"}]
READING = [route for route in ROUTES if "GET" in route.methods]

#: Who sends what several may: the first of these who may, except where somebody else is nearer to the act.
_FIRST = ("citizen", "official", "facilitator", "moderator", "administrator")
_NEARER = {
    "accounts.sign_in": "anonymous", "consultations.read": "anonymous", "contributions.enter": "facilitator",
    "desk.read": "official", "moderation.report": "other citizen",
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

#: What one form takes in a field of the same name otherwise than the others.
OF_FORM: dict[str, dict[str, Any]] = {
    "AppealDecisionForm": {"outcome": "upheld"}, "CodingForm": {"theme": "1"},
    "DecisionForm": {"act": "dismiss", "reason": ""}, "ExclusionForm": {"ground": "no-argument"},
    "HandOverForm": {"office": "dinas-pasar"},
    "HandlingForm": {"outcome": "noted"}, "HoldingReplyForm": {"promised": "2030-01-05"},
    "HolidayForm": {"day": "2030-01-05"}, "MergeForm": {"into": "1"}, "ReceptionForm": {"said": "disputed"},
    "ReportForm": {"reason": "spam"}, "SampleForm": {"size": "30"},
    "ThemeForm": {"stance": "Tarif yang naik memberatkan pelajar"},
}  # fmt: skip
#: Their field `seen` is the commitment to the text they were sent beside.
SEEN = {"CodingForm", "SecondForm"}


def person_for(route: APIRoute) -> str:
    """The name of somebody of the world who may use a route."""
    (permission,) = guards_of(route.dependant)
    return next(who for who in (_NEARER.get(permission), *_FIRST) if who and not expected(permission, who, False))


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
    """A filled-in form, which the form itself does not refuse."""
    if form is None:
        return {}
    code = world.values["code"]
    known = FITTING | {"proposal": [code], "contribution": [code], "seen": "0"} | OF_FORM.get(form.__name__, {})
    if form.__name__ in SEEN:
        with db.reading() as session:
            known["seen"] = themes.words(session, code).h
    return {name: known[name] for name in form.model_fields if name in known}
