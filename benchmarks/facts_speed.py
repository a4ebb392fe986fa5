"""Reads years of 60 and 300 residents from a database into facts, beside the bare query.

    ./dev python -m benchmarks.facts_speed

Starts a database of its own, which is gone afterwards. Writes `benchmarks/results/facts_speed.md`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.stored import store_program, store_version
from benchmarks.synthetic import BLOCKS, FIRST, ZONE, columns_of_residents
from src.assignments.facts_reader import read_columns
from src.assignments.judge import scope_of
from src.assignments.storage import load_schedule
from src.commands.migrate import run_migrations
from src.compliance.check import CheckReport
from src.compliance.facts import facts_of
from src.compliance.rules import Duty, PersonFacts
from src.compliance.rules.columns import FactColumns
from src.config import get_settings
from src.database import create_engine, create_session_maker
from src.embedded import start_embedded
from src.interchange.model import (
    Call,
    DutyType,
    HolidayRule,
    Person,
    PersonKind,
    PostCall,
    Program,
    Rotation,
    Setting,
)
from src.interchange.model import Session as Part
from src.interchange.schedule import (
    AssignmentKind,
    AssignmentRow,
    Schedule,
    VacationRow,
    YearRow,
)

RESULTS = Path(__file__).parent / "results" / "facts_speed.md"
SIZES = (60, 300)
ROUNDS = 7
BARE = """
SELECT person_id, date, session, kind, rotation_id, call_id, start_at, end_at, duty_type
FROM assignment WHERE version_id = $1
"""
CALLS = {DutyType.IN_HOUSE_CALL, DutyType.TRANSITION, DutyType.HOME_CALL_AVAILABILITY}
NOTHING_JUDGED = CheckReport((), (), (), {}, {}, {})


def program_of(columns: FactColumns) -> Program:
    """A program with those residents and what their years name."""
    rotations = sorted({one.rotation for own in columns.profiles for one in own.segments if one.rotation})
    return Program(
        id="synthetic",
        name="Synthetic",
        time_zone=ZONE,
        year_start_date=FIRST,
        blocks=BLOCKS,
        rule_packs=("acgme-cpr-2023",),
        people=tuple(
            Person(own.person, own.person, PersonKind.RESIDENT, own.pgy) for own in columns.profiles
        ),
        rotations=tuple(Rotation(name, name, Setting.INPATIENT, vacation_weeks_max=2) for name in rotations),
        calls=(
            Call(
                id="CALL",
                name="Call",
                duty_type=DutyType.IN_HOUSE_CALL,
                weekdays=(),
                holidays=HolidayRule.WEEKDAYS_AND_HOLIDAYS,
                start=dt.time(7),
                minutes=24 * 60,
                handover_minutes=0,
                min=0,
                max=None,
                pgys=(),
                rotations=(),
                points=Decimal(1),
                post_call=PostCall.OFF_AFTER,
            ),
        ),
    )  # fmt: skip


def schedule_of(program: Program, columns: FactColumns) -> Schedule:
    """The years as a schedule's rows."""
    people = [columns.person(position) for position in range(len(columns))]
    return Schedule(
        year=tuple(
            YearRow(own.person, block.number, rotation)
            for own in people
            for block in program.academic_blocks
            if (rotation := _rotation_on(own, block.start_date)) is not None
        ),
        vacations=tuple(
            VacationRow(own.person, day)
            for own in people
            for day in sorted(own.leave_dates)
            if day.weekday() == 0
        ),
        assignments=tuple(_row(program, own, duty) for own in people for duty in own.duties),
    )


def _rotation_on(own: PersonFacts, day: dt.date) -> str | None:
    return next(one.rotation for one in own.segments if 0 <= (day - one.first_date).days < one.days)


def _row(program: Program, own: PersonFacts, duty: Duty) -> AssignmentRow:
    start, end = (dt.datetime.fromtimestamp(at * 60, program.zone) for at in (duty.start, duty.end))
    part = Part.AM if start.hour < 12 else Part.PM if start.hour < 17 else Part.NIGHT
    if duty.type in CALLS:
        return AssignmentRow(
            own.person, start.date(), part, AssignmentKind.CALL, "CALL", start, end, duty.type
        )
    rotation = _rotation_on(own, start.date()) or ""
    return AssignmentRow(
        own.person, start.date(), part, AssignmentKind.ROTATION, rotation, start, end, duty.type
    )


async def measure(session: AsyncSession, residents: int) -> str:
    """One row of the table."""
    made = columns_of_residents(residents)
    program = program_of(made)
    content = schedule_of(program, made)
    stored = await store_program(session, program)
    version = await store_version(session, stored, content, NOTHING_JUDGED)
    await session.commit()
    driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    await driver.execute("ANALYZE assignment")

    async def bare() -> int:
        return len(await driver.fetch(BARE, version.id))

    async def columns() -> FactColumns:
        return await read_columns(session, program, version)

    async def objects() -> None:
        loaded = await load_schedule(session, version.program_id, version.id, program.zone)
        facts_of(program, replace(loaded, result=scope_of(version)))

    read, reading = await _best(columns)
    count, asking = await _best(bare)
    _, slow = await _best(objects, 1)
    assert count == len(read.start), "the reader lost rows"
    cells = (
        f"{asking * 1000:,.0f}",
        f"{reading * 1000:,.0f}",
        f"{reading / asking:.2f}",
        f"{slow * 1000:,.0f}",
    )
    return f"| {residents:,} | {count:,} | {' | '.join(cells)} |"


async def _best[T](work: Callable[[], Awaitable[T]], rounds: int = ROUNDS) -> tuple[T, float]:
    best = math.inf
    while True:
        began = time.perf_counter()
        result = await work()
        best = min(best, time.perf_counter() - began)
        rounds -= 1
        if rounds <= 0:
            return result, best


async def main() -> None:
    """Measure every size and write the table down."""
    with (
        tempfile.TemporaryDirectory() as folder,
        start_embedded(Path(folder) / "data", throwaway=True) as running,
    ):
        await asyncio.to_thread(run_migrations, running.database_url)
        settings = get_settings().model_copy(update={"database_url": SecretStr(running.database_url)})
        engine = create_engine(settings)
        async with create_session_maker(engine)() as session:
            rows = [await measure(session, residents) for residents in SIZES]
        await engine.dispose()
    heads = ("residents", "intervals", "bare query, ms", "facts, ms", "ratio", "as objects, ms")
    lines = [
        "# Reading a program's year into facts",
        "",
        "Bare query: the rows of a version through the driver, and nothing done with them. Facts: the same",
        "rows as columns that can be judged, with rotations, leave and history. Best of several rounds.",
        "As objects: the parsed schedule, then facts of it.",
        "",
        f"| {' | '.join(heads)} |",
        f"|{'---:|' * len(heads)}",
        *rows,
        "",
    ]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(lines), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    asyncio.run(main())
