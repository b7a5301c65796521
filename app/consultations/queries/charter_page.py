"""The charter as everyone reads it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.consultations.models import Consultation
from app.consultations.queries.charter import promised, ways_of
from app.consultations.queries.question import ADVICE, Flagged
from app.consultations.queries.views import ConsultationView
from app.core.columns import table
from app.core.i18n import language
from app.rules import charters


@dataclass(frozen=True)
class Part:
    """One text of a charter, in the reader's language where there is one."""

    text: str
    lang: str


@dataclass(frozen=True)
class Criterion:
    """What is weighed, and how much; weights are percent or none."""

    name: str
    lang: str
    weight: int | None


@dataclass(frozen=True)
class CharterPage:
    """All that is promised; `parts` is empty for what was taken over from elsewhere."""

    view: ConsultationView
    parts: dict[str, Part]
    influence: str
    criteria: tuple[Criterion, ...]
    promises: charters.Promises
    ways: charters.Ways
    charter_hash: str
    noted: tuple[Flagged, ...] = ()

    @property
    def missing_translation(self) -> bool:
        """Whether some part is not in the reader's language."""
        return any(part.lang != language.get() for part in self.parts.values())


_c = table(Consultation).c
_ONE = select(_c.lang, _c.frozen_hash).where(_c.id == bindparam("id"))


def charter_page(session: Session, view: ConsultationView) -> CharterPage:
    """The charter of a consultation, in two queries."""
    content = promised(session, view.id)
    row = session.execute(_ONE, {"id": view.id}).one()
    return CharterPage(
        view=view,
        parts={name: _part(content, name, row.lang) for name in charters.TEXTS if content.get(name)},
        influence=content.get("influence", ""),
        criteria=tuple(_criterion(one, row.lang) for one in content.get("criteria", ())),
        promises=charters.promises(content),
        ways=ways_of(view),
        charter_hash=row.frozen_hash,
        noted=tuple(_noted(kind, kept) for kind, kept in (content.get("notes") or {}).items()),
    )


def _noted(kind: str, kept: dict[str, Any]) -> Flagged:
    return Flagged(kind, *ADVICE[kind], tuple(kept["words"]), kept["note"])


def _part(content: dict[str, Any], name: str, first: str) -> Part:
    other = content["other"].get(name)
    return Part(other, language.get()) if other and language.get() != first else Part(content[name], first)


def _criterion(stored: dict[str, Any], first: str) -> Criterion:
    other = stored["other"] if language.get() != first else ""
    return Criterion(other or stored["name"], language.get() if other else first, stored["weight"])
