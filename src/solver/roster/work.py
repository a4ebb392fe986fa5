"""The working memory of column generation: pricers, the pool of rows, the best roster, and when to end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from src.solver.roster.memory import peak_mb
from src.solver.roster.pricing import Pricer
from src.solver.roster.problem import Problem, Row
from src.solver.roster.result import Found
from src.solver.roster.strategy import Options
from src.solver.roster.table import Table
from src.solver.stop import Stop

POOL_ROWS = 60
"""Rows kept a person; the oldest leave first."""
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
        """Work side by side while inside."""
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
    def clocked(self) -> bool:
        """Whether clocks may decide what is done next; not where a number of linear programs ends it."""
        return self.options.iterations is None

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
        pool.pop(row, None)
        pool[row] = None
        if len(pool) > POOL_ROWS:
            del pool[next(iter(pool))]

    def side_by_side[T, U](self, work: Callable[[T], U], items: Sequence[T]) -> list[U]:
        """`work` done on each item, on all workers; results in the order of the items."""
        if self._executor is None or len(items) == 1 or self.options.workers == 1:
            return [work(item) for item in items]
        return list(self._executor.map(work, items))
