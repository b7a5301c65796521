"""Merging proposals: who agrees, what is refused, what stays where it is, and that undoing it changes nothing."""

from datetime import timedelta
from random import Random

import pytest

from app.core import clock, db, jobs
from app.core.access import Conflict, Denied
from app.core.mail import Mail
from app.proposals import actions, queries
from app.proposals.forms import MergeForm, ProposalForm
from app.rules.merging import by_person, together
from app.votes import actions as votes
from app.votes import queries as voting
from app.votes.models import Ballot, Choice, Vote
from tests import factories
from tests.consultations.test_drafts import all_rows
from tests.factories import DAY
from tests.page import Browser
from tests.proposals.merging import WHY, Village, on_paper


@pytest.fixture
def village(browser: Browser) -> Village:
    return Village()


def test_it_is_carried_out_when_the_last_author_agrees(village: Village) -> None:
    merge = village.propose(village.official)
    assert village.propose(village.official) == merge, "pressed twice"
    assert not village.agree(village.authors[0], merge) and not village.agree(village.authors[0], merge)
    assert village.merge(merge).state == "pending" and village.view(village.source).canonical_id is None
    assert village.agree(village.authors[1], merge) and village.agree(village.authors[1], merge)
    found = village.merge(merge)
    assert found.state == "carried-out" and not found.missing
    assert village.view(village.source).canonical_id == village.target
    assert [part.agreed_role for part in found.parts] == ["author", "author"]


def test_silence_is_no_assent_and_one_refusal_ends_it(village: Village) -> None:
    merge = village.propose(village.authors[0], village.source, village.other)
    assert village.merge(merge).missing == village.merge(merge).sources, "who proposes it agrees by that"
    with pytest.raises(Conflict, match="not-asked"):
        village.agree(village.official, merge)
    village.agree(village.authors[1], merge)
    village.refuse(village.authors[2], merge)
    village.refuse(village.authors[2], merge)
    found = village.merge(merge)
    assert (found.state, found.ended_reason, found.ended_by) == (
        "refused",
        "Usulan saya lain.",
        village.authors[2].name,
    )
    with pytest.raises(Conflict, match="ended"):
        village.agree(village.authors[2], merge)
    again = village.propose(village.authors[0])
    village.refuse(village.authors[0], again)
    assert village.merge(again).state == "taken-back"


def test_for_what_has_no_author_to_ask_the_office_answers(village: Village) -> None:
    paper = on_paper(village.consultation)
    merge = village.propose(village.authors[0], paper)
    with pytest.raises(Denied):
        village.agree(village.authors[1], merge)
    assert village.agree(village.official, merge)
    part = village.merge(merge).sources[0]
    assert (part.agreed_name, part.agreed_role) == (village.official.name, "official")


def test_who_agreed_to_another_text_is_asked_again(village: Village) -> None:
    merge = village.propose(village.official)
    village.agree(village.authors[1], merge)
    factories.edit(village.target)
    with pytest.raises(Conflict, match="changed-elsewhere"):
        village.agree(village.authors[0], merge, 1)
    assert not village.agree(village.authors[0], merge, 2)
    assert [part.proposal_id for part in village.merge(merge).missing] == [village.source]
    assert village.agree(village.authors[1], merge, 2)


def test_what_cannot_be_merged_is_said(village: Village) -> None:
    foreign = factories.proposal(factories.consultation(village.office))
    last = factories.proposal(village.consultation, village.authors[2])
    said = {}
    for what, sources in {"itself": [village.target], "elsewhere": [foreign], "none": [0]}.items():
        form = MergeForm(codes=" ".join(factories.code(it) for it in sources if it), reason=WHY)
        with pytest.raises(Conflict) as refused:
            db.write_now(actions.propose_merge, village.official.actor, village.target, form)
        said[what] = refused.value.reason.code
    assert said == {"itself": "itself", "elsewhere": "unknown", "none": "none"}
    with pytest.raises(Denied):
        village.propose(factories.person())
    waiting = village.propose(village.official)
    with pytest.raises(Conflict, match="waiting"):
        village.propose(village.official, village.target, into=village.other)
    village.agree(village.authors[0], waiting)
    village.agree(village.authors[1], waiting)
    with pytest.raises(Conflict, match="merged"):
        village.propose(village.official, last, into=village.source)
    with pytest.raises(Conflict, match="merged"):
        village.propose(village.official, village.source, into=village.other)
    with pytest.raises(Conflict, match="has-sources"):
        village.propose(village.official, village.target, into=village.other)
    db.write_now(actions.withdraw, village.authors[2].actor, last, "Sudah tidak perlu.")
    with pytest.raises(Conflict, match="not-standing"):
        village.propose(village.official, last)


def test_a_second_merge_into_the_same_is_the_same_group(village: Village, browser: Browser) -> None:
    village.merged()
    village.merged(village.other)
    view = village.view(village.target)
    with db.reading() as session:
        group = queries.group_of(view.id, queries.merges_about(session, view))
    assert group is not None and group.ids == (village.target, village.source, village.other)


def test_a_proposal_taken_back_ends_the_merge_that_waits(village: Village) -> None:
    merge = village.propose(village.official)
    db.write_now(actions.withdraw, village.authors[1].actor, village.source, "Saya tarik saja.")
    found = village.merge(merge)
    assert (found.state, found.ended_reason) == ("refused", "Saya tarik saja.")


def test_authors_become_co_authors(village: Village) -> None:
    merge = village.merged()
    first, second, third = village.authors
    form = ProposalForm(title="Satu usulan bersama", body="Isi yang ditulis bersama oleh keduanya.", saving=1)
    with pytest.raises(Denied):
        db.write_now(actions.edit, third.actor, village.target, form, clock.now())
    assert db.write_now(actions.edit, second.actor, village.target, form, clock.now()) == "text"
    with pytest.raises(Conflict, match="merged"):
        db.write_now(actions.edit, second.actor, village.source, form, clock.now())
    for person, proposal, code in ((first, village.target, "has-sources"), (second, village.source, "merged")):
        with pytest.raises(Conflict, match=code):
            db.write_now(actions.withdraw, person.actor, proposal, "Saya tarik saja.")
    village.undo(first, merge)
    with pytest.raises(Denied):
        db.write_now(actions.edit, second.actor, village.target, form, clock.now())


def test_undoing_is_for_the_office_and_for_authors_while_texts_can_be_changed(browser: Browser) -> None:
    only_voting = (factories.phase("voting", -DAY, 10 * DAY),)
    village = Village(phases=only_voting)
    merge = village.merged()
    with pytest.raises(Conflict, match="not-editing"):
        village.undo(village.authors[1], merge)
    with pytest.raises(Denied):
        village.undo(village.authors[2], merge)
    village.undo(village.official, merge)
    village.undo(village.official, merge)
    assert village.merge(merge).state == "undone" and village.view(village.source).canonical_id is None
    with pytest.raises(Conflict, match="ended"):
        village.agree(village.authors[1], merge)


@pytest.mark.parametrize(("left", "code"), [(2 * DAY, "no-time"), (-DAY, "over")])
def test_voters_keep_three_days(left: timedelta, code: str, browser: Browser) -> None:
    village = Village(phases=(factories.phase("proposals", -9 * DAY, left), factories.phase("voting", -9 * DAY, left)))
    with pytest.raises(Conflict, match=code):
        village.propose(village.official)


# -- votes ------------------------------------------------------------------------------------------


def test_votes_stay_and_can_only_be_withdrawn(village: Village) -> None:
    voter = factories.person()
    village.cast(voter, village.source)
    village.merged()
    with pytest.raises(Conflict, match="merged"):
        village.cast(voter, village.source, "oppose")
    (vote,) = all_rows(Vote)
    assert (vote.proposal_id, vote.version, vote.choice) == (village.source, 1, "support")
    assert village.cast(voter, village.target, "oppose").mine == "oppose"
    box = db.write_now(votes.withdraw, voter.actor, factories.code(village.source), clock.now())
    assert box.state == "merged" and [it.proposal_id for it in all_rows(Vote)] == [village.target]


@pytest.mark.parametrize("seed", range(3))
def test_a_group_is_counted_as_asking_everybody_would(village: Village, seed: int) -> None:
    random, people = Random(seed), [factories.person() for _ in range(8)]
    proposals = [village.target, village.source, village.other]
    for _ in range(30):
        village.cast(random.choice(people), random.choice(proposals), random.choice(list(Choice)))
    ballots = {it.id: it.voter for it in all_rows(Ballot)}
    marks = [(ballots[it.ballot_id], it.proposal_id, it.choice) for it in all_rows(Vote)]
    group = random.choice([(village.target, village.source), (village.target, village.source, village.other)])
    meant = together(by_person([mark for mark in marks if mark[1] in group], village.target))
    with db.reading() as session:
        assert voting.together(session, village.target, group) == meant
        assert voting.together_by_rule(session, {village.target: group}) == {village.target: meant}
    assert meant.supports + meant.opposes + meant.neutrals == len({v for v, p, _ in marks if p in group})


def test_everyone_who_took_part_is_told_in_the_same_words(village: Village) -> None:
    voters = [factories.person() for _ in range(30)]
    for voter in voters:
        village.cast(voter, village.source)
    idle = factories.person()
    village.merged()
    while jobs.run_due():
        pass
    told = [it for it in all_rows(Mail) if "digabung" in it.subject.lower() and "dapat" in it.body]
    assert {it.to_address for it in told} == {it.email for it in [*voters, *village.authors]}
    assert len(told) == 33 and idle.email not in {it.to_address for it in told}
    assert len({it.body.partition("/unsubscribe/")[0] for it in told}) == 1, "it tells nothing of what somebody did"
