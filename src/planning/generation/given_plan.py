"""A year plan that was given to a run of days alone, and breaks a rule itself: no days can mend it."""

from __future__ import annotations

from src.compliance.check import check
from src.compliance.structure import Broken
from src.interchange.schedule import Conflict, ResultFile, Schedule, Scope, SolveStatus
from src.solver.answer import open_coverage
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.result import Result

MOST_TOLD = 5
OTHERWISE = "Mend the year plan that was given, or let the run plan the year as well."


def refused_plan(problem: Problem) -> Result | None:
    """Infeasible, with the first thing that the given year plan breaks; None where it breaks nothing.

    One thing broken is a clash by itself, so it alone is the conflict; what else is broken stands beside it.
    """
    given = problem.year_plan or problem.base
    if problem.scope is not Scope.DAILY or given is None or not given.year:
        return None
    plan = YearPlan.of_schedule(given)
    blocks = problem.blocks or tuple(block.number for block in problem.program.academic_blocks)
    unmet = open_coverage(problem, plan) if problem.allow_unmet else ()
    file = ResultFile(SolveStatus.FEASIBLE, Scope.YEAR, blocks)
    year = Schedule(given.year, given.vacations, (), unmet, result=file)
    broken = check(problem.program, year).broken
    if not broken:
        return None
    first, *others = broken
    told = [f"The year plan breaks this too: {one.message}." for one in others[:MOST_TOLD]]
    return Result(
        SolveStatus.INFEASIBLE, conflicts=(_conflict(first),), way_out=(OTHERWISE, *told), seed=problem.seed
    )


def _conflict(broken: Broken) -> Conflict:
    return Conflict(
        broken.file, broken.row or None, f"The year plan that was given breaks it: {broken.message}."
    )
