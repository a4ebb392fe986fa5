"""What a set of changes touches, read in as few rows as will do: the people's own, and the dates' demand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.edit_plan import Change
from src.assignments.judge import scope_of
from src.assignments.models import Assignment, VacationWeek, YearAssignment
from src.assignments.prepared import Prepared
from src.assignments.schemas import BulkCreate, BulkDelete
from src.assignments.storage import ROW_COLUMNS, Names
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule, VacationRow, YearRow
from src.programs.statements import execute
from src.schedules.models import ScheduleVersion

_COLUMNS = (col(Assignment.id), *ROW_COLUMNS)

_MANY_DAYS = 60
"""From here on one span of dates is asked for."""
LONGEST_DAYS = 8
"""No interval is longer, so that what starts farther away cannot be in the way."""


@dataclass(frozen=True, slots=True)
class Touched:
    """The people of a set of changes, and by id those of their assignments that the changes may concern."""

    people: tuple[str, ...]
    rows: dict[UUID, AssignmentRow]


async def load_touched(
    session: AsyncSession,
    version: ScheduleVersion,
    names: Names,
    zone: ZoneInfo,
    changes: Sequence[Change],
) -> Touched:
    """The rows that the changes name, and those of the same people around the same dates.

    Codes that the program does not have, and ids that the version does not, are left to the resolver.
    """
    rows = await _named_rows(session, version, names, zone, changes)
    people = {row.person for row in rows.values()}
    days = {row.date for row in rows.values()}
    for change in changes:
        if not isinstance(change, BulkDelete) and change.person in names.codes.people:
            people.add(change.person)
            days.add(change.date)
    around = _around(days)
    found = await execute(
        session,
        select(*_COLUMNS)
        .where(
            col(Assignment.version_id) == version.id,
            col(Assignment.person_id).in_([names.codes.people[code] for code in sorted(people)]),
            col(Assignment.date).in_(around)
            if len(around) < _MANY_DAYS
            else col(Assignment.date).between(around[0], around[-1]),
        )
        .order_by(col(Assignment.start_at), col(Assignment.id)),
    )
    return Touched(tuple(sorted(people)), rows | dict(_rows(found, names, zone)))


async def load_whole(
    session: AsyncSession, version: ScheduleVersion, names: Names, zone: ZoneInfo, people: Collection[str]
) -> Schedule:
    """Everything that a version holds of some people; instants are in the program's zone."""
    ids = [names.codes.people[code] for code in sorted(people)]
    year = await execute(
        session,
        select(
            col(YearAssignment.person_id), col(YearAssignment.academic_block), col(YearAssignment.rotation_id)
        ).where(col(YearAssignment.version_id) == version.id, col(YearAssignment.person_id).in_(ids)),
    )
    vacations = await execute(
        session,
        select(
            col(VacationWeek.person_id), col(VacationWeek.week_start_date), col(VacationWeek.request_rank)
        ).where(col(VacationWeek.version_id) == version.id, col(VacationWeek.person_id).in_(ids)),
    )
    found = await execute(
        session,
        select(*_COLUMNS)
        .where(col(Assignment.version_id) == version.id, col(Assignment.person_id).in_(ids))
        .order_by(col(Assignment.start_at), col(Assignment.id)),
    )
    return Schedule(
        year=tuple(YearRow(names.people[who], block, names.items[what]) for who, block, what in year),
        vacations=tuple(VacationRow(names.people[who], monday, rank) for who, monday, rank in vacations),
        assignments=tuple(row for _, row in _rows(found, names, zone)),
        result=scope_of(version),
    )


async def load_in_clinic(
    session: AsyncSession, version: ScheduleVersion, names: Names, prepared: Prepared
) -> Schedule:
    """Everybody's sessions in clinic, where a rule counts them; else no row."""
    rows: tuple[AssignmentRow, ...] = ()
    if prepared.sees_everybody:
        clinics = [
            names.codes.rotations[item] for item in prepared.clinic_items if item in names.codes.rotations
        ]
        found = await execute(
            session,
            select(*_COLUMNS).where(
                col(Assignment.version_id) == version.id,
                or_(col(Assignment.kind) == AssignmentKind.CLINIC, col(Assignment.rotation_id).in_(clinics)),
            ),
        )
        rows = tuple(row for _, row in _rows(found, names, prepared.program.zone))
    return Schedule(assignments=rows, result=scope_of(version))


async def load_days(
    session: AsyncSession,
    version: ScheduleVersion,
    names: Names,
    zone: ZoneInfo,
    days: Collection[dt.date],
) -> dict[UUID, AssignmentRow]:
    """Everybody's assignments that start on some dates, by id."""
    if not days:
        return {}
    found = await execute(
        session,
        select(*_COLUMNS).where(
            col(Assignment.version_id) == version.id, col(Assignment.date).in_(sorted(days))
        ),
    )
    return dict(_rows(found, names, zone))


def _rows(found: Iterable[Any], names: Names, zone: ZoneInfo) -> Iterable[tuple[UUID, AssignmentRow]]:
    for row_id, *columns in found:
        yield row_id, names.assignment(columns, zone)


async def _named_rows(
    session: AsyncSession,
    version: ScheduleVersion,
    names: Names,
    zone: ZoneInfo,
    changes: Sequence[Change],
) -> dict[UUID, AssignmentRow]:
    """The rows that are to change or go."""
    ids = [change.id for change in changes if not isinstance(change, BulkCreate)]
    if not ids:
        return {}
    found = await execute(
        session,
        select(*_COLUMNS).where(col(Assignment.version_id) == version.id, col(Assignment.id).in_(ids)),
    )
    return dict(_rows(found, names, zone))


def _around(days: Iterable[dt.date]) -> list[dt.date]:
    """The dates and those near enough for an interval to reach over, in order."""
    reach = range(-LONGEST_DAYS, LONGEST_DAYS + 1)
    found: set[dt.date] = set()
    for day in days:
        # The calendar's own ends are far outside of every year; the resolver refuses such dates.
        if dt.date.min.year < day.year < dt.date.max.year:
            found.update(day + dt.timedelta(days=offset) for offset in reach)
    return sorted(found)
