"""Keep the order of proposals by support and by discussion

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUMS = {"support": "supports + imported_supports", "discussed": "comments + imported_comments"}


def upgrade() -> None:
    """Give the counters their consultation, the two sums lists are ordered by, and an index for each."""
    op.add_column("proposal_stat", sa.Column("consultation_id", row_id, nullable=True))
    stat, proposal = sa.table("proposal_stat", *_columns()), sa.table("proposal", sa.column("id"), *_columns()[1:])
    of = sa.select(proposal.c.consultation_id).where(proposal.c.id == stat.c.proposal_id).scalar_subquery()
    op.execute(sa.update(stat).values(consultation_id=of))
    with op.batch_alter_table("proposal_stat", schema=None) as batch_op:
        batch_op.alter_column("consultation_id", existing_type=row_id, nullable=False)
        batch_op.create_foreign_key("fk_proposal_stat_consultation", "consultation", ["consultation_id"], ["id"])
        for name, one, other in (
            ("support", "supports", "imported_supports"),
            ("discussed", "comments", "imported_comments"),
        ):
            batch_op.add_column(sa.Column(name, sa.Integer(), sa.Computed(f"{one} + {other}", persisted=True)))
    for name in ("support", "discussed"):
        op.create_index(f"ix_proposal_stat_{name}", "proposal_stat", ["consultation_id", name, "proposal_id"])


def _columns() -> list[sa.ColumnClause[int]]:
    return [sa.column("proposal_id"), sa.column("consultation_id")]


def downgrade() -> None:
    """Count without an order."""
    for name in SUMS:
        op.drop_index(f"ix_proposal_stat_{name}", "proposal_stat")
    with op.batch_alter_table("proposal_stat", schema=None) as batch_op:
        for name in (*SUMS, "consultation_id"):
            batch_op.drop_column(name)
