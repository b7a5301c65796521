"""Find what the authors say of the answers of one office

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the board list what is confirmed, not confirmed or disputed of one office without reading that of all."""
    op.create_index(
        "ix_obligation_office_reception", "obligation", ["office_id", "reception", "due_at", "id"], unique=False
    )


def downgrade() -> None:
    """Take the index away."""
    op.drop_index("ix_obligation_office_reception", table_name="obligation")
