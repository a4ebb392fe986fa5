"""Reading a version into columns says what loading its schedule and making facts of it says."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.facts_reader import read_columns
from src.assignments.judge import scope_of
from src.assignments.storage import load_schedule
from src.compliance.facts import FactsError, facts_of
from src.compliance.rules import DataFindingKind, Facts
from src.compliance.rules.columns import FactColumns
from src.interchange.model import (
    Absence,
    AbsenceStatus,
    DutyType,
    HistoryInterval,
    Person,
    PersonKind,
    Program,
    Session,
)
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule, VacationRow
from src.schedules.models import ScheduleVersion
from tests.factories.programs_db import store_program
from tests.factories.schedules_db import START, store_schedule, store_version, ward_program, ward_schedule

SATURDAY = dt.date(2026, 7, 4)


def full_program() -> Program:
    """The ward with history, an absence, someone who comes late and a faculty member."""
    program = ward_program()
    before = dt.datetime(2026, 6, 29, 7, 0, 30, tzinfo=program.zone)
    return replace(
        program,
        people=(
            *program.people[:2],
            replace(program.people[2], start_date=dt.date(2026, 7, 3)),
            Person("F1", "Faculty", PersonKind.FACULTY, None),
        ),
        history=(
            HistoryInterval("R1", before, before + dt.timedelta(hours=9, seconds=10), DutyType.CLINICAL),
            HistoryInterval("R2", before, before + dt.timedelta(hours=24), DutyType.IN_HOUSE_CALL),
        ),
        absences=(Absence("R2", "sick", SATURDAY, dt.date(2026, 7, 9), AbsenceStatus.APPROVED),),
    )


def full_schedule(program: Program) -> Schedule:
    """Ward days, a clinic, a call with its hand-over, a jeopardy over work, a vacation week."""
    schedule = ward_schedule(program)
    call = _row(
        program, "R1", SATURDAY, Session.AM, AssignmentKind.CALL, "WE", (7, 24), DutyType.IN_HOUSE_CALL
    )
    handover = _row(
        program, "R1", dt.date(2026, 7, 5), Session.AM, AssignmentKind.CALL, "WE", (7, 2), DutyType.TRANSITION
    )
    # The ward's afternoon is a clinic instead, and a jeopardy covers the very same hours.
    monday = dt.date(2026, 7, 6)
    clinic = _row(
        program, "R3", monday, Session.PM, AssignmentKind.CLINIC, "clinic", (12, 5), DutyType.CLINICAL
    )
    jeopardy = _row(
        program, "R3", monday, Session.PM, AssignmentKind.JEOPARDY, "JEO", (12, 5), DutyType.JEOPARDY
    )
    kept = tuple(
        row for row in schedule.assignments if (row.person, row.date, row.session) != ("R3", monday, "PM")
    )
    return replace(
        schedule,
        vacations=(VacationRow("R2", dt.date(2026, 7, 13)),),
        assignments=(*kept, call, handover, clinic, jeopardy),
    )


def _row(
    program: Program,
    person: str,
    day: dt.date,
    session: Session,
    kind: AssignmentKind,
    item: str,
    at: tuple[int, int],
    duty_type: DutyType,
) -> AssignmentRow:
    start = dt.datetime.combine(day, dt.time(at[0]), program.zone)
    return AssignmentRow(
        person, day, session, kind, item, start, start + dt.timedelta(hours=at[1]), duty_type
    )


async def stored(session: AsyncSession, program: Program, content: Schedule) -> ScheduleVersion:
    record = await store_program(session, program)
    schedule = await store_schedule(session, record.id)
    return await store_version(session, schedule, program=program, content=content)


async def loaded_facts(session: AsyncSession, program: Program, version: ScheduleVersion) -> Facts:
    """The long way round: every row as an object."""
    content = await load_schedule(session, version.program_id, version.id, program.zone)
    return facts_of(program, replace(content, result=scope_of(version)))


async def read(session: AsyncSession, program: Program, content: Schedule) -> tuple[FactColumns, Facts]:
    version = await stored(session, program, content)
    return await read_columns(session, program, version), await loaded_facts(session, program, version)


async def test_columns_are_the_facts_of_the_loaded_schedule(session: AsyncSession) -> None:
    program = full_program()
    columns, expected = await read(session, program, full_schedule(program))
    assert columns.facts() == expected
    assert sum(len(person.duties) for person in expected.people) > 120


async def test_a_year_without_any_interval_has_its_leave_and_rotations(session: AsyncSession) -> None:
    program = replace(full_program(), history=())
    content = replace(full_schedule(program), assignments=(), vacations=())
    columns, expected = await read(session, program, content)
    assert len(columns.start) == 0
    assert columns.facts() == expected


async def test_intervals_with_seconds_widen_to_the_minute(session: AsyncSession) -> None:
    program = ward_program()
    start = dt.datetime.combine(SATURDAY, dt.time(7, 0, 59), program.zone)
    row = replace(
        ward_schedule(program).assignments[0],
        date=SATURDAY,
        start_at=start,
        end_at=start + dt.timedelta(minutes=1, seconds=2),
    )
    columns, expected = await read(session, program, Schedule(assignments=(row,)))
    assert columns.facts() == expected
    assert int(columns.end[0] - columns.start[0]) == 3


async def test_what_no_rule_judges_is_set_aside_and_told(session: AsyncSession) -> None:
    """A faculty member's session, and one far outside the year."""
    program = full_program()
    faculty = replace(ward_schedule(program).assignments[0], person="F1")
    late = START + dt.timedelta(days=60)
    outside = _row(
        program, "R1", late, Session.AM, AssignmentKind.ROTATION, "WARD", (7, 5), DutyType.CLINICAL
    )
    columns, expected = await read(session, program, Schedule(assignments=(faculty, outside)))
    assert columns.facts().people == expected.people
    assert sorted((one.kind, one.person, one.entries) for one in columns.frame.set_aside) == sorted(
        (one.kind, one.person, one.entries) for one in expected.set_aside
    )
    assert {one.kind for one in columns.frame.set_aside} == {
        DataFindingKind.NOT_A_RESIDENT,
        DataFindingKind.OUTSIDE_THE_YEAR,
    }


async def test_a_resident_the_program_no_longer_has_is_idle(session: AsyncSession) -> None:
    """The inputs of a version may name people whose rows have gone since."""
    program = ward_program()
    version = await stored(session, program, ward_schedule(program))
    more = replace(program, people=(*program.people, Person("R9", "Gone", PersonKind.RESIDENT, 1)))
    columns = await read_columns(session, more, version)
    assert columns.person(3).person == "R9"
    assert columns.person(3).duties == ()
    assert len(columns.start) == len(ward_schedule(program).assignments)


async def test_an_unknown_time_zone_is_told_as_for_a_folder(session: AsyncSession) -> None:
    program = ward_program()
    version = await stored(session, program, ward_schedule(program))
    with pytest.raises(FactsError, match="is not a time zone"):
        await read_columns(session, replace(program, time_zone="Mars/Olympus"), version)


async def test_another_version_of_the_program_is_not_read(session: AsyncSession) -> None:
    program = ward_program()
    version = await stored(session, program, ward_schedule(program))
    other = await store_version(
        session, await store_schedule(session, version.program_id, "Other"), content=Schedule()
    )
    assert len((await read_columns(session, program, other)).start) == 0
