"""What the published schedules of a program planned, as far as worked hours are compared with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from src.assignments.models import Assignment, VacationWeek, YearAssignment
from src.compliance.hours.worked import Worked
from src.interchange.schedule import AssignmentKind, Schedule, Scope, VacationRow, YearRow
from src.programs.models import Person, Rotation
from src.schedules.constants import VersionState
from src.schedules.models import ScheduleVersion
from src.schedules.snapshots import load_snapshot


@dataclass(frozen=True, slots=True)
class PublishedPlan:
    """The published versions of a program taken together; no two of them cover the same date.

    `frame` holds year plan and vacations, no assignments. `planned_dates` are the local dates whose days are
    planned: those of a version that holds the year plan alone are not.
    """

    version_ids: tuple[UUID, ...]
    frame: Schedule
    planned_dates: frozenset[dt.date]


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """A planned interval of one person; `date` is the local date of its start."""

    person_id: UUID
    date: dt.date
    worked: Worked


async def published_plan(
    session: AsyncSession, program_id: UUID, person_id: UUID | None = None
) -> PublishedPlan:
    """The year plan, vacations and planned dates of a program, or of one of its people."""
    versions = (
        await session.exec(
            select(ScheduleVersion).where(
                ScheduleVersion.program_id == program_id,
                col(ScheduleVersion.state) == VersionState.PUBLISHED,
            )
        )
    ).all()
    blocks_of = {version.id: frozenset(version.academic_blocks) for version in versions}
    with_days = tuple(version.id for version in versions if version.scope is not Scope.YEAR)
    year = (
        select(YearAssignment.version_id, Person.code, YearAssignment.academic_block, col(Rotation.code))
        .join(Person, col(Person.id) == col(YearAssignment.person_id))
        .join(Rotation, col(Rotation.id) == col(YearAssignment.rotation_id))
        .where(col(YearAssignment.version_id).in_(list(blocks_of)))
    )
    vacations = (
        select(VacationWeek, Person.code)
        .join(Person, col(Person.id) == col(VacationWeek.person_id))
        .where(col(VacationWeek.version_id).in_(list(blocks_of)))
    )
    if person_id is not None:
        year = year.where(Person.id == person_id)
        vacations = vacations.where(Person.id == person_id)
    return PublishedPlan(
        version_ids=with_days,
        frame=Schedule(
            year=tuple(
                YearRow(person, block, rotation)
                for version_id, person, block, rotation in await session.exec(year)
                if block in blocks_of[version_id]
            ),
            vacations=tuple(
                VacationRow(person, row.week_start_date, row.request_rank)
                for row, person in await session.exec(vacations)
            ),
            assignments=(),
        ),
        planned_dates=frozenset(
            [
                day
                for version in versions
                if version.id in with_days
                for day in await _dates_of(session, version)
            ]
        ),
    )


async def planned_work(
    session: AsyncSession,
    version_ids: Sequence[UUID],
    *,
    person_id: UUID | None = None,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> list[PlannedWork]:
    """The intervals that were planned, in order of start; jeopardy, which is no work, is left out."""
    columns: Select[*tuple[Any, ...]] = Select(
        col(Assignment.person_id),
        col(Assignment.date),
        col(Assignment.start_at),
        col(Assignment.end_at),
        col(Assignment.duty_type),
    )
    statement = columns.where(
        col(Assignment.version_id).in_(version_ids), col(Assignment.kind) != AssignmentKind.JEOPARDY
    )
    if person_id is not None:
        statement = statement.where(col(Assignment.person_id) == person_id)
    if first is not None:
        statement = statement.where(col(Assignment.date) >= first)
    if last is not None:
        statement = statement.where(col(Assignment.date) <= last)
    rows = await session.exec(statement.order_by(col(Assignment.start_at), col(Assignment.end_at)))
    return [PlannedWork(row[0], row[1], Worked(row[2], row[3], row[4])) for row in rows]


async def _dates_of(session: AsyncSession, version: ScheduleVersion) -> list[dt.date]:
    """The local dates of a version's academic blocks, in the calendar that it was made with."""
    program = await load_snapshot(session, version.snapshot_id)
    return [
        day
        for block in program.academic_blocks
        if block.number in version.academic_blocks
        for day in block.dates
    ]
