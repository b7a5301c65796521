"""Every route for everybody: who gets in is what the table says, and a refusal writes nothing.

What each predicate means for each person is written down here a second time, apart from the code; and for the
routes where a mistake would hurt most, who may is written by hand.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from app.core import db, web
from app.obligations import actions as obligations
from app.obligations.forms import HandOverForm
from app.permissions import TABLE
from tests import world as worlds
from tests.page import Browser
from tests.shelf import copy_of
from tests.test_architecture import ROUTES, guards_of, shown
from tests.world import World

pytestmark = pytest.mark.once

PEOPLE = (
    "anonymous", "unconfirmed", "citizen", "other citizen", "facilitator", "legal checker", "moderator", "official",
    "other official", "administrator",
)  # fmt: skip
SIGNED_IN = frozenset(PEOPLE) - {"anonymous"}


def refusals(predicate: str, person: str, draft: bool) -> int | None:
    """The status with which a predicate refuses a person; None where it lets them pass.

    The official's office has opened the consultation, the citizen has written everything in it, and the draft
    belongs to the other office.
    """
    in_charge = person == ("other official" if draft else "official")
    if predicate == "anyone" or (predicate == "readable" and (in_charge or not draft)):
        return None
    if predicate == "readable":
        return 404
    if person == "anonymous":
        return 401
    if predicate == "not_in_charge":
        return 403 if in_charge else None
    if predicate in ("of_the_office", "answers_in_it"):
        return None if in_charge else 404 if draft else 403
    passes = {
        "signed_in": SIGNED_IN,
        "confirmed": SIGNED_IN - {"unconfirmed"},
        "author": {"citizen"},
        "author_or_co_author": {"citizen"},
        "author_or_office": {"citizen", "official"},
        "concerned": {"citizen", "official"},
        "author_or_enterer": {"citizen"},
        "owes_it": {"official"},
        "answers_for_it": {"official"},
        "checks_it": {"official", "legal checker"},
        "works_on_answers": {"official", "other official", "legal checker"},
        "official": {"official", "other official"},
        "facilitator": {"facilitator"},
        "moderator": {"moderator"},
        "administrator": {"administrator"},
    }[predicate]
    return None if person in passes else 403


def expected(permission: str, person: str, draft: bool) -> int | None:
    """The first refusal of all predicates of a permission."""
    statuses = (refusals(predicate.__name__, person, draft) for predicate in TABLE[permission])
    return next((status for status in statuses if status is not None), None)


@pytest.fixture
def world(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(web.site, "demo", True, raising=False)
    return copy_of(worlds.build)


def address(route: APIRoute, world: World, draft: bool) -> str:
    """A route's address with the parameters of the world; fails where the world has nothing for it."""

    def value(match: re.Match[str]) -> str:
        before, name = route.path[: match.start()], match[1]
        if draft and name == "slug":
            return world.draft
        starts = (f"{'/'.join(before.strip('/').split('/')[i:])}/{name}" for i in range(before.count("/")))
        known = [world.values[start] for start in starts if start in world.values]
        found = [*known, *([world.values[name]] if name in world.values else [])]
        assert found, f"tests/world.py has no sample for {{{name}}} of {route.path}"
        return found[0]

    return re.sub(r"\{(\w+)\}", value, route.path)


def answer(browser: Browser, method: str, url: str) -> int:
    return int(browser.client.request(method, url, follow_redirects=False).status_code)


def is_about_a_draft(route: APIRoute) -> bool:
    return "{slug}" in route.path and "offices" not in route.path and "{document}" not in route.path


CASES = [(route, draft) for route in ROUTES for draft in ([False, True] if is_about_a_draft(route) else [False])]
#: What is done with a theme; the draft of a consultation has none.
THEME_ACTS = [
    ("GET", ""),
    ("POST", ""),
    ("GET", "/split"),
    ("POST", "/split"),
    ("POST", "/merger"),
    ("POST", "/return"),
]
#: Where there is nothing although one may ask: what exists only before the opening (True: in a draft), or only
#: after it; what somebody has to choose or to write first; and a held text, which the first to send it uses up.
NOTHING_THERE = {
    *((f"GET /desk/consultations/{{slug}}/{page}", False) for page in ("phases", "opening", "removal")),
    *((f"GET /desk/consultations/{{slug}}/{page}", True) for page in ("texts", "dates", "closing", "cancellation")),
    ("GET /desk/consultations/{slug}/amendment", True),
    *((f"GET /consultations/{{slug}}/charter/amendments/{{amendment}}{kind}", True) for kind in ("", ".json")),
    *(("GET /desk/consultations/{slug}/answers/new", draft) for draft in (False, True)),
    *(("GET /desk/consultations/{slug}/decision/publication", draft) for draft in (False, True)),
    *(("POST /desk/consultations/{slug}/decision/publication", draft) for draft in (False, True)),
    *(("GET /consultations/{slug}/decision", draft) for draft in (False, True)),
    ("POST /held/{number}/sending", False),
    ("GET /consultations/{slug}/themes/{number}", True),
    ("GET /desk/consultations/{slug}/answers/themes/{number}", True),
    *((f"{way} /desk/consultations/{{slug}}/codebook/themes/{{theme}}{act}", True) for way, act in THEME_ACTS),
}


def everybody(browser: Browser, world: World) -> Iterator[tuple[str, Browser]]:
    for name in PEOPLE:
        visitor = browser.as_(world.people[name])
        visitor.client.cookies.set(web.HELD_COOKIE, world.held)
        yield name, visitor


@pytest.mark.parametrize(("route", "draft"), CASES, ids=lambda it: shown(it) if isinstance(it, APIRoute) else f"{it}")
def test_who_gets_in_is_what_the_table_says(route: APIRoute, draft: bool, browser: Browser, world: World) -> None:
    (method,) = route.methods
    (permission,) = guards_of(route.dependant)
    url = address(route, world, draft)
    visitors = dict(everybody(browser, world))
    outcome = {name: expected(permission, name, draft) for name in PEOPLE}
    stored = db.current().writer.version
    refused = {name: answer(visitors[name], method, url) for name, status in outcome.items() if status}
    assert refused == {name: status for name, status in outcome.items() if status}
    assert db.current().writer.version == stored, "a refusal writes nothing"
    for name in (name for name, status in outcome.items() if status is None):
        status = answer(visitors[name], method, url)
        assert status not in (401, 403), f"{name} may"
        assert status != 404 or (shown(route), draft) in NOTHING_THERE, f"{name}: nothing at {url}"


# -- by hand ---------------------------------------------------------------------------------------

OFFICE_ONLY = {"official"}
BY_HAND: list[tuple[str, str, set[str]]] = [
    ("GET", "/admin", {"administrator"}),
    ("GET", "/admin/people", {"administrator"}),
    ("GET", "/admin/offices", {"administrator"}),
    ("POST", "/admin/offices", {"administrator"}),
    ("POST", "/admin/topics", {"administrator"}),
    ("POST", "/admin/people/{admin/people/number}/roles", {"administrator"}),
    ("POST", "/admin/people/{admin/people/number}/roles/{grant}/withdrawal", {"administrator"}),
    ("GET", "/moderation", {"moderator"}),
    ("POST", "/moderation/{code}", {"moderator"}),
    ("GET", "/facilitation", {"facilitator"}),
    ("POST", "/facilitation/air/proposals/new", {"facilitator"}),
    ("GET", "/desk", {"official", "other official"}),
    ("GET", "/desk/consultations/air", OFFICE_ONLY),
    ("POST", "/desk/consultations/air/texts", OFFICE_ONLY),
    ("POST", "/desk/consultations/air/dates", OFFICE_ONLY),
    ("POST", "/desk/consultations/air/closing", OFFICE_ONLY),
    ("POST", "/desk/consultations/air/cancellation", OFFICE_ONLY),
    ("POST", "/desk/consultations/air/answers", OFFICE_ONLY),
    ("POST", "/desk/answers/{desk/answers/number}", OFFICE_ONLY),
    ("GET", "/desk/answers/{desk/answers/number}", OFFICE_ONLY),
    ("GET", "/desk/answers", {"official", "other official", "legal checker"}),
    ("POST", "/desk/answers/{desk/answers/number}/check", {"official", "legal checker"}),
    ("POST", "/desk/answers/{desk/answers/number}/signature", OFFICE_ONLY),
    ("POST", "/desk/answers/{desk/answers/number}/publication", OFFICE_ONLY),
    ("POST", "/desk/consultations/air/decision", OFFICE_ONLY),
    ("GET", "/desk/obligations/{desk/obligations/number}", OFFICE_ONLY),
    ("POST", "/desk/obligations/{desk/obligations/number}/hand-over", OFFICE_ONLY),
    ("POST", "/desk/obligations/{desk/obligations/number}/holding-reply", OFFICE_ONLY),
    ("POST", "/contributions/{code}/reception", {"citizen"}),
    ("POST", "/desk/contributions/{code}/reading", OFFICE_ONLY),
    ("POST", "/desk/handlings/{desk/handlings/number}/retraction", OFFICE_ONLY),
    ("GET", "/admin/holidays", {"administrator"}),
    ("POST", "/admin/holidays/list", {"administrator"}),
    ("POST", "/proposals/{code}/edit", {"citizen"}),
    ("POST", "/proposals/{code}/withdrawal", {"citizen"}),
    ("POST", "/proposals/{code}/merges", {"citizen", "official"}),
    ("POST", "/merges/{merge}/agreement", {"citizen", "official"}),
    ("POST", "/merges/{merge}/refusal", {"citizen", "official"}),
    ("POST", "/merges/{merge}/reversal", {"citizen", "official"}),
    ("POST", "/comments/{comments/code}/edit", {"citizen"}),
    ("POST", "/comments/{comments/code}/removal", {"citizen"}),
    ("POST", "/proposals/{code}/vote", set(SIGNED_IN) - {"unconfirmed", "official"}),
    ("POST", "/proposals/{code}/comments", set(SIGNED_IN) - {"unconfirmed"}),
    ("POST", "/consultations/air/proposals", set(SIGNED_IN) - {"unconfirmed"}),
    ("GET", "/me", set(SIGNED_IN)),
    ("POST", "/me/deletion", set(SIGNED_IN)),
    ("GET", "/consultations/rahasia", {"other official"}),
    ("GET", "/consultations/rahasia.json", {"other official"}),
    ("GET", "/consultations/rahasia/proposals", {"other official"}),
    ("GET", "/consultations/rahasia/proposals.csv", {"other official"}),
    ("GET", "/consultations/rahasia/changes.json", {"other official"}),
    ("POST", "/desk/consultations/rahasia/opening", {"other official"}),
    ("POST", "/desk/consultations/rahasia/removal", {"other official"}),
]


@pytest.mark.parametrize(("method", "pattern", "allowed"), BY_HAND, ids=lambda it: it if isinstance(it, str) else "")
def test_who_may_do_what_would_hurt_most(
    method: str, pattern: str, allowed: set[str], browser: Browser, world: World
) -> None:
    url = re.sub(r"\{([\w/]+)\}", lambda match: world.values[match[1]], pattern)
    statuses = {
        name: answer(visitor, method, url) for name, visitor in everybody(browser, world) if name not in allowed
    }
    assert set(statuses.values()) <= {401, 403, 404}, statuses
    for name, visitor in everybody(browser, world):
        if name in allowed:
            assert answer(visitor, method, url) not in (401, 403, 404), name


#: What the office to which an answer was handed over may on top of what it may anyway.
HANDED_OVER = {
    "GET /desk/contributions/{code}/reading",
    "POST /desk/contributions/{code}/reading",
    "GET /desk/consultations/{slug}/answers",
    "GET /desk/consultations/{slug}/answers/new",
    "POST /desk/consultations/{slug}/answers",
    "GET /desk/obligations/{number}",
    "GET /desk/obligations/{number}/hand-over",
    "POST /desk/obligations/{number}/hand-over",
    "GET /desk/obligations/{number}/holding-reply",
    "POST /desk/obligations/{number}/holding-reply",
}


def test_an_office_to_which_an_answer_was_handed_over_may_consider_and_answer_it_alone(
    browser: Browser, world: World
) -> None:
    official, other = (world.people[name] for name in ("official", "other official"))
    assert official and other
    form = HandOverForm(office="dinas-pasar", reason="Itu wewenang dinas lain sejak tahun lalu.")
    db.write_now(obligations.hand_over, official.actor, int(world.values["desk/obligations/number"]), form)
    desk = browser.as_(other)
    opened = {shown(route) for route in ROUTES for permission in guards_of(route.dependant)
              if expected(permission, "other official", False)
              and answer(desk, *route.methods, address(route, world, False)) not in (401, 403)}  # fmt: skip
    assert opened == {it for it in map(shown, ROUTES) if it in HANDED_OVER}
    another = desk.get(f"/desk/contributions/{world.values['comments/code']}/reading")
    assert another.status == 403


def test_a_draft_shows_in_no_list_and_no_other_page(browser: Browser, world: World) -> None:
    for name, visitor in everybody(browser, world):
        for url in ("/", "/consultations", "/consultations.json", "/offices/dinas-pasar", "/offices/dinas-pasar.json"):
            told = visitor.client.get(url).text
            assert "rahasia" not in told or name == "other official", f"{name} on {url}"


def test_nobody_finds_out_who_voted_what(browser: Browser, world: World) -> None:
    citizen = browser.as_(world.people["citizen"])
    code = world.values["code"]
    mine = citizen.post(f"/proposals/{code}/vote", {"choice": "oppose"})
    assert "Suara Anda: " in mine.text, "the voter sees it"
    for name, visitor in everybody(browser, world):
        for url in (f"/proposals/{code}", f"/proposals/{code}.json", f"/contributions/{code}.json"):
            told: Any = visitor.client.get(url)
            assert told.status_code == 200
            assert name == "citizen" or not re.search(r"Suara Anda: |\"(voter|my_vote|mine)\": *\"[a-z]", told.text), (
                url
            )
