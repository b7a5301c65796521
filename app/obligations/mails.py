"""Reminding officials of what their office owes: one message a day at most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.core import i18n, mail
from app.core.i18n import N_, say
from app.settings import settings

#: So many answers are named in a message.
NAMED = 20

SUBJECT = N_("Answers your office owes: %(overdue)s overdue, %(soon)s due soon")
BODY = N_(
    "These answers of your office are due soon or overdue. Each stays due on its date, whatever else is written.\n\n"
    "%(list)s\n%(more)s\n"
    "All answers your office owes, by their due date:\n%(address)s\n\n"
    "You get this message because you are an official of the office. There is one a day at most.\n"
)
_LINES = {
    "week": N_("- %(code)s: due on %(when)s"),
    "day": N_("- %(code)s: due on %(when)s, that is within a day"),
    "overdue": N_("- %(code)s: OVERDUE since %(when)s"),
}
_MORE = N_("And %(number)s more.\n")


@dataclass(frozen=True)
class Due:
    """One answer a message reminds of, with the step that was reached."""

    code: str
    name: str
    due_at: datetime


def digest(session: Session, address: str, lang: str, due: Sequence[Due]) -> None:
    """Write to one official about everything their offices were reminded of today, the most urgent first."""
    token = i18n.language.set(lang)
    try:
        lines = [
            say(_LINES[it.name], {"code": i18n.Message(it.code), "when": i18n.Message(i18n.date_in_words(it.due_at))})
            for it in due[:NAMED]
        ]
        more = say(_MORE, {"number": len(due) - NAMED}) if len(due) > NAMED else ""
    finally:
        i18n.language.reset(token)
    overdue = sum(it.name == "overdue" for it in due)
    counts = {"overdue": overdue, "soon": len(due) - overdue}
    base = settings().base_url.rstrip("/")
    values = {"list": "\n".join(lines), "more": more, "address": f"{base}/desk/obligations"}
    mail.post(session, address, say(SUBJECT, counts, lang), say(BODY, values, lang))
