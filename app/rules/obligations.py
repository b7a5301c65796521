"""The clock: until when an answer is owed, whether it is late, and how an office keeps its promises.

An obligation arises, has one due instant that nothing moves, and is met by a published answer. A holding reply
names a new date and a hand-over another office; both stay visible and neither moves the due instant. Silence of the
person who is owed the answer ends nothing. All instants are aware datetimes, of any zone; whether something is
overdue follows from the instants alone, whenever it is asked.

Source: PRODUCT, promise 3. Days are counted as in Regulation (EEC, Euratom) No 1182/71, articles 3(1) and 3(4):
the day on which the period begins does not count, and a period that would end on a day of rest ends with the next
working day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction

_DAY = timedelta(days=1)
_LAST_SECOND = time(23, 59, 59)

SOON = timedelta(days=7)
"""How long before the due instant an answer is "due soon"."""

REMINDERS = (("week", SOON), ("day", _DAY), ("overdue", timedelta(0)))
"""The reminders to an office, each with how long before the due instant it falls due."""


class State(StrEnum):
    """Where an obligation stands."""

    ON_TIME = "on-time"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered-late"
    LAPSED = "lapsed"


class Reception(StrEnum):
    """What the person who was owed the answer says of it; silence is a state of its own and ends nothing."""

    NOT_CONFIRMED = "not-confirmed"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


class EndlessRest(ValueError):
    """No working day comes within ten years: the days of rest of this installation leave nothing to work on."""


@dataclass(frozen=True)
class WorkingDays:
    """Which days an installation works, in the zone of its offices.

    `rest` holds the weekdays of rest (Monday is 0), `holidays` further dates on which nobody works. Raises
    ValueError for a weekday outside 0 to 6.
    """

    zone: tzinfo
    rest: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.rest <= frozenset(range(7)):
            raise ValueError("a weekday is a number from 0, Monday, to 6, Sunday")

    def works(self, day: date) -> bool:
        """Whether this date is a working day."""
        return day.weekday() not in self.rest and day not in self.holidays


def due(start: datetime, days: int, calendar: WorkingDays, *, working: bool = True) -> datetime:
    """The instant until which an answer is owed: the last second of the day, in the zone of the offices.

    `days` counts working days, or days of any kind where `working` is false; the day of `start` is not counted. A
    period that would end on a day of rest ends with the next working day. Raises ValueError for an instant without a
    zone or fewer than 0 days, EndlessRest where no working day comes.
    """
    if start.utcoffset() is None:
        raise ValueError("the beginning of a period names its zone")
    if days < 0:
        raise ValueError("nobody owes an answer before the question")
    day = start.astimezone(calendar.zone).date()
    left = days
    if not working:
        day, left = day + timedelta(days=days), 0
    for _ in range(3660 + days):
        if left == 0 and calendar.works(day):
            return datetime.combine(day, _LAST_SECOND, calendar.zone)
        day += _DAY
        left -= left > 0 and calendar.works(day)
    raise EndlessRest("no working day comes")


@dataclass(frozen=True)
class Obligation:
    """The recorded facts of an answer that is owed.

    `answered_at` is when it was met (`met_at`). `lapsed_at` is when what had to be answered
    went: its author withdrew it, or it became part of another one; never by silence and never by the office alone.
    """

    arose_at: datetime
    due_at: datetime
    answered_at: datetime | None = None
    lapsed_at: datetime | None = None
    confirmed_at: datetime | None = None
    disputed_at: datetime | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an instant without a zone."""
        for instant in (self.arose_at, self.due_at, self.answered_at, self.lapsed_at):
            if instant is not None and instant.utcoffset() is None:
                raise ValueError("the instants of an obligation name their zone")


@dataclass(frozen=True)
class Published:
    """A published answer: since when, until when it was the present one, and whether its author said it is none.

    `theme` is the theme it is for, None where it is an answer to this contribution alone.
    """

    published_at: datetime
    superseded_at: datetime | None = None
    disputed: bool = False
    theme: int | None = None


def met_at(
    answers: Iterable[Published], second_look_since: datetime | None = None, themes: Iterable[int] = ()
) -> datetime | None:
    """When what is owed was met: by the answer that stands, from its publication on; None while none stands.

    That is an answer to the contribution alone, or one for each of the `themes` that were found in it: then it is met
    since the last of these. Whichever came first counts.

    Whoever replaces an answer answers anew: an empty answer in time and a real one later is late, and an answer that
    is taken back leaves the old due instant. One thing is otherwise: where the author asked for a second look, the
    answer that follows takes nothing from the first, which came when it came. A second look, which arose at
    `second_look_since`, is met only by an answer to the contribution alone that is published after that and not
    disputed.
    """
    known = list(answers)
    if second_look_since is not None:
        alone = [it for it in known if it.superseded_at is None and it.theme is None]
        again = [it for it in alone if not it.disputed and it.published_at >= second_look_since]
        return min((it.published_at for it in again), default=None)
    by_theme = [_since(known, theme) for theme in set(themes)]
    last = [max(at for at in by_theme if at is not None)] if by_theme and None not in by_theme else []
    return min([at for at in (_since(known, None), *last) if at is not None], default=None)


def _since(answers: list[Published], theme: int | None) -> datetime | None:
    """Since when a theme, or the contribution alone, is answered."""
    standing_ones = [it for it in answers if it.theme == theme and it.superseded_at is None]
    replaced = [it for it in answers if it.theme == theme and it.superseded_at is not None and it.disputed]
    found = (*standing_ones, *replaced) if standing_ones else ()
    return min((it.published_at for it in found), default=None)


def state(obligation: Obligation, now: datetime) -> State:
    """Where an obligation stands at `now`; an instant equal to the due instant is still in time.

    What was answered in time stays so, and what was answered late stays late. An answer counts also where the
    contribution went afterwards.
    """
    if obligation.answered_at is not None:
        return State.ANSWERED if obligation.answered_at <= obligation.due_at else State.ANSWERED_LATE
    if obligation.lapsed_at is not None:
        return State.LAPSED
    if now > obligation.due_at:
        return State.OVERDUE
    return State.DUE_SOON if now >= obligation.due_at - SOON else State.ON_TIME


def reception(obligation: Obligation) -> Reception | None:
    """What the person said of the answer; None where there is no answer yet. The last word counts."""
    if obligation.answered_at is None:
        return None
    if obligation.disputed_at is not None:
        return Reception.DISPUTED
    return Reception.CONFIRMED if obligation.confirmed_at is not None else Reception.NOT_CONFIRMED


def next_change(obligations: Iterable[Obligation], now: datetime) -> datetime | None:
    """The earliest instant after `now` from which time alone changes what a page says of these; None if none does."""
    open_ones = [it for it in obligations if it.answered_at is None and it.lapsed_at is None]
    steps = [it.due_at - SOON for it in open_ones] + [it.due_at + timedelta(microseconds=1) for it in open_ones]
    return min((instant for instant in steps if instant > now), default=None)


def reminders(obligation: Obligation, now: datetime) -> tuple[str, ...]:
    """The reminders an office should have had by `now`, in order: "week", "day", "overdue"; none once it is settled.

    A reminder whose moment lay before the obligation arose is left out, except the last: a short period gets no
    "in a week" on its first day.
    """
    if obligation.answered_at is not None or obligation.lapsed_at is not None:
        return ()
    reached = [
        (name, obligation.due_at - before)
        for name, before in REMINDERS
        if (now > obligation.due_at if name == "overdue" else now >= obligation.due_at - before)
    ]
    return tuple(name for name, at in reached if name == "overdue" or at >= obligation.arose_at)


@dataclass(frozen=True)
class Counts:
    """How many obligations with one due instant stand where. Unit: obligations.

    `pending` have no answer; `in_time` and `late` were answered; `lapsed` went before an answer was due, or after.
    """

    due_at: datetime
    pending: int = 0
    in_time: int = 0
    late: int = 0
    lapsed: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError for a number below 0."""
        if min(self.pending, self.in_time, self.late, self.lapsed) < 0:
            raise ValueError("there are never fewer than no obligations")


@dataclass(frozen=True)
class Standing:
    """How an office stands at one moment. Unit: obligations.

    `rate` is the share answered in time of all that were answered or are overdue: its denominator is `judged`. It is
    None where nothing can be judged yet. What lapsed is in neither.
    """

    on_time: int
    due_soon: int
    overdue: int
    answered: int
    answered_late: int
    lapsed: int

    @property
    def judged(self) -> int:
        """All obligations of which it is known whether they were met in time."""
        return self.answered + self.answered_late + self.overdue

    @property
    def rate(self) -> Fraction | None:
        """The share of the judged ones that was answered in time."""
        return Fraction(self.answered, self.judged) if self.judged else None

    @property
    def open(self) -> int:
        """All that still wait for an answer."""
        return self.on_time + self.due_soon + self.overdue


def standing(counts: Iterable[Counts], now: datetime) -> Standing:
    """Add up counts by due instant to how an office stands at `now`; the same as judging each obligation by itself."""
    sums = dict.fromkeys(State, 0)
    for row in counts:
        sums[state(Obligation(row.due_at, row.due_at), now)] += row.pending
        sums[State.ANSWERED] += row.in_time
        sums[State.ANSWERED_LATE] += row.late
        sums[State.LAPSED] += row.lapsed
    return Standing(*(sums[each] for each in State))


FARTHEST = timedelta(days=366)
"""How far ahead a holding reply may name the date of the answer: whoever waits longer waits for nothing."""


class Refused(StrEnum):
    """Why a holding reply or a hand-over is not taken."""

    SETTLED = "settled"
    NO_LATER = "no-later"
    PAST = "past"
    TOO_FAR = "too-far"
    LATE = "late"
    TOO_SHORT = "too-short"


def check_holding(obligation: Obligation, named: Iterable[datetime], new: datetime, now: datetime) -> Refused | None:
    """Say why a holding reply that names `new` as the date of the answer is not taken, or None.

    `named` are the dates earlier holding replies named. The new date lies in the future and after the due instant
    and every date named before, and within a year: it says when the answer comes, and moves nothing.
    """
    if obligation.answered_at is not None or obligation.lapsed_at is not None:
        return Refused.SETTLED
    if new <= now:
        return Refused.PAST
    if new > now + FARTHEST:
        return Refused.TOO_FAR
    return Refused.NO_LATER if new <= max((obligation.due_at, *named)) else None


LEFT = timedelta(days=7)
"""How long an office to which an answer is handed over has for it at least; of a shorter period, half of it."""


def last_hand_over(obligation: Obligation) -> datetime:
    """Until when an obligation can go to another office: while that office still has a week, or half of all the time.

    The due instant stays, so whoever receives it late would answer for the time that another office let pass.
    """
    return obligation.due_at - min(LEFT, (obligation.due_at - obligation.arose_at) / 2)


def check_hand_over(obligation: Obligation, now: datetime) -> Refused | None:
    """Say why an obligation cannot go to another office, or None.

    Shortly before the due instant, and once it has passed, it stays with the office that let the time pass: handing
    it over would make the other office look late, and the own one as if it had owed nothing.
    """
    if obligation.answered_at is not None or obligation.lapsed_at is not None:
        return Refused.SETTLED
    if now > obligation.due_at:
        return Refused.LATE
    return Refused.TOO_SHORT if now > last_hand_over(obligation) else None
