"""What in a question may bend the answers, and the public notes with which an office goes on all the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.consultations.models import Consultation
from app.core.access import Conflict
from app.core.columns import table
from app.core.i18n import N_, Message
from app.rules import questions

ADVICE = {
    questions.LEADING: (N_("Leading"), N_("It suggests an answer. Ask so that every answer is as easy to give.")),
    questions.DOUBLE: (N_("Two questions in one"), N_("Whoever agrees with only one of them cannot say so. Ask one.")),
    questions.UNBALANCED: (N_("One-sided"), N_("It offers one side only. Name the other side too.")),
    questions.JARGON: (N_("Jargon"), N_("Not everyone knows these words. Use words that everyone uses.")),
    questions.ABSOLUTE: (N_("Absolute words"), N_("Few things are always or never so. Leave these words out.")),
    questions.NO_CHANGE: (N_("No way to leave things as they are"), N_("Offer that nothing changes, too.")),
}


BENDS = N_("The question: %(what)s (%(words)s). Change it, or go on with a public note.")
#: The same once that is done.
NOTED = N_("The question: %(what)s (%(words)s). A public note says why it stays.")


@dataclass(frozen=True)
class Flagged:
    """One flag with the words it is about, and the office's public note, if it has written one for these words."""

    kind: str
    label: str
    advice: str
    words: tuple[str, ...]
    note: str = ""

    @property
    def field(self) -> str:
        """The field of its note."""
        return f"note_{self.kind.replace('-', '_')}"

    @property
    def said(self) -> dict[str, Any]:
        """What `BENDS` says of it."""
        return {"what": Message(self.label), "words": ", ".join(self.words)}


_c = table(Consultation).c
_ASKED = select(_c.title, _c.other_title, _c.lang).where(_c.id == bindparam("id"))


def flags_in(title: str, lang: str, other_title: str = "", notes: Mapping[str, Any] | None = None) -> list[Flagged]:
    """The flags of a question in its first language and its second, each kind once."""
    second = "en" if lang == "id" else "id"
    words: dict[str, tuple[str, ...]] = {}
    for text, its_lang in ((title, lang), (other_title, second)):
        for flag in questions.lint(text, its_lang):
            words[flag.kind] = words.get(flag.kind, ()) + flag.words
    return [_flagged(kind, words[kind], notes or {}) for kind in questions.KINDS if kind in words]


def _flagged(kind: str, words: tuple[str, ...], notes: Mapping[str, Any]) -> Flagged:
    kept = notes.get(kind) or {}
    note = kept.get("note", "") if kept.get("words") == list(words) else ""
    return Flagged(kind, *ADVICE[kind], words, note)


def flags_of(session: Session, consultation_id: int, content: Mapping[str, Any]) -> list[Flagged]:
    """The flags of a consultation's question as it stands, with the notes in its charter."""
    row = session.execute(_ASKED, {"id": consultation_id}).one()
    return flags_in(row.title, row.lang, row.other_title, content.get("notes") or {})


def require_noted(flags: Iterable[Flagged]) -> None:
    """Conflict where words that may bend the answers go without a public note."""
    for flag in flags:
        if not flag.note:
            raise Conflict("bends", BENDS, **flag.said)


def kept_notes(flags: Iterable[Flagged]) -> dict[str, Any]:
    """The notes as a charter keeps them, each with the words it is about."""
    return {flag.kind: {"words": list(flag.words), "note": flag.note} for flag in flags if flag.note}
