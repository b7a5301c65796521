"""Find what was entered for others

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

entered = sa.text("entered_by IS NOT NULL")


def upgrade() -> None:
    """Tell a facilitator which codes an amendment concerns without reading the whole ledger."""
    op.create_index(
        "ix_contribution_entered",
        "contribution",
        ["consultation_id", "entered_by", "id"],
        unique=False,
        sqlite_where=entered,
        postgresql_where=entered,
    )


def downgrade() -> None:
    """Take the index away."""
    op.drop_index("ix_contribution_entered", table_name="contribution")
