"""The pending events: recorded with the act, to be sequenced into the public log."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId


class Event(SQLModel, table=True):
    """A fact the public may know. `body` is the exact text that is hashed; the subject is never published."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    type: str
    consultation_id: int | None = Field(default=None, sa_column=Column(RowId, index=True))
    body: str = Field(sa_column=Column(Text, nullable=False))
    subject_kind: str
    subject_id: int = Field(sa_column=Column(RowId, nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
