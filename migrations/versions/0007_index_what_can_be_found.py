"""Index what can be found, and keep why a proposal is different

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: The words follow their entry by themselves. No positions are kept: which words a text has is all that is asked.
WORDS = {
    "sqlite": [
        "CREATE VIRTUAL TABLE index_words USING fts5(stems, content='index_entry', content_rowid='id', "
        "tokenize=\"ascii tokenchars '_'\", detail=none, columnsize=0)",
        "CREATE TRIGGER index_words_come AFTER INSERT ON index_entry BEGIN "
        "INSERT INTO index_words (rowid, stems) VALUES (new.id, new.stems); END",
        "CREATE TRIGGER index_words_go AFTER DELETE ON index_entry BEGIN "
        "INSERT INTO index_words (index_words, rowid, stems) VALUES ('delete', old.id, old.stems); END",
        "CREATE TRIGGER index_words_change AFTER UPDATE ON index_entry BEGIN "
        "INSERT INTO index_words (index_words, rowid, stems) VALUES ('delete', old.id, old.stems); "
        "INSERT INTO index_words (rowid, stems) VALUES (new.id, new.stems); END",
    ],
    "postgresql": [
        "ALTER TABLE index_entry ADD COLUMN index_words tsvector "
        "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(stems, ' '))) STORED",
        "CREATE INDEX index_words ON index_entry USING gin (index_words) WITH (fastupdate = off)",
    ],
}


def upgrade() -> None:
    """Lay the table of words, and the column for what makes a proposal different."""
    op.create_table(
        "index_entry",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", row_id, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("stems", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "subject_id"),
    )
    op.create_index("ix_index_entry_consultation_id", "index_entry", ["consultation_id"], unique=False)
    op.create_table(
        "index_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for statement in WORDS[op.get_context().dialect.name]:
        op.execute(sa.text(statement))
    op.add_column("proposal_version", sa.Column("difference", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("proposal_version", "difference")
    if op.get_context().dialect.name == "sqlite":
        op.execute(sa.text("DROP TABLE index_words"))
    op.drop_table("index_state")
    op.drop_table("index_entry")
