"""A first schedule of the days: academic block by academic block, each carrying over what is fixed already.

Each search leans towards good rosters and takes the first it meets: neighbourhoods better it sooner than it
could. It looks beyond the block as far as averaging windows run on, so that what it leaves for others can
still be done. With several threads the year is cut into stretches of blocks that are walked side by side; a
block where two of them meet is solved between what both have fixed. Where a block has no roster beside what
is fixed, the blocks around it are opened again, one by one; where that does not help, what was built side by
side is dropped and the blocks are taken one after another, before any is given up. All the other blocks
are then looked at by themselves, so that all that is wrong with a year plan is found at once.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from src.solver.daily.assemble import DailyModel
from src.solver.daily.balance import granting_values, leaning_weights
from src.solver.daily.budget import Budget
from src.solver.daily.gathering import Gathering
from src.solver.daily.lanes import Lane, lanes_of, side_by_side
from src.solver.daily.pace import Pace
from src.solver.daily.reach import Reach
from src.solver.daily.settle import settle_rest
from src.solver.daily.subsolve import Found, Part, PartResult, State
from src.solver.problem import Progress, ProgressSink

LEAST_SECONDS_A_BLOCK = 0.4
MOST_SECONDS_A_BLOCK = 1.5
SHARE_OF_BUDGET = 0.15
"""To find a roster while leaning towards good ones; where none was found in that time, any will do."""
SECONDS_FOR_ANY, SHARE_FOR_ANY = 20.0, 0.3
"""And a share of what a plan without a roster may cost: where there are others, one is sooner tried."""
SECONDS_FOR_ANY_IN_A_LANE = 4.0
"""What a lane leaves is looked for again when all are done."""
SECONDS_TO_FOLLOW = 4.0
"""To see whether days that others decided go with what is here."""
SECONDS_ALONE = 3.0
"""To prove that a block has no roster whatever the others hold."""
BLOCKS_REOPENED = 2
DAYS_TO_MEET = 28
"""So near to a stretch that is settled already, a search looks as far as that."""
TIER_STEP = 1000
LARGEST_SUM = 2**58
"""What a sum of all tiers may come to: CP-SAT takes none beyond 63 bits."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """An academic block without a roster; `proved` when the search ended and not merely its time."""

    block: int
    reopened: tuple[int, ...]
    proved: bool

    @property
    def is_alone(self) -> bool:
        """Whether it was proved to have none whatever the other blocks hold."""
        return self.proved and self.reopened == (self.block,)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What a search of some blocks frees and keeps, and what had been changed when it was made."""

    first: int
    last: int
    """Days it may free."""
    kept_first: int
    kept_last: int
    """Days of which it keeps what it finds: all between them is settled then."""
    changes: int


class Constructor:
    """Builds a schedule into a state, block by block. Several threads may settle blocks at once."""

    def __init__(
        self, daily: DailyModel, state: State, budget: Budget, progress: ProgressSink, hint: Mapping[int, int]
    ) -> None:
        self._daily = daily
        self._state = state
        self._budget = budget
        self._progress = progress
        self._hint = granting_values(daily) | dict(hint)
        self._steps = tier_steps(daily)
        self._weights = blended(daily, self._steps)
        self._reach = Reach(daily)
        self._pace = Pace(daily.model)
        self._blocks = self._reach.blocks
        self._settled: set[int] = set()
        self._changes: list[int] = []
        """Every block that was settled or opened again, in order."""
        self._lock = threading.RLock()
        """Held while the state is read for a search, or changed after one."""
        self._open = State(daily.model)
        share = SHARE_FOR_ANY * budget.patience * budget.left
        self._seconds_for_any = min(SECONDS_FOR_ANY, max(SECONDS_FOR_ANY_IN_A_LANE, share))

    def build(self, gathering: Gathering | None = None) -> list[Stuck]:
        """Fill the state; empty when every block has a roster, else the blocks that have none.

        Blocks that others were asked for are gathered when the rest is done.
        """
        here = [block for block in self._blocks if gathering is None or block not in gathering.blocks]
        lanes = lanes_of(here, self._budget.workers, self._reach.ties)
        if len(lanes) > 1 or gathering is not None:
            stuck = self._side_by_side(lanes)
            if gathering is not None and not stuck:
                self._gather(gathering)
            stuck = stuck or self._one_after_another()
            if stuck and stuck[0].is_alone:
                return self._and_impossible(stuck, lanes)
            if not stuck and settle_rest(self._daily, self._state, self._weights, self._budget):
                return []
            self._start_again()
        stuck = self._one_after_another()
        if stuck:
            return self._and_impossible(stuck, lanes)
        settle_rest(self._daily, self._state, self._weights, self._budget)
        return []

    def _gather(self, gathering: Gathering) -> None:
        """Take over what others found, as far as it goes with what is here: all at once, else by block."""
        for proposed in gathering.proposals():
            self._hint.update(proposed.values)
            inner = proposed.blocks_apart_from(self._settled)
            if not self._follow(inner, proposed.values):
                for block in inner:
                    self._follow([block], proposed.values)

    def _follow(self, blocks: Sequence[int], values: Mapping[int, int]) -> bool:
        """Settle blocks in a row as proposed, if every rule allows that; whether it does."""
        if not blocks or not self._budget.has_left():
            return not blocks
        with self._lock:
            stretch = self._stretch(blocks)
            part, free = self._part(stretch, good=False)
            ends = self._reach.first(blocks[0]), self._reach.last(blocks[-1])
            here = [each for each in free if each in values and self._reach.is_within(each, *ends)]
            part.fix({each: values[each] for each in here})
            found = part.solve(self._budget.effort(SECONDS_TO_FOLLOW), self._budget.stop)
            self._budget.spend(found.deterministic)
            is_kept = _is_roster(found) and self._keep(found.values, free, stretch, blocks)
            self._tell()
        return is_kept

    def _side_by_side(self, lanes: Sequence[Lane]) -> list[Stuck]:
        """Walk the lanes; the blocks found impossible. A lane leaves blocks that it can do nothing about."""

        def settle(block: int, lane: Lane) -> Stuck | None:
            if block in self._settled:
                return None
            stuck = self._settle(block, lane)
            return stuck if stuck is not None and stuck.proved else None

        begins = [replace(lane, blocks=lane.blocks[:1]) for lane in lanes[::2]]
        return side_by_side(begins, settle, ends=bool) or side_by_side(lanes, settle, ends=bool)

    def inside(self, blocks: Sequence[int]) -> list[int]:
        """The variables that depend on nothing outside the blocks."""
        return self._reach.inside(blocks)

    def _one_after_another(self) -> list[Stuck]:
        """Settle what is left; ends at the first block that has no roster."""
        whole = Lane(tuple(self._blocks), self._budget.workers)
        for block in self._blocks:
            if block in self._settled:
                continue
            stuck = self._settle(block, whole)
            if stuck is not None:
                return [stuck]
        return []

    def _settle(self, block: int, lane: Lane) -> Stuck | None:
        """Solve a block; where that fails and need not, with blocks around it opened again.

        A lane among several leaves a block to be solved when all are done (`Stuck.proved` is False then)
        unless that is impossible whatever the others hold.
        """
        found = self._solve([block], lane)
        if found.found is Found.NONE_EXISTS and self._is_impossible(block, lane.workers):
            return Stuck(block, (block,), proved=True)
        reopened, back = [block], 0
        while not _is_roster(found) and back < BLOCKS_REOPENED and self._budget.has_left():
            back += 1
            wider = self._around(reopened)
            if wider == reopened:
                break
            reopened = wider
            self._release(reopened)
            found = self._solve(reopened, lane, good=False)
        if _is_roster(found):
            self._tell()
            return None
        return Stuck(block, tuple(reopened), proved=found.found is Found.NONE_EXISTS and lane.is_alone)

    def _around(self, reopened: Sequence[int]) -> list[int]:
        """The blocks, with the one before and the one after where they are settled."""
        first, last = self._blocks.index(reopened[0]), self._blocks.index(reopened[-1])
        before, after = self._blocks[max(0, first - 1) : first], self._blocks[last + 1 : last + 2]
        return [each for each in (*before, *reopened, *after) if each in self._settled or each in reopened]

    def _and_impossible(self, stuck: Sequence[Stuck], lanes: Sequence[Lane]) -> list[Stuck]:
        """With them, which other blocks have no roster whatever the others hold."""
        known = {each.block for each in stuck} | self._settled

        def look(block: int, lane: Lane) -> Stuck | None:
            if block in known or not self._budget.has_left():
                return None
            return Stuck(block, (block,), proved=True) if self._is_impossible(block, lane.workers) else None

        found = side_by_side(lanes, look)
        return [*stuck, *sorted(found, key=lambda each: each.block)]

    def _is_impossible(self, block: int, workers: int) -> bool:
        part = Part(self._open, self.inside([block]))
        found = part.solve(self._budget.effort(SECONDS_ALONE, workers), self._budget.stop)
        self._budget.spend(found.deterministic)
        return found.found is Found.NONE_EXISTS

    def _solve(self, blocks: Sequence[int], lane: Lane, *, good: bool = True) -> PartResult:
        """The first roster of the blocks on the way to good ones, or any; kept when there is one.

        Made again where another lane has changed what it was made around.
        """
        while self._budget.has_left():  # to put a large block before a search takes a second
            with self._lock:
                stretch = self._stretch(blocks)
                part, free = self._part(stretch, good=good)
                is_paced = good and self._pace.keep(part, self._state, free)
            found = PartResult(Found.NOTHING, {})
            if good:
                found = self._search(part, self._seconds_leaning(), lane, first_only=True)
            if is_paced and not _is_roster(found):
                found = PartResult(Found.NOTHING, {})
                with self._lock:
                    if self._is_stale(stretch):
                        continue
                    part, free = self._part(stretch, good=False)
            if found.found is Found.NOTHING:
                part.forget_objective()
                seconds = self._seconds_for_any if lane.is_alone else SECONDS_FOR_ANY_IN_A_LANE
                found = self._search(part, seconds, lane)
            with self._lock:
                if self._is_stale(stretch):
                    continue
                if not _is_roster(found) or self._keep(found.values, free, stretch, blocks):
                    return found
        return PartResult(Found.NOTHING, {})

    def _part(self, stretch: _Stretch, *, good: bool) -> tuple[Part, list[int]]:
        free = [each for each in self._reach.within(stretch.first, stretch.last) if self._state.is_open(each)]
        part = Part(self._state, free)
        part.hint({variable: self._hint[variable] for variable in free if variable in self._hint})
        if good:
            leaning = leaning_weights(self._daily, self._state, self._steps)
            part.maximise({each: self._weights.get(each, 0) + leaning.get(each, 0) for each in free})
        return part, free

    def _stretch(self, blocks: Sequence[int]) -> _Stretch:
        """The blocks, what is settled next to them, and what is open and shares windows with them."""
        first, last = self._reach.first(blocks[0]), self._reach.last(blocks[-1])
        kept_first, kept_last = self._settled_around(blocks)
        return _Stretch(
            min(kept_first, self._reach.behind(first)),
            max(kept_last, self._reach.ahead_of(last), self._meeting_after(blocks[-1])),
            kept_first,
            kept_last,
            len(self._changes),
        )

    def _meeting_after(self, block: int) -> int:
        """The last day before settled blocks that are near: what lies between must go with both sides."""
        last = self._reach.last(block)
        for ahead in self._blocks[self._blocks.index(block) + 1 :]:
            if ahead in self._settled:
                return self._reach.first(ahead) - 1
            if self._reach.last(ahead) > last + DAYS_TO_MEET:
                break
        return last

    def _settled_around(self, blocks: Sequence[int]) -> tuple[int, int]:
        """First and last day of the settled blocks that the blocks close up with, themselves included."""
        begin, end = self._blocks.index(blocks[0]), self._blocks.index(blocks[-1])
        while begin > 0 and self._blocks[begin - 1] in self._settled:
            begin -= 1
        while end < len(self._blocks) - 1 and self._blocks[end + 1] in self._settled:
            end += 1
        first = self._reach.first(self._blocks[begin]) if begin > 0 else 0
        return first, self._reach.last(self._blocks[end])

    def _is_stale(self, stretch: _Stretch) -> bool:
        """Whether another lane has settled or opened days that the search counted on."""
        return any(
            self._reach.first(block) <= stretch.last and stretch.first <= self._reach.last(block)
            for block in self._changes[stretch.changes :]
        )

    def _seconds_leaning(self) -> float:
        """Most of the time belongs to what comes after the first schedule."""
        share = SHARE_OF_BUDGET * self._budget.left / len(self._blocks)
        return min(max(share, LEAST_SECONDS_A_BLOCK), MOST_SECONDS_A_BLOCK)

    def _search(self, part: Part, seconds: float, lane: Lane, *, first_only: bool = False) -> PartResult:
        if not self._budget.has_left():
            return PartResult(Found.NOTHING, {})
        effort = replace(self._budget.effort(seconds, lane.workers), first_only=first_only)
        found = part.solve(effort, self._budget.stop)
        self._budget.spend(found.deterministic)
        return found

    def _keep(
        self, values: Mapping[int, int], free: Sequence[int], stretch: _Stretch, blocks: Sequence[int]
    ) -> bool:
        """Fix what is settled with the blocks; the rest is where the next search starts from.

        False, and nothing fixed, where a row over more than the stretch has no room for it any more.
        """
        kept = {
            variable: values[variable]
            for variable in free
            if self._reach.is_within(variable, stretch.kept_first, stretch.kept_last)
            or (
                not self._daily.model.is_decision[variable]
                and self._reach.is_across(variable, stretch.kept_first, stretch.kept_last)
            )
        }
        self._state.take(kept)
        if len(self._changes) > stretch.changes and self._state.breaks(kept):
            self._state.release(kept)
            return False
        self._settled.update(blocks)
        self._changes += blocks
        self._hint.update(values)
        return True

    def _release(self, blocks: Sequence[int]) -> None:
        with self._lock:
            self._state.release(self._reach.touched_by(blocks))
            self._settled.difference_update(blocks)
            self._changes += blocks

    def _start_again(self) -> None:
        """Open everything, so that the blocks can be taken one after another."""
        model = self._daily.model
        self._state.release(each for each in range(model.size) if model.low[each] < model.high[each])
        self._settled.clear()

    def _tell(self) -> None:
        number, blocks = len(self._settled), len(self._blocks)
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


def tier_steps(daily: DailyModel) -> list[int]:
    """What one step of each tier counts in a sum of all; exact order is left to the improvement.

    The more tiers and the larger their weights, the smaller the steps between them: the sum must stay one.
    """
    reaches = [_reach_of_tier(daily, scale.weights) for scale in daily.model.tiers]
    for step in (TIER_STEP, 300, 100, 30, 10, 3, 1):
        steps = [step ** (len(reaches) - 1 - place) for place in range(len(reaches))]
        if sum(each * reach for each, reach in zip(steps, reaches, strict=True)) <= LARGEST_SUM:
            return steps
    return [int(place == 0) for place in range(len(reaches))]


def _reach_of_tier(daily: DailyModel, weights: Mapping[int, int]) -> int:
    """The most that a tier can come to, what leaning towards fair shares adds included."""
    model = daily.model
    reach = sum(abs(weight) * (model.high[each] - model.low[each]) for each, weight in weights.items())
    for spread in daily.spreads:
        parts = (model.row_terms[row] for row in spread.rows.values())
        shares = sum(
            abs(factor) * (model.high[each] - model.low[each]) for terms in parts for each, factor in terms
        )
        reach += abs(weights.get(spread.most, 0)) * shares
    return reach


def blended(daily: DailyModel, steps: Sequence[int] | None = None) -> dict[int, int]:
    """All tiers in one sum, earlier ones far heavier."""
    weights: dict[int, int] = {}
    for scale, step in zip(daily.model.tiers, steps or tier_steps(daily), strict=True):
        for variable, weight in scale.weights.items():
            weights[variable] = weights.get(variable, 0) + step * weight
    return weights
