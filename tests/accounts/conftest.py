"""What the tests of people stand on: cheap passwords, and the mail that was sent."""

import re
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlmodel import Session

from app import permissions
from app.accounts.actions import passwords
from app.accounts.models import Account
from app.core import access, db, mail
from app.core.columns import table
from tests import factories

PASSWORD = "kopi panas di pagi hari"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def known_permissions() -> None:
    """Acts ask for permission even where no application has been made."""
    access.fill(permissions.TABLE)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash fast: the cost is not what is tested."""
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


def person(**fields: Any) -> factories.Person:
    """Somebody who can sign in with the password of these tests."""
    made = factories.person(**fields)

    def give(session: Session) -> None:
        row = table(Account).c
        session.execute(update(Account).where(row.id == made.account).values(password_hash=CHEAP.hash(PASSWORD)))

    db.write_now(give)
    return made


def sent(to: str = "") -> list[mail.Mail]:
    """The messages in the outbox, newest first."""
    with db.reading() as session:
        return [one for one in mail.latest(session) if not to or one.to_address == to]


def link(kind: str, to: str = "") -> str:
    """The path of the newest link of a kind."""
    for one in sent(to):
        if found := re.search(rf"http://127\.0\.0\.1:8000(/{kind}/[\w-]+)", one.body):
            return found.group(1)
    raise AssertionError(f"no {kind} link was sent")


def rows(model: type[Any]) -> list[Any]:
    """Every row of a table."""
    with db.reading() as session:
        return list(session.execute(select(model).order_by(table(model).c.id)).scalars())
