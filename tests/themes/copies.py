"""A campaign: a letter that many send, some with words changed, some with a paragraph of their own."""

from collections.abc import Sequence

from sqlmodel import Session

from app.comments import actions as comments
from app.comments.forms import CommentForm
from app.contributions import actions as contributions
from app.core import clock, db, jobs
from app.proposals import queries as proposals
from app.themes import actions, queries
from app.themes.forms import CodingForm
from tests.factories import Person
from tests.rules.test_campaigns import LETTER, OWN
from tests.themes.office import Office

#: The passages of the letter and of what somebody added that tests code.
ROADS = LETTER.split(". ")[1] + "."
WITH_OWN = f"{LETTER}\n\n{OWN}"


def send(office: Office, proposal: int, texts: Sequence[str], author: Person | None = None) -> list[int]:
    """Comments on a proposal with these texts, in their order."""
    who = author or office.author
    origin = contributions.Origin(participant=who.participant)

    def act(session: Session) -> list[int]:
        view = proposals.by_id(session, proposal)
        forms = [CommentForm.model_construct(body=text, stance="neutral", parent="") for text in texts]
        return [comments.enter(session, who.actor, view, it, clock.now(), origin=origin).id for it in forms]

    return db.write_now(act)


def compare(office: Office) -> queries.RunView:
    """Have the texts compared, and wait for it."""
    db.write_now(actions.compare, office.official.actor, office.consultation)
    jobs.run_due()
    with db.reading() as session:
        found = queries.newest_run(session, office.consultation)
    assert found is not None and found.finished_at is not None
    return found


def groups(office: Office) -> list[queries.CampaignView]:
    """All groups of the consultation."""
    with db.reading() as session:
        item = queries.campaigns_of(session, office.consultation)
        return [queries.campaign(session, number) for number in sorted(set(item.values()))]


def code_all(office: Office, campaign: queries.CampaignView, theme: int = 1, quote: str = ROADS) -> None:
    """Find a theme in all copies, and wait until that is done."""
    with db.reading() as session:
        seen = queries.words(session, campaign.code).h
    form = CodingForm.model_validate({"theme": theme, "quote": quote, "seen": seen})
    db.write_now(actions.code_all, office.official.actor, campaign.id, form)
    while jobs.run_due():
        pass
