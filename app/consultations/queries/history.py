"""The public changes of a consultation after it opened: what, from what to what, when and why."""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.consultations.models import ConsultationChange
from app.consultations.queries.pages import TEXTS, WORDS_OF_KIND, span
from app.core.columns import table
from app.core.i18n import N_, say
from app.core.textdiff import Paragraph, compare

_NAMES = {
    "closing": N_("Closed early"),
    "cancellation": N_("Cancelled"),
    "document": N_("Documents"),
}


@dataclass(frozen=True)
class Change:
    """One thing that changed; a text shows what was added and removed, a date shows before and after."""

    what: str
    label: str
    before: str
    after: str
    paragraphs: tuple[Paragraph, ...] = ()
    lang: str = ""


@dataclass(frozen=True)
class ChangeSet:
    """What was changed at one moment for one reason."""

    id: int
    at: datetime
    reason: str
    changes: tuple[Change, ...]


_h = table(ConsultationChange).c
_OF_ONE = (
    select(_h.id, _h.what, _h.before, _h.after, _h.reason, _h.at)
    .where(_h.consultation_id == bindparam("id"))
    .order_by(_h.at.desc(), _h.id)
)


def changes_of(session: Session, consultation_id: int, lang: str) -> tuple[ChangeSet, ...]:
    """Every public change with its reason, the newest first; `lang` is the language of the first texts."""
    rows = session.execute(_OF_ONE, {"id": consultation_id}).all()
    return tuple(_set(list(group), lang) for _, group in groupby(rows, key=lambda row: (row.at, row.reason)))


def facts(found: tuple[ChangeSet, ...]) -> list[dict[str, Any]]:
    """What JSON says of the changes."""
    return [
        {
            "at": it.at.isoformat(),
            "reason": it.reason,
            "changes": [{"what": one.what, "before": one.before, "after": one.after} for one in it.changes],
        }
        for it in found
    ]


def _set(rows: list[Any], lang: str) -> ChangeSet:
    first = rows[0]
    return ChangeSet(first.id, first.at, first.reason, tuple(_change(row, lang) for row in rows))


def _change(row: Any, lang: str) -> Change:
    if row.what in TEXTS:
        other = row.what.startswith("other_")
        its_lang = lang if not other else "en" if lang == "id" else "id"
        shown = compare(row.before, row.after).paragraphs
        return Change(row.what, say(TEXTS[row.what]), row.before, row.after, shown, its_lang)
    if row.what in ("phase", "closing"):
        before, after = json.loads(row.before), json.loads(row.after)
        kind = say(WORDS_OF_KIND[before["kind"]])
        label = kind if row.what == "phase" else f"{say(_NAMES['closing'])}: {kind}"
        return Change(row.what, label, _dates(before), _dates(after))
    return Change(row.what, say(_NAMES[row.what]), row.before, row.after)


def _dates(phase: dict[str, str]) -> str:
    return span(datetime.fromisoformat(phase["opens"]), datetime.fromisoformat(phase["closes"]))
