"""What is done in the district about lights and clocks: reading, holidays, holding replies, hand-overs, receptions."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

from sqlmodel import Session

from app.comments import queries as comments
from app.contributions import actions as contributions
from app.contributions import queries as reading
from app.contributions.forms import MANY, HandlingForm
from app.contributions.models import Outcome
from app.core import clock
from app.core.access import OPERATOR, Actor
from app.demo import content
from app.demo.content import Told
from app.demo.diary import Diary, District
from app.obligations import actions, queries
from app.obligations.forms import HandOverForm, HoldingReplyForm
from app.offices import queries as offices
from app.proposals import queries as proposals
from app.responses import actions as responses
from app.responses.forms import ReceptionForm

#: The holidays with the same date each year.
HOLIDAYS = {
    (1, 1): ("Tahun Baru", "New Year's Day"),
    (5, 1): ("Hari Buruh", "Labour Day"),
    (6, 1): ("Hari Lahir Pancasila", "Pancasila Day"),
    (8, 17): ("Hari Kemerdekaan", "Independence Day"),
    (12, 25): ("Hari Natal", "Christmas Day"),
}
_LAST_SECOND = time(23, 59, 59)


def enter_holidays(session: Session) -> None:
    """The holidays of the years the story touches."""
    year = clock.local(clock.now()).year
    days = {date(y, *day): names for y in (year - 1, year, year + 1) for day, names in HOLIDAYS.items()}
    actions.set_holidays(session, OPERATOR, days)


def note_clock(diary: Diary, district: District, told: Told) -> None:
    """Write down what is done about answers before and after they come."""
    random = Random(told["slug"] + "/clock")  # noqa: S311 - the same story every time, nothing secret
    for proposal in told["proposals"]:
        if handed := proposal.get("handed_over"):
            diary.note(diary.moment(random, handed["day"]), _handing(district, told, proposal, handed))
        answer = proposal.get("answer") or {}
        for said in ("confirmed", "disputed"):
            if says := answer.get(said):
                diary.note(diary.moment(random, says["day"]), _saying(district, proposal, said, says))
        if answer and told["office"] in district.officials:
            diary.note(diary.moment(random, answer["day"]), _reading(district, told, proposal))
        for comment in content.comments(proposal.get("comments") or []):
            if holding := comment.get("holding"):
                diary.note(diary.moment(random, holding["day"]), _holding(diary, district, told, comment, holding))


def _reading(district: District, told: Told, proposal: Told) -> Callable[[Session], None]:
    """Whoever answers a proposal has read what was said about it."""

    def read(session: Session) -> None:
        official = district.official(told["office"])
        said = (district.comments.get(id(comment)) for comment in content.comments(proposal.get("comments") or []))
        found = [comments.at_code(session, code) for code in said if code]
        codes = [it.code for it in found if it.shown and not it.removed and it.participant_id != official.participant]
        for some in (codes[first : first + MANY] for first in range(0, len(codes), MANY)):
            form = HandlingForm(contribution=some, outcome=Outcome.NOTED, shown=reading.shown_to(official, some))
            contributions.handle(session, official, district.consultations[told["slug"]], form)

    return read


def _owed(session: Session, contribution_id: int) -> int:
    """The number of what is owed to a contribution."""
    return queries.of_contribution(session, contribution_id)[-1].id


def _handing(district: District, told: Told, proposal: Told, handed: Told) -> Callable[[Session], None]:
    def hand(session: Session) -> None:
        (to,) = offices.by_ids(session, [district.offices[handed["to"]]])
        form = HandOverForm(office=to.slug, reason=handed["reason"])
        number = _owed(session, district.proposals[proposal["key"]])
        actions.hand_over(session, district.official(told["office"]), number, form)

    return hand


def _holding(diary: Diary, district: District, told: Told, comment: Told, holding: Told) -> Callable[[Session], None]:
    def hold(session: Session) -> None:
        day = clock.local(diary.now).date() + timedelta(days=holding["promised"])
        promised = clock.from_local(datetime.combine(day, _LAST_SECOND))
        number = _owed(session, comments.at_code(session, district.comments[id(comment)]).id)
        form = HoldingReplyForm(promised=promised, text=holding["text"])
        actions.reply(session, district.official(told["office"]), number, form)

    return hold


def _saying(district: District, proposal: Told, said: str, says: Told) -> Callable[[Session], None]:
    def say(session: Session) -> None:
        who = district.people[proposal["author"]]
        author = Actor(account=who.account or 0, participant=who.participant, name=who.name, confirmed=True)
        code = proposals.by_id(session, district.proposals[proposal["key"]]).code
        responses.receive(session, author, code, ReceptionForm(said=said, text=says.get("text", "")))

    return say
