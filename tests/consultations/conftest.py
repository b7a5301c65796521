"""An office with a consultation; actions check permissions also where no application has been made."""

import pytest

from app import permissions
from app.core import access
from tests import factories
from tests.factories import BOTH


@pytest.fixture(autouse=True)
def _permissions() -> None:
    access.fill(permissions.TABLE)


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas Air", slug="dinas-air")


@pytest.fixture
def official(office: int) -> factories.Person:
    return factories.official(office)


@pytest.fixture
def consultation(office: int) -> int:
    return factories.consultation(office, BOTH, slug="air")
