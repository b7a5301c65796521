"""The blind check: a sample anyone can draw again, a second person who sees no label, and honest figures."""

import pytest
from sqlalchemy import select

from app.comments import actions as comments
from app.core import db
from app.core.access import Conflict, Denied
from app.core.columns import table
from app.publiclog.models import Event
from app.rules.sampling import sample
from app.themes import actions, queries
from app.themes.forms import SecondForm
from app.themes.models import BlindItem
from tests import factories
from tests.contributions.world import code_of
from tests.page import Browser
from tests.themes.office import FARES, Office

SEED = "5eed"


@pytest.fixture
def office(browser: Browser) -> Office:
    made = Office()
    proposal = made.proposal()
    for number in range(32):
        made.find(made.comment(proposal), number % 2 + 1)
    return made


def draw(office: Office, size: int = 30) -> int:
    with db.reading() as session:
        codes = queries.coded_codes(session, office.consultation)
    return db.write_now(actions.draw, office.official.actor, office.consultation, codes, size, SEED)


def items(check: int) -> list[BlindItem]:
    with db.reading() as session:
        found = select(BlindItem).where(table(BlindItem).c.check_id == check).order_by(table(BlindItem).c.id)
        return list(session.execute(found).scalars())


def second(office: Office, item: int, *themes: int, by: factories.Person | None = None, seen: str = "") -> None:
    with db.reading() as session:
        found = queries.to_check(session, item)
        seen = seen or queries.words(session, found.code).h
    form = SecondForm.model_validate({"themes": list(themes), "seen": seen})
    db.write_now(actions.code_second, (by or office.colleague).actor, item, form)


def check(office: Office) -> queries.Check:
    with db.reading() as session:
        found = queries.newest_check(session, office.consultation, queries.in_force(session, office.consultation))
    assert found is not None
    return found


def refused(office: Office, item: int, *themes: int, **fields: object) -> str:
    with pytest.raises(Conflict) as caught:
        second(office, item, *themes, **fields)  # type: ignore[arg-type]
    return caught.value.reason.code


def test_the_sample_follows_from_its_seed_and_is_recorded(office: Office) -> None:
    with db.reading() as session:
        codes = queries.coded_codes(session, office.consultation)
    number = draw(office)
    assert [code_of(it.contribution_id) for it in items(number)] == list(sample(SEED, codes, 30))
    with db.reading() as session:
        bodies = session.execute(select(Event.body)).scalars().all()
    assert sum('"act":"sample"' in it and f'"seed":"{SEED}"' in it and '"of":32' in it for it in bodies) == 1
    with pytest.raises(Conflict, match="open"):
        draw(office)


def test_figures_come_from_what_both_found_then(office: Office, browser: Browser) -> None:
    number = draw(office)
    for place, item in enumerate(items(number)):
        [first] = office.found(item.contribution_id)
        second(office, item.id, *([first.number] if place % 10 else []))
    found = check(office)
    assert not found.open
    assert found.agreement.contributions == 30
    assert found.agreement.f1 is not None
    assert found.agreement.f1.value == pytest.approx(2 * 27 / (30 + 27))
    assert found.agreement.kappa is not None
    db.write_now(actions.retract, office.official.actor, office.found(items(number)[1].contribution_id)[0].id)
    assert check(office).agreement == found.agreement
    page = browser.get("/consultations/air/themes")
    assert SEED in page.html
    assert "0,95" in page.html
    facts = browser.get("/consultations/air/themes.json").response.json()["check"]
    assert (facts["size"], facts["coded_twice"], facts["seed"]) == (30, 30, SEED)
    with db.reading() as session:
        bodies = session.execute(select(Event.body)).scalars().all()
    assert sum('"act":"checked"' in it for it in bodies) == 1


def test_nothing_is_measured_before_enough_are_coded_twice(office: Office, browser: Browser) -> None:
    assert browser.get("/consultations/air/themes.json").response.json()["check"] is None
    for item in items(draw(office))[:29]:
        second(office, item.id, 1)
    facts = browser.get("/consultations/air/themes.json").response.json()["check"]
    assert (facts["coded_twice"], facts["kappa"], facts["f1"]) == (29, None, None)
    assert "belum diukur" in browser.get("/consultations/air/themes").html


def test_the_second_person_sees_no_label_and_is_another_one(office: Office, browser: Browser) -> None:
    item = items(draw(office))[0]
    assert refused(office, item.id, 1, by=office.official) == "first"
    colleague = browser.as_(office.colleague)
    page = colleague.get("/desk/consultations/air/check")
    assert f"/desk/check/{item.id}" in page.html
    page = colleague.get(f"/desk/check/{item.id}")
    assert "checked" not in page.html
    assert "Bu Sri" not in page.html
    sent = {"themes": ["1", "2"], "seen": office.words(item.contribution_id).h}
    assert colleague.post(f"/desk/check/{item.id}", sent).url.endswith(f"/desk/check/{items(1)[1].id}")
    assert items(1)[0].second == '["T1", "T2"]'
    official = browser.as_(office.official).get("/desk/consultations/air/check")
    assert "/desk/check/" not in official.html


def test_what_cannot_be_coded_again_is_refused(office: Office) -> None:
    first, other, third = items(draw(office))[:3]
    assert refused(office, first.id, 9) == "no-theme"
    assert refused(office, first.id, 1, seen="f" * 64) == "text-changed"
    second(office, first.id)
    assert refused(office, first.id, 1) == "done"
    with pytest.raises(Denied):
        second(office, other.id, 1, by=office.author)
    db.write_now(comments.remove, office.author.actor, other.contribution_id)
    second(office, other.id)
    assert (check(office).done, len(check(office).pairs)) == (2, 1)
    office.theme(FARES, 1, includes="Bus sekolah.")
    office.publish()
    assert refused(office, third.id, 1) == "version"
    draw(office)


def test_too_few_coded_are_no_sample(browser: Browser) -> None:
    office = Office()
    office.find(office.proposal())
    with pytest.raises(Conflict, match="too-few"):
        draw(office)
    page = browser.as_(office.official).post("/desk/consultations/air/check", {"size": "30"})
    assert page.status == 409
    assert browser.as_(office.official).post("/desk/consultations/air/check", {"size": "3"}).status == 422
