"""What there is to do and by whom: rotations, their weeks, demand, rules of the year, calls."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    UniqueConstraint,
)
from sqlmodel import Field

from src.interchange import model as values
from src.models import Table, enum_type
from src.programs.models.base import (
    InputRow,
    in_file_order,
    least_not_above_most,
    one_rotation_or_group,
    positive_numbers,
    weekdays_in_week,
    within_program,
)


class Rotation(Table, InputRow, table=True):
    """What a trainee does for an academic block; `group_name` is a name that several rotations share."""

    __tablename__ = "rotation"
    __table_args__ = (
        UniqueConstraint("program_id", "code"),
        UniqueConstraint("program_id", "id"),
        in_file_order(),
        CheckConstraint("vacation_weeks_max >= 0", name="vacation_weeks_max_not_negative"),
        CheckConstraint("max_consecutive > 0", name="max_consecutive_positive"),
        CheckConstraint("max_days_off >= 0", name="max_days_off_not_negative"),
    )

    code: str = Field(max_length=64)
    name: str
    setting: values.Setting = Field(sa_type=enum_type(values.Setting, "setting"))
    site: str | None = None
    vacation_weeks_max: int
    clinic: bool
    max_consecutive: int | None = None
    group_name: str | None = Field(default=None, max_length=64)
    max_days_off: int | None = None


class RotationTemplate(Table, InputRow, table=True):
    """One session of a rotation's week: local start, elapsed minutes, what it counts as."""

    __tablename__ = "rotation_template"
    __table_args__ = (
        within_program("rotation_id", "rotation"),
        in_file_order(),
        weekdays_in_week(),
        CheckConstraint("minutes > 0", name="minutes_positive"),
    )

    rotation_id: UUID
    weekdays: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    session: values.Session = Field(sa_type=enum_type(values.Session, "session"))
    start: dt.time
    minutes: int
    duty_type: values.DutyType = Field(sa_type=enum_type(values.DutyType, "duty_type"))
    may_be_off: bool
    holidays: bool


class Staffing(Table, InputRow, table=True):
    """How many must be at work in a rotation's session, day by day."""

    __tablename__ = "staffing"
    __table_args__ = (
        within_program("rotation_id", "rotation"),
        in_file_order(),
        one_rotation_or_group(),
        weekdays_in_week(),
        positive_numbers("pgys"),
        least_not_above_most(),
    )

    rotation_id: UUID | None = None
    group_name: str | None = Field(default=None, max_length=64)
    weekdays: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    session: values.Session = Field(sa_type=enum_type(values.Session, "session"))
    pgys: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    min: int
    max: int | None = None


class Coverage(Table, InputRow, table=True):
    """How many are on a rotation, academic block by academic block."""

    __tablename__ = "coverage"
    __table_args__ = (
        within_program("rotation_id", "rotation"),
        in_file_order(),
        one_rotation_or_group(),
        positive_numbers("pgys"),
        positive_numbers("blocks"),
        least_not_above_most(),
    )

    rotation_id: UUID | None = None
    group_name: str | None = Field(default=None, max_length=64)
    pgys: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    blocks: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    min: int
    max: int | None = None


class Requirement(Table, InputRow, table=True):
    """How many academic blocks of a rotation a PGY (and track) must and may do, and between which."""

    __tablename__ = "requirement"
    __table_args__ = (
        within_program("rotation_id", "rotation"),
        in_file_order(),
        one_rotation_or_group(),
        positive_numbers("pgys"),
        least_not_above_most("min_blocks", "max_blocks"),
        CheckConstraint("first_block > 0", name="first_block_positive"),
        CheckConstraint("last_block > 0", name="last_block_positive"),
        CheckConstraint("last_block >= first_block", name="blocks_in_order"),
    )

    pgys: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    track: str | None = None
    rotation_id: UUID | None = None
    group_name: str | None = Field(default=None, max_length=64)
    min_blocks: int
    max_blocks: int | None = None
    first_block: int | None = None
    last_block: int | None = None


class Succession(Table, InputRow, table=True):
    """Forbidden neighbours: the second rotation must not directly follow the first."""

    __tablename__ = "succession"
    __table_args__ = (
        within_program("from_rotation_id", "rotation"),
        within_program("to_rotation_id", "rotation"),
        in_file_order(),
        one_rotation_or_group("from_"),
        one_rotation_or_group("to_"),
        positive_numbers("pgys"),
    )

    from_rotation_id: UUID | None = None
    from_group_name: str | None = Field(default=None, max_length=64)
    to_rotation_id: UUID | None = None
    to_group_name: str | None = Field(default=None, max_length=64)
    pgys: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))


class Call(Table, InputRow, table=True):
    """Overnight or weekend duty; the rotations that may take it are in `call_rotation`."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("program_id", "code"),
        UniqueConstraint("program_id", "id"),
        in_file_order(),
        weekdays_in_week(),
        positive_numbers("pgys"),
        least_not_above_most(),
        CheckConstraint("minutes > 0", name="minutes_positive"),
        CheckConstraint("handover_minutes >= 0", name="handover_minutes_not_negative"),
    )

    code: str = Field(max_length=64)
    name: str
    duty_type: values.DutyType = Field(sa_type=enum_type(values.DutyType, "duty_type"))
    weekdays: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    holidays: values.HolidayRule = Field(sa_type=enum_type(values.HolidayRule, "holidays"))
    start: dt.time
    minutes: int
    handover_minutes: int
    min: int
    max: int | None = None
    pgys: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    points: Decimal = Field(sa_type=Numeric)
    post_call: values.PostCall = Field(sa_type=enum_type(values.PostCall, "post_call"))


class CallRotation(Table, table=True):
    """A rotation or group whose trainees may take a call; a call without any is open to all rotations."""

    __tablename__ = "call_rotation"
    __table_args__ = (
        ForeignKeyConstraint(["program_id", "call_id"], ["call.program_id", "call.id"], ondelete="CASCADE"),
        within_program("rotation_id", "rotation"),
        one_rotation_or_group(),
        Index(None, "program_id"),
    )

    call_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    program_id: UUID = Field(foreign_key="program.id", ondelete="CASCADE")
    rotation_id: UUID | None = None
    group_name: str | None = Field(default=None, max_length=64)
