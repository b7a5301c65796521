"""Recording that a contribution was read: by whom, of what, once, and taken back in public."""

import json

import pytest
from sqlalchemy import select

from app.contributions import actions, queries
from app.core import db
from app.core.access import Conflict, Denied
from app.core.columns import table
from app.publiclog.models import Event
from tests import factories
from tests.contributions.world import World, by_hand, code_of, lights
from tests.page import Browser

pytestmark = pytest.mark.usefixtures("browser")


@pytest.fixture
def world(browser: Browser) -> World:
    return World()


def handlings(number: int) -> list[queries.Handled]:
    with db.reading() as session:
        return queries.handlings_of(session, [number]).get(number, [])


def events(type: str = "code") -> list[dict[str, str]]:
    with db.reading() as session:
        bodies = session.execute(select(Event.body).where(table(Event).c.type == type).order_by(table(Event).c.id))
        return [json.loads(body) for body in bodies.scalars()]


def test_a_handling_lights_considered_and_is_recorded_without_a_name(world: World) -> None:
    number = world.proposal()
    assert lights(number) == "Hca"
    assert world.handle(number, outcome="passed-on", note="Diteruskan kepada bidang jalan.") == 1
    (one,) = handlings(number)
    assert (one.name, one.role, one.office, one.outcome) == ("Bu Sri", "official", "Dinas PU", "passed-on")
    assert lights(number) == "HCa"
    (event,) = events()
    assert (event["act"], event["code"], event["outcome"]) == ("handle", code_of(number), "passed-on")
    assert "Sri" not in str(event) and "bidang" not in str(event)


def test_pressing_twice_records_once(world: World) -> None:
    number = world.proposal()
    assert [world.handle(number), world.handle(number)] == [1, 0]
    assert len(handlings(number)) == len(events()) == 1


def test_another_outcome_takes_the_first_back_and_both_stay(world: World) -> None:
    number = world.proposal()
    world.handle(number)
    world.handle(number, outcome="compared")
    first, second = handlings(number)
    assert (first.counts, second.counts, second.outcome) == (False, True, "compared")
    assert [event["act"] for event in events()] == ["handle", "retract", "handle"]
    assert lights(number) == "HCa"


def test_taking_it_back_puts_the_light_out_and_stays_readable(world: World) -> None:
    number = world.proposal()
    world.handle(number)
    for _ in range(2):
        db.write_now(actions.retract, world.official.actor, handlings(number)[0].id)
    (one,) = handlings(number)
    assert (one.retracted_by, one.counts, lights(number)) == ("Bu Sri", False, "Hca")
    assert [event["act"] for event in events()] == ["handle", "retract"]
    assert world.handle(number) == 1 and lights(number) == "HCa"


def test_two_officials_each_record_and_one_taken_back_leaves_the_light(world: World) -> None:
    number, other = world.proposal(), factories.official(world.office, "Pak Joko")
    world.handle(number)
    world.handle(number, by=other)
    db.write_now(actions.retract, world.official.actor, handlings(number)[0].id)
    assert lights(number) == "HCa"


def test_several_at_once(world: World) -> None:
    proposal = world.proposal()
    comments = [world.comment(proposal) for _ in range(3)]
    assert world.handle(*comments) == 3
    assert [lights(number) for number in (proposal, *comments)] == ["Hca", "HCa", "HCa", "HCa"]


def test_nobody_considers_their_own_words(world: World) -> None:
    own = world.comment(world.proposal(), world.official)
    with pytest.raises(Conflict, match="own"):
        world.handle(own)
    assert lights(own) == "Hca"


def test_only_what_was_shown_to_this_person_can_be_recorded(world: World) -> None:
    number, other, colleague = world.proposal(), world.proposal(), factories.official(world.office)
    seen = queries.shown_to(world.official.actor, [code_of(number)])
    for token in ("", "x", seen[:-2], queries.shown_to(colleague.actor, [code_of(number)])):
        with pytest.raises(Conflict, match="not-shown"):
            world.handle(number, shown=token)
    with pytest.raises(Conflict, match="not-shown"):
        world.handle(number, other, shown=seen)
    assert lights(number) == lights(other) == "Hca"


def test_others_and_other_consultations_are_kept_out(world: World) -> None:
    number = world.proposal()
    foreign = factories.proposal(factories.consultation(factories.office()))
    with pytest.raises(Conflict, match="unknown"):
        world.handle(number, foreign)
    for who in (factories.person(), factories.official(factories.office()), factories.person(roles=("moderator",))):
        with pytest.raises(Denied):
            world.handle(number, by=who)
    world.handle(number)
    with pytest.raises(Denied):
        db.write_now(actions.retract, factories.person().actor, handlings(number)[0].id)
    assert lights(number) == "HCa" and lights(foreign) == "Hca"


def test_a_text_that_is_gone_cannot_have_been_read(world: World) -> None:
    number = world.proposal()
    by_hand(queries.table(queries.Contribution).update().where(queries._c.id == number).values(visibility="hidden"))
    with pytest.raises(Conflict, match="gone"):
        world.handle(number)


def test_an_official_without_a_name_considers_nothing(world: World) -> None:
    number = world.proposal()
    nameless = factories.official(world.office, " ")
    with pytest.raises(Conflict, match="nameless"):
        world.handle(number, by=nameless)
