"""The two secrets of an installation: made in the data folder at first start, or given as settings."""

import contextlib
import os
import secrets
from functools import cache
from pathlib import Path

from app.settings import settings


def _kept(name: str) -> str:
    """A secret kept in a file only the server's user may read; made when it is not there yet."""
    folder: Path = settings().data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        fresh = folder / f".{name}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another thread or process of ours was first
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()


@cache
def secret() -> str:
    """Signs links and notices; losing it only ends links that are under way."""
    return settings().secret_key or _kept("secret")


@cache
def master() -> bytes:
    """Makes voters' pseudonyms; losing it while voting is open would let people vote again (docs/operating.md)."""
    return (settings().master_key or _kept("master")).encode()


def make() -> None:
    """Have both before anything is asked for: a disk that is full later must not spoil the answer to a stored vote."""
    secret()
    master()


def forget() -> None:
    """Read the secrets again at the next use; for tests with a data folder of their own."""
    secret.cache_clear()
    master.cache_clear()
