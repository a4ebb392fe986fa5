"""Programs that hours, free days or calls alone rule out: infeasible, with rows and rules, never wrongly."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from itertools import product
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Call,
    PostCall,
    Program,
    RotationPin,
    Session,
    Setting,
    Staffing,
    Template,
)
from src.interchange.schedule import SolveStatus
from src.planning.limits import limits_of
from src.solver.daily.layer import solve_daily
from src.solver.engine import solve
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.result import Result
from src.solver.stop import Stop
from tests.compliance.structure.world import call
from tests.solver.small import MONDAY, covers, nobody, resident, rotation, weekday_session, year_tier
from tests.solver.small import program as small

EVERY_DAY = tuple(range(7))
WARD = rotation("WARD", row=2)
DESK = rotation("DESK", Setting.OUTPATIENT, row=3)
NF = rotation("NF", Setting.NIGHT_FLOAT, row=4)
WEEKDAYS = weekday_session("WARD", row=2)
AT_DESK = weekday_session("DESK", row=3)
DAILY = weekday_session("WARD", weekdays=EVERY_DAY, may_be_off=True, row=2)
NIGHTLY = weekday_session("NF", Session.NIGHT, weekdays=EVERY_DAY, may_be_off=True, row=4)
ONE_A_NIGHT = Staffing("NF", (), Session.NIGHT, (), 1, None, row=2)
ONE_A_DAY = Staffing("WARD", (), Session.AM, (), 1, None, row=2)
LONG_CALL = call(
    "LONG",
    weekdays=EVERY_DAY,
    start=time(7),
    minutes=1440,
    min=1,
    max=1,
    post_call=PostCall.DAY_OFF,
    rotations=("WARD",),
    row=2,
)


def hospital(count: int, *templates: Template, **more: Any) -> Program:
    people = tuple(resident(f"R{number}", row=2 + number) for number in range(count))
    named = [each for each in (WARD, DESK, NF) if each.id in {row.rotation for row in templates}]
    return small(
        people,
        named,
        templates=templates,
        rule_packs=("acgme-cpr-2023",),
        objective=(year_tier(rotation_request=1),),
        **more,
    )


def solved(program: Program) -> Result:
    problem = Problem(program, limits=limits_of(program), workers=1, deterministic_limit=20.0)
    return solve(problem, Stop(100.0), nobody)


def told(result: Result) -> tuple[set[tuple[str, int | None]], str]:
    """The rows of the clash, and all its words."""
    rows = {(conflict.file, conflict.row) for conflict in result.conflicts}
    return rows, " ".join(conflict.message for conflict in result.conflicts)


@pytest.mark.parametrize("blocks", [(28,), (14, 14), (7, 7, 7)])
def test_one_resident_for_every_night_is_said_to_be_too_few_by_the_hours(blocks: tuple[int, ...]) -> None:
    """Whether a block is a window of its own or windows run over several of them."""
    result = solved(
        hospital(
            3,
            WEEKDAYS,
            NIGHTLY,
            staffing=(ONE_A_NIGHT,),
            coverage=(covers("NF", 0, 1, row=2),),
            blocks=blocks,
        )
    )
    assert result.status is SolveStatus.INFEASIBLE
    rows, words = told(result)
    assert rows == {("staffing.csv", 2), ("coverage.csv", 2), ("program.toml", None)}
    assert "US-80" in words
    assert "Raise the maximum of coverage.csv row 2 by 1, to 2 (NF)." in result.way_out


def test_one_resident_for_every_day_is_said_to_be_too_few_by_the_free_days() -> None:
    result = solved(
        hospital(
            3, DAILY, AT_DESK, staffing=(ONE_A_DAY,), coverage=(covers("WARD", 0, 1, row=2),), blocks=(28,)
        )
    )
    assert result.status is SolveStatus.INFEASIBLE
    assert "US-FREE7" in told(result)[1]


def test_two_residents_for_a_daily_call_are_too_few_and_more_would_help() -> None:
    result = solved(
        hospital(
            5, WEEKDAYS, AT_DESK, calls=(LONG_CALL,), coverage=(covers("WARD", 0, 2, row=2),), blocks=(28,)
        )
    )
    assert result.status is SolveStatus.INFEASIBLE
    rows, words = told(result)
    assert ("calls.csv", 2) in rows
    assert "US-CALL3" in words or "US-80" in words, "either of them suffices"
    assert any(way.startswith("Raise the maximum of coverage.csv row 2 by ") for way in result.way_out)


def test_a_rotation_without_a_free_day_is_nobodys() -> None:
    always = replace(DAILY, may_be_off=False)
    result = solved(hospital(2, always, AT_DESK, coverage=(covers("WARD", 1, row=2),), blocks=(28,)))
    assert result.status is SolveStatus.INFEASIBLE
    rows, words = told(result)
    assert rows == {("coverage.csv", 2), ("program.toml", None)}
    assert "Nobody can keep US-FREE7 on WARD in block 1" in words


def test_a_pin_and_an_absence_that_leave_one_alone_are_named() -> None:
    away = Absence("R1", "sick", MONDAY, MONDAY + timedelta(27), AbsenceStatus.APPROVED, row=2)
    pins = (RotationPin("R0", 1, "WARD", row=2), RotationPin("R1", 1, "WARD", row=3))
    given = {"staffing": (ONE_A_DAY,), "coverage": (covers("WARD", 0, 2, row=2),), "blocks": (28,)}
    program = hospital(3, DAILY, AT_DESK, absences=(away,), rotation_pins=pins, **given)
    result = solved(program)
    assert result.status is SolveStatus.INFEASIBLE
    assert {("absences.csv", 2), ("pins.csv", 3)} <= told(result)[0]
    assert solved(replace(program, absences=())).status is not SolveStatus.INFEASIBLE


def test_what_can_just_be_done_is_not_called_infeasible() -> None:
    """Two for the nights keep their hours."""
    program = hospital(
        3, WEEKDAYS, NIGHTLY, staffing=(ONE_A_NIGHT,), coverage=(covers("NF", 0, 2, row=2),), blocks=(14,)
    )
    assert solved(program).schedule is not None


@st.composite
def fortnights(draw: st.DrawFn) -> Program:
    """Two or three short blocks for two or three residents, most of them at the edge of what can be done."""
    pick = draw
    count, blocks = pick(st.sampled_from([(2, (7, 7)), (3, (7, 7)), (2, (14, 7)), (2, (7, 7, 7))]))
    night = pick(st.booleans())
    days = tuple(sorted(pick(st.sets(st.integers(0, 6), min_size=4, max_size=7))))
    off = pick(st.booleans())
    if night:
        first = replace(
            NIGHTLY, weekdays=days, may_be_off=off, minutes=60 * pick(st.sampled_from([10, 12, 14]))
        )
        staffing = replace(ONE_A_NIGHT, weekdays=days, min=pick(st.integers(0, 1)))
    else:
        first = replace(DAILY, weekdays=days, may_be_off=off, minutes=60 * pick(st.sampled_from([4, 10, 13])))
        staffing = replace(ONE_A_DAY, weekdays=days, min=pick(st.integers(0, 2)))
    calls: tuple[Call, ...] = ()
    if pick(st.booleans()):
        weekdays = tuple(sorted(pick(st.sets(st.integers(0, 6), min_size=2, max_size=7))))
        minutes = 60 * pick(st.sampled_from([12, 24]))
        pool = pick(st.sampled_from([("WARD",), ("DESK",), ()])) if not night else ("DESK",)
        post = pick(st.sampled_from(PostCall))
        calls = (replace(LONG_CALL, weekdays=weekdays, minutes=minutes, rotations=pool, post_call=post),)
    absences: tuple[Absence, ...] = ()
    if pick(st.booleans()):
        start = MONDAY + timedelta(pick(st.integers(0, 13)))
        until = start + timedelta(pick(st.integers(0, 7)))
        absences = (Absence("R1", "sick", start, until, AbsenceStatus.APPROVED, row=2),)
    name = "NF" if night else "WARD"
    return hospital(
        count,
        first,
        AT_DESK,
        staffing=(staffing,),
        calls=calls,
        absences=absences,
        coverage=(covers(name, pick(st.integers(0, 1)), pick(st.sampled_from([1, 2, None])), row=2),),
        blocks=blocks,
    )


def has_schedule(program: Program) -> bool:
    """Whether any plan of the year that keeps the coverage has days, each plan tried by itself."""
    (row,) = program.coverage
    cells = [(person.id, block.number) for person in program.residents for block in program.academic_blocks]
    problem = Problem(program, limits=limits_of(program), workers=1, deterministic_limit=20.0)
    for chosen in product([each.id for each in program.rotations], repeat=len(cells)):
        plan = YearPlan(MappingProxyType(dict(zip(cells, chosen, strict=True))))
        there = [
            sum(plan.rotation[person.id, block.number] == row.rotation for person in program.residents)
            for block in program.academic_blocks
        ]
        if any(number < row.min or (row.max is not None and number > row.max) for number in there):
            continue
        if solve_daily(problem, plan, Stop(60.0), nobody, first_only=True).assignments is not None:
            return True
    return False


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(fortnights())
def test_a_clash_of_days_is_one_exactly_where_no_plan_has_days(program: Program) -> None:
    """What runs out of time says neither."""
    result = solved(program)
    assume(result.status is not SolveStatus.UNKNOWN)
    assert (result.status is SolveStatus.INFEASIBLE) != has_schedule(program)
