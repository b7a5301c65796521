"""Let the month in which an answer is due follow the calendar

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FIXED = "contribution_id consultation_id kind first_office_id arose_at due_at answer_id".split()
SUMS = {
    "pending": "{row}.outcome = 'open'",
    "in_time": "{row}.outcome = 'answered'",
    "late": "{row}.outcome = 'answered-late'",
    "lapsed": "{row}.outcome = 'lapsed'",
    "confirmed": "{row}.reception = 'confirmed'",
    "disputed": "{row}.reception = 'disputed'",
}


def counted(row: str, step: int) -> str:
    """Count an obligation into its month (1) or out of it (-1)."""
    sums = ", ".join(f"{step} * CASE WHEN {each.format(row=row)} THEN 1 ELSE 0 END" for each in SUMS.values())
    changes = ", ".join(f"{name} = obligation_month.{name} + excluded.{name}" for name in SUMS)
    return (
        f"INSERT INTO obligation_month (office_id, kind, due_month, {', '.join(SUMS)}) "
        f"VALUES ({row}.office_id, {row}.kind, {row}.due_month, {sums}) "
        f"ON CONFLICT (office_id, kind, due_month) DO UPDATE SET {changes};"
    )


MOVED = f"{counted('OLD', -1)} {counted('NEW', 1)}"


def fix(names: list[str]) -> None:
    """Refuse that any of these columns of an obligation is changed."""
    postgresql = op.get_context().dialect.name == "postgresql"
    op.get_bind().exec_driver_sql("DROP TRIGGER obligation_stays" + (" ON obligation" if postgresql else ""))
    refused = (
        "FOR EACH ROW EXECUTE FUNCTION written_stays()"
        if postgresql
        else "BEGIN SELECT RAISE(ABORT, 'what is owed, and until when, never changes'); END"
    )
    op.get_bind().exec_driver_sql(
        f"CREATE TRIGGER obligation_stays BEFORE UPDATE OF {', '.join(names)} ON obligation {refused}"
    )


def upgrade() -> None:
    """A due instant never moves; which month it lies in depends on the zone, and the sums by month go with it."""
    fix(FIXED)
    if op.get_context().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(
            "CREATE FUNCTION obligation_turns() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN {MOVED} RETURN NULL; END $$"
        )
        op.get_bind().exec_driver_sql(
            "CREATE TRIGGER obligation_turns AFTER UPDATE OF due_month ON obligation FOR EACH ROW "
            "WHEN (OLD.due_month IS DISTINCT FROM NEW.due_month) EXECUTE FUNCTION obligation_turns()"
        )
    else:
        op.get_bind().exec_driver_sql(
            "CREATE TRIGGER obligation_turns AFTER UPDATE OF due_month ON obligation "
            f"WHEN OLD.due_month IS NOT NEW.due_month BEGIN {MOVED} END"
        )


def downgrade() -> None:
    """Fix the month again."""
    postgresql = op.get_context().dialect.name == "postgresql"
    op.get_bind().exec_driver_sql("DROP TRIGGER obligation_turns" + (" ON obligation" if postgresql else ""))
    if postgresql:
        op.get_bind().exec_driver_sql("DROP FUNCTION obligation_turns()")
    fix([*FIXED, "due_month"])
