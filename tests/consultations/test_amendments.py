"""The first contribution locks the charter; then it changes only in public, and everyone who took part hears."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.consultations import actions, queries
from app.consultations.forms import typed_charter
from app.consultations.models import Amendment, Charter, Consultation
from app.core import clock, db
from app.core.access import Actor, Conflict, Denied
from app.facilitation import actions as facilitation
from app.facilitation.forms import EnteredProposal
from app.publiclog.models import Event
from app.rules.canonical import canonical, digest
from app.votes import actions as votes
from app.votes.models import Choice
from tests import factories
from tests.consultations.test_drafts import all_rows, open_it, ready
from tests.factories import BOTH, CHARTER, DAY, HOUR, phase
from tests.page import Browser

WHY = "Anggaran berubah setelah rapat dewan."
CHOOSING = {
    "engine": "approval/1", "quorum": None, "participation": None, "threshold": None, "most": 1, "ties": "all",
}  # fmt: skip
LATER = {**CHARTER, "late": "Yang terlambat dijawab sebagai surat biasa."}
NOW = datetime(2026, 5, 4, 3, 17, tzinfo=UTC)


@pytest.fixture
def clock_at() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(database: str, clock_at: time_machine.Traveller) -> int:
    return factories.office("Dinas Air", slug="dinas-air")


def set_charter(actor: Actor, number: int, content: dict[str, Any]) -> None:
    db.write_now(actions.set_charter, actor, number, content, clock.now())


def amend(actor: Actor, number: int, content: dict[str, Any]) -> int:
    return db.write_now(actions.amend_charter, actor, number, content, WHY, clock.now(), "https://rembuk.example")


def view(number: int) -> queries.ConsultationView:
    with db.reading() as session:
        return queries.by_id(session, number)


def test_until_the_first_contribution_an_opened_charter_is_corrected_and_the_record_tells(
    office: int, official: factories.Person
) -> None:
    number = ready(official.actor, office)
    open_it(official.actor, number)
    before = all_rows(Consultation)[0].frozen_hash
    set_charter(official.actor, number, LATER)
    after = all_rows(Consultation)[0]
    with db.reading() as session:
        charter = queries.charter(session, number)
    assert charter["charter"] == LATER and after.frozen_hash == digest(charter) != before
    told = json.loads(all_rows(Event)[-1].body)
    assert (told["t"], told["old"], told["new"]) == ("charter", before, after.frozen_hash)
    with pytest.raises(Conflict, match="incomplete"):
        set_charter(official.actor, number, {**CHARTER, "late": ""})
    with pytest.raises(Conflict, match="contradiction"):
        set_charter(official.actor, number, {**CHARTER, "influence": "inform"})


def test_the_first_contribution_locks_it_and_the_lock_is_the_ledger_s(
    consultation: int, official: factories.Person
) -> None:
    set_charter(official.actor, consultation, LATER)
    factories.proposal(consultation)
    with pytest.raises(Conflict, match="locked"):
        set_charter(official.actor, consultation, CHARTER)
    assert all_rows(Charter)[0].content == canonical(LATER).decode()
    with db.reading() as session:
        assert queries.locked_since(session, consultation) == NOW


def test_what_came_on_paper_locks_it_from_its_entry_on(
    consultation: int, official: factories.Person, clock_at: time_machine.Traveller
) -> None:
    """Received before the charter was corrected, entered after it: until the entry there was no lock."""
    set_charter(official.actor, consultation, LATER)
    clock_at.move_to(NOW + HOUR)
    form = EnteredProposal(
        title="Perbaiki pipa di dusun atas", body="Pipa bocor di tiga tempat.", channel="paper", received_at=NOW - HOUR
    )
    entered = (consultation, form, clock.now())
    db.write_now(facilitation.enter_proposal, factories.person(roles=["facilitator"]).actor, *entered)
    with db.reading() as session:
        assert queries.locked_since(session, consultation) == NOW + HOUR
    with pytest.raises(Conflict, match="locked"):
        set_charter(official.actor, consultation, CHARTER)


def test_the_charter_of_an_open_consultation_leads_to_no_page_of_its_draft(
    browser: Browser, consultation: int, official: factories.Person
) -> None:
    desk = browser.as_(official)
    factories.proposal(consultation)
    with time_machine.travel(clock.now() + timedelta(days=400)):
        page = browser.as_(official).get("/desk/consultations/air/charter")
    assert page.url == "/desk/consultations/air/amendment"
    assert not [way for way in page.links() if way.endswith("/phases")]
    ways = {way.partition("#")[0] for way in page.links() if way.startswith("/desk/consultations/air")}
    assert [desk.get(way).status for way in sorted(ways)] == [200] * len(ways)


def test_every_other_door_is_shut(browser: Browser, consultation: int, official: factories.Person) -> None:
    desk = browser.as_(official)
    stale = desk.get("/desk/consultations/air/charter").form("/desk/consultations/air/charter")
    factories.proposal(consultation)
    refused = desk.post("/desk/consultations/air/charter", stale | {"late": "Lain sekali."})
    assert refused.status == 409 and "Masukan pertama diterima pada 4 Mei 2026, 10.17 WIB" in refused.text
    assert refused.form("/desk/consultations/air/amendment")["late"] == "Lain sekali.", "it can go on as an amendment"
    assert desk.get("/desk/consultations/air/charter").url == "/desk/consultations/air/amendment"
    draft = {"title": "Pertanyaan lain sama sekali?", "summary": "Lain.", "background": "Lain.", "voting": "support"}
    assert desk.post("/desk/consultations/air", draft).status == 409
    rows = {"kind_1": "voting", "opens_1": "2026-06-01T08:00", "closes_1": "2026-06-09T08:00"}
    assert desk.post("/desk/consultations/air/phases", rows).status == 409
    assert [desk.post(f"/desk/consultations/air/{act}").status for act in ("opening", "removal")] == [409, 409]
    assert desk.post("/desk/consultations/air/texts", draft).status == 422, "without a reason"
    assert desk.post("/desk/consultations/air/dates", rows).status == 422, "without a reason"
    without = typed_charter(LATER)
    page = desk.post("/desk/consultations/air/amendment", without)
    assert page.status == 422 and 'href="#reason"' in page.html
    for person in (None, factories.person(), factories.official(factories.office())):
        assert browser.as_(person).post("/desk/consultations/air/amendment", without | {"reason": WHY}).status in (
            401, 403,
        )  # fmt: skip
    assert all_rows(Charter)[0].content == canonical(CHARTER).decode() and all_rows(Amendment) == []


def test_an_amendment_is_numbered_dated_public_and_recomputable(
    browser: Browser, consultation: int, official: factories.Person
) -> None:
    factories.proposal(consultation)
    with db.reading() as session:
        before = digest(queries.charter(session, consultation))
    desk = browser.as_(official)
    form = typed_charter(LATER) | {"reason": WHY}
    at = "/desk/consultations/air/amendment"
    shown = desk.submit(desk.post(at, form), at)
    assert shown.url == "/consultations/air/charter/amendments/1"
    (row,) = all_rows(Amendment)
    assert (row.number, row.at, row.reason, row.before_hash) == (1, NOW, WHY, before)
    assert digest(json.loads(row.content)) == row.after_hash and not row.asks_voters
    told = json.loads(all_rows(Event)[-1].body)
    assert (told["t"], told["n"], told["old"], told["new"]) == ("amend", 1, before, row.after_hash)
    page = browser.get(shown.url)
    assert [e.text for e in page.all("ins")] and [e.text for e in page.all("del")]
    for text in (WHY, "Perubahan piagam nomor 1", "4 Mei 2026, 10.17 WIB", "Bagaimana masukan yang terlambat"):
        assert text in page.text, text
    assert "Amendment 1 of the charter" in browser.as_(lang="en").get(shown.url).text
    facts = browser.get(shown.url + ".json").response.json()
    assert digest(facts["charter"]) == facts["after_hash"] and facts["before_hash"] == before
    assert "charter/amendments/1" in browser.get("/consultations/air/changes").html
    assert "1 perubahan piagam sejak dibuka" in browser.get("/consultations/air/charter").text
    assert browser.get("/consultations/air/charter/amendments/2").status == 404


def test_from_opening_on_every_state_of_the_charter_can_be_recomputed(
    browser: Browser, office: int, official: factories.Person
) -> None:
    number = ready(official.actor, office)
    open_it(official.actor, number)
    set_charter(official.actor, number, LATER)
    states = [all_rows(Consultation)[0].frozen_hash]
    for content in (CHARTER, {**LATER, "paper": "Di kantor desa."}):
        amend(official.actor, number, content)
        facts = browser.get(f"{view(number).url}/charter/amendments/{len(states)}.json").response.json()
        assert digest(facts["charter_before"]) == facts["before_hash"] == states[-1]
        assert digest(facts["charter"]) == facts["after_hash"]
        states.append(facts["after_hash"])
    assert len(set(states)) == 3


def test_dates_texts_and_documents_are_amendments_too(consultation: int, official: factories.Person) -> None:
    amend(official.actor, consultation, LATER)
    phases = [it.id for it in view(consultation).phases]
    db.write_now(actions.close_early, official.actor, consultation, phases[:1], WHY, clock.now())
    assert [it.number for it in all_rows(Amendment)] == [1, 2]
    with db.reading() as session:
        found = queries.changes_of(session, consultation, "id")
    assert [(it.number, [one.what for one in it.changes]) for it in found] == [
        (2, ["closing"]), (1, ["charter.late"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (CHARTER, "unchanged"),
        ({**CHARTER, "decider": ""}, "incomplete"),
        ({**CHARTER, "rule": {**CHOOSING, "ties": ""}}, "incomplete"),
        ({**CHARTER, "influence": "binding"}, "contradiction"),
    ],
)
def test_an_amendment_changes_something_and_leaves_the_charter_whole(
    consultation: int, official: factories.Person, content: dict[str, Any], code: str
) -> None:
    with pytest.raises(Conflict, match=code):
        amend(official.actor, consultation, content)
    assert all_rows(Amendment) == []


def test_figures_are_compared_in_words(consultation: int, official: factories.Person) -> None:
    due = {**CHARTER["due"], "proposal": {"days": 21, "basis": "working"}, "question": "none"}
    criteria = [{"name": "Biaya", "other": "", "weight": 100}]
    amend(official.actor, consultation, {**CHARTER, "due": due, "criteria": criteria, "influence": "co-decide"})
    with db.reading() as session:
        (found,) = queries.changes_of(session, consultation, "id")
    changes = {it.what: it for it in found.changes}
    assert "14 hari kerja" in changes["charter.due"].before and "21 hari kerja" in changes["charter.due"].after
    assert "tidak dijanjikan" in changes["charter.due"].after
    assert (changes["charter.criteria"].after, changes["charter.influence"].after) == (
        "Biaya (100)",
        "Memutuskan bersama",
    )
    assert all(it.paragraphs for it in changes.values())


def voted(consultation: int) -> tuple[factories.Person, int]:
    """A vote that was cast, and its proposal."""
    person, proposal = factories.person(), factories.proposal(consultation)
    db.write_now(votes.cast, person.actor, factories.code(proposal), Choice.SUPPORT, clock.now())
    return person, proposal


def test_a_changed_rule_is_shown_in_words_before_and_after(
    browser: Browser, consultation: int, official: factories.Person
) -> None:
    voted(consultation)
    number = amend(official.actor, consultation, {**CHARTER, "rule": CHOOSING})
    (row,) = all_rows(Amendment)
    assert row.asks_voters and row.applies_from == NOW.replace(hour=4, minute=0)
    for lang, sentences in (
        ("id", ("Paling banyak 1 usulan terpilih.", "Suara sebelum 4 Mei 2026, 11.00 WIB tetap disimpan")),
        ("en", ("At most 1 proposal is chosen.", "Votes cast before 4 May 2026, 11:00 WIB are kept")),
    ):
        page = browser.as_(lang=lang).get(f"/consultations/air/charter/amendments/{number}")
        assert [it for it in sentences if it not in page.text] == [] and len(page.all("del")) == 1
    rule = browser.get("/consultations/air/charter/rule.json").response.json()
    assert rule["engine"] == "approval/1" and rule["voting"] == "three"
    (after,) = (it.after_hash for it in all_rows(Amendment))
    page = browser.get("/consultations/air/charter")
    assert "Aturan ini berubah setelah pembukaan: Perubahan 1" in page.text and after[:16] in page.text
    assert "dengan perubahan sesudahnya. Piagam ini terkunci" in page.text
    assert "berlaku untuk suara yang diberikan atau ditegaskan mulai 4 Mei 2026, 11.00 WIB" in page.text


def test_before_an_amendment_the_rule_s_page_names_the_fingerprint_of_opening(
    browser: Browser, office: int, official: factories.Person
) -> None:
    number = ready(official.actor, office)
    open_it(official.actor, number)
    before, at = all_rows(Consultation)[0].frozen_hash, f"{view(number).url}/charter"
    page = browser.get(at).text
    assert page.count(before[:16]) == 2 and "berubah setelah pembukaan" not in page
    amend(official.actor, number, LATER)
    page = browser.get(at).text
    assert "berubah setelah pembukaan" not in page, "the rule is as it was"
    assert page.count(before[:16]) == 1 and page.count(all_rows(Amendment)[0].after_hash[:16]) == 2


@pytest.mark.parametrize(
    ("phases", "code"),
    [
        ((phase("voting", -DAY, 3 * DAY),), "no-time-to-confirm"),
        ((phase("voting", -3 * DAY, -DAY), phase("discussion", -DAY, 9 * DAY)), "votes-cast"),
    ],
)
def test_the_rule_does_not_change_when_votes_could_not_be_confirmed(
    office: int, official: factories.Person, phases: Any, code: str
) -> None:
    number = factories.consultation(office, phases, slug="jalan")
    with pytest.raises(Conflict, match=code):
        amend(official.actor, number, {**CHARTER, "rule": CHOOSING})
    assert amend(official.actor, number, LATER) == 1, "what does not touch votes may still be amended"


def test_two_changes_of_the_rule_wait_for_each_other(
    consultation: int, official: factories.Person, clock_at: time_machine.Traveller
) -> None:
    amend(official.actor, consultation, {**CHARTER, "rule": CHOOSING})
    with pytest.raises(Conflict, match="still-pending"):
        amend(official.actor, consultation, {**CHARTER, "rule": {**CHOOSING, "most": 2}})
    clock_at.move_to(NOW + HOUR)
    amend(official.actor, consultation, {**CHARTER, "rule": {**CHOOSING, "most": 2}})
    assert (view(consultation).rule_changes, view(consultation).rule_from) == (2, NOW.replace(hour=5, minute=0))


def test_voting_does_not_end_while_voters_are_being_asked(consultation: int, official: factories.Person) -> None:
    amend(official.actor, consultation, {**CHARTER, "rule": CHOOSING})
    proposing, voting = view(consultation).phases
    with pytest.raises(Conflict, match="confirming"):
        db.write_now(actions.close_early, official.actor, consultation, [voting.id], WHY, clock.now())
    rows = tuple(
        actions_row(place, it, it.closes - (8 * DAY if it is voting else timedelta()))
        for place, it in enumerate((proposing, voting), 1)
    )
    with pytest.raises(Conflict, match="confirming"):
        db.write_now(actions.move_dates, official.actor, consultation, rows, WHY, clock.now())
    db.write_now(actions.close_early, official.actor, consultation, [proposing.id], WHY, clock.now())


def actions_row(place: int, it: queries.KnownPhase, closes: datetime) -> Any:
    from app.consultations.forms import PhaseRow

    return PhaseRow(place, it.kind, it.opens, closes, False)


def test_what_was_taken_over_has_no_charter_to_amend(office: int, official: factories.Person) -> None:
    number = factories.consultation(office, BOTH, imported_from="Lain")
    with pytest.raises(Conflict, match="imported"):
        amend(official.actor, number, LATER)
    with pytest.raises(Conflict, match="imported"):
        set_charter(official.actor, number, LATER)
    with pytest.raises(Denied):
        amend(factories.person().actor, number, LATER)
