"""The seam: every way to solve a roster answers the same call, and one is chosen by the problem's shape
alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from src.solver.roster.problem import Problem, Row
from src.solver.roster.result import Answer
from src.solver.stop import Stop

SMALL_CELLS = 150


@dataclass(frozen=True, slots=True)
class Options:
    """`iterations` ends a search after so many linear programs (None: no such end); `memory_mb` ends it with
    the best found when the process has grown beyond it. `start` is a roster to begin with; illegal rows
    are left out.
    """

    seed: int = 0
    workers: int = 4
    iterations: int | None = None
    memory_mb: float = 4096.0
    start: tuple[Row, ...] | None = None


class Strategy(Protocol):
    """One way to solve a roster."""

    def solve(self, problem: Problem, stop: Stop, options: Options) -> Answer:
        """The best legal roster found before `stop`, with a bound that every legal roster keeps."""
        ...


def is_small(problem: Problem) -> bool:
    """Whether CP-SAT proves such a roster at once."""
    return not problem.people or problem.days * len(problem.people) <= SMALL_CELLS


def choose(problem: Problem) -> Strategy:
    """Very small rosters are proved by CP-SAT at once; longer and larger ones need whole rows as columns."""
    if is_small(problem):
        from src.solver.roster.cpsat import CpSat

        return CpSat()
    from src.solver.roster.colgen import ColumnGeneration

    return ColumnGeneration()


def solve(problem: Problem, stop: Stop, options: Options | None = None) -> Answer:
    """Solve by the strategy that fits the shape."""
    return choose(problem).solve(problem, stop, options or Options())
