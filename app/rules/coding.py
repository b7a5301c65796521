"""Whether everything that was received is accounted for: coded, excluded with a reason, or still pending.

Nothing is dropped: each contribution is in exactly one of three states, and which one follows from recorded facts.

- *Excluded*: somebody named excluded it with a reason, and that was neither lifted nor overturned by an appeal.
- *Coded*: it is not excluded, and at least one named person has said that it contains some theme, and stands by it.
- *Pending*: neither. A suggestion of a machine that nobody accepted changes nothing.

So `received = coded + excluded + pending` holds at all times, whatever is recorded in whichever order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where a contribution stands on its way to an answer for its themes."""

    PENDING = "pending"
    CODED = "coded"
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class Assignment:
    """A named person said that a contribution contains a theme; `retracted_at` is when that was taken back."""

    by: str
    retracted_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether it makes the contribution coded."""
        return bool(self.by.strip()) and self.retracted_at is None


@dataclass(frozen=True)
class Exclusion:
    """A named person took a contribution out of the coding, for a reason that everybody reads."""

    by: str
    reason: str
    text: str
    lifted_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether it keeps the contribution out."""
        return bool(self.by.strip() and self.reason and self.text.strip()) and self.lifted_at is None


@dataclass(frozen=True)
class Balance:
    """How many contributions of a consultation were received, and what became of them."""

    received: int
    coded: int
    excluded: int
    pending: int

    @property
    def holds(self) -> bool:
        """Whether nothing is missing and nothing is counted twice."""
        return self.received == self.coded + self.excluded + self.pending and min(vars(self).values()) >= 0


def state(assignments: Iterable[Assignment], exclusions: Iterable[Exclusion]) -> State:
    """The one state a contribution is in."""
    if any(one.counts for one in exclusions):
        return State.EXCLUDED
    return State.CODED if any(one.counts for one in assignments) else State.PENDING


def balance(states: Iterable[State]) -> Balance:
    """What became of all contributions received, given the state of each."""
    every = list(states)
    coded, excluded, pending = (every.count(it) for it in (State.CODED, State.EXCLUDED, State.PENDING))
    return Balance(len(every), coded, excluded, pending)
