"""A small legal schedule, and schedules, versions and runs in the database for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import Assignment
from src.auth.constants import DRAFT_EDITORS
from src.compliance.certificates import Publication, issue
from src.compliance.certificates.storage import keep_certificate
from src.compliance.check import check
from src.interchange.model import (
    Call,
    Clinic,
    DutyType,
    HolidayRule,
    Person,
    PersonKind,
    PostCall,
    Program,
    Request,
    RequestKind,
    Requirement,
    Rotation,
    Session,
    Setting,
    Staffing,
    Template,
    Tier,
)
from src.interchange.schedule import (
    AssignmentKind,
    AssignmentRow,
    DeniedRow,
    ResultFile,
    Schedule,
    Scope,
    SolveStatus,
    YearRow,
)
from src.models import now
from src.planning.generation.save_result import create_version
from src.programs import models as program_models
from src.schedules.constants import RunState, VersionState
from src.schedules.models import Run, ScheduleVersion
from src.schedules.models import Schedule as ScheduleRecord
from src.schedules.snapshots import keep_snapshot
from tests.factories.path_ids import supplies
from tests.factories.programs_db import store_program

PEOPLE = ("R1", "R2", "R3")
START = dt.date(2026, 7, 1)
SATURDAY = dt.date(2026, 7, 4)


def ward_program() -> Program:
    """Three residents on one ward for four weeks: weekdays are staffed, weekends may be off."""
    weekend_call = Call(
        id="WE",
        name="Weekend",
        duty_type=DutyType.IN_HOUSE_CALL,
        weekdays=(5,),
        holidays=HolidayRule.WEEKDAYS_ONLY,
        start=dt.time(7),
        minutes=24 * 60,
        handover_minutes=120,
        min=0,
        max=1,
        pgys=(),
        rotations=(),
        points=Decimal(2),
        post_call=PostCall.OFF_AFTER,
    )
    jeopardy = replace(
        weekend_call, id="JEO", name="Jeopardy", duty_type=DutyType.JEOPARDY, handover_minutes=0
    )
    half_day = Template("WARD", (), Session.AM, dt.time(7), 300, DutyType.CLINICAL, may_be_off=True)
    return Program(
        id="ward",
        name="Ward",
        time_zone="America/Chicago",
        year_start_date=START,
        blocks=(28,),
        rule_packs=("acgme-cpr-2023",),
        people=tuple(Person(code, f"Resident {code}", PersonKind.RESIDENT, 1) for code in PEOPLE),
        rotations=(Rotation("WARD", "Ward", Setting.INPATIENT),),
        templates=(half_day, replace(half_day, session=Session.PM, start=dt.time(12))),
        staffing=(Staffing("WARD", (0, 1, 2, 3, 4), Session.AM, (), 2),),
        requirements=(Requirement((), None, "WARD", 0, None),),
        calls=(weekend_call, jeopardy),
        clinics=(Clinic("R3", 1, Session.PM, dt.time(12, 30), 240),),
        requests=(Request("R1", RequestKind.DAY_OFF, start_date=dt.date(2026, 7, 6)),),
        objective=(Tier(weights=(("day_off_request", Decimal(3)), ("advisories", Decimal(2)))),),
    )


def ward_schedule(program: Program | None = None) -> Schedule:
    """Everyone works Monday to Friday, 50 h a week, and is free at weekends: legal."""
    program = program or ward_program()
    rows = [
        _half_day(program, person, day, session, hour)
        for person in PEOPLE
        for day in program.academic_blocks[0].dates
        if day.weekday() < 5
        for session, hour in ((Session.AM, 7), (Session.PM, 12))
    ]
    return Schedule(
        year=tuple(YearRow(person, 1, "WARD") for person in PEOPLE),
        assignments=tuple(rows),
        denied=(
            DeniedRow("R1", RequestKind.DAY_OFF, None, dt.date(2026, 7, 6), "needed", "staffing.csv row 2"),
        ),
    )


def _half_day(program: Program, person: str, day: dt.date, session: Session, hour: int) -> AssignmentRow:
    start = dt.datetime.combine(day, dt.time(hour), program.zone)
    return AssignmentRow(
        person,
        day,
        session,
        AssignmentKind.ROTATION,
        "WARD",
        start,
        start + dt.timedelta(hours=5),
        DutyType.CLINICAL,
    )


async def store_schedule(session: AsyncSession, program_id: UUID, name: str = "Year") -> ScheduleRecord:
    """An empty schedule, committed."""
    row = ScheduleRecord(program_id=program_id, name=name)
    session.add(row)
    await session.commit()
    return row


async def store_version(
    session: AsyncSession,
    schedule: ScheduleRecord,
    *,
    program: Program | None = None,
    content: Schedule | None = None,
    state: VersionState = VersionState.DRAFT,
) -> ScheduleVersion:
    """A version with content (the ward's unless given), judged and committed."""
    program = program or ward_program()
    content = content if content is not None else ward_schedule(program)
    snapshot_id, _ = await keep_snapshot(session, schedule.program_id, program)
    version = await create_version(
        session,
        schedule_id=schedule.id,
        program_id=schedule.program_id,
        program=program,
        content=content,
        report=check(program, replace(content, denied=None)),
        file=ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, (1,)),
        snapshot_id=snapshot_id,
        based_on_id=None,
        created_by=None,
    )
    if state is not VersionState.DRAFT:
        version.state = state
        version.published_at = now()
        session.add(version)
    await session.commit()
    return version


async def store_certificate(session: AsyncSession, version: ScheduleVersion) -> None:
    """The certificate of a version of the ward that was stored as published."""
    assert version.published_at is not None
    blocks = tuple(version.academic_blocks)
    publication = Publication(
        str(version.id), "Year", version.number, version.scope, blocks, version.published_at, "c@rounds.test"
    )
    certificate = issue(ward_program(), ward_schedule(), publication, engine_version="0.1.0")
    await keep_certificate(session, version.id, certificate)
    await session.commit()


async def store_ward(
    session: AsyncSession, *, state: VersionState = VersionState.DRAFT
) -> tuple[program_models.Program, ScheduleRecord, ScheduleVersion]:
    """The ward's program, a schedule and a version of it."""
    program = await store_program(session, ward_program())
    schedule = await store_schedule(session, program.id)
    return program, schedule, await store_version(session, schedule, state=state)


async def store_run(
    session: AsyncSession,
    schedule: ScheduleRecord,
    *,
    program: Program | None = None,
    state: RunState = RunState.QUEUED,
    **columns: object,
) -> Run:
    """A run, committed; nobody was told of it."""
    snapshot_id, _ = await keep_snapshot(session, schedule.program_id, program or ward_program())
    is_active = state in (RunState.QUEUED, RunState.RUNNING)
    values: dict[str, object] = {
        "program_id": schedule.program_id,
        "schedule_id": schedule.id,
        "state": state,
        "scope": Scope.BOTH,
        "academic_blocks": [1],
        "time_limit_seconds": 30,
        "seed": 1,
        "workers": 1,
        "snapshot_id": snapshot_id,
        "finished_at": None if is_active else now(),
    }
    run = Run(**{**values, **columns})
    session.add(run)
    await session.commit()
    return run


async def _schedule_in(session: AsyncSession, program: program_models.Program) -> ScheduleRecord:
    """The schedule of the walked program, with a published version that everyone reads."""
    found = await session.exec(select(ScheduleRecord).where(ScheduleRecord.program_id == program.id))
    schedule = found.first()
    if schedule is None:
        schedule = await store_schedule(session, program.id)
        await _add_ward(session, program)
        version = await store_version(session, schedule, state=VersionState.PUBLISHED)
        await store_certificate(session, version)
    return schedule


async def _add_ward(session: AsyncSession, program: program_models.Program) -> None:
    """People, rotations and calls of the ward, where the program does not have them."""
    ward = ward_program()
    for table, codes in (
        (program_models.Person, PEOPLE),
        (program_models.Rotation, ("WARD",)),
        (program_models.Call, ("WE", "JEO")),
    ):
        there = set((await session.exec(select(table.code).where(table.program_id == program.id))).all())
        missing = [code for code in codes if code not in there]
        if missing:
            source = await store_program(session, ward)
            rows = await session.exec(
                select(table).where(table.program_id == source.id, table.code.in_(missing))  # type: ignore[attr-defined]
            )
            for position, row in enumerate(rows.all(), start=900):
                row.program_id = program.id
                row.position = position
                session.add(row)
    await session.commit()


@supplies("schedule_id")
async def schedule_id(
    session: AsyncSession, program: program_models.Program, given: Mapping[str, str]
) -> UUID:
    return (await _schedule_in(session, program)).id


@supplies("version_id")
async def version_id(
    session: AsyncSession, program: program_models.Program, given: Mapping[str, str]
) -> UUID:
    schedule = await _schedule_in(session, program)
    found = await session.exec(select(ScheduleVersion.id).where(ScheduleVersion.schedule_id == schedule.id))
    return found.one()


@supplies("assignment_id")
async def assignment_id(
    session: AsyncSession, program: program_models.Program, given: Mapping[str, str]
) -> UUID:
    version = await version_id(session, program, given)
    found = await session.exec(select(Assignment.id).where(Assignment.version_id == version).limit(1))
    return found.one()


@supplies("run_id", readers=DRAFT_EDITORS)
async def run_id(session: AsyncSession, program: program_models.Program, given: Mapping[str, str]) -> UUID:
    schedule = await _schedule_in(session, program)
    return (await store_run(session, schedule, state=RunState.SUCCEEDED)).id
