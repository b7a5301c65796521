"""A request reads in as few trips as it can, and has ended its read before it writes."""

from sqlalchemy import event

from app.core import db
from tests import factories
from tests.page import Browser


def test_what_was_read_is_let_go_before_something_is_written(browser: Browser) -> None:
    """A file that is being read cannot be tidied up: each vote would cost more than the one before."""
    code = factories.code(factories.proposal(factories.consultation(factories.office())))
    visitor = browser.as_(factories.person())
    reading: list[int] = []
    pool = db.current().reads.pool
    event.listen(db.current().writes, "commit", lambda _connection: reading.append(pool.checkedout()))  # type: ignore[attr-defined]
    assert visitor.post(f"/proposals/{code}/vote", {"choice": "support"}).status == 200
    assert visitor.post(f"/proposals/{code}/comments", {"body": "Setuju sekali."}).status == 200
    assert reading == [0, 0]
