"""A first schedule of the days: academic block by academic block, each carrying over what earlier ones fixed.

Each search leans towards good rosters and takes the first it meets: neighbourhoods better it sooner than it
could. It looks ahead as far as averaging windows run on past the block, so that what it leaves for later can
still be done. Where a block has no roster beside what is fixed, the blocks before it are opened again,
one by one, before it is given up; the blocks after it are then looked at one by one, so that all that is
wrong with a year plan is found at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from src.solver.daily.assemble import DailyModel
from src.solver.daily.balance import leaning_weights
from src.solver.daily.budget import Budget
from src.solver.daily.subsolve import Found, Part, PartResult, State
from src.solver.daily.sums import settle_sums
from src.solver.problem import Progress, ProgressSink

LEAST_SECONDS_A_BLOCK = 0.4
MOST_SECONDS_A_BLOCK = 1.5
SHARE_OF_BUDGET = 0.15
"""To find a roster while leaning towards good ones; where none was found in that time, any will do."""
SECONDS_FOR_ANY = 20.0
SECONDS_ALONE = 3.0
"""To prove that a block has no roster whatever the others hold."""
BLOCKS_REOPENED = 2
DAYS_AHEAD = 3
"""At least so many days after the block: rest, post-call and nights reach over its end."""
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
        self._hint = _granting(daily) | dict(hint)
        self._weights = _blended(daily)
        self._span = _spans(daily)
        self._days_of_block = _days_by_block(daily)
        self._windows = {(window.first, window.last) for draft in daily.drafts for window in draft.windows}

    def build(self) -> list[Stuck]:
        """Fill the state; empty when every block has a roster, else the blocks that have none."""
        blocks = sorted(self._days_of_block)
        for number in range(1, len(blocks) + 1):
            stuck = self._settle(blocks[:number])
            if stuck is not None:
                return [stuck, *self._impossible(blocks[number:])]
            self._tell(number, len(blocks))
        self._settle_rest()
        return []

    def _settle(self, done: Sequence[int]) -> Stuck | None:
        """Solve the last of the blocks; where that fails and need not, with blocks before it opened again."""
        block = done[-1]
        found = self._solve([block])
        back = 0
        if found.found is Found.NONE_EXISTS and self._is_impossible(block):
            return Stuck(block, (block,), proved=True)
        while (
            not _is_roster(found) and back < min(BLOCKS_REOPENED, len(done) - 1) and self._budget.has_left()
        ):
            back += 1
            reopened = done[-1 - back :]
            self._state.release(self._settled_in(reopened))
            found = self._solve(reopened, good=False)
        if _is_roster(found):
            self._keep(found.values, block)
            return None
        return Stuck(block, tuple(done[-1 - back :]), proved=found.found is Found.NONE_EXISTS)

    def _impossible(self, blocks: Sequence[int]) -> list[Stuck]:
        """Which of the blocks have no roster whatever the others hold."""
        return [
            Stuck(block, (block,), proved=True)
            for block in blocks
            if self._budget.has_left() and self._is_impossible(block)
        ]

    def _is_impossible(self, block: int) -> bool:
        part = Part(State(self._daily.model), self.inside([block]))
        found = part.solve(self._budget.effort(SECONDS_ALONE), self._budget.stop)
        self._budget.spend(found.deterministic)
        return found.found is Found.NONE_EXISTS

    def _solve(self, blocks: Sequence[int], *, good: bool = True) -> PartResult:
        """The first roster of the blocks on the way to good ones, or any."""
        free = self.free_for(blocks)
        part = Part(self._state, free)
        part.hint({variable: self._hint[variable] for variable in free if variable in self._hint})
        found = PartResult(Found.NOTHING, {})
        if good:
            leaning = leaning_weights(self._daily, self._state, _steps(self._daily))
            part.maximise({each: self._weights.get(each, 0) + leaning.get(each, 0) for each in free})
            found = self._search(part, self._seconds_leaning(), first_only=True)
        if found.found is Found.NOTHING:
            part.forget_objective()
            found = self._search(part, SECONDS_FOR_ANY)
        return found

    def _seconds_leaning(self) -> float:
        """Most of the time belongs to what comes after the first schedule."""
        share = SHARE_OF_BUDGET * self._budget.left / len(self._days_of_block)
        return min(max(share, LEAST_SECONDS_A_BLOCK), MOST_SECONDS_A_BLOCK)

    def _search(self, part: Part, seconds: float, *, first_only: bool = False) -> PartResult:
        if not self._budget.has_left():
            return PartResult(Found.NOTHING, {})
        effort = replace(self._budget.effort(seconds), first_only=first_only)
        found = part.solve(effort, self._budget.stop)
        self._budget.spend(found.deterministic)
        return found

    def _keep(self, values: Mapping[int, int], block: int) -> None:
        """Fix what the block's end settles; the rest is where the next search starts from."""
        last = self._days_of_block[block][-1]
        self._state.take(
            {variable: value for variable, value in values.items() if self._span[variable][1] <= last}
        )
        self._hint.update(values)

    def free_for(self, blocks: Sequence[int], *, ahead: bool = True) -> list[int]:
        """The open variables that are settled by the end of the blocks, or of what lies ahead of them."""
        last = self._days_of_block[blocks[-1]][-1]
        horizon = self._horizon(last) if ahead else last
        return [
            variable
            for variable in range(self._daily.model.size)
            if self._state.is_open(variable) and self._span[variable][1] <= horizon
        ]

    def inside(self, blocks: Sequence[int]) -> list[int]:
        """The variables that depend on nothing outside the blocks."""
        first, last = self._days_of_block[blocks[0]][0], self._days_of_block[blocks[-1]][-1]
        model = self._daily.model
        return [
            variable
            for variable, (begins, ends) in enumerate(self._span)
            if first <= begins and ends <= last and model.low[variable] < model.high[variable]
        ]

    def _horizon(self, last: int) -> int:
        """The end of what the block's days and those after it are averaged over together."""
        running = [end for first, end in self._windows if first <= last < end]
        return max([last + DAYS_AHEAD, *running])

    def _settled_in(self, blocks: Sequence[int]) -> list[int]:
        """The variables that are settled in these blocks and not before."""
        if not blocks:
            return []
        first, last = self._days_of_block[blocks[0]][0], self._days_of_block[blocks[-1]][-1]
        model = self._daily.model
        return [
            variable
            for variable, (_, ends) in enumerate(self._span)
            if first <= ends <= last and model.low[variable] < model.high[variable]
        ]

    def _settle_rest(self) -> None:
        """All that follows from the days, at its best; totals and spreads over the year come last."""
        state, model = self._state, self._daily.model
        free = [
            variable
            for variable in range(model.size)
            if variable not in self._daily.sums
            and model.low[variable] < model.high[variable]
            and (state.is_open(variable) or not model.is_decision[variable])
        ]
        known = {variable: state.low[variable] for variable in free if not state.is_open(variable)}
        state.release(free)
        part = Part(state, free)
        part.hint(known)
        part.maximise({variable: self._weights[variable] for variable in free if variable in self._weights})
        found = part.solve(self._budget.closing_effort(), self._budget.closing_stop)
        state.take(found.values or known)
        settle_sums(state, self._daily.spreads)

    def _tell(self, number: int, blocks: int) -> None:
        self._progress(
            Progress(
                seconds=self._budget.stop.seconds,
                phase=f"days and calls {number}/{blocks}",
                fraction=0.2 + 0.4 * number / blocks,
                layer="daily",
            )
        )


def _is_roster(found: PartResult) -> bool:
    """Whether a search found something, be it that there was nothing to decide."""
    return found.found in (Found.BEST, Found.SOME)


def _steps(daily: DailyModel) -> list[int]:
    """What one step of each tier counts in a sum of all; exact order is left to the improvement."""
    tiers = len(daily.model.tiers)
    return [TIER_STEP ** (tiers - 1 - place) for place in range(tiers)]


def _blended(daily: DailyModel) -> dict[int, int]:
    """All tiers in one sum, earlier ones far heavier."""
    weights: dict[int, int] = {}
    for scale, step in zip(daily.model.tiers, _steps(daily), strict=True):
        for variable, weight in scale.weights.items():
            weights[variable] = weights.get(variable, 0) + step * weight
    return weights


def _granting(daily: DailyModel) -> dict[int, int]:
    """Where a search that takes the first roster had better begin: with every request granted."""
    return {
        variable: int(factor > 0) for granted in daily.requests.values() for variable, factor in granted.terms
    }


def _spans(daily: DailyModel) -> list[tuple[int, int]]:
    """First and last day each variable depends on; sums over the year are settled after its end."""
    model = daily.model
    never = daily.shared.calendar.days + 1
    sums = daily.sums
    found: list[tuple[int, int]] = []
    for variable in range(model.size):
        if model.is_decision[variable]:
            found.append((model.day[variable], model.day[variable]))
        elif variable in sums:
            found.append((never, never))
        else:
            days = [model.day[parent] for parent in model.parents[variable]] or [0]
            found.append((min(days), max(days)))
    return found


def _days_by_block(daily: DailyModel) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for day in daily.days:
        found.setdefault(daily.shared.calendar.block_of[day], []).append(day)
    return found
