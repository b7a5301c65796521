"""How often each theme was found: once for a contribution, without what was taken back or left out."""

from random import Random

from sqlalchemy import select

from app.contributions.models import Contribution
from app.core import db
from app.core.columns import table
from app.themes import actions, queries
from tests import factories
from tests.contributions.world import by_hand
from tests.page import Browser
from tests.themes.office import FARES, LIGHTS, Office

TOILETS = "Terminal harus punya toilet yang bersih"


def weights(office: Office) -> dict[str, tuple[int, int]]:
    with db.reading() as session:
        found = queries.weights(session, office.consultation)
    by_id = office.book().by_id
    return {by_id[number].label: (one.contributions, one.people) for number, one in found.items()}


def test_weights_are_what_counting_by_hand_gives(browser: Browser) -> None:
    office, random = Office(FARES, LIGHTS, TOILETS), Random(7)
    people = [factories.person(f"Warga {number}") for number in range(4)]
    proposal = office.proposal(people[0])
    numbers = [proposal, *(office.comment(proposal, random.choice(people)) for _ in range(14))]
    for number in numbers:
        for theme in random.sample([1, 2, 3], random.randint(1, 3)):
            office.find(number, theme)
    office.exclude(numbers[3])
    db.write_now(actions.retract, office.official.actor, office.found(numbers[5])[0].id)
    db.write_now(actions.merge, office.official.actor, office.consultation, 3, 2)
    office.publish()
    c = table(Contribution).c
    by_hand(table(Contribution).update().where(c.id.in_(numbers[8:10])).values(participant_id=None))
    with db.reading() as session:
        authors = {row.id: row.participant_id for row in session.execute(select(c.id, c.participant_id))}
    expected: dict[str, set[int]] = {}
    for number in set(numbers) - {numbers[3]}:
        for one in office.found(number):
            expected.setdefault(one.label, set()).add(number)
    assert set(expected) == {"T1", "T2"}
    assert weights(office) == {
        label: (len(found), len({authors[number] or f"alone {number}" for number in found}))
        for label, found in expected.items()
    }
    facts = browser.get("/consultations/air/themes.json").response.json()["weights"]
    assert [(f"T{it['theme']}", it["contributions"]) for it in facts] == sorted(
        ((label, len(found)) for label, found in expected.items()), key=lambda it: (-it[1], it[0])
    )


def test_a_theme_that_was_found_nowhere_weighs_nothing(browser: Browser) -> None:
    office = Office()
    page = browser.get("/consultations/air/themes")
    assert "Seberapa sering" not in page.html
    number = office.proposal()
    office.find(number, 1)
    office.find(number, 2)
    (taken_back,) = (one for one in office.found(number) if one.number == 1)
    db.write_now(actions.retract, office.official.actor, taken_back.id)
    assert "Seberapa sering" in browser.get("/consultations/air/themes").html
    facts = browser.get("/consultations/air/themes.json").response.json()["weights"]
    assert [(it["theme"], it["contributions"], it["people"]) for it in facts] == [(2, 1, 1), (1, 0, 0)]
