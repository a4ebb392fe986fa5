"""Bodies of what there is to do: rotations, templates, demand, rules of the year, calls."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from src.interchange import limits
from src.interchange.model import DutyType, HolidayRule, PostCall, Session, Setting
from src.programs.schemas.fields import (
    BlockNumber,
    Blocks,
    ClockTime,
    Code,
    Count,
    Flag,
    Minutes,
    MinutesOrNone,
    NumberNotNegative,
    Pgys,
    Positive,
    RotationOrGroup,
    Text,
    Weekdays,
)
from src.programs.schemas.rows import RowRead
from src.schemas import Body


class RotationCreate(Body):
    """What a trainee does for an academic block."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "CLIN",
                "name": "Clinic",
                "setting": "outpatient",
                "site": "Main",
                "vacation_weeks_max": 1,
                "clinic": True,
                "group": "light",
            }
        }
    )

    code: Code
    name: Text
    setting: Setting
    site: Text | None = None
    vacation_weeks_max: Count = Field(default=0, description="Vacation weeks that fit into one block of it.")
    clinic: Flag = Field(default=False, description="Continuity clinic sessions go on during it.")
    max_consecutive: Positive | None = Field(default=None, description="Academic blocks in a row.")
    group: Code | None = Field(default=None, description="A name that several rotations share.")
    max_days_off: Count | None = Field(
        default=None, description="Days off given to one trainee in one block."
    )


class RotationRead(RotationCreate, RowRead):
    """A rotation as it is kept."""


class TemplateCreate(Body):
    """One session of a rotation's week."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "rotation": "WARD",
                "weekdays": [0, 1, 2, 3, 4],
                "session": "AM",
                "start": "07:00",
                "minutes": 300,
                "duty_type": "clinical",
                "may_be_off": True,
            }
        }
    )

    rotation: Code
    weekdays: Weekdays
    session: Session
    start: ClockTime
    minutes: Minutes
    duty_type: DutyType
    may_be_off: Flag = False
    holidays: Flag = Field(default=True, description="Held on the program's holidays too.")


class TemplateRead(TemplateCreate, RowRead):
    """A session of a rotation's week as it is kept."""


class StaffingCreate(Body):
    """How many must be at work in a rotation's session, day by day."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "rotation": "WARD",
                "weekdays": [],
                "session": "AM",
                "pgys": [1, 2],
                "min": 1,
                "max": None,
            }
        }
    )

    rotation: RotationOrGroup
    weekdays: Weekdays
    session: Session
    pgys: Pgys
    min: Count = 0
    max: Count | None = Field(default=None, description="None = no cap.")


class StaffingRead(StaffingCreate, RowRead):
    """A demand for people at work as it is kept."""


class CoverageCreate(Body):
    """How many are on a rotation, academic block by academic block."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"rotation": "WARD", "pgys": [1], "blocks": [1, 2, 3, 4], "min": 1, "max": 2}
        }
    )

    rotation: RotationOrGroup
    pgys: Pgys
    blocks: Blocks
    min: Count = 0
    max: Count | None = Field(default=None, description="None = no cap.")


class CoverageRead(CoverageCreate, RowRead):
    """A demand for people on a rotation as it is kept."""


class RequirementCreate(Body):
    """What a trainee must and may do in the year."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"pgys": [1], "rotation": "WARD", "min_blocks": 1, "max_blocks": 2, "last_block": 6}
        }
    )

    pgys: Pgys
    track: Text | None = None
    rotation: RotationOrGroup
    min_blocks: Count = 0
    max_blocks: Count | None = Field(default=None, description="None = no limit.")
    first_block: BlockNumber | None = None
    last_block: BlockNumber | None = None


class RequirementRead(RequirementCreate, RowRead):
    """A requirement as it is kept."""


class SuccessionCreate(Body):
    """Forbidden neighbours: the second rotation must not directly follow the first."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"from_rotation": "NF", "to_rotation": "@inpatient", "pgys": [1]}}
    )

    from_rotation: RotationOrGroup
    to_rotation: RotationOrGroup
    pgys: Pgys


class SuccessionRead(SuccessionCreate, RowRead):
    """A pair of forbidden neighbours as it is kept."""


class CallCreate(Body):
    """Overnight or weekend duty."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "WE",
                "name": "Weekend 24 h",
                "duty_type": "in_house_call",
                "weekdays": [5],
                "holidays": "1",
                "start": "07:00",
                "minutes": 1440,
                "handover_minutes": 120,
                "min": 1,
                "max": 1,
                "pgys": [1, 2],
                "rotations": ["@light", "WARD"],
                "points": 2,
                "post_call": "off_after",
            }
        }
    )

    code: Code
    name: Text
    duty_type: DutyType = Field(description="in_house_call, home_call_availability or jeopardy.")
    weekdays: Weekdays
    holidays: HolidayRule = Field(
        default=HolidayRule.WEEKDAYS_ONLY,
        description="`0`: weekdays but no holiday; `1`: weekdays and every holiday; `only`: holidays alone.",
    )
    start: ClockTime
    minutes: Minutes
    handover_minutes: MinutesOrNone = 0
    min: Count = 0
    max: Count | None = Field(default=None, description="None = no cap.")
    pgys: Pgys
    rotations: Annotated[
        list[RotationOrGroup],
        Field(max_length=limits.MAX_CELL_LENGTH // 2, description="Who may take it; empty = every rotation."),
    ]
    points: NumberNotNegative
    post_call: PostCall = PostCall.NONE


class CallRead(CallCreate, RowRead):
    """A call as it is kept."""
