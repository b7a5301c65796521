"""How the offices of the district answer proposals and decide."""

from collections.abc import Callable
from datetime import datetime, time
from random import Random

from sqlmodel import Session

from app.decisions import actions as decisions
from app.decisions.forms import PARTS, DecisionForm
from app.demo.content import Told
from app.demo.diary import Diary, District
from app.proposals import queries as proposals
from app.responses import actions as responses
from app.responses.forms import ResponseForm

#: When a decision is made public on the last day of the review.
PUBLISHED = time(15, 30)


def note_answers(diary: Diary, district: District, told: Told, base_url: str) -> None:
    """Write down when each answer of a consultation is published, and its decision."""
    random = Random(told["slug"] + "/answers")  # noqa: S311 - the same story every time, nothing secret
    for proposal in told["proposals"]:
        if answer := proposal.get("answer"):
            at = diary.moment(random, answer["day"])
            diary.note(at, _answering(district, told, proposal["key"], answer, base_url))
    if decision := told.get("decision"):
        day = next(phase["closes"] for phase in told["phases"] if phase["kind"] == "review")
        at = diary.day(day, PUBLISHED)
        diary.note(at, _deciding(district, told, decision, at))


def _answering(district: District, told: Told, key: str, answer: Told, base_url: str) -> Callable[[Session], None]:
    def publish(session: Session) -> None:
        official = district.official(told["office"])
        refers_to = answer.get("refers_to", "")
        if refers_to in district.proposals:
            refers_to = proposals.by_id(session, district.proposals[refers_to]).code
        form = ResponseForm(
            proposal=[proposals.by_id(session, district.proposals[key]).code],
            status=answer["status"],
            refers_to=refers_to,
            text=answer["text"],
            other_text=answer.get("text_en", ""),
        )
        number = responses.draft(session, official, district.consultations[told["slug"]], form)
        responses.publish(session, official, number, base_url)

    return publish


def _deciding(district: District, told: Told, decision: Told, at: datetime) -> Callable[[Session], None]:
    def decide(session: Session) -> None:
        official, number = district.official(told["office"]), district.consultations[told["slug"]]
        first = {part: decision[part] for part in PARTS}
        second = {f"other_{part}": decision.get(f"{part}_en", "") for part in PARTS}
        decisions.save(session, official, number, DecisionForm(**first, **second))
        session.flush()
        decisions.publish(session, official, number, at)

    return decide
