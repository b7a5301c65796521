"""Lending read sessions to requests: never more at a time than there are connections for.

A request holds its connection from its first query to its end, and waits for a worker thread in between. If more
requests than connections began, all threads would wait for connections whose holders wait for threads, and nothing
would move until the patience of the pool is over. So requests queue here, where waiting takes neither.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlmodel import Session

#: How many requests read at the same time; half of the connections, as a page may need a second one for a moment.
READERS = 20

_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


class Lent(Session):
    """The read session of one request; closing it gives its place to the next."""

    def __init__(self, engine: Engine, give_back: Callable[[], Any]) -> None:
        super().__init__(engine, autoflush=False)
        self._give_back: Callable[[], Any] | None = give_back

    def close(self) -> None:
        """End the read, and let the next request begin; a session used after that has no place of its own."""
        super().close()
        back, self._give_back = self._give_back, None
        if back is not None:
            back()


async def lend(engine: Engine) -> Lent:
    """A session that connects only when it is used, once it is this request's turn."""
    loop = asyncio.get_running_loop()
    places = _places.setdefault(loop, asyncio.Semaphore(READERS))
    await places.acquire()
    here = threading.get_ident()

    def give_back() -> None:
        if threading.get_ident() == here:
            places.release()
        else:
            with suppress(RuntimeError):  # the loop has ended, and with it everybody who waits
                loop.call_soon_threadsafe(places.release)

    return Lent(engine, give_back)
