"""Every year that one resident may have: rotations and vacation weeks, one by one.

What binds residents to one another is left out, all other rules of the year plan hold.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from src.interchange.model import Person
from src.solver import cpsat
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen, YearModel
from src.solver.year.plans import plan_of
from src.solver.year.rules import add_rules

if TYPE_CHECKING:
    from src.solver.whole.reach import Reach

MOST_LIVES = 400
"""Of one resident; programs in which somebody has more are not small."""


def lives_of(
    problem: Problem, frozen: Frozen, person: Person, reach: Reach, stop: Stop
) -> tuple[YearPlan, ...] | None:
    """The resident's own rows of every year plan within reach; None where they are too many, or no time."""
    alone = replace(problem.program, people=(person,), coverage=(), max_on_vacation=None)
    year = YearModel(YearFacts(alone), frozen=frozen)
    add_rules(year)
    for (_, block, name), literal in year.on.items():
        if (person.id, block, name) not in reach.on:
            year.model.add(literal == 0)
    for key, literal in year.away.items():
        if key not in reach.away:
            year.model.add(literal == 0)
    collected = _Collector(year)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.enumerate_all_solutions = True
    status = cpsat.run(solver, year.model, stop, collected)
    is_whole = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE) and not collected.is_full
    return tuple(collected.found) if is_whole else None


class _Collector(cp_model.CpSolverSolutionCallback):
    """Keeps each solution as a plan, and ends the search when there are too many."""

    def __init__(self, year: YearModel) -> None:
        super().__init__()
        self._year = year
        self.found: list[YearPlan] = []

    @property
    def is_full(self) -> bool:
        return len(self.found) > MOST_LIVES

    def on_solution_callback(self) -> None:
        """Called by the solver with each solution."""
        values = self.response_proto.solution
        self.found.append(plan_of(self._year, values))
        if self.is_full:
            self.stop_search()
