"""Whole runs from a program to a judged schedule, engine and checker together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from src.interchange.model import Absence, AbsenceStatus, Program, Session, Tier
from src.interchange.schedule import Scope, SolveStatus, UnmetKind, UnmetRow
from src.planning.generation.solve_program import Solved, SolveOptions, solve_program
from src.solver.stop import Stop
from tests.factories.schedules_db import START, ward_program, ward_schedule
from tests.solver.world import silent


def solved(program: Program, **options: object) -> Solved:
    given = {"workers": 1, "deterministic_limit": 0.2, **options}
    return solve_program(program, SolveOptions(**given), Stop(30), silent)  # type: ignore[arg-type]


def never_free_ward() -> Program:
    """Four weeks of half days without one day off: the rule packs of the United States forbid it."""
    ward = ward_program()
    every_day = tuple(replace(row, may_be_off=False) for row in ward.templates)
    return replace(ward, templates=every_day, staffing=(), calls=(), clinics=())


def test_a_program_without_packs_is_judged_and_planned_by_its_own_rows_alone() -> None:
    """It found nothing, or its schedule was refused for advisories that nobody but the engine counted."""
    ward = never_free_ward()
    assert solved(ward).schedule is None
    without = solved(replace(ward, rule_packs=()))
    assert without.schedule is not None
    assert without.report is not None
    assert without.report.score_terms["advisories"] == 0


def stopped() -> Stop:
    stop = Stop(30)
    stop.cancel()
    return stop


def test_a_legal_start_is_never_lost_however_little_time_there_is() -> None:
    """Somebody who gives a run yesterday's schedule has a schedule at once, and never a worse one."""
    ward, start = ward_program(), ward_schedule()
    found = solve_program(ward, SolveOptions(start=start), stopped(), silent)
    assert found.schedule is not None
    assert found.schedule.assignments == start.assignments
    assert (found.file.status, found.result.seconds_to_first is None) == (SolveStatus.FEASIBLE, False)
    assert found.report is not None
    assert found.report.ok


@pytest.mark.parametrize("scope", [Scope.BOTH, Scope.YEAR, Scope.DAILY])
def test_a_legal_start_is_not_lost_where_all_blocks_are_named(scope: Scope) -> None:
    """A run of the API names all of its blocks: it forgot the start and ended with nothing."""
    ward, start = ward_program(), ward_schedule()
    named = SolveOptions(
        scope=scope,
        blocks=tuple(block.number for block in ward.academic_blocks),
        year_plan=start if scope is Scope.DAILY else None,
        start=start,
    )
    found = solve_program(ward, named, stopped(), silent)
    assert found.schedule is not None
    assert found.schedule.year == start.year


def test_what_is_built_on_is_not_lost_beside_a_start_of_another_plan() -> None:
    """Days alone keep the plan of the version they are built on, and are never worse than its days."""
    ward, base = ward_program(), ward_schedule()
    other = replace(base, year=base.year[1:])
    blocks = tuple(block.number for block in ward.academic_blocks)
    days = SolveOptions(scope=Scope.DAILY, blocks=blocks, year_plan=base, base=base, start=other)
    found = solve_program(ward, days, stopped(), silent)
    assert found.schedule is not None
    assert found.schedule.assignments == base.assignments


def test_a_start_that_is_legal_no_more_is_no_answer() -> None:
    absent = Absence("R1", "sick", START, START, AbsenceStatus.APPROVED)
    ward = replace(ward_program(), absences=(absent,))
    found = solve_program(ward, SolveOptions(start=ward_schedule()), stopped(), silent)
    assert (found.schedule, found.file.status) == (None, SolveStatus.UNKNOWN)
    later = solved(ward, start=ward_schedule())
    assert later.report is not None
    assert later.report.ok


def test_what_a_start_leaves_open_counts_where_demand_may_stay_open() -> None:
    """R1 is out for the day, two are left where three are wanted."""
    start = ward_schedule()
    out = [row for row in start.assignments if row.person == "R1" and row.date == START]
    rest = tuple(row for row in start.assignments if row not in out)
    ward = replace(ward_program(), absences=(Absence("R1", "sick", START, START, AbsenceStatus.APPROVED),))
    ward = replace(ward, staffing=(replace(ward.staffing[0], weekdays=(START.weekday(),), min=3),))
    gap = UnmetRow(UnmetKind.STAFFING, "WARD", START.isoformat(), Session.AM, (), 3, 2)
    left = replace(start, assignments=rest, unmet=(gap,))
    found = solve_program(ward, SolveOptions(start=left, allow_unmet=True), stopped(), silent)
    assert found.schedule is not None
    assert found.schedule.unmet == (gap,)
    assert solve_program(ward, SolveOptions(start=left), stopped(), silent).schedule is None
    named = SolveOptions(
        start=left, allow_unmet=True, blocks=tuple(block.number for block in ward.academic_blocks)
    )
    assert solve_program(ward, named, stopped(), silent).schedule is not None


def test_days_of_another_year_plan_are_no_answer_for_a_given_one() -> None:
    ward, start = ward_program(), ward_schedule()
    days = SolveOptions(scope=Scope.DAILY, year_plan=start, start=start)
    assert solve_program(ward, days, stopped(), silent).schedule is not None
    closed = replace(ward, rotations=(*ward.rotations, replace(ward.rotations[0], id="ICU")))
    other = replace(start, year=tuple(replace(row, rotation="ICU") for row in start.year))
    found = solve_program(closed, replace(days, year_plan=other), stopped(), silent)
    assert found.schedule is None


def test_blocks_solved_again_are_never_worse_than_what_is_carried_over() -> None:
    ward, base = ward_program(), ward_schedule()
    found = solve_program(ward, SolveOptions(blocks=(1,), base=base), stopped(), silent)
    assert found.schedule is not None
    assert found.schedule.assignments == base.assignments


def test_a_better_schedule_than_the_start_is_answered() -> None:
    found = solved(ward_program(), start=ward_schedule())
    assert found.file.score_terms["day_off_request"] == 1


def test_more_tiers_than_fit_one_sum_of_64_bits_are_no_hindrance() -> None:
    """Ten tiers of heavy weights were a sum that no search takes: an error, or nothing found."""
    ward = ward_program()
    heavy = Tier((("whole_weekends", Decimal("0.125")), ("fair_weekends", Decimal(1000))))
    found = solved(replace(ward, objective=(*ward.objective, *[heavy] * 9)))
    assert found.report is not None
    assert found.report.ok
    assert len(found.file.tiers) == 10
