"""The rules a program goes by: overrides, approvals and waivers.

Revision: rules
Follows: schedules
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

revision: str = "rules"
down_revision: str | Sequence[str] | None = "schedules"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_rule_override()
    _create_rule_approval()
    _create_waiver()


def downgrade() -> None:
    for table in ("waiver", "rule_approval", "rule_override"):
        op.drop_table(table)


def _create_rule_override() -> None:
    _create_input(
        "rule_override",
        sa.Column("pack", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(64), nullable=True),
        sa.Column("parameter", sa.String(64), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        *_reason_and_dates("rule_override"),
        _check("rule_override", "value_kind", "jsonb_typeof(value) IN ('number', 'boolean')"),
    )


def _create_rule_approval() -> None:
    _create_input(
        "rule_approval",
        sa.Column("kind", sa.String(40), nullable=False),
        *_within_program("rule_approval", "person_id", "person"),
        *_within_program("rule_approval", "rotation_id", "rotation"),
        sa.Column("group_name", sa.String(64), nullable=True),
        sa.Column("weekly_minutes", sa.Integer(), nullable=True),
        *_reason_and_dates("rule_approval"),
        _check(
            "rule_approval", "kind", "kind IN ('hours_exception', 'moonlighting', 'indirect_supervision')"
        ),
        _check("rule_approval", "rotation_or_group", "num_nonnulls(rotation_id, group_name) <= 1"),
        _check(
            "rule_approval",
            "complete_for_its_kind",
            "CASE WHEN kind = 'hours_exception'"
            " THEN num_nonnulls(rotation_id, group_name) = 1 AND weekly_minutes IS NOT NULL"
            " ELSE person_id IS NOT NULL END",
        ),
        _check("rule_approval", "weekly_minutes_positive", "weekly_minutes > 0"),
    )


def _create_waiver() -> None:
    op.create_table(
        "waiver",
        *_id_and_timestamps(),
        *_program_id("waiver"),
        *_within_program("waiver", "person_id", "person", required=True),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("window_start_at", _INSTANT, nullable=False),
        sa.Column("window_end_at", _INSTANT, nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("limit", sa.Numeric(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("expires_date", sa.Date(), nullable=True),
        *_user("waiver", "granted_by"),
        sa.Column("granted_by_name", sa.String(), nullable=False),
        sa.Column("revoked_at", _INSTANT, nullable=True),
        *_user("waiver", "revoked_by"),
        sa.Column("revocation_reason", sa.String(), nullable=True),
        _check("waiver", "window_in_order", "window_end_at > window_start_at"),
    )
    op.create_index(op.f("ix_waiver_program_id_person_id"), "waiver", ["program_id", "person_id"])


def _create_input(table: str, *items: SchemaItem) -> None:
    """A table of one file: its program, its place in the file, its revision, and its own columns."""
    op.create_table(
        table,
        *_id_and_timestamps(),
        *_program_id(table),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *items,
    )
    op.create_index(op.f(f"ix_{table}_program_id_position"), table, ["program_id", "position"])


def _id_and_timestamps() -> tuple[SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), primary_key=True),
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


def _within_program(
    table: str, column: str, target: str, *, required: bool = False
) -> tuple[SchemaItem, ...]:
    """A reference that can never leave the program: the other row's program is part of the key."""
    return (
        sa.Column(column, sa.Uuid(), nullable=not required),
        sa.ForeignKeyConstraint(
            ["program_id", column],
            [f"{target}.program_id", f"{target}.id"],
            name=op.f(f"fk_{table}_program_id_{column}_{target}"),
        ),
    )


def _user(table: str, column: str) -> tuple[SchemaItem, ...]:
    return (
        sa.Column(column, sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            [column],
            ["user_account.id"],
            name=op.f(f"fk_{table}_{column}_user_account"),
            ondelete="SET NULL",
        ),
    )


def _reason_and_dates(table: str) -> tuple[SchemaItem, ...]:
    return (
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        _check(table, "dates_in_order", "end_date >= start_date"),
    )


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))
