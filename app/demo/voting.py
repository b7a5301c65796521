"""How the district votes: exact numbers for each proposal, given by people who vote on several."""

from random import Random

from sqlmodel import Session

from app.demo.ballots import cast_many, newcomers
from app.demo.consulting import phase_of, phase_rows
from app.demo.content import Told
from app.demo.diary import Diary, District

#: So many more people vote than on the proposal with the most votes.
MORE = 1.35


def note_votes(diary: Diary, district: District, told: Told) -> None:
    """Write down the votes of a consultation for the end of its voting, or for now."""
    if not any(_total(proposal) for proposal in told["proposals"]):
        return
    closes = next(row.closes for row in phase_rows(diary, told) if row.kind == "voting")
    diary.note(diary.past(closes), lambda session: _vote(session, diary, district, told))


def _total(proposal: Told) -> int:
    return sum((proposal.get("votes") or {}).values())


def _vote(session: Session, diary: Diary, district: District, told: Told) -> None:
    random = Random(told["slug"] + "/votes")  # noqa: S311 - the same story every time, nothing secret
    phase = phase_of(session, district.consultations[told["slug"]], "voting")
    over = phase.closes_at <= diary.now
    voters = _voters(session, district, round(max(map(_total, told["proposals"])) * MORE), over)
    ballots: dict[int, dict[int, str]] = {voter: {} for voter in voters}
    for proposal in told["proposals"]:
        choices = [choice for choice, number in proposal["votes"].items() for _ in range(number)]
        number = district.proposals[proposal["key"]]
        for voter, choice in zip(random.sample(voters, len(choices)), choices, strict=True):
            ballots[voter][number] = choice
    cast_many(session, phase, ballots.items(), random, min(phase.closes_at, diary.now))
    session.expire_all()


def _voters(session: Session, district: District, number: int, over: bool) -> list[int]:
    """The people of the district and others; whom one can sign in as votes only where voting is over."""
    known = [
        person.participant
        for person in district.people.values()
        if person.participant is not None and (person.account is None or (over and not person.roles))
    ]
    return (known + newcomers(session, max(0, number - len(known))))[:number]
