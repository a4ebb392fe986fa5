"""A schedule that somebody else judged legal, as the first of a run: nothing worse is ever answered."""

from __future__ import annotations

from src.interchange.schedule import Scope, UnmetKind
from src.solver.answer import Candidate, candidate_of, kept_rows
from src.solver.expand import home_date
from src.solver.plan import YearPlan
from src.solver.problem import Problem


def known_candidate(problem: Problem, plan: YearPlan | None = None) -> Candidate | None:
    """The problem's known schedule with its score; None where there is none, or it is of another plan.

    `plan` is the year plan that a run of days alone must keep.
    """
    known = problem.known
    if known is None:
        return None
    own = YearPlan.of_schedule(known)
    if plan is not None and (own.rotation, own.vacation_weeks) != (plan.rotation, plan.vacation_weeks):
        return None
    if problem.scope is Scope.YEAR:
        return candidate_of(problem, own, kept_rows(problem))
    program, solved = problem.program, problem.blocks
    rows = known.assignments
    if solved:
        inside = (row for row in rows if program.block_of(home_date(program, row)) in solved)
        rows = (*kept_rows(problem), *inside)
    unmet = tuple(row for row in known.unmet if row.what is not UnmetKind.COVERAGE)
    return candidate_of(problem, own, rows, unmet)
