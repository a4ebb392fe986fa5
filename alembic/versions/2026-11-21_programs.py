"""Programs and their inputs, one table for each file of the program folder.

Also ties `program_membership` to the program and the person it speaks of.

Revision: programs
Follows: auth
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

revision: str = "programs"
down_revision: str | Sequence[str] | None = "auth"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INSTANT = sa.DateTime(timezone=True)
_INTEGERS = sa.ARRAY(sa.Integer())

_SESSIONS = ("AM", "PM", "NIGHT")
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

_TABLES = (
    "person",
    "rotation",
    "call",
    "rotation_template",
    "staffing",
    "coverage",
    "requirement",
    "succession",
    "call_rotation",
    "clinic",
    "request",
    "absence",
    "pin",
    "history_interval",
    "history_count",
    "objective_tier",
)


def upgrade() -> None:
    _create_program()
    _create_people_rotations_and_calls()
    _create_demand()
    _create_rules_of_the_year()
    _create_roster()
    _create_history()
    op.create_foreign_key(
        op.f("fk_program_membership_program_id_program"),
        "program_membership",
        "program",
        ["program_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        op.f("fk_program_membership_person_id_person"),
        "program_membership",
        "person",
        ["person_id"],
        ["id"],
        ondelete="SET NULL",
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("fk_program_membership_person_id_person"), "program_membership", type_="foreignkey"
    )
    op.drop_constraint(
        op.f("fk_program_membership_program_id_program"), "program_membership", type_="foreignkey"
    )
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.drop_table("program")


def _create_program() -> None:
    op.create_table(
        "program",
        *_id_and_timestamps(),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("specialty", sa.String(), nullable=True),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("year_start_date", sa.Date(), nullable=False),
        sa.Column("block_days", _INTEGERS, nullable=False),
        sa.Column("rule_packs", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("holidays", sa.ARRAY(sa.Date()), nullable=False),
        sa.Column("vacation_weeks", postgresql.JSONB(), nullable=False),
        sa.Column("max_on_vacation", sa.Integer(), nullable=True),
        sa.Column("archived_at", _INSTANT, nullable=True),
        _revision("revision"),
        _revision("inputs_revision"),
        _check("program", "blocks_have_days", "cardinality(block_days) > 0 AND 0 < ALL (block_days)"),
        _check("program", "max_on_vacation_not_negative", "max_on_vacation >= 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
    )
    op.create_index(op.f("ix_program_code"), "program", ["code"])
    op.create_index(op.f("ix_program_name"), "program", ["name"])
    _create_input(
        "objective_tier",
        sa.Column("terms", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("weights", sa.ARRAY(sa.Numeric()), nullable=False),
        sa.Column("vacation_rank", sa.ARRAY(sa.Numeric()), nullable=True),
        _check("objective_tier", "a_weight_for_each_term", "cardinality(terms) = cardinality(weights)"),
    )


def _create_people_rotations_and_calls() -> None:
    _create_input(
        "person",
        *_code_and_name("person"),
        *_choice("person", "kind", "resident", "faculty"),
        sa.Column("pgy", sa.Integer(), nullable=True),
        sa.Column("track", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        _check("person", "pgy_for_residents", "(kind = 'resident') = (pgy IS NOT NULL)"),
        _check("person", "pgy_positive", "pgy > 0"),
        _check("person", "dates_in_order", "end_date >= start_date"),
    )
    _create_input(
        "rotation",
        *_code_and_name("rotation"),
        *_choice(
            "rotation",
            "setting",
            "inpatient",
            "outpatient",
            "elective",
            "night_float",
            "research",
            "leave",
        ),
        sa.Column("site", sa.String(), nullable=True),
        sa.Column("vacation_weeks_max", sa.Integer(), nullable=False),
        sa.Column("clinic", sa.Boolean(), nullable=False),
        sa.Column("max_consecutive", sa.Integer(), nullable=True),
        sa.Column("group_name", sa.String(64), nullable=True),
        sa.Column("max_days_off", sa.Integer(), nullable=True),
        _check("rotation", "vacation_weeks_max_not_negative", "vacation_weeks_max >= 0"),
        _check("rotation", "max_consecutive_positive", "max_consecutive > 0"),
        _check("rotation", "max_days_off_not_negative", "max_days_off >= 0"),
    )
    _create_input(
        "call",
        *_code_and_name("call"),
        *_choice("call", "duty_type", *_DUTY_TYPES),
        *_weekdays("call"),
        *_choice("call", "holidays", "0", "1", "only"),
        *_start_and_minutes("call"),
        sa.Column("handover_minutes", sa.Integer(), nullable=False),
        _check("call", "handover_minutes_not_negative", "handover_minutes >= 0"),
        *_least_and_most("call", "min", "max"),
        *_numbers("call", "pgys"),
        sa.Column("points", sa.Numeric(), nullable=False),
        *_choice("call", "post_call", "none", "off_after", "day_off"),
    )
    op.create_table(
        "call_rotation",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_program_id("call_rotation"),
        *_rotation_or_group("call_rotation"),
        sa.ForeignKeyConstraint(
            ["program_id", "call_id"],
            ["call.program_id", "call.id"],
            name=op.f("fk_call_rotation_program_id_call_id_call"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", "position", name=op.f("pk_call_rotation")),
    )
    op.create_index(op.f("ix_call_rotation_program_id"), "call_rotation", ["program_id"])


def _create_demand() -> None:
    _create_input(
        "rotation_template",
        *_reference("rotation_template", "rotation_id", "rotation"),
        *_weekdays("rotation_template"),
        *_choice("rotation_template", "session", *_SESSIONS),
        *_start_and_minutes("rotation_template"),
        *_choice("rotation_template", "duty_type", *_DUTY_TYPES),
        sa.Column("may_be_off", sa.Boolean(), nullable=False),
        sa.Column("holidays", sa.Boolean(), nullable=False),
    )
    _create_input(
        "staffing",
        *_rotation_or_group("staffing"),
        *_weekdays("staffing"),
        *_choice("staffing", "session", *_SESSIONS),
        *_numbers("staffing", "pgys"),
        *_least_and_most("staffing", "min", "max"),
    )
    _create_input(
        "coverage",
        *_rotation_or_group("coverage"),
        *_numbers("coverage", "pgys"),
        *_numbers("coverage", "blocks"),
        *_least_and_most("coverage", "min", "max"),
    )


def _create_rules_of_the_year() -> None:
    _create_input(
        "requirement",
        *_numbers("requirement", "pgys"),
        sa.Column("track", sa.String(), nullable=True),
        *_rotation_or_group("requirement"),
        *_least_and_most("requirement", "min_blocks", "max_blocks"),
        sa.Column("first_block", sa.Integer(), nullable=True),
        sa.Column("last_block", sa.Integer(), nullable=True),
        _check("requirement", "first_block_positive", "first_block > 0"),
        _check("requirement", "last_block_positive", "last_block > 0"),
        _check("requirement", "blocks_in_order", "last_block >= first_block"),
    )
    _create_input(
        "succession",
        *_rotation_or_group("succession", "from_"),
        *_rotation_or_group("succession", "to_"),
        *_numbers("succession", "pgys"),
    )


def _create_roster() -> None:
    _create_input(
        "clinic",
        *_reference("clinic", "person_id", "person"),
        sa.Column("weekday", sa.Integer(), nullable=False),
        *_choice("clinic", "session", *_SESSIONS),
        *_start_and_minutes("clinic"),
        sa.Column("max_at_once", sa.Integer(), nullable=False),
        _check("clinic", "weekday_in_week", "weekday BETWEEN 0 AND 6"),
        _check("clinic", "max_at_once_not_negative", "max_at_once >= 0"),
    )
    _create_input(
        "request",
        *_reference("request", "person_id", "person"),
        *_choice("request", "kind", "vacation", "day_off", "no_call", "call", "rotation"),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        *_rotation_or_group("request", required=False),
        sa.Column("block", sa.Integer(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=True),
        _check(
            "request",
            "complete_for_its_kind",
            "CASE WHEN kind = 'rotation' THEN block IS NOT NULL AND num_nonnulls(rotation_id, group_name) = 1"
            " ELSE start_date IS NOT NULL END",
        ),
        _check("request", "rank_positive", "rank > 0"),
        _check("request", "block_positive", "block > 0"),
        _check("request", "dates_in_order", "end_date >= start_date"),
    )
    _create_input(
        "absence",
        *_reference("absence", "person_id", "person"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        *_choice("absence", "status", "approved", "requested", "rejected", "cancelled"),
        _check("absence", "dates_in_order", "end_date >= start_date"),
    )
    _create_input(
        "pin",
        *_reference("pin", "person_id", "person"),
        sa.Column("block", sa.Integer(), nullable=True),
        *_rotation_or_group("pin", required=False),
        sa.Column("date", sa.Date(), nullable=True),
        *_reference("pin", "call_id", "call", required=False),
        _check(
            "pin",
            "rotation_or_call",
            "(block IS NULL) = (num_nonnulls(rotation_id, group_name) = 0)"
            " AND (date IS NULL) = (call_id IS NULL) AND (block IS NULL) <> (date IS NULL)",
        ),
        _check("pin", "block_positive", "block > 0"),
    )


def _create_history() -> None:
    _create_input(
        "history_interval",
        *_reference("history_interval", "person_id", "person"),
        sa.Column("start_at", _INSTANT, nullable=False),
        sa.Column("end_at", _INSTANT, nullable=False),
        *_choice("history_interval", "duty_type", *_DUTY_TYPES),
        _check("history_interval", "ends_after_start", "end_at > start_at"),
    )
    _create_input(
        "history_count",
        *_reference("history_count", "person_id", "person"),
        *_choice("history_count", "kind", "nights", "weekends", "holidays", "points", "jeopardy"),
        sa.Column("count", sa.Numeric(), nullable=False),
    )


def _create_input(table: str, *items: SchemaItem) -> None:
    """A table of one file: its program, its place in the file, its revision, and its own columns."""
    op.create_table(
        table,
        *_id_and_timestamps(),
        *_program_id(table),
        sa.Column("position", sa.Integer(), nullable=False),
        _revision("revision"),
        *items,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_program_id_position"), table, ["program_id", "position"])


def _id_and_timestamps() -> tuple[SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", _INSTANT, server_default=sa.func.now(), nullable=False),
    )


def _program_id(table: str) -> tuple[SchemaItem, ...]:
    return (
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f(f"fk_{table}_program_id_program"), ondelete="CASCADE"
        ),
    )


def _revision(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("1"), nullable=False)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _code_and_name(table: str) -> tuple[SchemaItem, ...]:
    return (
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.UniqueConstraint("program_id", "code", name=op.f(f"uq_{table}_program_id_code")),
        sa.UniqueConstraint("program_id", "id", name=op.f(f"uq_{table}_program_id_id")),
    )


def _choice(table: str, column: str, *words: str) -> tuple[SchemaItem, ...]:
    listed = ", ".join(f"'{word}'" for word in words)
    return (
        sa.Column(column, sa.String(40), nullable=False),
        _check(table, column, f"{column} IN ({listed})"),
    )


def _reference(table: str, column: str, target: str, *, required: bool = True) -> tuple[SchemaItem, ...]:
    """A reference that can never leave the program."""
    return (
        sa.Column(column, sa.Uuid(), nullable=not required),
        sa.ForeignKeyConstraint(
            ["program_id", column],
            [f"{target}.program_id", f"{target}.id"],
            name=op.f(f"fk_{table}_program_id_{column}_{target}"),
        ),
    )


def _rotation_or_group(table: str, prefix: str = "", *, required: bool = True) -> tuple[SchemaItem, ...]:
    count = "= 1" if required else "<= 1"
    return (
        *_reference(table, f"{prefix}rotation_id", "rotation", required=False),
        sa.Column(f"{prefix}group_name", sa.String(64), nullable=True),
        _check(
            table,
            f"{prefix}rotation_or_group",
            f"num_nonnulls({prefix}rotation_id, {prefix}group_name) {count}",
        ),
    )


def _weekdays(table: str) -> tuple[SchemaItem, ...]:
    return (
        sa.Column("weekdays", _INTEGERS, nullable=False),
        _check(table, "weekdays_in_week", "weekdays <@ ARRAY[0, 1, 2, 3, 4, 5, 6]"),
    )


def _start_and_minutes(table: str) -> tuple[SchemaItem, ...]:
    return (
        sa.Column("start", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        _check(table, "minutes_positive", "minutes > 0"),
    )


def _numbers(table: str, column: str) -> tuple[SchemaItem, ...]:
    return (
        sa.Column(column, _INTEGERS, nullable=False),
        _check(table, f"{column}_positive", f"0 < ALL ({column})"),
    )


def _least_and_most(table: str, least: str, most: str) -> tuple[SchemaItem, ...]:
    return (
        sa.Column(least, sa.Integer(), nullable=False),
        sa.Column(most, sa.Integer(), nullable=True),
        _check(table, f"{least}_to_{most}", f"{least} >= 0 AND ({most} IS NULL OR {most} >= {least})"),
    )
