"""Bad input that concerns several features at once. Where each kind is tested stands in docs/security.md."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

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

BODY = "Pipa di dusun atas bocor sejak musim hujan."


def count(model: type) -> int:
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(table(model))).scalar_one())


@pytest.fixture
def consultation(browser: Browser) -> int:
    return factories.consultation(factories.office(), slug="air")


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
            counted = db.submit(actions.cast, in_time, factories.code(number), Choice.SUPPORT, clock.now())
            now.move_to(closes + timedelta(seconds=5))
            refused = db.submit(actions.cast, late, factories.code(number), Choice.SUPPORT, clock.now())
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
