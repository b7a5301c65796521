"""After opening everything that changes changes in public, with a reason, and the rule not at all."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.consultations import actions, queries
from app.consultations.actions import closing
from app.consultations.forms import PhaseRow, TextsForm
from app.consultations.models import Consultation, ConsultationChange, ConsultationPhase
from app.core import clock, db
from app.core.access import Actor, Conflict, Denied, Missing
from app.core.i18n import say
from app.publiclog.models import Event
from app.rules.canonical import digest
from tests import factories
from tests.consultations.test_drafts import TEXTS, all_rows, filled, open_it, others, ready
from tests.factories import DAY, HOUR

WHY = "Jumlah keluarga keliru."


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas Perdagangan", slug="dagang")


@pytest.fixture
def official(office: int) -> Actor:
    return factories.official(office).actor


@pytest.fixture
def opened(office: int, official: Actor) -> int:
    number = ready(official, office, voting="three")
    open_it(official, number)
    return number


def texts(**changes: str) -> TextsForm:
    return TextsForm.model_validate(filled(TEXTS | changes))


def amend(actor: Actor, number: int, **changes: str) -> None:
    db.write_now(actions.amend, actor, number, texts(**changes), WHY, clock.now())


def known(number: int) -> queries.ConsultationView:
    with db.reading() as session:
        return queries.by_id(session, number)


def dates(number: int, moves: dict[int, tuple[timedelta, timedelta]] | None = None) -> tuple[PhaseRow, ...]:
    """All phases as rows of the form, some moved by so much."""
    rows = []
    for place, phase in enumerate(known(number).phases, 1):
        opens, closes = (moves or {}).get(place, (timedelta(), timedelta()))
        start = phase.opens.replace(second=0, microsecond=0) + opens
        end = phase.closes.replace(second=0, microsecond=0) + closes
        rows.append(PhaseRow(place, phase.kind, start, end, False))
    return tuple(rows)


def move(actor: Actor, number: int, moves: dict[int, tuple[timedelta, timedelta]] | None = None) -> None:
    db.write_now(actions.move_dates, actor, number, dates(number, moves), WHY, clock.now())


def close_early(actor: Actor, number: int, *kinds: str) -> None:
    """End the phases of these kinds, or all."""
    phases = [it.id for it in known(number).phases if not kinds or it.kind in kinds]
    db.write_now(actions.close_early, actor, number, phases, WHY, clock.now())


def charter_hash(number: int) -> str:
    with db.reading() as session:
        return digest(queries.charter(session, number))


def test_a_changed_text_shows_before_and_after_and_names_both_fingerprints(opened: int, official: Actor) -> None:
    before = charter_hash(opened)
    amend(official, opened, background="Ada tiga lahan.", title="Di mana pasar baru berdiri?")
    changes = {it.what: (it.before, it.after, it.reason, it.by) for it in all_rows(ConsultationChange)}
    assert changes == {
        "title": (TEXTS["title"], "Di mana pasar baru berdiri?", WHY, official.account),
        "background": ("Ada dua lahan.", "Ada tiga lahan.", WHY, official.account),
    }
    it = all_rows(Consultation)[0]
    assert it.title == "Di mana pasar baru berdiri?" and it.slug == "di-mana-pasar-baru-dibangun"
    assert it.frozen_hash == before and json.loads(it.frozen)["question"] == TEXTS
    event = json.loads(all_rows(Event)[-1].body)
    assert event == {
        "v": 1,
        "t": "amend",
        "c": str(opened),
        "n": 1,
        "old": before,
        "new": charter_hash(opened),
        "reason": digest({"reason": WHY}),
    }


def test_the_public_history_compares_word_by_word(opened: int, official: Actor) -> None:
    amend(official, opened, background="Ada tiga lahan.")
    with db.reading() as session:
        (found,) = queries.changes_of(session, opened, "id")
    (change,) = found.changes
    segments = [(it.kind, it.text.strip()) for paragraph in change.paragraphs for it in paragraph.segments]
    assert ("del", "dua") in segments and ("ins", "tiga") in segments
    assert found.reason == WHY


@pytest.mark.parametrize("field", ["summary", "background"])
def test_an_open_consultation_keeps_its_texts_whole(opened: int, official: Actor, field: str) -> None:
    with pytest.raises(Conflict, match="incomplete"):
        amend(official, opened, **{field: ""})
    assert all_rows(ConsultationChange) == []


def test_a_change_that_changes_nothing_is_none(opened: int, official: Actor) -> None:
    with pytest.raises(Conflict, match="unchanged"):
        amend(official, opened)
    with pytest.raises(Conflict, match="unchanged"):
        move(official, opened)
    assert len(all_rows(Event)) == 1


ACTS: dict[str, Callable[[Actor, int], Any]] = {
    "texts": lambda actor, number: amend(actor, number, title="Kapan pasar baru dibangun?"),
    "dates": lambda actor, number: move(actor, number, {2: (timedelta(), DAY)}),
    "close": lambda actor, number: close_early(actor, number),
    "cancel": lambda actor, number: db.write_now(actions.cancel, actor, number, WHY, clock.now()),
}


@pytest.mark.parametrize("act", ACTS)
def test_only_its_office_changes_it(office: int, official: Actor, opened: int, act: str) -> None:
    for actor in others(office):
        with pytest.raises(Denied):
            ACTS[act](actor, opened)
    assert all_rows(ConsultationChange) == []
    ACTS[act](official, opened)
    assert all_rows(ConsultationChange)


@pytest.mark.parametrize("act", ACTS)
def test_a_draft_has_no_public_changes(office: int, official: Actor, act: str) -> None:
    number = ready(official, office)
    with pytest.raises(Conflict, match="draft"):
        ACTS[act](official, number)
    for actor in others(office):
        with pytest.raises(Missing):
            ACTS[act](actor, number)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("end", ["cancelled", "decided"])
def test_what_is_over_for_good_does_not_change(opened: int, official: Actor, act: str, end: str) -> None:
    def finish(session: Any) -> None:
        setattr(session.get(Consultation, opened), f"{end}_at", clock.now())

    db.write_now(finish)
    with pytest.raises(Conflict, match=end):
        ACTS[act](official, opened)
    assert all_rows(ConsultationChange) == []


@pytest.mark.parametrize("act", ACTS)
def test_the_rule_survives_every_public_change(opened: int, official: Actor, act: str) -> None:
    with db.reading() as session:
        before = queries.charter(session, opened)["rule"]
    ACTS[act](official, opened)
    with db.reading() as session:
        assert queries.charter(session, opened)["rule"] == before
    phases = all_rows(ConsultationPhase)
    assert [it.acts for it in phases] == ["comment edit propose", "comment edit vote"]


def test_dates_move_with_before_and_after(opened: int, official: Actor) -> None:
    voting = known(opened).phases[1]
    move(official, opened, {1: (timedelta(), DAY), 2: (DAY, 2 * DAY)})
    moved = known(opened).phases
    assert moved[1].opens == voting.opens.replace(second=0, microsecond=0) + DAY
    changes = [json.loads(it.after) for it in all_rows(ConsultationChange)]
    assert {it["kind"] for it in changes} == {"proposals", "voting"}
    assert datetime.fromisoformat(changes[1]["closes"]) == moved[1].closes
    with db.reading() as session:
        (found,) = queries.changes_of(session, opened, "id")
    assert [change.label for change in found.changes] == ["Usulan", "Pemungutan suara"]
    assert all(change.before != change.after for change in found.changes)


def test_moving_one_date_leaves_the_seconds_of_others_alone(opened: int, official: Actor) -> None:
    first = known(opened).phases[0]
    move(official, opened, {2: (timedelta(), DAY)})
    assert known(opened).phases[0] == first


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        ({1: (-DAY, timedelta())}, "begun"),
        ({1: (2 * HOUR, timedelta())}, "begun"),
        ({1: (timedelta(), -2 * DAY)}, "past"),
        ({2: (-2 * DAY, timedelta())}, "past"),
        ({2: (timedelta(), -5 * DAY)}, "past"),
    ],
)
def test_what_has_happened_is_not_moved(
    opened: int, official: Actor, moves: dict[int, tuple[timedelta, timedelta]], code: str
) -> None:
    with pytest.raises(Conflict, match=code):
        move(official, opened, moves)
    assert all_rows(ConsultationChange) == []


def test_dates_of_an_ended_phase_cannot_be_moved(opened: int, official: Actor) -> None:
    with time_machine.travel(clock.now() + DAY + HOUR, tick=True):
        with pytest.raises(Conflict, match="ended") as refused:
            move(official, opened, {1: (timedelta(), 3 * DAY)})
        told = say(refused.value.reason.text, refused.value.reason.values)
        assert "WIB" in told
        move(official, opened, {2: (timedelta(), DAY)})


def test_phases_are_neither_added_nor_turned_into_others(opened: int, official: Actor) -> None:
    now = clock.now()
    for strange in (
        PhaseRow(3, "voting", now + DAY, now + 2 * DAY, False),
        PhaseRow(1, "voting", now + DAY, now + 2 * DAY, False),
    ):
        with pytest.raises(Conflict, match="phases"):
            db.write_now(actions.move_dates, official, opened, (strange,), WHY, now)


def test_closing_early_ends_what_is_open_and_leaves_what_is_to_come(opened: int, official: Actor) -> None:
    voting = known(opened).phases[1]
    close_early(official, opened)
    proposals, after = known(opened).phases
    assert proposals.ended_at == proposals.closes
    assert after == voting
    assert [it.what for it in all_rows(ConsultationChange)] == ["closing"]
    assert not known(opened).open_to("propose")
    with pytest.raises(Conflict, match="nothing-open"):
        close_early(official, opened)
    with db.reading() as session:
        assert queries.steps(known(opened))[0].state == "past"
        assert queries.changes_of(session, opened, "id")[0].changes[0].label == "Ditutup lebih awal: Usulan"


def test_what_arrived_before_an_early_closing_still_counts(opened: int, official: Actor) -> None:
    arrived = clock.now()
    close_early(official, opened)

    def late(session: Any, at: datetime) -> str:
        return closing.require_open(session, queries.by_id(session, opened), "propose", at).kind

    assert db.write_now(late, arrived) == "proposals"
    with pytest.raises(Conflict, match="ended"):
        db.write_now(late, clock.now())


def test_a_cancelled_consultation_takes_nothing_and_says_why(opened: int, official: Actor) -> None:
    db.write_now(actions.cancel, official, opened, WHY, clock.now())
    view = known(opened)
    assert (view.state, view.cancel_reason) == ("cancelled", WHY)
    assert not view.open_to("propose")

    def propose(session: Any) -> None:
        closing.require_open(session, queries.by_id(session, opened), "propose", clock.now())

    with pytest.raises(Conflict, match="cancelled"):
        db.write_now(propose)
    assert json.loads(all_rows(Event)[-1].body)["t"] == "amend"
    with db.reading() as session:
        assert queries.charter(session, opened)["cancelled"]
        assert {step.state for step in queries.steps(view)} == {"cancelled"}
        assert {phase["state"] for phase in queries.facts(view)["phases"]} == {"cancelled"}


def test_only_the_chosen_phases_end_early(office: int, official: Actor) -> None:
    both = (factories.phase("proposals", -DAY, DAY), factories.phase("discussion", -DAY, DAY))
    number = factories.consultation(office, (*both, factories.phase("review", -DAY, 9 * DAY)))
    close_early(official, number, "discussion", "voting")
    assert {it.kind: it.ended_at is not None for it in known(number).phases} == {
        "proposals": False, "discussion": True, "review": False,
    }  # fmt: skip
    with pytest.raises(Conflict, match="nothing-open"):
        close_early(official, number, "discussion")
    assert known(number).open_to("propose")


@pytest.mark.parametrize("phases", [factories.OVER, (factories.phase("proposals", -3 * DAY, -DAY),)])
def test_what_has_closed_is_decided_and_not_cancelled(office: int, official: Actor, phases: Any) -> None:
    number = factories.consultation(office, phases)
    with pytest.raises(Conflict, match="closed") as refused:
        db.write_now(actions.cancel, official, number, WHY, clock.now())
    assert "WIB" in say(refused.value.reason.text, refused.value.reason.values)
    assert all_rows(ConsultationChange) == []


def test_a_phase_that_ended_before_stays_past_when_the_rest_is_cancelled(office: int, official: Actor) -> None:
    phases = (factories.phase("proposals", -3 * DAY, -DAY), factories.phase("voting", -DAY, DAY))
    number = factories.consultation(office, phases)
    db.write_now(actions.cancel, official, number, WHY, clock.now())
    with time_machine.travel(clock.now() + 3 * DAY):
        assert [step.state for step in queries.steps(known(number))] == ["past", "cancelled"]
