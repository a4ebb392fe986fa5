"""Bodies of the people and what is theirs."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from src.interchange.model import (
    AbsenceStatus,
    DutyType,
    HistoryCountKind,
    PersonKind,
    RequestKind,
    Session,
)
from src.programs.schemas.fields import (
    BlockNumber,
    ClockTime,
    Code,
    Count,
    Day,
    Instant,
    Minutes,
    NumberNotNegative,
    Pgy,
    Positive,
    RotationOrGroup,
    Text,
    Weekday,
    Weight,
)
from src.programs.schemas.rows import RowRead
from src.schemas import Body


class PersonCreate(Body):
    """A resident or faculty member."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "R001",
                "name": "Zoe Kowalski",
                "kind": "resident",
                "pgy": 1,
                "email": "r001@example.org",
            }
        }
    )

    code: Code
    name: Text
    kind: PersonKind
    pgy: Pgy | None = Field(default=None, description="Residents have one, faculty have none.")
    track: Text | None = None
    email: Annotated[Text, StringConstraints(max_length=254)] | None = None
    start_date: Day | None = Field(default=None, description="First date there; none = from the start.")
    end_date: Day | None = Field(default=None, description="Last date there; none = to the end.")


class PersonRead(PersonCreate, RowRead):
    """A person as they are kept."""


class ClinicCreate(Body):
    """A person's continuity clinic half-day."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "person": "R001",
                "weekday": 0,
                "session": "PM",
                "start": "12:30",
                "minutes": 270,
                "max_at_once": 2,
            }
        }
    )

    person: Code
    weekday: Weekday
    session: Session = Field(description="AM or PM.")
    start: ClockTime
    minutes: Minutes
    max_at_once: Count = Field(default=0, description="Residents in clinic in that session; 0 = no cap.")


class ClinicRead(ClinicCreate, RowRead):
    """A clinic half-day as it is kept."""


class RequestCreate(Body):
    """A wish. `rotation` requests name a rotation and a block, all others a date."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"person": "R001", "kind": "vacation", "rank": 1, "start_date": "2026-07-13"},
                {"person": "R001", "kind": "rotation", "rotation": "ELEC", "block": 4, "weight": 2},
            ]
        }
    )

    person: Code
    kind: RequestKind
    rank: Positive | None = Field(default=None, description="1 is the first choice of vacation week.")
    start_date: Day | None = None
    end_date: Day | None = None
    rotation: RotationOrGroup | None = None
    block: BlockNumber | None = None
    weight: Weight | None = Field(default=None, description="How much; below 0 = wants it not.")


class RequestRead(RequestCreate, RowRead):
    """A request as it is kept."""


class AbsenceCreate(Body):
    """Leave; a fact once it is approved."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "person": "R005",
                "kind": "conference",
                "start_date": "2026-08-20",
                "end_date": "2026-08-21",
                "status": "approved",
            }
        }
    )

    person: Code
    kind: Text
    start_date: Day
    end_date: Day
    status: AbsenceStatus


class AbsenceRead(AbsenceCreate, RowRead):
    """An absence as it is kept."""


class PinCreate(Body):
    """What the solver must keep: `block` and `rotation`, or `date` and `call`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"person": "R004", "block": 1, "rotation": "WARD"},
                {"person": "R004", "date": "2026-07-04", "call": "WE"},
            ]
        }
    )

    person: Code
    block: BlockNumber | None = None
    rotation: RotationOrGroup | None = None
    date: Day | None = None
    call: Code | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        given = [name for name in ("block", "rotation", "date", "call") if getattr(self, name) is not None]
        if given not in (["block", "rotation"], ["date", "call"]):
            raise ValueError(
                "a pin names a block and a rotation, or a date and a call; not both, not neither"
            )
        return self


class PinRead(PinCreate, RowRead):
    """A pin as it is kept."""


class HistoryIntervalCreate(Body):
    """Duty worked before the year; half-open."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "person": "R004",
                "start_at": "2026-06-03T08:00:00-05:00",
                "end_at": "2026-06-03T17:00:00-05:00",
                "duty_type": "clinical",
            }
        }
    )

    person: Code
    start_at: Instant
    end_at: Instant
    duty_type: DutyType


class HistoryIntervalRead(HistoryIntervalCreate, RowRead):
    """An interval of history as it is kept, in UTC."""


class HistoryCountCreate(Body):
    """How many a person did in earlier years, for fairness."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"person": "R004", "kind": "nights", "count": 20}}
    )

    person: Code
    kind: HistoryCountKind
    count: NumberNotNegative


class HistoryCountRead(HistoryCountCreate, RowRead):
    """A count of history as it is kept."""
