"""A sparse 0-1 (and small-integer) linear model that can be solved whole, in parts, or around a schedule.

CP-SAT's own model cannot be cut into parts cheaply. This one can: each variable knows its rows, so that a
neighbourhood of some hundred variables becomes a CP-SAT model in milliseconds, whatever the year's size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from src.solver.daily.residual import Columns

FREE = 10**12
"""Stands for no bound."""

Term = tuple[int, int]
"""(variable, coefficient)"""


class Expr(NamedTuple):
    """A constant plus coefficients times variables. There are a million of them in a year: a plain tuple."""

    constant: int = 0
    terms: tuple[Term, ...] = ()

    @property
    def is_constant(self) -> bool:
        return not self.terms

    @property
    def negated(self) -> Expr:
        """One minus the expression: the opposite of a truth value."""
        return Expr(1 - self.constant, tuple((variable, -factor) for variable, factor in self.terms))


ZERO = Expr(0)
ONE = Expr(1)


@dataclass(frozen=True, slots=True)
class Tag:
    """Where a row comes from: a kind, and what it names (an input row, a person, dates), for explanations.

    `reaches_out`: what is worked beside the days at hand bears on the row too.
    """

    kind: str
    subject: str = ""
    day: int = -1
    last_day: int = -1
    detail: str = ""
    reaches_out: bool = False


class BrokenRow(NamedTuple):
    """A row that no values can satisfy: low <= constant + sum of coefficient * variable <= high."""

    sums: Mapping[int, int]
    constant: int
    low: int
    high: int
    tag: Tag


LINK = Tag("link")
"""Rows that only define one variable by others."""


@dataclass
class Scale:
    """One tier of the objective, to be made large: weights by variable, and what is settled already."""

    weights: dict[int, int] = field(default_factory=dict)
    constant: int = 0


class LinearModel:
    """Variables with bounds, rows `low <= sum <= high`, and tiers of objective, all of integers."""

    def __init__(self) -> None:
        self.low: list[int] = []
        self.high: list[int] = []
        self.person: list[int] = []
        self.day: list[int] = []
        self.is_decision: list[bool] = []
        self.dependents: dict[int, list[int]] = {}
        """Decision -> the derived variables that follow from it, among others."""
        self.parents: dict[int, tuple[int, ...]] = {}
        """Derived variable -> the decisions it follows from."""
        self.columns: list[list[Term]] = []
        """Variable -> (row, coefficient) of each row it stands in."""
        self.row_low: list[int] = []
        self.row_high: list[int] = []
        self.row_terms: list[tuple[Term, ...]] = []
        self.row_tag: list[Tag] = []
        self.broken: list[Tag] = []
        """Tags of rows that no values can satisfy."""
        self.broken_rows: list[BrokenRow] = []
        """The same rows themselves."""
        self.crowded: set[Tag] = set()
        """Those of them that ask for less than there is at the least."""
        self.tiers: list[Scale] = []
        self._laid_out: Columns | None = None

    def laid_out(self) -> Columns:
        """The columns as arrays, for sums over many rows at once."""
        if self._laid_out is None or self._laid_out.rows != len(self.row_terms):
            self._laid_out = Columns(self)
        return self._laid_out

    @property
    def size(self) -> int:
        return len(self.low)

    def decision(self, person: int, day: int) -> int:
        """A new truth value that is decided; it belongs to a person and a date."""
        return self._variable(0, 1, person, day, decided=True)

    def derived(self, person: int, day: int, causes: Iterable[Expr], low: int = 0, high: int = 1) -> int:
        """A new variable whose value follows from the causes."""
        variable = self._variable(low, high, person, day, decided=False)
        found: set[int] = set()
        for cause in causes:
            for parent, _ in cause.terms:
                if self.is_decision[parent]:
                    found.add(parent)
                else:
                    found.update(self.parents[parent])
        self.parents[variable] = tuple(found)
        for parent in found:
            self.dependents.setdefault(parent, []).append(variable)
        return variable

    def fix(self, variable: int, value: int) -> None:
        self.low[variable] = self.high[variable] = value

    def add(self, parts: Iterable[tuple[Expr, int]], low: int, high: int, tag: Tag = LINK) -> int | None:
        """Require low <= sum of factor * expression <= high; the row, or None where it always holds."""
        sums: dict[int, int] = {}
        constant = 0
        for (alone, terms), factor in parts:
            constant += factor * alone
            for variable, coefficient in terms:
                sums[variable] = sums.get(variable, 0) + factor * coefficient
        return self._add(sums, constant, low, high, tag)

    def give_way_to(self, broken: BrokenRow, most: int) -> int:
        """Add a row with one bound that nothing satisfies, and let it go beyond it as `give_way` does."""
        slack = self.derived(0, broken.tag.day, (), 0, most)
        factor = -1 if broken.high < FREE else 1
        self._add({**broken.sums, slack: factor}, broken.constant, broken.low, broken.high, broken.tag)
        return slack

    def _add(self, sums: Mapping[int, int], constant: int, low: int, high: int, tag: Tag) -> int | None:
        least = most = constant
        lows, highs = self.low, self.high
        for variable, coefficient in sums.items():
            if coefficient > 0:
                least += coefficient * lows[variable]
                most += coefficient * highs[variable]
            else:
                least += coefficient * highs[variable]
                most += coefficient * lows[variable]
        if low <= least and most <= high:
            return None
        if most < low or least > high:
            self.broken.append(tag)
            self.broken_rows.append(BrokenRow(dict(sums), constant, low, high, tag))
            if least > high:
                self.crowded.add(tag)
            return None
        row = len(self.row_terms)
        terms = tuple(term for term in sums.items() if term[1])
        self.row_terms.append(terms)
        self.row_low.append(low - constant if low > -FREE else -FREE)
        self.row_high.append(high - constant if high < FREE else FREE)
        self.row_tag.append(tag)
        columns = self.columns
        for variable, coefficient in terms:
            columns[variable].append((row, coefficient))
        return row

    def give_way(self, row: int, most: int) -> int:
        """Let a row with one bound go beyond it, by a new variable from 0 to `most`."""
        person = max((self.person[variable] for variable, _ in self.row_terms[row]), default=0)
        slack = self.derived(person, self.row_tag[row].day, (), 0, most)
        factor = -1 if self.row_high[row] < FREE else 1
        self.row_terms[row] = (*self.row_terms[row], (slack, factor))
        self.columns[slack].append((row, factor))
        self._laid_out = None
        return slack

    def add_clause(self, literals: Sequence[Expr], tag: Tag = LINK) -> None:
        """At least one of the truth values holds."""
        self.add([(literal, 1) for literal in literals], 1, FREE, tag)

    def forbid_all(self, literals: Sequence[Expr], tag: Tag = LINK) -> None:
        """Not all of the truth values hold at once."""
        self.add([(literal, 1) for literal in literals], -FREE, len(literals) - 1, tag)

    def reward(self, tier: int, expr: Expr, weight: int) -> None:
        """Add weight * expression to a tier of the objective."""
        scale = self.tiers[tier]
        scale.constant += weight * expr.constant
        for variable, coefficient in expr.terms:
            scale.weights[variable] = scale.weights.get(variable, 0) + weight * coefficient

    def _variable(self, low: int, high: int, person: int, day: int, *, decided: bool) -> int:
        self.low.append(low)
        self.high.append(high)
        self.person.append(person)
        self.day.append(day)
        self.is_decision.append(decided)
        self.columns.append([])
        return len(self.low) - 1


def of(variable: int) -> Expr:
    """The variable as an expression."""
    return Expr(0, ((variable, 1),))
