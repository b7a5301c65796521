"""No order of acts by any people publishes a text that was not written, checked, signed and left as it was."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.signing import STEPS, Act, Done, Refused, Stage, refusal, standing

A, B = 1, 2
ONE, OTHER = "one text", "other text"
DRAFT, CHECK, SIGN, PUBLISH = (Done(act, B if act is Act.CHECK else A, ONE) for act in STEPS)
WHOLE = [Done(Act.WRITING, A, ONE), DRAFT, CHECK, SIGN, PUBLISH]


def test_four_steps_in_their_order_publish() -> None:
    stages = [standing(WHOLE[:number], ONE).stage for number in range(1, 6)]
    assert stages == [Stage.WRITING, Stage.CHECK, Stage.SIGNATURE, Stage.PUBLICATION, Stage.PUBLISHED]
    assert standing(WHOLE, ONE).counting == (1, 2, 3, 4)
    assert standing(WHOLE, OTHER).stage is Stage.PUBLISHED, "what is published stays so"
    for later in Act:
        after = standing([*WHOLE, Done(later, B, OTHER)], OTHER)
        assert (after.stage, after.counting) == (Stage.PUBLISHED, (1, 2, 3, 4)), later


def test_only_what_is_published_is_given_and_by_somebody_named() -> None:
    published = standing(WHOLE, ONE)
    assert refusal(Act.GIVING, B, published) is None
    assert refusal(Act.GIVING, None, published) is Refused.UNNAMED
    assert refusal(Act.GIVING, B, standing(WHOLE[:-1], ONE)) is not None


def allowed(done: list[Done], present: str, act: Act, person: int | None) -> bool:
    return refusal(act, person, standing(done, present)) is None


#: Every act by each of two people, one of them writing another text.
ACTS = [Done(act, person, ONE) for act, person in product([it for it in Act if it is not Act.GIVING], (A, B))] + [
    Done(Act.WRITING, A, OTHER)
]


def explained(done: list[Done], present: str) -> tuple[int, ...]:
    """The steps that count, told another way: after the last thing that voids, each by its own condition."""
    voids = [place for place, one in enumerate(done) if one.act in (Act.WRITING, Act.RETURN)]
    rest = range(voids[-1] + 1 if voids else 0, len(done))
    writers = {one.person for one in done if one.act is Act.WRITING}
    found: list[int] = []
    for place in rest:
        one = done[place]
        handed_on = {it.person for it in done[:place] if it.act is Act.DRAFT}
        own = one.act is Act.CHECK and one.person in writers | handed_on
        if len(found) < 4 and one.act is STEPS[len(found)] and not own:
            found.append(place)
    return tuple(found) if found and done[found[0]].digest == present else ()


@pytest.mark.parametrize("length", range(5))
def test_every_row_of_acts_counts_as_it_is_explained(length: int) -> None:
    """All rows of acts up to four, by two people, before the last step: what counts and what comes next."""
    for row in product(ACTS, repeat=length):
        done = list(row)
        now = standing(done, ONE)
        if now.stage is not Stage.PUBLISHED:
            assert now.counting == explained(done, ONE), done
        assert standing(done, OTHER).counting in ((), now.counting[:4] if len(now.counting) == 4 else ())
        for act, person in product(STEPS, (A, B)):
            if allowed(done, ONE, act, person):
                after = standing([*done, Done(act, person, ONE)], ONE)
                assert after.counting == (*now.counting, len(done)), "what is allowed counts"


acts = st.lists(st.builds(Done, st.sampled_from(Act), st.sampled_from([1, 2, 3]), st.sampled_from([ONE, OTHER])))


@given(acts, st.sampled_from([ONE, OTHER]))
def test_whatever_is_recorded_what_is_to_be_published_was_checked_and_signed(done: list[Done], present: str) -> None:
    """Also where acts are recorded that nobody allowed."""
    now = standing(done, present)
    if now.stage is Stage.PUBLICATION:
        steps = [done[place] for place in now.counting]
        assert [one.act for one in steps] == list(STEPS[:3])
        assert {one.digest for one in steps} == {present}
        assert not [one for one in done[now.counting[0] :] if one.act in (Act.WRITING, Act.RETURN)]
        before = done[: now.counting[1]]
        wrote = {one.person for one in before if one.act in (Act.WRITING, Act.DRAFT)}
        assert steps[1].person not in wrote, "two pairs of eyes"
    assert list(now.counting) == sorted(set(now.counting)), "each step is taken once, after the one before it"


@given(acts)
def test_only_allowed_acts_lead_to_publication_by_two_people(wishes: list[Done]) -> None:
    """People who try whatever they like: what the rule lets pass is recorded, the rest is not."""
    done: list[Done] = []
    text = ONE
    for wish in wishes:
        if refusal(wish.act, wish.person, standing(done, text)) is None:
            text = wish.digest if wish.act is Act.WRITING else text
            done.append(Done(wish.act, wish.person, text))
    if standing(done, text).stage is Stage.PUBLISHED:
        assert done[-1].act in (Act.PUBLICATION, Act.GIVING), "after it, it is only given to further ones"
        draft, check, *_rest = (done[place] for place in standing(done, text).counting)
        assert draft.person != check.person


def test_a_change_voids_every_step_and_changing_back_does_not_help() -> None:
    changed = [*WHOLE[:4], Done(Act.WRITING, A, OTHER)]
    assert standing(changed, OTHER).stage is Stage.WRITING
    back = [*changed, Done(Act.WRITING, A, ONE)]
    assert (standing(back, ONE).stage, standing(back, ONE).counting) == (Stage.WRITING, ())


def test_a_text_that_differs_from_what_was_signed_is_not_published() -> None:
    assert standing(WHOLE[:4], OTHER).stage is Stage.WRITING
    assert refusal(Act.PUBLICATION, A, standing(WHOLE[:4], OTHER)) is Refused.ORDER


def test_nobody_checks_what_they_wrote_however_long_ago() -> None:
    done = [Done(Act.WRITING, B, OTHER), *WHOLE[:2]]
    assert refusal(Act.CHECK, B, standing(done, ONE)) is Refused.OWN_TEXT
    assert refusal(Act.RETURN, B, standing(done, ONE)) is Refused.OWN_TEXT
    assert refusal(Act.CHECK, 3, standing(done, ONE)) is None
    assert standing([*done, Done(Act.CHECK, B, ONE)], ONE).stage is Stage.CHECK, "a row alone does not help"


def test_writer_and_checker_may_sign_and_nobody_else_is_needed() -> None:
    assert [refusal(Act.SIGNATURE, who, standing(WHOLE[:3], ONE)) for who in (A, B, 3)] == [None] * 3


def test_what_is_sent_back_says_so_until_it_is_handed_on_again() -> None:
    back = [*WHOLE[:2], Done(Act.RETURN, B, ONE)]
    assert (standing(back, ONE).stage, standing(back, ONE).sent_back) == (Stage.SENT_BACK, 2)
    rewritten = [*back, Done(Act.WRITING, A, OTHER)]
    assert standing(rewritten, OTHER).stage is Stage.SENT_BACK
    again = standing([*rewritten, Done(Act.DRAFT, A, OTHER)], OTHER)
    assert (again.stage, again.sent_back) == (Stage.CHECK, None)


def test_sending_back_is_for_whoever_checks_or_signs() -> None:
    turns = [refusal(Act.RETURN, B, standing(WHOLE[:number], ONE)) for number in range(1, 6)]
    assert turns == [Refused.ORDER, None, None, Refused.ORDER, Refused.PUBLISHED]


def test_nobody_without_a_name_takes_a_step() -> None:
    assert refusal(Act.DRAFT, None, standing(WHOLE[:1], ONE)) is Refused.UNNAMED
    assert refusal(Act.WRITING, None, standing(WHOLE[:1], ONE)) is None
    assert refusal(Act.WRITING, A, standing(WHOLE, ONE)) is Refused.PUBLISHED
