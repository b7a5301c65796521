"""Home, consultation, trail, own contributions and desk."""

import pytest
import time_machine
from sqlalchemy import event

from app.consultations import actions as consultations
from app.consultations.models import Consultation
from app.core import clock, db
from app.votes import actions as votes
from app.votes.models import Choice
from tests import factories
from tests import world as worlds
from tests.comments import samples
from tests.contributions.world import number_of
from tests.factories import DAY
from tests.moderation.test_actions import hide, restore
from tests.obligations.samples import answer
from tests.page import Browser


def asked(statements: list[str]) -> list[str]:
    """Collect the statements of the read engine."""
    event.listen(db.current().reads, "before_cursor_execute", lambda c, cur, sql, *rest: statements.append(sql))
    return statements


def test_home_is_useful_when_there_is_nothing_yet(browser: Browser) -> None:
    page = browser.get("/")
    assert page.status == 200
    assert "/consultations" in page.links()


def test_home_shows_what_is_open_and_leads_there(browser: Browser) -> None:
    factories.consultation(factories.office(), slug="air")
    factories.consultation(factories.office(), slug="rahasia", opened=False, title="Belum dibuka sama sekali")
    page = browser.get("/")
    assert "/consultations/air" in page.links()
    assert "Belum dibuka" not in page.html


def test_home_shows_what_is_read_first_and_what_opens_soon(browser: Browser) -> None:
    office = factories.office()
    first = (factories.phase("information", -DAY, DAY), factories.phase("proposals", DAY, 2 * DAY))
    factories.consultation(office, first, slug="baca-dulu")
    factories.consultation(office, (factories.phase("proposals", DAY, 2 * DAY),), slug="akan")
    page = browser.get("/")
    assert {"/consultations/baca-dulu", "/consultations/akan"} <= set(page.links())
    assert "Anda dapat ikut serta mulai" in page.text and "Segera dibuka" in page.text
    assert "Anda dapat ikut serta mulai" in browser.get("/consultations/baca-dulu").text
    assert "/consultations/akan" not in browser.get("/consultations?state=open").links()
    assert "/consultations/akan" in browser.get("/consultations?state=upcoming").links()


def test_where_people_propose_and_vote_at_once_both_are_offered(browser: Browser) -> None:
    factories.consultation(factories.office(), slug="air")
    links = browser.get("/consultations/air").links()
    assert {"/consultations/air/proposals/new", "/consultations/air/proposals"} <= set(links)
    assert "Baca dan beri suara" in browser.get("/consultations/air").text


def test_the_phases_stand_between_the_head_and_the_proposals(browser: Browser) -> None:
    number = factories.consultation(factories.office(), slug="air")
    factories.proposal(number)
    order = [e.get("id") for e in browser.get("/consultations/air").all("h2")]
    assert order.index("timeline-title") < order.index("some") < order.index("rule-title") < order.index("data")


def test_an_office_shows_what_it_asked(browser: Browser) -> None:
    office = factories.office("Dinas Air", slug="dinas-air")
    factories.consultation(office, slug="air")
    factories.consultation(office, factories.OVER, slug="jalan", decided_at=clock.now())
    factories.consultation(office, slug="rahasia", opened=False)
    page = browser.get("/offices/dinas-air")
    assert {"/consultations/air", "/consultations/jalan", "/consultations/jalan/decision"} <= set(page.links())
    assert "rahasia" not in page.html and "belum mencantumkan" in page.text
    told = browser.get("/offices/dinas-air.json").response.json()["consultations"]
    assert {it["slug"]: it["state"] for it in told} == {"air": "open", "jalan": "decided"}


def test_a_trail_tells_the_votes_once_counted_and_when_the_answer_is_due(browser: Browser) -> None:
    phases = (*factories.VOTING, factories.phase("review", 10 * DAY, 20 * DAY))
    proposal = factories.proposal(factories.consultation(factories.office(), phases))
    address = f"/contributions/{factories.code(proposal)}"
    db.write_now(votes.cast, factories.person().actor, factories.code(proposal), Choice.SUPPORT, clock.now())
    page = browser.get(address)
    assert "Suara selesai dihitung" not in page.text and "Direncanakan sampai" in page.text
    assert browser.get(f"{address}.json").response.json()["votes"] is None
    with time_machine.travel(clock.now() + 11 * DAY):
        browser.get(address)
        db.write_now(lambda _session: None)
        assert "Suara selesai dihitung" in browser.get(address).text
        assert browser.get(f"{address}.json").response.json()["votes"]["supports"] == 1
    plain = factories.code(factories.proposal(factories.consultation(factories.office())))
    assert "Direncanakan sampai" not in browser.get(f"/contributions/{plain}").text


def test_a_consultation_page_costs_the_same_for_many_proposals(browser: Browser) -> None:
    number = factories.consultation(factories.office(), slug="air")
    statements = asked([])
    costs = []
    for more in (3, 40):
        for _ in range(more):
            factories.proposal(number)
        statements.clear()
        browser.get("/consultations/air")
        costs.append(len(statements))
    assert max(costs) <= 10
    assert max(costs) - min(costs) <= 1, "the random order goes on at its beginning where its end was reached"


def answered_and_shown_again(consultation: int, office: int, author: factories.Person) -> int:
    """A proposal that was answered, hidden and shown again."""
    number = factories.proposal(consultation, author=author)
    answer(factories.official(office), consultation, number)
    moderator = factories.person(roles=["moderator"])
    hide(moderator, number)
    restore(moderator, number)
    return number


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_page_asks_more_than_eight_queries(browser: Browser, signed_in: bool) -> None:
    office = factories.office()
    number = factories.consultation(office, worlds.DISCUSSED, slug="air", open_counts=True)
    person = factories.person()
    code = factories.code(factories.proposal(number, author=person))
    other = factories.code(factories.proposal(number))
    db.write_now(votes.cast, person.actor, other, Choice.SUPPORT, clock.now())
    worlds.comment(number_of(other), person)
    answered = factories.code(answered_and_shown_again(number, office, person))
    visitor = browser.as_(person) if signed_in else browser.as_()
    pages = ["/", "/consultations", "/consultations/air", "/consultations/air/charter", "/board", f"/proposals/{other}"]
    pages += [f"/contributions/{answered}", f"/proposals/{answered}"]
    pages += [f"/contributions/{code}", "/consultations/air/proposals?sort=random&seed=3", "/search?q=air"]
    pages += ["/me", "/me/contributions"] if signed_in else []
    statements = asked([])
    costs = {}
    for path in pages:
        statements.clear()
        assert visitor.get(path).status == 200
        costs[path] = sum(1 for one in statements if one != "BEGIN")
    assert {path: cost for path, cost in costs.items() if cost > 8} == {}, costs


def test_a_draft_consultation_is_not_there_for_others(browser: Browser) -> None:
    office = factories.office()
    factories.consultation(office, slug="draf", opened=False)
    assert browser.get("/consultations/draf").status == 404
    assert browser.as_(factories.person()).get("/consultations/draf").status == 404
    assert browser.as_(factories.official(factories.office())).get("/consultations/draf").status == 404
    assert browser.as_(factories.official(office)).get("/consultations/draf").status == 200


def test_facts_as_data(browser: Browser) -> None:
    number = factories.consultation(factories.office(), slug="air")
    code = factories.code(factories.proposal(number))
    assert browser.get("/consultations/air.json").response.json()["proposals"] == 1
    facts = browser.get(f"/proposals/{code}.json").response.json()
    assert (facts["code"], facts["votes"]) == (code, None)
    trail = browser.get(f"/contributions/{code}.json").response.json()
    assert trail["versions"][0]["h"] == facts["h"]
    assert browser.get("/proposals/AAAA-AAAAA.json").response.json()["error"] == "not-found"


def test_a_trail_tells_what_happened(browser: Browser) -> None:
    proposal = factories.proposal(factories.consultation(factories.office()))
    factories.edit(proposal)
    page = browser.get(f"/contributions/{factories.code(proposal)}")
    assert page.status == 200
    assert f"/proposals/{factories.code(proposal)}/versions" in page.links()


def test_own_contributions_and_votes_that_ask_again(browser: Browser) -> None:
    ayu, budi = factories.person("Ayu"), factories.person("Budi")
    proposal = factories.proposal(factories.consultation(factories.office()), author=ayu, title="Usulan milik Ayu")
    db.write_now(votes.cast, budi.actor, factories.code(proposal), Choice.SUPPORT, clock.now())
    assert "Usulan milik Ayu" in browser.as_(ayu).get("/me/contributions").text
    assert "Suara yang perlu Anda tegaskan lagi" not in browser.as_(budi).get("/me/contributions").text
    factories.edit(proposal, title="Usulan yang berubah")
    changed = browser.as_(budi).get("/me/contributions").text
    assert "Usulan yang berubah" in changed and "Suara yang perlu Anda tegaskan lagi" in changed
    assert browser.get("/me/contributions").status == 401


def test_whoever_took_part_finds_that_a_charter_was_amended(browser: Browser) -> None:
    """Also who gets no mail: the writer, the voter; not who took part elsewhere, and not after the decision."""
    office = factories.office()
    number, other = factories.consultation(office, slug="air"), factories.consultation(office, slug="jalan")
    writer, voter, stranger = (factories.person() for _ in range(3))
    proposal = factories.proposal(number, author=writer)
    factories.proposal(other, author=stranger)
    db.write_now(votes.cast, voter.actor, factories.code(proposal), Choice.SUPPORT, clock.now())
    told = [browser.as_(person) for person in (writer, voter)]
    assert not [it for it in told if "Piagam yang berubah" in it.get("/me/contributions").text]
    late = {**factories.CHARTER, "late": "Yang terlambat dijawab sebagai surat biasa."}
    given = (number, late, "Tata cara surat terlambat diperjelas.", clock.now())
    db.write_now(consultations.amend_charter, factories.official(office).actor, *given)
    for reader in told:
        page = reader.get("/me/contributions")
        assert "Piagam yang berubah" in page.text and "Perubahan 1" in page.text
        assert "/consultations/air/changes" in page.links()
    assert "Piagam yang berubah" not in browser.as_(stranger).get("/me/contributions").text
    db.write_now(lambda session: setattr(session.get_one(Consultation, number), "decided_at", clock.now()))
    assert "Piagam yang berubah" not in told[0].get("/me/contributions").text


def test_own_votes_are_listed_by_consultation(browser: Browser) -> None:
    voter = factories.person()
    number = factories.consultation(factories.office(), slug="air", title="Bagaimana air dibagi?")
    proposal = factories.proposal(number, title="Ganti pipa dusun")
    db.write_now(votes.cast, voter.actor, factories.code(proposal), Choice.OPPOSE, clock.now())
    page = browser.as_(voter).get("/me/contributions")
    assert f"/proposals/{factories.code(proposal)}#vote" in page.links() and "/consultations/air" in page.links()
    assert "Suara saya" in page.text and "Ganti pipa dusun" in page.text and "Tolak" in page.text
    samples.set_visibility(proposal, "hidden", "insult")
    assert "Ganti pipa dusun" not in browser.as_(voter).get("/me/contributions").text
    assert "Suara saya" not in browser.as_(factories.person()).get("/me/contributions").text


def test_the_desk_lists_what_is_done(browser: Browser) -> None:
    office = factories.office()
    factories.consultation(office, factories.OVER, slug="putus", decided_at=clock.now())
    factories.consultation(office, slug="batal", cancelled_at=clock.now())
    factories.consultation(factories.office(), slug="lain", decided_at=clock.now())
    page = browser.as_(factories.official(office)).get("/desk")
    assert {"/consultations/putus", "/consultations/batal"} <= set(page.links())
    assert "/consultations/lain" not in page.links()


def test_the_desk_is_for_officials_and_shows_only_their_office(browser: Browser) -> None:
    office = factories.office()
    factories.consultation(office, slug="air", title="Pertanyaan tentang air bersih")
    factories.consultation(factories.office(), slug="lain", title="Pertanyaan instansi lain")
    page = browser.as_(factories.official(office)).get("/desk")
    assert "air bersih" in page.text
    assert "instansi lain" not in page.text
    assert browser.as_(factories.person()).get("/desk").status == 403
    assert browser.get("/desk").status == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_operation_is_told(browser: Browser, path: str) -> None:
    assert browser.get(path).status == 200


def test_administration_is_for_administrators_and_leads_on(browser: Browser) -> None:
    page = browser.as_(factories.person(roles=("administrator",))).get("/admin")
    assert {"/admin/people", "/admin/offices", "/admin/topics"} <= set(page.links())
    assert browser.as_(factories.person()).get("/admin").status == 403
    assert browser.get("/admin").status == 401


def test_a_code_is_typed_and_leads_to_its_trail(browser: Browser) -> None:
    code = factories.code(factories.proposal(factories.consultation(factories.office())))
    assert browser.get("/").form("/contributions") == {"code": ""}
    assert browser.get(f"/contributions?code={code.lower().replace('-', '')}").url == f"/contributions/{code}"
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    mistyped = browser.get(f"/contributions?code={wrong}")
    assert (mistyped.status, mistyped.form("/contributions")["code"]) == (422, wrong)
    assert "7K3M-9QX2D" in browser.get(f"/contributions/{wrong}").text


def test_head_is_answered_like_get_without_a_body(browser: Browser) -> None:
    for path in ("/", "/healthz", "/nowhere"):
        answer = browser.client.head(path)
        assert (answer.status_code, answer.content) == (browser.client.get(path).status_code, b"")
