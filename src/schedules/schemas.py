"""What goes in and out of the routes of schedules, versions and runs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from src.etags import etag_of
from src.interchange.schedule import Scope
from src.schedules.constants import RunKind, RunState, VersionState
from src.schedules.models import Run, Schedule, ScheduleVersion
from src.schemas import Body, Name, Note

BlockNumber = Annotated[int, Field(strict=True, ge=1, le=366)]
Seed = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]


_ID = "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e"
_WHEN = "2026-06-18T09:30:00Z"
_SCHEDULE: dict[str, Any] = {
    "id": f"{_ID}01",
    "program_id": f"{_ID}00",
    "name": "Academic year 2026–27",
    "description": None,
    "archived_at": None,
    "published_version_id": f"{_ID}02",
    "created_at": _WHEN,
    "updated_at": _WHEN,
    "etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e01-1"',
}
_VERSION: dict[str, Any] = {
    "id": f"{_ID}02",
    "schedule_id": f"{_ID}01",
    "program_id": f"{_ID}00",
    "number": 3,
    "state": "draft",
    "scope": "both",
    "academic_blocks": [1, 2, 3],
    "start_date": "2026-07-01",
    "end_date": "2026-09-22",
    "based_on_id": None,
    "note": "After the holidays were agreed",
    "result": {"status": "feasible", "gap": 0.02, "score_terms": {"vacation_rank": 308}},
    "input_hash": "ff489e98f43fbb3a1c2f2f1a1f9f9a3f6f6c3e0b8a9d7c6b5a4938271605f4e3",
    "inputs_moved_on": False,
    "created_by": f"{_ID}99",
    "created_at": _WHEN,
    "updated_at": _WHEN,
    "published_at": None,
    "superseded_at": None,
    "archived_at": None,
    "etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e02-1"',
}
_RUN: dict[str, Any] = {
    "id": f"{_ID}03",
    "program_id": f"{_ID}00",
    "schedule_id": f"{_ID}01",
    "kind": "generate",
    "state": "running",
    "scope": "both",
    "academic_blocks": [1, 2, 3],
    "time_limit_seconds": 300,
    "deterministic_limit": None,
    "seed": 1,
    "workers": 4,
    "allow_unmet": False,
    "options": None,
    "base_version_id": None,
    "result_version_id": None,
    "requested_by": f"{_ID}99",
    "attempts": 1,
    "phase": "days and calls",
    "fraction": 0.4,
    "progress": {"score": 302.0, "bound": 310.0, "gap": 0.03},
    "progress_number": 7,
    "error": None,
    "result": None,
    "cancel_requested_at": None,
    "created_at": _WHEN,
    "started_at": _WHEN,
    "finished_at": None,
}


class ScheduleCreate(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Academic year 2026–27"}]})

    name: Annotated[Name, Field(description="What people call the schedule.")]
    description: Annotated[Note | None, Field(description="A remark of a person.")] = None


class ScheduleUpdate(Body):
    """Only what is sent is changed; `archived` true puts the schedule away, false takes it out again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"archived": True}]})

    name: Annotated[Name | None, Field(description="What people call the schedule.")] = None
    description: Annotated[Note | None, Field(description="A remark of a person; null takes it away.")] = None
    archived: Annotated[
        Annotated[bool, Field(strict=True)] | None,
        Field(description="True puts the schedule away, false takes it out again."),
    ] = None

    @model_validator(mode="after")
    def _a_name_cannot_be_taken_away(self) -> Self:
        if "name" in self.model_fields_set and self.name is None:
            raise ValueError("name cannot be null")
        return self


class ScheduleRead(BaseModel):
    """A schedule; `published_version_id` is the version that everyone works by, if any."""

    model_config = ConfigDict(json_schema_extra={"example": _SCHEDULE})

    id: UUID
    program_id: UUID
    name: str
    description: str | None
    archived_at: datetime | None
    published_version_id: UUID | None
    created_at: datetime
    updated_at: datetime
    etag: str

    @classmethod
    def of(cls, row: Schedule, published_version_id: UUID | None) -> Self:
        return cls(
            **row.model_dump(include=set(cls.model_fields) - {"etag", "published_version_id"}),
            published_version_id=published_version_id,
            etag=etag_of(row.id, row.revision),
        )


class VersionUpdate(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Before the chiefs' meeting"}]})

    note: Annotated[Note | None, Field(description="A remark of a person; null takes it away.")] = None
    archived: Annotated[
        Annotated[bool, Field(strict=True)] | None,
        Field(description="True puts the version away, false takes it out again."),
    ] = None


class VersionRead(BaseModel):
    """A schedule version. `result` is what its run found and the checker said of it then.

    `inputs_moved_on` says whether the program's inputs have changed since; null where it was not asked.
    """

    model_config = ConfigDict(json_schema_extra={"example": _VERSION})

    id: UUID
    schedule_id: UUID
    program_id: UUID
    number: int
    state: VersionState
    scope: Scope
    academic_blocks: list[int]
    start_date: date
    end_date: date
    based_on_id: UUID | None
    note: str | None
    result: dict[str, Any] | None
    input_hash: str | None = None
    inputs_moved_on: bool | None = None
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    superseded_at: datetime | None
    archived_at: datetime | None
    etag: str

    @classmethod
    def of(
        cls, row: ScheduleVersion, *, input_hash: str | None = None, inputs_moved_on: bool | None = None
    ) -> Self:
        derived = {"etag", "input_hash", "inputs_moved_on"}
        return cls(
            **row.model_dump(include=set(cls.model_fields) - derived),
            input_hash=input_hash,
            inputs_moved_on=inputs_moved_on,
            etag=etag_of(row.id, row.revision),
        )


class RunRead(BaseModel):
    """A run as it stands. `fraction` is in 0…1; score, bound and gap are in `progress` while it works."""

    model_config = ConfigDict(json_schema_extra={"example": _RUN})

    id: UUID
    program_id: UUID
    schedule_id: UUID
    kind: RunKind
    state: RunState
    scope: Scope
    academic_blocks: list[int]
    time_limit_seconds: int
    deterministic_limit: float | None
    seed: int
    workers: int
    allow_unmet: bool
    options: dict[str, Any] | None
    base_version_id: UUID | None
    result_version_id: UUID | None
    requested_by: UUID | None
    attempts: int
    phase: str
    fraction: float
    progress: dict[str, Any]
    progress_number: int
    error: dict[str, Any] | None
    result: dict[str, Any] | None
    cancel_requested_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, row: Run) -> Self:
        return cls(**row.model_dump(include=set(cls.model_fields)))
