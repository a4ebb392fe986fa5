"""`solve(problem, stop, progress) -> Result`: year plan first, then its days and calls, until the stop.

The two layers talk both ways: a year plan whose days have no roster comes back as cuts, and the plan is made
anew. What a run could prove, and no more, is in its status: `optimal` when every tier reached a bound that
holds for every legal schedule, `infeasible` when the rules themselves were shown to collide.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from dataclasses import replace

from src.interchange.schedule import (
    AssignmentRow,
    Conflict,
    Schedule,
    Scope,
    SolveStatus,
    TierScore,
    UnmetKind,
    UnmetRow,
)
from src.solver.advisories import count_advisories
from src.solver.daily.layer import DailyOutcome, solve_daily
from src.solver.denied import denied_rows
from src.solver.plan import Cut, YearPlan
from src.solver.precheck import find_shortages
from src.solver.problem import Problem, Progress, ProgressSink
from src.solver.result import Incumbent, Result
from src.solver.scoring import Score, Scorer
from src.solver.stop import Stop
from src.solver.year.explain import Explanation, explain
from src.solver.year.facts import YearFacts, matches
from src.solver.year.layer import YearBounds, YearLayer, YearOutcome
from src.solver.year.model import Frozen
from src.solver.year.search import Effort

SHARE_OF_BOUND = 0.15
SHARE_OF_PLAN = 0.22
SHARE_OF_REPAIR = 0.1
SHARE_OF_PLAN_ALONE = 0.8
MOST_REPAIRS = 40


def solve(problem: Problem, stop: Stop, progress: ProgressSink) -> Result:
    """The best schedule found before the stop, with what was proved about it.

    Raises ValueError when the scope is daily and there is no year plan to start from.
    """
    return _Run(problem, stop, progress).solve()


class _Run:
    """One run: what has been found and proved so far."""

    def __init__(self, problem: Problem, stop: Stop, progress: ProgressSink) -> None:
        self._problem = problem
        self._stop = stop
        self._progress = progress
        self._bounds = YearBounds(())
        self._year = YearOutcome(SolveStatus.UNKNOWN)
        self._incumbents: list[Incumbent] = []
        self._size: dict[str, int] = {}
        self._first: float | None = None

    def solve(self) -> Result:
        self._tell("reading the rules", 0.0)
        if self._problem.scope is Scope.DAILY:
            return self._days_of_given_plan()
        layer = YearLayer(self._problem)
        if not self._problem.allow_unmet and find_shortages(self._problem.program, self._problem.blocks):
            return self._infeasible(layer)
        self._bounds = layer.bound(self._effort(SHARE_OF_BOUND), self._stop, self._progress)
        if self._bounds.is_infeasible:
            return self._infeasible(layer)
        if self._problem.scope is Scope.YEAR:
            return self._year_alone(layer)
        return self._both(layer)

    def _year_alone(self, layer: YearLayer) -> Result:
        self._year = layer.plan(
            self._effort(SHARE_OF_PLAN_ALONE), self._stop, self._progress, start=self._bounds
        )
        if self._year.plan is None:
            return self._without_plan(layer)
        self._note_year(self._year)
        return self._finish(self._year.plan, self._kept(), ())

    def _both(self, layer: YearLayer) -> Result:
        cuts: list[Cut] = []
        start: YearBounds | YearOutcome = self._bounds
        for attempt in range(MOST_REPAIRS):
            self._year = layer.plan(
                self._effort(SHARE_OF_REPAIR if attempt else SHARE_OF_PLAN),
                self._stop,
                self._progress,
                cuts=cuts,
                start=start,
                stay_near=attempt > 0,
            )
            if self._year.plan is None:
                return self._without_plan(layer, cuts)
            self._note_year(self._year)
            daily = solve_daily(self._problem, self._year.plan, self._stop, self._progress)
            if daily.assignments is not None:
                self._note_days(daily)
                return self._finish(self._year.plan, (*self._kept(), *daily.assignments), daily.unmet)
            start = self._year
            fresh = [cut for failure in daily.failures for cut in failure.cuts if cut not in cuts]
            if not fresh or self._stop.reached:
                break
            cuts += fresh
        return self._empty(SolveStatus.UNKNOWN)

    def _days_of_given_plan(self) -> Result:
        given = self._problem.year_plan or self._problem.base
        if given is None or not given.year:
            msg = "a run of days and calls alone needs a year plan to start from"
            raise ValueError(msg)
        plan = YearPlan.of_schedule(given)
        facts = YearFacts(self._problem.program)
        frozen = Frozen(plan.rotation, frozenset(week.monday for week in facts.weeks), plan.vacation_weeks)
        self._bounds = YearLayer(self._problem, frozen).bound(
            self._effort(SHARE_OF_BOUND), self._stop, self._progress
        )
        daily = solve_daily(self._problem, plan, self._stop, self._progress)
        if daily.assignments is None:
            return self._empty(SolveStatus.UNKNOWN)
        self._note_days(daily)
        return self._finish(plan, (*self._kept(), *daily.assignments), daily.unmet)

    def _effort(self, share: float) -> Effort:
        problem = self._problem
        limit = problem.deterministic_limit
        deterministic = None if limit is None else limit * share
        return Effort(self._stop.remaining * share, problem.workers, problem.seed, deterministic)

    def _kept(self) -> tuple[AssignmentRow, ...]:
        """What an existing schedule holds outside the blocks that were asked for."""
        base = self._problem.base
        if base is None or not self._problem.blocks:
            return ()
        solved = set(self._problem.blocks)
        block_of = self._problem.program.block_of
        return tuple(row for row in base.assignments if block_of(row.date) not in solved)

    def _note_year(self, outcome: YearOutcome) -> None:
        self._incumbents += outcome.incumbents
        self._size.update(outcome.model_size)
        if self._problem.scope is Scope.YEAR and outcome.incumbents:
            self._first = outcome.incumbents[0].seconds

    def _note_days(self, outcome: DailyOutcome) -> None:
        self._incumbents += outcome.incumbents
        self._size.update(outcome.model_size)
        self._first = outcome.seconds_to_first

    def _tell(self, phase: str, fraction: float) -> None:
        self._progress(Progress(self._stop.seconds, phase, fraction))

    def _finish(self, plan: YearPlan, rows: Sequence[AssignmentRow], unmet: Sequence[UnmetRow]) -> Result:
        problem = self._problem
        scope = problem.scope
        open_demand = (*open_coverage(problem, plan), *unmet) if problem.allow_unmet else ()
        schedule = Schedule(plan.year_rows(), plan.vacation_rows(), tuple(rows), open_demand)
        advisories = None
        if scope is not Scope.YEAR:
            advisories = count_advisories(problem.program, plan, rows, problem.limits, problem.blocks)
        score = Scorer(problem.program, schedule, scope, advisories).score()
        schedule = replace(schedule, denied=denied_rows(problem.program, schedule, scope))
        tiers = scored_tiers(score, self._bounds)
        proved = all(tier.bound == tier.objective for tier in tiers)
        self._tell("done", 1.0)
        return Result(
            status=SolveStatus.OPTIMAL if proved else SolveStatus.FEASIBLE,
            schedule=schedule,
            tiers=tiers,
            year_tiers=self._year_tiers(),
            score_terms=score.terms,
            incumbents=tuple(self._incumbents),
            seconds=self._stop.seconds,
            seconds_to_first=self._first,
            seed=problem.seed,
            peak_memory_mb=peak_memory_mb(),
            model_size=self._size,
            cancelled=self._stop.cancelled,
        )

    def _year_tiers(self) -> tuple[TierScore, ...]:
        return tuple(
            TierScore(number, hoped, bound)
            for number, (hoped, bound) in enumerate(
                zip(self._year.hoped, self._bounds.tiers, strict=False), 1
            )
        )

    def _without_plan(self, layer: YearLayer, cuts: Sequence[Cut] = ()) -> Result:
        """No year plan: proved impossible by the rules, or merely not found."""
        if self._year.status is SolveStatus.INFEASIBLE and all(cut.proved for cut in cuts):
            return self._infeasible(layer)
        return self._empty(SolveStatus.UNKNOWN)

    def _infeasible(self, layer: YearLayer) -> Result:
        self._tell("finding out why", 0.5)
        shortages = find_shortages(self._problem.program, self._problem.blocks)
        found = self._explain(layer) or Explanation(shortages, (), is_minimal=False)
        result = self._empty(SolveStatus.INFEASIBLE)
        conflicts = tuple(counted(conflict, shortages) for conflict in found.conflicts)
        return replace(result, conflicts=conflicts, way_out=found.way_out, seconds=self._stop.seconds)

    def _explain(self, layer: YearLayer) -> Explanation | None:
        return explain(self._problem, layer.frozen, self._effort(1.0), self._stop, layer.posted)

    def _empty(self, status: SolveStatus) -> Result:
        return Result(
            status=status,
            incumbents=tuple(self._incumbents),
            seconds=self._stop.seconds,
            seed=self._problem.seed,
            peak_memory_mb=peak_memory_mb(),
            model_size=self._size,
            cancelled=self._stop.cancelled,
        )


def counted(conflict: Conflict, shortages: Sequence[Conflict]) -> Conflict:
    """The conflict with the numbers that counting found for its row, where it did."""
    said = [row.message for row in shortages if (row.file, row.row) == (conflict.file, conflict.row)]
    return replace(conflict, message=" ".join([conflict.message, *said[:1]]))


def scored_tiers(score: Score, bounds: YearBounds) -> tuple[TierScore, ...]:
    """Each tier's objective with its bound; a bound is never below what was reached."""
    known = (*bounds.tiers, *[None] * (len(score.tiers) - len(bounds.tiers)))
    return tuple(
        TierScore(number, objective, None if bound is None else max(bound, objective))
        for number, (objective, bound) in enumerate(zip(score.tiers, known, strict=True), start=1)
    )


def open_coverage(problem: Problem, plan: YearPlan) -> tuple[UnmetRow, ...]:
    """Coverage minima that a plan leaves open, block by block."""
    facts = YearFacts(problem.program)
    found: list[UnmetRow] = []
    for row in problem.program.coverage:
        named = facts.expand_all([row.rotation])
        for block in row.blocks or facts.block_numbers:
            got = sum(
                1
                for person in facts.residents
                if matches(row.pgys, person.pgy) and plan.rotation.get((person.id, block)) in named
            )
            if got < row.min and (not problem.blocks or block in problem.blocks):
                found.append(
                    UnmetRow(UnmetKind.COVERAGE, row.rotation, str(block), None, row.pgys, row.min, got)
                )
    return tuple(found)


def peak_memory_mb() -> float:
    """The most memory this process has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024) if sys.platform == "darwin" else used / 1024
