"""What is missing before a consultation can open, and where it is mended."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.consultations.models import Consultation
from app.consultations.queries.charter import promised, ways_of
from app.consultations.queries.question import BENDS, NOTED, flags_of
from app.consultations.queries.views import ConsultationView
from app.core import clock
from app.core.columns import table
from app.core.i18n import N_, Message, say
from app.rules import charters


@dataclass(frozen=True)
class Lacking:
    """One condition of opening: whether it is met, what to say, and where it is mended."""

    met: bool
    text: str
    where: str
    values: Mapping[str, Any] = field(default_factory=dict)


CHARTER_PARTS = {
    "can_change": N_("What can still change"),
    "cannot_change": N_("What cannot change, and why"),
    "decider": N_("Who decides"),
    "legal_basis": N_("On what authority"),
    "rule": N_("By which rule votes are counted, with what happens to ties"),
    "influence": N_("How much the contributions weigh"),
    "criteria": N_("By which criteria it is decided"),
    "votes_use": N_("What happens with the votes"),
    "paper": N_("What happens with contributions on paper"),
    "late": N_("What happens with late contributions"),
    "due_proposal": N_("Until when proposals are answered"),
    "due_comment": N_("Until when comments are answered"),
    "due": N_("When answers are due"),
    "due_question": N_("Until when questions to the office are answered"),
    "notes": N_("Notes on the question"),
    "privacy": N_("What happens with personal data"),
    "published": N_("What is published"),
}
CONTRADICTIONS = {
    "binding-without-votes": N_("Contributions cannot bind where nobody votes: choose another level, or add voting."),
    "binding-without-outcome": N_("Votes can only bind by a rule that chooses: take one, or choose another level."),
    "rule-without-votes": N_("A rule that chooses needs voting: add it, or only count."),
    "several-votings": N_("A rule that chooses needs a single voting phase, so that nobody counts twice."),
    "quorum-above-entitled": N_("The quorum is above the number of people who may vote."),
    "threshold-of-choices": N_("A share of supports and opposes needs votes that can oppose."),
    "inform-with-votes": N_("Whoever only informs does not let people vote: choose another level, or remove voting."),
    "weights": N_("The weights of the criteria have to make 100 together, or all be empty."),
    "threshold-without-votes": N_("An early answer by supports needs proposals and voting."),
    "threshold-while-sealed": N_("An early answer by supports needs counts that everyone can see while people vote."),
}
STILL_MISSING = N_("An open consultation keeps a whole charter. Still missing: %(what)s.")
#: Where a condition is mended, if its field has another name.
FIELD_OF = {
    "rule": "ties",
    "criteria": "criterion_1",
    "due_proposal": "proposal_basis",
    "due_comment": "comment_basis",
    "due_question": "question_basis",
}
_c = table(Consultation).c
_TEXTS = select(_c.background).where(_c.id == bindparam("id"))


def part_name(code: str) -> Message:
    """What a part of the charter is called, to be said in a sentence."""
    return Message(CHARTER_PARTS[code])


def lacking(session: Session, view: ConsultationView) -> tuple[Lacking, ...]:
    """The conditions of opening, met or not; once it has opened, what its charter has to say."""
    if view.opened_at is not None:
        return _charter_lacking(session, view)
    texts = session.execute(_TEXTS, {"id": view.id}).one()
    now = clock.now()
    acting = [phase for phase in view.phases if phase.acts]
    own = f"/desk/consultations/{view.slug}"
    found = [
        Lacking(bool(view.title), N_("A question as title"), own),
        Lacking(bool(view.summary), N_("A summary of what is asked"), own),
        Lacking(bool(texts.background), N_("The background people need to answer"), own),
        Lacking(bool(acting), N_("At least one phase in which people can act"), f"{own}/phases"),
    ]
    if view.phases:
        ahead = all(phase.closes > now for phase in view.phases)
        found.append(Lacking(ahead, N_("No phase that would be over before it begins"), f"{own}/phases"))
    if view.voting == "limited":
        text = N_("A number of supports for each person, because supports are limited")
        found.append(Lacking(view.vote_limit is not None, text, own))
    return (*found, *_charter_lacking(session, view))


def _charter_lacking(session: Session, view: ConsultationView) -> tuple[Lacking, ...]:
    """What the charter still has to say, and what in it contradicts itself."""
    content, ways = promised(session, view.id), ways_of(view)
    own = f"/desk/consultations/{view.slug}/charter"
    said = [
        Lacking(it.met, CHARTER_PARTS[it.code], f"{own}#{FIELD_OF.get(it.code, it.code)}")
        for it in charters.checklist(content, ways)
    ]
    noted = [
        Lacking(bool(it.note), NOTED if it.note else BENDS, f"{own}#{it.field}", it.said)
        for it in flags_of(session, view.id, content)
    ]
    wrong = [Lacking(False, CONTRADICTIONS[code], own) for code in charters.contradictions(content, ways)]
    return (*said, *noted, *wrong)


INFLUENCES = {
    "inform": N_("Inform"),
    "consult": N_("Consult"),
    "co-decide": N_("Decide together"),
    "binding": N_("Binding"),
}
_DUE = {
    "proposal": N_("Proposals: %(days)s working days after closing"),
    "comment": N_("Comments: %(days)s working days after closing"),
    "question": N_("Questions to the office: %(days)s working days"),
    "threshold": N_("Proposals with %(supports)s supports or more: %(days)s working days, before closing"),
}
_DUE_OF_ALL_DAYS = {
    "proposal": N_("Proposals: %(days)s days after closing"),
    "comment": N_("Comments: %(days)s days after closing"),
    "question": N_("Questions to the office: %(days)s days"),
    "threshold": N_("Proposals with %(supports)s supports or more: %(days)s days, before closing"),
}
_NOT_PROMISED = {
    "proposal": N_("Proposals: no answer to each one is promised"),
    "comment": N_("Comments: no answer to each one is promised"),
    "question": N_("Questions to the office: no answer to each one is promised"),
    "threshold": N_("No early answer"),
}


def in_words(part: str, stored: str) -> str:
    """A part of the charter that is not a text, one line for each thing it says, so that two can be compared."""
    if part == "influence":
        return say(INFLUENCES[stored]) if stored else ""
    content: Any = json.loads(stored)
    if part == "criteria":
        return "\n\n".join(_criterion(one) for one in content or ())
    if part == "notes":
        return "\n\n".join(str(kept["note"]) for kept in (content or {}).values())
    if part == "due":
        return "\n\n".join(_due(kind, (content or {}).get(kind)) for kind in (*charters.KINDS, "threshold"))
    return stored


def _criterion(one: dict[str, Any]) -> str:
    return f"{one['name']} ({one['weight']})" if one["weight"] is not None else str(one["name"])


def _due(kind: str, promised: Any) -> str:
    if not isinstance(promised, dict):
        return say(_NOT_PROMISED[kind])
    said = _DUE if promised["basis"] == charters.WORKING else _DUE_OF_ALL_DAYS
    return say(said[kind], {name: promised.get(name) for name in ("days", "supports")})
