"""Code a sample twice

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of the blind check."""
    op.create_table(
        "blind_check",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("consultation_id", row_id, sa.ForeignKey("consultation.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("drawn_from", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account_id", row_id, sa.ForeignKey("account.id"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_blind_check_consultation_id", "blind_check", ["consultation_id"])
    op.create_table(
        "blind_item",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("check_id", row_id, sa.ForeignKey("blind_check.id"), nullable=False),
        sa.Column("contribution_id", row_id, sa.ForeignKey("contribution.id"), nullable=False),
        sa.Column("account_id", row_id, sa.ForeignKey("account.id"), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("check_id", "contribution_id"),
    )
    op.create_index("ix_blind_item_contribution_id", "blind_item", ["contribution_id"])


def downgrade() -> None:
    """Take the tables of the blind check away."""
    op.drop_table("blind_item")
    op.drop_table("blind_check")
