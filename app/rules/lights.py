"""The three lights of a contribution: heard, considered, answered; computed from recorded facts, never set.

- *Heard*: it is in the ledger, with code, time and channel.
- *Considered*: a named official or coder opened it and recorded what they did with it (a handling, a row of its own),
  or a published answer covers it, which nobody can write without having handled it. Opening a page, a vote, a like, a
  machine's suggestion, an answer still in draft, and a handling that was retracted do not count.
- *Answered*: a published answer to it alone stands, that is, has not been withdrawn without a successor; or one stands
  for each theme that somebody found in it. While only some of its themes are answered it is not *Answered* yet, and
  says how many are.

Taking a fact away takes the light away; there is nothing else that could keep it lit. All instants are aware
datetimes.

Source: PRODUCT, promise 1; Constitutional Court of Indonesia 91/PUU-XVIII/2020 (the right to be heard, to be
considered and to receive an explanation).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Light(StrEnum):
    """The rights a contribution has, in the order in which they are shown."""

    HEARD = "heard"
    CONSIDERED = "considered"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Handling:
    """Somebody named opened a contribution and recorded what they did with it.

    `by` is the name and `role` what they act as (official, coder); both are published. A handling without a name, by
    the author of the contribution, or retracted counts for nothing.
    """

    at: datetime
    by: str
    role: str
    own: bool = False
    retracted_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether it lights anything."""
        return bool(self.by.strip()) and not self.own and self.retracted_at is None


@dataclass(frozen=True)
class Answered:
    """An answer that covers a contribution; a draft has no `published_at`.

    `superseded_at` is when it stopped being the present one. `theme` is the theme it is for, None where it is an answer
    to this contribution alone.
    """

    published_at: datetime | None
    superseded_at: datetime | None = None
    theme: int | None = None

    @property
    def stands(self) -> bool:
        """Whether it is published and the present one."""
        return self.published_at is not None and self.superseded_at is None


@dataclass(frozen=True)
class Shown:
    """A light as a page shows it: lit since when, or awaited until when and whether that has passed.

    Of *Answered*, `themes` is how many were found in it, and `done` for how many of them an answer stands.
    """

    light: Light
    lit: bool
    since: datetime | None = None
    awaited_until: datetime | None = None
    overdue: bool = False
    done: int = 0
    themes: int = 0

    @property
    def partly(self) -> bool:
        """Whether only some of its themes are answered."""
        return not self.lit and self.done > 0


def lights(
    received_at: datetime,
    handlings: Sequence[Handling],
    answers: Sequence[Answered],
    now: datetime,
    due_at: datetime | None = None,
    themes: Collection[int] = (),
) -> tuple[Shown, Shown, Shown]:
    """The three lights of one contribution at `now`, in the order heard, considered, answered.

    `due_at` is until when an answer is owed, where one is, and `themes` are those that were found in it. A light is lit
    since the first fact that lit it; an answered contribution whose answers were all withdrawn is not answered. By its
    themes it is answered since the last of them was.
    """
    published = [it.published_at for it in answers if it.published_at is not None]
    considered = min([it.at for it in handlings if it.counts] + published, default=None)
    by_theme = {theme: since for theme in set(themes) if (since := _since(answers, theme)) is not None}
    whole = [max(by_theme.values())] if by_theme and len(by_theme) == len(set(themes)) else []
    answered = min([it for it in (_since(answers, None), *whole) if it is not None], default=None)
    return (
        Shown(Light.HEARD, True, received_at),
        _shown(Light.CONSIDERED, considered, due_at, now),
        replace(_shown(Light.ANSWERED, answered, due_at, now), done=len(by_theme), themes=len(set(themes))),
    )


def _since(answers: Sequence[Answered], theme: int | None) -> datetime | None:
    """Since when something is answered for a theme, or by itself, if it is now."""
    of_it = [it for it in answers if it.theme == theme]
    published = [it.published_at for it in of_it if it.published_at is not None]
    return min(published) if any(it.stands for it in of_it) else None


def _shown(light: Light, since: datetime | None, due_at: datetime | None, now: datetime) -> Shown:
    if since is not None:
        return Shown(light, True, since)
    return Shown(light, False, None, due_at, due_at is not None and now > due_at)


@dataclass(frozen=True)
class Totals:
    """How many contributions are heard, considered and answered. Unit: contributions.

    Raises ValueError where more are considered than were heard, or answered than considered.
    """

    heard: int = 0
    considered: int = 0
    answered: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.answered <= self.considered <= self.heard:
            raise ValueError("what is answered was considered, and what is considered was heard")


def totals(of: Iterable[tuple[Shown, Shown, Shown]]) -> Totals:
    """Count the lights of many contributions."""
    rows = [[light.lit for light in each] for each in of]
    return Totals(*(sum(row[place] for row in rows) for place in range(3)))
