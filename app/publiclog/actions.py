"""Recording events in the transaction of the act, and committing to texts."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert
from sqlmodel import Session

from app.core import clock
from app.core.columns import table
from app.publiclog.models import Event
from app.rules.canonical import canonical, commitment


@dataclass(frozen=True)
class Commitment:
    """What is published of a text: `h`; the nonce stays beside the text and goes with it."""

    nonce: bytes
    h: str


def commit_to(kind: str, payload: Mapping[str, Any]) -> Commitment:
    """Commit to a payload under the tag of its kind, with a fresh nonce."""
    nonce = secrets.token_bytes(32)
    return Commitment(nonce, commitment(f"rembuk/{kind}/v1", nonce, payload))


def record(
    session: Session,
    type: str,
    consultation: int | None,
    subject: tuple[str, int],
    **facts: Any,
) -> None:
    """Record an event of a type of PUBLIC_LOG; `facts` hold commitments and codes, never text or persons."""
    row = {
        "type": type,
        "consultation_id": consultation,
        "body": _body(type, consultation, facts),
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "at": clock.now(),
    }
    session.execute(_INSERT, row)


def record_ballot(
    connection: Connection, consultation: int, at: datetime, *, type: str = "ballot", **facts: Any
) -> None:
    """Record that a ballot was cast, changed or withdrawn, so that neither row order nor time tells whose it is.

    The row number is random and below zero, the time is cut to the hour, and no ballot is named.
    """
    row = {
        "id": -secrets.randbits(62) - 1,
        "type": type,
        "consultation_id": consultation,
        "body": _body(type, consultation, facts),
        "subject_kind": "ballot",
        "subject_id": 0,
        "at": clock.to_the_hour(at),
    }
    connection.execute(_INSERT, row)


_INSERT = insert(table(Event))


def _body(type: str, consultation: int | None, facts: Mapping[str, Any]) -> str:
    public = {"v": 1, "t": type, **({"c": str(consultation)} if consultation else {})}
    public.update((name, value) for name, value in facts.items() if value is not None)
    return canonical(public).decode()
