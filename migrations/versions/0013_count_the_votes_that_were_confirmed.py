"""Count the votes that were confirmed

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

COUNTED = {"supports": "support", "opposes": "oppose", "neutrals": "neutral"}


def counted(row: str, step: int) -> str:
    """Count a vote in (1) or out (-1), if it was cast or confirmed after a change."""
    sums = ", ".join(f"CASE WHEN {row}.choice = '{choice}' THEN {step} ELSE 0 END" for choice in COUNTED.values())
    changes = ", ".join(f"{name} = confirmed_stat.{name} + excluded.{name}" for name in COUNTED)
    return (
        f"INSERT INTO confirmed_stat (proposal_id, rule, {', '.join(COUNTED)}) "
        f"SELECT {row}.proposal_id, {row}.rule, {sums} WHERE {row}.rule > 0 "
        f"ON CONFLICT (proposal_id, rule) DO UPDATE SET {changes};"
    )


#: When a vote comes, changes and goes, and what is done then; only where a change was in force for it.
TRIGGERS = {
    "comes": ("INSERT", "NEW.rule > 0", counted("NEW", 1)),
    "changes": ("UPDATE OF choice, rule", "OLD.rule > 0 OR NEW.rule > 0", counted("OLD", -1) + counted("NEW", 1)),
    "goes": ("DELETE", "OLD.rule > 0", counted("OLD", -1)),
}


def upgrade() -> None:
    """A proposal's page shows both counts, and must cost the same however many votes there are."""
    op.create_table(
        "confirmed_stat",
        sa.Column("proposal_id", row_id, autoincrement=False, nullable=False),
        sa.Column("rule", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.Column("opposes", sa.Integer(), nullable=False),
        sa.Column("neutrals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"]),
        sa.PrimaryKeyConstraint("proposal_id", "rule"),
    )
    run = op.get_bind().exec_driver_sql
    sums = ", ".join(f"SUM(CASE WHEN choice = '{choice}' THEN 1 ELSE 0 END)" for choice in COUNTED.values())
    run(
        f"INSERT INTO confirmed_stat (proposal_id, rule, {', '.join(COUNTED)}) "
        f"SELECT proposal_id, rule, {sums} FROM vote WHERE rule > 0 GROUP BY proposal_id, rule"
    )
    for name, (act, when, body) in TRIGGERS.items():
        if op.get_context().dialect.name == "postgresql":
            run(
                f"CREATE FUNCTION confirmed_vote_{name}() RETURNS trigger LANGUAGE plpgsql "
                f"AS $$ BEGIN {body} RETURN NULL; END $$"
            )
            run(
                f"CREATE TRIGGER confirmed_vote_{name} AFTER {act} ON vote FOR EACH ROW WHEN ({when}) "
                f"EXECUTE FUNCTION confirmed_vote_{name}()"
            )
        else:
            run(f"CREATE TRIGGER confirmed_vote_{name} AFTER {act} ON vote WHEN {when} BEGIN {body} END")


def downgrade() -> None:
    """Count them at each look again."""
    postgresql = op.get_context().dialect.name == "postgresql"
    for name in TRIGGERS:
        op.get_bind().exec_driver_sql(f"DROP TRIGGER confirmed_vote_{name}" + (" ON vote" if postgresql else ""))
        if postgresql:
            op.get_bind().exec_driver_sql(f"DROP FUNCTION confirmed_vote_{name}()")
    op.drop_table("confirmed_stat")
