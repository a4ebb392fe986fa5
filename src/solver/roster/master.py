"""The linear master of column generation: whole rows of people against cover, solved by HiGHS.

One equation a cover line (people there + missing − too many = need) and one a person (their rows add up to
one). Its duals price new rows; any duals within the prices of cover give a bound that every legal roster
keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from src.solver.roster.problem import Problem, Row

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
PRIMAL_SIMPLEX = 4
"""HiGHS's number for it: after new columns the last basis is still feasible."""
WHOLE_GAP = 0.99
"""Prices are whole numbers: anything nearer than one is the same."""
WHOLE_NODES = 500
ROUNDING = 1e-6


class Table:
    """What all masters of one problem share: wish costs and cover lines as arrays."""

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
        prices: Floats = self.costs[person].copy()
        extra = np.where(there < self.need, -self.under, self.over)
        days, marks = np.nonzero(self.line_at >= 0)
        prices[days, marks] += extra[self.line_at[days, marks]]
        return prices

    def reduced(self, person: int, duals: Floats) -> Floats:
        """Wish costs less what cover pays, by day and mark."""
        prices: Floats = self.costs[person].copy()
        days, marks = np.nonzero(self.line_at >= 0)
        prices[days, marks] -= duals[self.line_at[days, marks]]
        return prices


@dataclass(frozen=True, slots=True)
class Solved:
    """Value and duals of a master, and the value of every column."""

    value: float
    duals: Floats
    person_duals: dict[int, float]
    columns: Floats


class Master:
    """The master over some people; everyone else's rows are taken off the need."""

    def __init__(self, table: Table, people: Sequence[int], there: Floats) -> None:
        self.table, self.people = table, list(people)
        self._need = table.need - there
        self._line_of_person = {person: len(table.need) + n for n, person in enumerate(people)}
        self.columns: list[tuple[int, Row]] = []
        self._known: set[tuple[int, Row]] = set()
        self._fixed: set[int] = set()
        self._highs = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("parallel", "off")
        self._highs.setOptionValue("threads", 1)
        self._highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
        self._first_column = 2 * len(table.need)
        self._build()

    @property
    def free(self) -> list[int]:
        """People whose row is not fixed yet."""
        return [person for person in self.people if person not in self._fixed]

    def add(self, person: int, row: Row) -> bool:
        """Take a row in as a column; False when it is there already."""
        if (person, row) in self._known:
            return False
        lines = self.table.lines(row)
        index = np.concatenate((lines, [self._line_of_person[person]])).astype(np.int32)
        cost = self.table.wish_cost(person, row)
        self._highs.addCol(cost, 0.0, highspy.kHighsInf, len(index), index, np.ones(len(index)))
        self.columns.append((person, row))
        self._known.add((person, row))
        return True

    def solve(self, seconds: float) -> Solved | None:
        """The linear optimum; None when time ran out first."""
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + max(0.05, seconds))
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._highs.getSolution()
        duals = np.array(solution.row_dual)
        lines = len(self.table.need)
        return Solved(
            self._highs.getInfo().objective_function_value,
            np.clip(duals[:lines], -self.table.over, self.table.under),
            {person: float(duals[line]) for person, line in self._line_of_person.items()},
            np.array(solution.col_value)[self._first_column :],
        )

    def lagrangian(self, duals: Floats, least: float) -> float:
        """The bound that `duals` prove when the cheapest rows of all people together cost `least` by them."""
        return float(duals @ self._need) + least

    def fix(self, column: int) -> None:
        """From now on the person of `column` has its row."""
        person, _ = self.columns[column]
        self._fixed.add(person)
        for other, (whose, _) in enumerate(self.columns):
            if whose == person:
                value = 1.0 if other == column else 0.0
                self._highs.changeColBounds(self._first_column + other, value, value)

    def whole(self, at_most: float, seconds: float) -> list[tuple[int, Row]] | None:
        """One column a person that cost `at_most` together, by branch and bound; None when none was found.

        Columns whose reduced cost alone goes beyond that are left out first. The master ends with this.
        """
        count, first = len(self.columns), self._first_column
        relaxed = self.solve(seconds)
        if relaxed is None or relaxed.value > at_most:
            return None
        slack = at_most - relaxed.value
        dear = np.flatnonzero(np.array(self._highs.getSolution().col_dual)[first:] > slack + ROUNDING)
        for column in dear:
            self._highs.changeColBounds(first + int(column), 0.0, 0.0)
        index = np.arange(first, first + count, dtype=np.int32)
        whole = np.full(count, int(highspy.HighsVarType.kInteger), np.uint8)
        self._highs.changeColsIntegrality(count, index, whole)
        self._highs.setOptionValue("mip_abs_gap", WHOLE_GAP)
        self._highs.setOptionValue("mip_max_nodes", WHOLE_NODES)
        self._highs.setOptionValue("time_limit", max(0.05, seconds))
        self._highs.run()
        solution = self._highs.getSolution()
        values = np.array(solution.col_value)[first:] if solution.value_valid else np.zeros(count)
        chosen = [self.columns[n] for n in np.flatnonzero(values > 0.5)]
        return chosen if sorted(person for person, _ in chosen) == sorted(self.people) else None

    def _build(self) -> None:
        lines, people = len(self.table.need), len(self.people)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * lines, lines + people
        model.col_cost_ = np.concatenate((self.table.under, self.table.over))
        model.col_lower_ = np.zeros(2 * lines)
        model.col_upper_ = np.full(2 * lines, highspy.kHighsInf)
        model.row_lower_ = model.row_upper_ = np.concatenate((self._need, np.ones(people)))
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.arange(2 * lines + 1, dtype=np.int32)
        model.a_matrix_.index_ = np.tile(np.arange(lines, dtype=np.int32), 2)
        model.a_matrix_.value_ = np.concatenate((np.ones(lines), -np.ones(lines)))
        self._highs.passModel(model)
