"""Writing, changing and removing comments."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from app.comments import actions, queries
from app.comments.forms import CommentForm
from app.comments.models import Comment
from app.contributions.actions import Origin
from app.contributions.models import Contribution
from app.core import clock, db
from app.core.access import ANYONE, OPERATOR, Conflict, Denied, Missing
from app.core.columns import table
from app.proposals import queries as proposals
from app.proposals.actions import withdraw
from app.publiclog.models import Event
from app.rules.canonical import commitment
from tests import factories
from tests.comments import samples

pytestmark = pytest.mark.usefixtures("browser")
write, view = samples.write, samples.view


def rows(model: type) -> int:
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(table(model))).scalar_one())


def events(comment: str) -> list[dict[str, Any]]:
    with db.reading() as session:
        found = session.execute(select(Event).order_by(table(Event).c.id)).scalars().all()
    return [body for body in (json.loads(event.body) for event in found) if body.get("code") == comment]


def total(proposal: int) -> int:
    with db.reading() as session:
        return proposals.by_id(session, proposal).comments


@pytest.fixture
def consultation(database: str, browser: object) -> int:
    return factories.consultation(factories.office())


@pytest.fixture
def proposal(consultation: int) -> int:
    return factories.proposal(consultation)


def test_a_comment_is_stored_counted_and_recorded(proposal: int) -> None:
    person = factories.person("Siti")
    code = write(person, proposal, "Saya **setuju**.", "for")
    comment = view(code)
    assert (comment.author, comment.stance, comment.body) == ("Siti", "for", "Saya **setuju**.")
    assert str(comment.html).strip() == "<p>Saya <strong>setuju</strong>.</p>"
    assert (total(proposal), comment.depth, comment.replies) == (1, 0, 0)
    [event] = events(code)
    assert (event["t"], event["h"], event["kind"]) == ("item", comment.h, "comment")
    assert "Siti" not in json.dumps(event)
    assert "setuju" not in json.dumps(event)


def test_the_commitment_can_be_opened_with_its_nonce(proposal: int) -> None:
    code = write(factories.person(), proposal, "Setuju.", "for")
    comment = view(code)
    payload = {
        "code": code,
        "proposal": comment.proposal.code,
        "parent": None,
        "lang": "id",
        "stance": "for",
        "body": "Setuju.",
    }
    with db.reading() as session:
        nonce = session.execute(select(table(Comment).c.nonce)).scalar_one()
    assert commitment("rembuk/comment/v1", nonce, payload) == comment.h


def test_a_reply_is_counted_at_what_it_answers(proposal: int) -> None:
    first = write(factories.person(), proposal)
    reply = write(factories.person(), proposal, "Saya tidak sependapat.", "against", parent=first.lower())
    assert view(reply).parent == first
    assert (view(reply).depth, view(first).replies, total(proposal)) == (1, 1, 2)


def test_a_reply_stands_under_what_it_answers_however_deep(proposal: int) -> None:
    codes = [write(factories.person(), proposal, "Awal.")]
    for number in range(6):
        codes.append(write(factories.person(), proposal, f"Balasan {number}.", parent=codes[-1]))
    assert [view(code).depth for code in codes] == [0, 1, 2, 3, 4, 5, 6]
    assert [view(code).parent for code in codes] == [None, *codes[:-1]]


def test_pressed_twice_it_is_one_comment(proposal: int) -> None:
    person = factories.person()
    first = write(person, proposal, "Setuju sekali.")
    assert write(person, proposal, "Setuju sekali.") == first
    assert (rows(Comment), rows(Contribution), total(proposal)) == (1, 2, 1)


def test_ten_presses_at_once_are_one_comment(proposal: int) -> None:
    person, typed = factories.person(), samples.form("Setuju sekali.")
    sent = [db.submit(actions.write, person.actor, proposal, typed, clock.now()) for _ in range(10)]
    assert len({answer.result() for answer in sent}) == 1
    assert (rows(Comment), total(proposal)) == (1, 1)


def test_many_comments_at_once_are_all_counted(proposal: int) -> None:
    people, typed = [factories.person() for _ in range(12)], samples.form("Setuju.")
    sent = [db.submit(actions.write, person.actor, proposal, typed, clock.now()) for person in people]
    assert len({answer.result() for answer in sent}) == 12
    assert (rows(Comment), total(proposal)) == (12, 12)


def test_the_same_words_elsewhere_later_or_by_another_are_another_comment(proposal: int, consultation: int) -> None:
    person = factories.person()
    first = write(person, proposal, "Setuju.")
    codes = {first, write(factories.person(), proposal, "Setuju."), write(person, proposal, "Setuju.", parent=first)}
    codes.add(write(person, factories.proposal(consultation), "Setuju."))
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        codes.add(write(person, proposal, "Setuju."))
    assert len(codes) == 5


def test_comments_outside_the_phase_are_refused_with_the_date(database: str) -> None:
    person = factories.person()
    over = factories.proposal(factories.consultation(factories.office(), factories.OVER))
    with pytest.raises(Conflict) as refused:
        write(person, over)
    assert (refused.value.reason.code, "when" in refused.value.reason.values) == ("ended", True)
    later = (factories.phase("discussion", factories.DAY, 2 * factories.DAY),)
    coming = factories.proposal(factories.consultation(factories.office(), later))
    with pytest.raises(Conflict) as early:
        write(person, coming)
    assert early.value.reason.code == "not-yet"


def test_what_arrived_before_the_closing_counts(database: str) -> None:
    phases = (factories.phase("discussion", -factories.DAY, factories.HOUR),)
    proposal = factories.proposal(factories.consultation(factories.office(), phases))
    closing = clock.now() + factories.HOUR
    with time_machine.travel(closing + timedelta(seconds=2)):
        assert write(factories.person(), proposal, at=closing - timedelta(seconds=1))
        with pytest.raises(Conflict):
            write(factories.person(), proposal, at=closing)


@pytest.mark.parametrize("state", ["withdrawn", "hidden"])
def test_withdrawn_and_hidden_proposals_take_no_comments(consultation: int, state: str) -> None:
    author = factories.person()
    proposal = factories.proposal(consultation, author)
    if state == "hidden":
        samples.set_visibility(proposal, "hidden", "spam")
    else:
        db.write_now(withdraw, author.actor, proposal, "Sudah tidak perlu.")
    with pytest.raises(Conflict) as refused:
        write(factories.person(), proposal)
    assert refused.value.reason.code == state
    assert total(proposal) == 0


def test_only_confirmed_people_write(proposal: int) -> None:
    with pytest.raises(Denied) as signed_out:
        db.write_now(actions.write, ANYONE, proposal, samples.form("Setuju."), clock.now())
    assert signed_out.value.reason.status == 401
    with pytest.raises(Denied) as unconfirmed:
        write(factories.person(confirmed=False), proposal)
    assert unconfirmed.value.reason.code == "unconfirmed"


def test_a_reply_stays_on_its_proposal_and_answers_what_is_there(consultation: int, proposal: int) -> None:
    person = factories.person()
    other = write(person, factories.proposal(consultation))
    for parent in (other, "0000-00000", "apa saja"):
        with pytest.raises(Missing):
            write(person, proposal, parent=parent)
    gone = write(person, proposal)
    db.write_now(actions.remove, person.actor, view(gone).id)
    with pytest.raises(Conflict) as refused:
        write(factories.person(), proposal, parent=gone)
    assert refused.value.reason.code == "gone"


def test_a_comment_changes_within_a_quarter_of_an_hour(proposal: int) -> None:
    person = factories.person()
    code = write(person, proposal, "Setju.")
    before = view(code)
    samples.edit(person, code, "Setuju.", "for")
    after = view(code)
    assert (after.body, after.stance, after.edited_at is not None) == ("Setuju.", "for", True)
    assert after.h != before.h
    assert [(e["t"], e.get("s")) for e in events(code)] == [("item", None), ("edit", before.h)]
    samples.edit(person, code, "Setuju.", "for")
    assert len(events(code)) == 2
    with time_machine.travel(clock.now() + timedelta(minutes=15)), pytest.raises(Conflict) as late:
        samples.edit(person, code, "Tidak.")
    assert late.value.reason.code == "too-late"
    assert view(code).body == "Setuju."


def test_only_its_author_changes_or_removes_it(proposal: int) -> None:
    code = write(factories.person(), proposal)
    for person in (factories.person(), factories.person(roles=("moderator",))):
        with pytest.raises(Denied) as refused:
            samples.edit(person, code, "Lain.")
        assert refused.value.reason.code == "not-author"
        with pytest.raises(Denied):
            db.write_now(actions.remove, person.actor, view(code).id)
    assert view(code).shown


def test_a_change_after_the_phase_is_refused(database: str) -> None:
    phases = (factories.phase("discussion", -factories.DAY, factories.HOUR),)
    proposal = factories.proposal(factories.consultation(factories.office(), phases))
    person = factories.person()
    closing = clock.now() + factories.HOUR
    with time_machine.travel(closing - timedelta(minutes=1)):
        code = write(person, proposal)
    with time_machine.travel(closing + timedelta(minutes=1)), pytest.raises(Conflict) as refused:
        samples.edit(person, code, "Terlambat.")
    assert refused.value.reason.code == "ended"


def test_removing_erases_the_words_and_keeps_the_place(proposal: int) -> None:
    person = factories.person()
    code = write(person, proposal, "Alamat saya KENARI.", "for")
    reply = write(factories.person(), proposal, "Baik.", parent=code)
    h = view(code).h
    for _ in range(2):
        db.write_now(actions.remove, person.actor, view(code).id)
    gone = view(code)
    assert (gone.visibility, gone.removed, gone.h, gone.replies) == ("withdrawn", True, h, 1)
    assert view(reply).parent == code
    with db.reading() as session:
        row = session.execute(select(table(Comment)).where(table(Comment).c.id == gone.id)).one()
    assert (row.body, row.html, row.nonce, row.stance) == ("", "", None, "neutral")
    assert total(proposal) == 2
    assert [(e["t"], e.get("s")) for e in events(code)] == [("item", None), ("withdraw", h)]
    with pytest.raises(Conflict):
        samples.edit(person, code, "Kembali.")


def test_a_hidden_comment_cannot_be_changed_but_removed_and_stays_hidden(proposal: int) -> None:
    person = factories.person()
    code = write(person, proposal)
    samples.set_visibility(view(code).id, "hidden", "insult")
    with pytest.raises(Conflict):
        samples.edit(person, code, "Lain.")
    db.write_now(actions.remove, person.actor, view(code).id)
    assert (view(code).visibility, view(code).removed) == ("hidden", True)


def test_entering_asks_for_no_phase_and_keeps_what_others_counted(database: str) -> None:
    proposal = factories.proposal(factories.consultation(factories.office(), factories.OVER))

    def act(session: Any) -> str:
        one = proposals.by_id(session, proposal)
        origin = Origin(channel="import", received_at=clock.now() - factories.DAY, import_source="m", import_id="1")
        form = CommentForm(body="De acuerdo.", stance="for")
        return actions.enter(session, OPERATOR, one, form, clock.now(), lang="es", origin=origin, imported=(12, 3)).code

    comment = view(db.write_now(act))
    assert (comment.imported_for, comment.imported_against, comment.lang, comment.channel) == (12, 3, "es", "import")
    assert (comment.author, total(proposal)) == (None, 1)


def test_counting_goes_in_the_order_of_the_proposals() -> None:
    assert actions.write.lock == "proposal"  # type: ignore[attr-defined]


def test_the_view_of_what_is_not_public_holds_no_words(proposal: int) -> None:
    code = write(factories.person("KENARI"), proposal, "KENARI", "for")
    samples.set_visibility(view(code).id, "hidden", "insult")
    hidden = view(code)
    assert (hidden.body, str(hidden.html), hidden.author, hidden.stance) == ("", "", None, "neutral")
    assert "KENARI" not in json.dumps(queries.facts(hidden))
