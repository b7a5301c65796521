"""What every test stands on: a real database of its own, settings of its own, and a checking browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import create_engine, make_url, text

from app.core import db, i18n, jobs, keys, migrating, pagecache
from app.settings import settings
from tests.page import Browser

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no fault of the rule
hypothesis.settings.load_profile("house")
POSTGRES = os.environ.get("REMBUK_TEST_POSTGRES", "")
for name in [name for name in os.environ if name.startswith("REMBUK_") and name != "REMBUK_TEST_POSTGRES"]:
    del os.environ[name]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database with every migration, copied for each test."""
    if not POSTGRES:
        path = tmp_path_factory.mktemp("template") / "empty.db"
        migrating.migrate(f"sqlite:///{path}")
        yield str(path)
        return
    name = f"rembuk_template_{uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}"')
    migrating.migrate(_address(name))
    yield name
    _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def _address(name: str) -> str:
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


def _on_server(statement: str) -> None:
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


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
def database(template: str, installation: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An open, empty database."""
    if POSTGRES:
        name = f"rembuk_test_{uuid4().hex[:12]}"
        _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        address = _address(name)
        monkeypatch.setenv("REMBUK_DATABASE_URL", address)
        settings.cache_clear()
    else:
        installation.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, installation / "rembuk.db")
        address = settings().database
    db.open_database(address)
    yield address
    db.close_database()
    jobs._queue.cache_clear()
    if POSTGRES:
        _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def browser(database: str) -> Browser:
    """A visitor's browser that checks every page it opens."""
    from app.main import create_app

    return Browser(create_app())
