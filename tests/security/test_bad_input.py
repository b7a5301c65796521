"""Bad input: each kind of it has a test that goes red when the bug is put in. Where it stands:

pressed twice
    tests/votes/test_actions.py::test_ten_presses_give_one_ballot
    tests/proposals/test_routes.py::test_sending_the_same_twice_leads_to_the_first
    tests/comments/test_routes.py::test_pressing_twice_leads_to_the_first
    tests/core/test_storm.py::test_one_person_pressing_at_once_on_many_devices_has_one_vote
    tests/security/test_bad_input.py::test_two_presses_at_the_same_moment_make_one
two browsers editing the same
    tests/proposals/test_routes.py::test_two_windows_do_not_overwrite_each_others_draft
    tests/security/test_bad_input.py::test_the_second_to_change_a_proposal_is_told_and_loses_nothing
vote at the deadline
    tests/votes/test_actions.py::test_what_arrived_before_closing_counts_and_after_is_refused_with_the_date
    tests/security/test_bad_input.py::test_a_vote_counts_by_when_it_arrived
    tests/security/test_bad_input.py::test_a_vote_that_waited_for_the_writer_over_the_deadline_counts
forged or missing role
    tests/test_permissions.py::test_who_gets_in_is_what_the_table_says
    tests/security/test_bad_input.py::test_nobody_takes_a_role_by_sending_one
another person's draft by address
    tests/proposals/test_routes.py::test_a_draft_is_kept_and_only_for_its_author
    tests/consultations/test_routes_desk.py::test_a_draft_is_not_there_for_anybody_else
    tests/responses/test_actions.py::test_a_draft_is_nobodys_business
HTML, script, SVG and zip bombs, polyglots, names and empty files as upload
    tests/core/test_files.py::test_a_picture_that_unpacks_into_too_much_is_refused_unopened
    tests/core/test_files.py::test_a_second_format_behind_a_picture_is_left_behind
    tests/core/test_files.py::test_a_name_is_one_harmless_line
    tests/security/test_bad_input_bodies.py::test_a_hostile_upload_is_refused_or_made_harmless
    tests/security/test_bad_input_bodies.py::test_a_small_file_that_unpacks_into_a_huge_picture_costs_no_memory
100,000 characters, emoji, right-to-left and zero-width text, NUL, lone surrogates, huge numbers
    tests/security/test_bad_input_fields.py::test_no_field_of_a_form_brings_the_server_down
    tests/security/test_bad_input_fields.py::test_no_parameter_of_a_page_brings_the_server_down
    tests/security/test_bad_input_fields.py::test_no_part_of_a_path_brings_the_server_down
    tests/test_forms_named.py::test_a_form_names_the_fields_that_are_too_long
    tests/core/test_forms.py::test_invisible_controls_go
    tests/security/test_bad_input.py::test_a_text_that_shows_nothing_counts_as_empty
    tests/security/test_bad_input.py::test_text_that_turns_round_stays_within_itself
a title of spaces
    tests/security/test_bad_input.py::test_a_text_that_shows_nothing_counts_as_empty
a cursor, code or id that was tampered with
    tests/core/test_paging.py::test_a_cursor_of_another_installation_or_changed_by_one_character_is_not_believed
    tests/core/test_addresses.py::test_what_cannot_be_meant_is_refused_before_a_database_is_asked
    tests/security/test_bad_input.py::test_no_other_code_leads_to_a_contribution
unknown form fields
    tests/security/test_bad_input.py::test_fields_a_form_does_not_name_change_nothing
next= to another site
    tests/accounts/test_signing_in.py::test_next_leads_only_to_our_own_pages
a Host header that is not ours
    tests/core/test_edge.py::test_a_foreign_host_gets_no_page
    tests/core/test_edge.py::test_hosts
CSRF from another site
    tests/core/test_csrf.py::test_with_a_session
    tests/security/test_bad_input_bodies.py::test_no_route_takes_a_form_from_another_site
invalid UTF-8, repeated fields, wrong type, deep nesting, thousands of fields, oversized bodies
    tests/core/test_edge.py::test_too_much_is_refused
    tests/core/test_edge.py::test_too_many_fields_are_refused
    tests/security/test_bad_input_bodies.py::test_no_body_brings_a_route_down
    tests/core/test_markdown.py::test_a_hostile_text_runs_and_loads_nothing
expired session in the middle
    tests/accounts/test_held.py::test_the_text_is_found_after_signing_in_and_sent
    tests/security/test_bad_input.py::test_a_session_that_ends_while_writing_loses_no_word
very many votes at once, kills, a full disk
    tests/security/test_storm.py::test_two_hundred_people_voting_through_the_whole_application_are_all_counted
    tests/security/test_storm.py::test_two_servers_storing_votes_on_the_same_proposals_never_deadlock_in_sight
    tests/security/test_storm.py::test_a_disk_that_fills_up_in_a_vote_storm_acknowledges_nothing_that_is_not_stored
    tests/core/test_storm.py::test_killing_the_server_loses_no_acknowledged_vote
    tests/core/test_lending.py::test_more_requests_than_connections_are_all_answered_at_once
"""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import delete, func, select, update

from app import permissions
from app.accounts.models import Account, RoleGrant, SignIn
from app.core import access, clock, codes, db
from app.core.columns import table
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.votes import actions
from app.votes.models import Choice, Vote
from tests import factories
from tests.factories import DAY, HOUR, phase
from tests.page import Browser
from tests.writing import held

ROOT = Path(__file__).parents[2]
BODY = "Pipa di dusun atas bocor sejak musim hujan."


def count(model: type) -> int:
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(table(model))).scalar_one())


@pytest.fixture
def consultation(browser: Browser) -> int:
    return factories.consultation(factories.office(), slug="air")


def test_this_list_names_tests_that_are_there() -> None:
    named = re.findall(r"^    (tests/\S+)::(\w+)$", __doc__ or "", re.MULTILINE)
    assert len(named) > 40
    assert [f"{path}::{name}" for path, name in named if f"def {name}(" not in (ROOT / path).read_text("utf-8")] == []


# -- twice, and two at once ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "fields", "model"),
    [
        ("/consultations/air/proposals", {"title": "Ganti pipa", "body": BODY, "act": "send"}, Proposal),
        ("/proposals/{code}/vote", {"choice": "support"}, Vote),
    ],
)
def test_two_presses_at_the_same_moment_make_one(
    browser: Browser, consultation: int, path: str, fields: dict[str, str], model: type
) -> None:
    code = factories.code(factories.proposal(consultation))
    before = count(model)
    person = factories.person()
    devices = [browser.as_(person) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda device: device.client.post(path.format(code=code), data=fields), devices))
    assert {answer.status_code for answer in answers} == {200}
    assert count(model) == before + 1


def test_the_second_to_change_a_proposal_is_told_and_loses_nothing(browser: Browser, consultation: int) -> None:
    author = factories.person()
    url = f"/proposals/{factories.code(factories.proposal(consultation, author))}"
    one, two = browser.as_(author), browser.as_(author)
    first, second = one.get(f"{url}/edit"), two.get(f"{url}/edit")
    assert one.submit(first, f"{url}/edit", title="Dari jendela satu").status == 200
    told = two.submit(second, f"{url}/edit", title="Dari jendela dua", body="Isi yang ditulis di jendela dua.")
    assert told.status == 409 and "jendela lain" in told.errors[0]
    kept = told.form(f"{url}/edit")
    assert (kept["title"], kept["body"]) == ("Dari jendela dua", "Isi yang ditulis di jendela dua.")
    assert browser.get(url).h1 == "Dari jendela satu"
    again = two.submit(told, f"{url}/edit")
    assert again.status == 409, "sending it once more does not overwrite the other text either"


# -- the deadline ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before_end", "status"),
    [(timedelta(microseconds=1), 200), (timedelta(), 409), (timedelta(microseconds=-1), 409)],
)
def test_a_vote_counts_by_when_it_arrived(browser: Browser, before_end: timedelta, status: int) -> None:
    consultation = factories.consultation(factories.office(), (phase("voting", -DAY, HOUR),))
    number = factories.proposal(consultation)
    with db.reading() as session:
        closes = proposals.by_id(session, number).consultation.phases[0].closes
    voter = browser.as_(factories.person())
    with time_machine.travel(closes - before_end, tick=False):
        assert voter.post(f"/proposals/{factories.code(number)}/vote", {"choice": "support"}).status == status
    assert count(Vote) == (1 if status == 200 else 0)


def test_a_vote_that_waited_for_the_writer_over_the_deadline_counts(database: str) -> None:
    access.fill(permissions.TABLE)
    number = factories.proposal(factories.consultation(factories.office(), (phase("voting", -DAY, HOUR),)))
    in_time, late = factories.person().actor, factories.person().actor
    with db.reading() as session:
        closes = proposals.by_id(session, number).consultation.phases[0].closes
    with time_machine.travel(closes - timedelta(seconds=1), tick=False) as now:
        with held():
            counted = db.submit(actions.cast, in_time, number, Choice.SUPPORT, clock.now())
            now.move_to(closes + timedelta(seconds=5))
            refused = db.submit(actions.cast, late, number, Choice.SUPPORT, clock.now())
        assert counted.result(20).mine == "support"
        assert isinstance(refused.exception(20), access.Conflict)
    assert count(Vote) == 1


# -- who somebody is -------------------------------------------------------------------------------


def test_nobody_takes_a_role_by_sending_one(browser: Browser, consultation: int) -> None:
    citizen = factories.person()
    forged = {"role": "administrator", "roles": "administrator", "office": "1", "account": "1", "confirmed_at": "now"}
    visitor = browser.as_(citizen)
    visitor.client.cookies.set("role", "administrator")
    visitor.post("/me", {"name": "Warga Baru", "lang": "id"} | forged, X_Role="administrator")
    visitor.post(f"/admin/people/{citizen.account}/roles", {"role": "administrator", "certain": "yes"})
    visitor.post("/consultations/air/proposals", {"title": "Ganti pipa", "body": BODY, "act": "send"} | forged)
    stranger = browser.as_()
    stranger.post(
        "/sign-up",
        {"name": "Orang Lain", "email": "lain@contoh.id", "password": "kata sandi panjang", "consent": "yes"} | forged,
    )
    assert count(RoleGrant) == 0
    a = table(Account).c
    with db.reading() as session:
        made = session.execute(select(a.confirmed_at).where(a.email == "lain@contoh.id")).one()
    assert made.confirmed_at is None
    assert visitor.get("/admin").status == 403


def test_fields_a_form_does_not_name_change_nothing(browser: Browser, consultation: int) -> None:
    """A proposal has the author, the date, the code and the counts the server gives it, whatever is sent along."""
    author, other = factories.person(), factories.person()
    sent = {
        "title": "Ganti pipa", "body": BODY, "act": "send", "id": "77", "code": "AAAA-AAAAA", "version": "9",
        "participant_id": str(other.participant), "author": other.name, "received_at": "2020-01-01", "lang": "xx",
        "supports": "1000", "status": "adopted", "visibility": "hidden", "channel": "paper", "shuffle": "0",
        "withdrawn_at": "2020-01-01", "imported_supports": "50", "consultation_id": "99",
    }  # fmt: skip
    page = browser.as_(author).post("/consultations/air/proposals", sent)
    assert page.status == 200
    facts = browser.client.get(f"{page.url}.json").json()
    assert facts["code"] != "AAAA-AAAAA" and facts["consultation"] == "air" and facts["lang"] == "id"
    assert (facts["visibility"], facts["channel"], facts["version"], facts["withdrawn"]) == ("public", "web", 1, None)
    assert (facts["imported_supports"], facts["answers"], facts["received"][:4]) == (None, [], f"{clock.now():%Y}")
    assert author.name in page.text and other.name not in page.text


def test_no_other_code_leads_to_a_contribution(browser: Browser, consultation: int) -> None:
    """One wrong character is never another contribution."""
    code = factories.code(factories.proposal(consultation))
    for position, right in enumerate(code):
        for wrong in set("0A7Z") - {right, "-"}:
            changed = code[:position] + wrong + code[position + 1 :]
            assert codes.read_code(changed) is None or right == "-", changed
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    for path in (f"/proposals/{wrong}", f"/contributions/{wrong}", f"/proposals/{wrong}.json"):
        assert browser.client.get(path).status_code == 404
    assert browser.as_(factories.person()).post(f"/proposals/{wrong}/vote", {"choice": "support"}).status == 404


def test_a_session_that_ends_while_writing_loses_no_word(browser: Browser, consultation: int) -> None:
    for end in (delete(table(SignIn)), update(table(SignIn)).values(expires_at=clock.now() - HOUR)):
        writer = browser.as_(factories.person())
        page = writer.get("/consultations/air/proposals/new")
        db.write_now(lambda session, end=end: session.execute(end) and None)
        told = writer.submit(page, "/consultations/air/proposals", title="Ganti pipa", body=BODY, act="send")
        assert told.status == 401 and BODY in told.html
        assert writer.post(f"/proposals/{'0' * 9}/vote", {"choice": "support"}).status in (401, 404)
    assert count(Proposal) == 0


# -- texts that are no texts -----------------------------------------------------------------------

NOTHING = (
    "     ",
    "\u00a0\u2003\u3000",
    "\u200b\u200d\u2060\ufeff",
    "\u3164\u3164\u3164\u3164\u3164",
    "\u200d" * 30,
    "\n\t\n",
)


@pytest.mark.parametrize("nothing", [*NOTHING, "🙂🙂🙂🙂🙂🙂", "-----------------------", "a" + "\u200d" * 30])
def test_a_text_that_shows_nothing_counts_as_empty(browser: Browser, consultation: int, nothing: str) -> None:
    code = factories.code(factories.proposal(consultation))
    factories.add(_discussion(consultation))
    citizen = browser.as_(factories.person())
    title = citizen.post("/consultations/air/proposals", {"title": nothing, "body": BODY, "act": "send"})
    body = citizen.post("/consultations/air/proposals", {"title": "Ganti pipa", "body": nothing, "act": "send"})
    comment = citizen.post(f"/proposals/{code}/comments", {"body": nothing})
    name = citizen.post("/me", {"name": nothing, "lang": "id"})
    assert [page.status for page in (title, body, comment, name)] == [422] * 4
    assert count(Proposal) == 1


def _discussion(consultation: int) -> object:
    from app.consultations.models import ConsultationPhase

    now = clock.now()
    return ConsultationPhase(
        consultation_id=consultation, kind="discussion", acts="comment", opens_at=now - DAY, closes_at=now + DAY
    )


def test_text_that_turns_round_stays_within_itself(browser: Browser, consultation: int) -> None:
    """Marks that turn text round are taken out, and each name and text finds its own direction."""
    writer = browser.as_(factories.person("Warga"))
    writer.post("/me", {"name": "Budi \u202egnaroes", "lang": "id"})
    sent = {
        "title": "\u2067اقتراح\u2069 pipa \u202eabc",
        "body": "نص عربي طويل بما يكفي \u202eterbalik.",
        "act": "send",
    }
    page = writer.post("/consultations/air/proposals", sent)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.html)
    assert page.all("h1", dir="auto")[0].text == "اقتراح pipa abc"
    assert "Budi gnaroes" in [element.text for element in page.all("bdi")]
    assert [e for e in page.all("div", dir="auto") if "نص عربي" in "".join(e.itertext())]
    listed = browser.get("/consultations/air/proposals?sort=newest")
    assert [e for e in listed.all("a", dir="auto") if "اقتراح" in "".join(e.itertext())]
