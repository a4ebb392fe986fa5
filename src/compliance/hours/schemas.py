"""What goes in and out of the routes of worked hours."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from src.compliance.hours.constants import MAX_BULK, EntryOrigin, SheetState, SheetUnit
from src.compliance.hours.models import HourEntry, HourSheet
from src.compliance.hours.repository import Sheet
from src.etags import etag_of
from src.interchange.model import DutyType
from src.programs.schemas.fields import Day, Instant, Text
from src.schemas import Body

_SHEET: dict[str, Any] = {
    "id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e55",
    "program_id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e01",
    "person_id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e17",
    "person": "R017",
    "unit": "academic_block",
    "start_date": "2026-07-01",
    "end_date": "2026-07-28",
    "state": "open",
    "prefilled_until": "2026-07-29T13:00:00Z",
    "submitted_at": None,
    "locked_at": None,
    "reopened_at": None,
    "reopen_reason": None,
    "entry_count": 41,
    "unconfirmed_count": 3,
    "etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e55-4"',
}

_FIELDS: dict[str, Any] = {
    "start_at": "2026-07-06T07:00:00-05:00",
    "end_at": "2026-07-06T18:30:00-05:00",
    "duty_type": "clinical",
}
_ENTRY: dict[str, Any] = {
    "id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e99",
    "sheet_id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e55",
    "person": "R017",
    "date": "2026-07-06",
    "start_at": "2026-07-06T12:00:00Z",
    "end_at": "2026-07-06T23:30:00Z",
    "duty_type": "clinical",
    "reason": None,
    "origin": "changed",
    "planned_start_at": "2026-07-06T12:00:00Z",
    "planned_end_at": "2026-07-06T22:00:00Z",
    "planned_duty_type": "clinical",
    "etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e99-2"',
}
OUTCOME_EXAMPLE: dict[str, Any] = {
    "entries": [_ENTRY],
    "deleted": [],
    "sheet": {**_SHEET, "worked_minutes": 13_320, "overlaps": []},
}


class SheetCreate(Body):
    """The sheet to open: the academic block, or the week of one, that holds the local date."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"unit": "week", "date": "2026-07-08"}]})

    unit: SheetUnit
    date: Day


class ReopenRequest(Body):
    """Why a sheet that was handed in is opened again."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "The call of 12 July is missing; the resident asked."}]}
    )

    reason: Text


class SheetRead(BaseModel):
    """A sheet of hours. Dates are local and both inside; `unconfirmed_count` copies wait for the resident."""

    model_config = ConfigDict(json_schema_extra={"example": _SHEET})

    id: UUID
    program_id: UUID
    person_id: UUID
    person: str
    unit: SheetUnit
    start_date: dt.date
    end_date: dt.date
    state: SheetState
    prefilled_until: dt.datetime | None
    submitted_at: dt.datetime | None
    locked_at: dt.datetime | None
    reopened_at: dt.datetime | None
    reopen_reason: str | None
    entry_count: int
    unconfirmed_count: int
    etag: str

    @classmethod
    def of(cls, row: HourSheet, person: str, counts: tuple[int, int]) -> Self:
        fields = row.model_dump(include={"id", "program_id", "person_id", "unit", "start_date", "end_date"})
        times = row.model_dump(
            include={"prefilled_until", "submitted_at", "locked_at", "reopened_at", "reopen_reason"}
        )
        return cls(
            **fields,
            **times,
            person=person,
            state=row.state,
            entry_count=counts[0],
            unconfirmed_count=counts[1],
            etag=etag_of(row.id, row.revision),
        )


class EntryFields(Body):
    """A stretch of worked time. Instants carry their offset; what a resident elected to stay has a reason."""

    model_config = ConfigDict(json_schema_extra={"example": _FIELDS})

    start_at: Instant
    end_at: Instant
    duty_type: DutyType
    reason: Text | None = None


class EntryCreate(EntryFields):
    """One entry to add."""

    model_config = ConfigDict(json_schema_extra={"example": {"op": "create", **_FIELDS}})

    op: Literal["create"]


class EntryUpdate(EntryFields):
    """One entry to say otherwise."""

    model_config = ConfigDict(json_schema_extra={"example": {"op": "update", "id": _ENTRY["id"], **_FIELDS}})

    op: Literal["update"]
    id: UUID


class EntryConfirm(Body):
    """One copy of the schedule that is right as it is."""

    op: Literal["confirm"]
    id: UUID


class EntryDelete(Body):
    """One entry to remove."""

    op: Literal["delete"]
    id: UUID


Change = EntryCreate | EntryUpdate | EntryConfirm | EntryDelete


class EntryChanges(Body):
    """Up to 100 changes of one sheet, all or nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "changes": [
                        {"op": "confirm", "id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e99"},
                        {
                            "op": "create",
                            "start_at": "2026-07-06T20:10:00-05:00",
                            "end_at": "2026-07-06T20:40:00-05:00",
                            "duty_type": "clinical_work_from_home",
                        },
                    ]
                }
            ]
        }
    )

    changes: Annotated[
        list[Annotated[Change, Field(discriminator="op")]], Field(min_length=1, max_length=MAX_BULK)
    ]


class EntryRead(BaseModel):
    """An entry; instants are in UTC, `date` is the local date of the start. A copy keeps what was planned."""

    model_config = ConfigDict(json_schema_extra={"example": _ENTRY})

    id: UUID
    sheet_id: UUID
    person: str
    date: dt.date
    start_at: dt.datetime
    end_at: dt.datetime
    duty_type: DutyType
    reason: str | None
    origin: EntryOrigin
    planned_start_at: dt.datetime | None
    planned_end_at: dt.datetime | None
    planned_duty_type: DutyType | None
    etag: str

    @classmethod
    def of(cls, row: HourEntry, person: str) -> Self:
        return cls(
            id=row.id,
            sheet_id=row.sheet_id,
            person=person,
            date=row.date,
            start_at=row.start_at,
            end_at=row.end_at,
            duty_type=row.duty_type,
            reason=row.reason,
            origin=row.origin,
            planned_start_at=row.planned_start_at,
            planned_end_at=row.planned_end_at,
            planned_duty_type=row.planned_duty_type,
            etag=etag_of(row.id, row.revision),
        )


class OverlapRead(BaseModel):
    """Two entries of the sheet at once: a data finding, no error; the minutes they share count once."""

    first_id: UUID
    second_id: UUID
    minutes: int


class SheetDetail(SheetRead):
    """A sheet with the minutes in it that count to the 80 hours, and with what overlaps."""

    model_config = ConfigDict(json_schema_extra={"example": OUTCOME_EXAMPLE["sheet"]})

    worked_minutes: int
    overlaps: list[OverlapRead]


class EntriesOutcome(BaseModel):
    """What a change did: the entries it left, the ids it removed, and the sheet as it is now."""

    model_config = ConfigDict(json_schema_extra={"example": OUTCOME_EXAMPLE})

    entries: list[EntryRead]
    deleted: list[UUID]
    sheet: SheetDetail


def detail_of(
    sheet: Sheet, counts: tuple[int, int], minutes: int, overlaps: list[OverlapRead]
) -> SheetDetail:
    """The sheet as it is shown by itself."""
    shown = SheetRead.of(sheet.row, sheet.person.code, counts)
    return SheetDetail(**shown.model_dump(), worked_minutes=minutes, overlaps=overlaps)
