"""Taking over codings that were made elsewhere: each by the same rules as at the desk."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.consultations import queries as consultations
from app.core import access, i18n
from app.core.access import Actor, Conflict, Missing
from app.themes import queries
from app.themes.actions.coding import assign
from app.themes.forms import CodingForm
from app.themes.models import Source


@dataclass(frozen=True)
class Elsewhere:
    """That a contribution contains a theme, as a file says; `line` is where it stands there."""

    line: int
    code: str
    theme: int
    passage: str


def assign_all(
    session: Session, actor: Actor, consultation_id: int, rows: Sequence[Elsewhere]
) -> tuple[list[tuple[Elsewhere, str]], int]:
    """Say of each row that its contribution contains its theme, in the name of who imports. Idempotent.

    Gives the rows that were refused, each with the reason in English, and how many codings are new. The passage has to
    stand in the text as it is now.
    """
    access.require("themes.write", actor, consultations.by_id(session, consultation_id))
    refused: list[tuple[Elsewhere, str]] = []
    new = 0
    for row in rows:
        try:
            with session.begin_nested():
                new += _assign(session, actor, consultation_id, row)
        except Conflict as conflict:
            refused.append((row, i18n.say(conflict.reason.text, conflict.reason.values, "en")))
        except Missing:
            refused.append((row, "no contribution of this consultation has this code"))
    return refused, new


def _assign(session: Session, actor: Actor, consultation_id: int, row: Elsewhere) -> bool:
    item = queries.words(session, row.code)
    if item.consultation.id != consultation_id:
        raise Missing
    form = CodingForm(theme=row.theme, quote=row.passage, seen=item.h)
    return assign(session, actor, row.code, form, Source.IMPORT)
