"""Wish costs and cover lines as arrays, which all masters of one problem share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from src.solver.roster.problem import Problem, Row

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Table:
    """Made once a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        marks = len(problem.kinds) + 1
        self.costs: Floats = np.array(problem.costs(), np.float64).reshape(-1, problem.days, marks)
        self.line_at: Integers = np.full((problem.days, marks), -1, np.int64)
        for line, cover in enumerate(problem.cover):
            self.line_at[cover.day, cover.kind + 1] = line
        self.need: Floats = np.array([cover.need for cover in problem.cover], np.float64)
        self.under: Floats = np.array([cover.under for cover in problem.cover], np.float64)
        self.over: Floats = np.array([cover.over for cover in problem.cover], np.float64)
        self._days = np.arange(problem.days)

    def lines(self, row: Row) -> Integers:
        """Cover lines that a row serves."""
        lines: Integers = self.line_at[self._days, list(row)]
        served: Integers = lines[lines >= 0]
        return served

    def wish_cost(self, person: int, row: Row) -> float:
        """What a row costs by wishes."""
        return float(self.costs[person, self._days, list(row)].sum())

    def there(self, rows: Iterable[Row]) -> Floats:
        """How many of the rows serve each cover line."""
        count = np.zeros(len(self.need))
        for row in rows:
            count[self.lines(row)] += 1
        return count

    def cover_cost(self, there: Floats) -> float:
        """What cover costs with that many people there."""
        missing = self.need - there
        return float((np.maximum(missing, 0) * self.under + np.maximum(-missing, 0) * self.over).sum())

    def price(self, rows: Sequence[Row]) -> int:
        """Price of a whole roster."""
        wishes = sum(self.wish_cost(person, row) for person, row in enumerate(rows))
        return round(wishes + self.cover_cost(self.there(rows)))

    def marginal(self, person: int, there: Floats) -> Floats:
        """What each mark of one more person costs by day, given who is there already."""
        extra = np.where(there < self.need, -self.under, self.over)
        prices: Floats = self.costs[person] + np.append(extra, 0.0)[self.line_at]
        return prices

    def reduced(self, person: int, duals: Floats) -> Floats:
        """Wish costs less what cover pays, by day and mark."""
        prices: Floats = self.costs[person] - np.append(duals, 0.0)[self.line_at]
        return prices
