"""Entering what people said elsewhere."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from pydantic import ValidationError
from sqlalchemy import func, select

from app.accounts.models import Account, Participant
from app.contributions.models import Contribution
from app.core import clock, db
from app.core.access import ANYONE, Conflict, Denied
from app.core.columns import table
from app.facilitation import actions
from app.facilitation.forms import EnteredComment, EnteredProposal
from app.proposals import queries as proposals
from app.publiclog.models import Event
from tests import factories
from tests.comments import samples

pytestmark = pytest.mark.usefixtures("browser")
YESTERDAY = timedelta(hours=20)


@pytest.fixture
def facilitator(database: str, browser: object) -> factories.Person:
    return factories.person("Fasil", roles=("facilitator",))


@pytest.fixture
def consultation(database: str, browser: object) -> int:
    return factories.consultation(factories.office())


def proposed(received: datetime | None = None, **changes: Any) -> EnteredProposal:
    """What was written on the paper form."""
    typed = {
        "title": "Perbaiki jembatan bambu",
        "body": "Jembatan bambu di dusun kami sudah lapuk.",
        "channel": "paper",
        "received_at": received or clock.now() - YESTERDAY,
        "name": "Mbah Karto",
    }
    return EnteredProposal.model_validate(typed | changes)


def commented(received: datetime | None = None, **changes: Any) -> EnteredComment:
    """What was said at the meeting."""
    typed = {
        "body": "Saya setuju.",
        "stance": "for",
        "channel": "meeting",
        "received_at": received or clock.now() - YESTERDAY,
    }
    return EnteredComment.model_validate(typed | changes)


def enter(person: factories.Person, consultation: int, form: EnteredProposal) -> str:
    return db.write_now(actions.enter_proposal, person.actor, consultation, form, clock.now())


def comment(person: factories.Person, proposal: int, form: EnteredComment) -> str:
    return db.write_now(actions.enter_comment, person.actor, proposal, form, clock.now())


def rows(model: type) -> int:
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(table(model))).scalar_one())


def ledger(code: str) -> Any:
    t = table(Contribution)
    with db.reading() as session:
        return session.execute(select(t).where(t.c.code == code)).one()


def test_a_proposal_on_paper_gets_a_code_and_a_participant_without_account(
    consultation: int, facilitator: factories.Person
) -> None:
    accounts, form = rows(Account), proposed()
    code = enter(facilitator, consultation, form)
    row = ledger(code)
    with db.reading() as session:
        view = proposals.at_code(session, code)
    assert (view.author, view.channel, view.received_at) == ("Mbah Karto", "paper", form.received_at)
    assert (row.entered_by, row.identity_level) == (facilitator.account, "facilitated")
    assert row.participant_id not in (None, facilitator.participant)
    assert row.entered_at > row.received_at
    assert rows(Account) == accounts


def test_a_comment_at_a_meeting_without_a_name(consultation: int, facilitator: factories.Person) -> None:
    proposal = factories.proposal(consultation)
    first = comment(facilitator, proposal, commented())
    reply = comment(facilitator, proposal, commented(body="Saya juga.", parent=first))
    view = samples.view(first)
    assert (view.author, view.author_erased, view.channel, view.stance) == (None, False, "meeting", "for")
    assert (view.replies, samples.view(reply).parent) == (1, first)
    assert ledger(first).entered_by == facilitator.account


def test_the_record_names_neither_person(consultation: int, facilitator: factories.Person) -> None:
    enter(facilitator, consultation, proposed())
    with db.reading() as session:
        told = json.dumps(list(session.execute(select(table(Event).c.body)).scalars()))
    assert not [word for word in ("Karto", "Fasil", "lapuk") if word in told]


def test_pressed_twice_it_is_entered_once(consultation: int, facilitator: factories.Person) -> None:
    form, said = proposed(), commented()
    code = enter(facilitator, consultation, form)
    people = rows(Participant)
    assert enter(facilitator, consultation, form) == code
    with db.reading() as session:
        proposal = proposals.at_code(session, code).id
    first = comment(facilitator, proposal, said)
    assert comment(facilitator, proposal, said) == first
    assert (rows(Contribution), rows(Participant)) == (2, people + 1)


def test_the_same_words_by_another_person_are_entered_too(consultation: int, facilitator: factories.Person) -> None:
    form = proposed()
    codes = {enter(facilitator, consultation, form)}
    codes.add(enter(facilitator, consultation, form.model_copy(update={"name": "Bu Tini"})))
    codes.add(enter(factories.person(roles=("facilitator",)), consultation, form))
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        codes.add(enter(facilitator, consultation, form))
    assert len(codes) == 4


def test_the_date_of_receipt_counts_however_late_it_is_entered(facilitator: factories.Person) -> None:
    consultation = factories.consultation(factories.office(), factories.OVER)
    inside = clock.now() - timedelta(days=15)
    assert enter(facilitator, consultation, proposed(inside))
    before, after = clock.now() - timedelta(days=21), clock.now() - timedelta(days=9)
    for received in (before, after):
        people = rows(Participant)
        with pytest.raises(Conflict) as refused:
            enter(facilitator, consultation, proposed(received))
        assert refused.value.reason.code == "not-received-in-time"
        assert {"opens", "closes"} <= set(refused.value.reason.values)
        assert rows(Participant) == people
    proposal = factories.proposal(consultation)
    assert comment(facilitator, proposal, commented(after))
    with pytest.raises(Conflict):
        comment(facilitator, proposal, commented(before))


def test_nothing_is_received_in_the_future(consultation: int, facilitator: factories.Person) -> None:
    with pytest.raises(ValidationError):
        proposed(clock.now() + timedelta(hours=1))
    later = proposed().model_copy(update={"received_at": clock.now() + timedelta(hours=1)})
    with pytest.raises(Conflict) as refused:
        enter(facilitator, consultation, later)
    assert refused.value.reason.code == "future"


@pytest.mark.parametrize("state", ["decided_at", "cancelled_at"])
def test_nothing_is_entered_once_it_is_decided_or_cancelled(facilitator: factories.Person, state: str) -> None:
    over = factories.consultation(factories.office(), **{state: clock.now()})
    with pytest.raises(Conflict) as refused:
        enter(facilitator, over, proposed())
    assert refused.value.reason.code == state.removesuffix("_at")


def test_a_consultation_that_never_took_it_says_so(facilitator: factories.Person) -> None:
    voting = factories.consultation(factories.office(), factories.VOTING)
    with pytest.raises(Conflict) as refused:
        enter(facilitator, voting, proposed())
    assert refused.value.reason.code == "not-offered"


def test_hidden_proposals_take_no_comments_from_elsewhere(consultation: int, facilitator: factories.Person) -> None:
    proposal = factories.proposal(consultation)
    samples.set_visibility(proposal, "hidden", "spam")
    with pytest.raises(Conflict):
        comment(facilitator, proposal, commented())


@pytest.mark.parametrize("roles", [(), ("moderator",), ("administrator",), ("official",)])
def test_only_facilitators_enter(consultation: int, roles: tuple[str, ...]) -> None:
    person = factories.person(roles=roles, office=factories.office())
    proposal = factories.proposal(consultation)
    for act in (lambda: enter(person, consultation, proposed()), lambda: comment(person, proposal, commented())):
        with pytest.raises(Denied) as refused:
            act()
        assert refused.value.reason.code == "not-facilitator"
    with pytest.raises(Denied) as signed_out:
        db.write_now(actions.enter_proposal, ANYONE, consultation, proposed(), clock.now())
    assert signed_out.value.reason.status == 401
