"""What if: changes judged against the saved state of a version, draft or published, and not saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.coverage import Demand
from src.assignments.edit_plan import Change
from src.assignments.edits import coverage_read
from src.assignments.preview import Preview, preview_changes
from src.assignments.schemas import EXAMPLE_OF_CHANGES, BulkChange, DemandRead, WaivedRead
from src.compliance.finding_schemas import FINDING_EXAMPLE, FindingRead
from src.etags import etag_of
from src.schedules.models import ScheduleVersion
from src.schemas import Body

MAX_CHANGES = 1_000
"""More than a save takes at once: whole weeks may be tried before they are saved in parts."""


class WhatIfRequest(Body):
    """Up to 1,000 changes, as a bulk edit would make them; they are judged together."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_OF_CHANGES]})

    changes: Annotated[
        list[BulkChange],
        Field(min_length=1, max_length=MAX_CHANGES, description="What to create, replace and delete."),
    ]


class ConflictRead(BaseModel):
    """Somebody in two intervals at once: what is in the way, and what is wanted."""

    assignment_id: UUID
    person: str
    item: str
    start_at: dt.datetime
    end_at: dt.datetime
    wanted_item: str
    wanted_start_at: dt.datetime
    wanted_end_at: dt.datetime

    @classmethod
    def of(cls, conflict: dict[str, Any]) -> Self:
        wanted = conflict["wanted"]
        return cls(
            **{name: value for name, value in conflict.items() if name != "wanted"},
            **{f"wanted_{name}": value for name, value in wanted.items()},
        )


class WhatIfRead(BaseModel):
    """What the changes would do. `blocked`: saving them would be refused, for what `blocked_by` and
    `conflicts` name; advisory and info findings never block, nor does a hard one that a waiver lets stand.

    Findings are those on the people touched, all year. `gaps` is demand of the dates touched that would be
    short, `gaps_closed` what is short and would not be; gaps block publishing, not saving. `version_etag` is
    the state that the changes were judged against.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "version_etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e55-3"',
                "people": ["R017"],
                "dates": ["2026-10-09"],
                "blocked": True,
                "blocked_by": [FINDING_EXAMPLE],
                "waived": [],
                "conflicts": [],
                "findings_added": [FINDING_EXAMPLE],
                "findings_removed": [],
                "findings_unchanged": [],
                "gaps": [],
                "gaps_closed": [],
            }
        }
    )

    version_etag: str
    people: list[str]
    dates: list[dt.date]
    blocked: bool
    blocked_by: list[FindingRead]
    waived: list[WaivedRead]
    conflicts: list[ConflictRead]
    findings_added: list[FindingRead]
    findings_removed: list[FindingRead]
    findings_unchanged: list[FindingRead]
    gaps: list[DemandRead]
    gaps_closed: list[DemandRead]


async def what_if(session: AsyncSession, version: ScheduleVersion, changes: Sequence[Change]) -> WhatIfRead:
    """Judge changes against the saved state; nothing is written.

    Raises AssignmentInvalidError and AssignmentNotFoundError, naming each change that makes no sense.
    """
    preview = await preview_changes(session, version, changes)
    effect = preview.effect
    return WhatIfRead(
        version_etag=etag_of(version.id, version.revision),
        people=list(preview.people),
        dates=list(preview.days),
        blocked=bool(preview.blocking or preview.conflicts),
        blocked_by=[FindingRead.of(finding) for finding in preview.blocking],
        waived=[WaivedRead.of(waived) for waived in preview.waived],
        conflicts=[ConflictRead.of(conflict) for conflict in preview.conflicts],
        findings_added=[FindingRead.of(finding) for finding in effect.added],
        findings_removed=[FindingRead.of(finding) for finding in effect.removed],
        findings_unchanged=[FindingRead.of(finding) for finding in effect.unchanged],
        gaps=[coverage_read(demand) for demand in preview.gaps],
        gaps_closed=[coverage_read(demand) for demand in _closed(preview)],
    )


def _closed(preview: Preview) -> list[Demand]:
    """What is short in the saved state and would not be; as it is now."""
    still = {_place(demand) for demand in preview.gaps}
    return [demand for demand in preview.gaps_before if _place(demand) not in still]


def _place(demand: Demand) -> tuple[object, ...]:
    return (demand.date, demand.is_call, demand.item, demand.session, demand.pgys, demand.minimum)
