"""Improving a schedule with others: what they found is taken over, what the run has reached is shown to them.

Searches that go on at the same time change the same schedule in different places, and now and then in the
same. Changes are taken as they are where every rule allows it and no tier loses; else whatever they touch is
searched anew, as a neighbourhood, from where it stands. So a change can be late, foreign or wrong: it costs a
short search and never legality.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

from src.solver.answer import kept_rows
from src.solver.daily.assemble import CancelledError, DailyModel, assemble
from src.solver.daily.budget import Budget
from src.solver.daily.construct import blended
from src.solver.daily.improve import Apart, Between, Improver, nothing_between
from src.solver.daily.linear import LinearModel
from src.solver.daily.named import Named
from src.solver.daily.settle import settle_rest
from src.solver.daily.subsolve import PartResult, State
from src.solver.expand import Decisions
from src.solver.memory import guard
from src.solver.parts.company import Company, Host, Task
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop

LEAST_SECONDS = 8.0
"""What is left for improvement before others are asked: they need some of it to make their model."""
LEAST_CELLS = 3000
"""Residents times days; a smaller schedule is as good as it gets before others have begun."""
SECONDS_TO_FOLLOW = 1.0
SECONDS_TO_RECONCILE = 0.5
MOST_TO_RECONCILE = 600
"""Decisions; changes to more are taken whole or not at all."""
SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_BETWEEN_SHOWS = 0.25
"""News are carried no more often, and to read a year's decisions takes as long as a tenth of a search."""


class Meeting:
    """One improver's side of what it shares with others."""

    def __init__(self, daily: DailyModel, state: State, budget: Budget, improver: Improver) -> None:
        self._state = state
        self._model = daily.model
        self._sums = daily.sums
        self._budget = budget
        self._improver = improver
        self.named = Named(daily)

    @property
    def decisions(self) -> Decisions:
        return self.named.decisions(self._state)

    def adopt(self, wished: Mapping[int, int]) -> bool:
        """Take over what others decided, as far as it is no worse; whether the schedule is better."""
        differing = self._differing(wished)
        if not differing:
            return False
        if self._improver.take_over(self._fixed(differing)):
            return True
        differing = self._differing(differing)
        if not differing or len(differing) > MOST_TO_RECONCILE or not self._budget.has_left():
            return False
        part = self._improver.part_of(differing)
        found = part.solve(self._budget.effort(SECONDS_TO_RECONCILE), self._budget.stop)
        return self._improver.take_over(found)

    def follow(self, wished: Mapping[int, int]) -> None:
        """Stand where others stand, be that better or worse; stays as it is where that cannot be."""
        differing = self._differing(wished)
        if differing:
            self._improver.take_over(self._fixed(differing), at_any_score=True)

    def _differing(self, wished: Mapping[int, int]) -> dict[int, int]:
        """Those that may be otherwise, and are."""
        model, low = self._model, self._state.low
        return {
            variable: value
            for variable, value in wished.items()
            if low[variable] != value and _may_be(model, variable, value)
        }

    def _fixed(self, decided: Mapping[int, int]) -> PartResult:
        """What follows from the decisions, at its best.

        Which free days a window counts is a choice, and where one of them goes another may take its place: so
        what stands beside the followers is open too.
        """
        part = self._improver.part_of({*decided, *self._beside_followers(decided)})
        part.fix(decided)
        return part.solve(self._budget.effort(SECONDS_TO_FOLLOW, 1), self._budget.stop)  # presolved whole

    def _beside_followers(self, decided: Iterable[int]) -> set[int]:
        """All that is not decided and stands in a row with something that follows from the decisions.

        Sums over the year are set, not searched for: they tie nothing together.
        """
        model, sums = self._model, self._sums
        followers = {each for one in decided for each in model.dependents.get(one, ())} - sums
        rows = {row for each in followers for row, _ in model.columns[each]}
        beside = {each for row in rows for each, _ in model.row_terms[row]} - sums
        return {each for each in beside if not model.is_decision[each]}


def improve_with(
    company: Company | None, improver: Improver, meeting: Meeting, between: Between = nothing_between
) -> None:
    """Improve, taking over what others find meanwhile, where there are others.

    `between` is called between two searches, may change the state, and may have work to do in one's place.
    """
    if company is None:
        improver.run(between)
        return
    shown = meeting.decisions
    company.show(shown)
    shown_at = time.monotonic()

    def meet() -> Apart | None:
        nonlocal shown, shown_at
        apart = between()
        for changes in company.found():
            company.judged(bettered=meeting.adopt(meeting.named.changed(changes)))
        if time.monotonic() < shown_at + SECONDS_BETWEEN_SHOWS:
            return apart
        shown_at = time.monotonic()
        now = meeting.decisions
        if now != shown:
            company.show(now)
            shown = now
        return apart

    improver.run(meet)


def improve_for(host: Host, improver: Improver, meeting: Meeting) -> None:
    """Improve beside the run that asked, around what it shows, telling it of all that is better."""
    known, scores = meeting.decisions, improver.scores

    def meet() -> None:
        nonlocal known, scores
        if improver.scores > scores:
            now = meeting.decisions
            host.tell(meeting.named.between(known, now))
            known, scores = now, improver.scores
        shown = host.shown()
        if shown is not None:
            meeting.follow(meeting.named.values(shown))
            known, scores = meeting.decisions, improver.scores

    improver.run(meet)


def ask_company(problem: Problem, plan: YearPlan, budget: Budget) -> Company | None:
    """Ask others to improve the days of a plan; None when there are none, or it is not worth their while.

    Nor is anybody asked where results must repeat exactly.
    """
    elsewhere = problem.elsewhere
    if elsewhere is None or problem.deterministic_limit is not None or budget.left < LEAST_SECONDS:
        return None
    chosen = set(problem.blocks)
    blocks = problem.program.academic_blocks
    days = sum(len(block.dates) for block in blocks if block.number in chosen or not chosen)
    if days * len(problem.program.residents) < LEAST_CELLS:
        return None
    return elsewhere.improve(plan, budget.left, problem.seed)


def help_improve(problem: Problem, task: Task, host: Host, stop: Stop) -> bool:
    """Improve days that another run shows, until the stop; False where they do not fit the model here.

    `problem` is that of the run.
    """
    alone = replace(problem, elsewhere=None, kept=None, start=None, deterministic_limit=None)
    budget = Budget(stop, task.seed, alone.workers, None, float("inf"))
    with guard(stop, alone.memory_limit_mb):
        try:
            daily = assemble(alone, task.plan, alone.blocks, kept_rows(alone), stop)
        except CancelledError:
            return True
        state = State(daily.model)
        named = Named(daily)
        shown = _first_shown(host, stop)
        if shown is None:
            return True
        model = daily.model
        state.take(
            {each: value for each, value in named.values(shown).items() if _may_be(model, each, value)}
        )
        is_settled = settle_rest(daily, state, blended(daily), budget)
        if model.broken or not is_settled or state.breaks(range(model.size)):
            return stop.reached
        improver = Improver(daily, state, budget, task.seed, lambda _: None, begin_of(task.number))
        improve_for(host, improver, Meeting(daily, state, budget, improver))
    return True


def begin_of(number: int) -> float:
    """The share of a stretch at which the helper of that number begins: 1/2, 1/4, 3/4, 1/8 …

    The run itself begins at 0, and those who search beside each other are far apart however many they are.
    """
    share, part = 0.0, 1.0
    while number:
        part /= 2
        share += part * (number % 2)
        number //= 2
    return share


def _first_shown(host: Host, stop: Stop) -> Decisions | None:
    """Waits for the run to have a schedule; None when the stop came first."""
    while not stop.reached:
        shown = host.shown()
        if shown is not None:
            return shown
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return None


def _may_be(model: LinearModel, variable: int, value: int) -> bool:
    return model.low[variable] <= value <= model.high[variable]
