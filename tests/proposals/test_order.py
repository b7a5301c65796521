"""Each order of a list is read from an index that holds it: a page costs the same however many there are."""

import pytest
from sqlalchemy import event

from app.core import clock, db
from app.proposals import queries
from app.votes import actions as votes
from app.votes.models import Choice
from tests import factories
from tests.databases import POSTGRES
from tests.page import Browser

pytestmark = pytest.mark.usefixtures("database")
PLACES = [(sort, seed, further) for sort, seed in [("newest", 0), ("support", 0), ("discussed", 0), ("random", 3),
          ("random", 11)] for further in (False, True)]  # fmt: skip


@pytest.mark.skipif(bool(POSTGRES), reason="the plans of SQLite are looked at")
@pytest.mark.parametrize(("sort", "seed", "further"), PLACES)
def test_nothing_is_sorted_and_no_page_is_walked_through(sort: str, seed: int, further: bool) -> None:
    consultation = factories.consultation(factories.office())
    for _ in range(22):
        factories.proposal(consultation)
    asked: list[tuple[str, tuple[object, ...]]] = []
    event.listen(
        db.current().reads, "before_cursor_execute", lambda c, cur, sql, values, *rest: asked.append((sql, values))
    )
    with db.reading() as session:
        after = queries.listing(session, consultation, sort, queries.Filters(), None, seed).next if further else None
        del asked[:]
        queries.listing(session, consultation, sort, queries.Filters(), after, seed)
        plans = [
            " / ".join(row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
            for sql, values in asked
            if sql.startswith("SELECT") and "FROM handling" not in sql  # the lights are looked up by contribution
        ]
    assert plans
    for plan in plans:
        assert "TEMP B-TREE" not in plan and "SCAN" not in plan, plan
        begins = plan.partition(" / ")[0]
        assert "(consultation_id=?" in begins, begins
        assert not further or "AND" in begins, f"the page begins at its place: {begins}"


def test_votes_move_a_proposal_in_the_order_of_support(browser: Browser) -> None:
    consultation = factories.consultation(factories.office(), open_counts=True)
    first, second, third = (factories.proposal(consultation) for _ in range(3))
    for proposal, number in ((first, 2), (third, 1)):
        for _ in range(number):
            db.write_now(votes.cast, factories.person().actor, factories.code(proposal), Choice.SUPPORT, clock.now())
    db.write_now(votes.cast, factories.person().actor, factories.code(second), Choice.OPPOSE, clock.now())
    with db.reading() as session:
        found = queries.listing(session, consultation, "support", queries.Filters(), None)
    assert [item.code for item in found.items] == [factories.code(it) for it in (first, third, second)]


@pytest.mark.parametrize("seed", range(queries.SEEDS))
def test_a_few_are_the_first_of_the_random_order(seed: int) -> None:
    number = factories.consultation(factories.office())
    for _ in range(9):
        factories.proposal(number)
    with db.reading() as session:
        whole = [it.code for it in queries.listing(session, number, "random", queries.Filters(), None, seed).items]
        for most in (1, 4, 9, 12):
            assert [it.code for it in queries.some(session, number, seed, most)] == whole[:most]
