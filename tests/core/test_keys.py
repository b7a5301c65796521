"""The secrets of an installation are made once, whoever asks first, and stay as they are."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.core import db, keys
from app.main import lifespan
from app.settings import settings


def test_many_who_ask_at_once_get_the_same_secret(installation: Path) -> None:
    for _ in range(20):
        together = threading.Barrier(8)

        def ask(_: int, together: threading.Barrier = together) -> str:
            together.wait()
            return keys._kept("secret")

        with ThreadPoolExecutor(8) as pool:
            told = set(pool.map(ask, range(8)))
        folder = installation / "keys"
        assert told == {(folder / "secret").read_text()}
        assert [file.name for file in folder.iterdir()] == ["secret"]
        (folder / "secret").unlink()


def test_a_secret_stays_and_only_the_server_may_read_it(installation: Path) -> None:
    first = keys.secret(), keys.master()
    keys.forget()
    assert (keys.secret(), keys.master()) == first and first[0] != first[1].decode()
    assert {file.stat().st_mode & 0o777 for file in (installation / "keys").iterdir()} == {0o600}


def test_a_secret_given_as_a_setting_makes_no_file(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMBUK_SECRET_KEY", "given")
    monkeypatch.setenv("REMBUK_MASTER_KEY", "given too")
    settings.cache_clear()
    assert (keys.secret(), keys.master()) == ("given", b"given too")
    assert not (installation / "keys").exists()


def test_a_server_has_its_secrets_before_it_takes_anything(database: str, installation: Path) -> None:
    """Made only when first needed, they would need room on the disk after a vote was stored."""

    async def start() -> set[str]:
        async with lifespan(FastAPI()):
            return {file.name for file in (installation / "keys").iterdir()}

    db.close_database()  # the server opens it itself
    assert not (installation / "keys").exists()
    assert asyncio.run(start()) == {"secret", "master"}
