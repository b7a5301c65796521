"""Very many requests at once: each gets its turn, and none waits for what another holds."""

import asyncio
import time

import httpx2
import pytest

from app.core import db, lending, tokens
from app.core.access import SESSION_COOKIE
from app.main import create_app
from tests import factories

AT_ONCE = 240


@pytest.mark.parametrize("path", ["/me", "/me/contributions", "/consultations/air"])
def test_more_requests_than_connections_are_all_answered_at_once(database: str, path: str) -> None:
    factories.consultation(factories.office(), slug="air")
    token = tokens.new_token()
    db.write_now(factories.sign_in, factories.person(), token)
    app = create_app()

    async def all_at_once() -> list[int]:
        transport = httpx2.ASGITransport(app)
        cookies = {SESSION_COOKIE: token}
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000", cookies=cookies, timeout=100
        ) as client:
            answers = await asyncio.gather(*(client.get(path) for _ in range(AT_ONCE)))
        return [answer.status_code for answer in answers]

    begun = time.monotonic()
    assert set(asyncio.run(all_at_once())) == {200}
    assert time.monotonic() - begun < 25, "nobody waited until the patience of the pool was over"


def test_a_place_is_given_back_once_and_by_whichever_thread(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "READERS", 1)

    async def turns() -> None:
        first = await lending.lend(db.current().reads)
        waiting = asyncio.create_task(lending.lend(db.current().reads))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await asyncio.to_thread(first.close)
        second = await asyncio.wait_for(waiting, 5)
        first.close()
        third = asyncio.create_task(lending.lend(db.current().reads))
        await asyncio.sleep(0.05)
        assert not third.done(), "closing twice gives back one place only"
        second.close()
        (await asyncio.wait_for(third, 5)).close()

    asyncio.run(turns())
