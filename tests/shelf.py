"""Worlds that take long to build: built once in a process, and copied for each test that wants one.

Only on SQLite, where the world is a folder. On PostgreSQL building is as quick as copying a database would be.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from app.core import db, jobs, keys
from app.settings import settings
from tests.databases import POSTGRES

T = TypeVar("T")
_shelf = TemporaryDirectory(prefix="rembuk-worlds-")
_built: dict[Callable[[], Any], tuple[Path, Any]] = {}


@contextmanager
def _closed() -> Iterator[Path]:
    """The data folder while nothing has it open; then it is opened again."""
    db.close_database()
    jobs._queue.cache_clear()
    yield settings().data_dir
    keys.forget()
    db.open_database(settings().database)


def copy_of(build: Callable[[], T]) -> T:
    """What `build` makes in the open, empty database and its data folder, as if it had just been built."""
    if POSTGRES:
        return build()
    if build not in _built:
        made, kept = build(), Path(_shelf.name) / str(len(_built))
        with _closed() as folder:
            shutil.copytree(folder, kept)
        _built[build] = kept, deepcopy(made)
        return made
    kept, made = _built[build]
    with _closed() as folder:
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
    return deepcopy(made)
