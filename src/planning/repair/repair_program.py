"""From a disturbed schedule to judged alternatives: what the API's worker and the command line share.

The solver mends, the checker judges. An alternative with a hard finding, or one in which something that
always holds does not, is never handed on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from src.interchange.model import Program
from src.interchange.schedule import Schedule
from src.planning.limits import limits_of
from src.planning.repair.judge import Judge, JudgedRepair, to_nobody
from src.solver.problem import ProgressSink
from src.solver.repair.model import Repaired, RepairProblem
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
    with Judge(problem, judged_one) as judge:
        if limits.rows:  # rules of further packs, which the solver plans by and does not look for
            problem = replace(problem, complaints=judge.complaints())
        found = repair(problem, stop, progress, judge.take)
        return RepairSolved(found, judge.judged(in_haste=stop.cancelled))
