"""A run of some blocks on a version that breaks rules in others: it says what stands there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import col, select, update

from src.compliance.models import Finding
from src.interchange.model import Program
from src.interchange.schedule import AssignmentRow, Schedule, Scope, Severity, YearRow
from src.planning.generation.covered import standing_notice
from src.planning.generation.solve_program import Solved, SolveOptions, solve_program
from src.schedules.constants import RunState
from src.schedules.models import Run
from src.schedules.models import Schedule as ScheduleRecord
from src.solver.stop import Stop
from tests.factories.schedules_db import PEOPLE, START, store_version, ward_program, ward_schedule
from tests.planning.conftest import Bench
from tests.solver.world import silent

SECOND = START + dt.timedelta(28)
Rows = tuple[AssignmentRow, ...]


def two_blocks() -> Program:
    return replace(ward_program(), blocks=(28, 28))


def both_worked(break_it: Callable[[Rows], Rows]) -> Schedule:
    """The ward's weeks twice over, something broken in the second block."""
    first = ward_schedule(two_blocks())
    four_weeks = dt.timedelta(28)
    second = tuple(
        replace(
            row,
            date=row.date + four_weeks,
            start_at=row.start_at + four_weeks,
            end_at=row.end_at + four_weeks,
        )
        for row in first.assignments
    )
    year = tuple(YearRow(person, block, "WARD") for person in PEOPLE for block in (1, 2))
    return replace(first, year=year, assignments=(*first.assignments, *break_it(second)), denied=None)


def as_it_is(rows: Rows) -> Rows:
    return rows


def one_at_work(rows: Rows) -> Rows:
    """R1 alone on the block's first Monday, where two are asked for."""
    monday = SECOND + dt.timedelta(-SECOND.weekday() % 7)
    return tuple(row for row in rows if row.date != monday or row.person == "R1")


def no_day_off(rows: Rows) -> Rows:
    """R1 works on every weekend of the block, too."""
    friday = [row for row in rows if row.person == "R1" and row.date.weekday() == 4]
    added = [
        replace(row, date=row.date + later, start_at=row.start_at + later, end_at=row.end_at + later)
        for row in friday
        for later in (dt.timedelta(1), dt.timedelta(2))
    ]
    return (*rows, *added)


def at_once(base: Schedule, **options: Any) -> Solved:
    """A run that is stopped before it looks: it answers with what is carried over."""
    stop = Stop(30)
    stop.cancel()
    return solve_program(two_blocks(), SolveOptions(base=base, **options), stop, silent)


def test_nothing_is_said_of_blocks_that_break_nothing() -> None:
    found = at_once(both_worked(as_it_is), blocks=(1,))
    assert (found.report is not None, found.whole is not None) == (True, True)
    assert "notice" not in found.file.extra


@pytest.mark.parametrize(
    ("break_it", "hard", "words"),
    [
        (one_at_work, 0, "1 thing that must hold does not, as in the version that it builds on. The first: "),
        (no_day_off, 1, "1 thing that must hold does not, 1 hard finding among them, as in"),
    ],
)
def test_what_other_blocks_break_is_told_and_counted(
    break_it: Callable[[Rows], Rows], hard: int, words: str
) -> None:
    found = at_once(both_worked(break_it), blocks=(1,))
    assert found.schedule is not None
    assert found.report is not None
    assert found.whole is not None
    assert (found.report.ok, found.whole.ok) == (True, False)
    assert (found.report.hard, found.whole.hard) == (0, hard)
    notice = found.file.extra["notice"]
    assert notice.startswith("Outside of what this run planned ")
    assert words in notice


async def test_a_version_keeps_the_findings_of_blocks_that_were_carried_over(bench: Bench) -> None:
    """The run said "hard 0", and the new version listed nothing of what it breaks."""
    run = await bench.queue(two_blocks(), time_limit_seconds=1, academic_blocks=[1])
    async with bench.maker() as session:
        schedule = await session.get_one(ScheduleRecord, run.schedule_id)
        base = await store_version(session, schedule, program=two_blocks(), content=both_worked(no_day_off))
        await session.exec(update(Run).where(col(Run.id) == run.id).values(base_version_id=base.id))
        await session.commit()
    assert await bench.work(run) is RunState.SUCCEEDED
    ended = await bench.read(run)
    assert ended.result is not None
    assert (ended.result["hard"], ended.result["blocks"]) == (1, [1])
    assert "1 hard finding" in ended.result["notice"]
    async with bench.maker() as session:
        found = await session.exec(
            select(Finding.rule).where(
                col(Finding.version_id) == ended.result_version_id, col(Finding.severity) == "hard"
            )
        )
        assert list(found) == ["US-FREE7"]


@pytest.mark.parametrize("scope", [Scope.DAILY, Scope.BOTH])
def test_a_run_of_all_blocks_answers_for_all_of_them(scope: Scope) -> None:
    base = both_worked(as_it_is)
    plan = base if scope is Scope.DAILY else None
    found = at_once(base, scope=scope, blocks=(1, 2), year_plan=plan)
    assert found.report is not None
    assert found.whole is found.report


def test_a_hard_finding_of_the_part_that_the_whole_puts_otherwise_hides_none_outside() -> None:
    """Both had as many findings; but of those outside none was said to be hard."""
    outside = at_once(both_worked(no_day_off), blocks=(1,))
    assert outside.report is not None
    assert outside.whole is not None
    (standing,) = (one for one in outside.whole.findings if one.severity is Severity.HARD)
    own = replace(standing, person="R2", message="said of the part alone")
    planned = replace(outside.report, findings=(*outside.report.findings, own))
    notice = standing_notice(planned, outside.whole)
    assert notice is not None
    assert "1 hard finding among them" in notice
