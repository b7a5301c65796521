"""Gather texts that are copies of one another

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN, _STANDING, _SHARED = (
    sa.text(f"{column} IS {wanted}")
    for column, wanted in (("finished_at", "NULL"), ("retracted_at", "NULL"), ("shared_id", "NOT NULL"))
)


def _instant(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Keep which texts are copies, what was added to them, and what was found in all of them at once."""
    op.create_table(
        "campaign_run",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("account_id", row_id, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        _instant("at", nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        _instant("finished_at"),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("received", "gone", "short", "apart", "grouped", "groups")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_campaign_run_consultation_id", "campaign_run", ["consultation_id"])
    op.create_index(
        "ix_campaign_run_open", "campaign_run", ["consultation_id"], unique=True, sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )  # fmt: skip
    op.create_table(
        "campaign",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("first_id", row_id, nullable=False),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.ForeignKeyConstraint(["first_id"], ["contribution.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("first_id"),
    )
    op.create_index("ix_campaign_consultation_id", "campaign", ["consultation_id"])
    op.create_table(
        "campaign_signature",
        sa.Column("contribution_id", row_id, autoincrement=False, nullable=False),
        sa.Column("campaign_id", row_id, nullable=False),
        sa.Column("text_h", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"]),
        sa.PrimaryKeyConstraint("contribution_id"),
    )
    op.create_index("ix_campaign_signature_campaign", "campaign_signature", ["campaign_id", "contribution_id"])
    op.create_table(
        "campaign_addition",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("contribution_id", row_id, nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("account_id", row_id, nullable=True),
        _instant("cleared_at"),
        sa.Column("cleared_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_campaign_addition_contribution", "campaign_addition", ["contribution_id"])
    op.create_table(
        "shared_coding",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("campaign_id", row_id, nullable=False),
        sa.Column("theme_id", row_id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("text_h", sa.String(), nullable=False),
        sa.Column("account_id", row_id, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        _instant("at", nullable=False),
        sa.Column("through", row_id, nullable=True),
        _instant("retracted_at"),
        sa.Column("retracted_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shared_coding_campaign_id", "shared_coding", ["campaign_id"])
    op.create_index(
        "ix_shared_coding_standing", "shared_coding", ["campaign_id", "theme_id"], unique=True,
        sqlite_where=_STANDING, postgresql_where=_STANDING,
    )  # fmt: skip
    op.add_column("coding", sa.Column("shared_id", row_id, nullable=True))
    op.create_index("ix_coding_shared", "coding", ["shared_id"], sqlite_where=_SHARED, postgresql_where=_SHARED)


def downgrade() -> None:
    """Forget the groups; what was found in each copy stays."""
    op.drop_index("ix_coding_shared", table_name="coding")
    op.drop_column("coding", "shared_id")
    for name in ("shared_coding", "campaign_addition", "campaign_signature", "campaign", "campaign_run"):
        op.drop_table(name)
