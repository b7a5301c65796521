"""How the outcome of an act gets from the writer's thread to the request that waits for it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol


class Answer(Protocol):
    """Where the outcome of an act goes, from the writer's thread."""

    def set_result(self, result: Any) -> None: ...

    def set_exception(self, exception: BaseException) -> None: ...


class Called:
    """Carries an outcome to the request that waits for it; a tenth of what a future between threads costs."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()

    def set_result(self, result: Any) -> None:
        """The act is durable."""
        self._tell(self.future.set_result, result)

    def set_exception(self, exception: BaseException) -> None:
        """The act was refused, or nothing could be stored."""
        self._tell(self.future.set_exception, exception)

    def _tell(self, tell: Callable[[Any], None], outcome: Any) -> None:
        with suppress(RuntimeError):  # the server has stopped meanwhile: nobody waits
            self.loop.call_soon_threadsafe(self._settle, tell, outcome)

    def _settle(self, tell: Callable[[Any], None], outcome: Any) -> None:
        if not self.future.done():  # whoever asked may have gone
            tell(outcome)
