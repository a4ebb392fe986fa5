"""Linear programs whose optimum is bounded from their prices alone.

What a solver says the best is, is as good as its tolerances. Whatever prices it ends with, weak duality turns
them into a bound that holds: no rounding inside the solver and no early end can make it wrong, only weak.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, inf

import highspy
import numpy as np
from numpy.typing import NDArray

from src.solver import highs

MOST_STEPS_INSIDE, MOST_STEPS = 200, 20_000
"""Of interior points and of the simplex method; counts, so that no clock decides how good a bound is."""
FEW_ROWS = 1500
"""So many rows are solved faster from corner to corner."""
OPTIONS = (
    ("run_crossover", "off"),
    ("ipm_iteration_limit", MOST_STEPS_INSIDE),
    ("simplex_iteration_limit", MOST_STEPS),
)
"""Prices from inside are good enough, and of many rows come six times as fast as those of a corner."""
SETTLED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
SLACK = 1e-6
"""More than the sums of a bound can be off by, less than any step of a count."""

Term = tuple[int, float]


class Relaxation:
    """Columns between 0 and a finite most, and rows between a least and a most."""

    def __init__(self) -> None:
        self._most: list[float] = []
        self._terms: list[Sequence[Term]] = []
        self._lows: list[float] = []
        self._highs: list[float] = []
        self._solver: highspy.Highs | None = None

    @property
    def size(self) -> int:
        return len(self._most)

    def column(self, most: float) -> int:
        """A new column between 0 and `most`; its number."""
        self._most.append(max(0.0, float(most)))
        return len(self._most) - 1

    def row(self, terms: Iterable[Term], least: float = -inf, most: float = inf) -> None:
        self._terms.append(tuple(terms))
        self._lows.append(least)
        self._highs.append(most)

    def most(self, gains: Iterable[Term]) -> float | None:
        """What the sum of the gains cannot exceed; None where the rows allow nothing at all."""
        cost = np.zeros(self.size)
        for column, gain in gains:
            cost[column] -= gain
        solver = self._loaded()
        solver.changeColsCost(self.size, np.arange(self.size, dtype=np.int32), cost)
        ended = self._solved_by("simplex" if len(self._terms) <= FEW_ROWS else "ipm")
        if ended not in SETTLED and len(self._terms) > FEW_ROWS:
            ended = self._solved_by("simplex")
        if ended == highspy.HighsModelStatus.kInfeasible:
            return None
        solution = solver.getSolution()
        prices = np.array(solution.row_dual) if solution.dual_valid else np.zeros(len(self._terms))
        return -self._least_by(cost, prices)

    def most_whole(self, gains: Iterable[Term]) -> int | None:
        """The same for a sum that is a whole number in every schedule."""
        most = self.most(gains)
        return None if most is None else floor(most + SLACK)

    def _solved_by(self, method: str) -> highspy.HighsModelStatus:
        solver = self._loaded()
        solver.setOptionValue("solver", method)
        return highs.run(solver)

    def _least_by(self, cost: NDArray[np.float64], prices: NDArray[np.float64]) -> float:
        """Weak duality: what no point within rows and columns can cost less than."""
        least, most = np.array(self._lows), np.array(self._highs)
        prices = np.where((prices > 0) & np.isneginf(least), 0.0, prices)
        prices = np.where((prices < 0) & np.isposinf(most), 0.0, prices)
        up, down = prices > 0, prices < 0
        reduced = cost.copy()
        for terms, price in zip(self._terms, prices, strict=True):
            if price:
                for column, factor in terms:
                    reduced[column] -= price * factor
        of_rows = float(np.sum(prices[up] * least[up]) + np.sum(prices[down] * most[down]))
        return of_rows + float(np.sum(np.minimum(reduced, 0.0) * np.array(self._most)))

    def _loaded(self) -> highspy.Highs:
        if self._solver is None:
            self._solver = self._load()
        return self._solver

    def _load(self) -> highspy.Highs:
        starts = np.cumsum([0, *(len(terms) for terms in self._terms)], dtype=np.int32)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.size, len(self._terms)
        model.col_cost_ = np.zeros(self.size)
        model.col_lower_ = np.zeros(self.size)
        model.col_upper_ = np.array(self._most)
        model.row_lower_ = np.array(self._lows)
        model.row_upper_ = np.array(self._highs)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = starts
        model.a_matrix_.index_ = np.array([column for terms in self._terms for column, _ in terms], np.int32)
        model.a_matrix_.value_ = np.array([factor for terms in self._terms for _, factor in terms])
        return highs.solver(model, *OPTIONS)
