"""Better schedules around the present one: free a neighbourhood, fix the rest, search again.

Every neighbourhood is solved for all tiers at once, with weights that put an earlier tier above everything
that later ones can gain in it; a change is taken when the tiers, compared in order, do not get worse.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto

from src.solver.daily.assemble import DailyModel
from src.solver.daily.budget import Budget
from src.solver.daily.neighbourhoods import Chosen, Neighbourhoods
from src.solver.daily.residual import Residual, residuals
from src.solver.daily.subsolve import Found, Part, PartResult, State
from src.solver.daily.sums import settle_sums

SECONDS_A_SEARCH = 2.5
LARGEST_SUM = 2**58
PLATEAU_SEARCHES = 200

Better = Callable[[tuple[int, ...]], None]
"""Called with the scores of each better schedule."""

Apart = Callable[[], None]
"""Work on what was noted of the state: it neither reads nor changes the state itself."""

Between = Callable[[], Apart | None]
"""Called between two searches, when the state may be changed. What it returns is done in a search's place."""


def nothing_between() -> None:
    """Nobody has anything to do between two searches."""


class Taken(Enum):
    """What became of the values that a search found."""

    BETTER = auto()
    AS_GOOD = auto()
    AS_IT_WAS = auto()
    NOT = auto()
    """They break a row or score worse: others have changed what they were found around."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Free variables, the rows around them, where they stood, and what they are worth."""

    free: Sequence[int]
    rows: Iterator[Residual]
    stands: Mapping[int, int]
    weights: Mapping[int, int]

    @property
    def worth(self) -> int:
        """What they came to, weighed."""
        return sum(weight * self.stands[variable] for variable, weight in self.weights.items())


class Improver:
    """Large-neighbourhood search on a complete state.

    Each worker has a neighbourhood of its own. What one finds is taken where it goes with what others have
    changed meanwhile, else searched for once more.
    """

    def __init__(
        self,
        daily: DailyModel,
        state: State,
        budget: Budget,
        seed: int,
        better: Better,
        begins_at: float = 0.0,
    ) -> None:
        """`begins_at`: the share of the year after which first walks begin."""
        self._daily = daily
        self._model = daily.model
        self._state = state
        self._budget = budget
        self._better = better
        self._around = Neighbourhoods(daily, state, seed, budget.workers, begins_at)
        self._lock = threading.RLock()
        """Held while the state is read for a search, or changed after one."""
        self.scores = state.scores()
        self._idle = 0
        self._failed = threading.Event()
        """Raised when a worker ends by an error: the others end, and it is told."""

    def run(self, between: Between = nothing_between) -> None:
        """Improve until the budget is spent or nothing has helped for long, side by side on all workers."""
        if not self._around.count:
            return
        with ThreadPoolExecutor(self._budget.workers, thread_name_prefix="improve") as threads:
            works = [threads.submit(self._work, between) for _ in range(self._budget.workers)]
        for work in works:
            work.result()

    def _work(self, between: Between) -> None:
        """One neighbourhood after another, apart from those that others are at."""
        try:
            while self._goes_on():
                with self._lock:
                    apart = between()
                    seen = None if apart is not None else self._see_next()
                if apart is not None:
                    apart()
                if seen is not None:
                    self._better_around(*seen)
        except BaseException:  # whatever ended this worker ends the others too, and is raised
            self._failed.set()
            raise

    def _see_next(self) -> tuple[Chosen, _Seen]:
        chosen = self._around.next()
        return chosen, self._seen_around(chosen.decisions)

    def _better_around(self, chosen: Chosen, seen: _Seen) -> None:
        """Search a neighbourhood, and take what it found."""
        result = self._part_as(seen).solve(self._budget.effort(SECONDS_A_SEARCH, 1), self._budget.stop)
        with self._lock:
            self._around.release(chosen)
            self._settle(chosen, result, is_better=result.objective > seen.worth)

    def _goes_on(self) -> bool:
        return self._budget.has_left() and self._idle < PLATEAU_SEARCHES and not self._failed.is_set()

    def _settle(self, chosen: Chosen, result: PartResult, *, is_better: bool) -> None:
        """`is_better`: whether it was, around what the search saw; what was only otherwise is let go."""
        taken = self._take_over(result)
        if taken is Taken.NOT and is_better:
            self._around.again(chosen)
        gained = taken is Taken.BETTER
        self._idle += not gained
        chosen.kind.learn(gained=gained, cost=result.deterministic, ended=result.found is Found.BEST)

    def take_over(self, result: PartResult, *, at_any_score: bool = False) -> bool:
        """Take what a search found where it still fits and is no worse; whether the scores are better."""
        return self._take_over(result, at_any_score=at_any_score) is Taken.BETTER

    def _take_over(self, result: PartResult, *, at_any_score: bool = False) -> Taken:
        self._budget.spend(result.deterministic)
        if not result.values:
            return Taken.AS_IT_WAS
        taken = self._take(result.values, at_any_score=at_any_score)
        if taken is Taken.BETTER:
            self._idle = 0
            self._better(self.scores)
        return taken

    def part_of(self, decisions: Iterable[int]) -> Part:
        """The decisions and what follows from them, to be searched for the best there is around them."""
        return self._part_as(self._seen_around(decisions))

    def _seen_around(self, decisions: Iterable[int]) -> _Seen:
        """What a search of the decisions needs to know of the state, which may change afterwards."""
        free = self._with_followers(decisions)
        stands = {variable: self._state.low[variable] for variable in free}
        return _Seen(free, residuals(self._state, free), stands, self._weights(free))

    def _part_as(self, seen: _Seen) -> Part:
        part = Part(self._state, seen.free, rows=seen.rows)
        part.hint(seen.stands)
        part.maximise(seen.weights)
        return part

    def _with_followers(self, decisions: Iterable[int]) -> list[int]:
        """The decisions and everything that follows from them, in order of making."""
        found = set(decisions)
        for decision in tuple(found):
            found.update(self._model.dependents.get(decision, ()))
        return sorted(
            variable for variable in found if self._model.low[variable] < self._model.high[variable]
        )

    def _weights(self, free: Sequence[int]) -> dict[int, int]:
        """One weight for all tiers: an earlier tier outweighs all that later ones can gain here."""
        state, model = self._state, self._model
        weights: dict[int, int] = {}
        step = 1
        for scale in reversed(model.tiers):
            reach = 0
            mine = {variable: scale.weights[variable] for variable in free if scale.weights.get(variable)}
            for variable, weight in mine.items():
                if variable not in self._daily.sums:
                    end = model.high[variable] if weight > 0 else model.low[variable]
                    reach += weight * (end - state.low[variable])
            for spread in self._daily.spreads:
                if spread.most in mine:
                    reach -= mine[spread.most] * (state.low[spread.most] - state.low[spread.least])
            if mine and step * (reach + 1) > LARGEST_SUM:
                weights, step = {}, 1  # the later tiers wait for a neighbourhood that is small enough
            for variable, weight in mine.items():
                weights[variable] = weights.get(variable, 0) + step * weight
            step *= reach + 1
        return weights

    def _take(self, values: Mapping[int, int], *, at_any_score: bool) -> Taken:
        """Take the values over where they still fit and score no worse."""
        state = self._state
        changed = {
            variable: value
            for variable, value in values.items()
            if variable not in self._daily.sums and state.low[variable] != value
        }
        if not changed:
            return Taken.AS_IT_WAS
        before = {variable: state.low[variable] for variable in changed}
        state.take(changed)
        before |= settle_sums(state, self._daily.spreads)
        if not state.breaks(before):
            scores = state.scores()
            if at_any_score or scores >= self.scores:
                taken = Taken.BETTER if scores > self.scores else Taken.AS_GOOD
                self.scores = scores
                return taken
        state.take(before)
        return Taken.NOT
