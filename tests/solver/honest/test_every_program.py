"""Random small programs against every schedule there is, both layers at once, by counts made here."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest

from src.compliance.check import CheckReport, check
from src.interchange.model import Program
from src.interchange.reader import read_program_files
from src.interchange.schedule import ResultFile, Scope, SolveStatus
from src.interchange.writer import program_files
from src.planning.limits import limits_of
from src.solver.engine import solve
from src.solver.precheck import find_shortages
from src.solver.problem import Problem
from src.solver.result import Result
from src.solver.stop import Stop
from tests.solver.honest.every import Every
from tests.solver.honest.programs import random_program
from tests.solver.honest.recount import Recount
from tests.solver.world import silent

SEEDS = (1, 2, 10, 11, 12, 14)
KNOWN = (43, 1069, 1087, 1135, 1155, 1163, 2134)
"""Programs whose answer was wrong once, or none."""


def made(seed: int) -> Program:
    """The program of a seed, as it is read from its folder."""
    dice = random.Random(seed)  # noqa: S311 - a test's programs, no secret
    program = read_program_files(program_files(random_program(dice))).program
    assert program is not None, "reading refuses what was drawn"
    return program


def solved(program: Program, **options: object) -> Result:
    given = {"workers": 1, "deterministic_limit": 3.0, **options}
    problem = Problem(program, limits=limits_of(program), **given)  # type: ignore[arg-type]
    return solve(problem, Stop(60.0), silent)


def judged(program: Program, result: Result) -> CheckReport:
    assert result.schedule is not None
    blocks = tuple(block.number for block in program.academic_blocks)
    file = ResultFile(result.status, Scope.BOTH, blocks, result.tiers, score_terms=dict(result.score_terms))
    return check(program, replace(result.schedule, result=file))


@pytest.mark.parametrize("seed", [*SEEDS, *KNOWN])
def test_what_is_answered_is_what_trying_everything_says(seed: int) -> None:
    """Every fourth seed may leave demand open."""
    program, allow_unmet = made(seed), seed % 4 == 3
    scores = Every(program, allow_unmet).scores
    result = solved(program, allow_unmet=allow_unmet)
    if not scores:
        assert result.status is SolveStatus.INFEASIBLE
        assert result.schedule is None
        assert result.conflicts
        return
    assert allow_unmet or find_shortages(program) == (), "counting proves what is not so"
    assert result.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE), result.conflicts
    assert_counts(program, result)
    assert_no_better_than(scores, result)


def assert_counts(program: Program, result: Result) -> None:
    """The judge finds nothing, and every term and tier is what is counted here."""
    report = judged(program, result)
    assert not report.broken, "\n".join(one.message for one in report.broken)
    assert result.schedule is not None
    told = Recount(program, result.schedule, report.soft)
    assert told.tiers() == tuple(tier.objective for tier in result.tiers)
    counted = {term: told.count(term) for term in result.score_terms if term != "vacation_rank"}
    assert counted == {term: result.score_terms[term] for term in counted}


def assert_no_better_than(scores: Iterable[tuple[Decimal, ...]], result: Result) -> None:
    """Never better than the best, called optimal only at it, and no bound below any schedule."""
    every = list(scores)
    reached = tuple(tier.objective for tier in result.tiers)
    assert reached in every
    assert result.status is SolveStatus.FEASIBLE or reached == max(every)
    for place, tier in enumerate(result.tiers):
        assert tier.bound is None or tier.bound >= max(score[place] for score in every)
