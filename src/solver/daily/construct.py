"""A first schedule of the days: academic block by academic block, each carrying over what earlier ones fixed.

Rows that reach beyond the block bind it only as far as no later decision could save them. Where a block has
no roster, the blocks before it are opened again, one by one, before it is given up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from src.solver.daily.assemble import DailyModel
from src.solver.daily.budget import Budget
from src.solver.daily.subsolve import Found, Part, PartResult, State
from src.solver.problem import Progress, ProgressSink

SECONDS_A_BLOCK = 4.0
SECONDS_OF_A_RETRY = 20.0
BLOCKS_REOPENED = 2
TIER_STEP = 1000


@dataclass(frozen=True, slots=True)
class Stuck:
    """An academic block without a roster; `proved` when the search ended and not merely its time."""

    block: int
    reopened: tuple[int, ...]
    proved: bool


class Constructor:
    """Builds a schedule into a state, block by block."""

    def __init__(
        self, daily: DailyModel, state: State, budget: Budget, progress: ProgressSink, hint: Mapping[int, int]
    ) -> None:
        self._daily = daily
        self._state = state
        self._budget = budget
        self._progress = progress
        self._hint = hint
        self._weights = _blended(daily)
        self._settled_on = _last_days(daily)
        self._days_of_block = _days_by_block(daily)

    def build(self) -> Stuck | None:
        """Fill the state; None when every block has a roster, else the first that has none."""
        blocks = sorted(self._days_of_block)
        for number in range(1, len(blocks) + 1):
            stuck = self._settle(blocks[:number])
            if stuck is not None:
                return stuck
            self._tell(number, len(blocks))
        self._settle_rest()
        return None

    def _settle(self, done: Sequence[int]) -> Stuck | None:
        block = done[-1]
        found = self._solve([block], SECONDS_A_BLOCK)
        back = 1
        while not found.values and back <= BLOCKS_REOPENED and back < len(done) and self._budget.has_left():
            reopened = done[-1 - back :]
            self._state.release(self._within(reopened))
            found = self._solve(reopened, SECONDS_OF_A_RETRY)
            back += 1
        if not found.values:
            return Stuck(block, tuple(done[-back:]), found.found is Found.NONE_EXISTS)
        self._state.take(found.values)
        return None

    def _solve(self, blocks: Sequence[int], seconds: float) -> PartResult:
        free = self.free_for(blocks)
        part = Part(self._state, free)
        part.maximise({variable: self._weights[variable] for variable in free if variable in self._weights})
        part.hint({variable: self._hint[variable] for variable in free if variable in self._hint})
        return part.solve(self._budget.effort(seconds), self._budget.stop)

    def free_for(self, blocks: Sequence[int]) -> list[int]:
        """The open variables that are settled by the end of the last of the blocks."""
        last = self._days_of_block[blocks[-1]][-1]
        return [
            variable
            for variable in range(self._daily.model.size)
            if self._state.is_open(variable) and self._settled_on[variable] <= last
        ]

    def _within(self, blocks: Sequence[int]) -> list[int]:
        """The variables that are settled in these blocks and not before."""
        first, last = self._days_of_block[blocks[0]][0], self._days_of_block[blocks[-1]][-1]
        model = self._daily.model
        return [
            variable
            for variable in range(model.size)
            if first <= self._settled_on[variable] <= last and model.low[variable] < model.high[variable]
        ]

    def _settle_rest(self) -> None:
        """Totals and spreads over the year follow once all days stand."""
        state, model = self._state, self._daily.model
        free = [variable for variable in range(model.size) if state.is_open(variable)]
        if not free:
            return
        part = Part(state, free)
        part.maximise({variable: self._weights[variable] for variable in free if variable in self._weights})
        found = part.solve(self._budget.closing_effort(), self._budget.closing_stop)
        state.take(found.values)

    def _tell(self, number: int, blocks: int) -> None:
        self._progress(
            Progress(
                seconds=self._budget.stop.seconds,
                phase=f"days and calls {number}/{blocks}",
                fraction=0.2 + 0.4 * number / blocks,
                layer="daily",
            )
        )


def _blended(daily: DailyModel) -> dict[int, int]:
    """All tiers in one sum, earlier ones far heavier; exact order is left to the improvement."""
    weights: dict[int, int] = {}
    tiers = daily.model.tiers
    for place, scale in enumerate(tiers):
        step = TIER_STEP ** (len(tiers) - 1 - place)
        for variable, weight in scale.weights.items():
            weights[variable] = weights.get(variable, 0) + step * weight
    return weights


def _last_days(daily: DailyModel) -> list[int]:
    """The day after which each variable is settled; sums over the year never are before its end."""
    model = daily.model
    never = daily.shared.calendar.days + 1
    found: list[int] = []
    for variable in range(model.size):
        if model.is_decision[variable]:
            found.append(model.day[variable])
        elif model.day[variable] < 0:
            found.append(never)
        else:
            found.append(max((model.day[parent] for parent in model.parents[variable]), default=0))
    return found


def _days_by_block(daily: DailyModel) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for day in daily.days:
        found.setdefault(daily.shared.calendar.block_of[day], []).append(day)
    return found
