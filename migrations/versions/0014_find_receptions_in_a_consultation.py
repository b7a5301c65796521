"""Find what the authors say of the answers in one consultation

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the board list what is confirmed, not confirmed or disputed in a consultation without reading the rest."""
    op.create_index(
        "ix_obligation_consultation_reception",
        "obligation",
        ["consultation_id", "reception", "due_at", "id"],
        unique=False,
    )


def downgrade() -> None:
    """Take the index away."""
    op.drop_index("ix_obligation_consultation_reception", table_name="obligation")
