"""The table of comments."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, Text, false
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId


class Stance(StrEnum):
    """Where a comment stands towards the proposal."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"


class Comment(SQLModel, table=True):
    """A reply in a thread; the id is the contribution's. Removed by its author, a tombstone stays."""

    __table_args__ = (Index("ix_comment_thread", "proposal_id", "parent_id", "id"),)

    id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), primary_key=True, autoincrement=False))
    proposal_id: int = Field(sa_column=Column(RowId, ForeignKey("proposal.id"), nullable=False))
    parent_id: int = Field(default=0, sa_column=Column(RowId, nullable=False))
    depth: int = 0
    replies: int = 0
    stance: str = Stance.NEUTRAL
    #: Whether its author asks the office something.
    asks: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))
    body: str = Field(sa_column=Column(Text, nullable=False))
    html: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    edited_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    removed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    imported_for: int = 0
    imported_against: int = 0
    nonce: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    h: str
