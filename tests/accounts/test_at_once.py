"""Many at the same instant: one account per address, one use per link, no try too many."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import time_machine
from sqlmodel import Session

from app.accounts.actions import links, own, signing_in, signing_up
from app.accounts.forms import SignUpForm
from app.accounts.models import Account, MailToken, SignIn
from app.core import db, tokens
from app.core.access import ANYONE, Conflict
from app.settings import settings
from tests.accounts.conftest import PASSWORD, person, rows

CROWD = 30


def at_once(act: Any, *given: Any) -> list[Any]:
    """What each of a crowd gets from the same act: its result, or the refusal."""

    def one(_number: int) -> Any:
        try:
            return db.write_now(act, *given)
        except Conflict as refused:
            return refused

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(one, range(CROWD)))


def test_one_account_per_address(database: str) -> None:
    """A double press opens one account."""
    form = SignUpForm(name="Bu Sumini", email="sumini@contoh.id", password=PASSWORD, consent=True)

    def sign_up(session: Session) -> bool:
        here = signing_in.Browser("id", tokens.new_token(), "")
        return signing_up.sign_up(session, ANYONE, form, "hash", "http://x", here)

    assert sorted(at_once(sign_up)) == [False] * (CROWD - 1) + [True]
    assert len(rows(Account)) == 1
    assert len(rows(SignIn)) == 1


def test_a_link_is_used_once(database: str) -> None:
    """However many press the button."""
    somebody = person()
    link = db.write_now(links.make, somebody.account, links.RESET, somebody.email)
    here = signing_in.Browser("id", tokens.new_token(), "")
    outcomes = at_once(own.reset_password, ANYONE, link.token, "hash", "http://x", here)
    assert outcomes.count(somebody.account) == 1
    assert all(isinstance(outcome, links.LinkOver) for outcome in outcomes if outcome != somebody.account)
    assert rows(MailToken)[0].used_at is not None


def test_no_more_tries_than_allowed(database: str) -> None:
    """Tries are counted before anything is compared, so a crowd gets no more of them than one."""
    somebody = person()
    with time_machine.travel("2026-03-14 09:05:00+00:00"):
        outcomes = at_once(signing_in.attempt, somebody.email, "192.0.2.1")
    assert len([tried for tried in outcomes if tried.blocked_until is None]) == settings().sign_in_attempts
    assert {tried.password_hash for tried in outcomes if tried.blocked_until is not None} == {""}
