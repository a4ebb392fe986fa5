"""What each step of a run may cost: shares of the time that is left, or of a deterministic limit."""

from __future__ import annotations

from dataclasses import replace

from src.interchange.schedule import Scope
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.search import CORE, Effort

QUICK, QUICK_SECONDS, QUICK_SECONDS_A_CELL = 0.12, 1.0, 0.004
"""A first plan: a share of the time, but no more than a few seconds and some for each resident and block."""
PROOF, PROOF_SECONDS, PROOF_SECONDS_A_CELL = 0.25, 4.0, 0.012
"""Before it the bound of what requests come to: mostly proved in one search, which restarts would undo."""
GLANCE, GLANCE_SECONDS, GLANCE_SECONDS_A_CELL = 0.12, 6.0, 0.0013
"""So long all threads seek that bound, where one may go on beside what follows."""
BESIDE_THE_DAYS = 1.5
PATIENCE, PATIENCE_WITH_ANOTHER = 0.25, 0.15
"""Of what is left: before there is a schedule, and after."""
LEFT_FOR_ANOTHER = 0.3
"""Of all time."""
PLAN_AGAIN, FORESIGHT = 0.4, 0.25
"""For a better plan: where requests stand below what is possible, and where only foresight is left."""
REPAIR = 0.1
LEAST_REPAIR = 8.0
LARGE_CELLS = 200
"""Residents times blocks of a program whose plans one thread does not find at once."""


class Shares:
    """Hands out the efforts of one run. A deterministic limit is shared as a whole; time by what is left."""

    def __init__(self, problem: Problem, stop: Stop) -> None:
        self._problem = problem
        self._stop = stop
        self._cells = len(problem.program.residents) * len(problem.program.blocks)
        self.used = 0.0
        """Deterministic seconds that all searches together have used."""

    def effort(self, share: float, most: float | None = None) -> Effort:
        """A share of the time that is left, but no more than so many seconds.

        One thread alone searches for large plans core by core: what it does of its own accord finds none for
        long.
        """
        problem = self._problem
        seconds = self._stop.remaining * share
        seconds = seconds if most is None else min(most, seconds)
        is_alone = problem.workers == 1 and problem.deterministic_limit is None
        searches = CORE if is_alone and self._cells >= LARGE_CELLS else ()
        return Effort(seconds, problem.workers, problem.seed, self.of_limit(share), searches)

    def quick(self) -> Effort:
        """For a first plan."""
        return self.effort(QUICK, QUICK_SECONDS + QUICK_SECONDS_A_CELL * self._cells)

    def proof(self) -> Effort:
        """For the bound of what requests come to."""
        return self.effort(PROOF, PROOF_SECONDS + PROOF_SECONDS_A_CELL * self._cells)

    def glance(self) -> Effort:
        """For the bound of what requests come to, before one thread goes on with it."""
        return self.effort(GLANCE, GLANCE_SECONDS + GLANCE_SECONDS_A_CELL * self._cells)

    def glance_beside(self) -> Effort:
        """The same where the days may begin meanwhile, which takes from it."""
        return self.effort(
            GLANCE * BESIDE_THE_DAYS, (GLANCE_SECONDS + GLANCE_SECONDS_A_CELL * self._cells) * BESIDE_THE_DAYS
        )

    def repair(self) -> Effort:
        """A share of the time, but enough to find a plan at all as long as there is time."""
        effort = self.effort(REPAIR)
        return replace(effort, seconds=max(effort.seconds, min(self._stop.remaining / 2, LEAST_REPAIR)))

    def of_limit(self, share: float) -> float | None:
        """A share of the deterministic limit, but no more than is left; None where there is no limit."""
        limit = self._problem.deterministic_limit
        return None if limit is None else max(0.0, min(limit * share, limit - self.used))

    def patience(self, *, has_schedule: bool) -> float:
        """Of what is left, what a plan that has no days may cost: all where it is the only one there is."""
        if self._problem.scope is Scope.DAILY:
            return 1.0
        return PATIENCE_WITH_ANOTHER if has_schedule else PATIENCE

    @property
    def suffice_for_another(self) -> bool:
        """Whether what is left is worth the days of one more plan, where there is a schedule already."""
        limit = self._problem.deterministic_limit
        if limit is not None:
            return self.used < (1 - LEFT_FOR_ANOTHER) * limit
        return self._stop.remaining > LEFT_FOR_ANOTHER * (self._stop.seconds + self._stop.remaining)

    @property
    def is_over(self) -> bool:
        """Whether nothing more may be begun; a deterministic limit bounds the whole run, repairs included."""
        return self._stop.reached or self.of_limit(1.0) == 0.0
