"""When an answer comes to be owed: at closing, by enough supporters, by a question, by what is entered late."""

import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.comments import actions as comments
from app.comments.forms import CommentForm
from app.consultations.actions import cancel
from app.consultations.models import ConsultationPhase
from app.core import clock, db, jobs
from app.core.columns import table
from app.facilitation import actions as facilitation
from app.facilitation.forms import EnteredProposal
from app.obligations.actions import arising
from app.obligations.models import Kind
from app.proposals import actions as proposals
from app.proposals import queries as proposals_read
from app.publiclog.models import Event
from app.rules.obligations import WorkingDays, due
from app.votes import actions as votes
from app.votes.models import Choice
from tests import factories
from tests.factories import Person, phase
from tests.obligations import samples
from tests.obligations.conftest import Promise
from tests.obligations.samples import DAY, HOUR, TALKING, end, one_owed, owed

pytestmark = pytest.mark.usefixtures("browser")


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas PU", slug="dinas-pu")


def events(type: str) -> list[dict[str, object]]:
    with db.reading() as session:
        found = select(Event).where(table(Event).c.type == type).order_by(table(Event).c.id)
        return [json.loads(event.body) for event in session.execute(found).scalars()]


def support(proposal: int, person: Person) -> None:
    db.write_now(votes.cast, person.actor, factories.code(proposal), Choice.SUPPORT, clock.now())


def comment(proposal: int, person: Person, **fields: str) -> str:
    form = CommentForm.model_validate({"body": "Kapan pipa itu diganti?"} | fields)
    return db.write_now(comments.write, person.actor, proposal, form, clock.now())


# -- closing ---------------------------------------------------------------------------------------


def test_at_closing_every_proposal_is_owed_what_was_promised(office: int, promise: Promise) -> None:
    consultation = factories.consultation(office, TALKING)
    promise(consultation, proposal=(10, True))
    first, second = factories.proposal(consultation), factories.proposal(consultation)
    elsewhere = factories.proposal(factories.consultation(office, TALKING))
    assert owed() == []
    end(consultation)
    assert {it.contribution_id for it in owed()} == {first, second}
    assert owed(elsewhere) == []
    found = one_owed(first)
    closed = clock.now() - HOUR - timedelta(seconds=60)
    assert abs(found.arose_at - closed) < timedelta(seconds=30)
    assert found.due_at == due(found.arose_at, 10, WorkingDays(clock.zone()))
    local = clock.local(found.due_at)
    assert found.due_month == local.year * 100 + local.month
    assert (found.kind, found.office_id, found.outcome) == (Kind.CLOSING, office, "open")


def test_the_period_counts_from_the_closing_however_late_somebody_looks(office: int, promise: Promise) -> None:
    consultation = factories.consultation(office, TALKING)
    promise(consultation, proposal=(5, False))
    proposal = factories.proposal(consultation)
    end(consultation, ago=30 * DAY)
    assert clock.now() - one_owed(proposal).arose_at > 30 * DAY
    assert one_owed(proposal).due_at < clock.now()


def test_nothing_is_owed_before_the_last_phase_is_over(office: int, promise: Promise) -> None:
    consultation = factories.consultation(office, (phase("proposals", -9 * DAY, -DAY), phase("voting", -DAY, DAY)))
    promise(consultation, proposal=(5, True))
    factories.proposal(consultation)
    p = table(ConsultationPhase).c
    with db.reading() as session:
        first = session.execute(select(p.id).where(p.kind == "proposals")).scalar_one()
    db.write_now(samples.record_closing, first)
    db.write_now(samples.record_closing, first)
    assert owed() == []


def test_recording_the_closing_again_makes_nothing_more(office: int, promise: Promise) -> None:
    consultation = factories.consultation(office, (*TALKING, phase("review", 10 * DAY, 20 * DAY)))
    promise(consultation, proposal=(5, True))
    factories.proposal(consultation)
    end(consultation)
    end(consultation)
    assert len(owed()) == 1
    assert len(events("commit")) == 1


def test_comments_are_owed_answers_where_that_was_promised(office: int, promise: Promise) -> None:
    consultation = factories.consultation(office, TALKING)
    promise(consultation, proposal=(5, True), comment=(20, True))
    proposal = factories.proposal(consultation)
    comment(proposal, factories.person())
    end(consultation)
    assert [it.kind for it in owed()] == ["closing", "closing"]
    first, second = owed()
    assert first.due_at < second.due_at


def test_what_was_taken_back_before_the_closing_is_owed_nothing(office: int, promise: Promise) -> None:
    consultation, author = factories.consultation(office, TALKING), factories.person()
    promise(consultation, proposal=(5, True))
    proposal = factories.proposal(consultation, author)
    db.write_now(proposals.withdraw, author.actor, proposal, "Sudah ada.")
    end(consultation)
    assert owed() == []


def test_a_cancelled_consultation_owes_nothing_at_its_end(office: int, promise: Promise) -> None:
    consultation, official = factories.consultation(office, TALKING), factories.official(office)
    promise(consultation, proposal=(5, True))
    factories.proposal(consultation)
    db.write_now(cancel, official.actor, consultation, "Anggaran ditunda.", clock.now())
    end(consultation)
    assert owed() == []


def test_without_promises_the_review_phase_is_the_due_date(office: int) -> None:
    consultation = factories.consultation(office, TALKING, charter=None)
    proposal = factories.proposal(consultation)
    closes = clock.now() + 30 * DAY
    factories.add(
        ConsultationPhase(
            consultation_id=consultation, kind="review", acts="", opens_at=clock.now() - DAY, closes_at=closes
        )
    )
    p = table(ConsultationPhase).c
    with db.reading() as session:
        talking = session.execute(
            select(p.id).where(p.consultation_id == consultation, p.kind == "proposals")
        ).scalar_one()
    with time_machine.travel(clock.now() + 11 * DAY):
        db.write_now(samples.record_closing, talking)
    with time_machine.travel(clock.now() + 11 * DAY + HOUR):
        db.write_now(samples.record_closing, talking)
    assert one_owed(proposal).due_at == closes


def test_many_contributions_follow_in_jobs_exactly_once(
    office: int, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arising, "CHUNK", 3)
    consultation = factories.consultation(office, TALKING)
    promise(consultation, proposal=(5, True))
    expected = {factories.proposal(consultation) for _ in range(10)}
    end(consultation)
    assert len(owed()) == 3
    (job, *_) = jobs.due()
    while jobs.run_due():
        assert len(owed()) <= 10
    jobs.run(job)
    assert [it.contribution_id for it in owed()] == sorted(expected)
    assert len({it.due_at for it in owed()}) == 1
    assert [event["state"] for event in events("commit")] == ["owed"] * 10


def test_a_closing_that_is_undone_owes_nothing(office: int, promise: Promise, monkeypatch: pytest.MonkeyPatch) -> None:
    consultation = factories.consultation(office, TALKING)
    promise(consultation, proposal=(5, True))
    factories.proposal(consultation)

    def broken(*_args: object, **_facts: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("app.consultations.actions.closing.publiclog.record", broken)
        with pytest.raises(RuntimeError):
            end(consultation)
    assert owed() == []
    end(consultation)
    assert len(owed()) == 1


# -- enough supporters -----------------------------------------------------------------------------


def test_enough_supporters_are_owed_an_answer_at_once_where_counts_are_open(office: int, promise: Promise) -> None:
    consultation = factories.consultation(office, open_counts=True)
    promise(consultation, threshold=2, threshold_period=(3, True))
    proposal, people = factories.proposal(consultation), [factories.person() for _ in range(3)]
    support(proposal, people[0])
    assert owed() == []
    for person in people[1:]:
        support(proposal, person)
    assert (one_owed(proposal).kind, one_owed(proposal).office_id) == (Kind.THRESHOLD, office)
    db.write_now(votes.withdraw, people[2].actor, factories.code(proposal), clock.now())
    db.write_now(votes.withdraw, people[1].actor, factories.code(proposal), clock.now())
    assert len(owed()) == 1, "what has arisen stays"


def test_sealed_counts_show_in_nothing_that_is_owed(office: int, promise: Promise) -> None:
    consultation = factories.consultation(office)
    promise(consultation, proposal=(9, True), threshold=1, threshold_period=(3, True))
    supported, other = factories.proposal(consultation), factories.proposal(consultation)
    support(supported, factories.person())
    assert owed() == [] and events("commit") == []
    end(consultation)
    assert (one_owed(supported).kind, one_owed(other).kind) == (Kind.THRESHOLD, Kind.CLOSING)
    assert one_owed(supported).due_at < one_owed(other).due_at


# -- questions -------------------------------------------------------------------------------------


def test_a_question_to_the_office_is_owed_an_answer(office: int, promise: Promise) -> None:
    consultation, author = factories.consultation(office, TALKING), factories.person()
    promise(consultation, comment=(20, True), question=(5, True))
    proposal = factories.proposal(consultation)
    comment(proposal, author)
    assert owed() == []
    comment(proposal, author, body="Siapa yang membayar?", asks="yes")
    assert [it.kind for it in owed()] == [Kind.QUESTION]
    end(consultation)
    assert sorted(it.kind for it in owed()) == [Kind.CLOSING, Kind.QUESTION]


def test_a_question_is_owed_nothing_where_nothing_was_promised(office: int, promise: Promise) -> None:
    consultation = factories.consultation(office, TALKING)
    promise(consultation, proposal=(5, True))
    comment(factories.proposal(consultation), factories.person(), asks="yes")
    assert owed() == []


def test_editing_a_comment_neither_asks_nor_unasks(office: int, promise: Promise) -> None:
    consultation, author = factories.consultation(office, TALKING), factories.person()
    promise(consultation, question=(5, True))
    code = comment(factories.proposal(consultation), author, asks="yes")
    with db.reading() as session:
        number = comments.queries.at_code(session, code).id
    form = CommentForm.model_validate({"body": "Kapan pipa itu diganti, Pak?"})
    db.write_now(comments.edit, author.actor, number, form, clock.now())
    with db.reading() as session:
        assert comments.queries.at_code(session, code).asks
    assert len(owed()) == 1


# -- late paper ------------------------------------------------------------------------------------


def test_what_is_entered_after_the_closing_is_owed_its_answer_from_then_on(office: int, promise: Promise) -> None:
    consultation = factories.consultation(office, TALKING)
    promise(consultation, proposal=(5, True))
    facilitator = factories.person("Bu Rini", roles=["facilitator"])
    end(consultation, ago=3 * DAY)
    received = clock.now() - 5 * DAY
    form = EnteredProposal.model_validate(
        {"title": "Usulan di kertas", "body": "Isi usulan yang ditulis di kertas.", "channel": "paper",
         "received_at": clock.local(received).strftime("%Y-%m-%dT%H:%M")}
    )  # fmt: skip
    code = db.write_now(facilitation.enter_proposal, facilitator.actor, consultation, form, clock.now())
    with db.reading() as session:
        number = proposals_read.at_code(session, code).id
    assert clock.now() - one_owed(number).arose_at < timedelta(minutes=1)
