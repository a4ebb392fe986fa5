"""What a run under limits that are stricter than the rules of some dates may still claim: what it found."""

from __future__ import annotations

from dataclasses import replace

from src.interchange.schedule import SolveStatus
from src.planning.limits import is_narrowed
from src.solver.precheck import find_shortages
from src.solver.problem import Problem
from src.solver.result import Result

WHY = (
    "Rules of some dates only were planned by for all of the year, "
    "and hours that are approved beyond a limit were not planned"
)


def as_far_as_proved(problem: Problem, result: Result) -> Result:
    """The result without proofs that rest on limits which are stricter than the rules of some dates.

    A schedule stays as it is; its bounds are left out. That there is none is claimed only where counting the
    program's own rows shows it.
    """
    if not is_narrowed(problem.program):
        return result
    if result.status is SolveStatus.INFEASIBLE:
        if not problem.allow_unmet and find_shortages(problem.program, problem.blocks):
            return result
        met = " ".join(conflict.message for conflict in result.conflicts)
        said = f"{WHY}; so strictly there is no schedule, which proves nothing. What stood in the way: {met}"
        return replace(
            result, status=SolveStatus.UNKNOWN, conflicts=(), way_out=(), notice=_with(result, said)
        )
    if result.schedule is None:
        return result
    return replace(
        result,
        status=SolveStatus.FEASIBLE,
        tiers=tuple(replace(tier, bound=None) for tier in result.tiers),
        year_tiers=tuple(replace(tier, bound=None) for tier in result.year_tiers),
        notice=_with(result, f"{WHY}; so there are no bounds."),
    )


def _with(result: Result, said: str) -> str:
    return said if result.notice is None else f"{result.notice} {said}"
