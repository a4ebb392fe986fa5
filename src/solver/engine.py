"""`solve(problem, stop, progress) -> Result`: year plan and days in turn, until the stop.

A first whole schedule comes quickly, from the first good year plan, while one thread goes on proving how good
plans can be. Then the year plan is improved until it is proved the best, or for a while (its requests come
before all that days can change), and the days of the best plan fill the time that is left. The layers talk
both ways: a plan whose days have no roster comes back as cuts, and is made anew near to what it was.

A status says no more than was proved: `optimal` when every tier reached a bound that holds for every legal
schedule, `infeasible` when the rules themselves were shown to collide.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from src.interchange.schedule import Schedule, Scope, SolveStatus, TierScore
from src.solver.answer import (
    Candidate,
    bounds_under_the_plan,
    candidate_of,
    kept_rows,
    peak_memory_mb,
    proved_tiers,
    status_of,
    with_reasons,
)
from src.solver.asked import Asked
from src.solver.beside import unwatched
from src.solver.better import BetterPlan
from src.solver.bounding import Bounding
from src.solver.closing import Gains, Told
from src.solver.daily.layer import DailyOutcome, solve_daily
from src.solver.daily.lines import get_ready_to_share
from src.solver.deletion import Answer
from src.solver.impossible import Impossible, impossible_demands
from src.solver.known import known_candidate
from src.solver.memory import guard
from src.solver.no_schedule import NoSchedule
from src.solver.plan import Cut, YearPlan
from src.solver.precheck import find_shortages
from src.solver.problem import Problem, Progress, ProgressSink
from src.solver.result import Incumbent, Result
from src.solver.shares import PLAN_AGAIN, Shares
from src.solver.stop import Stop
from src.solver.whole.search import WholeSearch
from src.solver.year.facts import YearFacts
from src.solver.year.layer import YearLayer
from src.solver.year.model import Frozen
from src.solver.year.outcome import YearBounds, YearOutcome, tighter
from src.solver.year.search import Effort
from src.solver.year.telling import tell_of_requests

BOUND_ALONE, PLAN_ALONE = 0.3, 0.95
DAYS_FIRST, DAYS_LAST = 0.2, 0.4
"""Shares of the time that is left; of a deterministic limit, shares of the whole."""
REPAIRS_OF_A_BETTER_PLAN, LOOKS_AHEAD = 3, 3
REPAIR_OF_WHAT_WAS_FORESEEN = 0.06


def solve(problem: Problem, stop: Stop, progress: ProgressSink) -> Result:
    """The best schedule found before the stop, with what was proved about it.

    Raises ValueError when the scope is daily and there is no year plan to start from.
    """
    with guard(stop, problem.memory_limit_mb):
        return _Run(problem, stop, progress).solve()


def _tried(problem: Problem, stop: Stop) -> Answer:
    """Whether there is any schedule at all: a run that ends with the first."""
    problem = replace(problem, kept=lambda _: stop.cancel())
    found = _Run(problem, stop, unwatched, explains=False).solve()
    if found.schedule is not None:
        return Answer.SOME
    return Answer.NONE if found.status is SolveStatus.INFEASIBLE else Answer.UNKNOWN


class _Run:
    """One run: what has been found and proved so far."""

    def __init__(
        self, problem: Problem, stop: Stop, progress: ProgressSink, *, explains: bool = True
    ) -> None:
        self._explains = explains
        self._beside = ThreadPoolExecutor(1)  # Python's work, piece by piece, while a search does its own
        self._problem = problem
        self._stop = stop
        self._progress = progress
        self._shares = Shares(problem, stop)
        self._layer = YearLayer(problem)
        self._bounding = Bounding(problem, self._layer, self._shares, stop, progress)
        self._better = BetterPlan(problem, self._layer, stop)
        self._under_the_plan = self._in_order = YearBounds(())
        self._year = YearOutcome(SolveStatus.UNKNOWN)
        self._best: Candidate | None = None
        self._year_of_best = self._year
        self._asked = Asked(problem, stop)
        self._none = NoSchedule(problem, self._asked, self._shares, stop, _tried)
        self._loading: Future[None] | None = None
        self._gains: Future[Gains] = Future()
        self._told = Told()
        self._attempts = 0
        self._incumbents: list[Incumbent] = []
        self._size: dict[str, int] = {}
        self._first: float | None = None

    def solve(self) -> Result:
        try:
            return self._solve()
        finally:
            self._better.close()
            self._bounding.close()
            self._beside.shutdown(wait=False, cancel_futures=True)  # nobody waits for what is not done by now

    def _solve(self) -> Result:
        self._progress(Progress(self._stop.seconds, "reading the rules", 0.0))
        if self._problem.scope is Scope.DAILY:
            plan = self._days_of_given_plan()
            return self._result() if self._best or not self._asked.refutes(plan) else self._infeasible()
        self._best = known_candidate(self._problem)
        self._first = None if self._best is None else self._stop.seconds
        if self._best is None and (found := self._impossible_at_once()) is not None:
            return found
        alone = self._problem.scope is Scope.YEAR
        asked = self._beside.submit(self._layer.work_out, self._stop)
        self._work_out_gains()
        if alone:
            self._bounding.seek(self._shares.effort(BOUND_ALONE))
        else:
            self._loading = self._beside.submit(get_ready_to_share, self._problem, self._stop)
            self._bounding.seek_first(self._better.left_to_another())
        if not self._stop.wait(asked):
            return self._result()
        asked.result()
        if self._bounding.known.is_infeasible and self._best is None:
            return self._infeasible()
        if alone:
            return self._year_alone()
        return self._both()

    def _impossible_at_once(self) -> Result | None:
        """What counting, or a look at one resident alone, shows to be impossible."""
        if not self._problem.allow_unmet and find_shortages(self._problem.program, self._problem.blocks):
            return self._infeasible()
        clash = impossible_demands(self._problem, self._stop)
        if clash is None:
            return self._infeasible() if self._none.is_seen_at_once(self._layer) else None
        return self._refused(clash)

    def _year_alone(self) -> Result:
        if self._make_plan(self._shares.effort(PLAN_ALONE), self._given_start()):
            self._first = next((each.seconds for each in self._year.incumbents), self._stop.seconds)
            self._offer(candidate_of(self._problem, self._plan, kept_rows(self._problem)))
        elif self._year.status is SolveStatus.INFEASIBLE and self._best is None:
            return self._infeasible()
        return self._result()

    def _both(self) -> Result:
        if not self._first_schedule():
            return self._infeasible()
        if self._best is not None and not self._shares.is_over:
            try:
                self._improve()
                self._seek_as_a_whole(self._best)
            except Exception as error:  # noqa: BLE001  # a schedule was found: it is kept, and the error told
                self._told.broke_off(error)
        return self._result()

    def _seek_as_a_whole(self, best: Candidate) -> None:
        """Plans and days together, where the program is small: what neither layer sees alone."""
        whole = WholeSearch(self._problem, self._layer, self._shares, self._stop, self._progress)
        found = whole.solve(best, self._bounding.known.tiers, self._asked.cuts)
        self._size.update(found.model_size)
        self._in_order = tighter(self._in_order, YearBounds(found.in_order))
        if found.best is not None:
            self._year = replace(self._year, plan=found.best.plan, hoped=found.best.score.tiers)
            self._offer(found.best)

    def _first_schedule(self) -> bool:
        """A first whole schedule, if time allows one; False when the rules were shown to allow none."""
        start = self._given_start()
        effort = self._shares.quick()
        if self._best is not None and not self._shares.is_over:
            self._make_plan(effort, start, as_it_is=True)
        while self._best is None and not self._shares.is_over:
            if self._make_foreseen_plan(effort, start):
                self._begin_better_plan()
                if not self._year.short:  # else a date has too few already: its days need no trying
                    self._days(DAYS_FIRST, first_only=True)
                start = self._year
            elif self._year.status is SolveStatus.INFEASIBLE:
                if self._asked.is_proved or self._none.is_told:
                    return False
                self._asked.forget_guesses()
            effort = self._shares.repair()
        return True

    def _given_start(self) -> YearBounds | YearOutcome:
        """The plan of a schedule to start from; where there is none, the one met while bounds were sought."""
        given = self._problem.start or self._problem.base
        if given is None or not given.year:
            return self._bounding.known
        return YearOutcome(SolveStatus.UNKNOWN, YearPlan.of_schedule(given))

    def _begin_better_plan(self) -> None:
        """The plan that will be wanted next, made while the days of this one are built."""
        self._bounding.look()
        year, known, proof = self._year, self._bounding.known, self._bounding.when_proved()
        if proof is not None or (known.is_first_proved and not self._bounding.is_reached_by(year)):
            effort, start = self._shares.effort(PLAN_AGAIN), self._better_start(year)
            self._better.begin(effort, start, self._asked.cuts, known.tiers, proof, self._foreseen_in)

    def _improve(self) -> None:
        """A better year plan, then the days of the best."""
        first = self._year
        self._bounding.await_proof()
        made = self._better.result()
        self._bounding.seek_the_rest(made or first, plans_prove=self._asked.is_proved)
        if not self._bounding.is_reached_by(first):
            for attempt in range(REPAIRS_OF_A_BETTER_PLAN):
                if attempt:
                    is_made = self._make_foreseen_plan(self._shares.repair(), self._year)
                else:
                    is_made = self._make_better_plan(first, made)
                if not is_made or self._year.short or self._year.hoped <= first.hoped:
                    break
                if self._days(DAYS_LAST) or self._shares.is_over:
                    return
                if not self._shares.suffice_for_another:
                    break
        self._year = first
        self._days(DAYS_LAST, plan=None if self._best is None else self._best.plan)

    def _make_better_plan(self, first: YearOutcome, made: YearOutcome | None) -> bool:
        """The plan made beside the first days, if it keeps what those taught; mended or finished, if not."""
        if made is None:
            return self._make_foreseen_plan(self._shares.effort(PLAN_AGAIN), self._better_start(first))
        self._take_plan(made)
        if made.is_done and not self._foreseen_in(made.plan) and self._asked.is_kept_by(made.plan):
            return True
        return self._make_foreseen_plan(self._bounding.effort_from(made), made)

    def _better_start(self, first: YearOutcome) -> YearBounds | YearOutcome:
        """The plan met while bounds were sought, which may need mending, where it is worth more."""
        is_more = self._bounding.known.plan is not None and self._bounding.known.hoped > first.hoped
        return self._bounding.known if is_more else first

    def _make_foreseen_plan(self, effort: Effort, start: YearBounds | YearOutcome) -> bool:
        """A year plan whose days promise to have a roster, as far as counting ahead tells."""
        for _ in range(LOOKS_AHEAD):
            self._asked.cuts += self._foreseen_in(start.plan)
            if not self._make_plan(effort, start):
                return False
            if self._year.short and self._best is None and self._none.is_proved(self._layer):
                self._year = YearOutcome(SolveStatus.INFEASIBLE)  # no plan staffs every date
                return False
            if not self._year.short and not self._foreseen_in(self._year.plan):
                return True
            start, effort = self._year, self._shares.effort(REPAIR_OF_WHAT_WAS_FORESEEN)
        return True

    def _foreseen_in(self, plan: YearPlan | None) -> list[Cut]:
        """What counting ahead finds wrong with a plan, and was not asked of plans yet."""
        return self._asked.fresh_of(self._layer.foreseen, plan) if plan is not None else []

    def _make_plan(self, effort: Effort, start: YearBounds | YearOutcome, *, as_it_is: bool = False) -> bool:
        """A year plan in `self._year`, mended from the one to start from; whether there is one."""
        self._attempts += 1
        effort = replace(effort, seed=self._problem.seed + self._attempts - 1)
        found = self._layer.plan(
            effort,
            self._stop,
            self._progress,
            cuts=self._asked.cuts,
            start=start,
            bounds=self._bounding.known.tiers,
            first_only=(as_it_is or self._best is None) and self._problem.scope is not Scope.YEAR,
        )
        self._take_plan(found)
        return found.plan is not None

    def _take_plan(self, found: YearOutcome) -> None:
        self._year = found if found.plan is not None else replace(self._year, status=found.status)
        self._incumbents += found.incumbents
        self._size.update(found.model_size)
        self._shares.used += found.deterministic
        if found.bounds:
            self._bounding.known = tighter(self._bounding.known, YearBounds(found.bounds))
            self._in_order = tighter(self._in_order, YearBounds(found.in_order))
        if found.plan is not None:
            asked = self._problem.program.objective
            tell_of_requests(self._progress, self._stop, asked, found.hoped, self._bounding.known.tiers)

    def _days(self, share: float, *, first_only: bool = False, plan: YearPlan | None = None) -> bool:
        """The days of a plan (none given: the last made); whether there is a roster. Failures leave cuts."""
        plan = plan or self._plan
        problem = replace(self._problem, deterministic_limit=self._shares.of_limit(share))
        daily = solve_daily(
            problem,
            plan,
            self._stop,
            self._progress,
            hint=self._best.schedule if self._best is not None else problem.start,
            first_only=first_only,
            patience=self._shares.patience(has_schedule=self._best is not None),
            enough=self._better.awaited,
        )
        self._shares.used += daily.deterministic
        if daily.assignments is None:
            if self._best is None or self._shares.suffice_for_another:  # else no other plan is made
                self._asked.learn(daily, plan)
            return False
        self._note(daily)
        rows = (*kept_rows(problem), *daily.assignments)
        found = candidate_of(self._problem, plan, rows, daily.unmet)
        self._offer(found)
        if problem.scope is Scope.DAILY:
            bounds = bounds_under_the_plan(problem, found.score, daily.scores, daily.bounds, daily.in_order)
            self._under_the_plan, self._in_order = map(YearBounds, bounds)
        return True

    def _days_of_given_plan(self) -> YearPlan:
        """The days of the plan that was handed in; the plan."""
        given = self._problem.year_plan or self._problem.base
        if given is None or not given.year:
            raise ValueError("a run of days and calls alone needs a year plan to start from")
        plan = YearPlan.of_schedule(given)
        weeks = frozenset(week.monday for week in YearFacts(self._problem.program).weeks)
        self._layer = YearLayer(self._problem, Frozen(plan.rotation, weeks, plan.vacation_weeks))
        self._work_out_gains()
        self._best = known_candidate(self._problem, plan)
        self._bounding = Bounding(self._problem, self._layer, self._shares, self._stop, self._progress)
        self._bounding.seek(self._shares.quick())
        self._days(1.0, plan=plan)
        return plan

    @property
    def _plan(self) -> YearPlan:
        return self._year.plan or YearPlan()

    def _offer(self, candidate: Candidate) -> None:
        if candidate.is_better_than(self._best):
            self._best = candidate
            self._year_of_best = self._year

    def _note(self, outcome: DailyOutcome) -> None:
        self._incumbents += outcome.incumbents
        self._size.update(outcome.model_size)
        if self._first is None:
            self._first = outcome.seconds_to_first

    def _infeasible(self) -> Result:
        """The rules collide: say which rows do, and what would help."""
        if not self._explains:
            return self._empty(SolveStatus.INFEASIBLE)
        self._progress(Progress(self._stop.seconds, "finding out why", 0.5))
        return self._refused(self._none.told(self._layer))

    def _refused(self, clash: Impossible) -> Result:
        empty = self._empty(SolveStatus.INFEASIBLE)
        notice = " ".join(filter(None, (empty.notice, clash.notice))) or None
        return replace(empty, conflicts=clash.conflicts, way_out=clash.way_out, notice=notice)

    def _result(self) -> Result:
        if self._best is None:
            return self._empty(SolveStatus.UNKNOWN)
        known = self._bounding.known.tiers
        lowered = self._told.lowered_in_time(self._layer.ceilings, known, self._gains, self._stop)
        bounds = tighter(YearBounds(lowered), self._under_the_plan)
        tiers = proved_tiers(self._best.score, bounds.tiers, tighter(bounds, self._in_order).tiers)
        of_plans = zip(self._year_of_best.hoped, known, strict=False)
        schedule: Schedule = with_reasons(self._problem, self._best)
        self._progress(Progress(self._stop.seconds, "done", 1.0))
        return replace(
            self._empty(status_of(tiers)),
            schedule=schedule,
            tiers=tiers,
            year_tiers=tuple(TierScore(number, *pair) for number, pair in enumerate(of_plans, 1)),
            score_terms=self._best.score.terms,
        )

    def _empty(self, status: SolveStatus) -> Result:
        met = (*self._bounding.incumbents, *self._incumbents)
        return Result(
            status=status,
            incumbents=tuple(sorted(met, key=lambda incumbent: incumbent.seconds)),
            seconds=self._stop.seconds,
            seconds_to_first=self._first,
            seed=self._problem.seed,
            peak_memory_mb=peak_memory_mb(),
            model_size=self._size,
            cancelled=self._stop.cancelled and not self._stop.out_of_memory,
            notice=self._told.notice(self._problem, self._stop, self._loading, found=self._best is not None),
            troubles=tuple(self._told.troubles),
        )

    def _work_out_gains(self) -> None:
        layer = self._layer
        self._gains = self._beside.submit(lambda: layer.ceilings.gains)
