"""Official answers taken through their steps, each by somebody who may."""

from datetime import datetime

from sqlmodel import Session

from app.core import db
from app.core.access import Actor
from app.responses import actions
from tests import factories
from tests.factories import Person
from tests.page import Browser, Page

ROLE = "Kepala Dinas"


def checker(name: str = "Bu Hukum") -> Person:
    """Somebody whom the administrator appointed to check answers."""
    return factories.person(name, roles=("checker",))


def sign(number: int, official: Actor, by: Actor | None = None) -> None:
    """Hand a draft on, have it checked by somebody else, and sign it."""
    checking = by or checker().actor
    db.write_now(actions.hand_on, official, number, "Staf")
    db.write_now(actions.check, checking, number, "Bagian Hukum")
    db.write_now(actions.sign, official, number, ROLE)


def publish(number: int, official: Actor, base: str = "http://contoh.id", at: datetime | None = None) -> None:
    """Take a draft through all four steps."""
    sign(number, official)
    db.write_now(actions.publish, official, number, base, ROLE, "", at)


def publish_within(session: Session, number: int, official: Actor, checking: Actor, base: str) -> None:
    """The same inside an act."""
    actions.hand_on(session, official, number, "Staf")
    actions.check(session, checking, number, "Bagian Hukum")
    actions.sign(session, official, number, ROLE)
    actions.publish(session, official, number, base, ROLE)


def through(browser: Browser, desk: Browser, draft: Page) -> Page:
    """The same on the pages: from a draft that was handed on to what its publisher sees in the end."""
    checking = browser.as_(checker())
    for somebody, step in ((checking, "check"), (desk, "signature"), (desk, "publication")):
        page = somebody.get(f"{draft.url}/{step}")
        done = somebody.submit(page, page.url, role=ROLE, act="take")
        assert done.status == 200, done.text
    return done
