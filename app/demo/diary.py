"""What happens in the district, in order of time: each act is done as if the clock stood at its instant."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from sqlmodel import Session

from app.core import clock
from app.core.access import OPERATOR, Actor

Act = Callable[[Session], None]
OPENS, CLOSES = time(7), time(21)
_EARLIEST, _LATEST = 7 * 60 + 30, 20 * 60 + 30


@dataclass
class District:
    """What has come about so far, by the names the content gives it."""

    areas: dict[str, int] = field(default_factory=dict)
    offices: dict[str, int] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    consultations: dict[str, int] = field(default_factory=dict)
    proposals: dict[str, int] = field(default_factory=dict)
    comments: dict[int, str] = field(default_factory=dict)
    officials: dict[str, str] = field(default_factory=dict)

    def official(self, office: str) -> Actor:
        """The official of an office; where it has nobody, the administrator on behalf of the installation."""
        if office in self.officials:
            return self.people[self.officials[office]]
        return Actor(account=self.people["admin"].account, name=OPERATOR.name, roles=OPERATOR.roles, machine=True)


class Diary:
    """Acts with their instants; nothing in it happens later than now."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._entries: list[tuple[datetime, int, Act]] = []

    def day(self, number: int, at: time) -> datetime:
        """An instant on the day that lies so many days after today."""
        date = clock.local(self.now).date() + timedelta(days=number)
        return clock.from_local(datetime.combine(date, at))

    def moment(self, random: Random, number: int, after: datetime | None = None) -> datetime:
        """Some moment of a day when people are awake; shortly after another moment where that is later."""
        minute = random.randint(_EARLIEST, _LATEST)
        found = self.day(number, time(minute // 60, minute % 60, random.randint(0, 59)))
        if after is not None and found <= after:
            found = after + timedelta(minutes=random.randint(4, 50))
        return self.past(found)

    def past(self, instant: datetime) -> datetime:
        """The instant, or a moment ago where it lies in the future."""
        return min(instant, self.now - timedelta(seconds=2))

    def note(self, at: datetime, act: Act) -> None:
        """Write an act down for an instant."""
        self._entries.append((self.past(at), len(self._entries), act))

    def happen(self, session: Session, told: Callable[[int, int], object]) -> None:
        """Do everything in order; `told` hears how many acts of how many are done."""
        for done, (at, _, act) in enumerate(sorted(self._entries, key=lambda entry: entry[:2]), 1):
            with clock.told(at):
                act(session)
            told(done, len(self._entries))
