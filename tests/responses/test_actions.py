"""Drafting and publishing official answers."""

import pytest
from sqlalchemy import func, select

from app.core import db, jobs, mail
from app.core.access import Conflict, Denied
from app.core.columns import table
from app.proposals import queries as proposals
from app.publiclog.models import Event
from app.responses import actions, queries
from app.responses.forms import ResponseForm
from app.responses.models import Answer
from tests import answering, factories

pytestmark = pytest.mark.usefixtures("browser")
TEXT = "Pipa diganti pada triwulan kedua oleh Dinas PU, dengan anggaran perubahan."


def form(*codes: str, **fields: str) -> ResponseForm:
    return ResponseForm.model_validate({"proposal": list(codes), "status": "adopted", "text": TEXT} | fields)


class World:
    """An office with a consultation and its official."""

    def __init__(self) -> None:
        self.office = factories.office("Dinas PU")
        self.official = factories.official(self.office, "Bu Sri")
        self.consultation = factories.consultation(self.office)

    def proposal(self, **fields: str) -> str:
        return factories.code(factories.proposal(self.consultation, **fields))

    def draft(self, *codes: str, number: int | None = None, **fields: str) -> int:
        return db.write_now(actions.draft, self.official.actor, self.consultation, form(*codes, **fields), number)

    def publish(self, number: int) -> None:
        answering.publish(number, self.official.actor)


@pytest.fixture
def world(database: str) -> World:
    return World()


def answers(code: str) -> list[queries.AnswerView]:
    with db.reading() as session:
        return queries.answers_of(session, proposals.at_code(session, code).id)


def events(type: str) -> list[str]:
    with db.reading() as session:
        return [e.body for e in session.execute(select(Event).where(table(Event).c.type == type)).scalars()]


def test_a_draft_is_nobodys_business(world: World) -> None:
    code = world.proposal()
    world.draft(code)
    assert answers(code) == []
    assert events("answer") == []


def test_publishing_sets_the_status_signs_and_records(world: World) -> None:
    code = world.proposal()
    world.publish(world.draft(code))
    (answer,) = answers(code)
    assert (answer.status, answer.signed_by, answer.office, answer.text) == ("adopted", "Bu Sri", "Dinas PU", TEXT)
    (body,) = events("answer")
    assert TEXT not in body
    assert "Sri" not in body
    assert answer.h in body


def test_publishing_twice_changes_nothing(world: World) -> None:
    code = world.proposal()
    number = world.draft(code)
    world.publish(number)
    db.write_now(actions.publish, world.official.actor, number, "http://contoh.id")
    assert len(events("answer")) == 1


def test_a_later_answer_replaces_the_first_and_both_stay(world: World) -> None:
    code = world.proposal()
    world.publish(world.draft(code))
    world.publish(world.draft(code, status="cost", text="Setelah dihitung ulang, biayanya tidak tersedia tahun ini."))
    now, before = answers(code)
    assert (now.status, now.superseded_at, before.status) == ("cost", None, "adopted")
    assert before.superseded_at is not None


def test_a_published_answer_cannot_be_changed_or_removed(world: World) -> None:
    code = world.proposal()
    number = world.draft(code)
    world.publish(number)
    with pytest.raises(Conflict, match="published"):
        world.draft(code, number=number, status="cost")
    with pytest.raises(Conflict, match="published"):
        db.write_now(actions.remove_draft, world.official.actor, number)


def test_one_text_answers_many_and_the_rest_follows_in_a_job(world: World) -> None:
    codes = [world.proposal() for _ in range(actions.CHUNK * 2 + 3)]
    number = world.draft(*codes)
    world.publish(number)
    assert sum(bool(answers(code)) for code in codes) == actions.CHUNK
    while jobs.run_due():
        pass
    assert all(answers(code) for code in codes)
    assert len(events("answer")) == len(codes)


def test_only_officials_of_the_office_answer(world: World) -> None:
    code = world.proposal()
    number = world.draft(code)
    other = factories.official(factories.office())
    for actor in (other.actor, factories.person().actor, factories.person(roles=("administrator",)).actor):
        with pytest.raises(Denied):
            db.write_now(actions.draft, actor, world.consultation, form(code))
        with pytest.raises(Denied):
            db.write_now(actions.publish, actor, number, "")
    assert answers(code) == []


def test_proposals_of_another_consultation_cannot_be_smuggled_in(world: World) -> None:
    foreign = factories.code(factories.proposal(factories.consultation(factories.office())))
    with pytest.raises(Conflict, match="unknown-proposal"):
        world.draft(world.proposal(), foreign)
    with db.reading() as session:
        assert session.execute(select(func.count()).select_from(table(Answer))).scalar_one() == 0


def test_no_proposal_is_in_two_drafts(world: World) -> None:
    first, second = world.proposal(), world.proposal()
    number = world.draft(first)
    with pytest.raises(Conflict, match="drafted"):
        world.draft(second, first)
    assert world.draft(first, second, number=number) == number
    world.publish(number)
    assert world.draft(first, status="cost") != number


@pytest.mark.parametrize(
    ("status", "refers_to"), [("duplicate", ""), ("duplicate", "bukan kode"), ("conflict", ""), ("not-competent", "")]
)
def test_some_statuses_mean_nothing_without_what_they_refer_to(status: str, refers_to: str) -> None:
    with pytest.raises(ValueError):
        form("X", status=status, refers_to=refers_to)


def test_the_author_is_told_in_their_language_and_can_stop_it(world: World) -> None:
    indonesian, english = factories.person(), factories.person(lang="en")
    codes = [factories.code(factories.proposal(world.consultation, author=who)) for who in (indonesian, english)]
    world.publish(world.draft(*codes))
    with db.reading() as session:
        sent = {m.to_address: m for m in mail.latest(session)}
    assert set(sent) == {indonesian.email, english.email}
    assert "Your proposal has been answered" in sent[english.email].subject
    assert sent[english.email].subject != sent[indonesian.email].subject
    for message, code in zip((sent[indonesian.email], sent[english.email]), codes, strict=True):
        assert f"http://contoh.id/proposals/{code}" in message.body
        assert message.unsubscribe.startswith("http://contoh.id/unsubscribe/")
        assert message.unsubscribe in message.body


def test_nobody_who_is_unconfirmed_gets_mail(world: World) -> None:
    code = factories.code(factories.proposal(world.consultation, author=factories.person(confirmed=False)))
    world.publish(world.draft(code))
    with db.reading() as session:
        assert mail.latest(session) == []
