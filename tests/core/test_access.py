"""Who may do what: the table, the reasons, and the one guard of a route."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter, Response

from app import main, permissions
from app.accounts import policy
from app.core import access
from app.core.access import ANYONE, OPERATOR, Actor, Conflict, CurrentActor, Denied, Missing, Reason, guard
from tests import factories
from tests.page import Browser

HIDDEN = Reason("hidden", "There is nothing here.", 404)
CITIZEN = Actor(account=1, participant=1, confirmed=True)


@pytest.fixture
def table() -> Iterator[None]:
    """A small table of permissions, and the real one afterwards."""
    access.fill(
        {
            "open": (),
            "member": (policy.signed_in,),
            "both": (policy.confirmed, policy.moderator),
            "secret": (lambda actor, subject: None if subject == "mine" else HIDDEN,),
        }
    )
    yield
    access.fill(permissions.TABLE)


@pytest.mark.usefixtures("table")
def test_the_first_reason_counts() -> None:
    """All predicates must hold; the first that does not gives the reason."""
    assert access.refusal("open", ANYONE) is None
    assert access.refusal("both", ANYONE) == policy.SIGN_IN
    assert access.refusal("both", Actor(account=1)) == policy.CONFIRM
    assert access.refusal("both", CITIZEN) == policy.MODERATOR
    assert access.may("member", CITIZEN)
    assert not access.may("member", ANYONE)


@pytest.mark.usefixtures("table")
def test_require_raises_with_the_reason() -> None:
    """Denied where one may know; Missing where existence is private."""
    access.require("open", ANYONE)
    with pytest.raises(Denied) as denied:
        access.require("member", ANYONE)
    assert denied.value.reason.status == 401
    access.require("secret", ANYONE, "mine")
    with pytest.raises(Missing):
        access.require("secret", ANYONE, "yours")


def test_an_unknown_permission_is_an_error() -> None:
    """Never a silent yes."""
    access.fill(permissions.TABLE)
    with pytest.raises(KeyError):
        access.may("proposals.fly", OPERATOR)


def test_a_conflict_carries_its_values() -> None:
    """For a sentence with a date in it."""
    reason = Conflict("closed", "Closed at %(when)s.", when=3).reason
    assert (reason.code, reason.status, reason.values) == ("closed", 409, {"when": 3})


@pytest.mark.parametrize(
    ("predicate", "role", "reason"),
    [
        (policy.official, "official", policy.OFFICIAL),
        (policy.facilitator, "facilitator", policy.FACILITATOR),
        (policy.moderator, "moderator", policy.MODERATOR),
        (policy.administrator, "administrator", policy.ADMINISTRATOR),
    ],
)
def test_roles(predicate: access.Predicate, role: str, reason: Reason) -> None:
    """Each is asked to sign in, told what is missing, or let in; the installation itself always is."""
    assert predicate(ANYONE, None) == policy.SIGN_IN
    assert predicate(CITIZEN, None) == reason
    assert predicate(Actor(account=1, roles=frozenset({role})), None) is None
    assert predicate(OPERATOR, None) is None


def test_people() -> None:
    """Anyone, somebody signed in, somebody confirmed."""
    unconfirmed = Actor(account=1)
    assert policy.anyone(ANYONE, None) is None
    assert [policy.signed_in(actor, None) for actor in (ANYONE, unconfirmed, OPERATOR)] == [policy.SIGN_IN, None, None]
    assert policy.confirmed(ANYONE, None) == policy.SIGN_IN
    assert policy.confirmed(unconfirmed, None) == policy.CONFIRM
    assert policy.confirmed(CITIZEN, None) is None
    assert policy.confirmed(OPERATOR, None) is None


@pytest.mark.usefixtures("database")
def test_the_guard_of_a_route(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads the subject, asks, and hands it over; the refusal is a page that says what to do."""
    router = APIRouter()

    @router.get("/for-moderators")
    def page(actor: CurrentActor, subject: str = guard("for.moderators", lambda: "subject")) -> Response:
        """What moderators see."""
        return Response(f"{actor.name}: {subject}")

    monkeypatch.setattr(main, "ROUTERS", (router, *main.ROUTERS))
    monkeypatch.setitem(permissions.TABLE, "for.moderators", (policy.moderator,))
    browser = Browser(main.create_app())
    refused = browser.get("/for-moderators")
    assert refused.status == 401
    assert "/sign-in?next=%2Ffor-moderators" in refused.links()
    assert refused.response.headers["cache-control"] == "no-store"
    denied = browser.as_(factories.person()).get("/for-moderators")
    assert denied.status == 403
    assert "moderator" in denied.text
    allowed = browser.as_(factories.person(name="Bu Mod", roles=("moderator",))).get("/for-moderators")
    assert allowed.response.text == "Bu Mod: subject"


def test_every_permission_has_predicates_that_answer() -> None:
    """None of the table raises for a visitor without a subject's help."""
    for name, predicates in permissions.TABLE.items():
        assert predicates, name
        assert all(predicate.__doc__ for predicate in predicates), name


def test_somebody_signed_out_reads_what_for(browser: Browser) -> None:
    """And who may not, that they may not; who only has to confirm the address, that."""
    reason = access.refusal("votes.cast", access.ANYONE, None)
    assert reason is not None and reason.text == permissions.SIGNED_OUT["votes.cast"]
    assert set(permissions.SIGNED_OUT) <= set(permissions.TABLE)
    assert browser.as_(factories.person()).get("/admin").h1 == "Anda tidak dapat melakukan ini"
    unconfirmed = browser.as_(factories.person(confirmed=False))
    slug = "air-bersih"
    factories.consultation(factories.office(), slug=slug)
    page = unconfirmed.post(f"/consultations/{slug}/proposals", {"title": "Sumur bersama", "body": "x" * 30})
    assert page.h1 == "Konfirmasikan surel Anda dahulu"
