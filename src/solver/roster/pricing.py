"""Prices one person's rows: arrays for the compiled dynamic programme, made once a person and reused."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import gcd, prod
from threading import local
from typing import Any

import numpy as np
import numpy.typing as npt

from src.solver.roster import kernel
from src.solver.roster.legal import is_legal
from src.solver.roster.problem import Person, Problem, Row

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
PACKED_BITS = 62
_kept = local()
EXACT_USES = 45
"""Largest product of (maximum + 1) over the kinds whose counts are part of a cell."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a run of the programme counts kinds: in its cells (`stride`, `may_take`) or packed beside their
    values.
    """

    held: npt.NDArray[np.bool_]
    uses: int
    stride: Integers
    may_take: npt.NDArray[np.bool_]
    shift: Integers
    mask: Integers


@dataclass(frozen=True, slots=True)
class Priced:
    """`least`: no legal row costs less (infinity: none exists). `rows`: legal rows, cheapest first."""

    least: float
    rows: tuple[tuple[float, Row], ...]


class Pricer:
    """Finds cheap legal rows of one person for any prices by day and mark."""

    def __init__(self, problem: Problem, number: int) -> None:
        self.problem, self.number = problem, number
        person = problem.people[number]
        self.person = person
        unit = reduce(gcd, (kind.minutes for kind in problem.kinds))
        self._first = -(-person.minutes_min // unit)
        self._last = person.minutes_max // unit
        units = [kind.minutes // unit for kind in problem.kinds]
        most_days = _most_days(problem.days, person)
        self.limited = [k for k, most in enumerate(person.most_of_kind) if 0 < most < most_days]
        self._groups(units)
        self._bands(max(units))
        self._marks()
        self._weekend = np.zeros(problem.days, np.int64)
        for weekend in problem.weekends:
            for place, day in enumerate(weekend):
                self._weekend[day] = place + 1
        weekends = min(person.weekends_max, len(problem.weekends))
        run_max = min(person.run_max, problem.days)
        run_min = min(person.run_min, run_max)
        self._limits = np.array([run_min, run_max, person.off_min, weekends], np.int64)
        self._layouts: dict[tuple[int, ...], _Layout] = {}
        classes = int(self._class.max()) + 1 if len(self._class) else 1
        width = int((self._high - self._low).max()) + 1
        self.shape = (person.off_min + classes * run_max, weekends + 1, max(1, width))
        self.multipliers: Floats = np.zeros(len(problem.kinds))

    def price(self, prices: Floats, wanted: int = 1, *, step: float = 0.0) -> Priced:
        """Rows for `prices[day, mark]` (infinity closes a mark).

        Maxima per kind are held by multipliers first. Those that the cheapest row breaks are then counted
        exactly, and the programme is run again, until it breaks none or too many would have to be counted
        (G. Righini, M. Salani, "New dynamic programming algorithms for the resource constrained elementary
        shortest path problem", Networks 51, 2008); what is left is held along the cheapest ways. A positive
        `step` moves the multipliers after what was broken or unused.
        """
        marks = prices + self._closed
        least, legal = -np.inf, []
        exact: tuple[int, ...] = ()
        while True:
            layout = self._layout_of(exact)
            value, rows = self._run(layout, marks, wanted, counting=False)
            least = max(least, value)
            legal += self._legal(rows)
            if not rows:
                break
            more = self._counted_too(exact, rows[0])
            if more == exact:
                if step:
                    self._move_multipliers(rows[0], step, layout.held)
                if not self._keeps_maxima(rows[0]):
                    legal += self._legal(self._run(layout, marks, wanted, counting=True)[1])
                break
            exact = more
        days = np.arange(self.problem.days)
        priced = {row: float(prices[days, list(row)].sum()) for row in legal}
        return Priced(least, tuple(sorted((value, row) for row, value in priced.items())))

    def _counted_too(self, exact: tuple[int, ...], row: Row) -> tuple[int, ...]:
        """`exact` and the kinds that a row has too often, the tightest first, while the cells stay few."""
        most = self.person.most_of_kind
        broken = [kind for kind in self.limited if row.count(kind + 1) > most[kind]]
        chosen = list(exact)
        uses = prod(most[kind] + 1 for kind in exact)
        for kind in sorted(broken, key=lambda kind: most[kind]):
            if kind not in exact and uses * (most[kind] + 1) <= EXACT_USES:
                uses *= most[kind] + 1
                chosen.append(kind)
        return tuple(sorted(chosen))

    def _move_multipliers(self, row: Row, step: float, held: npt.NDArray[np.bool_]) -> None:
        most = np.array(self.person.most_of_kind)
        used = np.bincount(row, minlength=len(most) + 1)[1:]
        moved = np.maximum(0.0, self.multipliers + step * (used - most))
        self.multipliers = np.where(held, self.multipliers, moved)

    def _legal(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows if is_legal(self.problem, self.person, row)]

    def _keeps_maxima(self, row: Row) -> bool:
        return all(row.count(kind + 1) <= self.person.most_of_kind[kind] for kind in self.limited)

    def _run(
        self, layout: _Layout, prices: Floats, wanted: int, *, counting: bool
    ) -> tuple[float, list[Row]]:
        """The least value by the multipliers of what is not counted exactly (less what they give back), and
        the cheapest rows.
        """
        multipliers = np.where(layout.held, 0.0, self.multipliers)
        days, groups = self.problem.days, len(self._units)
        if (self._high < self._low).any():
            return np.inf, []
        marks = prices + np.concatenate(([0.0], multipliers))
        group_cost = np.empty((days, groups))
        group_kind = np.empty((days, groups), np.int64)
        kernel.cheapest_of_groups(marks, self._group_of, groups, group_cost, group_kind)
        shape = (self.shape[0], layout.uses, self.shape[2])
        values, counts, came, reached = _tables(days, shape)
        rows, found_values = np.zeros((wanted, days), np.int64), np.empty(wanted)
        now = kernel.run(
            np.ascontiguousarray(marks[:, 0]),
            group_cost,
            self._class,
            self._units,
            layout.shift,
            layout.mask,
            self._most,
            layout.stride,
            layout.may_take,
            self._may_follow,
            self._weekend,
            self._low,
            self._high,
            self._limits,
            counting,
            values,
            counts,
            came,
            reached[0],
            reached[1],
        )
        found = kernel.read_back(
            values,
            now,
            self._low,
            self._first,
            self._last,
            self._units,
            layout.stride,
            group_kind,
            self._weekend,
            self.person.off_min,
            came,
            rows,
            found_values,
        )
        given_back = float(multipliers @ np.array(self.person.most_of_kind))
        least = float(found_values[0]) - given_back if found else np.inf
        return least, [tuple(row.tolist()) for row in rows[:found]]

    def _layout_of(self, exact: tuple[int, ...]) -> _Layout:
        return self._layouts.get(exact) or self._layouts.setdefault(exact, self._layout(exact))

    def _layout(self, exact: tuple[int, ...]) -> _Layout:
        groups = len(self._units)
        weeks = int(self._limits[3]) + 1
        stride = np.zeros(groups, np.int64)
        shift = np.full(groups, kernel.FREE_SLOT, np.int64)
        mask = np.zeros(groups, np.int64)
        uses, bits = weeks, 0
        exact_strides = []
        for kind in self.limited:
            group, most = self._group_of[kind], self.person.most_of_kind[kind]
            if kind in exact:
                stride[group] = uses
                exact_strides.append((group, uses, most))
                uses *= most + 1
            elif bits + most.bit_length() <= PACKED_BITS:
                shift[group], mask[group] = bits, (1 << most.bit_length()) - 1
                bits += most.bit_length()
        may_take = np.ones((uses, groups), np.bool_)
        for group, stride_of, most in exact_strides:
            may_take[:, group] = (np.arange(uses) // stride_of) % (most + 1) < most
        held = np.isin(np.arange(len(self.problem.kinds)), exact)
        return _Layout(held, uses, stride, may_take, shift, mask)

    def _groups(self, units: list[int]) -> None:
        kinds = self.problem.kinds
        classes: dict[frozenset[int], int] = {}
        groups: dict[tuple[Any, ...], int] = {}
        class_of, length, most = [], [], []
        self._group_of = np.full(len(kinds), -1, np.int64)
        for number, kind in enumerate(kinds):
            if self.person.most_of_kind[number] == 0:
                continue
            cls = classes.setdefault(kind.not_next, len(classes))
            before = frozenset(k for k, other in enumerate(kinds) if number not in other.not_next)
            own = number if number in self.limited else -1
            key = (cls, before, units[number], own)
            if key not in groups:
                groups[key] = len(groups)
                class_of.append(cls)
                length.append(units[number])
                most.append(self.person.most_of_kind[number])
            self._group_of[number] = groups[key]
        self._class = np.array(class_of, np.int64)
        self._units = np.array(length, np.int64)
        self._most = np.array(most, np.int64)
        self._may_follow = np.ones((max(1, len(classes)), len(groups)), np.bool_)
        for not_next, cls in classes.items():
            for number in not_next:
                if self._group_of[number] >= 0:
                    self._may_follow[cls, self._group_of[number]] = False

    def _bands(self, longest: int) -> None:
        """The units that a row can have after each day and still end within its totals."""
        days = self.problem.days
        self._low = np.zeros(days, np.int64)
        self._high = np.zeros(days, np.int64)
        for day in range(days):
            self._low[day] = max(0, self._first - longest * _most_days(days - 1 - day, self.person))
            self._high[day] = min(self._last, longest * _most_days(day + 1, self.person))

    def _marks(self) -> None:
        """Infinity where a mark can never stand: days off, and kinds the person never has."""
        self._closed = np.zeros((self.problem.days, len(self.problem.kinds) + 1))
        for kind, most in enumerate(self.person.most_of_kind):
            if most == 0:
                self._closed[:, kind + 1] = np.inf
        for day in self.person.days_off:
            self._closed[day, 1:] = np.inf


def _tables(days: int, shape: tuple[int, int, int]) -> tuple[Any, Any, Any, Any]:
    """Tables for one run, cut from memory that each thread keeps: fresh memory costs more than the run."""
    cells = shape[0] * shape[1] * shape[2]
    if getattr(_kept, "cells", 0) < cells or _kept.days < days:
        _kept.cells = max(cells, getattr(_kept, "cells", 0))
        _kept.days = max(days, getattr(_kept, "days", 0))
        _kept.values = np.empty(2 * _kept.cells)
        _kept.counts = np.zeros(2 * _kept.cells, np.int64)
        _kept.came = np.empty(_kept.days * _kept.cells, np.int32)
    return (
        _kept.values[: 2 * cells].reshape(2, *shape),
        _kept.counts[: 2 * cells].reshape(2, *shape),
        _kept.came[: days * cells].reshape(days, *shape),
        np.empty((2, 2, shape[0], shape[1]), np.int64),
    )


def _most_days(days: int, person: Person) -> int:
    """No run of that many days holds more days of duty."""
    whole, rest = divmod(days, person.run_max + person.off_min)
    return whole * person.run_max + min(rest, person.run_max)
