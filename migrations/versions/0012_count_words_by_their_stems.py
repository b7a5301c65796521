"""Count how many texts have a word without reading the texts

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: Where each stem stands, the newest entry at the end: PostgreSQL's own index of words cannot give them in order,
#: that of SQLite does. Marks, which begin with a line, are never counted. The entries follow by themselves.
WORDS = [
    'CREATE TABLE index_words_by_stem (stem text COLLATE "C" NOT NULL, entry_id bigint NOT NULL)',
    """
    INSERT INTO index_words_by_stem (stem, entry_id)
    SELECT DISTINCT word.stem, entry.id
    FROM index_entry AS entry CROSS JOIN LATERAL unnest(string_to_array(entry.stems, ' ')) AS word (stem)
    WHERE left(word.stem, 1) <> '_' AND word.stem <> ''
    """,
    "ALTER TABLE index_words_by_stem ADD PRIMARY KEY (stem, entry_id)",
    """
    CREATE FUNCTION index_words_by_stem_come() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO index_words_by_stem (stem, entry_id)
      SELECT DISTINCT word.stem, come.id
      FROM come CROSS JOIN LATERAL unnest(string_to_array(come.stems, ' ')) AS word (stem)
      WHERE left(word.stem, 1) <> '_' AND word.stem <> ''
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION index_words_by_stem_go() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM index_words_by_stem AS listed USING (
        SELECT DISTINCT word.stem, gone.id
        FROM gone CROSS JOIN LATERAL unnest(string_to_array(gone.stems, ' ')) AS word (stem)
      ) AS it WHERE listed.stem = it.stem AND listed.entry_id = it.id;
      RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION index_words_by_stem_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM index_words_by_stem AS listed USING (
        SELECT word.stem, gone.id
        FROM gone CROSS JOIN LATERAL unnest(string_to_array(gone.stems, ' ')) AS word (stem)
        EXCEPT
        SELECT word.stem, come.id
        FROM come CROSS JOIN LATERAL unnest(string_to_array(come.stems, ' ')) AS word (stem)
      ) AS it WHERE listed.stem = it.stem AND listed.entry_id = it.id;
      INSERT INTO index_words_by_stem (stem, entry_id)
      SELECT DISTINCT word.stem, come.id
      FROM come CROSS JOIN LATERAL unnest(string_to_array(come.stems, ' ')) AS word (stem)
      WHERE left(word.stem, 1) <> '_' AND word.stem <> ''
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER index_words_come AFTER INSERT ON index_entry REFERENCING NEW TABLE AS come "
    "FOR EACH STATEMENT EXECUTE FUNCTION index_words_by_stem_come()",
    "CREATE TRIGGER index_words_go AFTER DELETE ON index_entry REFERENCING OLD TABLE AS gone "
    "FOR EACH STATEMENT EXECUTE FUNCTION index_words_by_stem_go()",
    "CREATE TRIGGER index_words_change AFTER UPDATE ON index_entry REFERENCING OLD TABLE AS gone NEW TABLE AS come "
    "FOR EACH STATEMENT EXECUTE FUNCTION index_words_by_stem_change()",
]


def upgrade() -> None:
    """Lay the list of stems on PostgreSQL, fill it from what is in the index, and let it follow."""
    if op.get_context().dialect.name == "postgresql":
        for statement in WORDS:
            op.execute(statement)
        op.execute("ANALYZE index_words_by_stem")


def downgrade() -> None:
    """Take it away again."""
    if op.get_context().dialect.name == "postgresql":
        for name in ("come", "go", "change"):
            op.execute(sa.text(f"DROP TRIGGER index_words_{name} ON index_entry"))
            op.execute(sa.text(f"DROP FUNCTION index_words_by_stem_{name}()"))
        op.execute("DROP TABLE index_words_by_stem")
