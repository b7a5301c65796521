"""Answered, not confirmed: silence closes nothing, and "this does not answer me" goes to a second person, once."""

import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.accounts.actions import leaving
from app.core import clock, db
from app.core.access import Conflict, Denied
from app.core.columns import table
from app.facilitation import actions as facilitation
from app.facilitation.forms import EnteredProposal
from app.obligations.models import Kind
from app.proposals import queries as proposals
from app.publiclog.models import Event
from app.responses import actions as responses
from app.responses.forms import ReceptionForm
from app.responses.models import Reception
from tests import factories
from tests.factories import Person
from tests.obligations.conftest import Promise
from tests.obligations.samples import DAY, TALKING, answer, end, one_owed, owed
from tests.page import Browser

pytestmark = pytest.mark.usefixtures("browser")
WORDS = "Tidak disebut kapan dusun kami mendapat giliran."
SECOND = "Dusun atas mendapat giliran pada bulan Juli, sebelum kemarau."


class World:
    """An answered proposal, its author, and two officials of the office."""

    def __init__(self, promise: Promise) -> None:
        self.office = factories.office("Dinas PU", slug="dinas-pu")
        self.first, self.second = (factories.official(self.office, name) for name in ("Bu Sri", "Pak Joko"))
        self.author = factories.person("Warga")
        self.consultation = factories.consultation(self.office, TALKING, slug="air")
        promise(self.consultation, proposal=(5, False))
        self.proposal = factories.proposal(self.consultation, self.author, title="Ganti pipa")
        end(self.consultation)
        answer(self.first, self.consultation, self.proposal)

    @property
    def code(self) -> str:
        return factories.code(self.proposal)

    def say(self, said: str, text: str = "", person: Person | None = None) -> None:
        form = ReceptionForm.model_validate({"said": said, "text": text})
        db.write_now(responses.receive, (person or self.author).actor, self.code, form)


@pytest.fixture
def world(browser: Browser, promise: Promise) -> World:
    return World(promise)


def receptions() -> list[Reception]:
    with db.reading() as session:
        return list(session.execute(select(Reception).order_by(table(Reception).c.id)).scalars())


def test_silence_is_a_state_of_its_own_and_closes_nothing(world: World, browser: Browser) -> None:
    with time_machine.travel(clock.now() + 400 * DAY):
        assert one_owed(world.proposal).reception == "not-confirmed"
        assert "belum ditanggapi" in browser.get(f"/proposals/{world.code}").text
        told = browser.client.get("/board.json?state=not-confirmed").json()
    assert told["said"] == {"confirmed": 0, "disputed": 0, "silent": 1} and len(told["items"]) == 1


def test_the_author_says_that_it_answers_them(world: World, browser: Browser) -> None:
    author = browser.as_(world.author)
    page = author.get(f"/proposals/{world.code}")
    assert f"/contributions/{world.code}/reception" in page.links()
    form = author.get(f"/contributions/{world.code}/reception")
    author.submit(form, f"/contributions/{world.code}/reception", said="confirmed")
    world.say("confirmed")
    assert one_owed(world.proposal).reception == "confirmed" and len(receptions()) == 1
    assert f"/contributions/{world.code}/reception" not in browser.get(f"/proposals/{world.code}").links()


def test_a_dispute_is_owed_a_second_look_by_somebody_else(world: World, browser: Browser) -> None:
    author = browser.as_(world.author)
    form = author.get(f"/contributions/{world.code}/reception")
    author.submit(form, f"/contributions/{world.code}/reception", said="disputed", text=WORDS)
    first, review = owed(world.proposal)
    assert (first.reception, first.outcome) == ("disputed", "answered")
    assert (review.kind, review.outcome, review.office_id) == (Kind.REVIEW, "open", world.office)
    assert review.due_at > clock.now() + 4 * DAY
    with pytest.raises(Conflict, match="second-person"):
        answer(world.first, world.consultation, world.proposal, text=SECOND)
    assert owed(world.proposal)[1].outcome == "open"
    with time_machine.travel(first.due_at + DAY):
        answer(world.second, world.consultation, world.proposal, text=SECOND, status="partly")
    first, review = owed(world.proposal)
    assert review.outcome in ("answered", "answered-late")
    assert first.outcome == "answered", "the first answer came in time and stays so"


def test_the_second_person_cannot_be_the_first_under_another_office(world: World) -> None:
    """Signing is about the person, whichever account or office they act from."""
    world.say("disputed", WORDS)
    twin = Person(world.second.account, world.first.participant, "Bu Sri", "x@contoh.id", world.second.roles,
                  world.second.offices)  # fmt: skip
    with pytest.raises(Conflict, match="second-person"):
        answer(twin, world.consultation, world.proposal, text=SECOND)


def test_it_can_be_said_once_only(world: World, browser: Browser) -> None:
    first, second = browser.as_(world.author), browser.as_(world.author)
    address = f"/contributions/{world.code}/reception"
    forms = first.get(address), second.get(address)
    first.submit(forms[0], address, said="disputed", text=WORDS)
    again = second.submit(forms[1], address, said="disputed", text=WORDS)
    assert again.status == 409 and "sekali" in again.errors[0]
    answer(world.second, world.consultation, world.proposal, text=SECOND)
    with pytest.raises(Conflict, match="once"):
        world.say("disputed", WORDS)
    assert len(owed(world.proposal)) == 2 and [it.said for it in receptions()] == ["disputed"]
    world.say("confirmed")
    assert [it.reception for it in owed(world.proposal)] == ["disputed", "confirmed"]


def test_a_dispute_needs_words_and_keeps_them_for_the_office(world: World, browser: Browser) -> None:
    author, address = browser.as_(world.author), f"/contributions/{world.code}/reception"
    refused = author.submit(author.get(address), address, said="disputed", text="")
    assert refused.status == 422 and refused.errors
    assert author.submit(author.get(address), address, said="").status == 422
    author.submit(author.get(address), address, said="disputed", text=WORDS)
    for url in (f"/proposals/{world.code}", f"/contributions/{world.code}", "/board?state=disputed", "/board.json",
                f"/proposals/{world.code}.json"):  # fmt: skip
        assert WORDS not in browser.client.get(url).text, url
    desk = browser.as_(world.second).get(f"/desk/consultations/air/answers/new?proposal={world.code}")
    assert WORDS in desk.text
    with db.reading() as session:
        bodies = [it.body for it in session.execute(select(Event)).scalars()]
    assert not [body for body in bodies if WORDS in body]
    assert json.loads(next(body for body in bodies if '"disputed"' in body))["code"] == world.code


def test_only_the_author_says_it(world: World, browser: Browser) -> None:
    for person in (factories.person(), world.first, factories.person(roles=("facilitator",))):
        with pytest.raises(Denied):
            world.say("disputed", WORDS, person)
    assert browser.get(f"/contributions/{world.code}/reception").status == 401
    assert receptions() == []


def test_a_facilitator_says_it_for_somebody_on_paper(world: World, browser: Browser, promise: Promise) -> None:
    facilitator = factories.person("Bu Rini", roles=("facilitator",))
    consultation = factories.consultation(world.office, TALKING, slug="kertas")
    promise(consultation, proposal=(5, False))
    form = EnteredProposal.model_validate(
        {"title": "Usulan di kertas", "body": "Isi usulan yang ditulis di kertas.", "channel": "paper",
         "received_at": clock.local(clock.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")}
    )  # fmt: skip
    code = db.write_now(facilitation.enter_proposal, facilitator.actor, consultation, form, clock.now())
    with db.reading() as session:
        number = proposals.at_code(session, code).id
    end(consultation)
    answer(world.first, consultation, number)
    said = browser.as_(facilitator)
    page = said.get(f"/contributions/{code}/reception")
    said.submit(page, f"/contributions/{code}/reception", said="disputed", text=WORDS)
    assert [it.kind for it in owed(number)] == ["closing", "review"]
    assert receptions()[0].entered_by == facilitator.account


def test_without_an_answer_there_is_nothing_to_say(world: World, browser: Browser) -> None:
    bare = factories.proposal(world.consultation, world.author)
    form = ReceptionForm.model_validate({"said": "confirmed"})
    with pytest.raises(Conflict, match="no-answer"):
        db.write_now(responses.receive, world.author.actor, factories.code(bare), form)
    page = browser.as_(world.author).get(f"/contributions/{factories.code(bare)}/reception")
    assert page.status == 200 and not page.all("form", action=f"/contributions/{factories.code(bare)}/reception")


def test_the_words_go_with_their_author(world: World) -> None:
    world.say("disputed", WORDS)

    def leave(session: object) -> None:
        for erasing in leaving._erasings:
            erasing(session, world.author.account, world.author.participant)  # type: ignore[arg-type]

    db.write_now(leave)
    assert [(it.said, it.text) for it in receptions()] == [("disputed", "")]


def test_a_late_second_answer_shows_as_late(world: World) -> None:
    world.say("disputed", WORDS)
    with time_machine.travel(owed(world.proposal)[1].due_at + timedelta(seconds=1)):
        answer(world.second, world.consultation, world.proposal, text=SECOND)
    assert [it.outcome for it in owed(world.proposal)] == ["answered", "answered-late"]
