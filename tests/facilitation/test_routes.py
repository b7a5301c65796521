"""The facilitators' pages."""

from datetime import timedelta

import pytest

from app.core import clock
from tests import factories
from tests.comments import samples
from tests.facilitation.test_actions import comment, commented, enter, ledger, proposed
from tests.page import Browser

NEW = "/facilitation/jembatan/proposals/new"


@pytest.fixture
def facilitator(browser: Browser) -> factories.Person:
    return factories.person("Fasil", roles=("facilitator",))


@pytest.fixture
def desk(browser: Browser, facilitator: factories.Person) -> Browser:
    return browser.as_(facilitator)


@pytest.fixture
def consultation(browser: Browser) -> int:
    return factories.consultation(factories.office(), slug="jembatan", title="Bagaimana jembatan kita?")


@pytest.fixture
def proposal(consultation: int) -> str:
    return factories.code(factories.proposal(consultation, title="Ganti jembatan bambu"))


def received(ago: timedelta = timedelta(hours=20)) -> str:
    """A time of receipt as a browser's field gives it."""
    return clock.local(clock.now() - ago).strftime("%Y-%m-%dT%H:%M")


def test_the_way_from_the_list_to_the_forms(desk: Browser, proposal: str) -> None:
    page = desk.get("/facilitation")
    assert page.h1 == "Masukkan untuk orang lain"
    assert "/facilitation/jembatan" in page.links()
    page = desk.get("/facilitation/jembatan")
    assert {NEW, f"/facilitation/proposals/{proposal}/comments/new"} <= set(page.links())


def test_an_empty_list_says_when_it_fills(desk: Browser) -> None:
    assert "Belum ada yang dapat dimasukkan" in desk.get("/facilitation").text
    assert desk.get("/facilitation?after=x").status == 404


def test_long_lists_have_pages(desk: Browser, consultation: int) -> None:
    for _ in range(20):
        factories.consultation(factories.office())
        factories.proposal(consultation)
    factories.proposal(consultation)
    for address in ("/facilitation", "/facilitation/jembatan"):
        [following] = desk.get(address).all("a", rel="next")
        assert address in desk.get(following.get("href", "")).links()


def test_a_proposal_is_entered_and_its_slip_handed_over(desk: Browser, browser: Browser, consultation: int) -> None:
    page = desk.get(NEW)
    fields = {"title": "Perbaiki jembatan bambu", "body": "Jembatan di dusun kami sudah lapuk.", "channel": "paper"}
    slip = desk.submit(page, NEW, **fields, received_at=received(), name="Mbah Karto")
    code = slip.url.rsplit("/", 1)[-1]
    assert slip.url == f"/facilitation/slips/{code}"
    assert code in slip.h1
    for words in ("Mbah Karto", f"http://127.0.0.1:8000/contributions/{code}", "Bagaimana jembatan kita?"):
        assert words in slip.text
    assert ledger(code).channel == "paper"


def test_a_comment_and_a_reply_are_entered(desk: Browser, proposal: str) -> None:
    address = f"/facilitation/proposals/{proposal}/comments/new"
    page = desk.get(address)
    assert "Ganti jembatan bambu" in page.text
    slip = desk.submit(page, address, body="Saya setuju.", stance="for", channel="phone", received_at=received())
    code = slip.url.rsplit("/", 1)[-1]
    assert "seorang peserta" in slip.text
    page = desk.get(f"{address}?parent={code}")
    assert page.form(address)["parent"] == code
    reply = desk.submit(page, address, body="Saya juga setuju.", channel="meeting", received_at=received())
    assert samples.view(reply.url.rsplit("/", 1)[-1]).parent == code


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x"),
        ("body", ""),
        ("channel", "web"),
        ("channel", ""),
        ("received_at", ""),
        ("received_at", "kemarin"),
        ("received_at", "2999-01-01T10:00"),
        ("name", "x" * 81),
        ("area", "Antah Berantah"),
    ],
)
def test_an_unfit_proposal_is_given_back(desk: Browser, consultation: int, field: str, value: str) -> None:
    fields = {"title": "Perbaiki jembatan", "body": "Jembatan di dusun kami sudah lapuk.", "channel": "paper"}
    fields |= {"received_at": received(), "name": "Karto", "area": "", field: value}
    page = desk.post(NEW, fields)
    assert page.status == 422
    assert len(page.errors) == 1
    kept = page.form(NEW)
    assert kept["name"] == fields["name"]
    assert kept["body"] == fields["body"]


@pytest.mark.parametrize(
    ("field", "value"), [("body", ""), ("stance", "maybe"), ("channel", "fax"), ("received_at", "")]
)
def test_an_unfit_comment_is_given_back(desk: Browser, proposal: str, field: str, value: str) -> None:
    address = f"/facilitation/proposals/{proposal}/comments/new"
    fields = {"body": "Saya setuju.", "stance": "for", "channel": "phone", "received_at": received(), field: value}
    page = desk.post(address, fields)
    assert (page.status, len(page.errors)) == (422, 1)
    assert page.form(address)["body"] == fields["body"]


def test_own_entries_are_listed_with_their_slips(
    desk: Browser, browser: Browser, consultation: int, facilitator: factories.Person
) -> None:
    about = factories.proposal(consultation, title="Ganti jembatan bambu")
    first = enter(facilitator, consultation, proposed(title="Cat pagar balai desa"))
    said = comment(facilitator, about, commented())
    page = desk.get("/facilitation")
    assert [link for link in page.links() if "/slips/" in link] == [
        f"/facilitation/slips/{said}", f"/facilitation/slips/{first}",
    ]  # fmt: skip
    assert "Cat pagar balai desa" in page.text and "Ganti jembatan bambu" in page.text
    samples.set_visibility(ledger(first).id, "hidden", "insult")
    assert "Cat pagar" not in desk.get("/facilitation").text
    other = browser.as_(factories.person(roles=("facilitator",)))
    assert not [link for link in other.get("/facilitation").links() if "/slips/" in link]


def test_what_came_too_early_is_refused_and_kept(desk: Browser, consultation: int, proposal: str) -> None:
    early = received(timedelta(days=3))
    fields = {"title": "Perbaiki jembatan", "body": "Jembatan di dusun kami sudah lapuk.", "channel": "paper"}
    page = desk.post(NEW, fields | {"received_at": early})
    assert page.status == 409
    assert "WIB" in page.errors[0]
    assert page.form(NEW)["body"] == fields["body"]
    address = f"/facilitation/proposals/{proposal}/comments/new"
    page = desk.post(address, {"body": "Saya setuju.", "channel": "phone", "received_at": early})
    assert (page.status, page.form(address)["body"]) == (409, "Saya setuju.")


def test_nothing_can_be_entered_in_what_is_decided(desk: Browser) -> None:
    factories.consultation(factories.office(), slug="jembatan", decided_at=clock.now())
    assert NEW not in desk.get("/facilitation/jembatan").links()
    assert not desk.get(NEW).all("textarea")


def test_facilitation_is_for_facilitators(
    browser: Browser, consultation: int, proposal: str, facilitator: factories.Person
) -> None:
    code = enter(facilitator, consultation, proposed())
    comments = f"/facilitation/proposals/{proposal}/comments/new"
    citizen, moderator = factories.person(), factories.person(roles=("moderator",))
    for address in ("/facilitation", "/facilitation/jembatan", NEW, comments, f"/facilitation/slips/{code}"):
        assert browser.get(address).status == 401
        assert browser.as_(citizen).get(address).status == 403
        assert browser.as_(moderator).get(address).status == 403
    for address in (NEW, comments):
        assert browser.post(address, {"body": "Saya setuju sekali."}).status == 401
        assert browser.as_(citizen).post(address, {"body": "Saya setuju sekali."}).status == 403


def test_drafts_and_unknown_addresses_do_not_exist(desk: Browser, proposal: str) -> None:
    factories.consultation(factories.office(), slug="rancangan", opened=False)
    for address in (
        "/facilitation/rancangan",
        "/facilitation/rancangan/proposals/new",
        "/facilitation/tidak-ada",
        "/facilitation/proposals/0000-00000/comments/new",
        f"/facilitation/proposals/{proposal}/comments/new?parent=0000-00000",
        f"/facilitation/slips/{proposal}",
    ):
        assert desk.get(address).status == 404, address


def test_no_hidden_word_is_shown_to_facilitators(
    desk: Browser, consultation: int, facilitator: factories.Person
) -> None:
    hidden = factories.proposal(consultation, title="Usul KENARI ini")
    code = factories.code(hidden)
    said = comment(facilitator, hidden, commented(body="MERPATI"))
    entered = enter(facilitator, consultation, proposed(title="Usul GAGAK ini"))
    for number in (hidden, samples.view(said).id, ledger(entered).id):
        samples.set_visibility(number, "hidden", "insult")
    address = f"/facilitation/proposals/{code}/comments/new"
    pages = ["/facilitation/jembatan", address, f"{address}?parent={said}"]
    for place in [*pages, f"/facilitation/slips/{said}", f"/facilitation/slips/{entered}"]:
        html = desk.get(place).html
        assert not [word for word in ("KENARI", "MERPATI", "GAGAK") if word in html], place
