"""Four steps to a published answer: draft, legal check, signature, publication; each by a named person.

What was done to a text is a list of recorded acts in the order in which they happened. Which steps count, and which
one comes next, follows from that list and from the text as it stands now:

- The steps come in their order and none is skipped.
- A step is taken of one text. Any change of the text, its status, what it answers or an exception (an act of writing)
  makes every step taken before void; so does a text that differs from the one the steps were taken of, however that
  came about. Changing it back makes nothing valid again. A checker or signatory who sends it back does the same.
- Whoever checks is nobody who wrote on the text, so at least two people stand behind each answer. Whoever signs may
  be one of them: a signature says who answers for the text, and is no further check.

People are numbers that stay the same whatever account somebody uses. Source: PRODUCT, promise 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What somebody did to an answer."""

    WRITING = "writing"
    DRAFT = "draft"
    RETURN = "return"
    CHECK = "check"
    SIGNATURE = "signature"
    PUBLICATION = "publication"
    GIVING = "giving"


STEPS = (Act.DRAFT, Act.CHECK, Act.SIGNATURE, Act.PUBLICATION)
"""The steps in their order; writing and sending back are no steps, they take steps away. Giving a published answer to
further contributions adds none: the text is the one that was signed."""


class Stage(StrEnum):
    """What an answer waits for."""

    WRITING = "writing"
    SENT_BACK = "sent-back"
    CHECK = "check"
    SIGNATURE = "signature"
    PUBLICATION = "publication"
    PUBLISHED = "published"


_AFTER = (Stage.WRITING, Stage.CHECK, Stage.SIGNATURE, Stage.PUBLICATION, Stage.PUBLISHED)


class Refused(StrEnum):
    """Why somebody cannot take a step."""

    PUBLISHED = "published"
    ORDER = "order"
    OWN_TEXT = "own-text"
    UNNAMED = "unnamed"


@dataclass(frozen=True)
class Done:
    """An act by a person (None: nobody who can be named), of the text with this digest."""

    act: Act
    person: int | None
    digest: str


@dataclass(frozen=True)
class Standing:
    """How far an answer is. `counting` are the places of the steps that count, in order; `writers` wrote on it."""

    stage: Stage
    counting: tuple[int, ...]
    writers: frozenset[int | None]
    sent_back: int | None = None


def standing(done: Sequence[Done], present: str) -> Standing:
    """Say which steps count of the text whose digest is `present`, and what comes next.

    What was published stays published. An act out of its turn counts for nothing. `sent_back` is the place of the
    last return, as long as nothing was handed on after it.
    """
    counting: list[int] = []
    writers: set[int | None] = set()
    sent_back = None
    for place, one in enumerate(done):
        if len(counting) == len(STEPS):
            break
        if one.act in (Act.WRITING, Act.DRAFT):
            writers.add(one.person)
        if one.act is Act.WRITING:
            counting = []
        elif one.act is Act.RETURN:
            counting, sent_back = [], place
        elif one.act is STEPS[len(counting)] and all(done[step].digest == one.digest for step in counting):
            if one.act is Act.CHECK and one.person in writers:
                continue
            counting.append(place)
            sent_back = None
    published = len(counting) == len(STEPS)
    if counting and done[counting[0]].digest != present and not published:
        counting = []
    stage = _AFTER[len(counting)] if counting or sent_back is None else Stage.SENT_BACK
    return Standing(stage, tuple(counting), frozenset(writers), sent_back)


_WAITS: dict[Act, tuple[Stage, ...]] = {Act.DRAFT: (Stage.WRITING, Stage.SENT_BACK), Act.GIVING: ()}
_WAITS |= {act: (Stage(act),) for act in STEPS[1:]}


def refusal(act: Act, person: int | None, now: Standing) -> Refused | None:
    """Say why a person cannot do this now, or None. Sending back is for whoever checks or signs, in their turn."""
    if act is Act.GIVING and now.stage is Stage.PUBLISHED:
        return None if person is not None else Refused.UNNAMED
    if now.stage is Stage.PUBLISHED:
        return Refused.PUBLISHED
    if act is Act.WRITING:
        return None
    if person is None:
        return Refused.UNNAMED
    due = (Stage.CHECK, Stage.SIGNATURE) if act is Act.RETURN else _WAITS[act]
    if now.stage not in due:
        return Refused.ORDER
    checks = act is Act.CHECK or (act is Act.RETURN and now.stage is Stage.CHECK)
    return Refused.OWN_TEXT if checks and person in now.writers else None
