"""A schedule to start from is where a run starts, not a suggestion it may pass by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from src.interchange.model import CallPin
from src.interchange.schedule import Schedule
from src.solver.daily.assemble import DailyModel, assemble
from src.solver.daily.budget import Budget
from src.solver.daily.layer import DailyOutcome, solve_daily
from src.solver.daily.standing import is_under, stands
from src.solver.daily.subsolve import State
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.solver.daily.test_layer import PLAN
from tests.solver.hospital import MONDAY, hospital
from tests.solver.world import silent

BUDGET = Budget(Stop(60.0), 1, 1, 1.0, float("inf"))


def outcome(
    hint: Schedule | None = None, *, first_only: bool = True, pins: tuple[CallPin, ...] = ()
) -> DailyOutcome:
    problem = Problem(hospital(call_pins=pins), workers=1, deterministic_limit=0.5)
    return solve_daily(problem, PLAN, Stop(60.0), silent, hint=hint, first_only=first_only)


def schedule_of(found: DailyOutcome) -> Schedule:
    assert found.assignments is not None
    return Schedule(PLAN.year_rows(), PLAN.vacation_rows(), found.assignments)


def world() -> tuple[DailyModel, State]:
    daily = assemble(Problem(hospital()), PLAN, (), ())
    return daily, State(daily.model)


def test_it_is_taken_as_it_is_whatever_else_a_search_would_meet_first() -> None:
    pin = CallPin("C", MONDAY + timedelta(12), "CALL", row=2)
    other = outcome(pins=(pin,))
    assert set(other.assignments or ()) != set(outcome().assignments or ())
    again = outcome(schedule_of(other))
    assert again.scores == other.scores
    assert set(again.assignments or ()) == set(other.assignments or ())
    assert outcome(schedule_of(other), first_only=False).scores >= other.scores


def test_one_that_lacks_a_day_is_mended() -> None:
    good = schedule_of(outcome())
    torn = replace(good, assignments=good.assignments[1:])
    assert outcome(torn).assignments


def test_one_of_another_plan_is_not_taken_for_its_own() -> None:
    swapped = {**PLAN.rotation, ("A", 1): "DESK", ("B", 1): "WARD"}
    other = YearPlan(MappingProxyType(swapped), PLAN.vacations)
    schedule = Schedule(PLAN.year_rows(), PLAN.vacation_rows(), ())
    assert is_under(PLAN, schedule)
    assert not is_under(other, schedule)


@pytest.mark.parametrize("value", [0, 1])
def test_where_it_breaks_a_rule_all_is_open_as_before(value: int) -> None:
    """Nobody takes any call, or everybody takes all of them, on all their days off."""
    daily, state = world()
    before = State(daily.model)
    decided = {each: value for each in range(daily.model.size) if daily.model.is_decision[each]}
    assert not stands(daily, state, decided, BUDGET)
    assert (state.low, state.high) == (before.low, before.high)
    assert (state.row_least, state.row_most) == (before.row_least, before.row_most)


def test_what_leaves_something_open_decides_nothing() -> None:
    daily, state = world()
    assert not stands(daily, state, {}, BUDGET)
    assert state.low == State(daily.model).low
