"""Runs of days under a year plan that was made before something changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from src.interchange.model import Coverage, Program, Request, RequestKind, Requirement, RotationPin
from src.interchange.schedule import Schedule, Scope, SolveStatus, UnmetKind, VacationRow
from src.planning.generation.solve_program import Solved, SolveOptions, solve_program
from src.solver.stop import Stop
from tests.factories.schedules_db import ward_program, ward_schedule
from tests.solver.world import silent

MONDAY = date(2026, 7, 6)
ASKED = Request("R1", RequestKind.VACATION, 1, MONDAY, row=9)


def days_of(program: Program, plan: Schedule, **options: object) -> Solved:
    given = SolveOptions(scope=Scope.DAILY, year_plan=plan, workers=1, deterministic_limit=0.2)
    return solve_program(program, replace(given, **options), Stop(30), silent)  # type: ignore[arg-type]


def icu_ward() -> Program:
    """The ward with a second rotation, which nobody is on."""
    ward = ward_program()
    icu = replace(ward.rotations[0], id="ICU")
    return replace(
        ward,
        rotations=(*ward.rotations, icu),
        requirements=(*ward.requirements, Requirement((), None, "ICU", 0, None, row=3)),
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"coverage": (Coverage("WARD", (), (), 0, 2, row=5),)}, "coverage.csv row 5"),
        ({"coverage": (Coverage("ICU", (), (), 1, None, row=5),)}, "ICU"),
        ({"rotation_pins": (RotationPin("R1", 1, "ICU", row=7),)}, "ICU"),
        ({"requirements": (Requirement((), None, "ICU", 0, None, row=3),)}, "R1"),
        ({"vacation_weeks": MappingProxyType({1: 1})}, "R1"),
    ],
)
def test_a_plan_that_breaks_a_rule_itself_is_infeasible_and_says_which(
    change: dict[str, object], said: str
) -> None:
    """Days were found for it, the checker refused them, and the run failed as by a defect of the engine."""
    changed = replace(icu_ward(), **change)  # type: ignore[arg-type]
    found = days_of(changed, ward_schedule())
    assert (found.file.status, found.schedule) == (SolveStatus.INFEASIBLE, None)
    (conflict,) = found.file.conflicts
    assert said in conflict.message
    assert conflict.row != 0
    assert "year plan" in found.result.way_out[0]


def test_what_else_the_plan_breaks_is_told_beside_the_clash() -> None:
    changed = replace(icu_ward(), vacation_weeks=MappingProxyType({1: 1}))
    found = days_of(changed, ward_schedule())
    assert len(found.file.conflicts) == 1
    assert len(found.result.way_out) == len(changed.residents), "one clash each, and what helps"


def test_coverage_that_may_stay_open_is_no_hindrance() -> None:
    changed = replace(icu_ward(), coverage=(Coverage("ICU", (), (), 1, None, row=5),))
    found = days_of(changed, ward_schedule(), allow_unmet=True)
    assert found.schedule is not None
    assert [(row.what, row.got) for row in found.schedule.unmet] == [(UnmetKind.COVERAGE, 0)]


@pytest.mark.parametrize("requests", [(), (ASKED,), (replace(ASKED, rank=3),)])
@pytest.mark.parametrize("scope", [Scope.DAILY, Scope.BOTH])
def test_weeks_off_have_the_ranks_of_todays_requests(requests: tuple[Request, ...], scope: Scope) -> None:
    """A request that came, went or changed its rank after the plan was made got the run refused."""
    ward = ward_program()
    rest = replace(ward.rotations[0], vacation_weeks_max=1)
    ward = replace(
        ward,
        rotations=(rest,),
        staffing=(replace(ward.staffing[0], min=0),),
        people=tuple(replace(one, pgy=2 if one.id == "R1" else 1) for one in ward.people),
        vacation_weeks=MappingProxyType({2: 1}),
        requests=requests,
    )
    plan = replace(ward_schedule(), vacations=(VacationRow("R1", MONDAY, 2),))
    off = [row for row in plan.assignments if row.person == "R1" and 0 <= (row.date - MONDAY).days < 7]
    plan = replace(plan, assignments=tuple(row for row in plan.assignments if row not in off), denied=None)
    given = {"year_plan": plan} if scope is Scope.DAILY else {"base": plan, "year_plan": None}
    found = days_of(ward, plan, scope=scope, blocks=(1,), **given)
    assert found.schedule is not None
    ranks = {row.request_rank for row in found.schedule.vacations if row.week_start_date == MONDAY}
    assert scope is Scope.BOTH or ranks == {requests[0].rank if requests else None}
