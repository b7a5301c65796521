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

#: As what the officials of an office sign, and as what others write and check.
SIGNS = {
    "dinkes": "Kepala Bidang Kesehatan Masyarakat",
    "dagang": "Kepala Bidang Usaha Mikro",
    "desa-argosari": "Kepala Desa Argosari",
}
WRITES, CHECKS = "Staf pelaksana", "Bagian Hukum Sekretariat Daerah"
#: Who works on drafts beside the official who signs.
STAFF = "staf-kesehatan"
CHECKER = "pemeriksa"
#: When a decision is made public on the last day of the review.
PUBLISHED = time(15, 30)


def note_answers(diary: Diary, district: District, told: Told, base_url: str) -> None:
    """Write down when each answer of a consultation is published, and its decision."""
    random = Random(told["slug"] + "/answers")  # noqa: S311 - the same story every time, nothing secret
    for proposal in told["proposals"]:
        if answer := proposal.get("answer"):
            at = diary.moment(random, answer["day"])
            diary.note(at, _answering(district, told, proposal["key"], answer, base_url))
        if draft := proposal.get("draft"):
            diary.note(diary.moment(random, draft["day"]), _drafting(district, told, proposal["key"], draft))
    if decision := told.get("decision"):
        day = next(phase["closes"] for phase in told["phases"] if phase["kind"] == "review")
        at = diary.day(day, PUBLISHED)
        diary.note(at, _deciding(district, told, decision, at))


def _answering(district: District, told: Told, key: str, answer: Told, base_url: str) -> Callable[[Session], None]:
    def publish(session: Session) -> None:
        _through(session, district, told, _form(session, district, told, key, answer), base_url)

    return publish


def answering_theme(
    district: District, told: Told, theme: int, answer: Told, base_url: str
) -> Callable[[Session], None]:
    """An answer for a theme, which reaches everyone in whose words it was found."""

    def publish(session: Session) -> None:
        form = ResponseForm(
            theme=theme, status=answer["status"], text=answer["text"], other_text=answer.get("text_en", "")
        )
        _through(session, district, told, (district.consultations[told["slug"]], form), base_url)

    return publish


def _through(
    session: Session, district: District, told: Told, drafted: tuple[int, ResponseForm], base_url: str
) -> None:
    official, role = district.official(told["office"]), SIGNS[told["office"]]
    number = responses.draft(session, official, *drafted)
    responses.hand_on(session, official, number, role)
    responses.check(session, district.people[CHECKER], number, CHECKS)
    responses.sign(session, official, number, role)
    responses.publish(session, official, number, base_url, role)


def _form(session: Session, district: District, told: Told, key: str, answer: Told) -> tuple[int, ResponseForm]:
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
    return district.consultations[told["slug"]], form


def _drafting(district: District, told: Told, key: str, draft: Told) -> Callable[[Session], None]:
    """A draft that got as far as its `until`, for somebody to go on with."""

    def write(session: Session) -> None:
        writer = district.people[STAFF]
        number = responses.draft(session, writer, *_form(session, district, told, key, draft))
        responses.hand_on(session, writer, number, WRITES)
        checker, until = district.people[CHECKER], draft["until"]
        if until == "return":
            responses.send_back(session, checker, number, CHECKS, "", draft["note"])
        if until in ("check", "signature"):
            responses.check(session, checker, number, CHECKS)
        if until == "signature":
            responses.sign(session, district.official(told["office"]), number, SIGNS[told["office"]])

    return write


def _deciding(district: District, told: Told, decision: Told, at: datetime) -> Callable[[Session], None]:
    def decide(session: Session) -> None:
        official, number = district.official(told["office"]), district.consultations[told["slug"]]
        first = {part: decision[part] for part in PARTS}
        second = {f"other_{part}": decision.get(f"{part}_en", "") for part in PARTS}
        decisions.save(session, official, number, DecisionForm(**first, **second))
        session.flush()
        decisions.publish(session, official, number, at)

    return decide
