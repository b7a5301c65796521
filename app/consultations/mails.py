"""Telling everyone who took part that a charter was amended."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from app.accounts import queries as accounts
from app.core import mail
from app.core.i18n import N_, say

SUBJECT = N_("The charter was amended: %(title)s")
BODY = N_(
    "You took part in “%(title)s”. Its charter was amended on %(when)s (amendment %(number)s).\n\n"
    "Reason: %(reason)s\n\n"
    "What changed, word by word:\n%(address)s\n\n"
)
CONFIRM = N_(
    "It changes the question, or what votes bring about. If you voted, your votes are kept. "
    "From %(from)s on you can confirm them, change them or withdraw them:\n%(votes)s\n\n"
)
STOP = N_(
    "You get this message because you took part. To get no more messages about answers and amendments, "
    "open:\n%(stop)s\n"
)

ENTERED = N_(
    "You entered contributions to “%(title)s” for other people. Its charter was amended on %(when)s "
    "(amendment %(number)s).\n\n"
    "Reason: %(reason)s\n\n"
    "What changed, word by word:\n%(address)s\n\n"
    "They have no address here, so we cannot write to them. Please tell those you can reach, or hang up that page. "
    "These codes stand on their slips:\n%(codes)s\n"
)
MORE = N_("And %(more)s more. What you entered:\n%(entries)s\n")
#: So many codes stand in a message; the list of what somebody entered has all.
LISTED = 100


def entered(session: Session, account: Any, codes: Sequence[str], told: dict[str, Any], base_url: str) -> None:
    """Tell somebody who entered contributions for others which of them an amendment concerns."""
    titles: dict[str, str] = told["titles"]
    values = {**told["values"], "title": titles.get(account.lang) or titles["first"]}
    values |= {"address": base_url + told["address"], "codes": "\n".join(codes[:LISTED])}
    values |= {"more": len(codes) - LISTED, "entries": f"{base_url}/facilitation"}
    body = say(ENTERED, values, account.lang) + (say(MORE, values, account.lang) if len(codes) > LISTED else "")
    mail.post(session, account.email, say(SUBJECT, values, account.lang), body)


def amended(session: Session, account: Any, told: dict[str, Any], base_url: str) -> None:
    """Write to somebody in their language; the text is the same whatever they did, and says nothing of it."""
    stop = base_url + accounts.unsubscribe_path(account.id)
    titles: dict[str, str] = told["titles"]
    values = {**told["values"], "title": titles.get(account.lang) or titles["first"], "stop": stop}
    values |= {name: base_url + told[name] for name in ("address", "votes")}
    parts = (BODY, CONFIRM, STOP) if told["asks_voters"] else (BODY, STOP)
    body = "".join(say(part, values, account.lang) for part in parts)
    mail.post(session, account.email, say(SUBJECT, values, account.lang), body, unsubscribe=stop)
