"""Say which themes are in what was said

In which of three states a contribution is (pending, coded, excluded) follows from its facts and is kept as a row; a
change of a fact computes that row anew, and the difference goes into the totals. Triggers do it, so that it holds
whoever writes. How many were received is counted apart from it, with the lights.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
instant = sa.DateTime(timezone=True)

#: The state of a contribution from its facts as they are, as `rules.coding` has it; `coding_counted` names it.
STATE = """CASE WHEN EXISTS (
    SELECT 1 FROM exclusion x WHERE x.contribution_id = coding_counted.contribution_id AND x.lifted_at IS NULL
    AND trim(x.name) <> '' AND x.ground <> '' AND trim(x.text) <> ''
  ) THEN 2 WHEN EXISTS (
    SELECT 1 FROM coding k WHERE k.contribution_id = coding_counted.contribution_id AND k.retracted_at IS NULL
    AND trim(k.name) <> ''
  ) THEN 1 ELSE 0 END"""
RECOUNT = f"UPDATE coding_counted SET state = {STATE}"
FACTS = {
    "coding": "contribution_id, name, retracted_at",
    "exclusion": "contribution_id, name, ground, text, lifted_at",
}
BEGIN = "INSERT INTO coding_counted (contribution_id, consultation_id, kind, code, state)"


def _total(row: str, sign: str, shard: str = "0") -> str:
    """Add the state of a row to the totals, or take it away."""
    of_state = ", ".join(f"{sign}(CASE WHEN {row}.state = {state} THEN 1 ELSE 0 END)" for state in range(3))
    adds = ", ".join(f"{name} = coding_total.{name} + excluded.{name}" for name in STATES)
    return f"""INSERT INTO coding_total (consultation_id, kind, shard, {", ".join(STATES)})
    VALUES ({row}.consultation_id, {row}.kind, {shard}, {of_state})
    ON CONFLICT (consultation_id, kind, shard) DO UPDATE SET {adds}"""


STATES = ("pending", "coded", "excluded")


def _sqlite(name: str, when: str, *steps: str) -> str:
    body = ";\n".join(steps)
    return f"CREATE TRIGGER states_{name} AFTER {when} BEGIN {body}; END"


def _fact_on_sqlite(table: str) -> list[str]:
    """What a row of a table of facts does when it comes, changes and goes."""
    of_new, of_old, of_both = (
        f"{RECOUNT} WHERE contribution_id {which}"
        for which in ("= NEW.contribution_id", "= OLD.contribution_id", "IN (OLD.contribution_id, NEW.contribution_id)")
    )
    return [
        _sqlite(f"{table}_comes", f"INSERT ON {table}", of_new),
        _sqlite(f"{table}_changes", f"UPDATE OF {FACTS[table]} ON {table}", of_both),
        _sqlite(f"{table}_goes", f"DELETE ON {table}", of_old),
    ]


SQLITE = [
    _sqlite(
        "contribution_comes",
        "INSERT ON contribution",
        f"{BEGIN} VALUES (NEW.id, NEW.consultation_id, NEW.kind, NEW.code, 0)",
    ),
    _sqlite(
        "contribution_changes",
        "UPDATE OF consultation_id, kind, code ON contribution",
        "UPDATE coding_counted SET consultation_id = NEW.consultation_id, kind = NEW.kind, code = NEW.code "
        "WHERE contribution_id = NEW.id",
    ),
    _sqlite("contribution_goes", "DELETE ON contribution", "DELETE FROM coding_counted WHERE contribution_id = OLD.id"),
    *(statement for name in FACTS for statement in _fact_on_sqlite(name)),
    _sqlite("counted_comes", "INSERT ON coding_counted", _total("NEW", "")),
    _sqlite(
        "counted_changes",
        "UPDATE ON coding_counted WHEN NEW.state <> OLD.state OR NEW.consultation_id <> OLD.consultation_id "
        "OR NEW.kind <> OLD.kind",
        _total("OLD", "-"),
        _total("NEW", ""),
    ),
    _sqlite("counted_goes", "DELETE ON coding_counted", _total("OLD", "-")),
]

SHARD = "pg_backend_pid() % 32"


def _function(name: str, body: str, takes: str = "", gives: str = "trigger") -> str:
    return f"CREATE FUNCTION {name}({takes}) RETURNS {gives} LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _trigger(name: str, when: str, function: str, each: str = "ROW") -> str:
    return f"CREATE TRIGGER {name} AFTER {when} FOR EACH {each} EXECUTE FUNCTION {function}()"


FUNCTIONS = {
    # locked first: of two facts about one contribution at the same time the later one sees the earlier one
    "states_recount": (
        "which bigint",
        "void",
        f"""PERFORM 1 FROM coding_counted WHERE contribution_id = which FOR UPDATE;
        {RECOUNT} WHERE contribution_id = which;""",
    ),
    "states_recount_all": ("", "trigger", f"{RECOUNT}; RETURN NULL;"),
    "states_of_fact": (
        "",
        "trigger",
        """IF TG_OP <> 'INSERT' THEN PERFORM states_recount(OLD.contribution_id); END IF;
        IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.contribution_id <> OLD.contribution_id) THEN
          PERFORM states_recount(NEW.contribution_id); END IF; RETURN NULL;""",
    ),
    "states_of_contribution": (
        "",
        "trigger",
        f"""IF TG_OP = 'INSERT' THEN {BEGIN} VALUES (NEW.id, NEW.consultation_id, NEW.kind, NEW.code, 0);
        ELSIF TG_OP = 'DELETE' THEN DELETE FROM coding_counted WHERE contribution_id = OLD.id;
        ELSE UPDATE coding_counted SET consultation_id = NEW.consultation_id, kind = NEW.kind, code = NEW.code
          WHERE contribution_id = NEW.id;
        END IF; RETURN NULL;""",
    ),
    "states_of_counted": (
        "",
        "trigger",
        f"""IF TG_OP <> 'INSERT' THEN {_total("OLD", "-", SHARD)}; END IF;
        IF TG_OP <> 'DELETE' THEN {_total("NEW", "", SHARD)}; END IF; RETURN NULL;""",
    ),
}
POSTGRESQL = [
    *(_function(name, body, takes, gives) for name, (takes, gives, body) in FUNCTIONS.items()),
    _trigger(
        "states_contribution",
        "INSERT OR DELETE OR UPDATE OF consultation_id, kind, code ON contribution",
        "states_of_contribution",
    ),
    *(
        _trigger(f"states_{name}", f"INSERT OR DELETE OR UPDATE OF {facts} ON {name}", "states_of_fact")
        for name, facts in FACTS.items()
    ),
    *(_trigger(f"states_{name}_emptied", f"TRUNCATE ON {name}", "states_recount_all", "STATEMENT") for name in FACTS),
    _trigger("states_counted", "INSERT OR DELETE OR UPDATE ON coding_counted", "states_of_counted"),
]


def upgrade() -> None:
    """Make the tables of themes and count the state of what was received so far."""
    _make_the_codebook()
    _make_the_facts()
    _make_the_counts()
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[op.get_context().dialect.name]:
        op.execute(statement)
    op.execute(f"{BEGIN} SELECT id, consultation_id, kind, code, 0 FROM contribution")


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=False)


def _string(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(), nullable=False)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=False)


def _key() -> "sa.Column[int]":
    return sa.Column("id", row_id, autoincrement=True, nullable=False)


def _to(name: str, table: str, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, row_id, sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _at(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, instant, nullable=nullable)


def _committed() -> tuple[sa.Column[object], ...]:
    return sa.Column("nonce", sa.LargeBinary(), nullable=True), _string("h")


def _one_standing(name: str, table: str, columns: list[str], ended: str) -> None:
    standing = sa.text(f"{ended} IS NULL")
    op.create_index(name, table, columns, unique=True, sqlite_where=standing, postgresql_where=standing)


def _make_the_codebook() -> None:
    op.create_table(
        "codebook",
        _key(), _to("consultation_id", "consultation"), _number("number"), _string("lang"), _at("created_at", False),
        _at("published_at"), _to("account_id", "account", nullable=True), _string("name"), _text("reason"),
        *_committed(),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("consultation_id", "number"),
    )  # fmt: skip
    _one_standing("ix_codebook_draft", "codebook", ["consultation_id"], "published_at")
    op.create_table(
        "theme",
        _key(), _to("consultation_id", "consultation"), _number("number"), _to("merged_into", "theme", nullable=True),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("consultation_id", "number"),
    )  # fmt: skip
    op.create_table(
        "theme_version",
        _key(), _to("codebook_id", "codebook"), _to("theme_id", "theme"), _to("parent_id", "theme", nullable=True),
        _text("stance"), _text("other_stance"), _text("includes"), _text("excludes"), _number("since"),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("codebook_id", "theme_id"),
    )  # fmt: skip
    op.create_index("ix_theme_version_theme_id", "theme_version", ["theme_id"])
    op.create_table(
        "theme_origin",
        _key(), _to("codebook_id", "codebook"), _to("theme_id", "theme"), _to("from_id", "theme"), _string("act"),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("codebook_id", "theme_id", "from_id"),
    )  # fmt: skip


def _make_the_facts() -> None:
    op.create_table(
        "coding",
        _key(), _to("contribution_id", "contribution"), _to("theme_id", "theme"), _number("version"),
        _string("source"), _number("begins"), _number("ends"), _text("quote"), _string("text_h"),
        _to("account_id", "account", nullable=True), _to("office_id", "office"), _string("name"), _at("at", False),
        _at("retracted_at"), _string("retracted_by"), *_committed(),
        sa.PrimaryKeyConstraint("id"),
    )  # fmt: skip
    op.create_index("ix_coding_contribution_id", "coding", ["contribution_id"])
    _one_standing("ix_coding_standing", "coding", ["theme_id", "contribution_id"], "retracted_at")
    op.create_table(
        "exclusion",
        _key(), _to("contribution_id", "contribution"), _string("ground"), _text("text"), _string("lang"),
        _to("account_id", "account", nullable=True), _to("office_id", "office"), _string("name"), _at("at", False),
        _at("lifted_at"), _string("lifted_by"), _at("appealed_at"), _text("appeal"), _at("decided_at"),
        _string("decided_by"), _text("decision"), *_committed(),
        sa.PrimaryKeyConstraint("id"),
    )  # fmt: skip
    op.create_index("ix_exclusion_contribution_id", "exclusion", ["contribution_id"])
    _one_standing("ix_exclusion_standing", "exclusion", ["contribution_id"], "lifted_at")


def _make_the_counts() -> None:
    contribution = sa.Column("contribution_id", row_id, autoincrement=False, nullable=False)
    op.create_table(
        "coding_lease",
        sa.Column("contribution_id", row_id, sa.ForeignKey("contribution.id"), autoincrement=False, nullable=False),
        _to("account_id", "account"), _at("until", False),
        sa.PrimaryKeyConstraint("contribution_id"),
    )  # fmt: skip
    consultation = sa.Column("consultation_id", row_id, nullable=False)
    op.create_table(
        "coding_counted",
        contribution, consultation, _string("kind"), _string("code"), _number("state"),
        sa.PrimaryKeyConstraint("contribution_id"),
    )  # fmt: skip
    for name, by in (("age", "contribution_id"), ("chance", "code")):
        op.create_index(f"ix_coding_counted_{name}", "coding_counted", ["consultation_id", "state", by])
    op.create_table(
        "coding_total",
        sa.Column("consultation_id", row_id, autoincrement=False, nullable=False), _string("kind"),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False), *(_number(name) for name in STATES),
        sa.PrimaryKeyConstraint("consultation_id", "kind", "shard"),
    )  # fmt: skip


def downgrade() -> None:
    """Take the tables of themes away."""
    if op.get_context().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(f"DROP TRIGGER {statement.split()[2]}")
    else:
        for name, (takes, _gives, _body) in FUNCTIONS.items():
            op.execute(f"DROP FUNCTION {name}({takes.split()[-1] if takes else ''}) CASCADE")
    for table in (
        "coding_total", "coding_counted", "coding_lease", "exclusion", "coding", "theme_origin", "theme_version",
        "theme", "codebook",
    ):  # fmt: skip
        op.drop_table(table)
