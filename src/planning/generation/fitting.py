"""What of a schedule fits a program: a schedule to start from may be older than the program, or another's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from src.interchange.model import Program, RequestKind
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule
from src.solver.expand import home_date


def fitting(program: Program, schedule: Schedule | None) -> Schedule | None:
    """The rows about residents, rotations, calls and dates that the program has; None where none are left.

    Findings, reasons and results are left out: they were said of another program. Weeks off have the ranks
    of today's requests.
    """
    if schedule is None:
        return None
    residents = {person.id for person in program.residents}
    rotations, weeks = program.rotation_by_id, set(program.weeks)
    year = tuple(
        row
        for row in schedule.year
        if row.person in residents and row.rotation in rotations and 1 <= row.block <= len(program.blocks)
    )
    weeks_off = tuple(
        row for row in schedule.vacations if row.person in residents and row.week_start_date in weeks
    )
    assignments = tuple(
        row for row in schedule.assignments if row.person in residents and _is_known(program, row)
    )
    found = Schedule(year=year, vacations=weeks_off, assignments=assignments)
    return with_ranks(program, found) if year or assignments else None


def with_ranks(program: Program, schedule: Schedule) -> Schedule:
    """The schedule with the ranks that today's requests give its weeks off; all else as it is."""
    ranks = _ranks_of(program)
    weeks = (
        replace(row, request_rank=ranks.get((row.person, row.week_start_date))) for row in schedule.vacations
    )
    return replace(schedule, vacations=tuple(weeks))


def _ranks_of(program: Program) -> dict[tuple[str, date], int]:
    """(person, Monday) -> the best rank that today's requests give the week."""
    found: dict[tuple[str, date], int] = {}
    for request in program.requests:
        if request.kind is RequestKind.VACATION and request.start_date and request.rank is not None:
            monday = request.start_date - timedelta(days=request.start_date.weekday())
            key = (request.person, monday)
            found[key] = min(request.rank, found.get(key, request.rank))
    return found


def _is_known(program: Program, row: AssignmentRow) -> bool:
    if program.block_of(home_date(program, row)) is None:  # a last handover goes with its call
        return False
    if row.kind is AssignmentKind.ROTATION:
        return row.id in program.rotation_by_id
    return row.kind is AssignmentKind.CLINIC or row.id in program.call_by_id
