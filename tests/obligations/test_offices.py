"""What an office can do before its answer comes; none of it moves the clock, however it is tried."""

import json
from datetime import timedelta
from random import Random

import pytest
import time_machine
from sqlalchemy import select

from app.consultations.actions import move_dates
from app.consultations.forms import PhaseRow
from app.consultations.models import ConsultationPhase
from app.contributions import actions as handling
from app.contributions import queries as handled
from app.contributions.forms import HandlingForm
from app.contributions.models import Handling
from app.core import clock, db
from app.core.access import Conflict, Denied
from app.core.columns import table
from app.obligations import queries
from app.publiclog.models import Event
from app.responses import actions as responses
from app.responses.forms import ResponseForm
from tests import answering, factories
from tests.consultations.test_drafts import all_rows
from tests.factories import phase
from tests.obligations.conftest import Promise
from tests.obligations.office import WHY, World, later
from tests.obligations.samples import DAY, HOUR, TALKING, TEXT, answer, end, one_owed, owed
from tests.page import Browser

pytestmark = pytest.mark.usefixtures("browser")


def progress() -> list[dict[str, str]]:
    with db.reading() as session:
        found = select(Event).where(table(Event).c.type == "progress").order_by(table(Event).c.id)
        return [json.loads(event.body) for event in session.execute(found).scalars()]


# -- hand-over -------------------------------------------------------------------------------------


def test_a_hand_over_keeps_the_clock_running_and_the_history_in_sight(world: World, browser: Browser) -> None:
    before = one_owed(world.proposal)
    world.hand_over()
    after = one_owed(world.proposal)
    assert (after.office_id, after.due_at, after.arose_at) == (world.other, before.due_at, before.arose_at)
    assert after.first_office_id == world.office
    page = browser.get(f"/proposals/{world.code}")
    assert "dari Dinas PU ke Dinas Pasar" in page.text and WHY in page.text and "Bu Sri" in page.text
    (event,) = progress()
    assert (event["state"], event["office"]) == ("handed-over", "dinas-pasar")
    assert WHY not in json.dumps(event) and "Sri" not in json.dumps(event)
    with time_machine.travel(after.due_at + timedelta(seconds=1)):
        told = browser.client.get("/board.json?office=dinas-pasar").json()
        assert told["total"]["overdue"] == 1 and told["items"][0]["handed_over"] == 1


def test_whoever_holds_it_considers_it_for_their_own_office_and_nothing_else(world: World, browser: Browser) -> None:
    at, other = (f"/desk/contributions/{factories.code(it)}/reading" for it in (world.proposal, world.second))
    desk = browser.as_(world.colleague)
    assert [desk.get(it).status for it in (at, other)] == [403, 403]
    world.hand_over()
    trail = f"/contributions/{world.code}"
    assert (
        at in desk.get(trail).links()
        and other not in desk.get(f"/contributions/{factories.code(world.second)}").links()
    )
    page = desk.get(at)
    assert {"/desk/consultations/air", "/desk/consultations/air/reading"}.isdisjoint(page.links())
    done = desk.submit(page, at, outcome="noted", note="Pipa itu milik pasar.")
    assert done.status == 200 and "Tercatat" in done.text
    (row,) = all_rows(Handling)
    assert (row.office_id, row.name) == (world.other, "Pak Joko")
    assert "Dipertimbangkan oleh Pak Joko" in browser.get(trail).text and "Dinas Pasar" in browser.get(trail).text
    both = [world.code, factories.code(world.second)]
    form = HandlingForm(contribution=both, outcome="noted", shown=handled.shown_to(world.colleague.actor, both))
    with pytest.raises(Denied):
        db.write_now(handling.handle, world.colleague.actor, world.consultation, form)
    assert f"/desk/handlings/{row.id}/retraction" in [e.get("action") for e in done.root.iter("form")]
    world.hand_over(world.colleague, to="dinas-pu")
    assert desk.get(at).status == 403, "who gave it away considers it no more"
    assert desk.post(f"/desk/handlings/{row.id}/retraction").url == trail, "and can still take back what they recorded"
    assert all_rows(Handling)[0].retracted_at is not None


def test_an_office_cannot_hand_over_to_itself_or_to_nobody(world: World) -> None:
    closed = factories.office("Dinas Lama", slug="dinas-lama", closed_at=clock.now())
    assert closed
    for slug, code in (("dinas-pu", "own-office"), ("tidak-ada", "no-office"), ("dinas-lama", "no-office")):
        with pytest.raises(Conflict, match=code):
            world.hand_over(to=slug)
    assert one_owed(world.proposal).office_id == world.office


def test_only_the_office_that_owes_it_hands_it_over(world: World) -> None:
    with pytest.raises(Denied):
        world.hand_over(world.colleague)
    world.hand_over()
    with pytest.raises(Denied):
        world.hand_over(world.official, to="dinas-pu")
    world.hand_over(world.colleague, to="dinas-pu")
    assert one_owed(world.proposal).office_id == world.office


def test_the_other_office_answers_what_was_handed_over_and_nothing_else(world: World, browser: Browser) -> None:
    desk = browser.as_(world.colleague)
    new = "/desk/consultations/air/answers/new?proposal="
    assert desk.get(new + world.code).status == 403
    world.hand_over()
    form = desk.get(new + world.code)
    sent = {"status": "adopted", "text": TEXT, "role": "Staf", "act": "hand-on"}
    draft = desk.submit(form, "/desk/consultations/air/answers", **sent)
    for page in (form, draft):
        ways = {link for link in page.links() if link.startswith(("/desk", "/consultations"))}
        assert [desk.get(link).status for link in sorted(ways)] == [200] * len(ways)
    assert answering.through(browser, desk, draft).url == "/desk/obligations"
    assert one_owed(world.proposal).outcome == "answered"
    shown = browser.get(f"/proposals/{world.code}").text
    assert "Pak Joko" in shown and "Dinas Pasar" in shown
    with pytest.raises(Denied):  # nothing is owed by the other office any more
        answer(world.colleague, world.consultation, world.second)


def test_wherever_an_office_meets_what_it_owes_it_can_write_the_answer(world: World, browser: Browser) -> None:
    way = f"/desk/consultations/air/answers/new?proposal={world.code}"
    own = f"/desk/obligations/{world.number}"
    everywhere = ("/board?state=due-soon", f"/contributions/{world.code}", f"/proposals/{world.code}")
    desk, other = browser.as_(world.official), browser.as_(world.colleague)
    for page in ("/desk", "/desk/obligations", own, *everywhere):
        assert way in desk.get(page).links(), page
    for page in ("/desk", "/desk/obligations", *everywhere):
        assert way not in other.get(page).links(), page
    assert not [page for page in everywhere if way in browser.get(page).links()]
    world.hand_over()
    for page in ("/desk", "/desk/obligations", own, *everywhere):
        assert way in other.get(page).links(), page
    for page in ("/desk/obligations", *everywhere[:2]):
        assert way not in desk.get(page).links(), page


def test_a_whole_list_is_answered_without_what_another_office_answers(world: World, browser: Browser) -> None:
    every, here = "/desk/consultations/air/answers/new?all=yes", "/desk/consultations/air/answers"
    world.hand_over()
    second = factories.code(world.second)
    for person, left_out, drafted in ((world.official, world.code, second), (world.colleague, second, world.code)):
        desk = browser.as_(person)
        page = desk.get(every)
        assert "1 masukan tidak disertakan di sini" in page.text and f"/proposals/{left_out}" in page.links()
        assert page.form(here)["proposal"] == drafted
    desk = browser.as_(world.official)
    several = desk.get(f"{every.replace('all=yes', '')}proposal={world.code}&proposal={second}")
    assert "1 masukan tidak disertakan di sini" in several.text
    draft = desk.submit(several, here, status="adopted", text=TEXT, act="draft")
    assert draft.status == 200 and f"/proposals/{second}" in draft.links()
    assert f"/proposals/{world.code}" not in draft.links()


def test_what_was_not_handed_over_is_refused_with_a_sentence(world: World, browser: Browser) -> None:
    world.hand_over()
    other = factories.code(world.second)
    fields = {"proposal": [world.code, other], "status": "adopted", "text": TEXT, "act": "draft"}
    page = browser.as_(world.colleague).post("/desk/consultations/air/answers", fields)
    assert page.status == 409 and "hanya menjawab yang dilimpahkan" in page.errors[0]


def test_a_draft_of_one_office_is_not_read_by_the_other(world: World, browser: Browser) -> None:
    form = ResponseForm.model_validate({"proposal": [world.code], "status": "cost", "text": TEXT})
    number = db.write_now(responses.draft, world.official.actor, world.consultation, form)
    world.hand_over()
    assert browser.as_(world.colleague).get(f"/desk/answers/{number}").status == 403


def test_the_trail_shows_and_tells_what_was_done_about_the_answer(world: World, browser: Browser) -> None:
    """Whoever follows a contribution sees hand-overs and holding replies, on the page and as data."""
    world.hand_over()
    world.reply(later(30), world.colleague)
    page = browser.get(f"/contributions/{world.code}").text
    assert "Berikutnya Jawaban Dinas Pasar" in page, "the next step names who owes it now"
    assert "Dinas PU" in page and WHY in page and "Kami menunggu hasil uji." in page
    (told,) = browser.get(f"/contributions/{world.code}.json").response.json()["owed"]
    assert (told["state"], told["answered"], told["office"]) == ("due-soon", None, "dinas-pasar")
    assert [it["to"] for it in told["hand_overs"]] == ["Dinas Pasar"] and len(told["holding_replies"]) == 1


# -- holding replies -------------------------------------------------------------------------------


def test_a_holding_reply_names_a_new_date_and_moves_nothing(world: World, browser: Browser) -> None:
    before = one_owed(world.proposal)
    world.reply(later(20))
    assert one_owed(world.proposal).due_at == before.due_at
    page = browser.get(f"/proposals/{world.code}")
    assert "Batas waktunya tetap" in page.text and "Kami menunggu hasil uji." in page.text
    with time_machine.travel(before.due_at + HOUR):
        assert one_owed(world.proposal).outcome == "open"
        assert "Lewat batas" in browser.get("/board").text
    with time_machine.travel(clock.now() + 21 * DAY):
        assert "Tanggal itu pun sudah lewat" in browser.get(f"/proposals/{world.code}").text
        answer(world.official, world.consultation, world.proposal)
        assert one_owed(world.proposal).outcome == "answered-late"


@pytest.mark.parametrize("days", [-1, 0, 2, 4])
def test_a_holding_reply_with_an_early_date_is_refused(world: World, days: int) -> None:
    with pytest.raises(Conflict):
        world.reply(later(days))


def test_each_holding_reply_names_a_later_date_than_the_one_before(world: World) -> None:
    world.reply(later(20))
    with pytest.raises(Conflict, match="no-later"):
        world.reply(later(20))
    with pytest.raises(Conflict, match="no-later"):
        world.reply(later(9))
    world.reply(later(30))


def test_a_refusal_says_why_and_keeps_what_was_typed(world: World, browser: Browser) -> None:
    desk = browser.as_(world.official)
    page = desk.get(f"/desk/obligations/{world.number}")
    assert f"/desk/obligations/{world.number}" not in page.links(), "it does not lead to itself"
    text = "Kami menunggu hasil uji laboratorium."
    refused = desk.submit(page, f"/desk/obligations/{world.number}/holding-reply", promised="2020-01-01", text=text)
    assert refused.status == 409 and "sudah lewat" in refused.errors[0]
    assert refused.form(f"/desk/obligations/{world.number}/holding-reply")["text"].strip() == text
    empty = desk.submit(page, f"/desk/obligations/{world.number}/hand-over", office="", reason="")
    assert empty.status == 422 and len(empty.errors) == 2
    done = desk.submit(
        page, f"/desk/obligations/{world.number}/holding-reply", promised=later(40).isoformat(), text=text
    )
    assert done.status == 200 and text in done.text


def test_what_is_settled_is_neither_held_nor_handed_over(world: World) -> None:
    number = world.number
    answer(world.official, world.consultation, world.proposal)
    assert number == world.number
    with pytest.raises(Conflict, match="settled"):
        world.hand_over()
    with pytest.raises(Conflict, match="settled"):
        world.reply(later(90))


# -- attempts to cheat -----------------------------------------------------------------------------


def test_no_field_of_any_form_moves_a_due_date_or_a_publication(world: World, browser: Browser) -> None:
    desk, due = browser.as_(world.official), one_owed(world.proposal).due_at
    number = world.number
    extra = {"due_at": "2099-01-01T00:00", "arose_at": "2020-01-01T00:00", "published_at": "2020-01-01T00:00",
             "at": "2020-01-01T00:00", "answered_at": "2020-01-01T00:00"}  # fmt: skip
    with time_machine.travel(due + DAY):
        desk.post(f"/desk/obligations/{number}/holding-reply",
                  extra | {"promised": later(30).isoformat(), "text": "Kami menunggu hasil uji."})  # fmt: skip
        draft = desk.post("/desk/consultations/air/answers",
                          extra | {"proposal": world.code, "status": "cost", "text": TEXT, "act": "draft"})  # fmt: skip
        answering.sign(int(draft.url.rsplit("/", 1)[1]), world.official.actor)
        seen = desk.get(f"{draft.url}/publication").form(f"{draft.url}/publication")["seen"]
        desk.post(f"{draft.url}/publication", extra | {"role": "Kepala Dinas", "seen": seen})
        found = one_owed(world.proposal)
        assert (found.due_at, found.outcome) == (due, "answered-late")
        assert found.answered_at and clock.now() - found.answered_at < timedelta(minutes=1)


def test_a_draft_and_its_removal_meet_nothing(world: World) -> None:
    form = ResponseForm.model_validate({"proposal": [world.code], "status": "cost", "text": TEXT})
    number = db.write_now(responses.draft, world.official.actor, world.consultation, form)
    assert one_owed(world.proposal).outcome == "open"
    db.write_now(responses.remove_draft, world.official.actor, number)
    assert one_owed(world.proposal).outcome == "open"


def test_an_empty_answer_in_time_does_not_help_a_real_one_later(world: World) -> None:
    answer(world.official, world.consultation, world.proposal, text="Terima kasih atas usulannya.")
    assert one_owed(world.proposal).outcome == "answered"
    with time_machine.travel(one_owed(world.proposal).due_at + DAY):
        answer(world.official, world.consultation, world.proposal)
        assert one_owed(world.proposal).outcome == "answered-late"


def test_moving_the_review_after_the_closing_moves_nothing_that_is_owed(promise: Promise) -> None:
    office = factories.office()
    official = factories.official(office)
    consultation = factories.consultation(office, (*TALKING, phase("review", 10 * DAY, 20 * DAY)), charter=None)
    proposal = factories.proposal(consultation)
    p = table(ConsultationPhase).c
    with time_machine.travel(clock.now() + 11 * DAY):
        with db.reading() as session:
            phases = session.execute(select(p.id, p.kind, p.opens_at, p.closes_at).order_by(p.opens_at)).all()
        for _ in range(2):
            db.write_now(_record, phases[0].id)
        with time_machine.travel(clock.now() + HOUR):
            db.write_now(_record, phases[0].id)
            due = one_owed(proposal).due_at
            minute = [
                it.replace(second=0, microsecond=0) for it in (phases[1].opens_at, phases[1].closes_at + 90 * DAY)
            ]
            rows = (PhaseRow(2, "review", minute[0], minute[1], False),)
            db.write_now(move_dates, official.actor, consultation, rows, "Perlu waktu lebih lama.", clock.now())
    assert one_owed(proposal).due_at == due


def _record(session: object, number: int) -> None:
    from app.consultations.actions.closing import record_closing

    record_closing(session, number)  # type: ignore[arg-type]


def test_two_browsers_hand_over_once(world: World, browser: Browser) -> None:
    first, second = browser.as_(world.official), browser.as_(world.official)
    address = f"/desk/obligations/{world.number}"
    pages = first.get(address), second.get(address)
    first.submit(pages[0], f"{address}/hand-over", office="dinas-pasar", reason=WHY)
    again = second.submit(pages[1], f"{address}/hand-over", office="dinas-pasar", reason=WHY)
    assert (again.status == 403 and "Instansi lain" in again.text) or "instansi lain" in again.text
    with db.reading() as session:
        assert len(queries.by_id(session, world.number).hand_overs) == 1


@pytest.mark.parametrize("seed", range(4))
def test_whatever_offices_do_in_whatever_order_the_clock_runs_on(world: World, browser: Browser, seed: int) -> None:
    """Holding replies and hand-overs in a random order over the whole period, before and after it is late."""
    random, before = Random(seed), one_owed(world.proposal)
    slugs, officials = {"dinas-pu": world.other, "dinas-pasar": world.office}, [world.official, world.colleague]
    handed, promised = [], []
    for day in sorted(random.sample(range(5), 4) + random.sample(range(5, 30), 4)):
        with time_machine.travel(before.arose_at + day * DAY + HOUR):
            holder = next(it for it in officials if one_owed(world.proposal).office_id in it.actor.offices)
            to = next(slug for slug, office in slugs.items() if office in holder.actor.offices)
            in_time = clock.now() <= before.arose_at + (before.due_at - before.arose_at) / 2
            if not in_time:
                with pytest.raises(Conflict, match="late" if clock.now() > before.due_at else "too-short"):
                    world.hand_over(holder, to=to)
            if random.random() < 0.5 and in_time:
                world.hand_over(holder, to=to)
                handed.append(to)
            else:
                promised.append(later(40 + len(promised)))
                world.reply(promised[-1], holder)
            now = one_owed(world.proposal)
            assert (now.due_at, now.arose_at, now.due_month, now.outcome, now.first_office_id) == (
                before.due_at, before.arose_at, before.due_month, "open", world.office,
            )  # fmt: skip
            with db.reading() as session:
                seen = queries.by_id(session, world.number)
            assert (len(seen.hand_overs), len(seen.replies)) == (len(handed), len(promised))
            assert (seen.state == "overdue") is (clock.now() > before.due_at)
    with time_machine.travel(before.due_at + timedelta(seconds=1)):
        told = browser.client.get("/board.json").json()
        assert (told["total"]["overdue"], len(told["items"])) == (2, 2)
    assert handed and promised, "both were tried"


# -- the desk --------------------------------------------------------------------------------------


def test_the_desk_lists_by_due_date_with_what_is_overdue_first(
    world: World, browser: Browser, promise: Promise
) -> None:
    soon = factories.consultation(world.office, TALKING, slug="jalan")
    promise(soon, proposal=(1, False))
    factories.proposal(soon, title="Lampu jalan")
    end(soon, ago=9 * DAY)
    page = browser.as_(world.official).get("/desk/obligations")
    assert page.text.index("Lampu jalan") < page.text.index("Ganti pipa")
    assert page.text.index("Lewat batas") < page.text.index("Jatuh tempo dalam seminggu", page.text.index("Lampu"))
    assert "Lampu jalan" in browser.as_(world.official).get("/desk").text
    assert "Ganti pipa" not in browser.as_(world.colleague).get("/desk/obligations").text
    assert browser.as_(world.colleague).get("/desk/obligations?office=dinas-pu").status == 404
    assert len(owed()) == 3


def test_a_withdrawn_contribution_lapses_and_says_so(world: World, browser: Browser) -> None:
    from app.comments import actions as comments
    from app.comments.forms import CommentForm

    talk = factories.consultation(world.office, TALKING)
    form = CommentForm.model_validate({"body": "Siapa membayar?", "asks": "yes"})
    code = db.write_now(comments.write, world.author.actor, factories.proposal(talk), form, clock.now())
    with db.reading() as session:
        number = comments.queries.at_code(session, code).id
    assert one_owed(number).outcome == "open"
    db.write_now(comments.remove, world.author.actor, number)
    assert one_owed(number).outcome == "lapsed"
    assert code in browser.get("/board?state=lapsed").html
