"""The demonstration tells what its content says, in order of time, and stays out of public installations."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from app import main, permissions  # noqa: F401 - as the command has it
from app.accounts.actions import passwords
from app.accounts.models import Account, SignIn
from app.comments.models import Comment
from app.consultations import queries as consultations
from app.consultations.models import Consultation, ConsultationPhase
from app.contributions.models import Contribution, Handling
from app.core import access, clock, db
from app.core.columns import table
from app.decisions.models import Decision
from app.demo import content, loading, people
from app.obligations.models import HandOver, HoldingReply, Obligation
from app.offices import actions as offices
from app.proposals.models import Proposal, ProposalStat, ProposalVersion, VersionStat
from app.publiclog.models import Event
from app.responses.models import Answer, Response, ResponseStep
from app.settings import settings
from app.votes.models import Ballot, Vote
from tests import factories
from tests.page import Browser


@pytest.fixture
def district(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demonstration in an empty database."""
    monkeypatch.setattr(people, "hash_of", lambda password: f"hash of {password}")
    access.fill(permissions.TABLE)
    offices.load_areas(loading.PROVINCE)
    db.write_now(loading.load, lambda done, of: None, "http://127.0.0.1:8000")


def number_of(model: Any, *conditions: Any) -> int:
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(table(model)).where(*conditions)).scalar_one())


def rows(statement: Any) -> list[Any]:
    with db.reading() as session:
        return list(session.execute(statement).all())


def test_everything_that_is_told_is_there(district: None) -> None:
    told = content.consultations()
    proposals = [proposal for one in told for proposal in one["proposals"]]
    assert number_of(Consultation) == len(told) == 6
    assert number_of(Proposal) == len(proposals) == 47
    assert number_of(ProposalVersion) == 47 + sum("edited" in one for one in proposals)
    comments = [comment for one in proposals for comment in content.comments(one.get("comments") or [])]
    assert number_of(Comment) == len(comments) == 345
    assert number_of(Answer, table(Answer).c.published_at.is_not(None)) == 24
    assert number_of(Decision, table(Decision).c.published_at.is_not(None)) == 1
    owed = Counter(row.kind for row in rows(select(table(Obligation).c.kind)))
    assert owed == {"closing": 23, "question": 1, "review": 1}, "of the two consultations that have closed"
    assert number_of(Obligation, table(Obligation).c.outcome == "open") == 6
    assert number_of(HandOver) == number_of(HoldingReply) == 1
    assert number_of(Handling) > 40, "whoever answers a proposal has read what was said about it"
    assert number_of(Vote) == sum(sum(one["votes"].values()) for one in proposals) == 3141


@pytest.mark.once
def test_replies_come_after_what_they_answer_and_stand_below_it(district: None) -> None:
    told = {
        (comment["body"], reply["body"])
        for it in content.consultations()
        for one in it["proposals"]
        for comment in content.comments(one.get("comments") or [])
        for reply in comment.get("replies") or []
    }
    m, parent = table(Comment).c, table(Comment).alias()
    query = select(
        parent.c.body, m.body.label("reply"), parent.c.at, m.at.label("later"), m.id, parent.c.id.label("above")
    )
    found = rows(query.join(parent, parent.c.id == m.parent_id))
    assert {(row.body, row.reply) for row in found} == told
    assert all(row.at < row.later and row.above < row.id for row in found)


@pytest.mark.once
def test_the_named_officials_answer_for_their_offices(district: None) -> None:
    r, c = table(Response).c, table(Consultation).c
    told = select(c.slug, r.signed_by, r.status, r.refers_to).join(table(Response), r.consultation_id == c.id)
    signed = rows(told.where(r.published_at.is_not(None)))
    assert {(row.slug, row.signed_by) for row in signed} == {
        ("air-bersih-argosari", "Sutarno"),
        ("jam-layanan-posyandu", "Retno Palupi"),
    }
    assert all(row.refers_to for row in signed if row.status in ("not-competent", "duplicate"))


@pytest.mark.once
def test_one_draft_waits_at_each_step_and_every_answer_took_all_steps(district: None) -> None:
    waiting = Counter(row.stage for row in rows(select(table(Response).c.stage)))
    published = waiting.pop("published")
    assert waiting == {"sent-back": 1, "check": 1, "signature": 1, "publication": 1}
    taken = Counter(row.act for row in rows(select(table(ResponseStep).c.act)))
    assert taken["publication"] == published and taken["check"] >= taken["signature"] >= published


@pytest.mark.once
def test_each_proposal_has_exactly_the_votes_that_are_told(district: None) -> None:
    p, s, v = table(Proposal).c, table(ProposalStat).c, table(Vote).c
    counted: Counter[tuple[int, str]] = Counter()
    for vote in rows(select(v.proposal_id, v.choice)):
        counted[vote.proposal_id, vote.choice] += 1
    told = {one["title"]: one for it in content.consultations() for one in it["proposals"]}
    told |= {one["edited"]["title"]: one for one in told.values() if "edited" in one}
    for row in rows(select(p.id, p.title, s).join(table(ProposalStat), s.proposal_id == p.id)):
        expected = told[row.title]["votes"]
        shown = {"support": row.supports, "oppose": row.opposes, "neutral": row.neutrals}
        assert shown == {choice: expected.get(choice, 0) for choice in shown}
        assert shown == {choice: counted[row.id, choice] for choice in shown}


@pytest.mark.once
def test_votes_stand_behind_the_version_that_was_voted_on(district: None) -> None:
    p, s = table(Proposal).c, table(VersionStat).c
    for row in rows(select(p.version, s).join(table(VersionStat), s.proposal_id == p.id)):
        assert row.version == row[2] or row.supports + row.opposes + row.neutrals == 0


@pytest.mark.once
def test_nobody_supports_more_than_the_limit_or_votes_twice(district: None) -> None:
    b = table(Ballot).c
    per_voter = rows(select(b.voter, b.phase_id, func.count()).group_by(b.voter, b.phase_id))
    assert {row[2] for row in per_voter} == {1}


@pytest.mark.once
def test_it_happened_in_order_and_nothing_is_in_the_future(district: None) -> None:
    now = clock.now()
    c, e = table(Contribution).c, table(Event).c
    entered = [row.entered_at for row in rows(select(c.entered_at).order_by(c.id))]
    assert entered == sorted(entered)
    assert all(row.at <= now for row in rows(select(e.at)))
    told = [row.at for row in rows(select(e.at).where(e.id > 0).order_by(e.id))]
    assert told == sorted(told)


@pytest.mark.once
def test_contributions_fall_into_a_phase_that_takes_them(district: None) -> None:
    c, p = table(Contribution).c, table(ConsultationPhase).c
    phases = rows(select(p.consultation_id, p.acts, p.opens_at, p.closes_at))
    for row in rows(select(c.consultation_id, c.kind, c.entered_at)):
        act = "propose" if row.kind == "proposal" else "comment"
        assert any(
            phase.consultation_id == row.consultation_id
            and act in phase.acts.split()
            and phase.opens_at <= row.entered_at < phase.closes_at
            for phase in phases
        ), row


@pytest.mark.once
def test_what_is_over_is_recorded_as_over(district: None) -> None:
    with db.reading() as session:
        p = table(ConsultationPhase).c
        past = session.execute(select(p.ended_at, p.counted_at).where(p.closes_at < clock.now())).all()
        slugs = session.execute(select(table(Consultation).c.slug)).scalars()
        states = Counter(consultations.in_path(session, slug).state for slug in slugs)
        assert not session.info.get("noticed")
    assert past
    assert all(row.ended_at and row.counted_at for row in past)
    assert set(states) >= {"open", "upcoming", "closed", "decided"}


@pytest.mark.once
def test_what_reached_the_office_otherwise_was_entered_by_the_facilitator(district: None) -> None:
    c, a = table(Contribution).c, table(Account).c
    with db.reading() as session:
        facilitator = session.execute(select(a.id).where(a.email == "fasilitator@demo.rembuk.example")).scalar_one()
    entered = rows(select(c.channel, c.entered_by, c.participant_id, c.received_at, c.entered_at))
    assert {row.channel for row in entered} == {"web", "paper", "meeting", "phone"}
    for row in entered:
        assert row.participant_id is not None
        assert row.entered_by == (None if row.channel == "web" else facilitator)
        assert row.received_at <= row.entered_at


def test_pages_of_the_district_open(district: None, browser: Browser) -> None:
    for told in content.consultations():
        assert browser.get(f"/consultations/{told['slug']}").status == 200


@pytest.mark.once
def test_whom_one_can_sign_in_as_has_the_known_password(
    database: str, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    monkeypatch.setattr(passwords, "HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    db.write_now(loading.load, lambda done, of: None, "http://127.0.0.1:8000")
    a = table(Account).c
    for address, _ in people.sign_ins():
        row = rows(select(a.password_hash, a.confirmed_at).where(a.email == address))[0]
        assert passwords.matches(row.password_hash, "rembuk-demo")
        assert row.confirmed_at is not None


def test_a_used_database_is_not_empty(database: str) -> None:
    with db.reading() as session:
        assert loading.empty(session)
    factories.person()
    with db.reading() as session:
        assert not loading.empty(session)


@pytest.mark.once
def test_people_of_the_demonstration_are_shut_out_and_let_in_again(district: None) -> None:
    a = table(Account).c
    own = factories.person("Pengurus sendiri")
    account = rows(select(a.id).where(a.email == "admin@demo.rembuk.example"))[0].id
    person = factories.Person(account, 0, "", "", frozenset(), frozenset())
    db.write_now(factories.sign_in, person, "session of the demo")
    db.write_now(factories.sign_in, own, "session of our own")
    assert db.write_now(people.shut_out) == 9
    assert number_of(Account, a.password_hash != "") == 0
    assert number_of(SignIn) == 1
    assert db.write_now(people.let_in) == 9
    assert db.write_now(people.let_in) == 0


@pytest.mark.parametrize("now", ["2026-03-01T17:05", "2027-01-01T23:59", "2028-02-28T23:30", "2026-10-24T22:30"])
@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Europe/Madrid"])
@pytest.mark.once
def test_it_can_be_told_at_any_hour_and_in_any_zone(
    database: str, monkeypatch: pytest.MonkeyPatch, now: str, zone: str
) -> None:
    monkeypatch.setattr(people, "hash_of", lambda password: "hash")
    monkeypatch.setattr(settings(), "zone", zone)
    access.fill(permissions.TABLE)
    with time_machine.travel(datetime.fromisoformat(now).replace(tzinfo=UTC), tick=False):
        db.write_now(loading.load, lambda done, of: None, "http://127.0.0.1:8000")
        e = table(Event).c
        assert all(row.at <= clock.now() for row in rows(select(e.at)))
        assert (number_of(Vote), number_of(Comment), number_of(Decision)) == (3141, 345, 1)
