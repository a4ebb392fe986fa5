"""The plain solver that the engine is measured against."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.plain_solver import solve_plainly
from src.interchange.model import Coverage
from src.solver.answer import with_reasons
from src.solver.engine import solve
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.solver.hospital import assert_legal, hospital, silent


def test_its_schedules_are_legal_and_no_better_than_the_engines() -> None:
    problem = Problem(hospital(), workers=1)
    plain = solve_plainly(problem, Stop(10.0))
    engine = solve(problem, Stop(10.0), silent)
    assert plain.best is not None
    assert plain.first_seconds is not None
    assert_legal(hospital(), replace(engine, schedule=with_reasons(problem, plain.best)))
    assert plain.best.score.tiers <= tuple(tier.objective for tier in engine.tiers)


def test_where_no_plan_exists_it_has_nothing() -> None:
    crowded = hospital(coverage=(Coverage("WARD", (), (), 9, None, row=2),))
    assert solve_plainly(Problem(crowded, workers=1), Stop(10.0)).best is None


def test_without_time_it_has_nothing() -> None:
    assert solve_plainly(Problem(hospital(), workers=1), Stop(0.0)).best is None
