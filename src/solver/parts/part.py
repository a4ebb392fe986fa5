"""A stretch of academic blocks that may be solved apart from the rest of its year, by whoever has time.

What comes back is a proposal: the run that asked puts it beside what it has, under all rules, and solves anew
what does not fit or never came. So nothing is lost with a part but time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from src.interchange.schedule import AssignmentRow
from src.solver.memory import guard
from src.solver.plan import YearPlan
from src.solver.stop import Stop

if TYPE_CHECKING:
    from src.solver.parts.company import Company
    from src.solver.parts.planner import Planner
    from src.solver.problem import Problem

LEAST_BLOCKS_A_PART = 2
SHARE_OF_THE_MODEL = 0.3
"""Of what a block costs whoever solves it; the rest is its search."""


@dataclass(frozen=True, slots=True)
class DayPart:
    """The days and calls of some blocks under a year plan, to be found within `seconds`."""

    number: int
    plan: YearPlan
    blocks: tuple[int, ...]
    seconds: float
    seed: int


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """The intervals of a part's blocks; None when none were found."""

    number: int
    assignments: tuple[AssignmentRow, ...] | None


class Offer(Protocol):
    """Parts on offer to others, until they are withdrawn."""

    @property
    def parts(self) -> Sequence[DayPart]:
        """The parts offered."""

    def gather(self, part: DayPart, stop: Stop) -> PartAnswer | None:
        """The answer to a part, waited for while somebody is at it; None: it is the caller's to solve now."""

    def withdraw(self) -> None:
        """Nobody need go on; safe more than once."""


class Elsewhere(Protocol):
    """Others who solve parts of this run."""

    def helpers(self) -> int:
        """How many may take a part now; 0 when there is nobody but the caller."""

    def offer(self, parts: Sequence[DayPart]) -> Offer | None:
        """Offer the parts to them; None when that is not possible."""

    def make_plans(self, seconds: float, seed: int) -> Planner | None:
        """Ask one of them to make the year plans; None when there is nobody, or no way to."""

    def improve(self, plan: YearPlan, seconds: float, seed: int) -> Company | None:
        """Ask them to better the days of a plan for so long; None when there is nobody, or no way to."""


def parts_of(blocks: Sequence[int], plan: YearPlan, helpers: int, seconds: float, seed: int) -> list[DayPart]:
    """The blocks cut into a stretch for the caller, which is the first, and one for each helper.

    The caller has to put all blocks into its model, a helper only its own: so the caller's stretch is the
    shorter one, and all come to their end at about the same time.
    """
    count = min(helpers + 1, len(blocks) // LEAST_BLOCKS_A_PART)
    if count < 2:
        return []
    own = max(LEAST_BLOCKS_A_PART, round(_share_of_the_caller(count - 1) * len(blocks)))
    left = len(blocks) - own
    cuts = [0, *(own + left * number // (count - 1) for number in range(count))]
    return [
        DayPart(number, plan, tuple(blocks[cuts[number] : cuts[number + 1]]), seconds, seed + number)
        for number in range(1, count)
    ]


def _share_of_the_caller(helpers: int) -> float:
    """Of the blocks, where the caller ends with the helpers: own + model of all = (own + model) of a part."""
    model = SHARE_OF_THE_MODEL
    return max(0.0, (1 - helpers * model) / (1 + helpers * (1 - model)))


def offer_days(problem: Problem, plan: YearPlan, stop: Stop) -> Offer | None:
    """Offer stretches of a problem whose days are all to be built to others; None when there are no others.

    Nor is anything offered where results must repeat exactly.
    """
    elsewhere = problem.elsewhere
    if elsewhere is None or problem.deterministic_limit is not None or stop.reached:
        return None
    blocks = sorted(problem.blocks or (block.number for block in problem.program.academic_blocks))
    parts = parts_of(blocks, plan, elsewhere.helpers(), stop.remaining, problem.seed)
    return elsewhere.offer(parts) if parts else None


def solve_part(problem: Problem, part: DayPart, stop: Stop) -> PartAnswer:
    """A first roster of a part's blocks, for whoever took it; `problem` is that of the run.

    Where there is none the run, which waits, hears so at once: it looks itself then, and for reasons.
    """
    from src.solver.daily.layer import solve_daily  # the daily layer offers parts itself

    alone = replace(problem, blocks=part.blocks, base=None, start=None, seed=part.seed, elsewhere=None)
    with guard(stop, problem.memory_limit_mb):
        outcome = solve_daily(alone, part.plan, stop, lambda _: None, first_only=True, explains=False)
    return PartAnswer(part.number, outcome.assignments)
