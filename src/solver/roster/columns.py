"""A linear master and its rounds: rows of some people, with some of their days still open, against cover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isinf

import numpy as np
import numpy.typing as npt

from src.solver.roster import interior
from src.solver.roster.problem import Row
from src.solver.roster.table import Floats, Integers
from src.solver.roster.work import ROUNDING, Work

Open = npt.NDArray[np.bool_]
WANTED_ROWS = 3
MULTIPLIER_STEP = 2.0
FIRST_COLUMNS = 512
LOOSE, TIGHT = 0.05, 1e-4
"""Relative gaps of a master far from the end of column generation, and near it."""
OF_THE_GAP = 0.1
"""A master is solved to that part of the gap that column generation still has."""
IDLE_ROUNDS = 6
ROOM = 40
"""Columns a person above which those idle for long are dropped."""
USED = 1e-4


@dataclass(frozen=True, slots=True)
class Part:
    """What is free: the marks still open by person (rows of `open`) and day; all others keep their rows."""

    people: tuple[int, ...]
    open: Open


class Relaxation:
    """Column generation on one part: rounds of linear program and pricing."""

    def __init__(self, work: Work, part: Part, others: Iterable[Row], *, side_by_side: bool = True) -> None:
        self.work, self.people, self.open = work, part.people, part.open
        self.value, self.best = np.inf, -np.inf
        self.converged = False
        self.columns: list[tuple[int, Row]] = []
        self.x: Floats = np.empty(0)
        self.side_by_side = side_by_side
        self._left = work.table.need - work.table.there(others)
        self._place = {person: place for place, person in enumerate(part.people)}
        self._known: set[tuple[int, Row]] = set()
        self._prices: Floats = np.zeros(len(self._left))
        self._of_people: Floats = np.zeros(len(part.people))
        days = work.problem.days
        self._days = np.arange(days)
        self._rows: Integers = np.zeros((FIRST_COLUMNS, days), np.int64)
        self._lines: Integers = np.zeros((FIRST_COLUMNS, days), np.int64)
        self._count: Integers = np.zeros(FIRST_COLUMNS, np.int64)
        self._person: Integers = np.zeros(FIRST_COLUMNS, np.int64)
        self._cost: Floats = np.zeros(FIRST_COLUMNS)
        self._idle: Integers = np.zeros(FIRST_COLUMNS, np.int64)
        self.narrow()

    def narrow(self) -> None:
        """Look at what is open now: settled days leave the master, and lines that only they serve."""
        table = self.work.table
        self._settled: Open = self.open.sum(2) == 1
        place, day = np.nonzero(self._settled)
        lines = table.line_at[day, self.open.argmax(2)[place, day]]
        need = self._left - np.bincount(lines[lines >= 0], minlength=len(self._left))
        served = table.line_at[(self.open & ~self._settled[:, :, None]).any(0)]
        self.lines: Integers = np.unique(served[served >= 0])
        self._number: Integers = np.full(len(need) + 1, -1, np.int64)
        self._number[self.lines] = np.arange(len(self.lines))
        self.need: Floats = need[self.lines]
        idle = np.delete(need, self.lines)
        under, over = np.delete(table.under, self.lines), np.delete(table.over, self.lines)
        self._constant = float(np.where(idle > 0, under * idle, over * -idle).sum())
        self._prices[np.delete(np.arange(len(need)), self.lines)] = 0.0
        for at in range(len(self.columns)):
            self._place_lines(at)

    def _place_lines(self, at: int) -> None:
        lines = self._number[self.work.table.line_at[self._days, self._rows[at]]]
        lines = lines[(lines >= 0) & ~self._settled[self._person[at]]]
        self._lines[at, : len(lines)], self._count[at] = lines, len(lines)

    def add(self, person: int, row: Row) -> bool:
        """Take a row in as a column; False when it is there already."""
        if (person, row) in self._known:
            return False
        at = len(self.columns)
        if at == len(self._cost):
            for name in ("_rows", "_lines", "_count", "_person", "_cost", "_idle"):
                array = getattr(self, name)
                setattr(self, name, np.concatenate((array, np.zeros_like(array))))
        self._rows[at], self._person[at], self._idle[at] = row, self._place[person], 0
        self._place_lines(at)
        self._cost[at] = self.work.table.wish_cost(person, row)
        self.columns.append((person, row))
        self._known.add((person, row))
        return True

    def begin(self, rows: Mapping[int, Row]) -> None:
        """Take in the rows of the people of the part, and all that are remembered and fit what is open."""
        for place, person in enumerate(self.people):
            self.add(person, rows[person])
            for row in list(self.work.pool[person]):
                if self.open[place, self._days, list(row)].all():
                    self.add(person, row)

    def linear(self, tolerance: float) -> None:
        """Solve the master of the columns there are."""
        many, table = len(self.columns), self.work.table
        self.x = np.empty(many)
        prices = np.empty(len(self.need))
        under, over = table.under[self.lines], table.over[self.lines]
        value, _ = interior.solve(
            self._lines[:many],
            self._count[:many],
            self._person[:many],
            self._cost[:many],
            self.need,
            under,
            over,
            len(self.people),
            self._prices[self.lines],
            tolerance,
            self.x,
            prices,
            self._of_people,
        )
        self.value = value + self._constant
        self._prices[self.lines] = np.clip(prices, -over, under)
        self._idle[:many] = np.where(self.x > USED, 0, self._idle[:many] + 1)
        self.work.masters_solved += 1

    def price(self, places: Sequence[int] | None = None) -> int:
        """Price the people at these places (all: the bound is told too); how many columns are new."""
        every = places is None
        places = range(len(self.people)) if places is None else places
        step = MULTIPLIER_STEP if every else 0.0

        def one(place: int) -> tuple[float, int]:
            person = self.people[place]
            prices = self.work.table.reduced(person, self._prices)
            settled = self._settled[place]
            prices[settled] = self.work.table.costs[person][settled]
            prices[~self.open[place]] = np.inf
            priced = self.work.pricers[person].price(prices, WANTED_ROWS, step=step)
            found.extend(
                (person, row) for value, row in priced.rows if value < self._of_people[place] - ROUNDING
            )
            return priced.least, 0

        found: list[tuple[int, Row]] = []
        if self.side_by_side:
            least = [value for value, _ in self.work.side_by_side(one, places)]
        else:
            least = [one(place)[0] for place in places]
        if every and not any(isinf(value) for value in least):
            bound = float(self._prices[self.lines] @ self.need) + self._constant + sum(least)
            self.best = max(self.best, bound)
        added = 0
        for person, row in sorted(found):
            if self.add(person, row):
                self.work.keep(person, row)
                added += 1
        return added

    def round(self) -> bool:
        """One linear program and one pricing; False when nothing is to be gained."""
        gap = (self.value - self.best) / max(1.0, abs(self.value)) if np.isfinite(self.best) else 1.0
        if not np.isfinite(gap):
            gap = 1.0
        self.linear(min(LOOSE, max(TIGHT, OF_THE_GAP * gap)))
        added = self.price()
        self.converged = not added and gap < LOOSE
        if len(self.columns) > ROOM * len(self.people):
            self.keep(self._idle[: len(self.columns)] < IDLE_ROUNDS)
        return bool(added) and self.value - self.best > ROUNDING

    def keep(self, wanted: Open) -> None:
        """Drop the columns that are not wanted."""
        index = np.flatnonzero(wanted)
        for name in ("_rows", "_lines", "_count", "_person", "_cost", "_idle"):
            array = getattr(self, name)
            array[: len(index)] = array[index]
        self.columns = [self.columns[at] for at in index]
        self._known = set(self.columns)
        self.x = self.x[wanted[: len(self.x)]]

    def reduced_costs(self) -> tuple[Floats, float]:
        """What each column costs beyond the prices of the last master, never below zero for these; and what
        those prices prove for all columns together.
        """
        many = len(self.columns)
        reduced = np.empty(many)
        lines, count, person = self._lines[:many], self._count[:many], self._person[:many]
        prices = self._prices[self.lines]
        interior.pay(lines, count, person, prices, np.zeros(len(self.people)), reduced)
        reduced = self._cost[:many] - reduced
        least = np.full(len(self.people), np.inf)
        np.minimum.at(least, person, reduced)
        return reduced - least[person], float(prices @ self.need + least.sum()) + self._constant

    def left(self) -> Floats:
        """What each cover line still needs of people whose day is open; lines that nobody can serve: none."""
        left = np.zeros(len(self._left))
        left[self.lines] = self.need
        return left

    def column(self, at: int) -> tuple[Integers, int, float]:
        """A column: the lines it serves (numbers in `lines`), whose it is (place), and what it costs."""
        return self._lines[at, : self._count[at]], int(self._person[at]), float(self._cost[at])

    def of_place(self, place: int) -> tuple[Integers, Integers]:
        """The columns of one person: their numbers, and their rows."""
        many = len(self.columns)
        mine = np.flatnonzero(self._person[:many] == place)
        return mine, self._rows[mine]
