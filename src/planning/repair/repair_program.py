"""From a disturbed schedule to judged alternatives: what the API's worker and the command line share.

The solver mends, the checker judges. An alternative with a hard finding, or one in which something that
always holds does not, is never handed on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from src.interchange.model import Program
from src.interchange.schedule import Schedule, SolveStatus
from src.planning.generation.narrowed import WHY
from src.planning.limits import is_narrowed, limits_of
from src.planning.repair.as_it_stands import as_it_stands
from src.planning.repair.judge import Judge, JudgedRepair, to_nobody
from src.solver.precheck import find_shortages
from src.solver.problem import ProgressSink
from src.solver.repair.model import Alternative, Repaired, RepairProblem
from src.solver.stop import Stop


@dataclass(frozen=True, slots=True)
class RepairOptions:
    """What a person may ask of a repair; the same words for the API and the command line."""

    from_date: dt.date | None = None
    to_date: dt.date | None = None
    alternatives: int = 3
    allow_unmet: bool = True
    seed: int = 1
    workers: int = 4


@dataclass(frozen=True, slots=True)
class RepairSolved:
    """The solver's answer, and its alternatives as judged."""

    repaired: Repaired
    alternatives: tuple[JudgedRepair, ...]


def repair_program(
    program: Program,
    base: Schedule,
    options: RepairOptions,
    stop: Stop,
    progress: ProgressSink,
    judged_one: Callable[[JudgedRepair], None] = to_nobody,
) -> RepairSolved:
    """Mend and judge; `judged_one` is told of each alternative that passes, from the judge's thread.

    Raises IllegalScheduleError, UnknownRulePackError, ValueError for an empty range.
    """
    # OR-Tools takes seconds to import: only who repairs pays.
    from src.solver.repair.repair import repair

    limits = limits_of(program)
    plain = replace(base, denied=None, findings=None, result=None)
    problem = RepairProblem(
        program,
        plain,
        limits,
        options.from_date,
        options.to_date,
        options.alternatives,
        options.allow_unmet,
        options.seed,
        options.workers,
    )
    problem = replace(problem, program=as_it_stands(problem))
    with Judge(problem, judged_one, told_by=program) as judge:
        if limits.rows:  # rules of further packs, which the solver plans by and does not look for
            problem = replace(problem, complaints=judge.complaints())
        if not is_narrowed(program):
            found = repair(problem, stop, progress, judge.take, judge.begin, judge.complaints)
        else:
            take = _not_least(judge.take)
            strict = repair(problem, stop, progress, take, judge.begin, judge.complaints)
            found = _as_far_as_proved(program, strict)
        judged = judge.judged(in_haste=stop.cancelled)
        return RepairSolved(_with_those_left_out(found, len(judged), cancelled=stop.cancelled), judged)


def _with_those_left_out(repaired: Repaired, judged: int, *, cancelled: bool) -> Repaired:
    """The answer with a word on the alternatives that were found and are not handed on."""
    if judged == len(repaired.alternatives):
        return repaired
    left_out = len(repaired.alternatives) - judged
    why = "not judged any more, for the repair was cancelled" if cancelled else "refused by the checker"
    said = f"{left_out} of those found {'was' if left_out == 1 else 'were'} {why}."
    return replace(repaired, notice=" ".join(filter(None, (repaired.notice, said))))


def _not_least(take: Callable[[Alternative], None]) -> Callable[[Alternative], None]:
    """Of no alternative it is known that it changes least: others are legal that were not tried."""
    return lambda found: take(replace(found, is_least=False))


def _as_far_as_proved(program: Program, repaired: Repaired) -> Repaired:
    """The answer without a proof that rests on limits which are stricter than the rules of some dates.

    That there is no repair is claimed only where counting the program's own rows shows it.
    """
    if repaired.status is not SolveStatus.INFEASIBLE:
        return repaired
    if repaired.conflicts and set(repaired.conflicts) <= set(find_shortages(program)):
        return repaired
    met = "; ".join(conflict.message.rstrip(".") for conflict in repaired.conflicts)
    said = f"{WHY}; so strictly there is no repair, which proves nothing."
    if met:
        said += f" What stood in the way: {met}."
    return replace(
        repaired,
        status=SolveStatus.UNKNOWN,
        conflicts=(),
        way_out=(),
        notice=" ".join(filter(None, (repaired.notice, said))),
    )
