"""What authors are told by mail when their words are left out of the coding, in their own language."""

from typing import Any

from sqlmodel import Session

from app.accounts import queries as accounts
from app.core import mail
from app.core.i18n import N_, Message, say
from app.settings import settings
from app.themes.models import GROUNDS, Ground
from app.themes.queries import ExclusionView


def excluded(session: Session, one: ExclusionView, base_url: str) -> None:
    """That what they wrote is left out, why, and how to appeal."""
    _tell(
        session, one, base_url,
        N_("%(code)s is left out when themes are gathered"),
        N_("%(name)s of the office in charge left your contribution %(code)s out when its themes were gathered:"),
        N_("%(ground)s. %(words)s"),
        N_("Everyone can read this. If it is wrong, you can say so once, and a second person looks at it: %(url)s"),
        ground=Message(GROUNDS[Ground(one.ground)]), words=one.text, name=one.name,
    )  # fmt: skip


def decided(session: Session, one: ExclusionView, base_url: str) -> None:
    """What a second person decided of their appeal, and why."""
    _tell(
        session, one, base_url,
        N_("Your appeal about %(code)s was decided"),
        N_("%(name)s looked at your appeal. Your contribution %(code)s is taken into account now.")
        if one.lifted_at
        else N_("%(name)s looked at your appeal. Your contribution %(code)s stays left out."),
        N_("%(words)s"),
        N_("All of it stays readable here: %(url)s"),
        words=one.decision, name=one.decided_by,
    )  # fmt: skip


def _tell(session: Session, one: ExclusionView, base_url: str, subject: str, *paragraphs: str, **values: Any) -> None:
    """Write to the author, if there is one who can be written to."""
    to = accounts.recipient(session, one.participant_id) if one.participant_id is not None else None
    if to is None:
        return
    known = {"code": one.code, "url": f"{base_url}/contributions/{one.code}/exclusion", **values}
    texts = [say(paragraph, known, to.lang) for paragraph in paragraphs]
    ending = f"{settings().site_name}\n{base_url}/"
    mail.post(session, to.email, say(subject, known, to.lang), "\n\n".join([*texts, ending]) + "\n")
