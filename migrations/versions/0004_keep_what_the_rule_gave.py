"""Keep what the rule gave

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what the rule gave beside a decision."""
    op.add_column("decision", sa.Column("outcome", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("decision") as batch_op:
        batch_op.alter_column("outcome", existing_type=sa.Text(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("decision") as batch_op:
        batch_op.drop_column("outcome")
