"""Record handlings and count lights

What was counted of each contribution is a row; a change of a fact (a contribution, a handling, an answer) computes
that row anew, and the difference goes into the totals. Triggers do it, so that it holds whoever writes.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: Whether a contribution is considered and answered, from its facts as they are; `light_counted` names it.
CONSIDERED = """CASE WHEN EXISTS (
    SELECT 1 FROM handling h JOIN contribution c ON c.id = h.contribution_id
    WHERE h.contribution_id = light_counted.contribution_id AND h.retracted_at IS NULL AND trim(h.name) <> ''
    AND (h.participant_id IS NULL OR c.participant_id IS NULL OR h.participant_id <> c.participant_id)
  ) OR EXISTS (
    SELECT 1 FROM answer a WHERE a.contribution_id = light_counted.contribution_id AND a.published_at IS NOT NULL
  ) THEN 1 ELSE 0 END"""
ANSWERED = """CASE WHEN EXISTS (
    SELECT 1 FROM answer a WHERE a.contribution_id = light_counted.contribution_id
    AND a.published_at IS NOT NULL AND a.superseded_at IS NULL
  ) THEN 1 ELSE 0 END"""
RECOUNT = f"UPDATE light_counted SET considered = {CONSIDERED}, answered = {ANSWERED}"
HANDLING_FACTS = "contribution_id, participant_id, name, retracted_at"
ANSWER_FACTS = "contribution_id, published_at, superseded_at"

RISE = "UPDATE page_stamp SET number = number + 1"


def _total(row: str, sign: str, shard: str = "0") -> str:
    """Add what was counted of a row to the totals, or take it away."""
    return f"""INSERT INTO light_total (consultation_id, kind, shard, heard, considered, answered)
    VALUES ({row}.consultation_id, {row}.kind, {shard}, {sign}1, {sign}{row}.considered, {sign}{row}.answered)
    ON CONFLICT (consultation_id, kind, shard) DO UPDATE SET heard = light_total.heard + excluded.heard,
    considered = light_total.considered + excluded.considered, answered = light_total.answered + excluded.answered"""


def _sqlite(name: str, when: str, *steps: str) -> str:
    body = ";\n".join(steps)
    return f"CREATE TRIGGER lights_{name} AFTER {when} BEGIN {body}; END"


def _fact_on_sqlite(table: str, facts: str, counts: str) -> list[str]:
    """What a row of a table of facts does when it comes, changes and goes; drafts of answers do nothing."""
    of_new, of_old, of_both = (
        f"{RECOUNT} WHERE contribution_id {which}"
        for which in (
            "= NEW.contribution_id",
            "= OLD.contribution_id",
            "IN (OLD.contribution_id, NEW.contribution_id)",
        )
    )
    either = counts.format(row="NEW") + " OR " + counts.format(row="OLD")
    return [
        _sqlite(f"{table}_comes", f"INSERT ON {table} WHEN {counts.format(row='NEW')}", of_new, RISE),
        _sqlite(f"{table}_changes", f"UPDATE OF {facts} ON {table} WHEN {either}", of_both, RISE),
        _sqlite(f"{table}_goes", f"DELETE ON {table} WHEN {counts.format(row='OLD')}", of_old, RISE),
    ]


SQLITE = [
    _sqlite(
        "contribution_comes",
        "INSERT ON contribution",
        "INSERT INTO light_counted (contribution_id, consultation_id, kind, considered, answered) "
        "VALUES (NEW.id, NEW.consultation_id, NEW.kind, 0, 0)",
    ),
    _sqlite(
        "contribution_changes",
        "UPDATE OF consultation_id, kind, participant_id ON contribution",
        f"{RECOUNT}, consultation_id = NEW.consultation_id, kind = NEW.kind WHERE contribution_id = NEW.id",
    ),
    _sqlite("contribution_goes", "DELETE ON contribution", "DELETE FROM light_counted WHERE contribution_id = OLD.id"),
    *_fact_on_sqlite("handling", HANDLING_FACTS, "{row}.id IS NOT NULL"),
    *_fact_on_sqlite("answer", ANSWER_FACTS, "{row}.published_at IS NOT NULL"),
    _sqlite("counted_comes", "INSERT ON light_counted", _total("NEW", "")),
    _sqlite(
        "counted_changes",
        "UPDATE ON light_counted WHEN NEW.considered <> OLD.considered OR NEW.answered <> OLD.answered "
        "OR NEW.consultation_id <> OLD.consultation_id OR NEW.kind <> OLD.kind",
        _total("OLD", "-"),
        _total("NEW", ""),
    ),
    _sqlite("counted_goes", "DELETE ON light_counted", _total("OLD", "-"), RISE),
]

SHARD = "pg_backend_pid() % 32"
LOCKED_RECOUNT = f"""
    PERFORM 1 FROM light_counted WHERE contribution_id = which FOR UPDATE;
    {RECOUNT} WHERE contribution_id = which;"""


def _function(name: str, body: str, takes: str = "", gives: str = "trigger") -> str:
    return f"CREATE FUNCTION {name}({takes}) RETURNS {gives} LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _trigger(name: str, when: str, function: str, each: str = "ROW") -> str:
    timing, _, condition = when.partition(" WHEN ")
    condition = f" WHEN ({condition})" if condition else ""
    return f"CREATE TRIGGER {name} AFTER {timing} FOR EACH {each}{condition} EXECUTE FUNCTION {function}()"


FUNCTIONS = {
    # locked first: of two facts about one contribution at the same time the later one sees the earlier one
    "lights_recount": ("which bigint", "void", LOCKED_RECOUNT),
    "lights_recount_all": ("", "trigger", f"{RECOUNT}; RETURN NULL;"),
    "lights_of_fact": (
        "",
        "trigger",
        """IF TG_OP <> 'INSERT' THEN PERFORM lights_recount(OLD.contribution_id); END IF;
        IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.contribution_id <> OLD.contribution_id) THEN
          PERFORM lights_recount(NEW.contribution_id); END IF; RETURN NULL;""",
    ),
    "lights_of_contribution": (
        "",
        "trigger",
        f"""IF TG_OP = 'INSERT' THEN
          INSERT INTO light_counted (contribution_id, consultation_id, kind, considered, answered)
          VALUES (NEW.id, NEW.consultation_id, NEW.kind, 0, 0);
        ELSIF TG_OP = 'DELETE' THEN DELETE FROM light_counted WHERE contribution_id = OLD.id;
        ELSE {RECOUNT}, consultation_id = NEW.consultation_id, kind = NEW.kind WHERE contribution_id = NEW.id;
        END IF; RETURN NULL;""",
    ),
    "lights_of_counted": (
        "",
        "trigger",
        f"""IF TG_OP <> 'INSERT' THEN {_total("OLD", "-", SHARD)}; END IF;
        IF TG_OP <> 'DELETE' THEN {_total("NEW", "", SHARD)}; END IF; RETURN NULL;""",
    ),
}
POSTGRESQL = [
    *(_function(name, body, takes, gives) for name, (takes, gives, body) in FUNCTIONS.items()),
    _trigger("lights_contribution", "INSERT OR DELETE ON contribution", "lights_of_contribution"),
    _trigger(
        "lights_contribution_changes",
        "UPDATE OF consultation_id, kind, participant_id ON contribution",
        "lights_of_contribution",
    ),
    _trigger("lights_handling", f"INSERT OR DELETE OR UPDATE OF {HANDLING_FACTS} ON handling", "lights_of_fact"),
    _trigger("lights_answer_comes", "INSERT ON answer WHEN NEW.published_at IS NOT NULL", "lights_of_fact"),
    _trigger(
        "lights_answer_changes",
        f"UPDATE OF {ANSWER_FACTS} ON answer WHEN OLD.published_at IS NOT NULL OR NEW.published_at IS NOT NULL",
        "lights_of_fact",
    ),
    _trigger("lights_answer_goes", "DELETE ON answer WHEN OLD.published_at IS NOT NULL", "lights_of_fact"),
    _trigger("lights_handling_emptied", "TRUNCATE ON handling", "lights_recount_all", "STATEMENT"),
    _trigger("lights_answer_emptied", "TRUNCATE ON answer", "lights_recount_all", "STATEMENT"),
    _trigger("lights_counted", "INSERT OR DELETE ON light_counted", "lights_of_counted"),
    _trigger(
        "lights_counted_changes",
        "UPDATE ON light_counted WHEN OLD IS DISTINCT FROM NEW",
        "lights_of_counted",
    ),
]


def upgrade() -> None:
    """Record handlings and count lights."""
    _make_tables()
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[op.get_context().dialect.name]:
        op.execute(statement)
    op.execute("INSERT INTO page_stamp (id, number) VALUES (1, 0)")
    op.execute(
        "INSERT INTO light_counted (contribution_id, consultation_id, kind, considered, answered) "
        "SELECT id, consultation_id, kind, 0, 0 FROM contribution"
    )
    op.execute(f"{RECOUNT} WHERE contribution_id IN (SELECT contribution_id FROM answer)")


def _make_tables() -> None:
    op.create_table(
        "handling",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("contribution_id", row_id, nullable=False),
        sa.Column("account_id", row_id, nullable=True),
        sa.Column("participant_id", row_id, nullable=True),
        sa.Column("office_id", row_id, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retracted_by", sa.String(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("h", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"]),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_handling_contribution_id", "handling", ["contribution_id"])
    standing = sa.text("retracted_at IS NULL")
    op.create_index(
        "ix_handling_standing",
        "handling",
        ["contribution_id", "account_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    counts = ("considered", "answered")
    op.create_table(
        "light_counted",
        sa.Column("contribution_id", row_id, autoincrement=False, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.PrimaryKeyConstraint("contribution_id"),
    )
    queue = ["consultation_id", "considered", "contribution_id"]
    op.create_index("ix_light_counted_queue", "light_counted", queue)
    op.create_table(
        "light_total",
        sa.Column("consultation_id", row_id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("heard", *counts)),
        sa.PrimaryKeyConstraint("consultation_id", "kind", "shard"),
    )
    op.create_table(
        "page_stamp",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Take away handlings and the counting of lights."""
    if op.get_context().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(f"DROP TRIGGER {statement.split()[2]}")
    else:
        for name, (takes, _gives, _body) in FUNCTIONS.items():
            op.execute(f"DROP FUNCTION {name}({takes.split()[-1] if takes else ''}) CASCADE")
    for table in ("page_stamp", "light_total", "light_counted", "handling"):
        op.drop_table(table)
