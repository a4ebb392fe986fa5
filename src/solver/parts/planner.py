"""The year plans of a run made by another: what no plan exceeds, and the plan that follows the first.

Bounds cannot be judged by the run, only trusted: whoever carries such news between two programs sees to it
that both are of the same version. A plan is judged like any other, by its days.
"""

from __future__ import annotations

from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from src.interchange.schedule import SolveStatus
from src.solver.year.outcome import YearBounds, YearOutcome

if TYPE_CHECKING:
    from src.solver.problem import Problem
    from src.solver.stop import Stop

LEAST_CELLS = 3000
"""Residents times days; the plans of smaller programs are made before another has read them."""
NOTHING_PROVED = YearBounds(())
NO_PLAN = YearOutcome(SolveStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class PlanTask:
    """The year plans of a run, to be made within `seconds`."""

    number: int
    seconds: float
    seed: int


class Planner(Protocol):
    """Another who makes year plans beside the run. Nothing here fails: it may be gone any time."""

    @property
    def proof(self) -> Future[YearBounds]:
        """What it proves from the rules alone; `NOTHING_PROVED` where it is gone."""

    @property
    def made(self) -> Future[YearOutcome]:
        """The plan it makes of that; `NO_PLAN` where it is gone or found none."""

    def withdraw(self) -> None:
        """Nobody need go on; safe more than once."""


class PlanSink(Protocol):
    """The run, seen by one who makes its plans."""

    def proved(self, bounds: YearBounds) -> None:
        """Tell what is proved of all plans, and the best met."""

    def made(self, plan: YearOutcome) -> None:
        """Tell of the plan that was made; the last word."""


def ask_planner(problem: Problem, stop: Stop) -> Planner | None:
    """Ask another to make the year plans; None where there is nobody, or it is not worth their while.

    Nor is anybody asked where results must repeat exactly.
    """
    elsewhere = problem.elsewhere
    if elsewhere is None or problem.deterministic_limit is not None or stop.reached:
        return None
    chosen = set(problem.blocks)
    blocks = problem.program.academic_blocks
    days = sum(len(block.dates) for block in blocks if block.number in chosen or not chosen)
    if days * len(problem.program.residents) < LEAST_CELLS:
        return None
    return elsewhere.make_plans(stop.remaining, problem.seed)


def settle[Value](future: Future[Value], value: Value) -> None:
    """Say it, unless something was said before."""
    with suppress(InvalidStateError):
        future.set_result(value)
