"""A small hospital for whole runs: four residents, two blocks of a fortnight, a ward, calls, a clinic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from types import MappingProxyType

from src.compliance.check import CheckReport, check
from src.interchange.model import (
    Clinic,
    Coverage,
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
from src.interchange.schedule import ResultFile, Scope
from src.solver.engine import solve
from src.solver.problem import Problem, ProgressSink
from src.solver.result import Result
from src.solver.stop import Stop
from tests.compliance.structure.world import call
from tests.solver.world import silent

MONDAY = date(2026, 7, 6)
PEOPLE = tuple(
    Person(name, name, PersonKind.RESIDENT, pgy, row=row)
    for row, (name, pgy) in enumerate((("A", 1), ("B", 1), ("C", 2), ("D", 2)), start=2)
)
WARD = Rotation("WARD", "Ward", Setting.INPATIENT, row=2)
DESK = Rotation("DESK", "Desk", Setting.OUTPATIENT, vacation_weeks_max=1, clinic=True, row=3)
TEMPLATES = (
    Template("WARD", (), Session.AM, time(7), 300, DutyType.CLINICAL, may_be_off=True, row=2),
    Template("WARD", (), Session.PM, time(12), 300, DutyType.CLINICAL, may_be_off=True, row=3),
    Template("DESK", (0, 1, 2, 3, 4), Session.AM, time(8), 240, DutyType.CLINICAL, holidays=False, row=4),
)
WEEKEND_CALL = call(
    min=1,
    max=1,
    weekdays=(5,),
    start=time(7),
    minutes=1440,
    handover_minutes=60,
    post_call=PostCall.OFF_AFTER,
    holidays=HolidayRule.WEEKDAYS_AND_HOLIDAYS,
    row=2,
)
REQUESTS = (
    Request("A", RequestKind.VACATION, 1, MONDAY + timedelta(7), row=2),
    Request("A", RequestKind.VACATION, 2, MONDAY + timedelta(14), row=3),
    Request("C", RequestKind.DAY_OFF, None, MONDAY + timedelta(3), row=4),
    Request("D", RequestKind.NO_CALL, None, MONDAY + timedelta(5), row=5),
    Request("B", RequestKind.CALL, None, MONDAY + timedelta(5), row=6),
    Request("B", RequestKind.ROTATION, rotation="WARD", block=1, weight=2, row=7),
    Request("C", RequestKind.ROTATION, rotation="WARD", block=1, weight=-1, row=8),
)
OBJECTIVE = (
    Tier((("unmet_staffing", Decimal(1000)),)),
    Tier(
        (("rotation_request", Decimal(1)), ("day_off_request", Decimal(3)), ("no_call_request", Decimal(3))),
        (Decimal(10), Decimal(5)),
    ),
    Tier((("fair_heavy_blocks", Decimal(5)), ("fair_call_points", Decimal(5)), ("advisories", Decimal(2)))),
    Tier((("whole_weekends", Decimal(1)),)),
)


def hospital(**changes: object) -> Program:
    """Two of the four are on the ward in each block, where one must be at work every morning."""
    program = Program(
        id="hospital",
        name="Hospital",
        time_zone="America/Chicago",
        year_start_date=MONDAY,
        blocks=(14, 14),
        rule_packs=("acgme-cpr-2023",),
        holidays=(MONDAY + timedelta(9),),
        vacation_weeks=MappingProxyType({1: 1}),
        max_on_vacation=1,
        people=PEOPLE,
        rotations=(WARD, DESK),
        templates=TEMPLATES,
        staffing=(Staffing("WARD", (), Session.AM, (), 1, 2, row=2),),
        coverage=(Coverage("WARD", (), (), 2, 2, row=2),),
        requirements=(
            Requirement((), None, "WARD", 0, None, row=2),
            Requirement((), None, "DESK", 0, None, row=3),
        ),
        calls=(WEEKEND_CALL,),
        clinics=(Clinic("C", 2, Session.PM, time(13), 240, row=2),),
        requests=REQUESTS,
        objective=OBJECTIVE,
    )
    return replace(program, **changes)  # type: ignore[arg-type]


def run(
    program: Program, stop: Stop | None = None, progress: ProgressSink = silent, **options: object
) -> Result:
    """A run that ends by work done and not by the clock, unless told otherwise; nothing goes wrong in it."""
    given = {"workers": 1, "deterministic_limit": 0.3, **options}
    result = solve(Problem(program, **given), stop or Stop(60.0), progress)  # type: ignore[arg-type]
    assert not result.troubles
    return result


def judged(
    program: Program, result: Result, scope: Scope = Scope.BOTH, blocks: Sequence[int] = (1, 2)
) -> CheckReport:
    """The independent checker's report on a result, its own figures and reasons included."""
    assert result.schedule is not None
    file = ResultFile(result.status, scope, tuple(blocks), result.tiers, score_terms=dict(result.score_terms))
    return check(program, replace(result.schedule, result=file))


def assert_legal(
    program: Program, result: Result, scope: Scope = Scope.BOTH, blocks: Sequence[int] = (1, 2)
) -> None:
    report = judged(program, result, scope, blocks)
    assert not report.broken, "\n".join(f"{one.file}:{one.row} {one.message}" for one in report.broken)
    assert report.hard == 0
