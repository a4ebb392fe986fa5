"""The days and calls of a year plan, solved: a first schedule, then better ones until the stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from src.interchange.schedule import AssignmentRow, Schedule, UnmetRow
from src.solver.answer import kept_rows
from src.solver.daily.assemble import CancelledError, DailyModel, assemble
from src.solver.daily.budget import Budget
from src.solver.daily.construct import Constructor, Stuck
from src.solver.daily.explain import BlockFailure, Explainer
from src.solver.daily.gathering import Gathering
from src.solver.daily.improve import Improver
from src.solver.daily.linear import Expr
from src.solver.daily.lines import SharingOut
from src.solver.daily.proof import Prover
from src.solver.daily.prove import Proved, prove, proved_of
from src.solver.daily.readout import Readout
from src.solver.daily.standing import is_under, stands
from src.solver.daily.subsolve import Found, Part, State
from src.solver.daily.together import Meeting, ask_company, improve_with
from src.solver.expand import days_of, decisions_of
from src.solver.memory import frozen
from src.solver.parts.company import Company
from src.solver.parts.part import Offer, offer_days
from src.solver.plan import YearPlan
from src.solver.problem import Problem, Progress, ProgressSink
from src.solver.result import Incumbent
from src.solver.stop import Stop

LAYER = "daily"
MOST_VARIABLES_AT_ONCE = 4000
LEAST_SECONDS_OF_REASONS = 4.0
SECONDS_AT_ONCE = 3.0
"""To prove that a plan has no days at all, where the year is small."""


@dataclass(frozen=True, slots=True)
class DailyOutcome:
    """The rows of the solved blocks, or None with the blocks that have no roster (none named: no time).

    `is_impossible`: it was proved that the year plan has no days, whatever each block decides.
    `scores` are the daily terms' share of each tier of the objective, `bounds` what no schedule under the
    same year plan and kept rows exceeds, `in_order` what none does that is as good in the tiers before.
    `deterministic` is what searches used, in CP-SAT's deterministic seconds.
    """

    assignments: tuple[AssignmentRow, ...] | None
    unmet: tuple[UnmetRow, ...] = ()
    failures: tuple[BlockFailure, ...] = ()
    scores: tuple[Decimal, ...] = ()
    bounds: tuple[Decimal, ...] = ()
    in_order: tuple[Decimal, ...] = ()
    incumbents: tuple[Incumbent, ...] = ()
    seconds_to_first: float | None = None
    model_size: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    deterministic: float = 0.0
    is_impossible: bool = False


def solve_daily(
    problem: Problem,
    plan: YearPlan,
    stop: Stop,
    progress: ProgressSink,
    *,
    hint: Schedule | None = None,
    until: float | None = None,
    first_only: bool = False,
    patience: float = 1.0,
    explains: bool = True,
    enough: Future[Any] | None = None,
) -> DailyOutcome:
    """The days of the problem's blocks under a year plan.

    `hint` is a schedule to start from as far as it fits; improvement ends at `until` (seconds of the stop's
    clock), or at the stop. Where there is no roster, a share `patience` of what is left may go into reasons,
    and less into looking for one that hides; none goes into reasons unless it `explains`. Rows of
    `problem.base` outside the blocks stay and are taken into account. The first schedule is the last if it is
    `first_only`, unless there is something to wait for: it is bettered until that is done (`enough`).
    """
    limit = float("inf") if until is None else until
    budget = Budget(stop, problem.seed, problem.workers, problem.deterministic_limit, limit, patience)
    start = hint or problem.base
    offer = company = None
    try:
        offer = offer_days(problem, plan, stop) if _are_all_to_be_built(problem, plan, start) else None
        company = None if first_only and enough is None else ask_company(problem, plan, budget)
        daily = assemble(problem, plan, problem.blocks, kept_rows(problem), stop)
        with frozen():
            run = _Run(problem, plan, daily, budget, progress, company, explains=explains)
            return run.solve(start, offer, first_only=first_only, enough=enough)
    except CancelledError:
        return DailyOutcome(None)
    finally:
        if offer is not None:
            offer.withdraw()
        if company is not None:
            company.withdraw()


def _are_all_to_be_built(problem: Problem, plan: YearPlan, start: Schedule | None) -> bool:
    """Whether there are no days to stay near to: none at all, or those that the run made of another plan."""
    if start is None:
        return True
    return problem.base is None and problem.start is None and not is_under(plan, start)


class _Run:
    def __init__(
        self,
        problem: Problem,
        plan: YearPlan,
        daily: DailyModel,
        budget: Budget,
        progress: ProgressSink,
        company: Company | None,
        *,
        explains: bool,
    ) -> None:
        self._explains = explains
        self._problem = problem
        self._plan = plan
        self._daily = daily
        self._budget = budget
        self._stop = budget.stop
        self._progress = progress
        self._company = company
        self._state = State(daily.model)
        self._incumbents: list[Incumbent] = []
        self._last: tuple[Decimal, ...] | None = None

    def solve(
        self, hint: Schedule | None, offer: Offer | None, *, first_only: bool, enough: Future[Any] | None
    ) -> DailyOutcome:
        if self._daily.model.broken and not self._explains:
            return DailyOutcome(None)
        if self._daily.model.broken:
            failures = self._explainer(self._budget).broken_rows()
            return DailyOutcome(None, failures=failures, is_impossible=True)
        hinted = self._hinted(hint)
        constructor = Constructor(self._daily, self._state, self._budget, self._progress, hinted)
        gathering = Gathering(offer, self._stop, self._values_of) if offer is not None else None
        as_it_is = hint is not None and is_under(self._plan, hint)
        if as_it_is and stands(self._daily, self._state, hinted, self._budget):
            stuck: Sequence[Stuck] = ()
        else:
            stuck = constructor.build(gathering)
        if stuck and not self._explains:
            return DailyOutcome(None)
        if stuck:
            failures = self._explained(constructor, stuck)
            is_impossible = any(each.is_alone for each in stuck) or self._is_impossible()
            return DailyOutcome(
                None,
                failures=failures,
                model_size=self._size(),
                deterministic=self._budget.used,
                is_impossible=is_impossible,
            )
        first = self._stop.seconds
        self._note(self._state.scores())
        proved = proved_of(self._daily) if first_only else self._improve()
        if first_only and enough is not None:
            self._budget.end_with(enough)
            self._better(proved)
        readout = Readout(self._daily, self._state)
        return DailyOutcome(
            assignments=readout.rows(),
            unmet=readout.unmet() if self._problem.allow_unmet else (),
            scores=self._scores(self._state.scores()),
            bounds=self._scores(proved.bounds),
            in_order=self._scores(proved.in_order),
            incumbents=tuple(self._incumbents),
            seconds_to_first=first,
            model_size=self._size(),
            deterministic=self._budget.used,
        )

    def _improve(self) -> Proved:
        """Better the state until nothing is left to gain, or the budget is spent; bounds by tier."""
        before = self._state.scores()
        proved = prove(self._daily, self._state, self._budget)
        reached = self._state.scores()
        if reached > before:
            self._note(reached)
        self._better(proved)
        return proved

    def _better(self, proved: Proved) -> None:
        """Better the state until it is the best there is, or the budget is spent."""
        if self._state.scores() != proved.in_order:
            improver = Improver(self._daily, self._state, self._budget, self._problem.seed, self._note)
            meeting = Meeting(self._daily, self._state, self._budget, improver)
            shared = SharingOut(self._daily, self._state, self._budget, self._problem.seed, meeting)
            improve_with(self._company, improver, meeting, shared)

    def _explained(self, constructor: Constructor, stuck: Sequence[Stuck]) -> tuple[BlockFailure, ...]:
        budget = self._budget.part(self._budget.patience, LEAST_SECONDS_OF_REASONS)
        explainer = self._explainer(budget)
        return tuple(explainer.explain(each, constructor.inside) for each in stuck if budget.has_left())

    def _is_impossible(self) -> bool:
        """Whether all blocks together were proved to have no roster; large years are not tried."""
        model = self._daily.model
        if model.size > MOST_VARIABLES_AT_ONCE or not self._budget.has_left():
            return False
        state = State(model)
        part = Part(state, [each for each in range(model.size) if state.is_open(each)])
        found = part.solve(self._budget.effort(SECONDS_AT_ONCE), self._stop)
        self._budget.spend(found.deterministic)
        return found.found is Found.NONE_EXISTS

    def _explainer(self, budget: Budget) -> Explainer:
        return Explainer(self._daily, self._plan, budget, Prover(self._problem, self._plan, budget))

    def _hinted(self, hint: Schedule | None) -> dict[int, int]:
        """The decisions of a schedule to start from, by variable."""
        if hint is None or not hint.assignments:
            return {}
        return self._values_of(hint.assignments, self._problem.blocks)

    def _values_of(self, rows: Sequence[AssignmentRow], blocks: Sequence[int]) -> dict[int, int]:
        """The decisions that explain the rows on the days of the blocks (none named = all), by variable."""
        found = decisions_of(self._problem.program, self._plan, rows, blocks=blocks)
        calendar = self._daily.shared.calendar
        days = days_of(calendar, blocks)
        values: dict[int, int] = {}
        for draft in self._daily.drafts:
            for day in draft.off.keys() & days:
                values[_variable(draft.off[day])] = int((draft.id, calendar.date(day)) in found.days_off)
            for day in draft.calls.keys() & days:
                for option in draft.calls[day]:
                    key = (draft.id, calendar.date(day), option.duty.call.id)
                    values[_variable(option.taken)] = int(key in found.calls)
        return values

    def _scores(self, values: tuple[int, ...]) -> tuple[Decimal, ...]:
        """The tiers of `objective.toml`; the unscored one before them is left out."""
        objective = self._daily.objective
        scored = [objective.score(tier, value) for tier, value in enumerate(values)]
        return tuple(scored[objective.first_tier :])

    def _note(self, values: tuple[int, ...]) -> None:
        scores = self._scores(values)
        seconds = self._stop.seconds
        before = self._incumbents[-1] if self._incumbents else None
        tier = self._changed_tier(scores)
        score = float(scores[tier - 1]) if scores else 0.0
        self._incumbents.append(Incumbent(seconds, LAYER, tier, score, None))
        share = seconds / max(1.0, seconds + self._stop.remaining)
        phase = "days and calls: first schedule" if before is None else "days and calls: improving"
        self._last = scores
        self._progress(Progress(seconds, phase, 0.6 + 0.38 * share, LAYER, tier, score, None, None))

    def _changed_tier(self, scores: tuple[Decimal, ...]) -> int:
        """The first tier that is not what it was, counted from 1."""
        if self._last is None:
            return min(2, max(1, len(scores)))
        for number, (old, new) in enumerate(zip(self._last, scores, strict=True), start=1):
            if old != new:
                return number
        return max(1, len(scores))

    def _size(self) -> Mapping[str, int]:
        model = self._daily.model
        return MappingProxyType({"daily_variables": model.size, "daily_constraints": len(model.row_terms)})


def _variable(decision: Expr) -> int:
    return decision.terms[0][0]
