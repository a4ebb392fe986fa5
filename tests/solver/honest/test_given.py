"""Runs that are given something: a year plan, the rest of a schedule, a schedule to start from."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from src.interchange.model import Program
from src.interchange.schedule import Schedule, Scope, SolveStatus
from tests.solver.honest.asking import answered, assert_honest, drawn, judged_whole
from tests.solver.honest.every import Every
from tests.solver.honest.recount import Recount
from tests.solver.honest.some import Some, lived, one_of, plan_of, weeks_of

PLANS = (239, 249, 254, 260)
RANGES = (219, 222, 224)
STARTS = (219, 222, 224)


def given_plan(program: Program, dice: random.Random) -> Schedule | None:
    """A year plan that is legal for each resident alone, often one that has days."""
    every = Every(program)
    plans = [list(every._plans(person)) for person in program.residents]
    if not all(plans):
        return None
    whole = one_of(every, dice) if dice.random() < 0.6 else None
    return replace(whole or lived(program, [dice.choice(each) for each in plans]), assignments=())


@pytest.mark.parametrize("seed", PLANS)
def test_days_of_a_given_plan_are_what_trying_all_of_them_says(seed: int) -> None:
    program, dice = drawn(seed), random.Random(seed)  # noqa: S311 - a test's choice, no secret
    plan = given_plan(program, dice)
    assert plan is not None
    scores = Some(program, given=plan, plan_alone=True).scores
    solved = answered(program, scope=Scope.DAILY, year_plan=plan)
    if not scores:
        assert solved.file.status in (SolveStatus.INFEASIBLE, SolveStatus.UNKNOWN)
        assert solved.schedule is None
        assert bool(solved.file.conflicts) is (solved.file.status is SolveStatus.INFEASIBLE)
        return
    assert_honest(program, solved, scores)
    assert solved.schedule is not None
    assert plan_of(solved.schedule) == plan_of(plan)
    assert weeks_of(solved.schedule) == weeks_of(plan)


@pytest.mark.parametrize("seed", RANGES)
@pytest.mark.parametrize("scope", [Scope.BOTH, Scope.DAILY])
def test_blocks_solved_anew_leave_all_else_as_it_is(seed: int, scope: Scope) -> None:
    program, dice = drawn(seed), random.Random(seed)  # noqa: S311 - a test's choice, no secret
    base = one_of(Every(program), dice)
    assert base is not None
    free = (dice.randint(1, len(program.blocks)),)
    every = Some(program, given=base, free=free, plan_too=scope is Scope.DAILY)
    assert every.scores
    solved = answered(program, scope=scope, base=base, blocks=free)
    assert_honest(program, solved, every.scores)
    assert solved.schedule is not None
    assert every.outside(solved.schedule.assignments) == every.outside(base.assignments)


@pytest.mark.parametrize("seed", STARTS)
@pytest.mark.parametrize("limit", [1e-6, 0.05])
def test_a_run_from_a_schedule_is_never_worse_however_little_time_there_is(seed: int, limit: float) -> None:
    program, dice = drawn(seed), random.Random(seed)  # noqa: S311 - a test's choice, no secret
    every = Every(program)
    start = one_of(every, dice)
    assert start is not None
    solved = answered(program, start=start, deterministic_limit=limit)
    assert_honest(program, solved, every.scores)
    before = Recount(program, start, judged_whole(program, start).soft).tiers()
    assert tuple(tier.objective for tier in solved.file.tiers) >= before


def test_days_that_fill_open_demand_first_prove_nothing_of_leaving_it() -> None:
    """No tier says what open demand costs: left open, the plan of this program scores more."""
    program = drawn(263)
    plan = given_plan(program, random.Random(270))  # noqa: S311 - a test's choice, no secret
    assert plan is not None
    scores = Some(program, allow_unmet=True, given=plan, plan_alone=True).scores
    solved = answered(program, scope=Scope.DAILY, year_plan=plan, allow_unmet=True)
    assert_honest(program, solved, scores)
    assert tuple(tier.objective for tier in solved.file.tiers) < max(scores)
