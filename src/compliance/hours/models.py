"""Tables of worked hours: sheets of one resident, and the entries in them.

The migration adds what no model can say: no two sheets of a person share a date (an exclusion constraint),
entries of a sheet that is handed in do not change, an entry starts on a date of its sheet (triggers).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from src.compliance.hours.constants import EntryOrigin, SheetState, SheetUnit
from src.interchange.model import DutyType
from src.models import HasId, HasTimestamps, Table, enum_type
from src.programs.models.base import within_program


def _instant(*, nullable: bool = True) -> Column[dt.datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


class HourSheet(Table, HasId, HasTimestamps, table=True):
    """The hours of one resident from one local date to another, both included; never beyond a block.

    `prefilled_until` is the instant up to which the schedule was copied. `revision` moves with every change
    of the sheet or of an entry in it. `reopen_reason` stays after the sheet is handed in again.
    """

    __tablename__ = "hour_sheet"
    __table_args__ = (
        UniqueConstraint("id", "person_id"),
        within_program("person_id", "person"),
        CheckConstraint("end_date >= start_date", name="dates_in_order"),
        CheckConstraint("unit <> 'week' OR end_date - start_date <= 6", name="week_of_seven_days"),
        CheckConstraint(
            "(state IN ('submitted', 'locked')) = (submitted_at IS NOT NULL)", name="submitted_at_set"
        ),
        CheckConstraint("(state = 'locked') = (locked_at IS NOT NULL)", name="locked_at_set"),
        CheckConstraint("(reopened_at IS NULL) = (reopen_reason IS NULL)", name="reopened_with_reason"),
        CheckConstraint("state <> 'reopened' OR reopened_at IS NOT NULL", name="reopened_at_set"),
        CheckConstraint("state <> 'open' OR reopened_at IS NULL", name="open_was_never_closed"),
        CheckConstraint("reopen_reason ~ '\\S'", name="reason_says_something"),
        Index(None, "program_id", "person_id", "start_date"),
    )

    program_id: UUID = Field(foreign_key="program.id", ondelete="RESTRICT")
    person_id: UUID
    unit: SheetUnit = Field(sa_column=Column(enum_type(SheetUnit, "unit"), nullable=False))
    start_date: dt.date
    end_date: dt.date
    state: SheetState = Field(
        default=SheetState.OPEN, sa_column=Column(enum_type(SheetState, "state"), nullable=False)
    )
    prefilled_until: dt.datetime | None = Field(default=None, sa_column=_instant())
    submitted_at: dt.datetime | None = Field(default=None, sa_column=_instant())
    locked_at: dt.datetime | None = Field(default=None, sa_column=_instant())
    reopened_at: dt.datetime | None = Field(default=None, sa_column=_instant())
    reopen_reason: str | None = None
    revision: int = Field(default=1)


class HourEntry(Table, HasId, HasTimestamps, table=True):
    """One stretch of worked time; half-open, UTC instants. `date` is the local date of its start.

    Entries of one person may overlap (that is told as a data finding), but none is there twice. What was
    planned is kept beside a copy of the schedule.
    """

    __tablename__ = "hour_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["sheet_id", "person_id"], ["hour_sheet.id", "hour_sheet.person_id"], ondelete="CASCADE"
        ),
        UniqueConstraint("person_id", "start_at", "end_at", "duty_type"),
        CheckConstraint("end_at > start_at", name="ends_after_start"),
        CheckConstraint(
            "end_at - start_at <= CASE WHEN duty_type IN ('home_call_availability', 'jeopardy')"
            " THEN interval '168 hours' ELSE interval '48 hours' END",
            name="not_too_long",
        ),
        CheckConstraint("end_at <= updated_at + interval '15 minutes'", name="not_in_the_future"),
        CheckConstraint(
            "duty_type <> 'resident_elected_extension' OR (reason IS NOT NULL AND reason ~ '\\S')",
            name="extension_has_reason",
        ),
        CheckConstraint(
            "(origin IN ('prefilled', 'confirmed', 'changed')) = (planned_start_at IS NOT NULL)"
            " AND num_nulls(planned_start_at, planned_end_at, planned_duty_type) IN (0, 3)",
            name="copy_knows_the_plan",
        ),
        Index(None, "sheet_id", "start_at"),
    )

    sheet_id: UUID
    person_id: UUID
    date: dt.date
    start_at: dt.datetime = Field(sa_column=_instant(nullable=False))
    end_at: dt.datetime = Field(sa_column=_instant(nullable=False))
    duty_type: DutyType = Field(sa_column=Column(enum_type(DutyType, "duty_type"), nullable=False))
    reason: str | None = None
    origin: EntryOrigin = Field(sa_column=Column(enum_type(EntryOrigin, "origin"), nullable=False))
    planned_start_at: dt.datetime | None = Field(default=None, sa_column=_instant())
    planned_end_at: dt.datetime | None = Field(default=None, sa_column=_instant())
    planned_duty_type: DutyType | None = Field(
        default=None, sa_column=Column(enum_type(DutyType, "planned_duty_type"), nullable=True)
    )
    revision: int = Field(default=1)
