"""Record the steps of an answer

Whoever wrote a draft that is not published yet counts as its writer, so that they do not check it themselves.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

WRITTEN = """INSERT INTO response_step
    (response_id, act, account_id, participant_id, name, role, office_id, note, digest, at)
    SELECT r.id, 'writing', a.id, a.participant_id, COALESCE(p.name, ''), '', r.office_id, '', '', r.created_at
    FROM response r JOIN account a ON a.id = r.written_by JOIN participant p ON p.id = a.participant_id
    WHERE r.published_at IS NULL"""


def upgrade() -> None:
    """Add the steps, and say of each answer what it waits for."""
    op.create_table(
        "response_step",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("response_id", row_id, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("account_id", row_id, nullable=True),
        sa.Column("participant_id", row_id, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("office_id", row_id, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"]),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_response_step_response", "response_step", ["response_id", "act", "id"], unique=False)
    op.create_index("ix_response_step_account_id", "response_step", ["account_id"], unique=False)
    op.add_column("response", sa.Column("stage", sa.String(), nullable=False, server_default="writing"))
    op.execute("UPDATE response SET stage = 'published' WHERE published_at IS NOT NULL")
    op.create_index("ix_response_stage", "response", ["stage", "office_id", "id"], unique=False)
    op.execute(WRITTEN)


def downgrade() -> None:
    """Take the steps away."""
    op.drop_index("ix_response_stage", table_name="response")
    op.drop_column("response", "stage")
    op.drop_table("response_step")
