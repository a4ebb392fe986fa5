"""Another who makes the year plans beside a run: asked when it is worth it, and never waited for in vain."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from src.compliance.check import check
from src.interchange.schedule import ResultFile, Scope, SolveStatus
from src.solver.engine import solve
from src.solver.parts import planner as planning
from src.solver.parts.make_plans import make_plans
from src.solver.parts.planner import NO_PLAN, NOTHING_PROVED, PlanTask, ask_planner, settle
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.outcome import YearBounds, YearOutcome
from tests.solver.daily.test_lanes import one_week_ward
from tests.solver.world import silent

TASK = PlanTask(1, 30.0, 3)


class Told:
    """What a planner says."""

    def __init__(self) -> None:
        self.proof: Future[YearBounds] = Future()
        self.plan: Future[YearOutcome] = Future()

    def proved(self, bounds: YearBounds) -> None:
        self.proof.set_result(bounds)

    def made(self, plan: YearOutcome) -> None:
        self.plan.set_result(plan)


class Another:
    """One worker who only makes plans, as a test says."""

    def __init__(self, proof: YearBounds | None = None, made: YearOutcome | None = None) -> None:
        self.proof: Future[YearBounds] = Future()
        self.made: Future[YearOutcome] = Future()
        self.asked: list[tuple[float, int]] = []
        self.withdrawn = 0
        if proof is not None:
            settle(self.proof, proof)
        if made is not None:
            settle(self.made, made)

    def helpers(self) -> int:
        return 0

    def offer(self, _: object) -> None:
        return None

    def improve(self, *_: object) -> None:
        return None

    def make_plans(self, seconds: float, seed: int) -> Another:
        self.asked.append((seconds, seed))
        return self

    def withdraw(self) -> None:
        self.withdrawn += 1


@pytest.fixture
def is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "LEAST_CELLS", 0)


def problem(**options: Any) -> Problem:
    return Problem(one_week_ward(), **{"workers": 2, **options})


def assert_ends_legal(asked: Problem) -> None:
    found = solve(asked, Stop(20.0), silent)
    assert found.schedule is not None
    blocks = tuple(block.number for block in asked.program.academic_blocks)
    judged = replace(found.schedule, result=ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, blocks))
    report = check(asked.program, judged)
    assert report.ok, [one.message for one in report.broken]


def test_plans_are_proved_and_made() -> None:
    told = Told()
    make_plans(problem(), TASK, told, Stop(30.0))
    proof, made = told.proof.result(timeout=0), told.plan.result(timeout=0)
    assert not proof.is_infeasible
    assert made.plan is not None
    assert all(bound is None or hoped <= bound for hoped, bound in zip(made.hoped, proof.tiers, strict=True))


def test_nothing_is_told_after_the_stop() -> None:
    told, stop = Told(), Stop(30.0)
    stop.cancel()
    make_plans(problem(), TASK, told, stop)
    assert not told.proof.done()
    assert not told.plan.done()


@pytest.mark.parametrize(
    "why", ["nobody else", "small", "repeats", "stopped"], ids=lambda why: why.replace(" ", "_")
)
def test_nobody_is_asked_in_vain(monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    monkeypatch.setattr(planning, "LEAST_CELLS", 10**9 if why == "small" else 0)
    another, stop = Another(), Stop(30.0)
    if why == "stopped":
        stop.cancel()
    limit = 5.0 if why == "repeats" else None
    asked = problem(elsewhere=None if why == "nobody else" else another, deterministic_limit=limit)
    assert ask_planner(asked, stop) is None
    assert another.asked == []


@pytest.mark.usefixtures("is_worth_it")
def test_who_is_there_is_asked_for_the_time_that_is_left() -> None:
    another = Another()
    assert ask_planner(problem(elsewhere=another, seed=7), Stop(30.0)) is another
    ((seconds, seed),) = another.asked
    assert 25 < seconds <= 30
    assert seed == 7


@pytest.mark.usefixtures("is_worth_it")
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_run_whose_planner_is_gone_does_it_itself(workers: int) -> None:
    another = Another(NOTHING_PROVED, NO_PLAN)
    assert_ends_legal(problem(elsewhere=another, workers=workers))
    assert another.withdrawn == 1


@pytest.mark.usefixtures("is_worth_it")
def test_a_run_takes_over_what_was_proved_and_made() -> None:
    told = Told()
    make_plans(problem(), TASK, told, Stop(30.0))
    assert_ends_legal(problem(elsewhere=Another(told.proof.result(), told.plan.result())))


@pytest.mark.usefixtures("is_worth_it")
def test_a_plan_that_no_days_fit_costs_no_schedule() -> None:
    """Nobody is on the ward in it."""
    told = Told()
    make_plans(problem(), TASK, told, Stop(30.0))
    made = told.plan.result()
    assert made.plan is not None
    rotation = dict.fromkeys(made.plan.rotation, "DESK")
    hoped = tuple(tier + Decimal(1) for tier in made.hoped)
    wrong = replace(made, plan=replace(made.plan, rotation=rotation), hoped=hoped)
    assert_ends_legal(problem(elsewhere=Another(told.proof.result(), wrong)))
