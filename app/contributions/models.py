"""The ledger: one row for everything a person puts in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId
from app.core.i18n import N_


class Kind(StrEnum):
    """What was put in."""

    PROPOSAL = "proposal"
    COMMENT = "comment"


class Channel(StrEnum):
    """How it reached us."""

    WEB = "web"
    PAPER = "paper"
    MEETING = "meeting"
    PHONE = "phone"
    IMPORT = "import"


class Visibility(StrEnum):
    """What the public sees of it: all, or a tombstone with the reason."""

    PUBLIC = "public"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


#: What an office can do with a contribution, in words; the status itself lives with the answer.
STATUSES = {
    "adopted": N_("Adopted"),
    "partly": N_("Partly adopted"),
    "already-planned": N_("Already planned"),
    "not-competent": N_("For another office"),
    "cost": N_("Not adopted: cost"),
    "legal": N_("Not adopted: law"),
    "evidence": N_("Not adopted: evidence"),
    "conflict": N_("Not adopted: earlier decision"),
    "duplicate": N_("Answered with another proposal"),
    "out-of-scope": N_("Outside this consultation"),
}


class Contribution(SQLModel, table=True):
    """One thing a person put in, with its public code."""

    __table_args__ = (
        UniqueConstraint("import_source", "import_id"),
        Index("ix_contribution_consultation", "consultation_id", "kind", "received_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    code: str = Field(unique=True)
    kind: str
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False))
    participant_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("participant.id"), index=True))
    group_id: int | None = Field(default=None, sa_column=Column(RowId))
    entered_by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    channel: str = Channel.WEB
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    entered_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    lang: str = "id"
    area_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("area.id"), index=True))
    identity_level: str = "email"
    visibility: str = Visibility.PUBLIC
    reason_code: str = ""
    import_source: str | None = None
    import_id: str | None = None
    canonical_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("contribution.id")))
