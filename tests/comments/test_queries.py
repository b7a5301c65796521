"""Reading threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event

from app.comments import actions, queries
from app.contributions import queries as contributions
from app.core import clock, db
from app.core.access import ANYONE, Missing
from app.proposals import queries as proposals
from tests import factories
from tests.comments import samples
from tests.page import Browser

pytestmark = pytest.mark.usefixtures("browser")
write, view = samples.write, samples.view


@pytest.fixture
def consultation(database: str, browser: Browser) -> int:
    return factories.consultation(factories.office())


@pytest.fixture
def proposal(consultation: int) -> int:
    """A proposal, beside another one with comments and replies that must never turn up."""
    noise = factories.proposal(consultation)
    parent = write(factories.person(), noise, "Derau.")
    write(factories.person(), noise, "Derau juga.", parent=parent)
    return factories.proposal(consultation)


def page(proposal: int, parent: int = 0, after: str | None = None, newest: bool = False) -> queries.Thread:
    with db.reading() as session:
        one = proposals.by_id(session, proposal)
        answered = queries.by_id(session, parent) if parent else None
        return queries.shown(session, one, answered, after, newest)


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements that reads run meanwhile."""
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            told.append(statement)

    event.listen(db.current().reads, "before_cursor_execute", note)
    yield told
    event.remove(db.current().reads, "before_cursor_execute", note)


def test_the_oldest_come_first_unless_asked_otherwise(proposal: int) -> None:
    codes = [write(factories.person(), proposal, f"Nomor {n}.") for n in range(3)]
    assert [it.code for it in page(proposal).items] == codes
    assert [it.code for it in page(proposal, newest=True).items] == codes[::-1]


def test_replies_are_only_in_their_own_thread(proposal: int) -> None:
    first, other = write(factories.person(), proposal), write(factories.person(), proposal)
    reply = write(factories.person(), proposal, "Balasan.", parent=first)
    assert [it.code for it in page(proposal).items] == [first, other]
    assert [it.code for it in page(proposal, view(first).id).items] == [reply]
    assert [it.replies for it in page(proposal).items] == [1, 0]


@pytest.mark.parametrize("newest", [False, True])
def test_pages_follow_each_other_without_gaps(proposal: int, newest: bool) -> None:
    samples.many(proposal, 45)
    sizes, codes, after = [], [], None
    while True:
        found = page(proposal, after=after, newest=newest)
        sizes.append(len(found.items))
        codes += [it.code for it in found.items]
        after = found.next
        if after is None:
            break
    assert (sizes, len(set(codes))) == ([20, 20, 5], 45)
    assert found.total == 45


def test_five_thousand_cost_as_many_statements_as_five(proposal: int, browser: Browser) -> None:
    costs, sizes, address = [], [], f"/proposals/{factories.code(proposal)}/comments"
    for more in (5, 495, 4500):
        samples.many(proposal, more)
        with counting() as statements:
            answer = browser.get(address)
        costs.append(len(statements))
        sizes.append(len(answer.html))
    assert costs[0] == costs[1] == costs[2] <= 7
    assert sizes[2] < 1.1 * sizes[1]


def test_a_page_of_a_thread_is_found_by_its_index(proposal: int) -> None:
    with counting() as statements:
        page(proposal)
    [thread] = [sql for sql in statements if "FROM comment" in sql]
    with db.reading() as session:
        if session.get_bind().dialect.name != "sqlite":
            pytest.skip("SQLite explains its plan")
        asked = thread.replace("?", "1")
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all()
    assert any("ix_comment_thread" in row[3] for row in plan)
    assert not any("SCAN" in row[3] or "TEMP B-TREE" in row[3] for row in plan)


def test_a_code_is_read_however_it_is_typed(proposal: int) -> None:
    code = write(factories.person(), proposal)
    with db.reading() as session:
        assert queries.at_code(session, code.lower().replace("-", " ")).code == code
        for wrong in (factories.code(proposal), "0000-00000", ""):
            with pytest.raises(Missing):
                queries.at_code(session, wrong)


def test_a_reply_answers_only_what_is_on_its_proposal(proposal: int, consultation: int) -> None:
    code, other = write(factories.person(), proposal), factories.proposal(consultation)
    with db.reading() as session:
        here, elsewhere = proposals.by_id(session, proposal), proposals.by_id(session, other)
        assert queries.answered(session, here, "") is None
        assert queries.answered(session, here, code) == view(code)
        with pytest.raises(Missing):
            queries.answered(session, elsewhere, code)


def test_former_participants_and_nameless_ones_are_told_apart(proposal: int) -> None:
    person = factories.person("Wati")
    code = write(person, proposal)
    assert (view(code).author, view(code).author_erased) == ("Wati", False)
    samples.erase(person)
    assert (view(code).author, view(code).author_erased, view(code).shown) == (None, True, True)


def test_the_form_says_why_nothing_can_be_written(proposal: int) -> None:
    with db.reading() as session:
        one = proposals.by_id(session, proposal)
    assert queries.writing(factories.person().actor, one).reason is None
    signed_out = queries.writing(ANYONE, one).reason
    assert signed_out is not None
    assert signed_out.status == 401
    with time_machine.travel(clock.now() + timedelta(days=30)):
        over = queries.writing(ANYONE, one).reason
    assert over is not None
    assert over.code == "ended"


def test_my_comments_are_mine_with_what_became_of_them(proposal: int) -> None:
    me = factories.person()
    kept = write(me, proposal, "Saya **setuju** dengan ini.", "for")
    removed, hidden = write(me, proposal, "Hapus."), write(me, proposal, "KENARI")
    write(factories.person(), proposal, "Bukan saya.")
    db.write_now(actions.remove, me.actor, view(removed).id)
    samples.set_visibility(view(hidden).id, "hidden", "insult")
    with db.reading() as session:
        page = queries.by_author(session, me.participant, None)
        mine = queries.own(page, contributions.lights_of(session, page.items)).items
    assert [it.code for it in mine] == [hidden, removed, kept]
    assert [it.excerpt for it in mine] == ["", "", "Saya setuju dengan ini."]
    assert [it.visibility for it in mine] == ["hidden", "withdrawn", "public"]
    assert mine[0].proposal_code == factories.code(proposal)
    samples.set_visibility(proposal, "hidden", "spam")
    with db.reading() as session:
        page = queries.by_author(session, me.participant, None)
        again = queries.own(page, contributions.lights_of(session, page.items)).items
    assert {it.proposal_title for it in again} == {None}
