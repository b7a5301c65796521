"""Lay the first tables

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: What was recorded is never changed or removed, whoever is connected.
APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER event_is_kept_{act} BEFORE {act} ON event "
        "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
        for act in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION event_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$",
        "CREATE TRIGGER event_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_is_kept()",
    ],
}


def upgrade() -> None:
    """Lay the first tables."""
    op.create_table(
        "area",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("parent_id", row_id, nullable=True),
        sa.Column("sought", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["area.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_area_sought"), ["sought"], unique=False)

    op.create_table(
        "attempts",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempts_ends_at"), ["ends_at"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("consultation_id", row_id, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", row_id, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_consultation_id"), ["consultation_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_due_at"), ["due_at"], unique=False)

    op.create_table(
        "mail",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("to_address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("unsubscribe", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_to_address"), ["to_address"], unique=False)

    op.create_table(
        "participant",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "topic",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "account",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("participant_id", row_id, nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("identity_level", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent_version", sa.String(), nullable=False),
        sa.Column("answers_by_mail", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "held_text",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", row_id, nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("held_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_text_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_held_text_created_at"), ["created_at"], unique=False)

    op.create_table(
        "office",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("parent_id", row_id, nullable=True),
        sa.Column("area_id", row_id, nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["area.id"],
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["office.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "consultation",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("office_id", row_id, nullable=False),
        sa.Column("area_id", row_id, nullable=True),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("background", sa.Text(), nullable=False),
        sa.Column("other_title", sa.String(), nullable=False),
        sa.Column("other_summary", sa.String(), nullable=False),
        sa.Column("other_background", sa.Text(), nullable=False),
        sa.Column("voting", sa.String(), nullable=False),
        sa.Column("vote_limit", sa.Integer(), nullable=True),
        sa.Column("open_counts", sa.Boolean(), nullable=False),
        sa.Column("created_by", row_id, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen", sa.Text(), nullable=False),
        sa.Column("frozen_hash", sa.String(), nullable=False),
        sa.Column("imported_from", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["area.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["office.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consultation_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consultation_opened_at"), ["opened_at"], unique=False)

    op.create_table(
        "mail_token",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", row_id, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("mail_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_token_account_id"), ["account_id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("account_id", row_id, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("office_id", row_id, nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", row_id, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["office.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "role", "office_id"),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grant_office_id"), ["office_id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", row_id, nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "consultation_change",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", row_id, nullable=True),
        sa.ForeignKeyConstraint(
            ["by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("consultation_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_change_consultation_id"), ["consultation_id"], unique=False)

    op.create_table(
        "consultation_salt",
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.PrimaryKeyConstraint("consultation_id"),
    )
    op.create_table(
        "consultation_topic",
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("topic_id", row_id, nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["topic.id"],
        ),
        sa.PrimaryKeyConstraint("consultation_id", "topic_id"),
    )
    with op.batch_alter_table("consultation_topic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_topic_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "contribution",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("participant_id", row_id, nullable=True),
        sa.Column("group_id", row_id, nullable=True),
        sa.Column("entered_by", row_id, nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("area_id", row_id, nullable=True),
        sa.Column("identity_level", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("import_source", sa.String(), nullable=True),
        sa.Column("import_id", sa.String(), nullable=True),
        sa.Column("canonical_id", row_id, nullable=True),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["area.id"],
        ),
        sa.ForeignKeyConstraint(
            ["canonical_id"],
            ["contribution.id"],
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("import_source", "import_id"),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_area_id"), ["area_id"], unique=False)
        batch_op.create_index("ix_contribution_consultation", ["consultation_id", "kind", "received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_contribution_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=False),
        sa.Column("decided", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("next", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("h", sa.String(), nullable=False),
        sa.Column("written_by", row_id, nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["written_by"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("consultation_id"),
        sa.UniqueConstraint("year", "number"),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_published_at"), ["published_at"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("small_sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_consultation_id"), ["consultation_id"], unique=False)

    op.create_table(
        "phase",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("acts", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("phase", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phase_closes_at"), ["closes_at"], unique=False)
        batch_op.create_index("ix_phase_consultation", ["consultation_id", "opens_at"], unique=False)

    op.create_table(
        "proposal_draft",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("account_id", row_id, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("proposal_id", row_id, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("saving", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "consultation_id", "proposal_id"),
    )
    op.create_table(
        "response",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("office_id", row_id, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("refers_to", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("other_text", sa.Text(), nullable=False),
        sa.Column("written_by", row_id, nullable=True),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["office.id"],
        ),
        sa.ForeignKeyConstraint(
            ["written_by"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_response_consultation_id"), ["consultation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_response_published_at"), ["published_at"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("response_id", row_id, nullable=False),
        sa.Column("contribution_id", row_id, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("h", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["response.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_answer_response_id"), ["response_id"], unique=False)

    op.create_table(
        "ballot",
        sa.Column("id", row_id, autoincrement=False, nullable=False),
        sa.Column("voter", sa.String(), nullable=False),
        sa.Column("phase_id", row_id, nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("h", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["phase_id"],
            ["phase.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("voter", "phase_id"),
    )
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ballot_phase_id"), ["phase_id"], unique=False)

    op.create_table(
        "moderation_act",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("contribution_id", row_id, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", row_id, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("h", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("moderation_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_act_contribution_id"), ["contribution_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", row_id, autoincrement=False, nullable=False),
        sa.Column("consultation_id", row_id, nullable=False),
        sa.Column("topic_id", row_id, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("excerpt", sa.String(), nullable=False),
        sa.Column("shuffle", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["id"],
            ["contribution.id"],
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["topic.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_newest", ["consultation_id", "id"], unique=False)
        batch_op.create_index("ix_proposal_shuffle", ["consultation_id", "shuffle"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("contribution_id", row_id, nullable=False),
        sa.Column("reporter_id", row_id, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["participant.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_settled_at"), ["settled_at"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", row_id, autoincrement=False, nullable=False),
        sa.Column("proposal_id", row_id, nullable=False),
        sa.Column("parent_id", row_id, nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("stance", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_for", sa.Integer(), nullable=False),
        sa.Column("imported_against", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("h", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"],
            ["contribution.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index("ix_comment_thread", ["proposal_id", "parent_id", "id"], unique=False)

    op.create_table(
        "proposal_stat",
        sa.Column("proposal_id", row_id, autoincrement=False, nullable=False),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.Column("opposes", sa.Integer(), nullable=False),
        sa.Column("neutrals", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("imported_supports", sa.Integer(), nullable=False),
        sa.Column("imported_comments", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
        ),
        sa.PrimaryKeyConstraint("proposal_id"),
    )
    op.create_table(
        "version_stat",
        sa.Column("proposal_id", row_id, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.Column("opposes", sa.Integer(), nullable=False),
        sa.Column("neutrals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"]),
        sa.PrimaryKeyConstraint("proposal_id", "version"),
    )
    op.create_table(
        "proposal_version",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("proposal_id", row_id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("h", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("proposal_id", "number"),
    )
    op.create_table(
        "vote",
        sa.Column("proposal_id", row_id, autoincrement=False, nullable=False),
        sa.Column("ballot_id", row_id, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_id"],
            ["ballot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
        ),
        sa.PrimaryKeyConstraint("proposal_id", "ballot_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_ballot_id"), ["ballot_id"], unique=False)

    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vote_ballot_id"))

    op.drop_table("vote")
    op.drop_table("version_stat")
    op.drop_table("proposal_version")
    op.drop_table("proposal_stat")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_thread")

    op.drop_table("comment")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_settled_at"))
        batch_op.drop_index(batch_op.f("ix_report_contribution_id"))

    op.drop_table("report")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_topic_id"))
        batch_op.drop_index("ix_proposal_shuffle")
        batch_op.drop_index("ix_proposal_newest")

    op.drop_table("proposal")
    with op.batch_alter_table("moderation_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_act_contribution_id"))

    op.drop_table("moderation_act")
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ballot_phase_id"))

    op.drop_table("ballot")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_response_id"))
        batch_op.drop_index(batch_op.f("ix_answer_contribution_id"))

    op.drop_table("answer")
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_response_published_at"))
        batch_op.drop_index(batch_op.f("ix_response_consultation_id"))

    op.drop_table("response")
    op.drop_table("proposal_draft")
    with op.batch_alter_table("phase", schema=None) as batch_op:
        batch_op.drop_index("ix_phase_consultation")
        batch_op.drop_index(batch_op.f("ix_phase_closes_at"))

    op.drop_table("phase")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_consultation_id"))

    op.drop_table("document")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_published_at"))

    op.drop_table("decision")
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contribution_participant_id"))
        batch_op.drop_index("ix_contribution_consultation")
        batch_op.drop_index(batch_op.f("ix_contribution_area_id"))

    op.drop_table("contribution")
    with op.batch_alter_table("consultation_topic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_topic_topic_id"))

    op.drop_table("consultation_topic")
    op.drop_table("consultation_salt")
    with op.batch_alter_table("consultation_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_change_consultation_id"))

    op.drop_table("consultation_change")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_expires_at"))
        batch_op.drop_index(batch_op.f("ix_sign_in_account_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_grant_office_id"))
        batch_op.drop_index(batch_op.f("ix_role_grant_account_id"))

    op.drop_table("role_grant")
    with op.batch_alter_table("mail_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_token_account_id"))

    op.drop_table("mail_token")
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_opened_at"))
        batch_op.drop_index(batch_op.f("ix_consultation_office_id"))
        batch_op.drop_index(batch_op.f("ix_consultation_area_id"))

    op.drop_table("consultation")
    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_parent_id"))

    op.drop_table("office")
    with op.batch_alter_table("held_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_held_text_created_at"))
        batch_op.drop_index(batch_op.f("ix_held_text_account_id"))

    op.drop_table("held_text")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_participant_id"))

    op.drop_table("account")
    op.drop_table("topic")
    op.drop_table("participant")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_to_address"))
        batch_op.drop_index(batch_op.f("ix_mail_created_at"))

    op.drop_table("mail")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_due_at"))

    op.drop_table("job")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_consultation_id"))
        batch_op.drop_index(batch_op.f("ix_event_at"))

    op.drop_table("event")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempts_ends_at"))

    op.drop_table("attempts")
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_sought"))
        batch_op.drop_index(batch_op.f("ix_area_parent_id"))

    op.drop_table("area")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION event_is_kept()")
