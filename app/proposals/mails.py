"""Writing about merges: asking authors, saying that one was refused, and telling everyone who took part."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session

from app.accounts import queries as accounts
from app.core import mail
from app.core.i18n import N_, say
from app.proposals.queries import MergeView, Part

ASKED = N_("Do you agree that proposals are merged: %(title)s")
ASKING = N_(
    "Somebody proposes to merge proposals in “%(consultation)s”, and one of them is yours. “%(title)s” (%(code)s) is "
    "to remain.\n\nReason: %(reason)s\n\n"
    "It happens only if every author agrees. Read it, then agree or refuse:\n%(address)s\n\n"
)
ENDED = N_("Proposals are not merged: %(title)s")
ENDING = N_(
    "The proposals in “%(consultation)s” that were to be merged into “%(title)s” (%(code)s) stay as they are.\n\n"
    "Reason: %(reason)s\n\n%(address)s\n\n"
)
MERGED = N_("Proposals were merged: %(title)s")
MERGING = N_(
    "In “%(consultation)s”, where you took part, proposals were merged into “%(title)s” (%(code)s).\n\n"
    "Merged into it:\n%(sources)s\n\n"
    "Reason: %(reason)s\n\n"
    "If you voted on one of them, your vote stays with the text you voted on. You can keep it or withdraw it on its "
    "page. Over the whole group everyone is counted once:\n%(target)s\n\n"
    "Who proposed it and who agreed:\n%(address)s\n\n"
)
UNDONE = N_("A merge of proposals was undone: %(title)s")
UNDOING = N_(
    "In “%(consultation)s”, where you took part, proposals that were merged into “%(title)s” (%(code)s) stand on their "
    "own again.\n\n"
    "These are:\n%(sources)s\n\n"
    "Reason: %(reason)s\n\n"
    "All votes are where they were cast. You can change or withdraw yours, or vote on them again:\n%(target)s\n\n"
    "What happened:\n%(address)s\n\n"
)
STOP = N_(
    "You get this message because you took part. To get no more messages about answers, amendments and merges, "
    "open:\n%(stop)s\n"
)


def ask(session: Session, merge: MergeView, parts: Iterable[Part], base_url: str) -> None:
    """Ask the authors who have not answered yet."""
    _authors(session, merge, parts, merge.reason, (ASKED, ASKING), base_url)


def ended(session: Session, merge: MergeView, parts: Iterable[Part], base_url: str) -> None:
    """Tell the authors that it comes to nothing."""
    _authors(session, merge, parts, merge.ended_reason, (ENDED, ENDING), base_url)


def _authors(
    session: Session, merge: MergeView, parts: Iterable[Part], reason: str, texts: tuple[str, str], base_url: str
) -> None:
    """Write to the authors of these parts; that a proposal is theirs is public."""
    authors = {part.participant_id for part in parts if part.has_author and part.participant_id is not None}
    for person in accounts.recipients(session, authors).values():
        values = values_of(merge, base_url) | {"reason": reason}
        mail.post(session, person.email, say(texts[0], values, person.lang), say(texts[1], values, person.lang))


def told(session: Session, account: Any, values: Mapping[str, Any], undone: bool, base_url: str) -> None:
    """Tell somebody who took part; the text is the same whatever they did, and says nothing of it."""
    stop = base_url + accounts.unsubscribe_path(account.id)
    subject, body = (UNDONE, UNDOING) if undone else (MERGED, MERGING)
    text = "".join(say(part, {**values, "stop": stop}, account.lang) for part in (body, STOP))
    mail.post(session, account.email, say(subject, values, account.lang), text, unsubscribe=stop)


def values_of(merge: MergeView, base_url: str) -> dict[str, Any]:
    """What a message says of a merge."""
    target = merge.target
    sources = "\n".join(f"- {part.title or part.code}: {base_url}{part.url}" for part in merge.sources)
    return {
        "consultation": merge.consultation.title,
        "title": target.title or target.code,
        "code": target.code,
        "reason": merge.ended_reason if merge.ended_at else merge.reason,
        "sources": sources,
        "target": base_url + target.url,
        "address": base_url + merge.url,
    }
