"""Better schedules around the present one: free some residents or some dates, fix the rest, search again.

Every neighbourhood is solved for all tiers at once, with weights that put an earlier tier above everything
that later ones can lose in it; a change is taken when the tiers, compared in order, do not get worse.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from src.solver.daily.assemble import DailyModel
from src.solver.daily.budget import Budget
from src.solver.daily.fairness import Spread
from src.solver.daily.linear import Expr
from src.solver.daily.subsolve import Found, Part, PartResult, State

SECONDS_A_SEARCH = 2.5
FIRST_SIZE = 900
LARGEST_SIZE = 6000
LARGEST_SUM = 2**58
PLATEAU_SEARCHES = 400

Better = Callable[[tuple[int, ...]], None]
"""Called with the scores of each better schedule."""


@dataclass
class _Kind:
    """A way to choose a neighbourhood, and how it has paid off lately: gains over cost."""

    choose: Callable[[], list[int]]
    gain: float = 1.0
    cost: float = 1.0

    def learn(self, gained: bool, cost: float) -> None:
        self.gain = 0.9 * self.gain + gained
        self.cost = 0.9 * self.cost + cost


class Improver:
    """Large-neighbourhood search on a complete state."""

    def __init__(self, daily: DailyModel, state: State, budget: Budget, seed: int, better: Better) -> None:
        self._daily = daily
        self._model = daily.model
        self._state = state
        self._budget = budget
        self._random = random.Random(seed)  # noqa: S311  # a search, not a secret
        self._better = better
        self._size = float(FIRST_SIZE)
        self.scores = state.scores()
        self._sums: dict[int, tuple[Spread, int]] = {
            total: (spread, row) for spread in daily.spreads for total, row in spread.rows.items()
        }
        self._followers = set(self._sums) | {
            end for spread in daily.spreads for end in (spread.most, spread.least)
        }
        self._by_day: defaultdict[int, list[int]] = defaultdict(list)
        self._by_person: defaultdict[int, list[int]] = defaultdict(list)
        for variable in range(self._model.size):
            if self._model.is_decision[variable] and self._model.low[variable] < self._model.high[variable]:
                self._by_day[self._model.day[variable]].append(variable)
                self._by_person[self._model.person[variable]].append(variable)
        self._count = sum(map(len, self._by_day.values()))
        self._kinds = [_Kind(self._window), _Kind(self._scattered), _Kind(self._people)]
        if daily.shared.calendar.holidays:
            self._kinds.append(_Kind(self._around_holidays))
        self._kinds.append(_Kind(self._people_for_half_a_year))
        if daily.requests:
            self._kinds.append(_Kind(self._around_denied_requests))
        self._idle = 0

    def run(self) -> None:
        """Improve until the budget is spent or nothing has helped for long."""
        if not self._count:
            return
        threads = 1 if self._budget.is_deterministic else self._budget.workers
        pending: dict[Future[PartResult], _Kind] = {}
        with ThreadPoolExecutor(threads) as pool:
            while True:
                while len(pending) < threads and self._goes_on():
                    kind, part = self._next()
                    effort = self._budget.effort(SECONDS_A_SEARCH, workers=1)
                    pending[pool.submit(part.solve, effort, self._budget.stop)] = kind
                if not pending:
                    return
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    self._settle(pending.pop(future), future.result())

    def _goes_on(self) -> bool:
        return self._budget.has_left() and self._idle < PLATEAU_SEARCHES

    def _settle(self, kind: _Kind, result: PartResult) -> None:
        self._budget.spend(result.deterministic)
        gained = bool(result.values) and self._take(result.values)
        self._idle = 0 if gained else self._idle + 1
        kind.learn(gained, 0.05 + result.deterministic)
        if result.found is Found.BEST:
            self._size = min(self._size * 1.03, LARGEST_SIZE)
        else:
            self._size *= 0.95
        if gained:
            self._better(self.scores)

    def _next(self) -> tuple[_Kind, Part]:
        kind = self._random.choices(self._kinds, [max(0.05, each.gain / each.cost) for each in self._kinds])[
            0
        ]
        free = self._with_followers(kind.choose())
        part = Part(self._state, free)
        part.hint({variable: self._state.low[variable] for variable in free})
        part.maximise(self._weights(free))
        return kind, part

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
                if variable not in self._followers:
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

    def _take(self, values: Mapping[int, int]) -> bool:
        """Take the values over where they still fit and score no worse; whether they score better."""
        state = self._state
        changed = {
            variable: value
            for variable, value in values.items()
            if variable not in self._followers and state.low[variable] != value
        }
        if not changed:
            return False
        before = {variable: state.low[variable] for variable in changed}
        state.take(changed)
        before |= self._follow_up()
        if not state.breaks(before):
            scores = state.scores()
            if scores >= self.scores:
                gained = scores > self.scores
                self.scores = scores
                return gained
        state.take(before)
        return False

    def _follow_up(self) -> dict[int, int]:
        """Set totals and spreads to what the days now say; what they were."""
        state = self._state
        before: dict[int, int] = {}
        for total, (_, row) in self._sums.items():
            off = state.row_least[row] - self._model.row_high[row]
            if off:
                before[total] = state.low[total]
                state.set(total, state.low[total] - off, state.low[total] - off)
        if before:
            for spread in self._daily.spreads:
                totals = [state.low[total] for total in spread.totals.values()]
                for end, value in ((spread.most, max(totals)), (spread.least, min(totals))):
                    if state.low[end] != value:
                        before[end] = state.low[end]
                        state.set(end, value, value)
        return before

    def _days_for(self, decisions: float) -> int:
        per_day = self._count / max(1, len(self._by_day))
        return max(3, int(decisions / per_day))

    def _window(self) -> list[int]:
        """Everyone on some dates in a row."""
        length = self._days_for(self._size)
        first = self._random.randrange(-length // 2, self._daily.shared.calendar.days - length // 2)
        return self._on_days(range(first, first + length))

    def _scattered(self) -> list[int]:
        """Everyone on some short stretches all over the year: they trade what the year shares out."""
        chosen: set[int] = set()
        while len(chosen) < min(self._days_for(self._size), len(self._by_day)):
            length = self._random.choice((3, 5, 7))
            first = self._random.randrange(-3, self._daily.shared.calendar.days)
            chosen.update(range(first, first + length))
            chosen &= self._by_day.keys()
        return self._on_days(sorted(chosen))

    def _around_holidays(self) -> list[int]:
        holidays = sorted(self._daily.shared.calendar.holidays)
        chosen = self._random.sample(holidays, self._random.randint(1, len(holidays)))
        reach = max(1, self._days_for(self._size) // len(chosen) // 2)
        days = {day for holiday in chosen for day in range(holiday - reach, holiday + reach + 1)}
        return self._on_days(sorted(days))

    def _around_denied_requests(self) -> list[int]:
        """Everyone on the dates around a few requests that are not granted now."""
        denied = [request for request, granted in self._daily.requests.items() if not self._holds(granted)]
        if not denied:
            return self._scattered()
        calendar = self._daily.shared.calendar
        chosen = self._random.sample(denied, min(len(denied), self._random.randint(1, 3)))
        reach = max(2, self._days_for(self._size) // len(chosen) // 2)
        days = {
            day
            for request in chosen
            for on in request.dates
            for day in range(calendar.day_of_date(on) - reach, calendar.day_of_date(on) + reach + 1)
        }
        return self._on_days(sorted(days))

    def _holds(self, expr: Expr) -> bool:
        values = self._state.low
        return expr.constant + sum(factor * values[variable] for variable, factor in expr.terms) == 1

    def _people(self) -> list[int]:
        return self._of_people(self._size)

    def _people_for_half_a_year(self) -> list[int]:
        half = self._daily.shared.calendar.days // 2
        first = self._random.randrange(0, half + 1)
        chosen = self._of_people(2 * self._size)
        return [variable for variable in chosen if first <= self._model.day[variable] < first + half]

    def _of_people(self, size: float) -> list[int]:
        """The year of some residents, of those with most and least of something first."""
        order = list(self._by_person)
        self._random.shuffle(order)
        if self._daily.spreads:
            spread = self._random.choices(
                self._daily.spreads,
                [
                    0.5 + self._state.low[each.most] - self._state.low[each.least]
                    for each in self._daily.spreads
                ],
            )[0]
            by_total = sorted(
                spread.totals,
                key=lambda person: (self._state.low[spread.totals[person]], self._random.random()),
            )
            ends = [by_total[0], by_total[-1]]
            if self._random.random() < 0.6:
                order.sort(key=lambda person: person not in spread.totals)
            order = ends + [person for person in order if person not in ends]
        chosen: list[int] = []
        for person in order:
            if len(chosen) > size:
                break
            chosen += self._by_person.get(person, [])
        return chosen

    def _on_days(self, days: Iterable[int]) -> list[int]:
        return [variable for day in days for variable in self._by_day.get(day, ())]
