"""A schedule to start from that is legal as it stands: a run is never to answer with a worse one."""

from __future__ import annotations

from dataclasses import replace

from src.compliance.check import CheckReport, check
from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Schedule, Scope, Severity, SolveStatus
from src.planning.limits import unplanned
from src.solver.plan import YearPlan
from src.solver.problem import Problem


def known_legal(problem: Problem, given: Schedule | None) -> Schedule | None:
    """The start of a problem, or what a run of some blocks carries over, where the checker finds it legal.

    `given` is the start as it came: what it leaves open counts only where demand may stay open.
    """
    blocks = problem.blocks or tuple(block.number for block in problem.program.academic_blocks)
    is_whole = len(blocks) == len(problem.program.academic_blocks)
    is_start = is_whole and problem.start is not None and _has_the_plan(problem, problem.start)
    schedule = problem.start if is_start else problem.base
    if schedule is None or not (schedule.year and (schedule.assignments or problem.scope is Scope.YEAR)):
        return None
    open_demand = given.unmet if given is not None and problem.allow_unmet and is_start else ()
    file = ResultFile(SolveStatus.FEASIBLE, problem.scope, blocks)
    whole = Schedule(schedule.year, schedule.vacations, schedule.assignments, open_demand, result=file)
    report = check(problem.program, whole)
    is_legal = len(report.broken) <= not_planned_for(problem.program, report)
    return replace(whole, result=None) if is_legal else None


def _has_the_plan(problem: Problem, start: Schedule) -> bool:
    """Whether a start is of the year plan that a run of days alone must keep; any will do for other runs."""
    given = problem.year_plan or problem.base
    if problem.scope is not Scope.DAILY or given is None:
        return True
    own, asked = YearPlan.of_schedule(start), YearPlan.of_schedule(given)
    return (own.rotation, own.vacation_weeks) == (asked.rotation, asked.vacation_weeks)


def not_planned_for(program: Program, report: CheckReport) -> int:
    """How many hard findings are of rules that no limit says: the engine cannot be held to them.

    Each hard finding is one thing broken. Such a plan is kept, with its findings, and a notice says why.
    """
    rules = {(one.pack, one.rule) for one in unplanned(program)}
    hard = (finding for finding in report.findings if finding.severity is Severity.HARD)
    return sum((finding.pack, finding.rule) in rules for finding in hard)
