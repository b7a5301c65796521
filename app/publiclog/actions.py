"""Recording events in the transaction of the act, and committing to texts."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.core import clock
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
    session.add(_event(type, consultation, subject, clock.now(), facts))


def record_ballot(session: Session, consultation: int, at: datetime, *, type: str = "ballot", **facts: Any) -> None:
    """Record that a ballot was cast, changed or withdrawn, so that neither row order nor time tells whose it is.

    The row number is random and below zero, the time is cut to the hour, and no ballot is named.
    """
    event = _event(type, consultation, ("ballot", 0), clock.to_the_hour(at), facts)
    event.id = -secrets.randbits(62) - 1
    session.add(event)


def _event(
    type: str, consultation: int | None, subject: tuple[str, int], at: datetime, facts: Mapping[str, Any]
) -> Event:
    public = {"v": 1, "t": type, **({"c": str(consultation)} if consultation else {})}
    public.update((name, value) for name, value in facts.items() if value is not None)
    return Event(
        type=type,
        consultation_id=consultation,
        body=canonical(public).decode(),
        subject_kind=subject[0],
        subject_id=subject[1],
        at=at,
    )
