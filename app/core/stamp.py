"""A number that rises when kept pages must be made anew at once, whoever wrote, and through whichever process.

On SQLite it is a row that triggers of the database raise; reading it is two pragmas' worth of work as long as nothing
was written. On PostgreSQL a question to the database for each page would cost more than it gives: there each process
raises its own number with its own acts, and what others wrote shows as soon as the page is too old to be kept.
"""

import sqlite3
import threading

from sqlalchemy import Column, Integer, make_url
from sqlmodel import Field, SQLModel


class PageStamp(SQLModel, table=True):
    """The number, in its one row."""

    __tablename__ = "page_stamp"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    number: int = 0


class Stamp:
    """Reads the number on a connection of its own."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        self._path = address.database if address.get_backend_name() == "sqlite" else None
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._version = -1
        self._number = 0

    def rise(self) -> None:
        """Say that something was written here; where the database says so itself this changes nothing."""
        if self._path is None:
            with self._lock:
                self._number += 1

    def read(self) -> int:
        """The number as it now is."""
        if self._path is None:
            return self._number
        with self._lock:
            if self._connection is None:
                self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
                self._connection.execute("PRAGMA query_only=ON")
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                row = self._connection.execute("SELECT number FROM page_stamp").fetchone()
                self._version, self._number = version, row[0] if row else 0
            return self._number

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
