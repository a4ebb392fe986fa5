"""Bodies of a program, its calendar and its objective."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from src.auth.constants import Role
from src.interchange import limits, values
from src.programs.schemas.fields import Code, Count, Day, Number, Text
from src.programs.schemas.rules import PackReference
from src.schemas import Body

MAX_TIERS = 20
MAX_CHOICES = 100


def _time_zone(name: str) -> str:
    if not values.is_time_zone(name):
        raise PydanticCustomError("time_zone", "Must be an IANA time zone, such as America/Chicago")
    return name


TimeZone = Annotated[Text, AfterValidator(_time_zone)]
BlockDays = Annotated[
    list[Annotated[int, Field(strict=True, ge=1, le=limits.MAX_BLOCK_DAYS)]],
    Field(
        min_length=1,
        max_length=limits.MAX_BLOCKS,
        description="Days of each academic block, in order; the year ends where they end.",
    ),
]
Holidays = Annotated[list[Day], Field(max_length=limits.MAX_YEAR_DAYS)]
RulePacks = Annotated[list[PackReference], Field(max_length=20)]
VacationWeeks = Annotated[
    dict[
        Annotated[int, Field(ge=1, le=limits.MAX_PGY)],
        Annotated[int, Field(strict=True, ge=0, le=limits.MAX_YEAR_DAYS // 7)],
    ],
    Field(max_length=limits.MAX_PGY, description="Weeks each trainee of that PGY must get."),
]

DEFAULT_BLOCKS = [28] * 12 + [29]
DEFAULT_RULE_PACKS = ["acgme-cpr-2023"]

_EXAMPLE: dict[str, JsonValue] = {
    "code": "fm-24",
    "name": "Riverside Family Medicine",
    "specialty": "family-medicine",
    "time_zone": "America/Chicago",
    "year_start_date": "2026-07-01",
    "blocks": [*DEFAULT_BLOCKS],
    "rule_packs": [*DEFAULT_RULE_PACKS],
    "holidays": ["2026-07-03", "2026-11-26", "2026-12-25", "2027-01-01"],
    "vacation_weeks": {"1": 3, "2": 4, "3": 4},
    "max_on_vacation": 4,
}


class ProgramCreate(Body):
    """A new program: what `program.toml` says. `code` is its `id` in the folder."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    code: Code
    name: Text
    specialty: Text | None = None
    time_zone: TimeZone
    year_start_date: Day
    blocks: BlockDays = DEFAULT_BLOCKS
    rule_packs: RulePacks = DEFAULT_RULE_PACKS
    holidays: Holidays = []
    vacation_weeks: VacationWeeks = {}
    max_on_vacation: Count | None = Field(
        default=None, description="Trainees away on vacation in one week; none = no limit."
    )


class ProgramUpdate(Body):
    """What to change of a program; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Riverside FM", "max_on_vacation": 5}})

    code: Code | None = None
    name: Text | None = None
    specialty: Text | None = None
    time_zone: TimeZone | None = None
    year_start_date: Day | None = None
    blocks: BlockDays | None = None
    rule_packs: RulePacks | None = None
    holidays: Holidays | None = None
    vacation_weeks: VacationWeeks | None = None
    max_on_vacation: Count | None = None


class ProgramRead(BaseModel):
    """A program as it is kept. `role` is the viewer's; `inputs_revision` moves with any of its inputs."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e55",
                **_EXAMPLE,
                "year_end_date": "2027-06-30",
                "archived_at": None,
                "inputs_revision": 7,
                "role": "COORDINATOR",
                "etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e55-3"',
                "created_at": "2026-04-01T14:05:00Z",
                "updated_at": "2026-04-02T08:30:00Z",
            }
        }
    )

    id: UUID
    code: str
    name: str
    specialty: str | None
    time_zone: str
    year_start_date: date
    year_end_date: date
    blocks: list[int]
    rule_packs: list[str]
    holidays: list[date]
    vacation_weeks: dict[str, int]
    max_on_vacation: int | None
    archived_at: datetime | None
    inputs_revision: int
    role: Role | None
    etag: str
    created_at: datetime
    updated_at: datetime


class CalendarWrite(Body):
    """When the year starts, how it is cut into academic blocks, and its holidays."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "year_start_date": "2026-07-01",
                "blocks": [28, 28, 28, 28],
                "holidays": ["2026-09-07"],
            }
        }
    )

    year_start_date: Day
    blocks: BlockDays
    holidays: Holidays = []


class AcademicBlockRead(BaseModel):
    """An academic block; both dates are inside it."""

    number: int
    start_date: date
    end_date: date


class CalendarRead(BaseModel):
    """The calendar with what follows from it: `weeks` are the Mondays of the weeks wholly in the year."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "year_start_date": "2026-07-01",
                "year_end_date": "2026-08-25",
                "blocks": [28, 28],
                "holidays": ["2026-07-03"],
                "academic_blocks": [
                    {"number": 1, "start_date": "2026-07-01", "end_date": "2026-07-28"},
                    {"number": 2, "start_date": "2026-07-29", "end_date": "2026-08-25"},
                ],
                "weeks": ["2026-07-06", "2026-07-13"],
                "etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e55-3"',
            }
        }
    )

    year_start_date: date
    year_end_date: date
    blocks: list[int]
    holidays: list[date]
    academic_blocks: list[AcademicBlockRead]
    weeks: list[date]
    etag: str


class TierBody(Body):
    """The weights of one tier; a term that is left out does not count.

    `unmet_*`, `fair_*` and `advisories` are costs; everything else is something to have more of.
    """

    unmet_staffing: Number | None = None
    vacation_rank: Annotated[list[Number], Field(min_length=1, max_length=MAX_CHOICES)] | None = Field(
        default=None, description="Points for granting choice 1, 2, …"
    )
    rotation_request: Number | None = None
    day_off_request: Number | None = None
    no_call_request: Number | None = None
    fair_heavy_blocks: Number | None = None
    fair_call_points: Number | None = None
    fair_nights: Number | None = None
    fair_weekends: Number | None = None
    fair_holidays: Number | None = None
    fair_jeopardy: Number | None = None
    advisories: Number | None = None
    whole_weekends: Number | None = None
    isolated_nights: Number | None = None


_TIERS: list[JsonValue] = [
    {"unmet_staffing": 1000},
    {"vacation_rank": [10, 8, 6], "rotation_request": 1, "day_off_request": 3},
    {"fair_call_points": 5, "fair_weekends": 3},
]


class ObjectiveWrite(Body):
    """The soft terms' weights in tiers, highest first; each tier is kept while the next is improved."""

    model_config = ConfigDict(json_schema_extra={"example": {"tiers": _TIERS}})

    tiers: Annotated[list[TierBody], Field(max_length=MAX_TIERS)]


class ObjectiveRead(ObjectiveWrite):
    """The objective as it is kept."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"tiers": _TIERS, "etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e55-3"'}}
    )

    etag: str
