"""Schedules, versions and runs; what versions hold; what the rules said of them.

Three things here are beyond the models: no two intervals of one person overlap in one version (jeopardy
apart), at most one published version covers a date of a program, and what is published never changes. The
two exclusion constraints see a uuid as two int8 ranges, since btree_gist is not everywhere.

Revision: schedules
Follows: programs
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "schedules"
down_revision: str | Sequence[str] | None = "programs"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


CONTENT_TABLES = (
    "assignment",
    "year_assignment",
    "vacation_week",
    "unmet_demand",
    "denied_request",
    "finding",
)

UUID_HALVES = """
CREATE FUNCTION uuid_high(value uuid) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ('x' || left(replace(value::text, '-', ''), 16))::bit(64)::int8
$$;
CREATE FUNCTION uuid_low(value uuid) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ('x' || right(replace(value::text, '-', ''), 16))::bit(64)::int8
$$;
"""

NO_OVERLAP = """
ALTER TABLE assignment ADD CONSTRAINT ex_assignment_no_overlap EXCLUDE USING gist (
    int8range(uuid_low(version_id), uuid_low(version_id), '[]') WITH &&,
    int8range(uuid_high(version_id), uuid_high(version_id), '[]') WITH &&,
    int8range(uuid_low(person_id), uuid_low(person_id), '[]') WITH &&,
    int8range(uuid_high(person_id), uuid_high(person_id), '[]') WITH &&,
    tstzrange(start_at, end_at) WITH &&
) WHERE (kind <> 'jeopardy')
"""

ONE_PUBLISHED = """
ALTER TABLE schedule_version ADD CONSTRAINT ex_schedule_version_one_published EXCLUDE USING gist (
    int8range(uuid_high(program_id), uuid_high(program_id), '[]') WITH &&,
    int8range(uuid_low(program_id), uuid_low(program_id), '[]') WITH &&,
    daterange(start_date, end_date, '[]') WITH &&
) WHERE (state = 'published')
"""

KEEP_CONTENT = """
CREATE FUNCTION refuse_change_of_published_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM changed JOIN schedule_version ON schedule_version.id = changed.version_id
        WHERE schedule_version.state <> 'draft'
    ) THEN
        RAISE EXCEPTION 'the content of a published version never changes'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$
"""

KEEP_VERSIONS = """
CREATE FUNCTION refuse_change_of_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'superseded_at', 'archived_at', 'revision', 'updated_at', 'based_on_id',
                         'created_by', 'published_by'];
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a published version is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(OLD) - free <> to_jsonb(NEW) - free
        OR NEW.state NOT IN (OLD.state, 'superseded')
        OR NEW.based_on_id IS NOT NULL AND NEW.based_on_id IS DISTINCT FROM OLD.based_on_id
    THEN
        RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_published BEFORE UPDATE OR DELETE ON schedule_version
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_version();
"""


def keep_content_of(table: str) -> None:
    """One trigger a statement and kind of change, not a row: a run inserts twenty thousand rows."""
    for event, rows in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER keep_published_{event.lower()}_{rows.lower()} AFTER {event} ON {table} "
            f"REFERENCING {rows} TABLE AS changed "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_published_content()"
        )


def upgrade() -> None:
    op.create_table(
        "input_snapshot",
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sqlmodel.AutoString(length=64), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"],
            ["program.id"],
            name=op.f("fk_input_snapshot_program_id_program"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_input_snapshot")),
        sa.UniqueConstraint("program_id", "sha256", name=op.f("uq_input_snapshot_program_id_sha256")),
    )
    op.create_table(
        "schedule",
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.AutoString(length=200), nullable=False),
        sa.Column("description", sqlmodel.AutoString(length=2000), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_schedule_created_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_schedule_program_id_program"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("program_id", "name", name=op.f("uq_schedule_program_id_name")),
    )
    op.create_index(op.f("ix_schedule_program_id"), "schedule", ["program_id"], unique=False)
    op.create_table(
        "schedule_version",
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "superseded",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="draft",
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.Enum(
                "year", "daily", "both", name="scope", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("academic_blocks", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("based_on_id", sa.Uuid(), nullable=True),
        sa.Column("note", sqlmodel.AutoString(length=2000), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (published_at IS NULL)", name=op.f("ck_schedule_version_published_at_set")
        ),
        sa.CheckConstraint("end_date >= start_date", name=op.f("ck_schedule_version_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["based_on_id"],
            ["schedule_version.id"],
            name=op.f("fk_schedule_version_based_on_id_schedule_version"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_schedule_version_created_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["program_id"],
            ["program.id"],
            name=op.f("fk_schedule_version_program_id_program"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["published_by"],
            ["user_account.id"],
            name=op.f("fk_schedule_version_published_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedule.id"],
            name=op.f("fk_schedule_version_schedule_id_schedule"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["input_snapshot.id"],
            name=op.f("fk_schedule_version_snapshot_id_input_snapshot"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_version")),
        sa.UniqueConstraint("schedule_id", "number", name=op.f("uq_schedule_version_schedule_id_number")),
    )
    op.create_index(
        op.f("ix_schedule_version_based_on_id"), "schedule_version", ["based_on_id"], unique=False
    )
    op.create_index(op.f("ix_schedule_version_program_id"), "schedule_version", ["program_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column(
            "session",
            sa.Enum(
                "AM", "PM", "NIGHT", name="session", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "rotation",
                "call",
                "clinic",
                "jeopardy",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rotation_id", sa.Uuid(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "duty_type",
            sa.Enum(
                "clinical",
                "education",
                "admin",
                "in_house_call",
                "night_float",
                "transition",
                "home_call_availability",
                "jeopardy",
                "home_call_onsite",
                "home_call_remote_care",
                "clinical_work_from_home",
                "moonlighting_internal",
                "moonlighting_external",
                "resident_elected_extension",
                "self_study",
                "military",
                name="duty_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'rotation') = (rotation_id IS NOT NULL)", name=op.f("ck_assignment_rotation_set")
        ),
        sa.CheckConstraint(
            "(kind IN ('call', 'jeopardy')) = (call_id IS NOT NULL)", name=op.f("ck_assignment_call_set")
        ),
        sa.CheckConstraint("end_at > start_at", name=op.f("ck_assignment_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_assignment_call_id_call"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_assignment_person_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["rotation_id"],
            ["rotation.id"],
            name=op.f("fk_assignment_rotation_id_rotation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["schedule_version.id"],
            name=op.f("fk_assignment_version_id_schedule_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_call_id"), "assignment", ["call_id"], unique=False)
    op.create_index(op.f("ix_assignment_person_id"), "assignment", ["person_id"], unique=False)
    op.create_index(op.f("ix_assignment_rotation_id"), "assignment", ["rotation_id"], unique=False)
    op.create_index("ix_assignment_version_date", "assignment", ["version_id", "date"], unique=False)
    op.create_index(
        "ix_assignment_version_person", "assignment", ["version_id", "person_id", "start_at"], unique=False
    )
    op.create_index(
        "uq_assignment_one_jeopardy",
        "assignment",
        ["version_id", "person_id", "date"],
        unique=True,
        postgresql_where=sa.text("kind = 'jeopardy'"),
    )
    op.create_table(
        "denied_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "vacation",
                "day_off",
                "no_call",
                "call",
                "rotation",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("reason", sqlmodel.AutoString(), nullable=False),
        sa.Column("blocking", sqlmodel.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_denied_request_person_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["schedule_version.id"],
            name=op.f("fk_denied_request_version_id_schedule_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_denied_request")),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_denied_request_version_id_position")),
    )
    op.create_index(op.f("ix_denied_request_person_id"), "denied_request", ["person_id"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sqlmodel.AutoString(length=40), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "hard", "soft", "info", name="severity", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("window_start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sqlmodel.AutoString(length=200), nullable=False),
        sa.Column("limit", sqlmodel.AutoString(length=200), nullable=False),
        sa.Column("clause", sqlmodel.AutoString(length=200), nullable=False),
        sa.Column("message", sqlmodel.AutoString(), nullable=False),
        sa.Column("entries", sqlmodel.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_finding_person_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["schedule_version.id"],
            name=op.f("fk_finding_version_id_schedule_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_person_id"), "finding", ["person_id"], unique=False)
    op.create_index("ix_finding_version", "finding", ["version_id", "position"], unique=True)
    op.create_table(
        "run",
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("generate", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "succeeded",
                "infeasible",
                "failed",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.Enum(
                "year", "daily", "both", name="scope", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("academic_blocks", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("time_limit_seconds", sa.Integer(), nullable=False),
        sa.Column("deterministic_limit", sa.Float(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("allow_unmet", sa.Boolean(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("base_version_id", sa.Uuid(), nullable=True),
        sa.Column("result_version_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("request_id", sqlmodel.AutoString(length=80), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("phase", sqlmodel.AutoString(length=200), nullable=False),
        sa.Column("fraction", sa.Float(), nullable=False),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("progress_number", sa.Integer(), nullable=False),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "(state IN ('queued', 'running')) = (finished_at IS NULL)", name=op.f("ck_run_finished_at_set")
        ),
        sa.CheckConstraint("time_limit_seconds > 0", name=op.f("ck_run_time_limit_positive")),
        sa.CheckConstraint("workers > 0", name=op.f("ck_run_workers_positive")),
        sa.ForeignKeyConstraint(
            ["base_version_id"],
            ["schedule_version.id"],
            name=op.f("fk_run_base_version_id_schedule_version"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_run_program_id_program"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"],
            ["user_account.id"],
            name=op.f("fk_run_requested_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["result_version_id"],
            ["schedule_version.id"],
            name=op.f("fk_run_result_version_id_schedule_version"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedule.id"], name=op.f("fk_run_schedule_id_schedule"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["input_snapshot.id"],
            name=op.f("fk_run_snapshot_id_input_snapshot"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index(
        "ix_run_active",
        "run",
        ["state"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index(op.f("ix_run_base_version_id"), "run", ["base_version_id"], unique=False)
    op.create_index(op.f("ix_run_program_id"), "run", ["program_id"], unique=False)
    op.create_index(op.f("ix_run_result_version_id"), "run", ["result_version_id"], unique=False)
    op.create_index(op.f("ix_run_schedule_id"), "run", ["schedule_id"], unique=False)
    op.create_index(
        "uq_run_one_active_per_schedule",
        "run",
        ["schedule_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "unmet_demand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "staffing",
                "call",
                "coverage",
                name="what",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("item", sqlmodel.AutoString(length=200), nullable=False),
        sa.Column("date_or_block", sqlmodel.AutoString(length=20), nullable=False),
        sa.Column(
            "session",
            sa.Enum(
                "AM", "PM", "NIGHT", name="session", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("pgys", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("got", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["schedule_version.id"],
            name=op.f("fk_unmet_demand_version_id_schedule_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmet_demand")),
    )
    op.create_table(
        "vacation_week",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("week_start_date", sa.Date(), nullable=False),
        sa.Column("request_rank", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_vacation_week_person_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["schedule_version.id"],
            name=op.f("fk_vacation_week_version_id_schedule_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "person_id", "week_start_date", name=op.f("pk_vacation_week")),
    )
    op.create_table(
        "year_assignment",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("academic_block", sa.Integer(), nullable=False),
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_year_assignment_person_id_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["rotation_id"],
            ["rotation.id"],
            name=op.f("fk_year_assignment_rotation_id_rotation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["schedule_version.id"],
            name=op.f("fk_year_assignment_version_id_schedule_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "person_id", "academic_block", name=op.f("pk_year_assignment")),
    )
    op.create_index(op.f("ix_year_assignment_rotation_id"), "year_assignment", ["rotation_id"], unique=False)
    op.create_table(
        "run_event",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sqlmodel.AutoString(length=40), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_run_event_run_id_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_run_event")),
    )

    for statement in (UUID_HALVES, NO_OVERLAP, ONE_PUBLISHED, KEEP_CONTENT, KEEP_VERSIONS):
        op.execute(statement)
    for table in CONTENT_TABLES:
        keep_content_of(table)


def downgrade() -> None:
    op.drop_table("run_event")
    op.drop_index(op.f("ix_year_assignment_rotation_id"), table_name="year_assignment")
    op.drop_table("year_assignment")
    op.drop_table("vacation_week")
    op.drop_table("unmet_demand")
    op.drop_index(
        "uq_run_one_active_per_schedule",
        table_name="run",
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.drop_index(op.f("ix_run_schedule_id"), table_name="run")
    op.drop_index(op.f("ix_run_result_version_id"), table_name="run")
    op.drop_index(op.f("ix_run_program_id"), table_name="run")
    op.drop_index(op.f("ix_run_base_version_id"), table_name="run")
    op.drop_index(
        "ix_run_active", table_name="run", postgresql_where=sa.text("state IN ('queued', 'running')")
    )
    op.drop_table("run")
    op.drop_index("ix_finding_version", table_name="finding")
    op.drop_index(op.f("ix_finding_person_id"), table_name="finding")
    op.drop_table("finding")
    op.drop_index(op.f("ix_denied_request_person_id"), table_name="denied_request")
    op.drop_table("denied_request")
    op.drop_index(
        "uq_assignment_one_jeopardy", table_name="assignment", postgresql_where=sa.text("kind = 'jeopardy'")
    )
    op.drop_index("ix_assignment_version_person", table_name="assignment")
    op.drop_index("ix_assignment_version_date", table_name="assignment")
    op.drop_index(op.f("ix_assignment_rotation_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_person_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_call_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_schedule_version_program_id"), table_name="schedule_version")
    op.drop_index(op.f("ix_schedule_version_based_on_id"), table_name="schedule_version")
    op.drop_table("schedule_version")
    op.drop_index(op.f("ix_schedule_program_id"), table_name="schedule")
    op.drop_table("schedule")
    op.drop_table("input_snapshot")
    op.execute("DROP FUNCTION refuse_change_of_published_content")
    op.execute("DROP FUNCTION refuse_change_of_published_version")
    op.execute("DROP FUNCTION uuid_high, uuid_low")
