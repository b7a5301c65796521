"""Keep what is owed

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

OUTCOME = (
    "CASE WHEN answered_at IS NOT NULL THEN CASE WHEN answered_at <= due_at THEN 'answered' ELSE 'answered-late' END "
    "WHEN lapsed_at IS NOT NULL THEN 'lapsed' ELSE 'open' END"
)
RECEPTION = (
    "CASE WHEN answered_at IS NULL THEN '' WHEN disputed_at IS NOT NULL THEN 'disputed' "
    "WHEN confirmed_at IS NOT NULL THEN 'confirmed' ELSE 'not-confirmed' END"
)
#: What an obligation shows of other facts: who holds it, when it was met, whether it lapsed, what its author says.
#: A later answer meets what an earlier one met only from then on, unless the author asked for a second look.
KEPT = """
UPDATE obligation SET
  office_id = COALESCE((SELECT h.to_office_id FROM hand_over h WHERE h.obligation_id = obligation.id
    ORDER BY h.id DESC LIMIT 1), obligation.first_office_id),
  answered_at = CASE WHEN obligation.kind = 'review' THEN
    (SELECT MIN(a.published_at) FROM answer a WHERE a.contribution_id = obligation.contribution_id
      AND a.superseded_at IS NULL AND a.published_at >= obligation.arose_at AND a.id <> obligation.answer_id)
    ELSE (SELECT MIN(a.published_at) FROM answer a WHERE a.contribution_id = obligation.contribution_id
      AND (a.superseded_at IS NULL
        OR (EXISTS (SELECT 1 FROM reception r WHERE r.answer_id = a.id AND r.said = 'disputed')
          AND EXISTS (SELECT 1 FROM answer b WHERE b.contribution_id = a.contribution_id
            AND b.published_at IS NOT NULL AND b.superseded_at IS NULL)))) END,
  lapsed_at = COALESCE((SELECT p.withdrawn_at FROM proposal p WHERE p.id = obligation.contribution_id),
    (SELECT m.removed_at FROM comment m WHERE m.id = obligation.contribution_id)),
  confirmed_at = (SELECT MAX(r.at) FROM reception r JOIN answer a ON a.id = r.answer_id
    WHERE r.contribution_id = obligation.contribution_id AND r.said = 'confirmed' AND a.superseded_at IS NULL
      AND (obligation.kind <> 'review' OR a.id <> obligation.answer_id)),
  disputed_at = CASE WHEN obligation.kind = 'review' THEN NULL ELSE
    (SELECT MIN(r.at) FROM reception r
      WHERE r.contribution_id = obligation.contribution_id AND r.said = 'disputed') END
WHERE {which}
"""
FIXED = "contribution_id consultation_id kind first_office_id arose_at due_at due_month answer_id".split()
SUMS = {
    "pending": "{row}.outcome = 'open'",
    "in_time": "{row}.outcome = 'answered'",
    "late": "{row}.outcome = 'answered-late'",
    "lapsed": "{row}.outcome = 'lapsed'",
    "confirmed": "{row}.reception = 'confirmed'",
    "disputed": "{row}.reception = 'disputed'",
}
#: Each table of counts: the columns of its key, and what else stands beside them.
COUNTS = {
    "obligation_count": (["consultation_id", "office_id", "kind", "due_at"], ["due_month"]),
    "obligation_month": (["office_id", "kind", "due_month"], []),
}
#: Each table whose facts count, when, and the obligations it is about ({row}: OLD or NEW).
FACTS = [
    ("answer", "INSERT", "contribution_id = {row}.contribution_id"),
    ("answer", "UPDATE OF published_at, superseded_at, contribution_id", "contribution_id = {row}.contribution_id"),
    ("answer", "DELETE", "contribution_id = {row}.contribution_id"),
    ("reception", "INSERT", "contribution_id = {row}.contribution_id"),
    ("reception", "DELETE", "contribution_id = {row}.contribution_id"),
    ("hand_over", "INSERT", "id = {row}.obligation_id"),
    ("proposal", "UPDATE OF withdrawn_at", "contribution_id = {row}.id"),
    ("comment", "UPDATE OF removed_at", "contribution_id = {row}.id"),
]
#: What stays as it was written, and what may still happen to it.
FINAL = {
    "hand_over": ("UPDATE", "DELETE"),
    "holding_reply": ("UPDATE", "DELETE"),
    "reception": ("UPDATE OF contribution_id, answer_id, said, entered_by, at",),
}


def counted(row: str, step: int) -> str:
    """Count an obligation in (1) or out (-1), in both tables."""
    statements = []
    for table, (key, beside) in COUNTS.items():
        columns = [*key, *beside, *SUMS]
        plain = [f"{row}.{name}" for name in key + beside]
        sums = [f"{step} * CASE WHEN {each.format(row=row)} THEN 1 ELSE 0 END" for each in SUMS.values()]
        changes = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in SUMS)
        statements.append(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(plain + sums)}) "
            f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes};"
        )
    return "\n".join(statements)


def kept(which: str) -> str:
    """Bring what some obligations show into line with the facts."""
    return KEPT.format(which=which) + ";"


CHANGED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in ("office_id", "outcome", "reception"))


def sqlite_triggers() -> list[str]:
    """The triggers, as SQLite wants them."""
    made = [
        f"CREATE TRIGGER obligation_arises AFTER INSERT ON obligation BEGIN {counted('NEW', 1)} "
        f"{kept('id = NEW.id')} END",
        f"CREATE TRIGGER obligation_moves AFTER UPDATE ON obligation "
        f"WHEN {CHANGED.replace('IS DISTINCT FROM', 'IS NOT')} BEGIN {counted('OLD', -1)} {counted('NEW', 1)} END",
        f"CREATE TRIGGER obligation_goes AFTER DELETE ON obligation BEGIN {counted('OLD', -1)} END",
        f"CREATE TRIGGER obligation_stays BEFORE UPDATE OF {', '.join(FIXED)} ON obligation "
        "BEGIN SELECT RAISE(ABORT, 'what is owed, and until when, never changes'); END",
    ]
    for table, act, which in FACTS:
        rows = {"INSERT": ["NEW"], "DELETE": ["OLD"]}.get(act, ["OLD", "NEW"] if "_id" in act else ["NEW"])
        body = " ".join(kept(which.format(row=row)) for row in rows)
        name = f"{table}_is_told_of_{act.split()[0].lower()}"
        made.append(f"CREATE TRIGGER {name} AFTER {act} ON {table} BEGIN {body} END")
    for table, acts in FINAL.items():
        for act in acts:
            made.append(
                f"CREATE TRIGGER {table}_is_final_{act.split()[0].lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'what was written stays'); END"
            )
    return made


def function(name: str, body: str, gives: str = "NULL") -> str:
    """A trigger function of PostgreSQL."""
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {gives}; END $$"


def postgresql_triggers() -> list[str]:
    """The triggers, as PostgreSQL wants them."""
    refused = "RAISE EXCEPTION 'what was written stays';"
    made = [
        function("obligation_arises", f"{counted('NEW', 1)} {kept('id = NEW.id')}"),
        "CREATE TRIGGER obligation_arises AFTER INSERT ON obligation FOR EACH ROW EXECUTE FUNCTION obligation_arises()",
        function("obligation_moves", f"{counted('OLD', -1)} {counted('NEW', 1)}"),
        f"CREATE TRIGGER obligation_moves AFTER UPDATE ON obligation FOR EACH ROW WHEN ({CHANGED}) "
        "EXECUTE FUNCTION obligation_moves()",
        function("obligation_goes", counted("OLD", -1)),
        "CREATE TRIGGER obligation_goes AFTER DELETE ON obligation FOR EACH ROW EXECUTE FUNCTION obligation_goes()",
        function("written_stays", refused),
        f"CREATE TRIGGER obligation_stays BEFORE UPDATE OF {', '.join(FIXED)} ON obligation "
        "FOR EACH ROW EXECUTE FUNCTION written_stays()",
    ]
    for table, act, which in FACTS:
        rows = {"INSERT": ["NEW"], "DELETE": ["OLD"]}.get(act, ["OLD", "NEW"] if "_id" in act else ["NEW"])
        name = f"{table}_is_told_of_{act.split()[0].lower()}"
        made.append(function(name, " ".join(kept(which.format(row=row)) for row in rows)))
        made.append(f"CREATE TRIGGER {name} AFTER {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    for table, acts in FINAL.items():
        for act in acts:
            made.append(
                f"CREATE TRIGGER {table}_is_final_{act.split()[0].lower()} BEFORE {act} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION written_stays()"
            )
    return made


def upgrade() -> None:
    """Keep what is owed."""
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "obligation_count",
        sa.Column("consultation_id", row_id, autoincrement=False, nullable=False),
        sa.Column("office_id", row_id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_month", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("in_time", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("lapsed", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("consultation_id", "office_id", "kind", "due_at"),
    )
    with op.batch_alter_table("obligation_count", schema=None) as batch_op:
        batch_op.create_index(
            "ix_obligation_count_pending",
            ["due_at", "office_id", "kind", "due_month", "pending"],
            unique=False,
            sqlite_where=sa.text("pending > 0"),
            postgresql_where=sa.text("pending > 0"),
        )

    op.create_table(
        "obligation_month",
        sa.Column("office_id", row_id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("due_month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("in_time", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("lapsed", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office_id", "kind", "due_month"),
    )
    op.create_table(
        "reminder_round",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "reminder_digest",
        sa.Column("account_id", row_id, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "day"),
    )
    op.create_table(
        "obligation",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("contribution_id", row_id, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_office_id", row_id, nullable=False),
        sa.Column("arose_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_month", sa.Integer(), nullable=False),
        sa.Column("answer_id", row_id, nullable=True),
        sa.Column("office_id", row_id, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.String(),
            sa.Computed(
                OUTCOME,
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column(
            "reception",
            sa.String(),
            sa.Computed(
                RECEPTION,
                persisted=True,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["answer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
        ),
        sa.ForeignKeyConstraint(
            ["first_office_id"],
            ["office.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["office.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contribution_id", "kind"),
    )
    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_obligation_consultation", ["consultation_id", "outcome", "due_at", "id"], unique=False
        )
        batch_op.create_index("ix_obligation_due", ["outcome", "due_at", "id"], unique=False)
        batch_op.create_index("ix_obligation_kind", ["kind", "outcome", "due_at", "id"], unique=False)
        batch_op.create_index("ix_obligation_office", ["office_id", "outcome", "due_at", "id"], unique=False)
        batch_op.create_index("ix_obligation_reception", ["reception", "due_at", "id"], unique=False)

    op.create_table(
        "reception",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("contribution_id", row_id, nullable=False),
        sa.Column("answer_id", row_id, nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entered_by", row_id, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["answer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("answer_id", "said"),
    )
    with op.batch_alter_table("reception", schema=None) as batch_op:
        batch_op.create_index("ix_reception_contribution", ["contribution_id", "said"], unique=False)
        batch_op.create_index(
            "ix_reception_disputed",
            ["contribution_id"],
            unique=True,
            sqlite_where=sa.text("said = 'disputed'"),
            postgresql_where=sa.text("said = 'disputed'"),
        )

    op.create_table(
        "hand_over",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("obligation_id", row_id, nullable=False),
        sa.Column("from_office_id", row_id, nullable=False),
        sa.Column("to_office_id", row_id, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", row_id, nullable=True),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_office_id"],
            ["office.id"],
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_office_id"],
            ["office.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_over_obligation_id"), ["obligation_id"], unique=False)

    op.create_table(
        "holding_reply",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("obligation_id", row_id, nullable=False),
        sa.Column("office_id", row_id, nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", row_id, nullable=True),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["office.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("holding_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holding_reply_obligation_id"), ["obligation_id"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("obligation_id", row_id, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("office_id", row_id, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["office.id"],
        ),
        sa.PrimaryKeyConstraint("obligation_id", "name", "office_id"),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_day"), ["day"], unique=False)

    dialect = op.get_context().dialect.name
    for statement in postgresql_triggers() if dialect == "postgresql" else sqlite_triggers():
        op.get_bind().exec_driver_sql(statement)
    of_account = "BIGINT" if dialect == "postgresql" else "INTEGER"
    op.get_bind().exec_driver_sql(f"ALTER TABLE response ADD COLUMN signer_id {of_account} REFERENCES account (id)")
    op.add_column("comment", sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Undo it."""
    postgresql = op.get_context().dialect.name == "postgresql"
    for table, act, _which in FACTS:
        if table in ("answer", "proposal", "comment"):
            name = f"{table}_is_told_of_{act.split()[0].lower()}"
            op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
    op.drop_column("comment", "asks")
    op.drop_column("response", "signer_id")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_day"))

    op.drop_table("reminder")
    with op.batch_alter_table("holding_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_holding_reply_obligation_id"))

    op.drop_table("holding_reply")
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_over_obligation_id"))

    op.drop_table("hand_over")
    with op.batch_alter_table("reception", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_reception_disputed",
            sqlite_where=sa.text("said = 'disputed'"),
            postgresql_where=sa.text("said = 'disputed'"),
        )
        batch_op.drop_index("ix_reception_contribution")

    op.drop_table("reception")
    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.drop_index("ix_obligation_reception")
        batch_op.drop_index("ix_obligation_office")
        batch_op.drop_index("ix_obligation_kind")
        batch_op.drop_index("ix_obligation_due")
        batch_op.drop_index("ix_obligation_consultation")

    op.drop_table("obligation")
    op.drop_table("reminder_digest")
    op.drop_table("reminder_round")
    op.drop_table("obligation_month")
    with op.batch_alter_table("obligation_count", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_obligation_count_pending", sqlite_where=sa.text("pending > 0"), postgresql_where=sa.text("pending > 0")
        )

    op.drop_table("obligation_count")
    op.drop_table("holiday")
    if postgresql:
        names = {f"{table}_is_told_of_{act.split()[0].lower()}" for table, act, _which in FACTS}
        for name in ("obligation_arises", "obligation_moves", "obligation_goes", "written_stays", *sorted(names)):
            op.execute(f"DROP FUNCTION {name}()")
