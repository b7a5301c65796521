"""The totals of the lights follow the facts, whoever writes them."""

from random import Random

import pytest
from sqlalchemy import delete, event, func, insert, select, text, update

from app.contributions import queries
from app.contributions.models import Contribution, Handling, LightCounted, LightTotal
from app.core import clock, db
from app.core.columns import table
from app.proposals.models import Proposal, ProposalStat, ProposalVersion, VersionStat
from app.responses import queries as responses
from app.responses.models import Answer
from app.rules.lights import Totals
from app.themes.models import Coding, Theme
from tests import factories
from tests.contributions.world import World, by_hand, lights, recounted
from tests.databases import POSTGRES
from tests.page import Browser

pytestmark = pytest.mark.usefixtures("browser")
_a, _h, _c = table(Answer).c, table(Handling).c, table(Contribution).c
assert responses


@pytest.fixture
def world(browser: Browser) -> World:
    return World()


def test_each_fact_moves_the_totals_and_its_removal_moves_them_back(world: World) -> None:
    first, second = world.proposal(), world.proposal()
    comment = world.comment(first)
    assert world.totals() == Totals(3, 0, 0)
    world.handle(first, comment)
    assert world.totals() == Totals(3, 2, 0)
    world.answer(second)
    assert world.totals() == Totals(3, 3, 1)
    with db.reading() as session:
        found = queries.totals(session, world.consultation)
    assert (found.of("comment"), found.of("proposal")) == (Totals(1, 1, 0), Totals(2, 2, 1))
    assert by_hand(delete(table(Handling)).where(_h.contribution_id == comment)) == 1
    assert (world.totals(), lights(comment)) == (Totals(3, 2, 1), "Hca")
    by_hand(delete(table(Answer)))
    assert (world.totals(), lights(second)) == (Totals(3, 1, 0), "Hca")


def test_an_answer_covers_nothing_but_what_it_names(world: World) -> None:
    proposal = world.proposal()
    beside = [world.comment(proposal), world.proposal()]
    world.answer(proposal)
    assert [lights(number) for number in (proposal, *beside)] == ["HCA", "Hca", "Hca"]
    assert world.totals() == Totals(3, 1, 1)


def test_an_answer_taken_back_by_hand_no_longer_stands(world: World) -> None:
    proposal = world.proposal()
    world.answer(proposal)
    by_hand(update(table(Answer)).values(superseded_at=clock.now()))
    assert (lights(proposal), world.totals()) == ("HCa", Totals(1, 1, 0))
    by_hand(update(table(Answer)).values(published_at=None))
    assert (lights(proposal), world.totals()) == ("Hca", Totals(1, 0, 0))


def test_a_handling_of_ones_own_words_counts_nothing_even_by_hand(world: World) -> None:
    proposal = world.proposal()
    world.handle(proposal)
    by_hand(update(table(Handling)).values(participant_id=world.author.participant))
    assert (lights(proposal), world.totals()) == ("Hca", Totals(1, 0, 0))
    by_hand(update(table(Contribution)).values(participant_id=None))
    assert (lights(proposal), world.totals()) == ("HCa", Totals(1, 1, 0))
    by_hand(update(table(Handling)).values(name="  "))
    assert (lights(proposal), world.totals()) == ("Hca", Totals(1, 0, 0))


def test_moving_and_removing_contributions_by_hand(world: World) -> None:
    first, second = world.proposal(), world.proposal()
    world.handle(first)
    other = factories.consultation(world.office)
    by_hand(update(table(Contribution)).where(_c.id == first).values(consultation_id=other))
    assert (world.totals(), recounted(other)) == (Totals(1, 0, 0), Totals(1, 1, 0))
    with db.reading() as session:
        assert queries.totals(session, other).all == Totals(1, 1, 0)
    remove_by_hand(second)
    assert world.totals() == Totals(0, 0, 0)


def remove_by_hand(proposal: int) -> None:
    """Remove a proposal with everything that hangs on it."""
    for model, key in ((VersionStat, "proposal_id"), (ProposalStat, "proposal_id"), (ProposalVersion, "proposal_id")):
        by_hand(delete(table(model)).where(table(model).c[key] == proposal))
    by_hand(delete(table(Proposal)).where(table(Proposal).c.id == proposal))
    by_hand(delete(table(Contribution)).where(_c.id == proposal))


@pytest.mark.parametrize("seed", range(6))
def test_after_random_acts_the_totals_are_what_a_recount_gives(world: World, seed: int) -> None:
    random = Random(seed)
    proposals = [world.proposal() for _ in range(4)]
    ids = proposals + [world.comment(random.choice(proposals)) for _ in range(6)]
    colleague = factories.official(world.office, "Pak Joko")
    response = world.answer()
    themes = [factories.add(Theme(consultation_id=world.consultation, number=number)) for number in (1, 2)]
    for _ in range(90):
        act, number = random.randrange(12), random.choice(ids)
        if act < 3:
            world.handle(
                number, by=random.choice((world.official, colleague)), outcome=random.choice(("noted", "checked"))
            )
        elif act == 3:
            by_hand(update(table(Handling)).where(_h.contribution_id == number).values(retracted_at=clock.now()))
        elif act == 4:
            by_hand(delete(table(Handling)).where(_h.contribution_id == number))
        elif act == 5:
            at = random.choice((None, clock.now()))
            rows = [
                {"response_id": response, "contribution_id": one, "published_at": at, "h": ""}
                for one in (number, ids[0])
            ]
            by_hand(insert(table(Answer)).values(rows))
        elif act == 6:
            change = random.choice(
                ({"superseded_at": clock.now()}, {"published_at": clock.now()}, {"published_at": None})
            )
            by_hand(update(table(Answer)).where(_a.contribution_id == number).values(change))
        elif act == 8:
            find_by_hand(random, number, themes)
        elif act == 9:
            taken = update(table(Coding)).where(table(Coding).c.contribution_id == number)
            by_hand(taken.values(random.choice(({"retracted_at": clock.now()}, {"name": " "}))))
        elif act == 10:
            at, theme = random.choice((None, clock.now(), clock.now())), random.choice(themes)
            row = {"response_id": response, "contribution_id": number, "published_at": at, "h": "", "theme_id": theme}
            by_hand(insert(table(Answer)).values(row))
        elif act == 11 and random.random() < 0.3:
            into = random.choice((None, themes[1]))
            by_hand(update(table(Theme)).where(table(Theme).c.id == themes[0]).values(merged_into=into))
        elif act == 7:
            by_hand(
                update(table(Answer)).where(_a.contribution_id == number).values(contribution_id=random.choice(ids))
            )
        else:
            by_hand(delete(table(Answer)).where(_a.contribution_id == number))
        assert world.totals() == recounted(world.consultation)


def find_by_hand(random: Random, number: int, themes: list[int]) -> None:
    """Find a theme in a contribution, unless it was found there."""
    k, theme = table(Coding).c, random.choice(themes)
    with db.reading() as session:
        found = select(k.id).where(k.contribution_id == number, k.theme_id == theme, k.retracted_at.is_(None))
        if session.execute(found).first():
            return
    row = {
        "contribution_id": number, "theme_id": theme, "version": 1, "source": "person", "begins": 0, "ends": 1,
        "quote": "A", "text_h": "", "office_id": 1, "name": random.choice(("Bu Sri", "Bu Sri", " ")),
        "at": clock.now(), "retracted_by": "", "h": "",
    }  # fmt: skip
    by_hand(insert(table(Coding)).values(row))


def test_emptying_the_tables_puts_everything_out(world: World) -> None:
    proposal = world.proposal()
    world.handle(proposal)
    statement = text("TRUNCATE handling") if db.current().url.startswith("postgres") else delete(table(Handling))
    by_hand(statement)
    assert (world.totals(), lights(proposal)) == (Totals(1, 0, 0), "Hca")


def test_totals_read_counters_and_no_contribution(world: World) -> None:
    for _ in range(3):
        world.proposal()
    asked: list[str] = []
    event.listen(db.current().reads, "before_cursor_execute", lambda c, cur, sql, *rest: asked.append(sql))
    assert world.totals().heard == 3
    (read,) = [sql for sql in asked if sql != "BEGIN"]
    assert "light_total" in read and "light_counted" not in read and "contribution." not in read


def test_what_is_counted_is_not_what_a_light_is_read_from(world: World) -> None:
    proposal = world.proposal()
    by_hand(update(table(LightCounted)).values(considered=1, answered=1))
    assert world.totals() == Totals(1, 1, 1)
    assert lights(proposal) == "Hca"
    world.handle(proposal)
    by_hand(delete(table(Handling)))
    assert world.totals() == recounted(world.consultation) == Totals(1, 0, 0), "the next fact mends the counter"


def test_lights_of_fifty_cost_what_lights_of_one_cost(world: World) -> None:
    ids = [world.proposal() for _ in range(50)]
    world.handle(*ids)
    world.answer(*ids[:20])
    asked: list[str] = []
    event.listen(db.current().reads, "before_cursor_execute", lambda c, cur, sql, *rest: asked.append(sql))
    with db.reading() as session:
        rows = session.execute(select(_c.id, _c.code, _c.received_at)).all()
        asked.clear()
        assert len(queries.lights_of(session, rows)) == 50
        of_fifty = len(asked)
        queries.lights_of(session, rows[:1])
    assert len(asked) == 2 and of_fifty == 1


@pytest.mark.skipif(bool(POSTGRES), reason="the plans of SQLite are looked at")
def test_the_facts_of_lights_are_looked_up_by_contribution(world: World) -> None:
    """However much waits elsewhere: no part of the one statement walks through what is not asked for."""
    ids = [world.proposal() for _ in range(20)]
    with db.reading() as session:
        c = table(Contribution).c
        items = session.execute(select(c.id, c.code, c.received_at).where(c.id.in_(ids))).all()
    asked: list[tuple[str, tuple[object, ...]]] = []
    event.listen(
        db.current().reads, "before_cursor_execute", lambda c, cur, sql, values, *rest: asked.append((sql, values))
    )
    with db.reading() as session:
        queries.lights_of(session, items)
        sql, values = asked[-1]
        plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
    found = [step for step in plan if step.startswith(("SEARCH", "SCAN"))]
    assert len(found) >= 3
    assert not [step for step in found if "(contribution_id=?)" not in step and "(rowid=?)" not in step], plan


def test_the_counters_of_many_processes_add_up(world: World) -> None:
    now = {"kind": "proposal", "heard": 2, "considered": 1, "answered": 0}
    rows = [{"consultation_id": world.consultation, "shard": shard, **now} for shard in (30, 31)]
    by_hand(insert(table(LightTotal)).values(rows))
    assert world.totals() == Totals(4, 2, 0)
    with db.reading() as session:
        assert session.execute(select(func.count()).select_from(table(LightTotal))).scalar_one() == 2
