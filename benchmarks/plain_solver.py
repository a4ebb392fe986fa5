"""The plain way to solve a program: one CP-SAT model for the year plan, one for all its days and calls.

Same rules, same objective, same cores and time as the engine; no decomposition, no neighbourhoods, no repairs
between the layers, CP-SAT as it comes. The tiers of each model are solved one after another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from src.solver.answer import Candidate, candidate_of
from src.solver.daily.assemble import assemble
from src.solver.daily.readout import Readout
from src.solver.daily.subsolve import Effort as PartEffort
from src.solver.daily.subsolve import Part, State, prepare
from src.solver.daily.sums import settle_sums
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.demand import demands, post_demand
from src.solver.year.facts import YearFacts
from src.solver.year.model import YearModel
from src.solver.year.objective import YearObjective
from src.solver.year.plans import plan_of
from src.solver.year.rules import add_rules
from src.solver.year.search import Effort, search
from src.solver.year.wishes import add_wishes

SHARE_OF_YEAR = 0.3
SHARE_OF_FIRST_TIER = 0.6
"""Of what a layer may take; the other tiers share the rest."""


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """The schedule of the two models, or None where one of them found nothing in its time.

    `first_seconds` is when the model of the days had its first solution.
    """

    best: Candidate | None
    first_seconds: float | None = None


def solve_plainly(problem: Problem, stop: Stop) -> PlainAnswer:
    """Year plan, then its days."""
    plan = _year(problem, stop)
    return PlainAnswer(None) if plan is None else _days(problem, plan, stop)


def _year(problem: Problem, stop: Stop) -> YearPlan | None:
    year = YearModel(YearFacts(problem.program))
    add_rules(year)
    wishes = add_wishes(year)
    for demand in demands(year.facts, problem.blocks):
        post_demand(year, wishes, demand)
    until = stop.remaining * (1 - SHARE_OF_YEAR)
    best: YearPlan | None = None
    for tier in YearObjective(year, wishes, hopes=True).tiers:
        if not tier.terms:
            continue
        left = max(0.0, stop.remaining - until)
        seconds = left * (SHARE_OF_FIRST_TIER if best is None else 0.5)
        year.model.maximize(tier.expression())
        answer = search(year.model, Effort(seconds, problem.workers, problem.seed), stop, lp_heavy=False)
        if not answer.found:
            return best
        best = plan_of(year, answer.values)
        year.model.add(tier.expression() >= tier.value_of(answer.values))
    return best


class _First(cp_model.CpSolverSolutionCallback):
    """Remembers when the first solution came."""

    def __init__(self, stop: Stop) -> None:
        super().__init__()
        self._stop = stop
        self.seconds: float | None = None

    def on_solution_callback(self) -> None:
        if self.seconds is None:
            self.seconds = self._stop.seconds


def _days(problem: Problem, plan: YearPlan, stop: Stop) -> PlainAnswer:
    daily = assemble(problem, plan, problem.blocks, (), stop)
    model, whole = daily.model, State(daily.model)
    free = [variable for variable in range(model.size) if model.low[variable] < model.high[variable]]
    reached: list[tuple[dict[int, int], int]] = []
    state: State | None = None
    first = _First(stop)
    for scale in model.tiers:
        part = Part(whole, free)
        for weights, least in reached:
            part.keep(weights, least)
        if state is not None:
            settled = state
            part.hint({variable: settled.low[variable] for variable in free})
        part.maximise(scale.weights)
        seconds = stop.remaining * (SHARE_OF_FIRST_TIER if state is None else 0.5)
        values = _search(part, PartEffort(seconds, problem.workers, problem.seed), stop, first)
        if not values:
            break
        state = State(model)
        state.take(dict(zip(free, values, strict=False)))
        settle_sums(state, daily.spreads)
        best = state
        reached.append(
            (scale.weights, sum(weight * best.low[each] for each, weight in scale.weights.items()))
        )
    if state is None:
        return PlainAnswer(None)
    return PlainAnswer(candidate_of(problem, plan, Readout(daily, state).rows()), first.seconds)


def _search(part: Part, effort: PartEffort, stop: Stop, first: _First) -> Sequence[int]:
    """Values of the part's variables in their order; none where nothing was found."""
    solver = cp_model.CpSolver()
    prepare(solver, effort, stop, to_optimise=False)  # leaves the solver as it comes
    status = solver.solve(part.model, first)
    return tuple(solver.response_proto.solution) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else ()
