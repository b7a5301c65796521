"""Voting in the browser, with and without script."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.accounts.models import SignIn
from app.core import clock, db
from app.core.access import SESSION_COOKIE
from app.core.columns import table
from app.proposals import queries as proposals
from tests import factories
from tests.page import Browser


@pytest.fixture
def path(browser: Browser) -> str:
    return f"/proposals/{factories.code(factories.proposal(factories.consultation(factories.office())))}"


@pytest.fixture
def citizen(browser: Browser, path: str) -> Browser:
    return browser.as_(factories.person())


def test_without_script_a_vote_comes_back_to_the_page(citizen: Browser, path: str) -> None:
    page = citizen.post(f"{path}/vote", {"choice": "support"})
    assert page.url == path
    assert page.form(f"{path}/vote/withdrawal") == {}
    withdrawn = citizen.post(f"{path}/vote/withdrawal")
    assert withdrawn.url == path


def test_no_choice_is_put_forward_before_somebody_has_chosen(citizen: Browser, path: str) -> None:
    """A filled button for one of three would nudge; afterwards it shows one's own vote."""

    def looks() -> dict[str, str]:
        return {
            str(button.get("value")): str(button.get("class")).split()[-1]
            for button in citizen.get(path).all("button", name="choice")
        }

    assert looks() == dict.fromkeys(("support", "oppose", "neutral"), "button--secondary")
    citizen.post(f"{path}/vote", {"choice": "oppose"})
    assert looks() == {"support": "button--secondary", "oppose": "button--primary", "neutral": "button--secondary"}


def test_with_script_only_the_box_comes_back(citizen: Browser, path: str) -> None:
    box = citizen.post(f"{path}/vote", {"choice": "oppose"}, htmx=True)
    assert box.status == 200
    assert box.html.lstrip().startswith('<section class="vote" id="vote"')
    assert f'action="{path}/vote/withdrawal"' in box.html


def test_who_may_not_vote_is_told_why_and_where_to_go(browser: Browser, path: str) -> None:
    page = browser.get(path)
    assert f"/sign-in?next={path.replace('/', '%2F')}" in page.links()
    assert browser.post(f"{path}/vote", {"choice": "support"}).status == 401
    unconfirmed = browser.as_(factories.person(confirmed=False))
    refused = unconfirmed.post(f"{path}/vote", {"choice": "support"})
    assert refused.status == 403 and f"{path}#vote" in refused.links()


def test_a_forged_session_may_not_vote(browser: Browser, path: str) -> None:
    browser.client.cookies.set(SESSION_COOKIE, "made-up")
    for fields, htmx in (({"choice": "support"}, False), ({}, False), ({"choice": "support"}, True)):
        assert browser.post(f"{path}/vote", fields, htmx=htmx).status == 401
    assert browser.post(f"{path}/vote/withdrawal").status == 401


def test_the_page_of_a_refusal_knows_who_is_signed_in(citizen: Browser, path: str) -> None:
    for address in (f"{path}/vote", "/proposals/0000-00000/vote"):
        assert "/me" in citizen.post(address, {"choice": "maybe"}).links()


def test_a_vote_is_a_visit_of_its_session(browser: Browser, path: str) -> None:
    voter = factories.person()
    visitor = browser.as_(voter)
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        assert visitor.post(f"{path}/vote", {"choice": "support"}, htmx=True).status == 200
        db.write_now(lambda session: None)  # the note of the visit waited before this
        with db.reading() as session:
            seen = session.execute(select(table(SignIn).c.seen_at)).scalars().all()
        assert clock.now() in seen


@pytest.mark.parametrize("fields", [{}, {"choice": "maybe"}, {"choice": ""}])
def test_a_vote_needs_a_choice(citizen: Browser, path: str, fields: dict[str, str]) -> None:
    page = citizen.post(f"{path}/vote", fields)
    assert page.status == 409 and f"{path}#vote" in page.links()
    unknown = citizen.post("/proposals/0000-00000/vote", fields)
    assert unknown.status == 404 and "/proposals/0000-00000#vote" not in unknown.links()


def test_after_closing_the_box_says_when_with_the_zone(citizen: Browser, path: str) -> None:
    with db.reading() as session:
        closes = proposals.at_code(session, path.rsplit("/", 1)[1]).consultation.phases[-1].closes
    with time_machine.travel(closes + timedelta(seconds=1), tick=False):
        plain = citizen.post(f"{path}/vote", {"choice": "support"})
        box = citizen.post(f"{path}/vote", {"choice": "support"}, htmx=True)
        page = citizen.get(path)
    assert (plain.status, box.status) == (409, 409)
    assert "WIB" in plain.text and f"{path}#vote" in plain.links()
    assert "WIB" in box.html
    assert "choice" not in {e.get("name") for e in page.all("button")}


def test_sealed_votes_change_nothing_anybody_else_can_see(browser: Browser, path: str) -> None:
    public = (path, f"{path}.json", path.replace("proposals", "contributions") + ".json")
    before = [browser.get(url).html for url in public]
    for _ in range(7):
        browser.as_(factories.person()).post(f"{path}/vote", {"choice": "support"})
    assert [browser.get(url).html for url in public] == before
    assert browser.get(f"{path}.json").response.json()["votes"] is None


def test_at_the_limit_the_box_says_so_and_leads_to_what_is_supported(browser: Browser) -> None:
    number = factories.consultation(factories.office(), voting="limited", vote_limit=1)
    proposals = [factories.proposal(number, title=title) for title in ("Ganti pipa", "Gali sumur")]
    first, second = (f"/proposals/{factories.code(proposal)}" for proposal in proposals)
    citizen = browser.as_(factories.person())
    assert f"{first}#vote" not in citizen.get(second).links()
    citizen.post(f"{first}/vote", {"choice": "support"})
    box = citizen.get(second)
    assert f"{first}#vote" in box.links() and "jumlah terbanyak di sini" in box.text
    assert f"{first}#vote" not in citizen.get(first).links()
    plain = citizen.post(f"{second}/vote", {"choice": "support"})
    assert plain.status == 409 and f"{first}#vote" in plain.links() and "Ganti pipa" in plain.text
    scripted = citizen.post(f"{second}/vote", {"choice": "support"}, htmx=True)
    assert scripted.status == 409 and f'href="{first}#vote"' in scripted.html


def test_a_cross_site_vote_is_refused(citizen: Browser, path: str) -> None:
    assert citizen.post(f"{path}/vote", {"choice": "support"}, Sec_Fetch_Site="cross-site").status == 403


def test_the_office_in_charge_does_not_vote(browser: Browser) -> None:
    """Its officials read why, in the box and when they try; officials of other offices vote as citizens do."""
    office = factories.office()
    code = factories.code(factories.proposal(factories.consultation(office)))
    official = browser.as_(factories.official(office))
    page = official.get(f"/proposals/{code}")
    assert "jadi pejabatnya tidak memberi suara di sini" in page.text
    assert not [form for form in page.all("form") if form.get("action") == f"/proposals/{code}/vote"]
    assert official.post(f"/proposals/{code}/vote", {"choice": "support"}).status == 403
    other = browser.as_(factories.official(factories.office()))
    assert other.post(f"/proposals/{code}/vote", {"choice": "support"}).status == 200
