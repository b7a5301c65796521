"""Tables of consultations: the question, its phases, topics, documents, public changes, and its secret salt."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Text
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId


class Voting(StrEnum):
    """What a vote can say: support only; support, oppose or neutral; at most so many supports a person."""

    SUPPORT = "support"
    THREE = "three"
    LIMITED = "limited"


class PhaseKind(StrEnum):
    """What a dated part of a consultation is for."""

    INFORMATION = "information"
    PROPOSALS = "proposals"
    DISCUSSION = "discussion"
    VOTING = "voting"
    REVIEW = "review"
    DECIDED = "decided"


class Topic(SQLModel, table=True):
    """A subject consultations and proposals are found by."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    slug: str = Field(unique=True)
    name: str
    name_en: str = ""


class Consultation(SQLModel, table=True):
    """One question put to the public. Its state is computed from dates; closing is recorded once."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    slug: str = Field(unique=True)
    office_id: int = Field(sa_column=Column(RowId, ForeignKey("office.id"), nullable=False, index=True))
    area_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("area.id"), index=True))
    lang: str = "id"
    title: str
    summary: str
    background: str = Field(default="", sa_column=Column(Text, nullable=False))
    other_title: str = ""
    other_summary: str = ""
    other_background: str = Field(default="", sa_column=Column(Text, nullable=False))
    voting: str = Voting.SUPPORT
    vote_limit: int | None = None
    open_counts: bool = False
    created_by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    opened_at: datetime | None = Field(default=None, sa_column=Column(Instant, index=True))
    cancelled_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    cancel_reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    decided_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    frozen: str = Field(default="", sa_column=Column(Text, nullable=False))
    frozen_hash: str = ""
    imported_from: str = ""


class Charter(SQLModel, table=True):
    """What an office promises before opening; `content` is the canonical spelling that the fingerprint is of."""

    consultation_id: int = Field(
        sa_column=Column(RowId, ForeignKey("consultation.id"), primary_key=True, autoincrement=False)
    )
    content: str = Field(sa_column=Column(Text, nullable=False))
    saved_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class ConsultationTopic(SQLModel, table=True):
    """A consultation is about a topic."""

    __tablename__ = "consultation_topic"

    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), primary_key=True))
    topic_id: int = Field(sa_column=Column(RowId, ForeignKey("topic.id"), primary_key=True, index=True))


class ConsultationSalt(SQLModel, table=True):
    """Makes the pseudonyms of one consultation; destroyed after the appeal period."""

    __tablename__ = "consultation_salt"

    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), primary_key=True))
    salt: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ConsultationPhase(SQLModel, table=True):
    """A dated part [opens, closes) in which certain acts are possible; ending and counting are recorded once."""

    __tablename__ = "phase"
    __table_args__ = (Index("ix_phase_consultation", "consultation_id", "opens_at"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False))
    kind: str
    acts: str
    opens_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    closes_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    ended_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    counted_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class Amendment(SQLModel, table=True):
    """A public change of what was fixed at opening: numbered, dated, with a reason and the spelling it left.

    `asks_voters` says that votes cast before `applies_from` are kept and their voters are asked to confirm them.
    """

    consultation_id: int = Field(
        sa_column=Column(RowId, ForeignKey("consultation.id"), primary_key=True, autoincrement=False)
    )
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    before_hash: str = ""
    after_hash: str = ""
    content: str = Field(default="", sa_column=Column(Text, nullable=False))
    asks_voters: bool = False
    applies_from: datetime = Field(sa_column=Column(Instant, nullable=False))


class ConsultationChange(SQLModel, table=True):
    """One thing an amendment changed, with the state before and after."""

    __tablename__ = "consultation_change"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False, index=True))
    number: int
    what: str
    before: str = Field(default="", sa_column=Column(Text, nullable=False))
    after: str = Field(default="", sa_column=Column(Text, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))


class Document(SQLModel, table=True):
    """A file or picture people should know before they answer; the name is ours, never the user's."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False, index=True))
    kind: str
    title: str
    description: str = ""
    sha256: str
    small_sha256: str = ""
    media_type: str
    size: int
    width: int = 0
    height: int = 0
    position: int = 0
    added_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    removed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
