"""Number the amendments

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make each public change part of a numbered amendment, and say under which rule a vote was cast."""
    op.create_table(
        "amendment",
        sa.Column("consultation_id", row_id, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", row_id, nullable=True),
        sa.Column("before_hash", sa.String(), nullable=False),
        sa.Column("after_hash", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("asks_voters", sa.Boolean(), nullable=False),
        sa.Column("applies_from", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"]),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.PrimaryKeyConstraint("consultation_id", "number"),
    )
    op.add_column("vote", sa.Column("rule", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("consultation_change", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    _number_what_was_changed(op.get_bind())
    with op.batch_alter_table("consultation_change") as batch_op:
        batch_op.alter_column("number", existing_type=sa.Integer(), existing_nullable=False, server_default=None)


def _number_what_was_changed(connection: sa.Connection) -> None:
    """Number the changes there are; their fingerprints are in the record, and are not written down twice."""
    changed = sa.table(
        "consultation_change",
        *(sa.column(name) for name in ("id", "consultation_id", "at", "reason", "by", "number")),
    )
    amendment = sa.table(
        "amendment",
        *(
            sa.column(name)
            for name in (
                "consultation_id", "number", "at", "reason", "by", "before_hash", "after_hash", "content",
                "asks_voters", "applies_from",
            )
        ),
    )  # fmt: skip
    numbers: dict[int, int] = {}
    before = None
    query = sa.select(changed).order_by(changed.c.consultation_id, changed.c.at, changed.c.id)
    for row in connection.execute(query).all():
        key = (row.consultation_id, row.at, row.reason)
        if key != before:
            numbers[row.consultation_id] = numbers.get(row.consultation_id, 0) + 1
            empty = dict.fromkeys(("before_hash", "after_hash", "content"), "")
            same = {name: getattr(row, name) for name in ("consultation_id", "at", "reason", "by")}
            made = {**same, **empty, "number": numbers[row.consultation_id], "asks_voters": False}
            connection.execute(sa.insert(amendment).values(**made, applies_from=row.at))
            before = key
        connection.execute(sa.update(changed).where(changed.c.id == row.id).values(number=numbers[row.consultation_id]))


def downgrade() -> None:
    """Take the numbers away; what was changed stays written down."""
    with op.batch_alter_table("consultation_change") as batch_op:
        batch_op.drop_column("number")
    op.drop_column("vote", "rule")
    op.drop_table("amendment")
