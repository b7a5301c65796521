"""Taking a contribution into the ledger."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session

from app.contributions.models import Channel, Contribution, Kind
from app.core import clock
from app.core.access import Actor
from app.core.codes import new_code
from app.core.columns import table

_INSERT = insert(table(Contribution)).returning(table(Contribution).c.id)


@dataclass(frozen=True)
class Origin:
    """How a contribution reached us; on the web it is the person themselves, now."""

    channel: str = Channel.WEB
    received_at: datetime | None = None
    participant: int | None = None
    import_source: str | None = None
    import_id: str | None = None
    identity_level: str = "email"


WEB = Origin()


@dataclass(frozen=True)
class Receipt:
    """What the ledger gives for a contribution: its row and its public code."""

    id: int
    code: str


def receive(
    session: Session,
    actor: Actor,
    kind: Kind,
    consultation_id: int,
    at: datetime,
    *,
    lang: str = "id",
    area_id: int | None = None,
    origin: Origin = WEB,
) -> Receipt:
    """Enter a contribution: its author is the actor on the web, and whom the origin names otherwise."""
    own = origin.channel == Channel.WEB and not actor.machine
    code = new_code()
    row = session.execute(
        _INSERT,
        {
            "code": code,
            "kind": kind,
            "consultation_id": consultation_id,
            "participant_id": actor.participant if own else origin.participant,
            "entered_by": None if own else actor.account,
            "channel": origin.channel,
            "received_at": origin.received_at or at,
            "entered_at": clock.now(),
            "lang": lang,
            "area_id": area_id,
            "identity_level": origin.identity_level,
            "visibility": "public",
            "reason_code": "",
            "import_source": origin.import_source,
            "import_id": origin.import_id,
        },
    )
    return Receipt(int(row.scalar_one()), code)
