"""One row: a program solved in this process, its schedule judged by a checker that shares no code with it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from benchmarks.engine.cases import Case
from benchmarks.plain_solver import solve_plainly
from src.compliance.check import check
from src.interchange.model import PersonKind, Program
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus, TierScore
from src.planning.limits import limits_of
from src.planning.memory import resident_megabytes
from src.solver.answer import peak_memory_mb, with_reasons
from src.solver.engine import solve
from src.solver.problem import Problem, Progress
from src.solver.stop import Stop

WORKERS = 4
SEED = 1
MEMORY_LIMIT_MB = 4000
SECONDS_OF_YEAR_ALONE = 60.0

type Row = dict[str, Any]
"""What is kept of one run, as JSON has it; times in seconds, memory in megabytes."""


def measure(case: Case, solver: str) -> Row:
    """Solve the case with `engine`, `year` (the engine's year plan alone) or `plain`."""
    program = case.program()
    seconds = min(case.seconds, SECONDS_OF_YEAR_ALONE) if solver == "year" else case.seconds
    problem = Problem(
        program,
        limits_of(program),
        scope=Scope.YEAR if solver == "year" else Scope.BOTH,
        seed=SEED,
        workers=WORKERS,
        time_limit_seconds=seconds,
        memory_limit_mb=MEMORY_LIMIT_MB,
    )
    load = os.getloadavg()[0]
    head: Row = {
        "program": case.name,
        "solver": solver,
        "residents": sum(person.kind is PersonKind.RESIDENT for person in program.people),
        "blocks": len(program.blocks),
        "limit": seconds,
        "workers": WORKERS,
        "seed": SEED,
        "scored": scored_tier(program),
        "asked": _asked(program),
    }
    stop = Stop(seconds, memory=resident_megabytes)
    found = _plain(problem, stop) if solver == "plain" else _engine(problem, stop)
    return head | found | {"load_before": round(load, 1), "load_after": round(os.getloadavg()[0], 1)}


def _engine(problem: Problem, stop: Stop) -> Row:
    result = solve(problem, stop, _nowhere)
    row: Row = {
        "status": result.status.value,
        "first": result.seconds_to_first,
        "seconds": stop.seconds,
        "peak_mb": round(peak_memory_mb()),
        "tiers": _tiers(result.tiers),
        "year_tiers": _tiers(result.year_tiers),
        "terms": {name: float(count) for name, count in result.score_terms.items()},
        "incumbents": [
            [round(one.seconds, 2), one.layer, one.tier, one.objective, one.bound]
            for one in result.incumbents
        ],
        "conflicts": [f"{each.file}:{each.row or ''} {each.message}" for each in result.conflicts],
        "way_out": list(result.way_out),
        "notice": result.notice,
    }
    return row | _judged(problem, result.schedule)


def _plain(problem: Problem, stop: Stop) -> Row:
    answer = solve_plainly(problem, stop)
    best = answer.best
    row: Row = {
        "status": "unknown" if best is None else "feasible",
        "first": answer.first_seconds,
        "seconds": stop.seconds,
        "peak_mb": round(peak_memory_mb()),
        "tiers": [] if best is None else [[float(score), None] for score in best.score.tiers],
        "terms": {} if best is None else {name: float(count) for name, count in best.score.terms.items()},
    }
    return row | _judged(problem, None if best is None else with_reasons(problem, best))


def _judged(problem: Problem, schedule: Schedule | None) -> Row:
    """The checker's word on a schedule, and what it leaves open and denies."""
    if schedule is None:
        return {"check": "no schedule"}
    program = problem.program
    blocks = tuple(block.number for block in program.academic_blocks)
    file = ResultFile(status=SolveStatus.FEASIBLE, scope=problem.scope, blocks=blocks)
    began = time.monotonic()
    report = check(program, replace(schedule, denied=None, findings=None, result=file))
    return {
        "unmet": len(schedule.unmet),
        "denied": len(schedule.denied or ()),
        "advisories": report.soft,
        "check": "legal" if report.ok else f"{report.hard} hard, {len(report.broken)} broken",
        "check_seconds": round(time.monotonic() - began, 2),
    }


def scored_tier(program: Program) -> int:
    """The number of the tier that counts vacation requests; 1 where none does."""
    counts = [tier.vacation_rank is not None for tier in program.objective]
    return counts.index(True) + 1 if True in counts else 1


def _asked(program: Program) -> dict[str, int]:
    """How many requests there are of each kind."""
    kinds = [request.kind.value for request in program.requests]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def _tiers(tiers: Sequence[TierScore]) -> list[list[float | None]]:
    return [[float(t.objective), None if t.bound is None else float(t.bound)] for t in tiers]


def _nowhere(_: Progress) -> None:
    """Nobody looks on."""
