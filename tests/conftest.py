"""What every test stands on: a real database of its own, settings of its own, and a checking browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from app.core import db, i18n, jobs, keys, migrating, pagecache
from app.settings import settings
from tests import databases
from tests.databases import POSTGRES
from tests.page import Browser

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no fault of the rule
hypothesis.settings.load_profile("house")
for name in [name for name in os.environ if name.startswith("REMBUK_") and name != "REMBUK_TEST_POSTGRES"]:
    del os.environ[name]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of an empty SQLite database with every migration, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    migrating.migrate(f"sqlite:///{path}")
    return str(path)


@pytest.fixture(scope="session")
def lent() -> Iterator[databases.Lent]:
    """The PostgreSQL database that the tests of this process use one after the other."""
    one = databases.Lent()
    yield one
    one.throw_away()


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings and keys of one test, in a data folder of its own."""
    monkeypatch.setenv("REMBUK_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("REMBUK_EMBEDDED_JOBS", "0")
    monkeypatch.setattr(pagecache, "OLDEST", 0)
    monkeypatch.setattr(pagecache, "UNDER_WRITES", 0)
    settings.cache_clear()
    keys.forget()
    token = i18n.language.set("id")
    yield tmp_path / "var"
    i18n.language.reset(token)
    settings.cache_clear()
    keys.forget()


@pytest.fixture
def database(request: pytest.FixtureRequest, installation: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An open, empty database."""
    if POSTGRES:
        monkeypatch.setenv("REMBUK_DATABASE_URL", request.getfixturevalue("lent").take())
        settings.cache_clear()
    else:
        installation.mkdir(parents=True, exist_ok=True)
        shutil.copy(request.getfixturevalue("template"), installation / "rembuk.db")
    db.open_database(settings().database)
    yield settings().database
    db.close_database()
    jobs._queue.cache_clear()
    if POSTGRES:
        request.getfixturevalue("lent").give_back()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what asks no database or runs once, and the journeys: they were seen on SQLite."""
    if not POSTGRES:
        return
    asking = {"database", "nothing"}
    twice = (item for item in items if item.get_closest_marker("once") is None)
    chosen = [item for item in twice if asking.intersection(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


@pytest.fixture
def browser(database: str) -> Browser:
    """A visitor's browser that checks every page it opens."""
    from app.main import create_app

    return Browser(create_app())
