"""Tables of proposals: the proposal, its versions, its counters, drafts not yet sent, and merges."""

from datetime import datetime

from sqlalchemy import Column, Computed, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId


class Proposal(SQLModel, table=True):
    """What a citizen puts forward; the id is the contribution's."""

    __table_args__ = (
        Index("ix_proposal_newest", "consultation_id", "id"),
        Index("ix_proposal_shuffle", "consultation_id", "shuffle"),
    )

    id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), primary_key=True, autoincrement=False))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False))
    topic_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("topic.id"), index=True))
    version: int = 1
    title: str
    excerpt: str
    shuffle: int
    status: str = ""
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    withdrawn_reason: str = Field(default="", sa_column=Column(Text, nullable=False))


class ProposalVersion(SQLModel, table=True):
    """A state of a proposal's text; nonce and h commit to it in the public record."""

    __tablename__ = "proposal_version"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    proposal_id: int = Field(sa_column=Column(RowId, ForeignKey("proposal.id"), nullable=False))
    number: int
    title: str
    body: str = Field(sa_column=Column(Text, nullable=False))
    html: str = Field(sa_column=Column(Text, nullable=False))
    difference: str | None = Field(default=None, sa_column=Column(Text))
    lang: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    nonce: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    h: str


class ProposalStat(SQLModel, table=True):
    """Counters of a proposal, narrow because votes change them all the time; two sums are what lists are ordered by."""

    __tablename__ = "proposal_stat"
    __table_args__ = (
        Index("ix_proposal_stat_support", "consultation_id", "support", "proposal_id"),
        Index("ix_proposal_stat_discussed", "consultation_id", "discussed", "proposal_id"),
    )

    proposal_id: int = Field(sa_column=Column(RowId, ForeignKey("proposal.id"), primary_key=True, autoincrement=False))
    supports: int = 0
    opposes: int = 0
    neutrals: int = 0
    comments: int = 0
    imported_supports: int = 0
    imported_comments: int = 0
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False))
    support: int | None = Field(sa_column=Column(Integer, Computed("supports + imported_supports", persisted=True)))
    discussed: int | None = Field(sa_column=Column(Integer, Computed("comments + imported_comments", persisted=True)))


class VersionStat(SQLModel, table=True):
    """How many votes stand behind one version; kept with the totals."""

    __tablename__ = "version_stat"

    proposal_id: int = Field(sa_column=Column(RowId, ForeignKey("proposal.id"), primary_key=True, autoincrement=False))
    version: int = Field(primary_key=True)
    supports: int = 0
    opposes: int = 0
    neutrals: int = 0


class ProposalDraft(SQLModel, table=True):
    """What somebody is still writing; each saving has a number, so that two browsers do not overwrite each other."""

    __tablename__ = "proposal_draft"
    __table_args__ = (UniqueConstraint("account_id", "consultation_id", "proposal_id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    account_id: int = Field(sa_column=Column(RowId, ForeignKey("account.id"), nullable=False))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False))
    proposal_id: int = Field(default=0, sa_column=Column(RowId, nullable=False))
    title: str = ""
    body: str = Field(default="", sa_column=Column(Text, nullable=False))
    topic: str = ""
    area: str = ""
    saving: int = 1
    saved_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Merge(SQLModel, table=True):
    """That proposals be merged into one that remains: who proposed it and why, and what became of that.

    Once carried out, each source has the one that remains as its canonical contribution; when the merge is undone,
    it has none again. Nothing else moves. `ended_how` says whether it was refused, taken back or undone.
    """

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False, index=True))
    target_id: int = Field(sa_column=Column(RowId, ForeignKey("proposal.id"), nullable=False))
    account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    name: str
    role: str
    reason: str = Field(sa_column=Column(Text, nullable=False))
    lang: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    nonce: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    h: str
    carried_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    ended_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    ended_how: str = ""
    ended_by: str = ""
    ended_account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    ended_role: str = ""
    ended_reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    ended_lang: str = ""
    ended_nonce: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    ended_h: str = ""


class MergePart(SQLModel, table=True):
    """A proposal that a merge concerns, and who agreed for it; `agreed_version` is of the text that remains."""

    __tablename__ = "merge_part"

    merge_id: int = Field(sa_column=Column(RowId, ForeignKey("merge.id"), primary_key=True, autoincrement=False))
    proposal_id: int = Field(
        sa_column=Column(RowId, ForeignKey("proposal.id"), primary_key=True, autoincrement=False, index=True)
    )
    agreed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    agreed_by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    agreed_name: str = ""
    agreed_role: str = ""
    agreed_version: int = 0
