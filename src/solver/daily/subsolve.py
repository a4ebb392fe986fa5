"""Parts of the linear model as CP-SAT models: some variables free, the others as they stand.

`State` holds where every variable stands: at a value, or still open between its bounds. Rows over open
variables bind the free ones only as far as no value of the open ones could save them, so that the parts of a
year can be solved one after another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from math import floor
from typing import TYPE_CHECKING

from src.solver import cpsat
from src.solver.daily.linear import FREE, LINK, LinearModel, Tag
from src.solver.daily.residual import Residual, residuals
from src.solver.stop import Stop

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

LEANING_ALONE = "reduced_costs"
LEANING = ("max_lp", "core", LEANING_ALONE, "no_lp")
"""Names of CP-SAT's searches."""
WHOLE = 1e-6
"""Objectives are whole numbers, and CP-SAT's floats come a little beside them."""


class Found(Enum):
    """What a search of a part ended with."""

    BEST = auto()
    SOME = auto()
    NONE_EXISTS = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Effort:
    """How long one search may take: seconds, or deterministic seconds when those are given."""

    seconds: float
    workers: int
    seed: int
    deterministic: float | None = None
    first_only: bool = False


@dataclass(frozen=True, slots=True)
class PartResult:
    """`values` by variable when something was found; `bound` on the part's objective (larger is better).

    `solution` holds the values by their place in the CP-SAT model, those added to the part included.
    """

    found: Found
    values: Mapping[int, int]
    objective: float = 0.0
    bound: float = 0.0
    deterministic: float = 0.0
    solution: Sequence[int] = ()


class State:
    """Where each variable stands, and the reach of every row over it."""

    def __init__(self, model: LinearModel) -> None:
        self.model = model
        self.low = list(model.low)
        self.high = list(model.high)
        self.row_least: list[int] = []
        self.row_most: list[int] = []
        for terms in model.row_terms:
            least = most = 0
            for variable, factor in terms:
                at_low, at_high = factor * self.low[variable], factor * self.high[variable]
                least += min(at_low, at_high)
                most += max(at_low, at_high)
            self.row_least.append(least)
            self.row_most.append(most)

    def copy(self) -> State:
        twin = State.__new__(State)
        twin.model = self.model
        twin.low, twin.high = list(self.low), list(self.high)
        twin.row_least, twin.row_most = list(self.row_least), list(self.row_most)
        return twin

    def is_open(self, variable: int) -> bool:
        return self.low[variable] < self.high[variable]

    def set(self, variable: int, low: int, high: int) -> None:
        """Let the variable stand between two values (equal: at one)."""
        old_low, old_high = self.low[variable], self.high[variable]
        if (old_low, old_high) == (low, high):
            return
        for row, factor in self.model.columns[variable]:
            if factor > 0:
                self.row_least[row] += factor * (low - old_low)
                self.row_most[row] += factor * (high - old_high)
            else:
                self.row_least[row] += factor * (high - old_high)
                self.row_most[row] += factor * (low - old_low)
        self.low[variable], self.high[variable] = low, high

    def take(self, values: Mapping[int, int]) -> None:
        for variable, value in values.items():
            self.set(variable, value, value)

    def release(self, variables: Iterable[int]) -> None:
        """Open the variables to all their values."""
        for variable in variables:
            self.set(variable, self.model.low[variable], self.model.high[variable])

    def breaks(self, variables: Iterable[int]) -> bool:
        """Whether a row of one of the variables can no longer hold."""
        model = self.model
        return any(
            self.row_least[row] > model.row_high[row] or self.row_most[row] < model.row_low[row]
            for variable in variables
            for row, _ in model.columns[variable]
        )

    def scores(self) -> tuple[int, ...]:
        """The value of each tier; open variables count at the end that is worth most."""
        return tuple(
            scale.constant
            + sum(
                weight * (self.high[variable] if weight > 0 else self.low[variable])
                for variable, weight in scale.weights.items()
            )
            for scale in self.model.tiers
        )


class Part:
    """A CP-SAT model of some free variables around a state, with all rows or those asked for.

    `rows`: those of the free variables, where they were worked out before.
    """

    def __init__(
        self,
        state: State,
        free: Sequence[int],
        keeps: Callable[[int], bool] | None = None,
        rows: Iterable[Residual] | None = None,
    ) -> None:
        from ortools.sat.python import cp_model

        self._linear = state.model
        self._keeps = keeps
        self._free = free
        self._rows = residuals(state, free) if rows is None else rows
        self._place = {variable: place for place, variable in enumerate(free)}
        self.model = cp_model.CpModel()
        self._proto = self.model.proto
        self.tags: list[Tag] = []
        """The tags of the CP-SAT constraints, in their order."""
        self._add_variables()
        self._add_rows()

    def _add_variables(self) -> None:
        model, variables = self._linear, self._proto.variables
        for variable in self._free:
            variables.add().domain.extend((model.low[variable], model.high[variable]))

    def _add_rows(self) -> None:
        tags, constraints = self._linear.row_tag, self._proto.constraints
        for residual in self._rows:
            if self._keeps is not None and not self._keeps(residual.row):
                continue
            self.tags.append(tags[residual.row])
            linear = constraints.add().linear
            linear.vars.extend(residual.places)
            linear.coeffs.extend(residual.factors)
            low, high = residual.low, residual.high
            linear.domain.extend((-FREE if low is None else low, FREE if high is None else high))

    def maximise(self, weights: Mapping[int, int]) -> None:
        """Maximise the weighted sum of the free variables; others do not matter."""
        objective = self._proto.objective
        for variable, weight in weights.items():
            place = self._place.get(variable)
            if place is not None and weight:
                objective.vars.append(place)
                objective.coeffs.append(-weight)

    def forget_objective(self) -> None:
        """Look for anything, good or not."""
        self._proto.clear_objective()

    def keep(self, weights: Mapping[int, int], least: int) -> None:
        """Require the weighted sum of the free variables to be at least so much."""
        linear = self._proto.constraints.add().linear
        self.tags.append(LINK)
        for variable, weight in weights.items():
            place = self._place.get(variable)
            if place is not None and weight:
                linear.vars.append(place)
                linear.coeffs.append(weight)
        linear.domain.extend((least, FREE))

    def fix(self, values: Mapping[int, int]) -> None:
        """Let these free variables have no other value."""
        for variable, value in values.items():
            domain = self._proto.variables[self._place[variable]].domain
            domain.clear()
            domain.extend((value, value))

    def hint(self, values: Mapping[int, int]) -> None:
        hint = self._proto.solution_hint
        for variable, value in values.items():
            hint.vars.append(self._place[variable])
            hint.values.append(value)

    def solve(self, effort: Effort, stop: Stop) -> PartResult:
        """Search; returns at once with nothing when the stop is reached already."""
        from ortools.sat.python import cp_model

        if stop.cancelled or (effort.deterministic is None and stop.reached):
            return PartResult(Found.NOTHING, {})
        solver = cp_model.CpSolver()
        prepare(solver, effort, stop, to_optimise=self.model.has_objective())
        status = cpsat.run(solver, self.model, stop)
        spent = solver.response_proto.deterministic_time
        if status == cp_model.INFEASIBLE:
            return PartResult(Found.NONE_EXISTS, {}, deterministic=spent)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return PartResult(Found.NOTHING, {}, deterministic=spent)
        solution = tuple(solver.response_proto.solution)
        values = {variable: solution[place] for place, variable in enumerate(self._free)}
        found = Found.BEST if status == cp_model.OPTIMAL else Found.SOME
        return PartResult(
            found,
            values,
            float(round(-solver.objective_value)),
            floor(WHOLE - solver.best_objective_bound),
            spent,
            solution,
        )


def prepare(solver: cp_model.CpSolver, effort: Effort, stop: Stop, *, to_optimise: bool) -> None:
    """Set the solver up: for the best there is, or with `first_only` or without objective for anything."""
    parameters = solver.parameters
    parameters.num_workers = effort.workers
    parameters.random_seed = effort.seed % 2**31
    parameters.stop_after_first_solution = effort.first_only
    if effort.first_only:
        parameters.cp_model_probing_level = 0
        parameters.symmetry_level = 0
    elif to_optimise:
        _lean_on_relaxations(solver)
    if effort.deterministic is not None:
        parameters.max_deterministic_time = effort.deterministic
    else:
        parameters.max_time_in_seconds = min(effort.seconds, stop.remaining)


def _lean_on_relaxations(solver: cp_model.CpSolver) -> None:
    """The linear relaxation of days and calls is tight: one thread that leans on it is worth four others."""
    parameters = solver.parameters
    parameters.cp_model_probing_level = 0
    parameters.symmetry_level = 0
    if parameters.num_workers == 1:
        parameters.subsolvers.append(LEANING_ALONE)
    elif parameters.num_workers >= len(LEANING):
        parameters.subsolvers.extend(LEANING)
