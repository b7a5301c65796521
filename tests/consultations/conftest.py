"""Actions check permissions also where no application has been made."""

import pytest

from app import permissions
from app.core import access


@pytest.fixture(autouse=True)
def _permissions() -> None:
    access.fill(permissions.TABLE)
