"""Official answers to comments: singly, for a whole list, without making anybody else wait."""

from itertools import pairwise

import pytest
from sqlalchemy import event, func, select

from app.core import clock, db, jobs, mail
from app.core.access import Conflict
from app.core.columns import table
from app.publiclog.models import Event
from app.responses import actions, queries
from app.responses.forms import ResponseForm
from app.responses.models import Answer
from app.rules.lights import Totals
from app.votes import actions as votes
from app.votes.models import Choice
from tests import answering, factories
from tests.contributions.world import World, code_of, lights, recounted
from tests.page import Browser

pytestmark = pytest.mark.usefixtures("browser")
TEXT = "Pipa diganti pada triwulan kedua oleh Dinas PU, dengan anggaran perubahan."
HERE = "/desk/consultations/air/answers"


@pytest.fixture
def world(browser: Browser) -> World:
    return World()


def publish(world: World, *codes: str, status: str = "adopted") -> None:
    form = ResponseForm.model_validate({"proposal": list(codes), "status": status, "text": TEXT})
    answering.publish(db.write_now(actions.draft, world.official.actor, world.consultation, form), world.official.actor)


def test_an_answer_to_a_comment_stands_under_it_and_lights_it_alone(world: World, browser: Browser) -> None:
    proposal = world.proposal()
    comment, other = world.comment(proposal), world.comment(proposal)
    publish(world, code_of(comment))
    assert [lights(number) for number in (comment, other, proposal)] == ["HCA", "Hca", "Hca"]
    page = browser.get(f"/proposals/{code_of(proposal)}")
    (panel,) = page.all("section", class_="official")
    assert TEXT in " ".join("".join(panel.itertext()).split()) and "Bu Sri" in page.text
    (under,) = [one for one in page.all("article") if panel in list(one.iter())][-1:]
    assert under.get("id") == f"c-{code_of(comment)}"
    assert page.all("h2", class_="official__title") == [], "a heading below those of the page"


def test_the_event_names_the_state_of_the_comment_that_is_answered(world: World) -> None:
    comment = world.comment(world.proposal())
    publish(world, code_of(comment))
    with db.reading() as session:
        item = queries.items(session, [comment])[comment]
        body = session.execute(select(Event.body).where(table(Event).c.type == "answer")).scalar_one()
    assert item.h and item.h in body and item.code in body and TEXT not in body


def test_the_author_of_a_comment_is_told_where_to_read_the_answer(world: World) -> None:
    author = factories.person(lang="en")
    comment = world.comment(world.proposal(), author)
    publish(world, code_of(comment))
    with db.reading() as session:
        (sent,) = mail.latest(session)
    assert sent.to_address == author.email and "Your comment has been answered" in sent.subject
    assert f"http://contoh.id/contributions/{code_of(comment)}" in sent.body


def test_comments_and_proposals_share_an_answer_and_a_later_one_replaces_it(world: World) -> None:
    proposal = world.proposal()
    comment = world.comment(proposal)
    publish(world, code_of(proposal), code_of(comment))
    publish(world, code_of(comment), status="cost")
    with db.reading() as session:
        now, before = queries.answers_of(session, comment)
        assert (now.status, before.status, before.superseded_at is None) == ("cost", "adopted", False)
        assert [one.status for one in queries.answers_of(session, proposal)] == ["adopted"]


def test_a_comment_is_in_one_draft_only(world: World) -> None:
    code = code_of(world.comment(world.proposal()))
    form = ResponseForm.model_validate({"proposal": [code], "status": "adopted", "text": TEXT})
    db.write_now(actions.draft, world.official.actor, world.consultation, form)
    with pytest.raises(Conflict, match="drafted"):
        db.write_now(actions.draft, world.official.actor, world.consultation, form)


def test_at_the_desk_a_whole_list_gets_one_answer(world: World, browser: Browser) -> None:
    first, second = world.proposal(), world.proposal(title="Usulan lain tentang pasar")
    comments = [world.comment(first) for _ in range(30)]
    aside = world.comment(second)
    desk = browser.as_(world.official)
    page = desk.get(f"{HERE}?kind=comment&under={code_of(first)}")
    assert code_of(comments[0]) in page.html and code_of(aside) not in page.html
    (every,) = [link for link in page.links() if "all=yes" in link]
    draft = desk.submit(desk.get(every), HERE, status="adopted", text=TEXT, role="Staf", act="hand-on")
    assert "Menjawab 30 masukan" in draft.text
    answering.through(browser, desk, draft)
    while jobs.run_due():
        pass
    assert {lights(number) for number in comments} == {"HCA"}
    assert [lights(number) for number in (first, second, aside)] == ["Hca"] * 3
    assert world.totals() == Totals(33, 30, 30) == recounted(world.consultation)
    assert [e.text for e in desk.get(f"{HERE}?kind=comment").all("dd")] == ["31", "30", "0", "1"]


def test_a_list_under_another_consultations_proposal_does_not_exist(world: World, browser: Browser) -> None:
    other = factories.proposal(factories.consultation(factories.office()))
    assert browser.as_(world.official).get(f"{HERE}?kind=comment&under={code_of(other)}").status == 404


def test_five_hundred_answered_in_one_act_keep_nobody_waiting(world: World) -> None:
    """Each act of the writer publishes few of them, and votes are taken in between."""
    proposal = world.proposal()
    codes = [code_of(world.comment(proposal)) for _ in range(500)]
    form = ResponseForm.model_validate({"proposal": [" ".join(codes)], "status": "adopted", "text": TEXT})
    number = db.submit(actions.draft, world.official.actor, world.consultation, form).result()
    steps = [0]

    def step(call: object, *given: object) -> object:
        left = db.submit(call, *given).result()  # type: ignore[arg-type]
        with db.reading() as session:
            a = table(Answer)
            steps.append(session.execute(select(func.count()).where(a.c.published_at.is_not(None))).scalar_one())
        return left

    answering.sign(number, world.official.actor)
    step(actions.publish, world.official.actor, number, "http://contoh.id")
    voters = [factories.person() for _ in range(10)]
    counted = [
        db.submit(votes.cast, voter.actor, factories.code(proposal), Choice.SUPPORT, clock.now()).result(30)
        and steps[-1]
        for voter in voters
        if step(actions.publish_some, number, "http://contoh.id")
    ]
    assert len(counted) == 10 and counted[-1] < 500
    while step(actions.publish_some, number, "http://contoh.id"):
        pass
    assert all(0 <= after - before <= actions.CHUNK for before, after in pairwise(steps))
    assert steps[-1] == 500
    assert world.totals() == Totals(501, 500, 500)


def test_a_page_of_fifty_comments_reads_answers_at_once(world: World, browser: Browser) -> None:
    proposal = world.proposal()
    asked: list[str] = []
    event.listen(db.current().reads, "before_cursor_execute", lambda c, cur, sql, *rest: asked.append(sql))
    address, costs = f"/proposals/{code_of(proposal)}", []
    for more in (1, 19):
        publish(world, *(code_of(world.comment(proposal)) for _ in range(more)))
        asked.clear()
        browser.get(address)
        costs.append(len(asked))
    assert costs[0] == costs[1]
