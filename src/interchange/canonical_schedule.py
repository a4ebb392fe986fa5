"""The canonical order of a schedule's rows, the same whatever order they were found or came in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from src.interchange.schedule import AssignmentRow, DeniedRow, FindingRow, Schedule, UnmetRow, VacationRow


def canonical_schedule(schedule: Schedule) -> Schedule:
    """The same schedule with its rows by person and time; rows keep their numbers."""
    return replace(
        schedule,
        year=tuple(sorted(schedule.year, key=lambda row: (row.person, row.block, row.rotation))),
        vacations=tuple(sorted(schedule.vacations, key=_vacation_order)),
        assignments=tuple(sorted(schedule.assignments, key=_assignment_order)),
        unmet=tuple(sorted(schedule.unmet, key=_unmet_order)),
        denied=None if schedule.denied is None else tuple(sorted(schedule.denied, key=_denied_order)),
        findings=None if schedule.findings is None else tuple(sorted(schedule.findings, key=_finding_order)),
    )


def _vacation_order(row: VacationRow) -> tuple[Any, ...]:
    return (row.person, row.week_start_date, row.request_rank or 0)


def _assignment_order(row: AssignmentRow) -> tuple[Any, ...]:
    return (row.person, row.start_at, row.end_at, row.kind, row.id, row.duty_type, row.date, row.session)


def _unmet_order(row: UnmetRow) -> tuple[Any, ...]:
    # A block number sorts as a number among its like, a date as a date.
    when = row.date_or_block.zfill(10)
    return (row.what, row.id, when, row.session or "", row.pgys, row.needed, row.got)


def _denied_order(row: DeniedRow) -> tuple[Any, ...]:
    start = "" if row.start_date is None else row.start_date.isoformat()
    return (row.person, row.kind, row.rank or 0, start, row.reason, row.blocking)


def _finding_order(row: FindingRow) -> tuple[Any, ...]:
    return (
        *(row.person, row.window_start_at, row.rule, row.severity, row.window_end_at),
        *(row.value, row.limit, row.clause, row.entries),
    )
