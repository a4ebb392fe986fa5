"""What is proved of plans and days together holds in every kind of run."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from src.interchange.model import Program
from src.interchange.schedule import SolveStatus
from src.planning.limits import limits_of
from src.solver.engine import solve
from src.solver.problem import Problem, Progress
from src.solver.result import Result
from src.solver.stop import Stop
from src.solver.whole import lives, model
from tests.solver.honest.test_every_program import made, solved
from tests.solver.world import assert_keeps_to

SEEDS = (10, 164)
"""Programs of several blocks in which the first plan is not the best."""


def told(result: Result) -> list[tuple[Decimal, Decimal | None]]:
    return [(tier.objective, tier.bound) for tier in result.tiers]


@pytest.fixture(scope="module", params=SEEDS)
def program(request: pytest.FixtureRequest) -> Program:
    return made(request.param)


@pytest.fixture(scope="module")
def best(program: Program) -> Result:
    result = solved(program)
    assert result.status is SolveStatus.OPTIMAL
    return result


def test_some_blocks_of_the_best_are_as_good_and_proved(program: Program, best: Result) -> None:
    """What is kept outside the range allows the best, and nothing allows more."""
    again = solved(program, blocks=(1,), base=best.schedule)
    assert again.status is SolveStatus.OPTIMAL
    assert told(again) == told(best)


def test_a_start_changes_nothing_of_what_is_best(program: Program, best: Result) -> None:
    again = solved(program, start=best.schedule, known=best.schedule, seed=3)
    assert told(again) == told(best)


def test_what_cannot_be_tried_as_a_whole_claims_less(
    program: Program, best: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for no years, or for no variables, the run ends as the layers alone end it."""
    for place, name in ((lives, "MOST_LIVES"), (model, "MOST_VARIABLES")):
        with monkeypatch.context() as changed:
            changed.setattr(place, name, 0)
            less = solved(program)
        assert less.status is SolveStatus.FEASIBLE
        assert_keeps_to((tier.objective for tier in best.tiers), less.tiers)


def test_open_demand_that_costs_nothing_is_not_sought_as_a_whole(program: Program) -> None:
    """The tiers would say that all of it is best left open."""
    tiers = tuple(tier for tier in program.objective if tier.weight("unmet_staffing") is None)
    result = solved(replace(program, objective=tiers), allow_unmet=True)
    assert "whole_variables" not in result.model_size


def test_a_stop_while_the_whole_is_sought_keeps_the_best(program: Program, best: Result) -> None:
    stop = Stop(60.0)
    seen: list[str] = []

    def cancel_at_the_whole(step: Progress) -> None:
        seen.append(step.phase)
        if seen[-1] == "plans and days together":
            stop.cancel()

    problem = Problem(program, limits=limits_of(program), workers=1, deterministic_limit=3.0)
    result = solve(problem, stop, cancel_at_the_whole)
    assert "plans and days together" in seen
    assert result.schedule is not None
    assert result.status is SolveStatus.FEASIBLE
    assert_keeps_to((tier.objective for tier in best.tiers), result.tiers)
