"""Everyone who took part is told of an amendment, once, whatever they did."""

import json
from itertools import count
from typing import Any

import pytest
from sqlmodel import Session

from app.accounts.models import Account
from app.consultations import actions
from app.core import clock, db, jobs
from app.core.access import Actor
from app.core.mail import Mail
from app.facilitation import actions as facilitation
from app.facilitation.forms import EnteredProposal
from app.votes import actions as votes
from app.votes.models import Choice
from tests import factories
from tests.consultations.test_amendments import CHOOSING, LATER, WHY
from tests.consultations.test_drafts import all_rows
from tests.factories import CHARTER
from tests.page import Browser

_numbers = count(1)


def amend(actor: Actor, number: int, content: dict[str, Any]) -> int:
    return db.write_now(actions.amend_charter, actor, number, content, WHY, clock.now(), "https://rembuk.example")


def run_jobs() -> None:
    """Everything that is owed, until nothing is."""
    import app.schedule  # noqa: F401 - registers the handlers

    while jobs.run_due():
        pass


def mails() -> list[Mail]:
    return [it for it in all_rows(Mail) if "piagam" in it.subject.lower() or "charter" in it.subject.lower()]


def test_everyone_who_took_part_gets_one_message_whatever_they_did(
    consultation: int, official: factories.Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.consultations import jobs as telling

    monkeypatch.setattr(telling, "CHUNK", 2)
    monkeypatch.setattr(telling, "LOOKED_AT", 3)
    writer, proposal = factories.person(), factories.proposal(consultation)
    factories.proposal(consultation, writer)
    voters = [factories.person(lang="en" if n == 0 else "id") for n in range(5)]
    for person in (*voters, writer):
        db.write_now(votes.cast, person.actor, factories.code(proposal), Choice.SUPPORT, clock.now())
    silent, quiet = factories.person(), factories.person()
    factories.proposal(consultation, quiet)
    db.write_now(_no_more_mail, quiet.account)
    elsewhere = factories.person()
    factories.proposal(factories.consultation(factories.office()), elsewhere)
    amend(official.actor, consultation, {**CHARTER, "rule": CHOOSING})
    run_jobs()
    found = [it.to_address for it in mails()]
    assert {it.email for it in (*voters, writer)} <= set(found) and len(found) == len(set(found)) == 7
    assert not {silent.email, quiet.email, elsewhere.email, official.email} & set(found)
    bodies = {it.to_address: it for it in mails()}
    assert bodies[voters[0].email].subject.startswith("The charter was amended")
    one, other = (bodies[it.email].body for it in (voters[1], writer))
    assert one.split("unsubscribe")[0] == other.split("unsubscribe")[0], "a message does not tell who voted"
    assert "https://rembuk.example/consultations/air/charter/amendments/1" in one
    assert "https://rembuk.example/consultations/air/votes" in one and bodies[writer.email].unsubscribe in other
    assert [it for it in all_rows(jobs.Job) if it.kind == "consultations.amended"] == []


def _no_more_mail(session: Session, account: int) -> None:
    session.get_one(Account, account).answers_by_mail = False


def test_a_job_that_is_run_twice_writes_once(consultation: int, official: factories.Person) -> None:
    from app.consultations import jobs as telling

    factories.proposal(consultation)
    amend(official.actor, consultation, LATER)
    (job,) = [it for it in all_rows(jobs.Job) if it.kind == "consultations.amended"]
    for _ in range(2):
        telling.tell(job.id, json.loads(job.payload))
    assert len(mails()) == 1 and "/votes" not in mails()[0].body


def entered(facilitator: factories.Person, number: int) -> str:
    """What somebody said in a meeting, entered for them; its code."""
    form = EnteredProposal(
        title=f"Perbaiki pipa {next(_numbers)}",
        body="Pipa bocor di tiga tempat.",
        channel="meeting",
        received_at=clock.now(),
    )
    return db.write_now(facilitation.enter_proposal, facilitator.actor, number, form, clock.now())


def test_whoever_entered_it_is_told_the_codes_of_those_without_an_address(
    consultation: int, official: factories.Person, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    from app.consultations import jobs as telling
    from app.consultations import mails as texts

    monkeypatch.setattr(telling, "CHUNK", 2)
    monkeypatch.setattr(texts, "LISTED", 2)
    many, one, quiet = (factories.person(roles=["facilitator"]) for _ in range(3))
    codes = {it.email: [entered(it, consultation) for _ in range(n)] for it, n in ((many, 3), (one, 1), (quiet, 1))}
    elsewhere = factories.person(roles=["facilitator"])
    entered(elsewhere, factories.consultation(factories.office()))
    factories.proposal(consultation, one)
    db.write_now(_no_more_mail, quiet.account)
    amend(official.actor, consultation, LATER)
    run_jobs()
    told = {it.to_address: it.body for it in mails() if "tanda terima mereka" in it.body}
    assert set(told) == set(codes), "also who wants no messages of their own"
    assert [code in told[one.email] for code in (*codes[one.email], *codes[many.email])] == [True, False, False, False]
    assert [code in told[many.email] for code in codes[many.email]] == [True, True, False]
    assert "Dan 1 kode lagi" in told[many.email] and "Dan" not in told[one.email]
    assert len([it for it in mails() if it.to_address == one.email]) == 2, "and as somebody who took part"
    page = browser.get("/consultations/air/charter/amendments/1").text
    assert "127.0.0.1:8000/consultations/air/charter/amendments/1" in page and "dapat dicetak dan ditempel" in page


def test_who_entered_something_is_told_once_by_a_job_that_is_run_twice(
    consultation: int, official: factories.Person
) -> None:
    from app.consultations import jobs as telling

    entered(factories.person(roles=["facilitator"]), consultation)
    amend(official.actor, consultation, LATER)
    (job,) = [it for it in all_rows(jobs.Job) if it.kind == "consultations.amended_entries"]
    for _ in range(2):
        telling.tell_who_entered(job.id, json.loads(job.payload))
    assert len(mails()) == 1
