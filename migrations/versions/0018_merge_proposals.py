"""Merge proposals

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MERGED = sa.text("canonical_id IS NOT NULL")


def upgrade() -> None:
    """Keep who proposed a merge, who agreed, and what became of it; the ledger says where each source went."""
    op.create_table(
        "merge",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("target_id", row_id, nullable=False),
        sa.Column("account_id", row_id, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("h", sa.String(), nullable=False),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("ended_account_id", row_id, nullable=True),
        sa.Column("ended_role", sa.String(), nullable=False),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("ended_lang", sa.String(), nullable=False),
        sa.Column("ended_nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ended_h", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.ForeignKeyConstraint(["ended_account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["target_id"], ["proposal.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_merge_consultation_id", "merge", ["consultation_id"])
    op.create_table(
        "merge_part",
        sa.Column("merge_id", row_id, autoincrement=False, nullable=False),
        sa.Column("proposal_id", row_id, autoincrement=False, nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by", row_id, nullable=True),
        sa.Column("agreed_name", sa.String(), nullable=False),
        sa.Column("agreed_role", sa.String(), nullable=False),
        sa.Column("agreed_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agreed_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["merge_id"], ["merge.id"]),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"]),
        sa.PrimaryKeyConstraint("merge_id", "proposal_id"),
    )
    op.create_index("ix_merge_part_proposal_id", "merge_part", ["proposal_id"])
    op.create_index(
        "ix_contribution_canonical", "contribution", ["canonical_id"], sqlite_where=_MERGED, postgresql_where=_MERGED
    )


def downgrade() -> None:
    """Forget the merges; where each source went goes with them."""
    op.drop_index("ix_contribution_canonical", table_name="contribution")
    op.drop_index("ix_merge_part_proposal_id", table_name="merge_part")
    op.drop_table("merge_part")
    op.drop_index("ix_merge_consultation_id", table_name="merge")
    op.drop_table("merge")
