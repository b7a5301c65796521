"""What facilitators see."""

import pytest

from app.core import clock, db
from app.core.access import Missing
from app.facilitation import queries
from tests import factories
from tests.comments import samples
from tests.comments.test_queries import counting
from tests.facilitation.test_actions import comment, commented, enter, ledger, proposed

pytestmark = pytest.mark.usefixtures("browser")


def titles(after: str | None = None) -> list[tuple[int, bool, bool]]:
    with db.reading() as session:
        found = queries.places(session, after)
    return [(it.consultation.id, it.proposals, it.comments) for it in found.items]


def test_what_can_be_entered_is_listed(browser: object) -> None:
    office = factories.office()
    both = factories.consultation(office)
    over = factories.consultation(office, factories.OVER)
    voting = factories.consultation(office, factories.VOTING)
    coming = factories.consultation(office, (factories.phase("proposals", factories.DAY, 2 * factories.DAY),))
    factories.consultation(office, opened=False)
    factories.consultation(office, decided_at=clock.now())
    factories.consultation(office, cancelled_at=clock.now())
    assert titles() == [(coming, False, False), (voting, False, True), (over, True, True), (both, True, True)]


def test_a_long_list_costs_as_much_as_a_short_one(browser: object) -> None:
    costs = []
    for number in (1, 19, 5):
        for _ in range(number):
            factories.consultation(factories.office())
        with counting() as statements:
            titles()
        costs.append(len(statements))
    assert costs == [2, 2, 2]
    with db.reading() as session:
        page = queries.places(session, None)
        assert len(queries.places(session, page.next).items) == 5


def test_nothing_can_be_entered_in_what_is_over(browser: object) -> None:
    decided = factories.consultation(factories.office(), decided_at=clock.now())
    with db.reading() as session:
        place = queries.place(queries.consultations.by_id(session, decided))
    assert (place.proposals, place.comments) == (False, False)


def test_a_slip_is_only_for_what_was_entered_for_somebody(browser: object) -> None:
    facilitator = factories.person(roles=("facilitator",))
    consultation = factories.consultation(factories.office(), title="Bagaimana jembatan kita?")
    code = enter(facilitator, consultation, proposed())
    own = factories.code(factories.proposal(consultation))
    with db.reading() as session:
        slip = queries.slip_in_path(session, code.lower())
        assert (slip.kind, slip.title, slip.author, slip.channel) == (
            "proposal",
            "Perbaiki jembatan bambu",
            "Mbah Karto",
            "paper",
        )
        assert slip.consultation == "Bagaimana jembatan kita?"
        for wrong in (own, "0000-00000", "x"):
            with pytest.raises(Missing):
                queries.slip_in_path(session, wrong)


def test_a_slip_tells_no_hidden_title(browser: object) -> None:
    facilitator = factories.person(roles=("facilitator",))
    consultation = factories.consultation(factories.office())
    code = enter(facilitator, consultation, proposed())
    said = comment(facilitator, factories.proposal(consultation), commented())
    with db.reading() as session:
        assert queries.slip_in_path(session, said).title is None
    samples.set_visibility(ledger(code).id, "hidden", "insult")
    with db.reading() as session:
        assert queries.slip_in_path(session, code).title is None
