"""What moderators and the public read of moderation."""

from datetime import timedelta

import pytest
import time_machine

from app.core import clock, db
from app.core.access import ANYONE, Missing
from app.moderation import actions, queries
from app.pages import queries as pages
from tests import factories
from tests.comments import samples
from tests.comments.test_queries import counting
from tests.moderation.test_actions import hide, report, restore

pytestmark = pytest.mark.usefixtures("browser")


@pytest.fixture
def consultation(database: str, browser: object) -> int:
    return factories.consultation(factories.office())


@pytest.fixture
def moderator(database: str) -> factories.Person:
    return factories.person(roles=("moderator",))


def waiting(after: str | None = None) -> queries.paging.Page[queries.Reported]:
    with db.reading() as session:
        return queries.reported(session, after)


def test_the_longest_waiting_comes_first_with_all_its_reports(consultation: int, moderator: factories.Person) -> None:
    first, second, settled = (factories.proposal(consultation) for _ in range(3))
    with time_machine.travel(clock.now() - timedelta(hours=2)):
        report(None, second, "threat", "Mengancam.")
        report(None, settled)
    report(None, first)
    report(factories.person(), second)
    db.write_now(actions.dismiss, moderator.actor, settled)
    found = waiting().items
    assert [(it.case.id, it.number) for it in found] == [(second, 2), (first, 1)]
    assert [(it.reason, it.text) for it in found[0].reports] == [("threat", "Mengancam."), ("spam", "")]


def test_pages_of_the_desk_follow_each_other(consultation: int) -> None:
    for _ in range(22):
        report(None, factories.proposal(consultation))
    page = waiting()
    rest = waiting(page.next)
    assert (len(page.items), len(rest.items), rest.next) == (20, 2, None)
    assert not {it.case.id for it in page.items} & {it.case.id for it in rest.items}


def test_a_full_desk_costs_as_many_statements_as_a_small_one(consultation: int) -> None:
    costs = []
    for number in (1, 15):
        for _ in range(number):
            report(None, factories.proposal(consultation))
        with counting() as statements:
            waiting()
        costs.append(len(statements))
    assert costs == [2, 2]


def test_moderators_see_the_words_of_proposals_and_comments(consultation: int, moderator: factories.Person) -> None:
    proposal = factories.proposal(consultation, title="Perbaiki sumur", body="Sumur kami keruh sejak lama.")
    factories.edit(proposal, "Perbaiki dua sumur")
    code = samples.write(factories.person(), proposal, "Setuju.")
    comment = samples.view(code).id
    with db.reading() as session:
        one, other = queries.by_id(session, proposal), queries.by_id(session, comment)
    assert (one.kind, one.title, one.body) == (
        "proposal",
        "Perbaiki dua sumur",
        "Sumur kami keruh sejak lama. Dengan tambahan.",
    )
    assert (other.kind, other.title, other.body, other.code) == ("comment", None, "Setuju.", code)
    hide(moderator, comment)
    with db.reading() as session:
        assert queries.by_id(session, comment).body == "Setuju."
        with pytest.raises(Missing):
            queries.in_path(session, "0000-00000")


def test_what_is_hidden_now_is_listed(consultation: int, moderator: factories.Person) -> None:
    shown, hidden, again = (factories.proposal(consultation) for _ in range(3))
    hide(moderator, hidden)
    hide(moderator, again)
    restore(moderator, again)
    with db.reading() as session:
        assert [it.id for it in queries.hidden(session, None).items] == [hidden]
    assert shown not in (hidden, again)


def test_acts_are_found_by_code_for_ones_own(consultation: int, moderator: factories.Person) -> None:
    one, two, noise = (factories.proposal(consultation) for _ in range(3))
    for number in (one, noise):
        hide(moderator, number)
    restore(moderator, one)
    codes = [factories.code(one), factories.code(two)]
    with db.reading() as session:
        found, nothing = (pages.reminders(session, ANYONE, [], some).acts for some in (codes, []))
    assert {code: [act.act for act in acts] for code, acts in found.items()} == {codes[0]: ["hide", "restore"]}
    (first, _) = found[codes[0]]
    assert (first.reason, len(first.h)) == ("insult", 64) and first.text and nothing == {}
