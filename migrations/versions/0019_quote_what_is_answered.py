"""Quote what is answered, and keep what holds for one contribution alone

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
COLUMNS = ("quote_title", "quote", "exception", "other_exception")


def upgrade() -> None:
    """Add the columns; answers from before have no quote and no exception."""
    for name in COLUMNS:
        op.add_column("answer", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    """Take them away."""
    for name in reversed(COLUMNS):
        op.drop_column("answer", name)
