"""A version's content in and out of the database: rows on one side, the parsed schedule on the other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg  # type: ignore[import-untyped]  # the driver ships no types
from sqlalchemy import Table as SqlTable
from sqlalchemy import literal_column, union_all
from sqlalchemy import select as sa_select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.alike import Alike, take_away
from src.assignments.models import Assignment, DeniedRequest, UnmetDemand, VacationWeek, YearAssignment
from src.interchange.model import DutyType, Session
from src.interchange.schedule import (
    AssignmentKind,
    AssignmentRow,
    DeniedRow,
    Schedule,
    UnmetRow,
    VacationRow,
    YearRow,
)
from src.models import Table, new_id
from src.programs.models import Call, Person, Rotation
from src.programs.models.base import table_of
from src.programs.statements import execute

CLINIC_ID = "clinic"
ROWS_A_COPY = 2_000

ROW_COLUMNS = (
    col(Assignment.person_id),
    col(Assignment.date),
    col(Assignment.session),
    col(Assignment.kind),
    col(Assignment.rotation_id),
    col(Assignment.call_id),
    col(Assignment.start_at),
    col(Assignment.end_at),
    col(Assignment.duty_type),
)
"""What a row of an assignment is read from: `Names.assignment`."""

_ALL_OF_A_VERSION = """
SELECT person_id, date, session, kind, rotation_id, call_id, start_at, end_at, duty_type
FROM assignment WHERE version_id = $1
"""
_SESSIONS: Mapping[str, Session] = {each.value: each for each in Session}
_KINDS: Mapping[str, AssignmentKind] = {each.value: each for each in AssignmentKind}
_DUTY_TYPES: Mapping[str, DutyType] = {each.value: each for each in DutyType}


@dataclass(frozen=True, slots=True)
class Codes:
    """A program's own ids ("R017", "WARD") beside the database's."""

    people: Mapping[str, UUID]
    rotations: Mapping[str, UUID]
    calls: Mapping[str, UUID]

    def item_id(self, kind: AssignmentKind, code: str) -> dict[str, UUID | None]:
        """The columns that name what an assignment is of; raises KeyError for an unknown code."""
        return {
            "rotation_id": self.rotations[code] if kind is AssignmentKind.ROTATION else None,
            "call_id": (self.calls[code] if kind in (AssignmentKind.CALL, AssignmentKind.JEOPARDY) else None),
        }


@dataclass(frozen=True, slots=True)
class Names:
    """The codes of a program, both ways."""

    codes: Codes
    people: Mapping[UUID, str]
    items: Mapping[UUID, str]

    def item(self, rotation_id: UUID | None, call_id: UUID | None) -> str:
        """What an assignment is of: a rotation, a call, or the clinic."""
        item_id = rotation_id or call_id
        return CLINIC_ID if item_id is None else self.items[item_id]

    def assignment(self, columns: Iterable[Any], zone: ZoneInfo) -> AssignmentRow:
        """The parsed row of `ROW_COLUMNS`; instants are in the zone."""
        who, day, part, kind, rotation_id, call_id, start_at, end_at, duty_type = columns
        return AssignmentRow(
            self.people[who],
            day,
            part,
            kind,
            self.item(rotation_id, call_id),
            start_at.astimezone(zone),
            end_at.astimezone(zone),
            duty_type,
        )


async def load_names(session: AsyncSession, program_id: UUID) -> Names:
    """The codes of all people, rotations and calls of a program, in one statement."""
    tables: dict[str, SqlTable] = {
        kind: table_of(table) for kind, table in (("person", Person), ("rotation", Rotation), ("call", Call))
    }
    parts = [
        sa_select(literal_column(f"'{kind}'"), table.c.code, table.c.id).where(
            table.c.program_id == program_id
        )
        for kind, table in tables.items()
    ]
    found: dict[str, dict[str, UUID]] = {"person": {}, "rotation": {}, "call": {}}
    for kind, code, row_id in await execute(session, union_all(*parts)):
        found[kind][code] = row_id
    codes = Codes(found["person"], found["rotation"], found["call"])
    return Names(
        codes,
        {row_id: code for code, row_id in codes.people.items()},
        {row_id: code for table in (codes.rotations, codes.calls) for code, row_id in table.items()},
    )


async def load_codes(session: AsyncSession, program_id: UUID) -> Codes:
    """The ids of all people, rotations and calls of a program."""
    return (await load_names(session, program_id)).codes


async def load_schedule(
    session: AsyncSession, program_id: UUID, version_id: UUID, zone: ZoneInfo
) -> Schedule:
    """A version's content as the parsed schedule, in canonical order; instants are in the program's zone."""
    names = await load_names(session, program_id)
    return replace(
        await load_plan(session, version_id, names),
        assignments=await _assignments(session, version_id, names, zone),
        unmet=await _unmet(session, version_id),
        denied=await _denied(session, version_id, names),
    )


async def load_plan(session: AsyncSession, version_id: UUID, names: Names) -> Schedule:
    """The year plan and the vacation weeks of a version, and nothing else of it."""
    year = await session.exec(
        select(YearAssignment.person_id, YearAssignment.academic_block, YearAssignment.rotation_id).where(
            YearAssignment.version_id == version_id
        )
    )
    weeks = await session.exec(select(VacationWeek).where(VacationWeek.version_id == version_id))
    vacations = [
        VacationRow(names.people[row.person_id], row.week_start_date, row.request_rank) for row in weeks
    ]
    return Schedule(
        year=tuple(sorted(YearRow(names.people[who], block, names.items[what]) for who, block, what in year)),
        vacations=tuple(sorted(vacations, key=lambda row: (row.person, row.week_start_date))),
    )


async def _assignments(
    session: AsyncSession, version_id: UUID, names: Names, zone: ZoneInfo
) -> tuple[AssignmentRow, ...]:
    """All rows, asked of the driver itself: a large year has 80,000, and they are no entities."""
    driver = await _driver_of(session)
    with _errors_of_the_driver("SELECT assignment"):
        found = await driver.fetch(_ALL_OF_A_VERSION, version_id)
    return await asyncio.to_thread(_in_order, found, names, zone)


def _in_order(found: Sequence[Sequence[Any]], names: Names, zone: ZoneInfo) -> tuple[AssignmentRow, ...]:
    """The parsed rows in canonical order."""
    local: dict[datetime, datetime] = {}  # many begin and end together

    def here(instant: datetime) -> datetime:
        known = local.get(instant)
        if known is None:
            known = local[instant] = instant.astimezone(zone)
        return known

    rows = [
        AssignmentRow(
            names.people[who],
            day,
            _SESSIONS[part],
            _KINDS[kind],
            names.item(rotation_id, call_id),
            here(start_at),
            here(end_at),
            _DUTY_TYPES[duty_type],
        )
        for who, day, part, kind, rotation_id, call_id, start_at, end_at, duty_type in found
    ]
    rows.sort(key=attrgetter("person", "start_at", "end_at", "kind", "id"))
    return tuple(rows)


async def _unmet(session: AsyncSession, version_id: UUID) -> tuple[UnmetRow, ...]:
    found = await session.exec(
        select(UnmetDemand).where(UnmetDemand.version_id == version_id).order_by(col(UnmetDemand.position))
    )
    return tuple(
        UnmetRow(row.what, row.item, row.date_or_block, row.session, tuple(row.pgys), row.needed, row.got)
        for row in found
    )


async def _denied(session: AsyncSession, version_id: UUID, names: Names) -> tuple[DeniedRow, ...]:
    found = await session.exec(
        select(DeniedRequest)
        .where(DeniedRequest.version_id == version_id)
        .order_by(col(DeniedRequest.position))
    )
    return tuple(
        DeniedRow(names.people[row.person_id], row.kind, row.rank, row.start_date, row.reason, row.blocking)
        for row in found
    )


async def save_schedule(
    session: AsyncSession,
    program_id: UUID,
    version_id: UUID,
    schedule: Schedule,
    held: Alike | None = None,
) -> dict[str, int]:
    """Write a parsed schedule as a draft version's content; the number of rows by table.

    `held`: whose assignments the version holds already. Raises KeyError when the schedule names a person,
    rotation or call that the program no longer has, and VersionMovedError where they are not there.
    """
    codes = await load_codes(session, program_id)
    new = schedule.assignments
    if held is not None:
        gone, new = held.differences(new)
        await take_away(session, version_id, gone, codes.people)
    rows: dict[type[Table], list[dict[str, Any]]] = {
        YearAssignment: [
            {
                "version_id": version_id,
                "person_id": codes.people[row.person],
                "academic_block": row.block,
                "rotation_id": codes.rotations[row.rotation],
            }
            for row in schedule.year
        ],
        VacationWeek: [
            {
                "version_id": version_id,
                "person_id": codes.people[row.person],
                "week_start_date": row.week_start_date,
                "request_rank": row.request_rank,
            }
            for row in schedule.vacations
        ],
        Assignment: [
            assignment_values(row, version_id, codes)
            for row in sorted(new, key=lambda row: (row.person, row.start_at))
        ],  # as the constraint against overlaps lies: rows in any other order take three times as long
        UnmetDemand: [
            {
                "id": new_id(),
                "version_id": version_id,
                "position": position,
                "what": row.what,
                "item": row.id,
                "date_or_block": row.date_or_block,
                "session": row.session,
                "pgys": list(row.pgys),
                "needed": row.needed,
                "got": row.got,
            }
            for position, row in enumerate(schedule.unmet)
        ],
        DeniedRequest: [
            {
                "id": new_id(),
                "version_id": version_id,
                "position": position,
                "person_id": codes.people[row.person],
                "kind": row.kind,
                "rank": row.rank,
                "start_date": row.start_date,
                "reason": row.reason,
                "blocking": row.blocking,
            }
            for position, row in enumerate(schedule.denied or ())
        ],
    }
    for table, values in rows.items():
        await copy_rows(session, table, values)
    counts = {table.__name__: len(values) for table, values in rows.items()}
    return counts | {Assignment.__name__: len(schedule.assignments)}


def assignment_values(row: AssignmentRow, version_id: UUID, codes: Codes) -> dict[str, Any]:
    """The columns of an assignment; raises KeyError for an unknown person, rotation or call."""
    return {
        "id": new_id(),
        "version_id": version_id,
        "person_id": codes.people[row.person],
        "date": row.date,
        "session": row.session,
        "kind": row.kind,
        **codes.item_id(row.kind, row.id),
        "start_at": row.start_at.astimezone(UTC),
        "end_at": row.end_at.astimezone(UTC),
        "duty_type": row.duty_type,
        "revision": 1,
    }


async def copy_rows(session: AsyncSession, table: type[Table], values: Sequence[dict[str, Any]]) -> None:
    """Insert many rows by COPY: half the time of as many INSERTs, and triggers fire once for thousands.

    Each COPY is a statement with a time limit of its own, which on a busy machine a whole year would reach.

    The session's transaction must have begun: the driver, asked directly, begins none.
    """
    if not values:
        return
    columns = list(values[0])
    driver = await _driver_of(session)
    records = [tuple(row.values()) for row in values]
    with _errors_of_the_driver(f"COPY {table.__tablename__}"):
        for first in range(0, len(records), ROWS_A_COPY):
            await driver.copy_records_to_table(
                table.__tablename__, columns=columns, records=records[first : first + ROWS_A_COPY]
            )


async def _driver_of(session: AsyncSession) -> Any:
    """The driver's own connection, within the session's transaction."""
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    return driver


@contextmanager
def _errors_of_the_driver(statement: str) -> Iterator[None]:
    """What the driver raises comes as SQLAlchemy would raise it."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(statement, None, error) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DBAPIError(statement, None, error) from error
