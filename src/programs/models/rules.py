"""What the program sets otherwise than its rule packs, and what it is allowed."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import CheckConstraint, Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from src.interchange import model as values
from src.models import Table, enum_type
from src.programs.models.base import InputRow, in_file_order, within_program


class RuleOverride(Table, InputRow, table=True):
    """A parameter of a rule pack, or of one of its rules, that holds otherwise here; both dates inclusive.

    `pack` is the pack's id without a version; `value` a whole number in the parameter's unit, or yes or no.
    """

    __tablename__ = "rule_override"
    __table_args__ = (
        in_file_order(),
        CheckConstraint("end_date >= start_date", name="dates_in_order"),
        CheckConstraint("jsonb_typeof(value) IN ('number', 'boolean')", name="value_kind"),
    )

    pack: str = Field(max_length=64)
    rule: str | None = Field(default=None, max_length=64)
    parameter: str = Field(max_length=64)
    value: int | bool = Field(sa_column=Column(JSONB, nullable=False))
    reason: str
    approved_by: str
    start_date: dt.date
    end_date: dt.date


class RuleApproval(Table, InputRow, table=True):
    """An approval on record; hours are a rotation's, everything else is a person's. Both dates inclusive."""

    __tablename__ = "rule_approval"
    __table_args__ = (
        within_program("person_id", "person"),
        within_program("rotation_id", "rotation"),
        in_file_order(),
        CheckConstraint("num_nonnulls(rotation_id, group_name) <= 1", name="rotation_or_group"),
        CheckConstraint(
            "CASE WHEN kind = 'hours_exception'"
            " THEN num_nonnulls(rotation_id, group_name) = 1 AND weekly_minutes IS NOT NULL"
            " ELSE person_id IS NOT NULL END",
            name="complete_for_its_kind",
        ),
        CheckConstraint("weekly_minutes > 0", name="weekly_minutes_positive"),
        CheckConstraint("end_date >= start_date", name="dates_in_order"),
    )

    kind: values.RuleApprovalKind = Field(sa_type=enum_type(values.RuleApprovalKind, "kind"))
    person_id: UUID | None = None
    rotation_id: UUID | None = None
    group_name: str | None = Field(default=None, max_length=64)
    weekly_minutes: int | None = None
    reason: str
    approved_by: str
    start_date: dt.date
    end_date: dt.date
