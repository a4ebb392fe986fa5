"""Better schedules around the present one: free a neighbourhood, fix the rest, search again.

Every neighbourhood is solved for all tiers at once, with weights that put an earlier tier above everything
that later ones can gain in it; a change is taken when the tiers, compared in order, do not get worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from src.solver.daily.assemble import DailyModel
from src.solver.daily.budget import Budget
from src.solver.daily.neighbourhoods import Kind, Neighbourhoods
from src.solver.daily.subsolve import Found, Part, PartResult, State
from src.solver.daily.sums import settle_sums

SECONDS_A_SEARCH = 2.5
LARGEST_SUM = 2**58
PLATEAU_SEARCHES = 200

Better = Callable[[tuple[int, ...]], None]
"""Called with the scores of each better schedule."""

Between = Callable[[], None]
"""Called between two searches, when the state may be changed."""


class Improver:
    """Large-neighbourhood search on a complete state."""

    def __init__(self, daily: DailyModel, state: State, budget: Budget, seed: int, better: Better) -> None:
        self._daily = daily
        self._model = daily.model
        self._state = state
        self._budget = budget
        self._better = better
        self._around = Neighbourhoods(daily, state, seed)
        self.scores = state.scores()
        self._idle = 0

    def run(self, between: Between = lambda: None) -> None:
        """Improve until the budget is spent or nothing has helped for long."""
        while self._around.count and self._goes_on():
            between()
            kind, part = self._next()
            self._settle(kind, part.solve(self._budget.effort(SECONDS_A_SEARCH), self._budget.stop))

    def _goes_on(self) -> bool:
        return self._budget.has_left() and self._idle < PLATEAU_SEARCHES

    def _settle(self, kind: Kind, result: PartResult) -> None:
        gained = self.take_over(result)
        self._idle += not gained
        kind.learn(gained=gained, cost=0.05 + result.deterministic, ended=result.found is Found.BEST)

    def take_over(self, result: PartResult, *, at_any_score: bool = False) -> bool:
        """Take what a search found where it still fits and is no worse; whether the scores are better."""
        self._budget.spend(result.deterministic)
        gained = bool(result.values) and self._take(result.values, at_any_score=at_any_score)
        if gained:
            self._idle = 0
            self._better(self.scores)
        return gained

    def _next(self) -> tuple[Kind, Part]:
        kind, decisions = self._around.next()
        return kind, self.part_of(decisions)

    def part_of(self, decisions: Iterable[int]) -> Part:
        """The decisions and what follows from them, to be searched for the best there is around them."""
        free = self._with_followers(decisions)
        part = Part(self._state, free)
        part.hint({variable: self._state.low[variable] for variable in free})
        part.maximise(self._weights(free))
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

    def _take(self, values: Mapping[int, int], *, at_any_score: bool) -> bool:
        """Take the values over where they still fit and score no worse; whether they score better."""
        state = self._state
        changed = {
            variable: value
            for variable, value in values.items()
            if variable not in self._daily.sums and state.low[variable] != value
        }
        if not changed:
            return False
        before = {variable: state.low[variable] for variable in changed}
        state.take(changed)
        before |= settle_sums(state, self._daily.spreads)
        if not state.breaks(before):
            scores = state.scores()
            if at_any_score or scores >= self.scores:
                gained = scores > self.scores
                self.scores = scores
                return gained
        state.take(before)
        return False
