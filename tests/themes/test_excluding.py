"""Leaving out: with a reason, in public, told to the author, appealed once, decided by a second person."""

import pytest
from sqlalchemy import select

from app.comments import actions as comments
from app.core import db
from app.core.access import Conflict, Denied
from app.core.columns import table
from app.core.mail import Mail
from app.moderation import actions as moderation
from app.publiclog.models import Event
from app.rules.canonical import commitment
from app.themes import actions
from app.themes.forms import AppealDecisionForm, AppealForm
from app.themes.models import Exclusion
from tests import factories
from tests.contributions.world import code_of, lights
from tests.page import Browser
from tests.themes.office import HERE, Office


@pytest.fixture
def office(browser: Browser) -> Office:
    return Office()


def letters() -> list[str]:
    with db.reading() as session:
        return [f"{it.subject}\n{it.body}" for it in session.execute(select(Mail).order_by(table(Mail).c.id)).scalars()]


def appeal(office: Office, number: int, by: factories.Person | None = None) -> None:
    form = AppealForm(text="Di alinea kedua ada alasan saya.")
    db.write_now(actions.appeal, (by or office.author).actor, code_of(number), form)


def decide(office: Office, number: int, outcome: str, by: factories.Person | None = None) -> None:
    form = AppealDecisionForm.model_validate({"outcome": outcome, "text": "Alinea kedua memang memuat alasan."})
    db.write_now(actions.decide, (by or office.colleague).actor, office.excluded(number).id, form, HERE)


def code(office: Office, act: str, number: int, *values: object) -> str:
    with pytest.raises(Conflict) as caught:
        {"appeal": appeal, "decide": decide, "exclude": Office.exclude}[act](office, number, *values)  # type: ignore[arg-type]
    return caught.value.reason.code


def test_leaving_out_counts_is_recorded_and_told(office: Office) -> None:
    number = office.proposal()
    office.find(number)
    office.exclude(number)
    office.exclude(number)
    assert (office.balance().coded, office.balance().excluded) == (0, 1)
    assert lights(number) == "HCa"
    [letter] = letters()
    assert code_of(number) in letter
    assert "Isinya salam saja." in letter
    assert f"{HERE}/contributions/{code_of(number)}/exclusion" in letter
    with db.reading() as session:
        row = session.execute(select(Exclusion)).scalars().one()
        bodies = session.execute(select(Event.body)).scalars().all()
    payload = {"contribution": code_of(number), "ground": "no-argument", "text": "Isinya salam saja."}
    assert row.nonce is not None
    assert commitment("rembuk/exclusion/v1", row.nonce, payload) == row.h
    assert sum('"act":"exclude"' in it and row.h in it for it in bodies) == 1
    assert not any("salam" in it for it in bodies)
    db.write_now(actions.take_in, office.colleague.actor, row.id)
    db.write_now(actions.take_in, office.colleague.actor, row.id)
    assert office.balance().coded == 1
    assert office.excluded(number).lifted_by == "Pak Joko"


@pytest.mark.parametrize(("outcome", "excluded"), [("taken-in", 0), ("upheld", 1)])
def test_an_appeal_is_decided_once_by_a_second_person(office: Office, outcome: str, excluded: int) -> None:
    number = office.proposal()
    assert code(office, "appeal", number) == "not-excluded"
    office.exclude(number)
    assert code(office, "decide", number, "upheld") == "no-appeal"
    appeal(office, number)
    assert office.excluded(number).waits
    assert code(office, "appeal", number) == "once"
    assert code(office, "decide", number, outcome, office.official) == "second-person"
    decide(office, number, outcome)
    decide(office, number, "taken-in")
    assert office.balance().excluded == excluded
    assert not office.excluded(number).waits
    assert "Alinea kedua memang memuat alasan." in letters()[-1]
    assert len(letters()) == 2
    if excluded:
        assert code(office, "appeal", number) == "once"


def test_only_the_author_appeals_and_only_the_office_decides(office: Office) -> None:
    number = office.proposal()
    office.exclude(number)
    for stranger in (factories.person("Orang lain"), office.official):
        with pytest.raises(Denied):
            appeal(office, number, stranger)
    appeal(office, number)
    for stranger in (office.author, factories.official(factories.office("Dinas lain"))):
        with pytest.raises(Denied):
            decide(office, number, "upheld", stranger)


def test_the_reason_fits_what_became_of_the_text(office: Office) -> None:
    number = office.proposal()
    assert code(office, "exclude", number, "withdrawn") == "ground"
    comment = office.comment(number)
    db.write_now(comments.remove, office.author.actor, comment)
    assert code(office, "exclude", comment, "no-argument") == "ground"
    office.exclude(comment, "withdrawn")
    assert code(office, "exclude", office.proposal(office.official)) == "own"
    assert lights(comment) == "Hca"


def test_what_can_no_longer_be_read_is_left_out_together(office: Office) -> None:
    proposals = [office.proposal() for _ in range(3)]
    comment = office.comment(proposals[0])
    db.write_now(comments.remove, office.author.actor, comment)
    db.write_now(
        moderation.hide, factories.person("Mod", roles=("moderator",)).actor, proposals[1], "insult", "Kasar.", HERE
    )
    assert db.write_now(actions.exclude_gone, office.official.actor, office.consultation) == 2
    assert db.write_now(actions.exclude_gone, office.official.actor, office.consultation) == 0
    assert {office.excluded(comment).ground, office.excluded(proposals[1]).ground} == {"withdrawn", "hidden"}
    assert (office.balance().excluded, office.balance().pending) == (2, 2)
