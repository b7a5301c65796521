"""What the people of the district put forward and change."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from sqlmodel import Session

from app.comments import actions as comments
from app.comments.forms import CommentForm
from app.contributions.actions import Origin
from app.core.access import Actor
from app.demo.content import Told
from app.demo.diary import Diary, District
from app.proposals import actions as proposals
from app.proposals import queries
from app.proposals.actions import writing
from app.proposals.forms import ProposalForm

#: How long before it was entered something said on paper, at a meeting or by phone was received.
EARLIER = timedelta(minutes=20)


def note_proposals(diary: Diary, district: District, told: Told) -> None:
    """Write down when each proposal of a consultation is made, changed and taken back."""
    random = Random(told["slug"])  # noqa: S311 - the same story every time, nothing secret
    for proposal in told["proposals"]:
        made = diary.moment(random, proposal["day"])
        diary.note(made, _entering(district, told["slug"], proposal, made))
        if edited := proposal.get("edited"):
            changed = diary.moment(random, edited["day"], made)
            diary.note(changed, _changing(district, proposal["key"], edited, changed))
        if withdrawn := proposal.get("withdrawn"):
            back = diary.moment(random, withdrawn["day"], made)
            diary.note(back, _withdrawing(district, proposal, withdrawn["reason"]))


def note_comments(diary: Diary, district: District, told: Told) -> None:
    """Write down when each comment is made; a reply comes after what it answers."""
    random = Random(told["slug"] + "/comments")  # noqa: S311 - the same story every time, nothing secret
    for proposal in told["proposals"]:
        _note_thread(diary, district, random, proposal, proposal.get("comments") or [], None, None)


def _note_thread(
    diary: Diary,
    district: District,
    random: Random,
    proposal: Told,
    thread: list[Told],
    parent: Told | None,
    after: datetime | None,
) -> None:
    for comment in thread:
        after = diary.moment(random, comment["day"], after)
        diary.note(after, _commenting(district, proposal["key"], comment, parent, after))
        _note_thread(diary, district, random, proposal, comment.get("replies") or [], comment, after)


def origin_of(channel: str, author: Actor, at: datetime) -> Origin:
    """How something reached the platform: from the person, or through the facilitator who entered it."""
    if channel == "web":
        return Origin()
    return Origin(channel=channel, received_at=at - EARLIER, participant=author.participant, identity_level="none")


def enters(district: District, channel: str, author: Actor) -> Actor:
    """Who sends it: the person themselves, or the facilitator."""
    return author if channel == "web" else district.people["fasilitator"]


def _entering(district: District, slug: str, told: Told, at: datetime) -> Callable[[Session], None]:
    def enter(session: Session) -> None:
        author = district.people[told["author"]]
        form = ProposalForm(title=told["title"], body=told["body"], topic=told["topic"] or "")
        receipt = writing.enter(
            session,
            enters(district, told["channel"], author),
            district.consultations[slug],
            form,
            at,
            area_id=district.areas.get(told["area"] or ""),
            lang=told["lang"],
            origin=origin_of(told["channel"], author, at),
        )
        district.proposals[told["key"]] = receipt.id

    return enter


def _changing(district: District, key: str, told: Told, at: datetime) -> Callable[[Session], None]:
    def change(session: Session) -> None:
        proposal = queries.by_id(session, district.proposals[key])
        writing.change(session, proposal, told["title"], told["body"], at)

    return change


def _withdrawing(district: District, told: Told, reason: str) -> Callable[[Session], None]:
    def withdraw(session: Session) -> None:
        author = district.people[told["author"]]
        proposals.withdraw(session, _signed_in(author), district.proposals[told["key"]], reason)

    return withdraw


def _signed_in(author: Actor) -> Actor:
    """The person as somebody who has signed in; most people of the demonstration have no account to do so."""
    return Actor(account=author.account or 0, participant=author.participant, name=author.name, confirmed=True)


def _commenting(
    district: District, proposal: str, told: Told, parent: Told | None, at: datetime
) -> Callable[[Session], None]:
    def comment(session: Session) -> None:
        author = district.people[told["author"]]
        parent_code = district.comments.get(id(parent), "")
        asks = told.get("asks", False)
        form = CommentForm(body=told["body"], stance=told["stance"], parent=parent_code, asks=asks)
        view = queries.by_id(session, district.proposals[proposal])
        receipt = comments.enter(session, author, view, form, at, lang=author.lang or "id")
        district.comments[id(told)] = receipt.code

    return comment
