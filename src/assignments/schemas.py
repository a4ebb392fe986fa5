"""What goes in and out of the routes of assignments."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from src.assignments import examples
from src.compliance.finding_schemas import FindingRead
from src.compliance.waivers import Waived
from src.interchange.model import DutyType, RequestKind, Session
from src.interchange.schedule import AssignmentKind, UnmetKind
from src.schemas import Body

MAX_BULK = 100

Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class AssignmentRead(BaseModel):
    """A person in a block (date and session) of a version; instants are in UTC, `date` is the local start."""

    model_config = ConfigDict(json_schema_extra={"example": examples.ASSIGNMENT})

    id: UUID
    version_id: UUID
    person: str
    date: dt.date
    session: Session
    kind: AssignmentKind
    item: str
    start_at: dt.datetime
    end_at: dt.datetime
    duty_type: DutyType
    etag: str


class AssignmentFields(Body):
    """What an assignment is of. Start, end and duty type follow from the program unless they are given.

    `item` is the id of a rotation or call, or `clinic`. The session of a call follows from its start. A call
    comes with its handover; a new one with times of its own comes alone, a changed one keeps the one it has.
    """

    model_config = ConfigDict(json_schema_extra={"example": examples.FIELDS})

    person: Annotated[Code, Field(description="The person's id in the program, as R001.")]
    date: Annotated[dt.date, Field(description="The local date of the start.")]
    kind: Annotated[AssignmentKind, Field(description="Rotation, clinic, call or jeopardy.")]
    item: Annotated[Code, Field(description="The id of the rotation or call, or `clinic`.")]
    session: Annotated[
        Session | None, Field(description="AM, PM or NIGHT; that of a call follows from its start.")
    ] = None
    start_at: Annotated[
        AwareDatetime | None, Field(description="The instant it starts; none = as the program says.")
    ] = None
    end_at: Annotated[
        AwareDatetime | None, Field(description="The instant it ends, not included; given with the start.")
    ] = None
    duty_type: Annotated[
        DutyType | None, Field(description="What its hours count as; none = as the program says.")
    ] = None

    @model_validator(mode="after")
    def _whole_interval(self) -> Self:
        if (self.start_at is None) != (self.end_at is None):
            raise ValueError("start_at and end_at go together")
        if self.start_at is not None and self.end_at is not None:
            if self.end_at <= self.start_at:
                raise ValueError("end_at must be after start_at")
            if self.end_at - self.start_at > dt.timedelta(hours=72):
                raise ValueError("an assignment lasts at most 72 hours")
        if self.kind in (AssignmentKind.ROTATION, AssignmentKind.CLINIC) and self.session is None:
            raise ValueError("a rotation or clinic assignment names its session")
        return self


class BulkCreate(AssignmentFields):
    """One assignment to create."""

    model_config = ConfigDict(json_schema_extra={"example": {"op": "create", **examples.FIELDS}})

    op: Annotated[Literal["create"], Field(description="Create an assignment.")]


class BulkUpdate(AssignmentFields):
    """One assignment to replace by another."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"op": "update", "id": examples.ASSIGNMENT["id"], **examples.FIELDS}}
    )

    op: Annotated[Literal["update"], Field(description="Replace an assignment.")]
    id: Annotated[UUID, Field(description="The assignment to replace.")]


class BulkDelete(Body):
    """One assignment to delete."""

    op: Annotated[Literal["delete"], Field(description="Delete an assignment.")]
    id: Annotated[UUID, Field(description="The assignment to delete.")]


BulkChange = Annotated[BulkCreate | BulkUpdate | BulkDelete, Field(discriminator="op")]
EXAMPLE_OF_CHANGES: JsonDict = {
    "changes": [{"op": "create", "person": "R001", "date": "2026-08-03", "kind": "call", "item": "WE"}]
}


class BulkRequest(Body):
    """Up to 100 changes, all or nothing; they are judged together."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_OF_CHANGES]})

    changes: Annotated[
        list[BulkChange],
        Field(min_length=1, max_length=MAX_BULK, description="What to create, replace and delete."),
    ]


class WaivedRead(BaseModel):
    """A hard finding that stands, and the waiver that lets it: why, by whom, when, until when."""

    finding: FindingRead
    reason: str
    granted_by: str
    granted_at: dt.datetime
    expires_date: dt.date | None

    @classmethod
    def of(cls, waived: Waived) -> Self:
        return cls(
            finding=FindingRead.of(waived.finding),
            reason=waived.waiver.reason,
            granted_by=waived.waiver.granted_by,
            granted_at=waived.waiver.granted_at,
            expires_date=waived.waiver.expires_date,
        )


class DemandRead(BaseModel):
    """Demand of one date: a session of a rotation, or a call, and who meets it. `max` null = no cap."""

    model_config = ConfigDict(json_schema_extra={"example": examples.DEMAND})

    date: dt.date
    what: Literal["staffing", "call"]
    item: str
    session: Session | None
    pgys: list[int]
    min: int
    max: int | None
    got: int
    people: list[str]
    is_short: bool


class EditOutcome(BaseModel):
    """What a change did: the assignments it left, the version's new tag, what the rules say now.

    `findings_added` and `findings_removed` compare the people touched before and after; `gaps` is demand of
    the dates touched that is short now, which blocks publishing, not editing. `waived` are hard findings that
    the change brings and a waiver lets stand.
    """

    model_config = ConfigDict(json_schema_extra={"example": examples.OUTCOME})

    assignments: list[AssignmentRead]
    deleted: list[UUID]
    version_etag: str
    findings_added: list[FindingRead]
    findings_removed: list[FindingRead]
    waived: list[WaivedRead] = []
    gaps: list[DemandRead]


class YearCell(BaseModel):
    academic_block: int
    start_date: dt.date
    end_date: dt.date
    rotation: str


class YearLine(BaseModel):
    """A resident's year: the rotation of each academic block, and the Mondays of the vacation weeks."""

    model_config = ConfigDict(json_schema_extra={"example": examples.YEAR_LINE})

    person: str
    name: str
    pgy: int | None
    blocks: list[YearCell]
    vacation_weeks: list[dt.date]


class GridCell(BaseModel):
    """What one person does on one date, by session."""

    date: dt.date
    session: Session
    kind: AssignmentKind
    item: str
    start_at: dt.datetime
    end_at: dt.datetime


class GridLine(BaseModel):
    person: str
    name: str
    pgy: int | None
    cells: list[GridCell]


class Grid(BaseModel):
    """People by dates. `dates` are the local dates shown."""

    model_config = ConfigDict(json_schema_extra={"example": examples.GRID})

    dates: list[dt.date]
    lines: list[GridLine]


class FairnessLine(BaseModel):
    """How much of what falls to everyone fell to one resident, history counted apart and together.

    `weekends` are Saturday–Sunday pairs with either day touched, `points` those of calls and jeopardy.
    """

    model_config = ConfigDict(json_schema_extra={"example": examples.FAIRNESS_LINE})

    person: str
    name: str
    pgy: int | None
    heavy_blocks: int
    points: Decimal
    points_with_history: Decimal
    nights: int
    nights_with_history: Decimal
    weekends: int
    weekends_with_history: Decimal
    holidays: int
    holidays_with_history: Decimal
    jeopardy: int
    jeopardy_with_history: Decimal
    clinic_sessions: int
    hours: Decimal


class DeniedRead(BaseModel):
    """A request not granted, with what stood in the way."""

    model_config = ConfigDict(json_schema_extra={"example": examples.DENIED})

    id: UUID
    person: str
    kind: RequestKind
    rank: int | None
    start_date: dt.date | None
    reason: str
    blocking: str


class UnmetRead(BaseModel):
    """Demand that the run was allowed to leave open."""

    model_config = ConfigDict(json_schema_extra={"example": examples.UNMET})

    what: UnmetKind
    item: str
    date_or_block: str
    session: Session | None
    pgys: list[int]
    needed: int
    got: int
