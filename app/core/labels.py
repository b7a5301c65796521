"""What fields and addresses of forms are called where a text is shown outside its form: refused or held."""

import re
from collections.abc import Mapping

from app.core.i18n import N_

OTHER = N_("What you wrote")
#: Until when each kind is answered, in the charter: the days and the way they are counted stand in one row.
PROPOSAL_DAYS, COMMENT_DAYS = N_("Answers to proposals"), N_("Answers to comments")
QUESTION_DAYS, THRESHOLD_DAYS = N_("Answers to questions"), N_("Answers to proposals with many supports")
_FIELDS = {
    "title": N_("Title"), "name": N_("Name"), "reason": N_("Reason"), "summary": N_("Summary"),
    "background": N_("Background"), "description": N_("Description"), "topic": N_("Topic"), "area": N_("Place"),
    "question": N_("What was asked"), "proposed": N_("What was proposed"), "decided": N_("What was decided"),
    "decided_by": N_("Who decided"), "why": N_("Why"), "next": N_("What happens next"),
    "other_title": N_("Title in the second language"), "other_summary": N_("Summary in the second language"),
    "other_background": N_("Background in the second language"), "text": N_("Text"), "body": N_("Text"),
    "other_text": N_("Text in the second language"), "refers_to": N_("Refers to"),
    "difference": N_("What is different"), "stance": N_("Theme"), "other_stance": N_("Theme in the second language"),
    "includes": N_("What counts as it"), "excludes": N_("What does not"), "quote": N_("Passage"),
}  # fmt: skip
#: Fields that are never shown outside their form, only named in what is said of them.
_NAMED_ONLY = {
    "email": N_("E-mail address"), "password": N_("Password"), "new_password": N_("New password"),
    "current_password": N_("Password"), "phone": N_("Telephone"), "address": N_("Address"), "parent": N_("Belongs to"),
    "name_en": N_("Name in English"), "description_en": N_("Description in English"), "proposal": N_("Proposals"),
    "topics": N_("Topics"), "phases": N_("Phases"), "other_question": N_("What was asked"),
    "other_proposed": N_("What was proposed"), "other_decided": N_("What was decided"),
    "other_decided_by": N_("Who decided"), "other_why": N_("Why"), "other_next": N_("What happens next"),
    "office": N_("Office"), "promised": N_("The answer comes by"), "list": N_("List"),
    "contribution": N_("Contributions"), "shown": N_("Contributions"), "note": N_("Note"), "saving": N_("Draft"),
    "seen": N_("What the page showed"), "role": N_("Role"), "reused": N_("The earlier answer"),
    "can_change": N_("What can still change"), "cannot_change": N_("What cannot change, and why"),
    "decider": N_("Who decides"), "legal_basis": N_("On what authority"),
    "votes_use": N_("What happens with the votes"), "paper": N_("What happens with contributions on paper"),
    "late": N_("What happens with late contributions"), "privacy": N_("What happens with personal data"),
    "published": N_("What is published"), "criterion": N_("Criterion"),
    "turnout_least": N_("At least this share has to vote"),
    "share_least": N_("A proposal needs this share of supports"),
    "quorum": N_("How many people have to vote"), "turnout_of": N_("How many people may vote"),
    "most": N_("How many are chosen at most"), "vote_limit": N_("Supports of each person"), "weight": N_("Weight"),
    "proposal_days": PROPOSAL_DAYS, "comment_days": COMMENT_DAYS, "question_days": QUESTION_DAYS,
    "theme": N_("Theme"), "into": N_("Theme"), "piece": N_("Sentences"), "themes": N_("Themes"),
    "size": N_("How many are coded again"), "ground": N_("Reason"),
    "order": N_("Order"), "after": N_("Order"), "outcome": N_("What was decided"),
    "threshold_days": THRESHOLD_DAYS, "threshold_supports": N_("From how many supports on"),
    "codes": N_("Codes of other proposals"), "remains": N_("Which proposal remains?"),
}  # fmt: skip
_VARIANT = re.compile(r"^other_|_[0-9]+$|(?<=^note)_\w+$")
_COMMENT, _PROPOSAL, _ANSWER = N_("Comment"), N_("Proposal"), N_("Answer")
#: What is sent to an address, and the page it belongs to.
_ACTS: tuple[tuple[re.Pattern[str], str, Mapping[str, str]], ...] = (
    (re.compile(r"/proposals/([^/]+)/comments"), N_("A comment on the proposal %(code)s"), {"body": _COMMENT}),
    (re.compile(r"/comments/([^/]+)/edit"), N_("A change to the comment %(code)s"), {"body": _COMMENT}),
    (re.compile(r"/proposals/([^/]+)/edit"), N_("A new version of the proposal %(code)s"), {"body": _PROPOSAL}),
    (re.compile(r"/proposals/([^/]+)/withdrawal"), N_("The withdrawal of the proposal %(code)s"), {}),
    (re.compile(r"/proposals/([^/]+)/merges"), N_("A merge with the proposal %(code)s"), {}),
    (re.compile(r"/consultations/[^/]+/proposals(?:/draft)?"), N_("A proposal"), {"body": _PROPOSAL}),
    (re.compile(r"/contributions/([^/]+)/report"), N_("A report about the contribution %(code)s"), {}),
    (re.compile(r"/desk/consultations/[^/]+/answers|/desk/answers/[^/]+"), N_("An official answer"), {"text": _ANSWER}),
    (re.compile(r"/desk/consultations/[^/]+/decision"), N_("A decision summary"), {}),
    (re.compile(r"/contributions/([^/]+)/exclusion"), N_("An appeal about the contribution %(code)s"), {}),
    (re.compile(r"/desk/contributions/([^/]+)/exclusion"), N_("The leaving out of the contribution %(code)s"), {}),
    (re.compile(r"/desk/consultations/[^/]+/codebook(?:/.*)?"), N_("A change to a codebook"), {}),
)


def field(name: str, path: str = "") -> str:
    """What a field is called, as far as its name and the address it goes to tell."""
    for pattern, _what, names in _ACTS:
        if name in names and pattern.fullmatch(path):
            return names[name]
    return _FIELDS.get(name) or _NAMED_ONLY.get(name) or _NAMED_ONLY.get(_VARIANT.sub("", name), OTHER)


def known(name: str) -> bool:
    """Whether a field has a name of its own."""
    return name in _FIELDS


def act(path: str) -> tuple[str, str] | None:
    """What is sent to an address, with the code of what it concerns; None where that cannot be said in words."""
    for pattern, what, _names in _ACTS:
        if found := pattern.fullmatch(path):
            return what, found.group(1) if pattern.groups else ""
    return None
