"""What authors are told by mail about their contributions, in their own language."""

from typing import Any

from sqlmodel import Session

from app.accounts import queries as accounts
from app.core import mail
from app.core.i18n import N_, Message, say
from app.moderation.forms import REASONS
from app.moderation.queries import Case
from app.settings import settings

_WHAT = {"proposal": N_("proposal"), "comment": N_("comment")}


def reachable(session: Session, case: Case) -> accounts.Recipient | None:
    """The author of a contribution, if we know where to write to."""
    return accounts.recipient(session, case.participant_id) if case.participant_id is not None else None


def hidden(session: Session, case: Case, reason: str, text: str, base_url: str) -> bool:
    """That a moderator hid what they wrote, why, and what they can do; says whether there was somebody to tell."""
    return _tell(
        session,
        case,
        base_url,
        N_("Your %(what)s %(code)s was hidden"),
        N_("A moderator hid your %(what)s %(code)s. Others see in its place that it was hidden, and the reason:"),
        N_("%(reason)s."),
        N_("%(words)s"),
        N_("What became of it stays here: %(url)s"),
        N_("If you think that this was wrong, write to us: %(contact)s. Name the code."),
        reason=Message(REASONS[reason]),
        words=text,
    )


def restored(session: Session, case: Case, text: str, base_url: str) -> bool:
    """That what they wrote can be read again; says whether there was somebody to tell."""
    return _tell(
        session,
        case,
        base_url,
        N_("Your %(what)s %(code)s is shown again"),
        N_("A moderator looked at your %(what)s %(code)s once more. Everyone can read it again: %(url)s"),
        N_("%(words)s"),
        words=text,
    )


def _tell(session: Session, case: Case, base_url: str, subject: str, *paragraphs: str, **values: Any) -> bool:
    """Write to the author, if there is one who can be written to."""
    to = reachable(session, case)
    if to is None:
        return False
    site = settings().site_name
    known = {
        "what": Message(_WHAT[case.kind]),
        "code": case.code,
        "url": base_url + case.url,
        "contact": f"{base_url}/contact",
        **values,
    }
    texts = [say(paragraph, known, to.lang) for paragraph in paragraphs]
    mail.post(session, to.email, say(subject, known, to.lang), "\n\n".join([*texts, f"{site}\n{base_url}/"]) + "\n")
    return True
