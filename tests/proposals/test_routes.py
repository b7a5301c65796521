"""Pages of proposals: list, writing, drafts, changing, history, taking back."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event

from app.consultations import queries as consultations
from app.consultations.models import ConsultationTopic
from app.core import clock, db
from app.proposals import queries
from app.votes import actions as votes
from app.votes.models import Choice
from tests import factories
from tests.page import Browser

BODY = "Pipa di dusun kami bocor sejak lama. Mohon diganti sebelum musim kemarau tiba."


@pytest.fixture
def slug(database: str) -> str:
    factories.consultation(factories.office(), slug="air", title="Bagaimana air bersih sampai ke setiap rumah?")
    return "air"


@pytest.fixture
def citizen(browser: Browser, slug: str) -> Browser:
    return browser.as_(factories.person("Ayu"))


def send(browser: Browser, **fields: str) -> str:
    page = browser.get("/consultations/air/proposals/new")
    sent = browser.submit(
        page, "/consultations/air/proposals", title="Ganti pipa dusun", body=BODY, act="send", **fields
    )
    assert sent.response.history, sent.errors
    return sent.url.split("?")[0]


def test_a_citizen_writes_a_proposal_and_everyone_reads_it(citizen: Browser, browser: Browser) -> None:
    path = send(citizen)
    page = browser.get(path)
    assert page.h1 == "Ganti pipa dusun"
    assert "Ayu" in page.text
    assert BODY in page.text
    assert "Ganti pipa dusun" in browser.get("/consultations/air/proposals?sort=newest").text


def test_sending_the_same_twice_leads_to_the_first(citizen: Browser) -> None:
    assert send(citizen) == send(citizen)
    assert citizen.get("/consultations/air/proposals.json").response.json()["proposals"][1:] == []


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("", BODY),
        ("   ", BODY),
        ("🙂🙂🙂🙂🙂🙂", BODY),
        ("Ganti pipa", "pendek"),
        ("x" * 121, BODY),
        ("Ganti pipa", "a " * 6000),
        ("\u200b\u202e", BODY),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(citizen: Browser, title: str, body: str) -> None:
    page = citizen.get("/consultations/air/proposals/new")
    answer = citizen.submit(page, "/consultations/air/proposals", title=title, body=body, act="send")
    assert answer.status == 422
    assert answer.errors
    kept = answer.form("/consultations/air/proposals")
    assert kept["title"] == title.replace("\u200b\u202e", "\u200b\u202e")
    assert kept["body"].strip() == body.strip()


def test_a_preview_sends_nothing(citizen: Browser) -> None:
    page = citizen.get("/consultations/air/proposals/new")
    bold = "**Tebal** " + BODY
    answer = citizen.submit(page, "/consultations/air/proposals", title="Ganti pipa", body=bold, act="preview")
    assert answer.all("strong")
    assert citizen.get("/consultations/air/proposals.json").response.json()["proposals"] == []


def test_a_draft_is_kept_and_only_for_its_author(citizen: Browser, browser: Browser) -> None:
    page = citizen.get("/consultations/air/proposals/new")
    citizen.submit(page, "/consultations/air/proposals", title="Setengah jadi", body="", act="draft")
    again = citizen.get("/consultations/air/proposals/new").form("/consultations/air/proposals")
    assert again["title"] == "Setengah jadi"
    other = browser.as_(factories.person()).get("/consultations/air/proposals/new").form("/consultations/air/proposals")
    assert other["title"] == ""
    citizen.post("/consultations/air/proposals/draft/removal")
    assert citizen.get("/consultations/air/proposals/new").form("/consultations/air/proposals")["title"] == ""


def test_two_windows_do_not_overwrite_each_others_draft(citizen: Browser) -> None:
    fields = citizen.get("/consultations/air/proposals/new").form("/consultations/air/proposals")
    first = citizen.post("/consultations/air/proposals/draft", fields | {"title": "Jendela satu"}, htmx=True)
    assert 'value="1"' in first.html
    second = citizen.post("/consultations/air/proposals/draft", fields | {"title": "Jendela dua"}, htmx=True)
    assert "govuk-error-message" in second.html
    kept = citizen.get("/consultations/air/proposals/new").form("/consultations/air/proposals")
    assert kept["title"] == "Jendela satu"


def test_sending_takes_the_draft_away(citizen: Browser) -> None:
    page = citizen.get("/consultations/air/proposals/new")
    citizen.submit(page, "/consultations/air/proposals", title="Setengah jadi", body="", act="draft")
    send(citizen)
    assert citizen.get("/consultations/air/proposals/new").form("/consultations/air/proposals")["title"] == ""


def test_nobody_writes_without_a_confirmed_account(browser: Browser, slug: str) -> None:
    assert browser.get("/consultations/air/proposals/new").status == 401
    unconfirmed = browser.as_(factories.person(confirmed=False))
    assert unconfirmed.get("/consultations/air/proposals/new").status == 403
    answer = unconfirmed.post("/consultations/air/proposals", {"title": "Ganti pipa", "body": BODY})
    assert answer.status == 403
    assert BODY in answer.html


def test_after_the_phase_the_date_is_said_and_the_text_kept(citizen: Browser) -> None:
    with db.reading() as session:
        phase = consultations.in_path(session, "air").phases[0]
    page = citizen.get("/consultations/air/proposals/new")
    with time_machine.travel(phase.closes + timedelta(seconds=1), tick=False):
        answer = citizen.submit(page, "/consultations/air/proposals", title="Ganti pipa", body=BODY, act="send")
    assert answer.status == 409
    assert "WIB" in answer.errors[0]
    assert answer.form("/consultations/air/proposals")["body"].strip() == BODY


def test_editing_makes_a_public_version_with_its_differences(citizen: Browser, browser: Browser) -> None:
    path = send(citizen)
    page = citizen.get(f"{path}/edit")
    citizen.submit(page, f"{path}/edit", body=BODY.replace("bocor", "rusak"), act="send")
    versions = browser.get(f"{path}/versions")
    assert ["".join(e.itertext()).strip() for e in versions.all("del")] == ["bocor"]
    assert ["".join(e.itertext()).strip() for e in versions.all("ins")] == ["rusak"]


def test_saving_without_a_change_says_so(citizen: Browser) -> None:
    path = send(citizen)
    page = citizen.submit(citizen.get(f"{path}/edit"), f"{path}/edit", act="send")
    assert page.url == path and "Tidak ada yang diubah" in page.text
    assert "versi 2" not in page.text


def test_topic_and_place_change_without_a_version(citizen: Browser, browser: Browser) -> None:
    factories.area("33.05", "Kabupaten Kebumen", 2)
    with db.reading() as session:
        number = consultations.in_path(session, "air").id
    for slug, name in (("pipa", "Pipa"), ("sumur", "Sumur")):
        row = ConsultationTopic(consultation_id=number, topic_id=factories.topic(slug, name))
        db.write_now(lambda session, row=row: session.add(row))
    path = send(citizen, topic="pipa")
    form = citizen.get(f"{path}/edit")
    assert (form.form(f"{path}/edit")["topic"], form.form(f"{path}/edit")["area"]) == ("pipa", "")
    page = citizen.submit(form, f"{path}/edit", topic="sumur", area="kebumen", act="send")
    assert "tidak ada versi baru" in page.text
    assert "Sumur" in page.text and "Kabupaten Kebumen" in page.text
    assert browser.get(f"{path}.json").response.json()["version"] == 1
    again = citizen.get(f"{path}/edit")
    assert again.form(f"{path}/edit")["topic"] == "sumur" and "Kebumen" in again.form(f"{path}/edit")["area"]
    citizen.post(f"{path}/edit", {"title": "Ganti pipa dusun", "body": BODY + " Lagi.", "saving": "1"})
    kept = citizen.get(f"{path}/edit").form(f"{path}/edit")
    assert kept["topic"] == "sumur" and "Kebumen" in kept["area"] and kept["saving"] == "2"
    unknown = citizen.submit(again, f"{path}/edit", area="antah berantah", act="send")
    assert unknown.status == 422 and unknown.form(f"{path}/edit")["area"] == "antah berantah"


def test_two_windows_cannot_publish_over_each_other(citizen: Browser) -> None:
    path = send(citizen)
    page = citizen.get(f"{path}/edit")
    citizen.submit(page, f"{path}/edit", body=BODY + " Satu.", act="send")
    second = citizen.submit(page, f"{path}/edit", body=BODY + " Dua.", act="send")
    assert second.status == 409
    assert "Dua." in second.form(f"{path}/edit")["body"]


def test_only_the_author_changes_or_withdraws(citizen: Browser, browser: Browser) -> None:
    path = send(citizen)
    other = browser.as_(factories.person())
    for address in (f"{path}/edit", f"{path}/withdrawal"):
        assert other.get(address).status == 403
        assert other.post(address, {"title": "Diambil alih", "body": BODY, "reason": "Diambil alih"}).status == 403
        assert browser.get(address).status == 401


def test_withdrawing_keeps_text_and_reason_and_ends_editing(citizen: Browser, browser: Browser) -> None:
    path = send(citizen)
    page = citizen.get(f"{path}/withdrawal")
    assert citizen.submit(page, f"{path}/withdrawal", reason="").status == 422
    citizen.submit(page, f"{path}/withdrawal", reason="Sudah diperbaiki warga sendiri.")
    shown = browser.get(path)
    assert "Sudah diperbaiki warga sendiri." in shown.text
    assert BODY in shown.text
    edit = citizen.post(f"{path}/edit", {"title": "Ganti pipa", "body": BODY + " x", "saving": "1"})
    assert edit.status == 409


def test_lists_page_by_keyset_in_every_order_without_gaps(browser: Browser, slug: str) -> None:
    with db.reading() as session:
        number = consultations.in_path(session, "air").id
    codes = {factories.code(factories.proposal(number)) for _ in range(45)}
    for order in ("sort=newest", "sort=discussed", *(f"sort=random&seed={seed}" for seed in (0, 7, 8, 15))):
        url, seen = f"/consultations/air/proposals.json?{order}", []
        while url:
            facts = browser.get(url).response.json()
            seen += [item["code"] for item in facts["proposals"]]
            url = facts["next"]
        assert len(seen) == 45, order
        assert set(seen) == codes, order


def test_a_visitor_gets_one_random_order_and_keeps_it(browser: Browser, slug: str) -> None:
    answer = browser.get("/consultations/air/proposals")
    assert "seed=" in answer.url
    assert browser.get(answer.url).url == answer.url


@pytest.mark.parametrize(
    "query",
    [
        "sort=price",
        "seed=99",
        "seed=x",
        "topic=A%27",
        "sort=newest&after=%00",
        "sort=newest&after=zzzz",
        "sort=random&seed=1&after=1eyJ",
    ],
)
def test_nonsense_in_the_address_is_not_found(browser: Browser, slug: str, query: str) -> None:
    assert browser.get(f"/consultations/air/proposals?{query}").status == 404


def test_votes_are_sealed_in_the_order_too(browser: Browser, slug: str) -> None:
    with db.reading() as session:
        number = consultations.in_path(session, "air").id
    first, second = factories.proposal(number), factories.proposal(number)
    db.write_now(votes.cast, factories.person().actor, factories.code(first), Choice.SUPPORT, clock.now())
    facts = browser.get("/consultations/air/proposals.json?sort=support").response.json()["proposals"]
    assert [item["code"] for item in facts] == [factories.code(second), factories.code(first)]
    assert {item["votes"] for item in facts} == {None}


def test_the_most_supported_are_not_offered_while_counts_are_sealed(browser: Browser, slug: str) -> None:
    factories.consultation(factories.office(), slug="terbuka", open_counts=True)
    page = browser.get("/consultations/air/proposals?sort=support")
    assert "support" not in {e.get("value") for e in page.all("option")} and page.all("div", class_="inset")
    assert "support" in {e.get("value") for e in browser.get("/consultations/terbuka/proposals").all("option")}


def test_the_list_shows_a_reader_their_own_votes(browser: Browser, slug: str) -> None:
    with db.reading() as session:
        number = consultations.in_path(session, "air").id
    first = factories.proposal(number)
    factories.proposal(number)
    voter, other = factories.person(), factories.person()
    db.write_now(votes.cast, voter.actor, factories.code(first), Choice.OPPOSE, clock.now())
    assert browser.as_(voter).get("/consultations/air/proposals").text.count("Suara Anda: Tolak") == 1
    assert "Suara Anda" not in browser.as_(other).get("/consultations/air/proposals").text
    assert "Suara Anda" not in browser.get("/consultations/air/proposals").text
    signed_in, asked = browser.as_(voter), []
    event.listen(db.current().reads, "before_cursor_execute", lambda c, cur, sql, *rest: asked.append(sql))
    costs = []
    for more in (1, 18):
        for _ in range(more):
            db.write_now(
                votes.cast, voter.actor, factories.code(factories.proposal(number)), Choice.SUPPORT, clock.now()
            )
        asked.clear()
        signed_in.get("/consultations/air/proposals?sort=newest")
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 10


def test_a_code_is_read_however_it_is_typed(citizen: Browser, browser: Browser) -> None:
    code = send(citizen).removeprefix("/proposals/")
    assert browser.get(f"/proposals/{code.lower().replace('-', '')}").status == 200
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert browser.get(f"/proposals/{wrong}").status == 404


def test_a_list_costs_the_same_for_twenty_and_two_hundred(browser: Browser, slug: str) -> None:
    with db.reading() as session:
        number = consultations.in_path(session, "air").id
    asked: list[str] = []
    event.listen(db.current().reads, "before_cursor_execute", lambda c, cur, sql, *rest: asked.append(sql))
    costs = []
    for more in (20, 180):
        for _ in range(more):
            factories.proposal(number, author=factories.person())
        asked.clear()
        browser.get("/consultations/air/proposals?sort=newest")
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 8


def test_the_view_of_a_proposal_reads_as_written(citizen: Browser) -> None:
    code = send(citizen).removeprefix("/proposals/")
    with db.reading() as session:
        view = queries.at_code(session, code)
    assert (view.version, view.lang, view.channel, view.standing) == (1, "id", "web", True)
