"""Every kind of run that may be asked of a small program, and stops that end a run at a counted moment."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property

from src.interchange.model import Program
from src.interchange.schedule import Schedule, Scope
from src.planning.generation.solve_program import Solved, SolveOptions, solve_program
from src.solver.stop import Stop
from tests.solver.honest.asking import Tiers, drawn
from tests.solver.honest.every import Every
from tests.solver.honest.some import Some, one_of
from tests.solver.world import silent

KINDS = (
    "plan and days",
    "from a start",
    "demand may stay open",
    "days of a plan",
    "some blocks",
    "days of some blocks",
)
"""Kinds of run whose answers can be held against every schedule there is."""
NEVER = 0
SECONDS_A_LOOK = 0.001
LIMIT_SECONDS = 1000.0


class CountedStop(Stop):
    """A stop whose clock goes by how often it is looked at, so that a moment is the same on any machine.

    At the look of that number, the making of the stop being the first, `ends` is done to it; `NEVER` lets the
    run go on to its own end.
    """

    def __init__(self, look: int = NEVER, ends: Callable[[Stop], None] = Stop.cancel) -> None:
        self.looks = 0
        self._end_at, self._ends = look, ends
        super().__init__(LIMIT_SECONDS, self._look)

    def _look(self) -> float:
        self.looks += 1
        if self.looks == self._end_at:
            self._ends(self)
        return self.looks * SECONDS_A_LOOK

    def spend(self) -> None:
        """Let all time be over, without a cancel."""
        self._limit = 0.0


ENDS: Mapping[str, Callable[[Stop], None]] = {
    "cancelled": Stop.cancel,
    "out of memory": Stop.run_out_of_memory,
    "out of time": lambda stop: stop.spend() if isinstance(stop, CountedStop) else None,
}


@dataclass(frozen=True)
class Asked:
    """A program, the options of a run, and all schedules that may answer it."""

    program: Program
    options: Mapping[str, object]
    every: Every

    @cached_property
    def scores(self) -> list[Tiers]:
        return self.every.scores

    def answer(self, stop: Stop | None = None, **more: object) -> Solved:
        given = replace(SolveOptions(workers=1, deterministic_limit=2.0), **{**self.options, **more})  # type: ignore[arg-type]
        return solve_program(self.program, given, stop or CountedStop(), silent)


@cache
def asked(kind: str, seed: int) -> Asked:
    """A run of that kind on the program of a seed; what it is given is drawn from all legal schedules."""
    program, every, base, free = _lying_on(seed)
    return _asked(kind, program, every, base, free)


@cache
def _lying_on(seed: int) -> tuple[Program, Every, Schedule, tuple[int, ...]]:
    """The program, all its schedules, one of them, and some of its blocks."""
    program, dice = drawn(seed), random.Random(seed)  # noqa: S311 - a test's choice, no secret
    every = Every(program)
    base = one_of(every, dice)
    assert base is not None, "the seed's program has no schedule"
    return program, every, base, (dice.randint(1, len(program.blocks)),)


def _asked(kind: str, program: Program, every: Every, base: Schedule, free: tuple[int, ...]) -> Asked:
    plan = replace(base, assignments=())
    some = {"base": base, "blocks": free}
    match kind:
        case "plan and days":
            return Asked(program, {}, every)
        case "from a start":
            return Asked(program, {"start": base}, every)
        case "demand may stay open":
            return Asked(program, {"allow_unmet": True}, Every(program, allow_unmet=True))
        case "days of a plan":
            given = {"scope": Scope.DAILY, "year_plan": plan}
            return Asked(program, given, Some(program, given=plan, plan_alone=True))
        case "some blocks":
            return Asked(program, some, Some(program, given=base, free=free))
        case "days of some blocks":
            kept = Some(program, given=base, free=free, plan_too=True)
            return Asked(program, {"scope": Scope.DAILY, **some}, kept)
    raise ValueError(kind)
