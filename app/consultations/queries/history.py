"""The amendments of a charter: what, from what to what, when and why, and who is told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, case, select
from sqlmodel import Session

from app.accounts.models import Account
from app.consultations.models import Amendment, Consultation, ConsultationChange
from app.consultations.queries.comparing import Change, change_of
from app.consultations.queries.locking import who_entered, who_took_part
from app.core.access import Missing
from app.core.columns import table


@dataclass(frozen=True)
class ChangeSet:
    """An amendment: what was changed at one moment for one reason."""

    number: int
    at: datetime
    reason: str
    changes: tuple[Change, ...]
    before_hash: str = ""
    after_hash: str = ""
    content: str = ""
    asks_voters: bool = False
    applies_from: datetime | None = None


_h, _m, _c = table(ConsultationChange).c, table(Amendment).c, table(Consultation).c
_OF_ONE = (
    select(
        _h.what, _h.before, _h.after, _m.number, _m.reason, _m.at, _m.before_hash, _m.after_hash, _m.asks_voters,
        _m.applies_from, _m.content,
    )
    .join(table(Amendment), (_m.consultation_id == _h.consultation_id) & (_m.number == _h.number))
    .where(_h.consultation_id == bindparam("id"))
    .order_by(_m.number.desc(), _h.id)
)  # fmt: skip
_TOLD = (
    select(
        _m.number, _m.at, _m.reason, _m.asks_voters, _m.applies_from, _c.slug, _c.lang, _c.title, _c.other_title,
    )
    .join(table(Consultation), _c.id == _m.consultation_id)
    .where(_m.consultation_id == bindparam("id"), _m.number == bindparam("number"))
)  # fmt: skip
#: The whole before an amendment: after the one before it, or as it was when the first contribution came.
_p = table(Amendment).alias("prior").c
_BEFORE = (
    select(case((_m.number == 1, _c.frozen), else_=_p.content))
    .join_from(table(Amendment), table(Consultation), _c.id == _m.consultation_id)
    .outerjoin(_p.number.table, (_p.consultation_id == _m.consultation_id) & (_p.number == _m.number - 1))
    .where(_m.consultation_id == bindparam("id"), _m.number == bindparam("number"))
)
_a = table(Account).c
_REACHED = (
    select(_a.id, _a.participant_id, _a.email, _a.lang)
    .where(
        _a.id > bindparam("after"),
        _a.email.is_not(None),
        _a.confirmed_at.is_not(None),
        _a.answers_by_mail.is_(True),
    )
    .order_by(_a.id)
    .limit(bindparam("most"))
)


def changes_of(session: Session, consultation_id: int, lang: str) -> tuple[ChangeSet, ...]:
    """Every amendment with its reason, the newest first; `lang` is the language of the first texts."""
    rows = session.execute(_OF_ONE, {"id": consultation_id}).all()
    return tuple(_set(list(group), lang) for _, group in groupby(rows, key=lambda row: row.number))


def amendment(session: Session, consultation_id: int, number: int, lang: str) -> ChangeSet:
    """One amendment by its number."""
    rows = session.execute(_OF_ONE.where(_m.number == number), {"id": consultation_id}).all()
    if not rows:
        raise Missing
    return _set(list(rows), lang)


def amendment_told(session: Session, consultation_id: int, number: int) -> dict[str, Any]:
    """What a message says of an amendment; the question in both languages."""
    row = session.execute(_TOLD, {"id": consultation_id, "number": number}).one()
    here = f"/consultations/{row.slug}"
    second = "en" if row.lang == "id" else "id"
    return {
        "titles": {"first": row.title, row.lang: row.title, second: row.other_title},
        "values": {"when": row.at, "number": row.number, "reason": row.reason, "from": row.applies_from},
        "address": f"{here}/charter/amendments/{row.number}",
        "votes": f"{here}/votes",
        "asks_voters": row.asks_voters,
    }


def next_to_tell(session: Session, consultation_id: int, after: int, most: int) -> tuple[list[Any], int | None]:
    """Those of the next accounts who took part and want such messages; and the last looked at, if more follow."""
    rows = session.execute(_REACHED, {"after": after, "most": most}).all()
    took_part = who_took_part(session, consultation_id, [row.participant_id for row in rows])
    last = rows[-1].id if len(rows) == most else None
    return [row for row in rows if row.participant_id in took_part], last


_ENTERERS = select(_a.id, _a.email, _a.lang).where(
    _a.id.in_(bindparam("ids", expanding=True)), _a.email.is_not(None), _a.confirmed_at.is_not(None)
)


def next_who_entered(
    session: Session, consultation_id: int, after: int, most: int
) -> tuple[list[tuple[Any, list[str]]], int | None]:
    """The next accounts that entered something for others, each with the codes; and the last one, if more follow."""
    codes = who_entered(session, consultation_id, after, most)
    rows = session.execute(_ENTERERS, {"ids": list(codes)}).all()
    return [(row, codes[row.id]) for row in rows], max(codes) if len(codes) >= most else None


def facts(found: tuple[ChangeSet, ...]) -> list[dict[str, Any]]:
    """What JSON says of the amendments."""
    return [
        {
            "number": it.number,
            "at": it.at.isoformat(),
            "reason": it.reason,
            "changes": [{"what": one.what, "before": one.before, "after": one.after} for one in it.changes],
        }
        for it in found
    ]


def amendment_facts(session: Session, consultation_id: int, it: ChangeSet) -> dict[str, Any]:
    """What JSON says of one amendment: also both fingerprints, and both wholes that they are of."""
    before = session.execute(_BEFORE, {"id": consultation_id, "number": it.number}).scalar()
    return facts((it,))[0] | {
        "before_hash": it.before_hash,
        "after_hash": it.after_hash,
        "charter_before": json.loads(before) if before else None,
        "charter": json.loads(it.content) if it.content else None,
        "asks_voters": it.asks_voters,
        "applies_from": it.applies_from.isoformat() if it.applies_from else None,
    }


def _set(rows: list[Any], lang: str) -> ChangeSet:
    first = rows[0]
    return ChangeSet(
        first.number,
        first.at,
        first.reason,
        tuple(change_of(row.what, row.before, row.after, lang, _cast(row)) for row in rows),
        first.before_hash,
        first.after_hash,
        first.content,
        first.asks_voters,
        first.applies_from,
    )


def _cast(row: Any) -> Mapping[str, Any]:
    """How votes were cast then, where the row is of the counting rule."""
    return json.loads(row.content)["rule"] if row.what == "charter.rule" else {}
