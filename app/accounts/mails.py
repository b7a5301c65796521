"""What people are told by mail about their account, in their own language."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlmodel import Session

from app.core import mail
from app.core.i18n import N_, Message, say
from app.core.web import own_path
from app.settings import settings

#: A longer address of a page would break the link in some mail programs.
LONGEST_WAY = 300

Paragraph = tuple[str, dict[str, Any]]


def _send(session: Session, to: str, lang: str, base_url: str, subject: str, *paragraphs: str | Paragraph) -> None:
    """Compose and put in the outbox: greeting-free paragraphs, then who writes."""
    site = settings().site_name
    parts = [(part, {}) if isinstance(part, str) else part for part in paragraphs]
    texts = [say(text, {"site": site, **values}, lang) for text, values in parts]
    mail.post(session, to, say(subject, {"site": site}, lang), "\n\n".join([*texts, f"{site}\n{base_url}/"]) + "\n")


def confirm(
    session: Session, to: str, lang: str, base_url: str, name: str, token: str, until: datetime, back: str = ""
) -> None:
    """The link with which a new address is confirmed, and which then leads back to a page of ours."""
    back = own_path(back, "") if len(back) <= LONGEST_WAY else ""
    _send(
        session, to, lang, base_url,
        N_("Confirm your e-mail address for %(site)s"),
        (N_("Hello %(name)s,"), {"name": name}),
        N_("an account at %(site)s was opened with this address. Open this page and press the button to confirm it:"),
        ("%(link)s", {"link": f"{base_url}/confirm/{token}" + (f"?next={quote(back, safe='')}" if back else "")}),
        (N_("The link works once, until %(until)s. After that you can write proposals, comment and vote."),
         {"until": until}),
        N_("If you did not open the account, ignore this message. Nothing can be written in your name."),
    )  # fmt: skip


def sign_up_tried(session: Session, to: str, lang: str, base_url: str) -> None:
    """To the owner of an account: somebody tried to open another one with the same address."""
    _send(
        session, to, lang, base_url,
        N_("You already have an account at %(site)s"),
        N_("Somebody tried to sign up at %(site)s with this address, which already has an account."),
        N_("If it was you, sign in here:"),
        f"{base_url}/sign-in",
        N_("If you no longer know the password, choose a new one here:"),
        f"{base_url}/reset",
        N_("If it was not you, you need not do anything. Nothing was changed."),
    )  # fmt: skip


def reset(session: Session, to: str, lang: str, base_url: str, token: str, until: datetime) -> None:
    """The link with which a new password is chosen."""
    _send(
        session, to, lang, base_url,
        N_("Choose a new password for %(site)s"),
        N_("Somebody asked for a new password for your account at %(site)s. Choose one on this page:"),
        f"{base_url}/reset/{token}",
        (N_("The link works once, until %(until)s."), {"until": until}),
        N_("If it was not you, ignore this message. Your password stays as it is."),
    )  # fmt: skip


def password_changed(session: Session, to: str, lang: str, base_url: str) -> None:
    """That the password is another one now."""
    _send(
        session, to, lang, base_url,
        N_("Your password at %(site)s was changed"),
        N_("The password of your account at %(site)s was changed, and all other devices were signed out."),
        N_("If it was not you, choose a new password at once:"),
        f"{base_url}/reset",
    )  # fmt: skip


def address(session: Session, to: str, lang: str, base_url: str, token: str, until: datetime) -> None:
    """The link with which a new address proves to be the person's own."""
    _send(
        session, to, lang, base_url,
        N_("Confirm your new e-mail address for %(site)s"),
        N_("An account at %(site)s is to use this address. Open this page and press the button to agree:"),
        f"{base_url}/address/{token}",
        (N_("The link works once, until %(until)s."), {"until": until}),
        N_("If it was not you, ignore this message. Nothing will be changed."),
    )  # fmt: skip


def address_taken(session: Session, to: str, lang: str, base_url: str) -> None:
    """To the owner of an address: somebody tried to use it for another account."""
    _send(
        session, to, lang, base_url,
        N_("You already have an account at %(site)s"),
        N_("Somebody asked to use this address for another account at %(site)s. It already belongs to yours."),
        N_("An address can belong to one account only. Nothing was changed."),
    )  # fmt: skip


def address_changed(session: Session, to: str, lang: str, base_url: str) -> None:
    """To the old address: it is no longer the account's."""
    _send(
        session, to, lang, base_url,
        N_("Your e-mail address at %(site)s was changed"),
        N_("Your account at %(site)s now uses another e-mail address. Messages no longer come here."),
        N_("If it was not you, write to us at once:"),
        f"{base_url}/contact",
    )  # fmt: skip


def role_granted(session: Session, to: str, lang: str, base_url: str, role: str, office: str) -> None:
    """That somebody may do more from now on."""
    told: Paragraph = (N_("You now have the role “%(role)s” at %(site)s."), {"role": Message(role)})
    if office:
        told = (
            N_("You now have the role “%(role)s” at %(site)s, for %(office)s."),
            {"role": Message(role), "office": office},
        )
    _send(session, to, lang, base_url, N_("You have a new role at %(site)s"), told, f"{base_url}/me")
