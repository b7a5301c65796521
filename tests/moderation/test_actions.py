"""Reporting, hiding and showing again."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.actions.leaving import _erasings
from app.accounts.models import Participant
from app.comments import actions as commenting
from app.comments import queries as comments
from app.core import clock, db, mail
from app.core.access import ANYONE, Conflict, Denied
from app.core.columns import table
from app.moderation import actions, queries
from app.moderation.forms import ReportForm
from app.moderation.models import ModerationAct, Report
from app.proposals import queries as proposals
from app.publiclog.models import Event
from app.rules.canonical import commitment
from tests import factories
from tests.comments import samples

pytestmark = pytest.mark.usefixtures("browser")
BASE = "https://rembuk.example"


@pytest.fixture
def author(database: str) -> factories.Person:
    return factories.person("Budi")


@pytest.fixture
def proposal(author: factories.Person, browser: object) -> int:
    return factories.proposal(factories.consultation(factories.office()), author, body="KENARI dan isi yang panjang.")


@pytest.fixture
def moderator(database: str) -> factories.Person:
    return factories.person("Mod", roles=("moderator",))


def report(person: factories.Person | None, contribution: int, reason: str = "spam", text: str = "") -> None:
    form = ReportForm.model_validate({"reason": reason, "text": text})
    db.write_now(actions.report, person.actor if person else ANYONE, contribution, form)


def hide(person: factories.Person, contribution: int, reason: str = "insult", text: str = "Menghina orang.") -> None:
    db.write_now(actions.hide, person.actor, contribution, reason, text, BASE)


def restore(person: factories.Person, contribution: int, text: str = "Setelah dibaca lagi, tidak melanggar.") -> None:
    db.write_now(actions.restore, person.actor, contribution, text, BASE)


def reports() -> list[Report]:
    with db.reading() as session:
        return list(session.execute(select(Report).order_by(table(Report).c.id)).scalars())


def acts(contribution: int) -> list[queries.ActView]:
    with db.reading() as session:
        return queries.acts_of(session, contribution)


def events(kind: str) -> list[dict[str, Any]]:
    with db.reading() as session:
        return [json.loads(body) for body in session.execute(select(Event.body).where(Event.type == kind)).scalars()]


def mails() -> list[mail.Mail]:
    with db.reading() as session:
        return mail.latest(session)


def visibility(contribution: int) -> tuple[str, str]:
    with db.reading() as session:
        case = queries.by_id(session, contribution)
    return case.visibility, case.reason_code


def test_anyone_reports_and_somebody_known_once(proposal: int) -> None:
    person = factories.person()
    report(None, proposal)
    report(None, proposal)
    report(person, proposal, "insult", "Kasar.")
    report(person, proposal, "threat", "Lebih buruk.")
    told = [(it.reporter_id, it.reason, it.text) for it in reports()]
    assert told == [(None, "spam", ""), (None, "spam", ""), (person.participant, "threat", "Lebih buruk.")]


def test_after_a_decision_somebody_can_report_again(proposal: int, moderator: factories.Person) -> None:
    person = factories.person()
    report(person, proposal)
    db.write_now(actions.dismiss, moderator.actor, proposal)
    report(person, proposal)
    assert [it.outcome for it in reports()] == ["kept", ""]


def test_what_nobody_reads_is_not_reported(proposal: int, moderator: factories.Person) -> None:
    hide(moderator, proposal)
    with pytest.raises(Conflict):
        report(factories.person(), proposal)


def test_reports_are_limited_by_address_and_by_account(database: str) -> None:
    by_account = [db.write_now(actions.count_try, f"10.0.0.{n}", 7) for n in range(actions.FROM_ACCOUNT + 1)]
    assert by_account == [True] * actions.FROM_ACCOUNT + [False]
    by_address = [db.write_now(actions.count_try, "10.1.1.1", None) for _ in range(actions.FROM_ADDRESS + 1)]
    assert by_address == [True] * actions.FROM_ADDRESS + [False]


def test_hiding_leaves_a_reason_an_act_an_event_and_tells_the_author(
    proposal: int, moderator: factories.Person, author: factories.Person
) -> None:
    report(None, proposal)
    hide(moderator, proposal)
    assert visibility(proposal) == ("hidden", "insult")
    [act] = acts(proposal)
    assert (act.act, act.reason, act.text) == ("hide", "insult", "Menghina orang.")
    [event] = events("moderate")
    with db.reading() as session:
        h = proposals.by_id(session, proposal).h
    assert (event["target"], event["action"], event["clause"], event["role"]) == (h, "hide", "insult", "moderator")
    assert event["reason"] == act.h
    assert not [word for word in ("Mod", "Menghina", "KENARI", "Budi") if word in json.dumps(event)]
    assert [it.outcome for it in reports()] == ["hidden"]
    [sent] = mails()
    code = factories.code(proposal)
    assert sent.to_address == author.email
    assert code in sent.subject
    assert f"{BASE}/contributions/{code}" in sent.body
    assert "Menghina orang." in sent.body
    assert "KENARI" not in sent.body
    assert "Mod" not in sent.body.replace("Moderator", "").replace("moderator", "")


def test_the_author_is_told_in_their_own_language(moderator: factories.Person) -> None:
    author = factories.person(lang="en")
    proposal = factories.proposal(factories.consultation(factories.office()), author)
    hide(moderator, proposal)
    restore(moderator, proposal)
    later, first = mails()
    assert first.subject == f"Your proposal {factories.code(proposal)} was hidden"
    assert "It insults somebody." in first.body
    assert later.subject == f"Your proposal {factories.code(proposal)} is shown again"


def test_the_reason_can_be_proven_with_its_nonce(proposal: int, moderator: factories.Person) -> None:
    hide(moderator, proposal)
    with db.reading() as session:
        row = session.execute(select(ModerationAct)).scalar_one()
        target = queries.by_id(session, proposal).h
    payload = {"code": factories.code(proposal), "act": "hide", "reason": "insult", "text": "Menghina orang."}
    assert commitment("rembuk/moderation/v1", row.nonce, payload | {"target": target}) == row.h
    assert row.by == moderator.account


def test_hiding_and_showing_twice_changes_nothing_more(proposal: int, moderator: factories.Person) -> None:
    for _ in range(2):
        hide(moderator, proposal)
    assert (len(acts(proposal)), len(events("moderate")), len(mails())) == (1, 1, 1)
    for _ in range(2):
        restore(moderator, proposal)
    assert [act.act for act in acts(proposal)] == ["hide", "restore"]
    assert (len(events("restore")), len(mails()), visibility(proposal)) == (1, 2, ("public", ""))


def test_people_without_an_account_are_not_written_to(moderator: factories.Person) -> None:
    consultation = factories.consultation(factories.office())
    participant = factories.add(Participant(name=None, created_at=clock.now()))
    nameless = factories.Person(0, participant, "", "", frozenset(), frozenset())
    proposal = factories.proposal(consultation, nameless)
    hide(moderator, proposal)
    assert mails() == []
    assert visibility(proposal)[0] == "hidden"


def test_a_comment_removed_while_hidden_stays_away(proposal: int, moderator: factories.Person) -> None:
    person = factories.person()
    code = samples.write(person, proposal, "MERPATI")
    number = samples.view(code).id
    hide(moderator, number)
    db.write_now(commenting.remove, person.actor, number)
    sent = len(mails())
    restore(moderator, number)
    assert (samples.view(code).visibility, samples.view(code).removed, len(mails())) == ("withdrawn", True, sent)
    with pytest.raises(Conflict) as refused:
        hide(moderator, number)
    assert refused.value.reason.code == "gone"


def test_nobody_moderates_their_own(proposal: int) -> None:
    both = factories.person(roles=("moderator",))
    code = samples.write(both, proposal)
    number = samples.view(code).id
    report(None, number)
    for act in (lambda: hide(both, number), lambda: restore(both, number)):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.reason.code == "own"
    with pytest.raises(Conflict):
        db.write_now(actions.dismiss, both.actor, number)
    assert [it.outcome for it in reports()] == [""]


@pytest.mark.parametrize("roles", [(), ("facilitator",), ("administrator",), ("official",)])
def test_only_moderators_moderate(proposal: int, roles: tuple[str, ...]) -> None:
    person = factories.person(roles=roles, office=factories.office())
    with pytest.raises(Denied) as refused:
        hide(person, proposal)
    assert refused.value.reason.code == "not-moderator"
    with pytest.raises(Denied):
        restore(person, proposal)
    with pytest.raises(Denied):
        db.write_now(actions.dismiss, person.actor, proposal)
    with pytest.raises(Denied) as signed_out:
        db.write_now(actions.hide, ANYONE, proposal, "spam", "Iklan.", BASE)
    assert signed_out.value.reason.status == 401


def test_dismissing_settles_and_nobody_sees_a_change(proposal: int, moderator: factories.Person) -> None:
    other = factories.proposal(factories.consultation(factories.office()))
    report(None, proposal)
    report(None, other)
    db.write_now(actions.dismiss, moderator.actor, proposal)
    assert [it.outcome for it in reports()] == ["kept", ""]
    assert (visibility(proposal), acts(proposal), mails()) == (("public", ""), [], [])


def test_who_leaves_leaves_no_trace_in_reports(proposal: int) -> None:
    person = factories.person()
    report(person, proposal, text="Kasar.")
    assert actions.forget_reporter in _erasings
    db.write_now(actions.forget_reporter, person.account, person.participant)
    assert [(it.reporter_id, it.text) for it in reports()] == [(None, "Kasar.")]


def test_hidden_words_are_in_no_view_of_comments(proposal: int, moderator: factories.Person) -> None:
    code = samples.write(factories.person("ELANG"), proposal, "MERPATI")
    hide(moderator, samples.view(code).id)
    with db.reading() as session:
        thread = comments.shown(session, proposals.by_id(session, proposal))
    told = json.dumps([comments.facts(it) for it in thread.items]) + repr([it.html for it in thread.items])
    assert "MERPATI" not in told
    assert "ELANG" not in told
