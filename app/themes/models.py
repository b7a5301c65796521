"""Tables of themes: the codebook and its versions, what was coded, and what was excluded with a reason."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId, table
from app.core.i18n import N_


class Source(StrEnum):
    """How somebody came to say that a contribution contains a theme."""

    PERSON = "person"
    SUGGESTION = "suggestion"
    IMPORT = "import"


class Origin(StrEnum):
    """How a theme came out of another one."""

    MERGED = "merged"
    SPLIT = "split"


class Ground(StrEnum):
    """Why a contribution is left out of the coding; always together with a text."""

    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"
    NO_ARGUMENT = "no-argument"
    UNREADABLE = "unreadable"
    REPEATED = "repeated"
    OUT_OF_SCOPE = "out-of-scope"


#: The grounds in words.
GROUNDS = {
    Ground.WITHDRAWN: N_("Its author took it back"),
    Ground.HIDDEN: N_("Hidden by moderation"),
    Ground.NO_ARGUMENT: N_("It contains no argument"),
    Ground.UNREADABLE: N_("It cannot be read or understood"),
    Ground.REPEATED: N_("The same person sent the same text before"),
    Ground.OUT_OF_SCOPE: N_("Outside the question of this consultation"),
}
#: Grounds of texts that nobody can read any more; all others are about a text that can be read.
GONE = (Ground.WITHDRAWN, Ground.HIDDEN)


class Codebook(SQLModel, table=True):
    """One version of the themes of a consultation: a draft until it is published, then never changed."""

    __table_args__ = (UniqueConstraint("consultation_id", "number"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False))
    number: int
    lang: str = "id"
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    published_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    name: str = ""
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    nonce: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    h: str = ""


_b = table(Codebook).c
#: One draft at a time, whoever begins it.
Index(
    "ix_codebook_draft", _b.consultation_id, unique=True,
    sqlite_where=_b.published_at.is_(None), postgresql_where=_b.published_at.is_(None),
)  # fmt: skip


class Theme(SQLModel, table=True):
    """An argument through all versions of its wording; `merged_into` is the theme that speaks for it now."""

    __table_args__ = (UniqueConstraint("consultation_id", "number"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False))
    number: int
    merged_into: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("theme.id")))


class ThemeVersion(SQLModel, table=True):
    """How a version of the codebook words a theme; `since` is the version that last changed what it means."""

    __tablename__ = "theme_version"
    __table_args__ = (UniqueConstraint("codebook_id", "theme_id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    codebook_id: int = Field(sa_column=Column(RowId, ForeignKey("codebook.id"), nullable=False))
    theme_id: int = Field(sa_column=Column(RowId, ForeignKey("theme.id"), nullable=False, index=True))
    parent_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("theme.id")))
    stance: str = Field(sa_column=Column(Text, nullable=False))
    other_stance: str = Field(default="", sa_column=Column(Text, nullable=False))
    includes: str = Field(default="", sa_column=Column(Text, nullable=False))
    excludes: str = Field(default="", sa_column=Column(Text, nullable=False))
    since: int


class ThemeOrigin(SQLModel, table=True):
    """In a version of the codebook a theme took another one in, or was split off from it."""

    __tablename__ = "theme_origin"
    __table_args__ = (UniqueConstraint("codebook_id", "theme_id", "from_id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    codebook_id: int = Field(sa_column=Column(RowId, ForeignKey("codebook.id"), nullable=False))
    theme_id: int = Field(sa_column=Column(RowId, ForeignKey("theme.id"), nullable=False))
    from_id: int = Field(sa_column=Column(RowId, ForeignKey("theme.id"), nullable=False))
    act: str


class Coding(SQLModel, table=True):
    """Somebody named found a theme in a passage of a contribution; taken back, it stays and says so.

    The passage is the exact piece `quote` of the text that `text_h` commits to, from `begins` to before `ends`.
    """

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    contribution_id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), nullable=False, index=True))
    theme_id: int = Field(sa_column=Column(RowId, ForeignKey("theme.id"), nullable=False))
    version: int
    source: str = Source.PERSON
    begins: int
    ends: int
    quote: str = Field(sa_column=Column(Text, nullable=False))
    text_h: str
    account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    office_id: int = Field(sa_column=Column(RowId, ForeignKey("office.id"), nullable=False))
    name: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    retracted_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    retracted_by: str = ""
    nonce: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    h: str = ""
    #: The shared coding it was made with, where it was made for all copies of a text at once.
    shared_id: int | None = Field(default=None, sa_column=Column(RowId))


_k = table(Coding).c
#: A theme is found once in a contribution, however many find it.
Index(
    "ix_coding_standing", _k.theme_id, _k.contribution_id, unique=True,
    sqlite_where=_k.retracted_at.is_(None), postgresql_where=_k.retracted_at.is_(None),
)  # fmt: skip
Index(
    "ix_coding_shared", _k.shared_id, sqlite_where=_k.shared_id.is_not(None), postgresql_where=_k.shared_id.is_not(None)
)


class Exclusion(SQLModel, table=True):
    """Somebody named left a contribution out of the coding, in public; its author can appeal once."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    contribution_id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), nullable=False, index=True))
    ground: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    lang: str = "id"
    account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    office_id: int = Field(sa_column=Column(RowId, ForeignKey("office.id"), nullable=False))
    name: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    lifted_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    lifted_by: str = ""
    appealed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    appeal: str = Field(default="", sa_column=Column(Text, nullable=False))
    decided_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    decided_by: str = ""
    decision: str = Field(default="", sa_column=Column(Text, nullable=False))
    nonce: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    h: str = ""


_x = table(Exclusion).c
#: Nothing is excluded twice at the same time.
Index(
    "ix_exclusion_standing", _x.contribution_id, unique=True,
    sqlite_where=_x.lifted_at.is_(None), postgresql_where=_x.lifted_at.is_(None),
)  # fmt: skip


class CodingLease(SQLModel, table=True):
    """Somebody has a contribution open at the coding desk, so that the next one goes to others."""

    __tablename__ = "coding_lease"

    contribution_id: int = Field(
        sa_column=Column(RowId, ForeignKey("contribution.id"), primary_key=True, autoincrement=False)
    )
    account_id: int = Field(sa_column=Column(RowId, ForeignKey("account.id"), nullable=False))
    until: datetime = Field(sa_column=Column(Instant, nullable=False))


class BlindCheck(SQLModel, table=True):
    """A sample of what is coded, drawn by a seed that everybody reads, to be coded again by a second person."""

    __tablename__ = "blind_check"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False, index=True))
    version: int
    seed: str
    drawn_from: int
    name: str
    account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class BlindItem(SQLModel, table=True):
    """A contribution of a sample; once the second person has coded it, the themes of both, as they were then."""

    __tablename__ = "blind_item"
    __table_args__ = (UniqueConstraint("check_id", "contribution_id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    check_id: int = Field(sa_column=Column(RowId, ForeignKey("blind_check.id"), nullable=False))
    contribution_id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), nullable=False, index=True))
    account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    name: str = ""
    at: datetime | None = Field(default=None, sa_column=Column(Instant))
    first: str = ""
    second: str = ""


class CampaignRun(SQLModel, table=True):
    """The texts of a consultation were compared: by whom asked, by which parameters, how many went in and came out.

    `gone` could not be read, `short` were too short to compare, `apart` are like no other, `grouped` are in groups.
    """

    __tablename__ = "campaign_run"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False, index=True))
    account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    name: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    parameters: str = Field(sa_column=Column(Text, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    received: int = 0
    gone: int = 0
    short: int = 0
    apart: int = 0
    grouped: int = 0
    groups: int = 0


_r = table(CampaignRun).c
#: The texts of a consultation are compared once at a time.
Index(
    "ix_campaign_run_open", _r.consultation_id, unique=True,
    sqlite_where=_r.finished_at.is_(None), postgresql_where=_r.finished_at.is_(None),
)  # fmt: skip


class Campaign(SQLModel, table=True):
    """Near-identical texts: one argument, shown in the words of the earliest that can be read."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False, index=True))
    first_id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), nullable=False, unique=True))


class CampaignSignature(SQLModel, table=True):
    """A contribution whose text, as `text_h` commits to it, is a copy of a campaign's."""

    __tablename__ = "campaign_signature"
    __table_args__ = (Index("ix_campaign_signature_campaign", "campaign_id", "contribution_id"),)

    contribution_id: int = Field(
        sa_column=Column(RowId, ForeignKey("contribution.id"), primary_key=True, autoincrement=False)
    )
    campaign_id: int = Field(sa_column=Column(RowId, ForeignKey("campaign.id"), nullable=False))
    text_h: str


class CampaignAddition(SQLModel, table=True):
    """A passage that the sender of a copy added; it waits until a theme is found in it or somebody clears it."""

    __tablename__ = "campaign_addition"
    __table_args__ = (Index("ix_campaign_addition_contribution", "contribution_id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    contribution_id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), nullable=False))
    begins: int
    ends: int
    account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    cleared_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    cleared_by: str = ""


class SharedCoding(SQLModel, table=True):
    """Somebody named found a theme in a passage of a campaign's text, for all its copies; undone as one act, too."""

    __tablename__ = "shared_coding"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    campaign_id: int = Field(sa_column=Column(RowId, ForeignKey("campaign.id"), nullable=False, index=True))
    theme_id: int = Field(sa_column=Column(RowId, ForeignKey("theme.id"), nullable=False))
    version: int
    quote: str = Field(sa_column=Column(Text, nullable=False))
    text_h: str
    account_id: int = Field(sa_column=Column(RowId, ForeignKey("account.id"), nullable=False))
    name: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    #: Up to which contribution the copies have been gone through; None once all were.
    through: int | None = Field(default=0, sa_column=Column(RowId))
    retracted_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    retracted_by: str = ""


_s = table(SharedCoding).c
#: A theme is found once in a campaign.
Index(
    "ix_shared_coding_standing", _s.campaign_id, _s.theme_id, unique=True,
    sqlite_where=_s.retracted_at.is_(None), postgresql_where=_s.retracted_at.is_(None),
)  # fmt: skip


class CodingCounted(SQLModel, table=True):
    """In which state the totals have counted a contribution: 0 pending, 1 coded, 2 excluded.

    Written by triggers of the database alone. The queue of the coding desk is read from it, by age and by chance: a
    code is drawn by chance, so the order of codes is one.
    """

    __tablename__ = "coding_counted"
    __table_args__ = (
        Index("ix_coding_counted_age", "consultation_id", "state", "contribution_id"),
        Index("ix_coding_counted_chance", "consultation_id", "state", "code"),
    )

    contribution_id: int = Field(sa_column=Column(RowId, primary_key=True, autoincrement=False))
    consultation_id: int = Field(sa_column=Column(RowId, nullable=False))
    kind: str
    code: str
    state: int = 0


class CodingTotal(SQLModel, table=True):
    """How many contributions of a kind are in each state; the sum over all shards, as with the totals of lights."""

    __tablename__ = "coding_total"

    consultation_id: int = Field(sa_column=Column(RowId, primary_key=True, autoincrement=False))
    kind: str = Field(primary_key=True)
    shard: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    pending: int = 0
    coded: int = 0
    excluded: int = 0
