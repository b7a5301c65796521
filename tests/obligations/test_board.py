"""The board: how offices stand, what is overdue the second after, and filters and pages that work without script."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select
from sqlmodel import Session

from app.contributions import queries as contributions
from app.contributions.models import Contribution
from app.core import clock, db, pagecache
from app.core.columns import table
from app.obligations import queries
from app.obligations.models import Obligation
from app.obligations.queries import Narrowed
from app.rules import obligations as rules
from tests import factories
from tests.databases import POSTGRES
from tests.obligations import samples
from tests.obligations.conftest import Promise
from tests.obligations.samples import DAY, HOUR, TALKING, answer, end, one_owed, owed
from tests.page import Browser

pytestmark = pytest.mark.usefixtures("browser")


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas PU", slug="dinas-pu")


@pytest.fixture
def closed(office: int, promise: Promise) -> int:
    """A closed consultation with three proposals, owed an answer in five days."""
    consultation = factories.consultation(office, TALKING, slug="air")
    promise(consultation, proposal=(5, False))
    for number in range(3):
        factories.proposal(consultation, title=f"Usulan pipa {number}")
    end(consultation)
    return consultation


def test_an_answer_is_overdue_one_second_after_it_was_due_and_no_page_is_kept_beyond(
    browser: Browser, closed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagecache, "OLDEST", 10**6)
    monkeypatch.setattr(pagecache, "UNDER_WRITES", 10**6)
    due = owed()[0].due_at
    with time_machine.travel(due - timedelta(seconds=2), tick=False) as at:
        assert browser.get("/board").all("dd")[0].text == "0"
        at.move_to(due)
        assert browser.get("/board").all("dd")[0].text == "0"
        at.move_to(due + timedelta(seconds=1))
        page = browser.get("/board")
        assert page.all("dd")[0].text == "3"
        assert "Usulan pipa 0" in page.text and "Lewat batas" in page.text


def test_a_page_with_a_due_date_is_renewed_before_the_answer_is_due_soon(closed: int, browser: Browser) -> None:
    with db.reading() as session:
        token = pagecache._changes.set([])
        try:
            queries.standings(session)
            noted = list(pagecache._changes.get() or [])
        finally:
            pagecache._changes.reset(token)
    (due,) = {it.due_at for it in owed()}
    assert min(it for it in noted if it > clock.now()) == due + timedelta(microseconds=1)


def test_rates_stand_beside_their_denominators(browser: Browser, office: int, closed: int) -> None:
    first, second, _third = [it.contribution_id for it in owed()]
    official = factories.official(office)
    answer(official, closed, first)
    with time_machine.travel(owed()[0].due_at + HOUR):
        answer(official, closed, second)
        page = browser.get("/board")
        assert "1 dari 3, 33%" in page.text
        assert page.all("dd")[0].text == "1"
        told = browser.client.get("/board.json").json()
        assert (told["total"]["answered"], told["total"]["answered_late"], told["total"]["overdue"]) == (1, 1, 1)
        assert (told["total"]["judged"], told["total"]["rate"]) == (3, "1/3")
        assert told["months"][-1]["judged"] + told["months"][-2]["judged"] == 3


def test_the_list_leads_to_each_contribution_page_by_page(browser: Browser, office: int, promise: Promise) -> None:
    consultation = factories.consultation(office, TALKING)
    promise(consultation, proposal=(1, False))
    codes = {factories.code(factories.proposal(consultation)) for _ in range(45)}
    end(consultation, ago=9 * DAY)
    seen: list[str] = []
    page = browser.get("/board")
    for _ in range(9):
        seen += re.findall(r'href="/contributions/([\w-]+)"', page.html)
        further = page.all("a", rel="next")
        if not further:
            break
        page = browser.get(further[0].get("href", ""))
    assert len(seen) == 45 and set(seen) == codes


def test_the_board_can_be_narrowed_without_script(browser: Browser, office: int, closed: int, promise: Promise) -> None:
    other = factories.office("Dinas Pasar", slug="dinas-pasar")
    elsewhere = factories.consultation(other, TALKING, slug="pasar")
    promise(elsewhere, proposal=(1, False))
    factories.proposal(elsewhere, title="Atap pasar")
    end(elsewhere, ago=9 * DAY)
    page = browser.get("/board")
    assert "Atap pasar" in page.text and "Usulan pipa" not in page.text
    here = browser.get("/board?" + urlencode(page.form("/board") | {"office": "dinas-pu", "state": "due-soon"}))
    assert "Usulan pipa 0" in here.text and "Atap pasar" not in here.text
    assert here.form("/board")["office"] == "dinas-pu"
    assert "Atap pasar" in browser.get("/board?consultation=pasar").text
    assert "Atap pasar" not in browser.get("/board?consultation=air").text
    assert "Atap pasar" not in browser.get("/board?kind=question").text


@pytest.mark.parametrize("query", ["office=tidak-ada", "consultation=tidak-ada", "state=x", "kind=x", "after=x"])
def test_what_cannot_be_asked_is_no_address(browser: Browser, query: str) -> None:
    assert browser.get(f"/board?{query}").status == 404


def test_a_draft_is_no_filter(browser: Browser, office: int) -> None:
    factories.consultation(office, TALKING, slug="rancangan", opened=False)
    assert browser.get("/board?consultation=rancangan").status == 404
    assert browser.as_(factories.official(office)).get("/board?consultation=rancangan").status == 404


def test_what_was_hidden_stays_owed_and_shows_no_words(browser: Browser, closed: int) -> None:
    from app.moderation import actions as moderation

    moderator = factories.person("Mod", roles=["moderator"])
    number = owed()[0].contribution_id
    db.write_now(moderation.hide, moderator.actor, number, "insult", "Kata-kata kasar.", "http://contoh.id")
    page = browser.get("/board?state=due-soon")
    assert factories.code(number) in page.text and page.text.count("Usulan pipa") == 2
    assert one_owed(number).outcome == "open"


def test_an_empty_board_says_so(browser: Browser) -> None:
    for lang in ("id", "en"):
        page = browser.as_(None, lang).get("/board")
        assert page.status == 200 and page.all("h2", id="list")
        assert not page.all("figure", class_="plot")


def test_plots_say_their_numbers_in_words(browser: Browser, closed: int, office: int) -> None:
    answer(factories.official(office), closed, owed()[0].contribution_id)
    page = browser.get("/board")
    for figure in page.all("figure", class_="plot"):
        (svg,) = [e for e in figure.iter() if e.get("role") == "img"]
        said = {e.tag.rpartition("}")[2]: "".join(e.itertext()).strip() for e in svg}
        assert (said["title"] and "1 dari 1, 100%" in said["desc"]) or "1 tepat waktu" in said["desc"]
    assert len(page.all("figure", class_="plot")) == 2 and page.all("details")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(["closing", "threshold", "question"]), st.integers(-500, 500)),
        max_size=12,
    ),
    st.integers(-600, 600),
)
def test_sums_are_what_judging_each_by_itself_gives(closed: int, rows: list[tuple[int, str, int]], shift: int) -> None:
    """At any instant, for any due dates: by office, by kind and together."""
    now = clock.now()
    known = {it.contribution_id: it for it in owed()}
    offices = samples.offices(3)

    made = [samples.raw(closed, offices[which], kind, now + timedelta(hours=hours)) for which, kind, hours in rows]
    if made:
        db.write_now(lambda session: session.execute(insert(table(Obligation)), made) and None)
    with time_machine.travel(now + timedelta(hours=shift), tick=False), db.reading() as session:
        present = clock.now()
        everything = owed()
        for to in (
            Narrowed(),
            Narrowed(office_id=offices[0]),
            Narrowed(kind="closing"),
            Narrowed(consultation_id=closed),
        ):
            found = queries.standings(session, to)
            meant = [
                it for it in everything
                if to.office_id in (0, it.office_id) and to.kind in ("", it.kind)
                and to.consultation_id in (0, it.consultation_id)
            ]  # fmt: skip
            states = [rules.state(rules.Obligation(it.arose_at, it.due_at, it.answered_at), present) for it in meant]
            assert found.total == rules.Standing(*(states.count(each) for each in rules.State))
            late = [it.due_month for it, state in zip(meant, states, strict=True) if state is rules.State.OVERDUE]
            assert [it.overdue for it in found.months] == [late.count(it.number) for it in found.months]
    assert len(known) >= 3


# -- files, feeds, other pages ---------------------------------------------------------------------


def test_the_download_holds_everything_that_is_owed(browser: Browser, closed: int, office: int) -> None:
    answer(factories.official(office), closed, owed()[0].contribution_id)
    lines = browser.client.get("/board.csv").text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("code,kind,state,reception,office")
    assert sorted(line.split(",")[2] for line in lines[1:]) == ["answered", "due-soon", "due-soon"]
    assert browser.client.get("/board.csv?office=dinas-pu&kind=question").text.count("\n") == 1


def test_the_feed_is_valid_and_lists_what_is_overdue(browser: Browser, closed: int) -> None:
    from xml.etree import ElementTree

    atom = "{http://www.w3.org/2005/Atom}"
    assert ElementTree.fromstring(browser.client.get("/feeds/board.atom").text).findall(f"{atom}entry") == []
    with time_machine.travel(owed()[0].due_at + HOUR):
        answered = browser.client.get("/feeds/board.atom?office=dinas-pu")
        feed = ElementTree.fromstring(answered.text)
    assert answered.headers["content-type"].startswith("application/atom+xml")
    entries = feed.findall(f"{atom}entry")
    assert len(entries) == 3 and "Usulan pipa 0" in (entries[0].findtext(f"{atom}title") or "")
    assert all("/contributions/" in entry.find(f"{atom}link").get("href") for entry in entries)  # type: ignore[union-attr,operator]


def test_home_and_office_say_it_in_one_line(browser: Browser, closed: int, office: int) -> None:
    answer(factories.official(office), closed, owed()[0].contribution_id)
    for address, board in (("/", "/board"), ("/offices/dinas-pu", "/board?office=dinas-pu")):
        page = browser.get(address)
        assert "1 dari 1, 100%" in page.text and "2 jatuh tempo dalam seminggu" in page.text
        assert board in page.links()
    assert "jatuh tempo" not in browser.get(f"/offices/{_slug(factories.office())}").text


def _slug(number: int) -> str:
    from app.offices.queries import by_ids

    with db.reading() as session:
        return by_ids(session, [number])[0].slug


def test_until_when_each_is_owed_an_answer(closed: int, office: int) -> None:
    first, second, third = [it.contribution_id for it in owed()]
    answer(factories.official(office), closed, first)
    with db.reading() as session:
        lit = contributions.lights_of(session, rows_of(session, first, second, third))
    for it in (second, third):
        assert lit[it].answered.awaited_until == one_owed(it).due_at
    assert lit[first].answered.lit and lit[first].answered.awaited_until is None


def rows_of(session: Session, *numbers: int) -> list[Any]:
    """What the lights need of contributions."""
    c = table(Contribution).c
    return list(session.execute(select(c.id, c.code, c.received_at).where(c.id.in_(numbers))).all())


@pytest.mark.skipif(bool(POSTGRES), reason="the plans of SQLite are looked at")
@pytest.mark.parametrize("of", ["office", "consultation"])
@pytest.mark.parametrize("state", ["not-confirmed", "confirmed", "disputed"])
def test_what_authors_say_is_found_by_an_index(office: int, browser: Browser, state: str, of: str) -> None:
    """However many answers are given elsewhere, the list is read in its order from the index."""
    asked: list[tuple[str, tuple[object, ...]]] = []
    event.listen(
        db.current().reads, "before_cursor_execute", lambda c, cur, sql, values, *rest: asked.append((sql, values))
    )
    with db.reading() as session:
        queries.items(session, state, Narrowed(**{f"{of}_id": office}), None)
        sql, values = asked[-1]
        rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        plan = " / ".join(row[3] for row in rows)
    assert f"ix_obligation_{of}_reception ({of}_id=? AND reception=?)" in plan and "TEMP B-TREE" not in plan
