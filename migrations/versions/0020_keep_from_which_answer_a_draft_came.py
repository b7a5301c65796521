"""Keep from which answer a draft came

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the number of the earlier answer; only published ones, which are never removed, are named."""
    op.add_column("response", sa.Column("reused_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("response", "reused_id")
