"""The working memory of column generation: pricers, the pool of rows, the best roster, and when to end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from src.solver.roster.master import Floats, Master, Solved, Table
from src.solver.roster.memory import peak_mb
from src.solver.roster.pricing import Priced, Pricer
from src.solver.roster.problem import Problem, Row
from src.solver.roster.result import Found
from src.solver.roster.strategy import Options
from src.solver.stop import Stop

POOL_ROWS = 250
"""Rows kept a person; the oldest leave first."""
WANTED_ROWS = 3
MULTIPLIER_STEP = 2.0
SMOOTHING = 0.5
"""How far prices stay at those of the best bound so far; the masters' own prices swing wildly at first."""
ROUNDING = 1e-6


class Work:
    """State of one search; not shared between searches."""

    def __init__(self, problem: Problem, stop: Stop, options: Options) -> None:
        self.problem, self.stop, self.options = problem, stop, options
        self.table = Table(problem)
        self.pricers = [Pricer(problem, person) for person in range(len(problem.people))]
        self.pool: list[dict[Row, None]] = [{} for _ in problem.people]
        self.rng = np.random.default_rng(options.seed)
        self.rows: list[Row] = []
        self.price: int | None = None
        self.bound: int | None = None
        self.found: list[Found] = []
        self.masters_solved = 0
        self.ended = ""
        self._executor: ThreadPoolExecutor | None = None

    @contextmanager
    def threads(self) -> Iterator[None]:
        """Price people side by side while inside."""
        with ThreadPoolExecutor(max(1, self.options.workers)) as self._executor:
            yield
        self._executor = None

    def over(self) -> bool:
        """Whether to end now; `ended` then says why."""
        if self.stop.reached:
            self.ended = "cancelled" if self.stop.cancelled else "time"
        elif self.options.iterations is not None and self.masters_solved >= self.options.iterations:
            self.ended = "iterations"
        elif peak_mb() > self.options.memory_mb:
            self.ended = "memory"
        elif self.proved:
            self.ended = "proved"
        return bool(self.ended)

    @property
    def proved(self) -> bool:
        """Whether the best roster meets the bound."""
        return self.price is not None and self.bound is not None and self.price <= self.bound

    def take(self, rows: Sequence[Row]) -> bool:
        """Take a roster that is no worse; True when it is better."""
        price = self.table.price(rows)
        if self.price is not None and price > self.price:
            return False
        better = self.price is None or price < self.price
        self.rows, self.price = list(rows), price
        if better:
            self.found.append(Found(self.stop.seconds, price))
        return better

    def keep(self, person: int, row: Row) -> None:
        """Remember a row for later masters."""
        pool = self.pool[person]
        pool[row] = None
        if len(pool) > POOL_ROWS:
            del pool[next(iter(pool))]

    def side_by_side[T, U](self, work: Callable[[T], U], items: Sequence[T]) -> list[U]:
        """`work` done on each item, on all workers; results in the order of the items."""
        if self._executor is None or len(items) == 1:
            return [work(item) for item in items]
        return list(self._executor.map(work, items))

    def price_all(self, people: Sequence[int], duals: Floats, *, side_by_side: bool) -> list[Priced]:
        """Cheapest rows of each of the people by `duals`."""

        def one(person: int) -> Priced:
            prices = self.table.reduced(person, duals)
            return self.pricers[person].price(prices, WANTED_ROWS, step=MULTIPLIER_STEP)

        return self.side_by_side(one, people) if side_by_side else [one(person) for person in people]


class Relaxation:
    """Column generation on one master: rounds of linear program and pricing."""

    def __init__(
        self, work: Work, people: Sequence[int], others: Iterable[Row], *, side_by_side: bool = True
    ) -> None:
        self.work = work
        self.master = Master(work.table, people, work.table.there(others))
        self.solved: Solved | None = None
        self.best = -np.inf
        self.converged = False
        self._centre: Floats | None = None
        self._smoothing = SMOOTHING
        self._side_by_side = side_by_side

    def round(self) -> bool:
        """One linear program and one pricing; False when nothing is to be gained or the search is over."""
        solved = self.master.solve(self.work.stop.remaining)
        self.work.masters_solved += 1
        if solved is None:
            return False
        self.solved = solved
        free = self.master.free
        duals = solved.duals
        if self._centre is not None and self._smoothing:
            duals = self._smoothing * self._centre + (1 - self._smoothing) * duals
        priced = self.work.price_all(free, duals, side_by_side=self._side_by_side)
        if len(free) == len(self.master.people):
            bound = self.master.lagrangian(duals, sum(one.least for one in priced))
            if bound > self.best:
                self.best, self._centre = bound, duals
        added = self._add(free, priced, solved)
        if solved.value - self.best < ROUNDING:
            self.converged = True
            return False
        if not added:
            if not self._smoothing:
                self.converged = True
                return False
            self._smoothing = 0.0
        return True

    def restart(self) -> None:
        """Forget the centre: after a row is fixed the old prices mislead."""
        self._centre, self._smoothing, self.converged = None, 0.0, False

    def _add(self, free: Sequence[int], priced: Sequence[Priced], solved: Solved) -> int:
        added = 0
        days = np.arange(self.work.problem.days)
        for person, found in zip(free, priced, strict=True):
            prices = self.work.table.reduced(person, solved.duals)
            for _, row in found.rows:
                value = float(prices[days, list(row)].sum()) - solved.person_duals[person]
                if value < -ROUNDING and self.master.add(person, row):
                    self.work.keep(person, row)
                    added += 1
        return added
