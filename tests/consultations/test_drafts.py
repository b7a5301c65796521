"""A draft may change in everything, belongs to its office, and opens only when nothing is missing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select

from app.consultations import actions, queries
from app.consultations.actions import closing
from app.consultations.forms import DraftForm, PhaseRow
from app.consultations.models import (
    Consultation,
    ConsultationChange,
    ConsultationPhase,
    ConsultationSalt,
    ConsultationTopic,
)
from app.core import clock, db
from app.core.access import OPERATOR, Actor, Conflict, Denied, Missing
from app.publiclog.models import Event
from app.rules.canonical import canonical, digest
from tests import factories
from tests.factories import DAY, HOUR

TEXTS = {"title": "Di mana pasar baru dibangun?", "summary": "Warga memilih letaknya.", "background": "Ada dua lahan."}


def all_rows(model: Any) -> list[Any]:
    with db.reading() as session:
        return list(session.execute(select(model).order_by(*inspect(model).primary_key)).scalars())


def form(office: int, **fields: Any) -> DraftForm:
    """A draft as the form gives it: what is left empty is not there."""
    return DraftForm.model_validate(filled(TEXTS | {"office": office} | fields))


def filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value != ""}


def begin(actor: Actor, office: int, **fields: Any) -> int:
    slug = db.write_now(actions.create, actor, form(office, **fields), clock.now())
    with db.reading() as session:
        return queries.in_path(session, slug).id


def row(kind: str, opens: timedelta, closes: timedelta, number: int = 1, edit: bool = False) -> PhaseRow:
    now = clock.now()
    return PhaseRow(number, kind, now + opens, now + closes, edit)


def set_phases(actor: Actor, number: int, *rows: PhaseRow) -> None:
    db.write_now(actions.set_phases, actor, number, rows, clock.now())


def give_charter(actor: Actor, number: int) -> None:
    db.write_now(actions.set_charter, actor, number, factories.CHARTER, clock.now())


def ready(actor: Actor, office: int, **fields: Any) -> int:
    number = begin(actor, office, **fields)
    set_phases(actor, number, row("proposals", -HOUR, DAY), row("voting", DAY, 2 * DAY, 2, edit=True))
    give_charter(actor, number)
    return number


def open_it(actor: Actor, number: int) -> None:
    db.write_now(actions.open, actor, number, clock.now())


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas Perdagangan", slug="dagang")


@pytest.fixture
def official(office: int) -> Actor:
    return factories.official(office).actor


def test_slugs_are_made_from_the_question_are_unique_and_stay(office: int, official: Actor) -> None:
    first, second = begin(official, office), begin(official, office)
    begin(official, office, title="New new")
    begin(official, office, title="Нова вода")
    slugs = [it.slug for it in all_rows(Consultation)]
    assert slugs == ["di-mana-pasar-baru-dibangun", "di-mana-pasar-baru-dibangun-2", "new-new", "konsultasi"]
    db.write_now(actions.edit, official, first, form(office, title="Kapan pasar baru dibangun?"), clock.now())
    assert {it.id: it.slug for it in all_rows(Consultation)}[first] == slugs[0]
    assert second != first


def test_a_draft_keeps_what_was_said_of_it(office: int, official: Actor) -> None:
    factories.area("33.05", "Kabupaten Kebumen", 2)
    air, pasar = factories.topic("air", "Air"), factories.topic("pasar", "Pasar")
    number = begin(official, office, area="kebumen", topics=["pasar", "air"], voting="limited", vote_limit="3")
    draft = all_rows(Consultation)[0]
    assert (draft.voting, draft.vote_limit, draft.open_counts, draft.created_by) == (
        "limited", 3, False, official.account,
    )  # fmt: skip
    assert {it.topic_id for it in all_rows(ConsultationTopic)} == {air, pasar}
    again = form(office, topics=["air", "tidak-ada"], voting="three", vote_limit="3", open_counts="yes")
    db.write_now(actions.edit, official, number, again, clock.now())
    draft = all_rows(Consultation)[0]
    assert (draft.voting, draft.vote_limit, draft.open_counts, draft.area_id) == ("three", None, True, None)
    assert {it.topic_id for it in all_rows(ConsultationTopic)} == {air}
    with db.reading() as session:
        typed = queries.typed_texts(session, number)
    assert (typed["voting"], typed["topics"], typed["office"], typed["area"]) == ("three", ["air"], office, "")


def test_only_officials_of_an_open_office_begin_one(office: int, official: Actor) -> None:
    other = factories.office("Dinas Lain", closed_at=clock.now())
    closed = factories.official(other).actor
    for actor, number in ((official, other), (closed, other), (official, 999)):
        with pytest.raises(Conflict, match="office"):
            begin(actor, number)
    for actor in (Actor(), factories.person().actor, factories.person(roles=("administrator",)).actor):
        with pytest.raises(Denied):
            begin(actor, office)
    assert all_rows(Consultation) == []
    assert begin(OPERATOR, office)


def others(office: int) -> list[Actor]:
    """Everybody who is not of the office."""
    return [
        Actor(),
        factories.person().actor,
        factories.official(factories.office()).actor,
        factories.person(roles=("administrator", "moderator", "facilitator")).actor,
    ]


ACTS: dict[str, Callable[[Actor, int, int], Any]] = {
    "edit": lambda actor, number, office: db.write_now(actions.edit, actor, number, form(office), clock.now()),
    "phases": lambda actor, number, office: set_phases(actor, number, row("voting", HOUR, DAY)),
    "open": lambda actor, number, office: open_it(actor, number),
    "remove": lambda actor, number, office: db.write_now(actions.remove, actor, number, clock.now()),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_draft_does_not_exist_for_others(office: int, official: Actor, act: str) -> None:
    number = ready(official, office)
    for actor in others(office):
        with pytest.raises(Missing):
            ACTS[act](actor, number, office)
    with pytest.raises(Missing):
        ACTS[act](official, 999, office)
    assert all_rows(Consultation)[0].opened_at is None


@pytest.mark.parametrize("act", ACTS)
def test_what_is_open_is_not_a_draft_any_more(office: int, official: Actor, act: str) -> None:
    number = ready(official, office)
    open_it(official, number)
    before = [it.model_dump() for it in all_rows(Consultation)], [it.model_dump() for it in all_rows(ConsultationPhase)]
    with pytest.raises(Conflict, match="opened"):
        ACTS[act](official, number, office)
    after = [it.model_dump() for it in all_rows(Consultation)], [it.model_dump() for it in all_rows(ConsultationPhase)]
    assert before == after
    assert len(all_rows(Event)) == 1
    for actor in others(office):
        with pytest.raises(Denied):
            ACTS[act](actor, number, office)


def test_phases_are_replaced_as_a_whole_and_editing_while_voting_is_a_choice(office: int, official: Actor) -> None:
    number = begin(official, office)
    set_phases(official, number, row("proposals", HOUR, DAY), row("voting", HOUR, DAY, 2, edit=True))
    set_phases(official, number, row("voting", HOUR, DAY, 1), row("discussion", HOUR, DAY, 2, edit=True))
    assert {it.kind: it.acts for it in all_rows(ConsultationPhase)} == {
        "voting": "comment vote",
        "discussion": "comment",
    }


def test_opening_fixes_the_charter_and_records_its_fingerprint(office: int, official: Actor) -> None:
    factories.area("33.05", "Kabupaten Kebumen", 2)
    factories.topic("pasar", "Pasar")
    number = ready(official, office, area="33.05", topics=["pasar"], voting="limited", vote_limit="5")
    open_it(official, number)
    it = all_rows(Consultation)[0]
    with db.reading() as session:
        charter = queries.charter(session, number)
    assert it.frozen == canonical(charter).decode()
    assert it.frozen_hash == digest(charter)
    assert charter["rule"] == {"v": 1, "engine": "count/1", "voting": "limited", "limit": 5, "counts": "sealed"}
    assert charter["question"] == TEXTS
    assert (charter["office"], charter["area"], charter["topics"]) == ("dagang", "33.05", ["pasar"])
    assert [phase["acts"] for phase in charter["phases"]] == [
        ["comment", "edit", "propose"],
        ["comment", "edit", "vote"],
    ]
    body = canonical(
        {
            "v": 1,
            "t": "open",
            "c": str(number),
            "charter": it.frozen_hash,
            "rule": digest(charter["rule"]),
            "elig": "email",
        }
    )
    assert [event.body for event in all_rows(Event)] == [body.decode()]
    assert all_rows(ConsultationChange) == []


def test_no_phase_begins_before_the_opening(office: int, official: Actor) -> None:
    number = begin(official, office)
    give_charter(official, number)
    set_phases(official, number, row("proposals", -2000 * DAY, DAY), row("voting", DAY, 2 * DAY, 2))
    with db.reading() as session:
        draft = queries.by_id(session, number)
        assert [phase.kind for phase in draft.late_phases] == ["proposals"]
        assert queries.as_opened(draft).phases[0].opens > draft.phases[0].opens
    open_it(official, number)
    it, first, second = all_rows(Consultation)[0], *all_rows(ConsultationPhase)
    assert first.opens_at == it.opened_at.replace(second=0, microsecond=0) and second.opens_at > it.opened_at
    with db.reading() as session:
        opened = queries.by_id(session, number)
        charter = queries.charter(session, number)
    assert it.frozen_hash == digest(charter) and opened.late_phases == ()
    assert charter["phases"][0]["opens"].startswith(it.opened_at.replace(tzinfo=None).isoformat()[:16])
    assert db.write_now(closing.require_received, opened, "propose", it.opened_at).kind == "proposals"
    with pytest.raises(Conflict, match="not-received-in-time"):
        db.write_now(closing.require_received, opened, "propose", it.opened_at - HOUR)


def test_each_consultation_has_a_secret_of_its_own(office: int, official: Actor) -> None:
    for _ in range(2):
        open_it(official, ready(official, office))
    salts = {it.salt for it in all_rows(ConsultationSalt)}
    assert len(salts) == 2 and all(len(salt) == 32 for salt in salts)


@pytest.mark.parametrize("field", ["summary", "background"])
def test_a_text_that_is_missing_keeps_it_from_opening(office: int, official: Actor, field: str) -> None:
    number = ready(official, office, **{field: ""})
    with pytest.raises(Conflict, match="incomplete"):
        open_it(official, number)
    assert all_rows(ConsultationSalt) == [] and all_rows(Event) == []


def test_phases_in_which_nobody_can_act_keep_it_from_opening(office: int, official: Actor) -> None:
    number = begin(official, office)
    give_charter(official, number)
    for rows in (
        (),
        (row("information", HOUR, DAY),),
        (row("proposals", -2 * DAY, -DAY),),
        (row("proposals", -2 * DAY, -DAY), row("voting", HOUR, DAY, 2)),
    ):
        set_phases(official, number, *rows)
        with pytest.raises(Conflict, match="incomplete"):
            open_it(official, number)
        with db.reading() as session:
            lacking = queries.lacking(session, queries.by_id(session, number))
        assert not all(condition.met for condition in lacking)
    set_phases(official, number, row("proposals", HOUR, DAY))
    open_it(official, number)
    with db.reading() as session:
        assert queries.by_id(session, number).state == "upcoming"


def test_limited_supports_need_their_number(office: int, official: Actor) -> None:
    number = ready(official, office, voting="limited")
    with pytest.raises(Conflict, match="incomplete"):
        open_it(official, number)


def test_a_draft_can_be_thrown_away_with_all_that_hangs_on_it(office: int, official: Actor) -> None:
    factories.topic("air", "Air")
    keep, lose = ready(official, office, topics=["air"]), ready(official, office, topics=["air"])
    db.write_now(actions.remove, official, lose, clock.now())
    assert [it.id for it in all_rows(Consultation)] == [keep]
    assert {it.consultation_id for it in all_rows(ConsultationPhase)} == {keep}
    assert {it.consultation_id for it in all_rows(ConsultationTopic)} == {keep}


def test_opening_at_the_same_time_opens_once(office: int, official: Actor) -> None:
    number = ready(official, office)
    answers = [db.submit(actions.open, official, number, clock.now()) for _ in range(5)]
    failures = [answer.exception() for answer in answers]
    assert sum(failure is None for failure in failures) == 1
    assert all(isinstance(failure, Conflict) for failure in failures if failure)
    assert len(all_rows(Event)) == len(all_rows(ConsultationSalt)) == 1
