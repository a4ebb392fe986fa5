"""The people and what is theirs: clinics, requests, absences, pins and what they did in earlier years."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Numeric, UniqueConstraint
from sqlmodel import Field

from src.interchange import model as values
from src.models import Table, enum_type
from src.programs.models.base import InputRow, in_file_order, within_program


class Person(Table, InputRow, table=True):
    """A resident (with a PGY) or a faculty member; the dates, both inclusive, say when they are there."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("program_id", "code"),
        UniqueConstraint("program_id", "id"),
        in_file_order(),
        CheckConstraint("(kind = 'resident') = (pgy IS NOT NULL)", name="pgy_for_residents"),
        CheckConstraint("pgy > 0", name="pgy_positive"),
        CheckConstraint("end_date >= start_date", name="dates_in_order"),
    )

    code: str = Field(max_length=64)
    name: str
    kind: values.PersonKind = Field(sa_type=enum_type(values.PersonKind, "kind"))
    pgy: int | None = None
    track: str | None = None
    email: str | None = None
    start_date: dt.date | None = None
    end_date: dt.date | None = None


class Clinic(Table, InputRow, table=True):
    """A person's continuity clinic half-day; `max_at_once` 0 = no cap."""

    __tablename__ = "clinic"
    __table_args__ = (
        within_program("person_id", "person"),
        in_file_order(),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_in_week"),
        CheckConstraint("minutes > 0", name="minutes_positive"),
        CheckConstraint("max_at_once >= 0", name="max_at_once_not_negative"),
    )

    person_id: UUID
    weekday: int
    session: values.Session = Field(sa_type=enum_type(values.Session, "session"))
    start: dt.time
    minutes: int
    max_at_once: int


class Request(Table, InputRow, table=True):
    """A wish of a person; which columns are set depends on its kind."""

    __tablename__ = "request"
    __table_args__ = (
        within_program("person_id", "person"),
        within_program("rotation_id", "rotation"),
        in_file_order(),
        CheckConstraint("num_nonnulls(rotation_id, group_name) <= 1", name="rotation_or_group"),
        CheckConstraint(
            "CASE WHEN kind = 'rotation' THEN block IS NOT NULL AND num_nonnulls(rotation_id, group_name) = 1"
            " ELSE start_date IS NOT NULL END",
            name="complete_for_its_kind",
        ),
        CheckConstraint("rank > 0", name="rank_positive"),
        CheckConstraint("block > 0", name="block_positive"),
        CheckConstraint("end_date >= start_date", name="dates_in_order"),
    )

    person_id: UUID
    kind: values.RequestKind = Field(sa_type=enum_type(values.RequestKind, "kind"))
    rank: int | None = None
    start_date: dt.date | None = None
    end_date: dt.date | None = None
    rotation_id: UUID | None = None
    group_name: str | None = Field(default=None, max_length=64)
    block: int | None = None
    weight: int | None = None


class Absence(Table, InputRow, table=True):
    """Leave that is a fact once approved; both dates inclusive."""

    __tablename__ = "absence"
    __table_args__ = (
        within_program("person_id", "person"),
        in_file_order(),
        CheckConstraint("end_date >= start_date", name="dates_in_order"),
    )

    person_id: UUID
    kind: str
    start_date: dt.date
    end_date: dt.date
    status: values.AbsenceStatus = Field(sa_type=enum_type(values.AbsenceStatus, "status"))


class Pin(Table, InputRow, table=True):
    """What the solver must keep: a person's rotation in an academic block, or their call on a date."""

    __tablename__ = "pin"
    __table_args__ = (
        within_program("person_id", "person"),
        within_program("rotation_id", "rotation"),
        within_program("call_id", "call"),
        in_file_order(),
        CheckConstraint(
            "(block IS NULL) = (num_nonnulls(rotation_id, group_name) = 0)"
            " AND (date IS NULL) = (call_id IS NULL) AND (block IS NULL) <> (date IS NULL)",
            name="rotation_or_call",
        ),
        CheckConstraint("num_nonnulls(rotation_id, group_name) <= 1", name="rotation_or_group"),
        CheckConstraint("block > 0", name="block_positive"),
    )

    person_id: UUID
    block: int | None = None
    rotation_id: UUID | None = None
    group_name: str | None = Field(default=None, max_length=64)
    date: dt.date | None = None
    call_id: UUID | None = None


class HistoryInterval(Table, InputRow, table=True):
    """Duty worked before the year; half-open, UTC instants."""

    __tablename__ = "history_interval"
    __table_args__ = (
        within_program("person_id", "person"),
        in_file_order(),
        CheckConstraint("end_at > start_at", name="ends_after_start"),
    )

    person_id: UUID
    start_at: dt.datetime = Field(sa_type=DateTime(timezone=True))
    end_at: dt.datetime = Field(sa_type=DateTime(timezone=True))
    duty_type: values.DutyType = Field(sa_type=enum_type(values.DutyType, "duty_type"))


class HistoryCount(Table, InputRow, table=True):
    """How many nights, weekends, … a person did in earlier years, for fairness."""

    __tablename__ = "history_count"
    __table_args__ = (within_program("person_id", "person"), in_file_order())

    person_id: UUID
    kind: values.HistoryCountKind = Field(sa_type=enum_type(values.HistoryCountKind, "kind"))
    count: Decimal = Field(sa_type=Numeric)
