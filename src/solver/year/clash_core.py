"""Which rows of a program collide: few by linear prices, then fewest by leaving out one after another.

A linear programme in which every row may give way at a price is feasible; the rows whose prices are not zero
cannot all hold, and it takes a second to find them. What whole numbers alone rule out is found by leaving
out halves. Every test of a smaller set is a search of its own, with all that single dates ask under the
rows that are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

import highspy
import numpy as np

from src.solver import cpsat, highs
from src.solver.stop import Stop
from src.solver.year.clash import ClashModel
from src.solver.year.clash_rows import DEMANDING, FREE, ClashRow, Key, kept_rows, keys_of, needed_rows
from src.solver.year.demand import Demand, broken_by
from src.solver.year.model import Side
from src.solver.year.search import Effort

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

SECONDS_A_TEST = 4.0
SECONDS_A_GLANCE = 2.0
SECONDS_OF_PRICES = 8.0
SECONDS_OF_ALL = 8.0
MOST_ROUNDS = 30
ASKED_AT_FIRST = 40
"""Dates taken in after the first plan, the tightest first; twice as many after each that follows."""
SMALL = 1e-6


At = tuple[Key, Side]


class Holds(Enum):
    """Whether rows can hold together."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Tried:
    """What a search of some rows ended with; `bends` are what limits gave way by."""

    holds: Holds
    values: Sequence[int] = ()
    bends: dict[At, int] = field(default_factory=dict)
    proved: bool = False


class Clash:
    """Searches over parts of the rows, with what dates ask taken in as plans break it."""

    def __init__(self, model: ClashModel, effort: Effort, stop: Stop, until: float) -> None:
        self.model = model
        self._effort = effort
        self._stop = stop
        self._until = until

    @property
    def has_time(self) -> bool:
        """Whether another search may be begun; with deterministic effort time does not count."""
        if self._stop.cancelled:
            return False
        return self._effort.deterministic is not None or self._stop.seconds < self._until

    def try_all(self) -> Holds:
        """Whether all rows, and all that dates ask, can hold."""
        asked = {key for demand in self.model.binding_demands for key in self.model.keys_of_demand(demand)}
        keys = self.model.absences.union(keys_of(self.model.rows), asked)
        return self.try_rows(keys, seconds=SECONDS_OF_ALL).holds

    def try_rows(
        self,
        keys: frozenset[Key],
        costs: dict[At, int] | None = None,
        seconds: float = SECONDS_A_TEST,
    ) -> Tried:
        """Whether the rows of `keys` can hold; limits in `costs` may give way, as cheaply as can be."""
        for turn in range(MOST_ROUNDS):
            if not self.has_time:
                return Tried(Holds.UNKNOWN)
            tried = self._search(keys, costs or {}, seconds)
            if tried.holds is not Holds.YES:
                return tried
            broken, met = broken_by(self._asked_of(keys), self.model.plan(tried.values), frozenset())
            if not broken:
                return tried
            tightest = sorted((*broken, *met), key=lambda demand: len(demand.chances) - demand.least)
            for demand in tightest[: ASKED_AT_FIRST * 2**turn]:
                self.model.ask(demand)
        return Tried(Holds.UNKNOWN)

    def is_refuted(self, keys: frozenset[Key]) -> bool:
        """Whether the rows of `keys` that are known so far collide, without a look at more dates."""
        return self.has_time and self._search(keys, {}, SECONDS_A_GLANCE).holds is Holds.NO

    def _asked_of(self, keys: frozenset[Key]) -> list[Demand]:
        if not any(key.file in DEMANDING for key in keys):
            return []
        return [
            demand
            for demand in self.model.binding_demands
            if keys.issuperset(self.model.keys_of_demand(demand))
            and (demand.source, demand.least) not in self.model.asked
        ]

    def _search(self, keys: frozenset[Key], costs: dict[At, int], seconds: float) -> Tried:
        from ortools.sat.python import cp_model as cp

        rows = needed_rows(kept_rows(self.model.rows, keys))
        model = cp.CpModel()
        proto = model.proto
        for low, high in self.model.sizes:
            proto.variables.add().domain.extend((low, high))
        bends: dict[At, int] = {}
        for at, most in _bends(rows, costs):
            bends[at] = len(proto.variables)
            proto.variables.add().domain.extend((0, most))
        for row in rows:
            linear = proto.constraints.add().linear
            linear.vars.extend([index for index, _ in row.terms])
            linear.coeffs.extend([factor for _, factor in row.terms])
            for give in row.gives if costs else ():
                if (give.key, give.side) in bends:
                    linear.vars.append(bends[give.key, give.side])
                    linear.coeffs.append(give.gain if give.of_row is Side.LEAST else -give.gain)
            linear.domain.extend((row.low, row.high))
        bends |= self._room_bends(model, rows, costs)
        for at, index in bends.items():
            proto.objective.vars.append(index)
            proto.objective.coeffs.append(costs[at])
        return self._solve(model, bends, seconds)

    def _room_bends(
        self, model: cp_model.CpModel, rows: Sequence[ClashRow], costs: dict[At, int]
    ) -> dict[At, int]:
        """Vacation weeks that a rotation allows beyond its most: one number for the rotation."""
        proto = model.proto
        found: dict[At, int] = {}
        for place, row in enumerate(rows):
            for index, most, key in row.loose:
                at = (key, Side.MOST)
                if at not in costs or dict(row.terms)[index] >= most:
                    continue
                if at not in found:
                    found[at] = len(proto.variables)
                    proto.variables.add().domain.extend((0, 7))
                more = len(proto.variables)
                proto.variables.add().domain.extend((0, 7))
                proto.constraints[place].linear.vars.append(more)
                proto.constraints[place].linear.coeffs.append(1)
                for other, factor in ((index, 7), (found[at], 1)):
                    under = proto.constraints.add().linear
                    under.vars.extend((other, more))
                    under.coeffs.extend((factor, -1))
                    under.domain.extend((0, FREE))
        return found

    def _solve(self, model: cp_model.CpModel, bends: dict[At, int], seconds: float) -> Tried:
        from ortools.sat.python import cp_model as cp

        solver = cp.CpSolver()
        solver.parameters.num_workers = self._effort.workers
        solver.parameters.random_seed = self._effort.seed % 2**31
        if self._effort.deterministic is None:
            left = max(0.05, self._until - self._stop.seconds)
            solver.parameters.max_time_in_seconds = min(seconds, left)
        else:
            solver.parameters.max_deterministic_time = self._effort.deterministic
        status = cpsat.run(solver, model, self._stop)
        if status == cp.INFEASIBLE:
            return Tried(Holds.NO, proved=True)
        if status not in (cp.OPTIMAL, cp.FEASIBLE):
            return Tried(Holds.UNKNOWN)
        values = tuple(solver.response_proto.solution)
        bent = {at: values[index] for at, index in bends.items() if values[index]}
        return Tried(Holds.YES, values, bent, proved=status == cp.OPTIMAL)


class Core:
    """Finds rows that collide, none of them superfluous."""

    def __init__(self, clash: Clash, suspects: Iterable[Key] = ()) -> None:
        self._clash = clash
        self._model = clash.model
        self._suspects = frozenset(suspects)
        """Rows of staffing and calls of which some are likely to take part."""
        self._start: frozenset[Key] | None = None
        self.is_minimal = True

    def sees(self) -> bool:
        """Whether what is suspected collides with coverage and facts, then with requirements: few rows.

        Linear prices tell before that, where a year has room for less than all blocks ask together.
        """
        rules = keys_of(self._model.rows)
        few = self._suspects.union(self._model.absences)
        for family in (FACTS, frozenset({"coverage.csv"}), frozenset({"requirements.csv"})):
            few |= {key for key in rules if key.file in family}
            if not self._suspects or family is FACTS:
                continue
            priced = self._by_prices(few)
            if priced is not None and self._clash.is_refuted(priced):
                bare = frozenset(key for key in priced if key.file not in FACTS)
                self._start = bare if bare and self._clash.is_refuted(bare) else priced
            elif self._clash.try_rows(few).holds is Holds.NO:
                self._start = few
            if self._start is not None:
                break
        return self._start is not None

    def find(self) -> frozenset[Key] | None:
        """Keys that cannot all be kept; None when they can, or when that was not found out."""
        rules = frozenset(keys_of(self._model.rows))
        start = None if self._start or self.sees() else self._by_prices(rules, self._model.alike)
        found = None if start is None else self._shrunk(self._thinned(start))
        if found is not None:
            return found
        start = self._start or self._grown(rules)
        if start is None:
            return None
        priced = self._by_prices(start)
        found = None if priced is None else self._shrunk(self._halved(priced))
        return found or self._shrunk(self._halved(start))

    def _grown(self, rules: frozenset[Key]) -> frozenset[Key] | None:
        """The first family of rules with which what is asked cannot hold: demands and facts, then more."""
        facts = self._model.absences | {key for key in rules if key.file in FACTS}
        asked = {key for each in self._model.binding_demands for key in self._model.keys_of_demand(each)}
        for suspects in dict.fromkeys((self._suspects, frozenset(asked))):
            kept = facts | suspects
            for family in FAMILIES:
                kept |= {key for key in rules if key.file in family}
                if self._clash.try_rows(frozenset(kept)).holds is Holds.NO:
                    return frozenset(kept)
        return None

    def _thinned(self, keys: frozenset[Key]) -> frozenset[Key]:
        """The keys without those that linear prices can do without: what is left still has a price."""
        kept = keys
        for key in sorted(keys, key=lambda key: (key.file not in FACTS, key)):
            if key in kept and len(kept) > 1 and self._clash.has_time:
                kept = self._by_prices(kept - {key}, self._model.alike) or kept
        return kept

    def _by_prices(
        self, keys: frozenset[Key], alike: Mapping[int, int] | None = None
    ) -> frozenset[Key] | None:
        """Keys of the rows with a price in the cheapest way to give way; None where nothing has to."""
        rows = kept_rows(self._model.rows, keys)
        rows = _merged(rows, alike) if alike else needed_rows(rows)
        return frozenset(keys_of(rows[place] for place in priced_rows(rows, self._model.sizes))) or None

    def _halved(self, keys: frozenset[Key]) -> frozenset[Key]:
        """Leave out ever smaller parts, down to pairs, as long as the rest still collides."""
        kept = sorted(keys)
        size = len(kept) // 2
        while size > 1 and self._clash.has_time:
            place = 0
            while place < len(kept) and self._clash.has_time:
                rest = kept[:place] + kept[place + size :]
                if self._clash.is_refuted(frozenset(rest)):
                    kept = rest
                else:
                    place += size
            size //= 2
        return frozenset(kept)

    def _shrunk(self, keys: frozenset[Key]) -> frozenset[Key] | None:
        """Leave out one key after another; facts last, so that rules are what is left out first.

        At first by the rows that are known, which takes a moment: what these can do without is left out
        before more dates are looked at. None where it turns out that the keys can all be kept:
        linear prices are floats, and go by averages.
        """
        rules = [key for key in sorted(keys) if key.file not in FACTS]
        facts = [key for key in sorted(keys) if key.file in FACTS]
        kept = self._without_some(keys, rules, [frozenset({key}) for key in rules])
        kept = self._without_some(kept, facts, [frozenset(facts), *(frozenset({key}) for key in facts)])
        if kept == keys:
            holds = self._clash.try_rows(kept).holds
            if holds is Holds.YES:
                self.is_minimal = True  # of other keys, perhaps
                return None
            self.is_minimal &= holds is Holds.NO
        return kept

    def _without_some(
        self, keys: frozenset[Key], group: Sequence[Key], parts: Iterable[frozenset[Key]]
    ) -> frozenset[Key]:
        """Without what of a group is not needed; parts of it are left out by known rows first."""
        kept = keys
        is_known = len(group) > 0 and self._clash.is_refuted(keys)
        for part in parts if is_known else ():
            if part & kept and kept - part and self._clash.is_refuted(kept - part):
                kept -= part
        for key in group:
            if key in kept and len(kept) > 1:
                tried = self._clash.try_rows(kept - {key})
                if tried.holds is Holds.NO:
                    kept -= {key}
                elif tried.holds is Holds.UNKNOWN:
                    self.is_minimal = False
        return kept


FACTS = frozenset({"absences.csv", "pins.csv"})
FAMILIES = (
    frozenset[str](),
    frozenset({"coverage.csv"}),
    frozenset({"requirements.csv"}),
    frozenset({"successions.csv", "rotations.csv"}),
    frozenset({"program.toml"}),
)


def _merged(rows: Iterable[ClashRow], alike: Mapping[int, int]) -> list[ClashRow]:
    """The rows with one variable for all residents alike, their average: as linear rows they say the same."""
    found: dict[ClashRow, None] = {}
    for row in rows:
        if row.key is not None and row.key.file in DEMANDING and any(each in alike for each, _ in row.terms):
            continue
        sums: dict[int, int] = {}
        for index, factor in row.terms:
            own = alike.get(index, index)
            sums[own] = sums.get(own, 0) + factor
        found[replace(row, terms=tuple(sums.items()), words="")] = None
    return list(found)


def priced_rows(rows: Sequence[ClashRow], sizes: Sequence[tuple[int, int]]) -> list[int]:
    """Places of the rows that a linear programme gives a price to; none when all hold as they are."""
    bends = {at: place for place, (at, _) in enumerate(_bends(rows))}
    solver = _linear(rows, sizes, bends)
    if highs.run(solver) != highspy.HighsModelStatus.kOptimal:
        return []
    if solver.getInfo().objective_function_value < SMALL:
        return []
    prices = np.abs(np.array(solver.getSolution().row_dual))
    return [int(place) for place in np.flatnonzero(prices > SMALL)]


def _bends(rows: Iterable[ClashRow], costs: Mapping[At, int] | None = None) -> list[tuple[At, int]]:
    """The limits that may give way, and how far: with no costs every row's own."""
    found: dict[At, int] = {}
    for row in rows:
        for give in row.gives:
            at = (give.key, give.side)
            if at in costs if costs is not None else give.key == row.key:
                most = row.low if give.of_row is Side.LEAST else len(row.terms)
                found[at] = max(found.get(at, 1), most)
    return list(found.items())


def _linear(
    rows: Sequence[ClashRow], sizes: Sequence[tuple[int, int]], bends: dict[At, int]
) -> highspy.Highs:
    count = len(sizes)
    starts: list[int] = [0]
    index: list[int] = []
    value: list[float] = []
    for row in rows:
        index += [each for each, _ in row.terms]
        value += [float(factor) for _, factor in row.terms]
        for side in row.sides:
            if row.key is not None:
                index.append(count + bends[row.key, side])
                value.append(float(row.step if side is Side.LEAST else -row.step))
        starts.append(len(index))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count + len(bends), len(rows)
    model.col_cost_ = np.concatenate((np.zeros(count), np.ones(len(bends))))
    model.col_lower_ = np.concatenate((np.array([low for low, _ in sizes], float), np.zeros(len(bends))))
    most = np.array([high for _, high in sizes], float)
    model.col_upper_ = np.concatenate((most, np.full(len(bends), highspy.kHighsInf)))
    infinity = highspy.kHighsInf
    model.row_lower_ = np.array([row.low if row.low > -FREE else -infinity for row in rows], float)
    model.row_upper_ = np.array([row.high if row.high < FREE else infinity for row in rows], float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.array(starts, np.int32)
    model.a_matrix_.index_ = np.array(index, np.int32)
    model.a_matrix_.value_ = np.array(value, float)
    return highs.solver(model, ("time_limit", SECONDS_OF_PRICES))
