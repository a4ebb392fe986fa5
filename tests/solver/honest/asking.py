"""One run from options to a judged answer, and what must be true of it where all schedules are known."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from src.compliance.check import CheckReport, check
from src.interchange.model import Program
from src.interchange.reader import read_program_files
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.interchange.writer import program_files
from src.planning.generation.solve_program import Solved, SolveOptions, solve_program
from src.solver.stop import Stop
from tests.solver.honest.programs import random_program
from tests.solver.honest.recount import Recount
from tests.solver.world import assert_keeps_to, silent

Tiers = tuple[Decimal, ...]


def drawn(seed: int, packs: tuple[str, ...] | None = None) -> Program:
    """The program of a seed, as it is read from its folder; by other packs where some are named."""
    dice = random.Random(seed)  # noqa: S311 - a test's programs, no secret
    plain = random_program(dice)
    given = plain if packs is None else replace(plain, rule_packs=packs)
    program = read_program_files(program_files(given)).program
    assert program is not None, "reading refuses what was drawn"
    return program


def answered(program: Program, **options: object) -> Solved:
    """A run of one worker whose limit is counted work, not time."""
    given = SolveOptions(workers=1, deterministic_limit=2.0)
    return solve_program(program, replace(given, **options), Stop(120.0), silent)  # type: ignore[arg-type]


def judged_whole(program: Program, schedule: Schedule) -> CheckReport:
    """The word of the judge on all blocks, whatever of them was solved."""
    blocks = tuple(block.number for block in program.academic_blocks)
    file = ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, blocks)
    return check(program, replace(schedule, result=file, findings=None, denied=None))


def assert_honest(program: Program, solved: Solved, scores: Collection[Tiers]) -> None:
    """Legal as a whole, counted right, among all there are, `optimal` only at the best, bounds above all."""
    assert solved.schedule is not None, solved.file.conflicts
    assert solved.report is not None
    whole = judged_whole(program, solved.schedule)
    assert not whole.broken, "\n".join(one.message for one in whole.broken)
    reached = tuple(tier.objective for tier in solved.file.tiers)
    assert reached == Recount(program, solved.schedule, solved.report.soft).tiers()
    assert reached in scores
    if solved.file.status is SolveStatus.OPTIMAL:
        assert reached == max(scores)
    for score in scores:
        assert_keeps_to(score, solved.file.tiers)
