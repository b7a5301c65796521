"""`approval/1` chooses what its parameters say; an independent second way of working it out always agrees."""

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.ballots import (
    Approval,
    Candidate,
    InvalidRule,
    Outcome,
    UnknownEngine,
    approval_1,
    outcome,
    read_approval,
    read_share,
    tally,
    write_share,
)
from app.rules.canonical import canonical

SHARES = st.integers(1, 12).flatmap(lambda q: st.integers(1, q).map(lambda p: Fraction(p, q)))
RULES = st.builds(
    Approval,
    quorum=st.none() | st.integers(1, 30),
    turnout=st.none() | SHARES,
    entitled=st.integers(1, 60),
    share=st.none() | SHARES,
    share_of=st.sampled_from(["ballots", "choices"]),
    more=st.booleans(),
    most=st.none() | st.integers(1, 6),
    ties=st.sampled_from(["all", "none", "earlier", "body"]),
)


@st.composite
def votings(draw: st.DrawFn) -> tuple[list[Candidate[str]], list[dict[str, str]]]:
    """Some proposals, and the ballots of some people: by proposal what each said, if anything."""
    names = [f"P{number}" for number in range(draw(st.integers(0, 6)))]
    said = st.fixed_dictionaries({}, optional={name: st.sampled_from(["support", "oppose"]) for name in names})
    papers = draw(st.lists(said, max_size=25))
    made = [Candidate(name, *(sum(p.get(name) == c for p in papers) for c in ("support", "oppose"))) for name in names]
    return made, papers


def oracle(rule: Approval, names: list[str], papers: list[dict[str, str]]) -> tuple[bool, set[str], set[str]]:
    """Whether it is valid, what is chosen and what is left to the body; from the papers, in whole numbers, by trying.

    Instead of ranking and cutting, a proposal is in when fewer than all places can be taken before it.
    """
    n = len(papers)
    if rule.quorum and n < rule.quorum:
        return False, set(), set()
    if rule.turnout and n * rule.turnout.denominator < rule.turnout.numerator * (rule.entitled or 0):
        return False, set(), set()
    likes = {name: len([1 for paper in papers if paper.get(name) == "support"]) for name in names}
    passed = []
    for name in names:
        base = n if rule.share_of == "ballots" else len([1 for paper in papers if name in paper])
        if likes[name] == 0:
            continue
        if rule.share:
            left, right = likes[name] * rule.share.denominator, rule.share.numerator * base
            if left < right or (rule.more and left == right):
                continue
        passed.append(name)
    chosen, body = set(), set()
    for name in passed:
        better = [other for other in passed if likes[other] > likes[name]]
        same = [other for other in passed if likes[other] == likes[name]]
        room = len(passed) if rule.most is None else rule.most - len(better)
        if room >= len(same):
            chosen.add(name)
        elif room > 0:
            if rule.ties == "all" or (rule.ties == "earlier" and same.index(name) < room):
                chosen.add(name)
            if rule.ties == "body":
                body.add(name)
    return True, chosen, body


@given(RULES, votings())
def test_the_engine_agrees_with_an_independent_one(
    rule: Approval, voting: tuple[list[Candidate[str]], list[dict[str, str]]]
) -> None:
    candidates, papers = voting
    found = approval_1(rule, candidates, len(papers))
    names = [it.subject for it in candidates]
    assert (found.valid, set(found.chosen), set(found.tied)) == oracle(rule, names, papers)
    assert len(found.chosen) == len(set(found.chosen)) and not set(found.chosen) & set(found.tied)
    supports = {it.subject: it.supports for it in candidates}
    ranked = [supports[name] for name in found.chosen]
    assert ranked == sorted(ranked, reverse=True)
    if rule.most and rule.ties != "all":
        assert len(found.chosen) + found.places <= rule.most
    assert found.steps[0].code == "ballots" and (not found.valid or found.steps[-1].subjects == found.chosen)


@given(RULES, votings())
def test_only_ties_by_time_depend_on_the_order(
    rule: Approval, voting: tuple[list[Candidate[str]], list[dict[str, str]]]
) -> None:
    candidates, papers = voting
    turned = approval_1(rule, candidates[::-1], len(papers))
    straight = approval_1(rule, candidates, len(papers))
    if rule.ties != "earlier":
        assert set(turned.chosen) == set(straight.chosen) and set(turned.tied) == set(straight.tied)


@given(RULES, votings(), st.data())
def test_one_more_support_never_harms_a_proposal(
    rule: Approval, voting: tuple[list[Candidate[str]], list[dict[str, str]]], data: st.DataObject
) -> None:
    candidates, papers = voting
    open_to = [(paper, it.subject) for paper in papers for it in candidates if paper.get(it.subject) != "support"]
    if not open_to:
        return
    paper, name = data.draw(st.sampled_from(open_to))
    before = approval_1(rule, candidates, len(papers))
    paper[name] = "support"
    after_all = [
        Candidate(it.subject, *(sum(p.get(it.subject) == c for p in papers) for c in ("support", "oppose")))
        for it in candidates
    ]
    after = approval_1(rule, after_all, len(papers))
    if name in before.chosen and rule.ties != "none":
        assert name in after.chosen


FOUR = [Candidate("A", 6), Candidate("B", 4), Candidate("C", 4), Candidate("D", 1)]


def codes(found: Outcome[str]) -> list[str]:
    return [step.code for step in found.steps]


@pytest.mark.parametrize(
    ("ties", "chosen", "tied", "places"),
    [
        ("all", ("A", "B", "C"), (), 0),
        ("none", ("A",), (), 0),
        ("earlier", ("A", "B"), (), 0),
        ("body", ("A",), ("B", "C"), 1),
    ],
)
def test_the_last_place_is_tied(ties: str, chosen: tuple[str, ...], tied: tuple[str, ...], places: int) -> None:
    found = approval_1(Approval(most=2, ties=ties), FOUR, 10)
    assert (found.chosen, found.tied, found.places) == (chosen, tied, places)
    assert codes(found) == ["ballots", "supported", "places", f"tie-{ties}", "chosen"]
    assert dict(found.steps[3].numbers) == {"places": 1, "supports": 4}


def test_no_tie_where_the_places_suffice() -> None:
    found = approval_1(Approval(most=3, ties="none"), FOUR, 10)
    assert found.chosen == ("A", "B", "C") and codes(found) == ["ballots", "supported", "places", "chosen"]
    assert approval_1(Approval(most=4), FOUR, 10).chosen == ("A", "B", "C", "D")


def test_a_half_is_reached_or_has_to_be_passed() -> None:
    pair = [Candidate("A", 5, 5), Candidate("B", 6, 4)]
    half = {"share": Fraction(1, 2), "share_of": "ballots"}
    assert approval_1(Approval(**half), pair, 10).chosen == ("B", "A")
    assert approval_1(Approval(**half, more=True), pair, 10).chosen == ("B",)
    of_choices = Approval(share=Fraction(2, 3), share_of="choices")
    assert approval_1(of_choices, [Candidate("A", 2, 1), Candidate("B", 3, 2), Candidate("C", 0)], 10).chosen == ("A",)


def test_too_few_people_choose_nothing() -> None:
    quorum = approval_1(Approval(quorum=11), FOUR, 10)
    assert (quorum.valid, quorum.chosen, codes(quorum)) == (False, (), ["ballots", "quorum-missed"])
    few = approval_1(Approval(quorum=10, turnout=Fraction(1, 3), entitled=31), FOUR, 10)
    assert (few.valid, codes(few)) == (False, ["ballots", "quorum-met", "participation-missed"])
    assert dict(few.steps[2].numbers) == {"needed": 11, "entitled": 31}
    enough = approval_1(Approval(turnout=Fraction(1, 3), entitled=30), FOUR, 10)
    assert enough.valid and "participation-met" in codes(enough)


@pytest.mark.parametrize(
    "candidate", [Candidate("A", 11), Candidate("A", 6, 5), Candidate("A", -1), Candidate("A", 0, -1)]
)
def test_more_votes_than_ballots_are_damage(candidate: Candidate[str]) -> None:
    with pytest.raises(ValueError, match="more than once"):
        approval_1(Approval(), [candidate], 10)


RULE: dict[str, Any] = {
    "v": 1, "engine": "approval/1", "voting": "three", "limit": None, "counts": "sealed", "quorum": 100,
    "participation": {"least": "1/10", "of": 5000}, "threshold": {"least": "2/3", "of": "choices", "more": True},
    "most": 3, "ties": "body",
}  # fmt: skip


def test_a_rule_is_data_and_read_as_written() -> None:
    assert read_approval(RULE) == Approval(100, Fraction(1, 10), 5000, Fraction(2, 3), "choices", True, 3, "body")
    bare = {"engine": "approval/1", "quorum": None, "participation": None, "threshold": None, "most": None, "ties": ""}
    assert read_approval(bare) == read_approval({}) == Approval()
    canonical(RULE)  # whole numbers and texts alone


@pytest.mark.parametrize(
    "change",
    [
        {"quorum": 0}, {"quorum": True}, {"quorum": "100"}, {"most": -1}, {"ties": "lot"},
        {"threshold": {"least": "2/3", "of": "people", "more": False}},
        {"threshold": {"least": "0.5", "of": "ballots", "more": False}},
        {"participation": {"least": "1/2", "of": None}}, {"participation": {"least": "3/2", "of": 10}},
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidRule):
        outcome({**RULE, **change}, FOUR, 10)


@pytest.mark.parametrize("text", ["", "1", "2/4", "0/1", "3/2", "1/0", "01/2", "1/2 ", "-1/2", "½", "١/٢"])
def test_a_share_has_one_spelling(text: str) -> None:
    with pytest.raises(InvalidRule):
        read_share(text)


@given(SHARES)
def test_a_share_is_read_as_it_was_written(share: Fraction) -> None:
    assert read_share(write_share(share)) == share


def test_counting_alone_gives_no_outcome_and_both_count_alike() -> None:
    assert outcome({"engine": "count/1"}, FOUR, 10) is None
    found = outcome({"engine": "approval/1"}, FOUR, 10)
    assert found is not None and found.chosen == ("A", "B", "C", "D")
    with pytest.raises(UnknownEngine):
        outcome({"engine": "approval/2"}, FOUR, 10)
    marks = [(1, "support"), (2, "oppose"), (1, "neutral")]
    assert all(tally("approval/1", list(some)) == tally("count/1", marks) for some in permutations(marks))
