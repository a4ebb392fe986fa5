"""How the load fell: nights, weekends, holidays, calls and clinic of each resident. Pure.

Counted as the objective's terms are: work touches a date if any part of an interval, jeopardy aside, lies
on it; a weekend is a Saturday–Sunday pair with either day touched.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from src.compliance.structure.ground import Ground
from src.compliance.structure.touched import touched_dates
from src.interchange.model import DutyType, HistoryCountKind, Person, Program, Session, Setting
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule

SATURDAY = 5
HEAVY = frozenset({Setting.INPATIENT, Setting.NIGHT_FLOAT})
NOT_DUTY = frozenset({DutyType.JEOPARDY, DutyType.HOME_CALL_AVAILABILITY})


@dataclass(frozen=True, slots=True)
class Load:
    """One resident's counts; `history` adds those of earlier years. Hours are elapsed hours of duty."""

    person: Person
    heavy_blocks: int
    points: Decimal
    nights: int
    weekends: int
    holidays: int
    jeopardy: int
    clinic_sessions: int
    hours: Decimal
    history: dict[HistoryCountKind, Decimal]


def loads(program: Program, schedule: Schedule) -> list[Load]:
    """The load of every resident, in the program's order."""
    ground = Ground(program, schedule)
    touched = touched_dates(ground)
    rows: defaultdict[str, list[AssignmentRow]] = defaultdict(list)
    for row in schedule.assignments:
        rows[row.person].append(row)
    history: defaultdict[str, dict[HistoryCountKind, Decimal]] = defaultdict(dict)
    for count in program.history_counts:
        earlier = history[count.person].get(count.kind, Decimal(0))
        history[count.person][count.kind] = earlier + count.count
    return [
        _load(ground, person, rows[person.id], touched.get(person.id, frozenset()), history[person.id])
        for person in program.residents
    ]


def _load(
    ground: Ground,
    person: Person,
    rows: list[AssignmentRow],
    touched: frozenset[date],
    history: dict[HistoryCountKind, Decimal],
) -> Load:
    jeopardies = {(row.date, row.id) for row in rows if row.kind is AssignmentKind.JEOPARDY}
    calls = {
        (row.date, row.id)
        for row in rows
        if row.kind is AssignmentKind.CALL and row.duty_type is not DutyType.TRANSITION
    }
    points = sum((ground.program.call_by_id[call].points for _, call in calls | jeopardies), start=Decimal(0))
    rotations = (ground.rotation_in(person.id, block) for block in ground.block_by_number)
    nights = {
        row.date for row in rows if row.kind is AssignmentKind.ROTATION and row.session is Session.NIGHT
    }
    duty = sum(
        ((row.end_at - row.start_at) for row in rows if row.duty_type not in NOT_DUTY), start=timedelta(0)
    )
    return Load(
        person=person,
        heavy_blocks=sum(1 for rotation in rotations if rotation and rotation.setting in HEAVY),
        points=points,
        nights=len(nights),
        weekends=len({_saturday(day) for day in touched if day.weekday() >= SATURDAY}),
        holidays=len(touched & ground.holidays),
        jeopardy=len(jeopardies),
        clinic_sessions=sum(1 for row in rows if row.kind is AssignmentKind.CLINIC),
        hours=(Decimal(int(duty.total_seconds())) / 3600).quantize(Decimal("0.01")),
        history=history,
    )


def _saturday(day: date) -> date:
    return day - timedelta(days=day.weekday() - SATURDAY)
