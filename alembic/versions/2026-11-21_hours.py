"""Hours that residents worked and logged.

Revision: hours
Follows: rules
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "hours"
down_revision: str | Sequence[str] | None = "rules"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_DUTY_TYPES = (
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
)

_ONE_SHEET_A_DATE = """
ALTER TABLE hour_sheet ADD CONSTRAINT ex_hour_sheet_one_a_date EXCLUDE USING gist (
    int8range(uuid_low(person_id), uuid_low(person_id), '[]') WITH &&,
    int8range(uuid_high(person_id), uuid_high(person_id), '[]') WITH &&,
    daterange(start_date, end_date, '[]') WITH &&
)
"""

_KEEP_CLOSED = """
CREATE FUNCTION refuse_change_of_closed_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet hour_sheet%ROWTYPE;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT * INTO sheet FROM hour_sheet WHERE id = OLD.sheet_id;
        IF sheet.state IN ('submitted', 'locked') THEN
            RAISE EXCEPTION 'hours of a sheet that is % do not change', sheet.state
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
    END IF;
    SELECT * INTO sheet FROM hour_sheet WHERE id = NEW.sheet_id;
    IF sheet.state IN ('submitted', 'locked') THEN
        RAISE EXCEPTION 'a sheet that is % takes no hours', sheet.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.date NOT BETWEEN sheet.start_date AND sheet.end_date THEN
        RAISE EXCEPTION 'the date % lies outside of the sheet', NEW.date USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$
"""
_ENTRIES_KEEP = """
CREATE TRIGGER hour_entry_keep_closed BEFORE INSERT OR UPDATE OR DELETE ON hour_entry
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_closed_sheet()
"""

_KEEP_HANDED_IN = """
CREATE FUNCTION refuse_removal_of_handed_in_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'open' THEN
            RAISE EXCEPTION 'a sheet that was handed in is not removed' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.person_id, OLD.program_id, OLD.start_date, OLD.end_date)
        IS DISTINCT FROM (NEW.person_id, NEW.program_id, NEW.start_date, NEW.end_date) THEN
        RAISE EXCEPTION 'a sheet keeps its person and dates' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('open', 'submitted'), ('reopened', 'submitted'), ('submitted', 'locked'),
        ('submitted', 'reopened'), ('locked', 'reopened')
    ) THEN
        RAISE EXCEPTION 'a sheet does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""
_SHEETS_KEEP = """
CREATE TRIGGER hour_sheet_keep_handed_in BEFORE UPDATE OR DELETE ON hour_sheet
FOR EACH ROW EXECUTE FUNCTION refuse_removal_of_handed_in_sheet()
"""


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _id_and_timestamps() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        _instant("created_at", server_default=sa.text("now()"), nullable=False),
        _instant("updated_at", server_default=sa.text("now()"), nullable=False),
    )


def _instant(
    name: str, *, nullable: bool = True, server_default: sa.TextClause | None = None
) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=server_default)


def upgrade() -> None:
    _create_sheets()
    _create_entries()
    for statement in (_ONE_SHEET_A_DATE, _KEEP_CLOSED, _ENTRIES_KEEP, _KEEP_HANDED_IN, _SHEETS_KEEP):
        op.execute(statement)


def _create_sheets() -> None:
    op.create_table(
        "hour_sheet",
        *_id_and_timestamps(),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit", _choice("unit", "academic_block", "week"), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("state", _choice("state", "open", "submitted", "locked", "reopened"), nullable=False),
        _instant("prefilled_until"),
        _instant("submitted_at"),
        _instant("locked_at"),
        _instant("reopened_at"),
        sa.Column("reopen_reason", sqlmodel.AutoString(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("end_date >= start_date", name=op.f("ck_hour_sheet_dates_in_order")),
        sa.CheckConstraint(
            "unit <> 'week' OR end_date - start_date <= 6", name=op.f("ck_hour_sheet_week_of_seven_days")
        ),
        sa.CheckConstraint(
            "(state IN ('submitted', 'locked')) = (submitted_at IS NOT NULL)",
            name=op.f("ck_hour_sheet_submitted_at_set"),
        ),
        sa.CheckConstraint(
            "(state = 'locked') = (locked_at IS NOT NULL)", name=op.f("ck_hour_sheet_locked_at_set")
        ),
        sa.CheckConstraint(
            "(reopened_at IS NULL) = (reopen_reason IS NULL)",
            name=op.f("ck_hour_sheet_reopened_with_reason"),
        ),
        sa.CheckConstraint(
            "state <> 'reopened' OR reopened_at IS NOT NULL", name=op.f("ck_hour_sheet_reopened_at_set")
        ),
        sa.CheckConstraint(
            "state <> 'open' OR reopened_at IS NULL", name=op.f("ck_hour_sheet_open_was_never_closed")
        ),
        sa.CheckConstraint("reopen_reason ~ '\\S'", name=op.f("ck_hour_sheet_reason_says_something")),
        sa.ForeignKeyConstraint(
            ["program_id"],
            ["program.id"],
            name=op.f("fk_hour_sheet_program_id_program"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["program_id", "person_id"],
            ["person.program_id", "person.id"],
            name=op.f("fk_hour_sheet_program_id_person_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_sheet")),
        sa.UniqueConstraint("id", "person_id", name=op.f("uq_hour_sheet_id_person_id")),
    )
    op.create_index(
        op.f("ix_hour_sheet_program_id_person_id_start_date"),
        "hour_sheet",
        ["program_id", "person_id", "start_date"],
    )


def _create_entries() -> None:
    op.create_table(
        "hour_entry",
        *_id_and_timestamps(),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        _instant("start_at", nullable=False),
        _instant("end_at", nullable=False),
        sa.Column("duty_type", _choice("duty_type", *_DUTY_TYPES), nullable=False),
        sa.Column("reason", sqlmodel.AutoString(), nullable=True),
        sa.Column(
            "origin",
            _choice("origin", "prefilled", "confirmed", "changed", "logged", "imported"),
            nullable=False,
        ),
        _instant("planned_start_at"),
        _instant("planned_end_at"),
        sa.Column("planned_duty_type", _choice("planned_duty_type", *_DUTY_TYPES), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("end_at > start_at", name=op.f("ck_hour_entry_ends_after_start")),
        sa.CheckConstraint(
            "end_at - start_at <= CASE WHEN duty_type IN ('home_call_availability', 'jeopardy')"
            " THEN interval '168 hours' ELSE interval '48 hours' END",
            name=op.f("ck_hour_entry_not_too_long"),
        ),
        sa.CheckConstraint(
            "end_at <= updated_at + interval '15 minutes'", name=op.f("ck_hour_entry_not_in_the_future")
        ),
        sa.CheckConstraint(
            "duty_type <> 'resident_elected_extension' OR (reason IS NOT NULL AND reason ~ '\\S')",
            name=op.f("ck_hour_entry_extension_has_reason"),
        ),
        sa.CheckConstraint(
            "(origin IN ('prefilled', 'confirmed', 'changed')) = (planned_start_at IS NOT NULL)"
            " AND num_nulls(planned_start_at, planned_end_at, planned_duty_type) IN (0, 3)",
            name=op.f("ck_hour_entry_copy_knows_the_plan"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id", "person_id"],
            ["hour_sheet.id", "hour_sheet.person_id"],
            name=op.f("fk_hour_entry_sheet_id_person_id_hour_sheet"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_entry")),
        sa.UniqueConstraint(
            "person_id",
            "start_at",
            "end_at",
            "duty_type",
            name=op.f("uq_hour_entry_person_id_start_at_end_at_duty_type"),
        ),
    )
    op.create_index(op.f("ix_hour_entry_sheet_id_start_at"), "hour_entry", ["sheet_id", "start_at"])


def downgrade() -> None:
    op.drop_table("hour_entry")
    op.drop_table("hour_sheet")
    op.execute("DROP FUNCTION refuse_change_of_closed_sheet, refuse_removal_of_handed_in_sheet")
