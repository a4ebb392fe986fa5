"""Making the year plans of a run beside it: a proof of what plans can come to, then one as good as can be.

The run itself begins the days of the first plan it meets, and leaves both to whoever does this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from src.solver.asked import Asked
from src.solver.beside import unwatched
from src.solver.memory import guard
from src.solver.parts.planner import NO_PLAN, PlanSink, PlanTask
from src.solver.plan import Cut, YearPlan
from src.solver.problem import Problem
from src.solver.shares import Shares
from src.solver.stop import Stop
from src.solver.year.layer import YearLayer
from src.solver.year.outcome import YearBounds, YearOutcome
from src.solver.year.search import Effort

OF_FEW_THREADS = ("reduced_costs", "core")
"""CP-SAT's searches where threads are few: what one of them proves late, the other proves soon."""
LEAST_THREADS_FOR_ALL = 4
SHARE_OF_A_PLAN, SHARE_OF_ANOTHER = 0.25, 0.3
"""Of what is left, for the plan and for foresight of its days: the run waits for them."""


def make_plans(problem: Problem, task: PlanTask, sink: PlanSink, stop: Stop) -> None:
    """Prove and plan, telling of both; says nothing more once the stop is reached."""
    alone = replace(problem, elsewhere=None, kept=None, deterministic_limit=None, seed=task.seed)
    with guard(stop, alone.memory_limit_mb):
        making = _Making(alone, stop)
        bounds = making.bounds()
        if stop.reached:
            return
        sink.proved(bounds)
        made = NO_PLAN if bounds.is_infeasible else making.plan(bounds)
        if not stop.reached:
            sink.made(made)


class _Making:
    def __init__(self, problem: Problem, stop: Stop) -> None:
        self._problem = problem
        self._stop = stop
        self._shares = Shares(problem, stop)
        self._layer = YearLayer(problem)
        self._asked = Asked(problem, stop)

    def bounds(self) -> YearBounds:
        """What is proved from the rules alone."""
        effort = self._effort(self._shares.proof())
        return self._layer.bound(effort, self._stop, unwatched, first_only=True)

    def plan(self, start: YearBounds) -> YearOutcome:
        """One plan, then what counting ahead tells of its days; the better of both."""
        glance = self._stop.branch()
        glance.cancel()
        first = self._made_of(start, start.tiers, SHARE_OF_A_PLAN, glance)
        if first.plan is None:
            return first
        second = self._made_of(first, start.tiers, SHARE_OF_ANOTHER, self._stop)
        return first if second.plan is None or second.short > first.short else second

    def _made_of(
        self, start: YearBounds | YearOutcome, bounds: Sequence[Decimal | None], share: float, patience: Stop
    ) -> YearOutcome:
        self._asked.cuts += self._foreseen_in(start.plan)
        return self._layer.plan(
            self._effort(self._shares.effort(share)),
            self._stop,
            unwatched,
            cuts=self._asked.cuts,
            start=start,
            bounds=bounds,
            patience=patience,
        )

    def _effort(self, effort: Effort) -> Effort:
        """The same with searches that suit the threads; two share one core where there is no other."""
        if effort.workers >= LEAST_THREADS_FOR_ALL:
            return effort
        return replace(effort, workers=len(OF_FEW_THREADS), searches=OF_FEW_THREADS)

    def _foreseen_in(self, plan: YearPlan | None) -> list[Cut]:
        return self._asked.fresh_of(self._layer.foreseen, plan) if plan is not None else []
