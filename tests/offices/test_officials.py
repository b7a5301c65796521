"""The office of an official stands beside what they write."""

import pytest

from app.accounts.models import RoleGrant
from app.core import clock, db
from app.proposals import queries as proposals
from tests import factories
from tests.page import Browser
from tests.world import comment


def test_the_office_stands_beside_an_officials_words(browser: Browser) -> None:
    """In lists, on the page and in the thread; a citizen has none, and no line comes twice."""
    number = factories.office("Dinas Kesehatan", name_en="Health Office")
    second = factories.office("Dinas Pasar")
    official, citizen = factories.official(number, "Bu Ratna"), factories.person("Pak Karno")
    factories.add(RoleGrant(account_id=official.account, role="official", office_id=second, granted_at=clock.now()))
    factories.add(RoleGrant(account_id=official.account, role="moderator", granted_at=clock.now()))
    consultation = factories.consultation(factories.office(), slug="air")
    theirs, other = factories.proposal(consultation, official), factories.proposal(consultation, citizen)
    comment(other, official)
    for url, times in ((f"/proposals/{factories.code(theirs)}", 1), ("/consultations/air/proposals", 1)):
        assert browser.get(url).text.count("Pejabat, Dinas Kesehatan") == times, url
    assert browser.get(f"/proposals/{factories.code(other)}/comments").text.count("Pejabat, Dinas Kesehatan") == 1
    english = browser.as_(lang="en").get(f"/proposals/{factories.code(theirs)}")
    assert "Official, Health Office" in english.text
    with db.reading() as session:
        assert proposals.by_id(session, other).office is None


@pytest.mark.parametrize("role", ["moderator", "facilitator", "administrator"])
def test_other_roles_speak_for_no_office(database: str, role: str) -> None:
    """Only officials do."""
    consultation = factories.consultation(factories.office())
    number = factories.proposal(consultation, factories.person(roles=[role]))
    with db.reading() as session:
        assert proposals.by_id(session, number).office is None
