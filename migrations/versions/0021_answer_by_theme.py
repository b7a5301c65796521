"""Answer by theme

An answer says for which theme it is; one without a theme answers the contribution whole. A contribution is answered
when an answer to it alone stands, or when one stands for each theme that was found in it. So the lights and what is
owed follow the codings too, and themes that were merged.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: Themes that somebody found in a contribution and stands by; `{of}` names the row the contribution is of.
FOUND = """coding k JOIN theme t ON t.id = k.theme_id
    WHERE k.contribution_id = {of}.contribution_id AND k.retracted_at IS NULL AND trim(k.name) <> ''"""
#: An answer `{a}` is for the theme of such a row, whichever theme speaks for either now.
SAME = (
    """{a}.contribution_id = k.contribution_id AND COALESCE({u}.merged_into, {u}.id) = COALESCE(t.merged_into, t.id)"""
)
STANDS = "{a}.published_at IS NOT NULL AND {a}.superseded_at IS NULL"
CONSIDERED = """CASE WHEN EXISTS (
    SELECT 1 FROM handling h JOIN contribution c ON c.id = h.contribution_id
    WHERE h.contribution_id = light_counted.contribution_id AND h.retracted_at IS NULL AND trim(h.name) <> ''
    AND (h.participant_id IS NULL OR c.participant_id IS NULL OR h.participant_id <> c.participant_id)
  ) OR EXISTS (
    SELECT 1 FROM answer a WHERE a.contribution_id = light_counted.contribution_id AND a.published_at IS NOT NULL
  ) THEN 1 ELSE 0 END"""
_of_counted = FOUND.format(of="light_counted")
ANSWERED = f"""CASE WHEN EXISTS (
    SELECT 1 FROM answer a WHERE a.contribution_id = light_counted.contribution_id AND a.theme_id IS NULL
    AND {STANDS.format(a="a")}
  ) OR (EXISTS (SELECT 1 FROM {_of_counted}) AND NOT EXISTS (
    SELECT 1 FROM {_of_counted} AND NOT EXISTS (
      SELECT 1 FROM answer a JOIN theme u ON u.id = a.theme_id
      WHERE {STANDS.format(a="a")} AND {SAME.format(a="a", u="u")})
  )) THEN 1 ELSE 0 END"""
ANSWERED_BEFORE = """CASE WHEN EXISTS (
    SELECT 1 FROM answer a WHERE a.contribution_id = light_counted.contribution_id
    AND a.published_at IS NOT NULL AND a.superseded_at IS NULL
  ) THEN 1 ELSE 0 END"""


def recount(answered: str) -> str:
    """Bring the lights of some contributions into line with the facts."""
    return f"UPDATE light_counted SET considered = {CONSIDERED}, answered = {answered}"


#: An answer keeps its time where its author disputed it and another one stands that takes its place.
_KEEPS = """(a.superseded_at IS NULL OR (EXISTS (
      SELECT 1 FROM reception r WHERE r.answer_id = a.id AND r.said = 'disputed') AND EXISTS ({by})))"""
_direct = _KEEPS.format(
    by=f"SELECT 1 FROM answer b WHERE b.contribution_id = a.contribution_id AND b.theme_id IS NULL "
    f"AND {STANDS.format(a='b')}"
)
_of_theme = _KEEPS.format(
    by=f"SELECT 1 FROM answer b JOIN theme w ON w.id = b.theme_id "
    f"WHERE {STANDS.format(a='b')} AND {SAME.format(a='b', u='w')}"
)
#: When something owed was met: by an answer to it alone, or by the last of those for its themes, whichever was first.
#: A second look is met by an answer to it alone.
MET = f"""CASE WHEN obligation.kind = 'review' THEN
    (SELECT MIN(a.published_at) FROM answer a WHERE a.contribution_id = obligation.contribution_id
      AND a.superseded_at IS NULL AND a.published_at >= obligation.arose_at AND a.id <> obligation.answer_id
      AND a.theme_id IS NULL)
    ELSE (SELECT MIN(met.at) FROM (
      SELECT a.published_at AS at FROM answer a
        WHERE a.contribution_id = obligation.contribution_id AND a.theme_id IS NULL AND {_direct}
      UNION ALL
      SELECT CASE WHEN COUNT(*) = COUNT(each.at) THEN MAX(each.at) END FROM (
        SELECT (SELECT MIN(a.published_at) FROM answer a JOIN theme u ON u.id = a.theme_id
          WHERE {SAME.format(a="a", u="u")} AND {_of_theme}) AS at
        FROM {FOUND.format(of="obligation")}) each
    ) met) END"""
MET_BEFORE = """CASE WHEN obligation.kind = 'review' THEN
    (SELECT MIN(a.published_at) FROM answer a WHERE a.contribution_id = obligation.contribution_id
      AND a.superseded_at IS NULL AND a.published_at >= obligation.arose_at AND a.id <> obligation.answer_id)
    ELSE (SELECT MIN(a.published_at) FROM answer a WHERE a.contribution_id = obligation.contribution_id
      AND (a.superseded_at IS NULL
        OR (EXISTS (SELECT 1 FROM reception r WHERE r.answer_id = a.id AND r.said = 'disputed')
          AND EXISTS (SELECT 1 FROM answer b WHERE b.contribution_id = a.contribution_id
            AND b.published_at IS NOT NULL AND b.superseded_at IS NULL)))) END"""
KEPT = """
UPDATE obligation SET
  office_id = COALESCE((SELECT h.to_office_id FROM hand_over h WHERE h.obligation_id = obligation.id
    ORDER BY h.id DESC LIMIT 1), obligation.first_office_id),
  answered_at = {met},
  lapsed_at = COALESCE((SELECT p.withdrawn_at FROM proposal p WHERE p.id = obligation.contribution_id),
    (SELECT m.removed_at FROM comment m WHERE m.id = obligation.contribution_id)),
  confirmed_at = (SELECT MAX(r.at) FROM reception r JOIN answer a ON a.id = r.answer_id
    WHERE r.contribution_id = obligation.contribution_id AND r.said = 'confirmed' AND a.superseded_at IS NULL
      AND (obligation.kind <> 'review' OR a.id <> obligation.answer_id)),
  disputed_at = CASE WHEN obligation.kind = 'review' THEN NULL ELSE
    (SELECT MIN(r.at) FROM reception r
      WHERE r.contribution_id = obligation.contribution_id AND r.said = 'disputed') END
WHERE {which};
"""
OF = "contribution_id = {row}.contribution_id"
#: The tables whose facts what is owed follows, when, and which obligations they are about.
OWED_BY = [
    ("answer", "INSERT", OF),
    ("answer", "UPDATE OF published_at, superseded_at, contribution_id", OF),
    ("answer", "DELETE", OF),
    ("reception", "INSERT", OF),
    ("reception", "DELETE", OF),
    ("hand_over", "INSERT", "id = {row}.obligation_id"),
    ("proposal", "UPDATE OF withdrawn_at", "contribution_id = {row}.id"),
    ("comment", "UPDATE OF removed_at", "contribution_id = {row}.id"),
]
CODED = "contribution_id, theme_id, name, retracted_at"
#: A coding changes what is answered only where something was answered by theme.
BY_THEME = "EXISTS (SELECT 1 FROM answer a WHERE a.contribution_id = {row}.contribution_id AND a.theme_id IS NOT NULL)"
#: What was found or answered under a theme that begins or ends to be spoken for.
UNDER = """contribution_id IN (SELECT k.contribution_id FROM coding k WHERE k.theme_id = NEW.id
    UNION SELECT a.contribution_id FROM answer a WHERE a.theme_id = NEW.id)"""
MERGED = "UPDATE OF merged_into ON theme WHEN OLD.merged_into IS {not_same} NEW.merged_into"
RISE = "UPDATE page_stamp SET number = number + 1;"


def kept(met: str, which: str) -> str:
    """Bring what some obligations show into line with the facts."""
    return KEPT.format(met=met, which=which)


def owed_rows(act: str) -> list[str]:
    """Which of both rows of a change a fact is about."""
    return {"INSERT": ["NEW"], "DELETE": ["OLD"]}.get(act, ["OLD", "NEW"] if "_id" in act else ["NEW"])


def on_sqlite(answered: str, met: str) -> None:
    """Write the triggers anew that keep what is answered."""
    run = op.get_bind().exec_driver_sql
    of_both = "IN (OLD.contribution_id, NEW.contribution_id)"
    lights = [("contribution_changes", "UPDATE OF consultation_id, kind, participant_id ON contribution",
               f"{recount(answered)}, consultation_id = NEW.consultation_id, kind = NEW.kind "
               "WHERE contribution_id = NEW.id;")]  # fmt: skip
    for table, facts, counts in (
        ("handling", "contribution_id, participant_id, name, retracted_at", "{row}.id IS NOT NULL"),
        ("answer", "contribution_id, published_at, superseded_at", "{row}.published_at IS NOT NULL"),
    ):
        new, old = counts.format(row="NEW"), counts.format(row="OLD")
        each = recount(answered) + " WHERE contribution_id {which}; " + RISE
        lights += [
            (f"{table}_comes", f"INSERT ON {table} WHEN {new}", each.format(which="= NEW.contribution_id")),
            (f"{table}_changes", f"UPDATE OF {facts} ON {table} WHEN {new} OR {old}", each.format(which=of_both)),
            (f"{table}_goes", f"DELETE ON {table} WHEN {old}", each.format(which="= OLD.contribution_id")),
        ]
    for name, when, body in lights:
        run(f"DROP TRIGGER lights_{name}")
        run(f"CREATE TRIGGER lights_{name} AFTER {when} BEGIN {body} END")
    run("DROP TRIGGER obligation_arises")
    run(f"CREATE TRIGGER obligation_arises AFTER INSERT ON obligation BEGIN {COUNT_IN} "
        f"{kept(met, 'id = NEW.id')} END")  # fmt: skip
    for table, act, which in OWED_BY:
        body = " ".join(kept(met, which.format(row=row)) for row in owed_rows(act))
        name = f"{table}_is_told_of_{act.split()[0].lower()}"
        run(f"DROP TRIGGER {name}")
        run(f"CREATE TRIGGER {name} AFTER {act} ON {table} BEGIN {body} END")


def follow_themes_on_sqlite() -> None:
    """Let what is answered follow the themes that are found."""
    run = op.get_bind().exec_driver_sql
    for name, act, rows in (("comes", "INSERT", ["NEW"]), ("changes", f"UPDATE OF {CODED}", ["OLD", "NEW"]),
                            ("goes", "DELETE", ["OLD"])):  # fmt: skip
        when = " OR ".join(BY_THEME.format(row=row) for row in rows)
        body = " ".join(
            f"{recount(ANSWERED)} WHERE {OF.format(row=row)}; {kept(MET, OF.format(row=row))}" for row in rows
        )
        run(f"CREATE TRIGGER answered_coding_{name} AFTER {act} ON coding WHEN {when} BEGIN {body} {RISE} END")
    run(f"CREATE TRIGGER answered_theme_merged AFTER {MERGED.format(not_same='NOT')} BEGIN "
        f"{recount(ANSWERED)} WHERE {UNDER}; {kept(MET, UNDER)} {RISE} END")  # fmt: skip


def function(name: str, body: str, takes: str = "", gives: str = "trigger") -> str:
    """A function of PostgreSQL, in the place of the one of that name."""
    return f"CREATE OR REPLACE FUNCTION {name}({takes}) RETURNS {gives} LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def on_postgresql(answered: str, met: str) -> None:
    """Write the functions anew that keep what is answered."""
    run = op.get_bind().exec_driver_sql
    locked = "PERFORM 1 FROM light_counted WHERE contribution_id = which FOR UPDATE;"
    run(function("lights_recount", f"{locked} {recount(answered)} WHERE contribution_id = which;", "which bigint",
                 "void"))  # fmt: skip
    run(function("lights_recount_all", f"{recount(answered)}; RETURN NULL;"))
    run(function("lights_of_contribution", f"""IF TG_OP = 'INSERT' THEN
          INSERT INTO light_counted (contribution_id, consultation_id, kind, considered, answered)
          VALUES (NEW.id, NEW.consultation_id, NEW.kind, 0, 0);
        ELSIF TG_OP = 'DELETE' THEN DELETE FROM light_counted WHERE contribution_id = OLD.id;
        ELSE {recount(answered)}, consultation_id = NEW.consultation_id, kind = NEW.kind
          WHERE contribution_id = NEW.id;
        END IF; RETURN NULL;"""))  # fmt: skip
    run(function("obligation_arises", f"{COUNT_IN} {kept(met, 'id = NEW.id')} RETURN NULL;"))
    for table, act, which in OWED_BY:
        body = " ".join(kept(met, which.format(row=row)) for row in owed_rows(act))
        run(function(f"{table}_is_told_of_{act.split()[0].lower()}", f"{body} RETURN NULL;"))


def follow_themes_on_postgresql() -> None:
    """Let what is answered follow the themes that are found."""
    run = op.get_bind().exec_driver_sql
    each = " ".join(
        f"IF TG_OP <> '{other}' THEN IF {BY_THEME.format(row=row)} THEN "
        f"PERFORM lights_recount({row}.contribution_id); {kept(MET, OF.format(row=row))} END IF; END IF;"
        for row, other in (("OLD", "INSERT"), ("NEW", "DELETE"))
    )
    run(function("answered_coding", f"{each} RETURN NULL;"))
    run(f"CREATE TRIGGER answered_coding AFTER INSERT OR DELETE OR UPDATE OF {CODED} ON coding "
        "FOR EACH ROW EXECUTE FUNCTION answered_coding()")  # fmt: skip
    run(function("answered_theme", f"{recount(ANSWERED)} WHERE {UNDER}; {kept(MET, UNDER)} RETURN NULL;"))
    merged = MERGED.format(not_same="DISTINCT FROM")
    timing, _, condition = merged.partition(" WHEN ")
    run(f"CREATE TRIGGER answered_theme AFTER {timing} FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION answered_theme()")  # fmt: skip


SUMS = {
    "pending": "NEW.outcome = 'open'",
    "in_time": "NEW.outcome = 'answered'",
    "late": "NEW.outcome = 'answered-late'",
    "lapsed": "NEW.outcome = 'lapsed'",
    "confirmed": "NEW.reception = 'confirmed'",
    "disputed": "NEW.reception = 'disputed'",
}


def _count_in(table: str, key: list[str], beside: list[str]) -> str:
    sums = [f"1 * CASE WHEN {each} THEN 1 ELSE 0 END" for each in SUMS.values()]
    plain = [f"NEW.{name}" for name in key + beside]
    changes = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in SUMS)
    return (
        f"INSERT INTO {table} ({', '.join([*key, *beside, *SUMS])}) VALUES ({', '.join(plain + sums)}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes};"
    )


COUNT_IN = " ".join(
    (
        _count_in("obligation_count", ["consultation_id", "office_id", "kind", "due_at"], ["due_month"]),
        _count_in("obligation_month", ["office_id", "kind", "due_month"], []),
    )
)


def upgrade() -> None:
    """Let an answer be for a theme, and what is answered follow from the themes that are found."""
    op.add_column("response", sa.Column("theme_id", row_id, nullable=True))
    op.add_column("answer", sa.Column("theme_id", row_id, nullable=True))
    for table, columns in (("response", ["theme_id"]), ("answer", ["theme_id", "contribution_id"])):
        by_theme = sa.text("theme_id IS NOT NULL")
        op.create_index(
            f"ix_{table}_theme", table, columns, unique=False, sqlite_where=by_theme, postgresql_where=by_theme
        )
    if op.get_context().dialect.name == "sqlite":
        on_sqlite(ANSWERED, MET)
        follow_themes_on_sqlite()
    else:
        on_postgresql(ANSWERED, MET)
        follow_themes_on_postgresql()


def downgrade() -> None:
    """Take it back; answers for themes go with it."""
    run = op.get_bind().exec_driver_sql
    if op.get_context().dialect.name == "sqlite":
        for name in ("coding_comes", "coding_changes", "coding_goes", "theme_merged"):
            run(f"DROP TRIGGER answered_{name}")
        on_sqlite(ANSWERED_BEFORE, MET_BEFORE)
    else:
        run("DROP FUNCTION answered_coding() CASCADE")
        run("DROP FUNCTION answered_theme() CASCADE")
        on_postgresql(ANSWERED_BEFORE, MET_BEFORE)
    for table in ("answer", "response"):
        op.drop_index(f"ix_{table}_theme", table_name=table)
        op.drop_column(table, "theme_id")
