"""A world with one of everything, for everybody who tries to break it."""

import pytest

from app.core import web
from tests import world as worlds
from tests.page import Browser
from tests.shelf import copy_of
from tests.world import World


@pytest.fixture
def world(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(web.site, "demo", True, raising=False)
    return copy_of(worlds.build)
