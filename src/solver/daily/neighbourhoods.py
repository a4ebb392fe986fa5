"""What to free around a schedule: everyone on some dates, or some residents all year.

Stretches in a row mend what one block's days owe each other; stretches scattered over the year, and whole
years of a few residents, let them trade what the year shares out. Three kinds aim at what costs: at a share
that is uneven, by those who have most and least of it, at what a date or a window costs, by its dates, and
at a request that is denied, by the dates around it.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import NamedTuple

from src.solver.daily.assemble import DailyModel
from src.solver.daily.fairness import Spread
from src.solver.daily.linear import Expr, LinearModel
from src.solver.daily.subsolve import State

FIRST_SIZE = 800
WALKING_SIZES = (400, 900)
"""Decisions freed by each step of the first two walks through the year."""
SMALLEST_SIZE = 100
LARGEST_SIZE = 6000
LEAP, GROWTH, SHRINKAGE = 1.5, 1.15, 0.7
AT_ONCE, SOON = 0.015, 0.15
"""Deterministic seconds in which a search ends that could have been larger by far, or by a little."""
EASY = 0.12
"""Deterministic seconds a search of a walk, for another walk by larger steps to be worth while."""
LEAST_COST = 0.05
"""Of any search, in deterministic seconds: its model has to be built."""
STRETCHES = (3, 5, 7)
"""Lengths, in dates, of scattered stretches."""
REDRAWS, LEAST_LEFT = 3, 0.5
"""How often to draw for something of which at least that share is not held, before anything will do."""
SAME_PGY_SHARE = 0.6
"""How often residents of the PGY with an uneven share come before all others."""
FIRST_COSTS_SHARE = 0.7
"""How often something is mended that costs the earliest tier where anything does."""
HOLIDAYS = "fair_holidays"


@dataclass
class Kind:
    """A way to choose a neighbourhood, and how it has paid off lately: gains over cost."""

    name: str
    choose: Callable[[float], list[int]]
    gain: float = 1.0
    cost: float = 1.0
    size: float = FIRST_SIZE
    """How many decisions it frees; it grows while searches end early and shrinks when they do not."""

    def learn(self, *, gained: bool, cost: float, ended: bool) -> None:
        """`cost` in deterministic seconds; `ended`: whether nothing better is left around."""
        self.gain = 0.9 * self.gain + gained
        self.cost = 0.9 * self.cost + LEAST_COST + cost
        growth = LEAP if cost < AT_ONCE else GROWTH if cost < SOON else 1.0
        self.size = min(max(self.size * (growth if ended else SHRINKAGE), SMALLEST_SIZE), LARGEST_SIZE)

    @property
    def seconds(self) -> float:
        """Deterministic seconds of a search lately."""
        return 0.1 * self.cost

    @property
    def appeal(self) -> float:
        return max(0.05, self.gain / self.cost)


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Decisions to free, held until they are released."""

    kind: Kind
    decisions: Sequence[int]
    is_again: bool = False
    """Whether it was chosen before, and what was found could not be taken."""


class _Walk(NamedTuple):
    """Dates still to be walked through, by steps of so many decisions."""

    days: Sequence[int]
    size: float


class Neighbourhoods:
    """Chooses decisions to free, each time by the kind that has paid off best lately, or any.

    What is chosen is held until it is released: nothing chosen meanwhile frees any of it. `begins_at` is the
    share of each stretch after which its walks begin (they come to what lies before last), so that those who
    search the same schedule apart are not at the same dates.
    """

    def __init__(
        self, daily: DailyModel, state: State, seed: int, at_once: int, begins_at: float = 0.0
    ) -> None:
        self._state = state
        self._begins_at = begins_at
        self._random = random.Random(seed)  # noqa: S311  # a search, not a secret
        self._spreads = daily.spreads
        self._days = daily.shared.calendar.days
        self._holidays = sorted(daily.shared.calendar.holidays)
        self._by_day: defaultdict[int, list[int]] = defaultdict(list)
        self._by_person: defaultdict[int, list[int]] = defaultdict(list)
        self._model = model = daily.model
        for variable in range(model.size):
            if model.is_decision[variable] and model.low[variable] < model.high[variable]:
                self._by_day[model.day[variable]].append(variable)
                self._by_person[model.person[variable]].append(variable)
        self.count = sum(map(len, self._by_day.values()))
        self.kinds = [
            Kind("dates in a row", self._row),
            Kind("scattered dates", self._scattered),
            Kind("residents", self._residents),
            Kind("residents for half a year", self._residents_for_half_a_year),
        ]
        if self._holidays:
            self.kinds.append(Kind("around holidays", self._around_holidays))
        if self._spreads:
            self.kinds.append(Kind("an uneven share", self._uneven_share))
        self._costs = costs_of(model, daily.sums)
        if self._costs:
            self.kinds.append(Kind("what costs", self._around_a_cost))
        self._wishes = [expr for expr in daily.requests.values() if _is_open_in(daily.model, expr)]
        """Requests that the plan leaves to the days."""
        if self._wishes:
            self.kinds.append(Kind("what is denied", self._around_a_denial))
        self._tried: Counter[int] = Counter()
        """How often a cost or a share, by its variable, was what a neighbourhood was about."""
        self.walk = Kind("first walks", lambda _: self._sweep())
        """Steps are small: all of the year is bettered before any of it is looked at long."""
        self._held: list[Chosen] = []
        self._again: list[Chosen] = []
        self._at_once = at_once
        self._walked = WALKING_SIZES[-1]
        self._sweeps = [walk for size in WALKING_SIZES for walk in self._make_sweeps(at_once, size)]
        """What is left of the first walks through the year, by the stretches that are walked at once."""

    def next(self) -> Chosen:
        """The kind chosen, and the decisions to free: what is held is left out of what was drawn."""
        held = {each for chosen in self._held for each in chosen.decisions}
        for _ in range(REDRAWS):
            chosen = self._draw()
            left = [each for each in chosen.decisions if each not in held]
            if len(left) >= LEAST_LEFT * len(chosen.decisions):
                break
        else:
            chosen = self._draw()
            left = [each for each in chosen.decisions if each not in held]
        chosen = replace(chosen, decisions=left)
        self._held.append(chosen)
        return chosen

    def _draw(self) -> Chosen:
        if self._again:
            return self._again.pop(0)
        if self._sweeps or self._walks_again():
            return Chosen(self.walk, self._sweep())
        kind = self._random.choices(self.kinds, [kind.appeal for kind in self.kinds])[0]
        return Chosen(kind, kind.choose(kind.size))

    def again(self, chosen: Chosen) -> None:
        """Choose the same next: what was found for it goes no longer with what others have changed."""
        if not chosen.is_again:
            self._again.append(replace(chosen, is_again=True))

    def release(self, chosen: Chosen) -> None:
        """Let others free them."""
        self._held.remove(chosen)

    def _walks_again(self) -> bool:
        """By larger steps, as long as searches of the last walk ended soon."""
        larger = 2 * self._walked
        if self.walk.seconds > EASY or larger > self.count / self._at_once:
            return False
        self._walked = larger
        self._sweeps = self._make_sweeps(self._at_once, larger)
        return True

    def _make_sweeps(self, at_once: int, size: float) -> list[_Walk]:
        if not self._by_day:
            return []
        first, last = min(self._by_day), max(self._by_day) + 1
        length = max(1, ceil((last - first) / at_once))
        stretches = [range(begin, min(begin + length, last)) for begin in range(first, last, length)]
        begins = [int(self._begins_at * len(days)) for days in stretches]
        return [
            _Walk((*days[begin:], *days[:begin]), size) for days, begin in zip(stretches, begins, strict=True)
        ]

    def _sweep(self) -> list[int]:
        """The next step of the first walks through the year: all stretches of a walk take turns."""
        walk = self._sweeps.pop(0)
        length = self._days_for(walk.size)
        now, later = walk.days[:length], walk.days[length:]
        if later:
            place = sum(each.size == walk.size for each in self._sweeps)
            self._sweeps.insert(place, _Walk(later, walk.size))
        return self._on_days(now)

    def _days_for(self, size: float) -> int:
        """How many dates hold so many decisions."""
        return max(3, int(size * len(self._by_day) / max(1, self.count)))

    def _row(self, size: float) -> list[int]:
        length = self._days_for(size)
        first = self._random.randrange(-length // 2, self._days - length // 2)
        return self._on_days(range(first, first + length))

    def _scattered(self, size: float) -> list[int]:
        chosen: set[int] = set()
        wanted = min(self._days_for(size), len(self._by_day))
        while len(chosen) < wanted:
            first = self._random.randrange(-3, self._days)
            chosen.update(range(first, first + self._random.choice(STRETCHES)))
            chosen &= self._by_day.keys()
        return self._on_days(sorted(chosen))

    def _around_holidays(self, size: float) -> list[int]:
        chosen = self._random.sample(self._holidays, self._random.randint(1, len(self._holidays)))
        reach = max(1, self._days_for(size) // len(chosen) // 2)
        return self._on_days(
            sorted({day for holiday in chosen for day in range(holiday - reach, holiday + reach + 1)})
        )

    def _residents_for_half_a_year(self, size: float) -> list[int]:
        half = self._days // 2
        first = self._random.randrange(0, half + 1)
        return [
            variable
            for variable in self._residents(2 * size)
            if first <= self._model.day[variable] < first + half
        ]

    def _residents(self, size: float) -> list[int]:
        """Those with most and least of something first."""
        chosen: list[int] = []
        for person in self._by_need():
            if len(chosen) > size:
                break
            chosen += self._by_person.get(person, [])
        return chosen

    def _by_need(self) -> list[int]:
        order = list(self._by_person)
        self._random.shuffle(order)
        if not self._spreads:
            return order
        low = self._state.low
        uneven = [0.5 + low[spread.most] - low[spread.least] for spread in self._spreads]
        spread = self._random.choices(self._spreads, uneven)[0]
        if self._random.random() < SAME_PGY_SHARE:
            order.sort(key=lambda person: person not in spread.totals)
        by_total = sorted(
            spread.totals, key=lambda person: (low[spread.totals[person]], self._random.random())
        )
        ends = [by_total[0], by_total[-1]]
        return ends + [person for person in order if person not in ends]

    def _uneven_share(self, size: float) -> list[int]:
        """Whole years of those with most and least of something, and everyone on dates that count for it."""
        spread = self._uneven_spread()
        low = self._state.low
        by_total = sorted(spread.totals, key=lambda each: (low[spread.totals[each]], self._random.random()))
        years: list[int] = []
        for most, least in zip(reversed(by_total[len(by_total) // 2 :]), by_total, strict=False):
            if len(years) > size / 2:
                break
            years += (each for person in (most, least) for each in self._by_person.get(person, ()))
        left = max(SMALLEST_SIZE, size - len(years))
        around = self._around_holidays(left) if spread.term == HOLIDAYS else self._scattered(left)
        return list(dict.fromkeys(years + around))

    def _uneven_spread(self) -> Spread:
        """Of those that the earliest tier with an uneven share counts, by what evening it out would gain.

        What was tried often has its turn less often.
        """
        low = self._state.low
        for scale in self._model.tiers:
            costs = [
                max(0, -scale.weights.get(each.most, 0))
                * (low[each.most] - low[each.least])
                / (1 + self._tried[each.most])
                for each in self._spreads
            ]
            if any(costs):
                spread = self._random.choices(self._spreads, costs)[0]
                self._tried[spread.most] += 1
                return spread
        return self._random.choice(self._spreads)

    def _around_a_cost(self, size: float) -> list[int]:
        """The dates on which something that costs is decided: of whom it concerns, and of others."""
        cost = self._present_cost()
        model = self._model
        days = [model.day[decision] for decision in model.parents[cost]]
        reach = max(0, (self._days_for(size) - (max(days) - min(days) + 1)) // 2)
        around = range(min(days) - reach, max(days) + reach + 1)
        mine = model.person[cost]
        people = sorted(self._by_person, key=lambda person: (person != mine, self._random.random()))
        chosen: list[int] = []
        for person in people:
            if len(chosen) > size:
                break
            chosen += (each for each in self._by_person[person] if model.day[each] in around)
        return chosen

    def _around_a_denial(self, size: float) -> list[int]:
        """The dates around a request that is not granted though the plan would allow it; else any dates."""
        low, model = self._state.low, self._model
        denied = [
            expr for expr in self._wishes if expr.constant + sum(n * low[each] for each, n in expr.terms) < 1
        ]
        if not denied:
            return self._scattered(size)
        wish = min(denied, key=lambda expr: (self._tried[expr.terms[0][0]], self._random.random()))
        self._tried[wish.terms[0][0]] += 1
        days = [
            model.day[each]
            for variable in _variables(wish)
            for each in model.parents.get(variable, (variable,))
        ]
        reach = max(1, (self._days_for(size) - (max(days) - min(days) + 1)) // 2)
        return self._on_days(range(min(days) - reach, max(days) + reach + 1))

    def _present_cost(self) -> int:
        """Of the earliest tier that something costs now, or of a later one: what was tried least."""
        low, least = self._state.low, self._model.low
        found = [now for costs in self._costs if (now := [each for each in costs if low[each] > least[each]])]
        if not found:
            return self._random.choice(self._random.choice(self._costs))
        first = self._random.random() < FIRST_COSTS_SHARE
        costs = found[0] if first else self._random.choice(found)
        cost = min(costs, key=lambda each: (self._tried[each], self._random.random()))
        self._tried[cost] += 1
        return cost

    def _on_days(self, days: Iterable[int]) -> list[int]:
        return [variable for day in days for variable in self._by_day.get(day, ())]


def _variables(expr: Expr) -> list[int]:
    return [variable for variable, _ in expr.terms]


def _is_open_in(model: LinearModel, expr: Expr) -> bool:
    """Whether the days decide it."""
    return any(model.low[each] < model.high[each] for each in _variables(expr))


def costs_of(model: LinearModel, sums: Collection[int]) -> list[list[int]]:
    """Variables that cost something when they are more than their least, and depend on decisions, by tier."""
    found = [
        [
            each
            for each, weight in scale.weights.items()
            if weight < 0 and each not in sums and model.parents.get(each)
        ]
        for scale in model.tiers
    ]
    return [costs for costs in found if costs]
