"""The year plan, solved: a bound from the true rules alone, then the best plan whose days can be staffed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from src.interchange.model import Request, RequestKind
from src.interchange.schedule import Scope, SolveStatus
from src.solver.plan import Cut, OnRotation, OnVacation, PlanFact, YearPlan
from src.solver.problem import Problem, Progress, ProgressSink
from src.solver.result import Incumbent
from src.solver.stop import Stop
from src.solver.year.demand import add_demand
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen, YearModel
from src.solver.year.objective import TierModel, YearObjective
from src.solver.year.rules import add_rules
from src.solver.year.search import Answer, Effort, Ended, search
from src.solver.year.wishes import Wishes, add_wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

LAYER = "year"


@dataclass(frozen=True, slots=True)
class YearBounds:
    """Per tier, what no legal schedule can exceed; None = nothing proved. `plan` reached the first tiers."""

    tiers: tuple[Decimal | None, ...]
    plan: YearPlan | None = None
    is_infeasible: bool = False


@dataclass(frozen=True, slots=True)
class YearOutcome:
    """A year plan, what its tiers come to with all hopes granted, and the requests it leaves room for."""

    status: SolveStatus
    plan: YearPlan | None = None
    hoped: tuple[Decimal, ...] = ()
    proved: tuple[bool, ...] = ()
    granted: frozenset[int] = frozenset()
    incumbents: tuple[Incumbent, ...] = ()
    model_size: MappingProxyType[str, int] = field(default_factory=lambda: MappingProxyType({}))
    deterministic: float = 0.0


class YearLayer:
    """Solves the year plans of one problem, again and again as the days send cuts."""

    def __init__(self, problem: Problem, frozen: Frozen | None = None) -> None:
        self.problem = problem
        self.facts = YearFacts(problem.program)
        self.frozen = frozen_of(problem, self.facts) if frozen is None else frozen
        self._hopes = problem.scope is not Scope.YEAR

    def bound(self, effort: Effort, stop: Stop, progress: ProgressSink) -> YearBounds:
        """What the true rules alone allow, tier by tier; infeasible when they allow no plan at all."""
        year = self._model()
        add_rules(year)
        wishes = add_wishes(year)
        objective = YearObjective(year, wishes, hopes=self._hopes)
        found: list[Decimal | None] = []
        plan: YearPlan | None = None
        for number, tier in enumerate(objective.tiers, start=1):
            if not tier.terms:
                found.append(tier.score(0) if tier.is_bounded else None)
                continue
            year.model.maximize(tier.expression())
            answer = search(year.model, effort.part(0.8 if plan is None else 0.1), stop)
            if answer.ended is Ended.NONE_EXISTS:
                return YearBounds((), is_infeasible=True)
            if answer.found and plan is None:
                plan = plan_of(year, answer.values)
            proved = answer.bound if tier.is_bounded else None
            found.append(None if proved is None else tier.score(proved))
            _tell(progress, stop, number, None, found[-1])
        return YearBounds(tuple(found), plan)

    def plan(
        self,
        effort: Effort,
        stop: Stop,
        progress: ProgressSink,
        *,
        cuts: Sequence[Cut] = (),
        hint: YearPlan | None = None,
    ) -> YearOutcome:
        """The best plan found that keeps rules and cuts, and staffs its dates as far as can be foreseen."""
        year = self._model()
        add_rules(year)
        wishes = add_wishes(year)
        add_demand(year, wishes)
        for cut in cuts:
            add_cut(year, cut)
        objective = YearObjective(year, wishes, hopes=self._hopes)
        stages = [Stage(number, tier) for number, tier in enumerate(objective.tiers, start=1)]
        if objective.unscored is not None:
            stages.insert(0, Stage(0, objective.unscored))
        if not self._hopes:
            hoped = YearObjective(year, wishes)
            stages += [Stage(0, tier) for tier in hoped.tiers]
        return _Tiered(year, wishes, stages, stop, progress).solve(effort, hint)

    def _model(self) -> YearModel:
        return YearModel(self.facts, frozen=self.frozen, allow_unmet=self.problem.allow_unmet)


@dataclass(frozen=True, slots=True)
class Stage:
    """Something to make as large as can be; `number` is its tier of the objective, 0 = of none."""

    number: int
    tier: TierModel


class _Tiered:
    """Stages in order, each kept while the next is improved."""

    def __init__(
        self,
        year: YearModel,
        wishes: Wishes,
        stages: Sequence[Stage],
        stop: Stop,
        progress: ProgressSink,
    ) -> None:
        self._year = year
        self._wishes = wishes
        self._stages = stages
        self._stop = stop
        self._progress = progress
        self._incumbents: list[Incumbent] = []

    def solve(self, effort: Effort, hint: YearPlan | None) -> YearOutcome:
        best: Answer | None = None
        proved: list[bool] = []
        spent = 0.0
        model = self._year.model
        if hint is not None:
            hint_plan(self._year, hint)
        for stage in self._stages:
            if not stage.tier.terms:
                proved.append(True)
                continue
            expression = stage.tier.expression()
            model.maximize(expression)
            share = 0.7 if best is None else 0.15
            answer = search(model, effort.part(share), self._stop, better=self._teller(stage))
            spent += answer.deterministic
            if answer.ended is Ended.NONE_EXISTS and best is None:
                return YearOutcome(SolveStatus.INFEASIBLE, deterministic=spent)
            proved.append(answer.ended is Ended.PROVED)
            if not answer.found:
                break
            best = answer
            model.add(expression >= stage.tier.value_of(list(answer.values)))
            model.clear_hints()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
            for index, value in enumerate(answer.values):
                model.add_hint(model.get_int_var_from_proto_index(index), value)
        if best is None:
            best = self._any(effort) if not any(stage.tier.terms for stage in self._stages) else None
        return self._outcome(best, proved, spent)

    def _any(self, effort: Effort) -> Answer | None:
        answer = search(self._year.model, effort, self._stop)
        return answer if answer.found else None

    def _outcome(self, best: Answer | None, proved: list[bool], spent: float) -> YearOutcome:
        if best is None:
            return YearOutcome(SolveStatus.UNKNOWN, deterministic=spent)
        values = list(best.values)
        granted = frozenset(
            request.row
            for request, literal in (*self._wishes.days, *self._wishes.calls)
            if values[literal.index]
        )
        scored = [stage.tier for stage in self._stages if stage.number > 0]
        proto = self._year.model.proto
        return YearOutcome(
            SolveStatus.FEASIBLE,
            plan_of(self._year, values),
            tuple(tier.score(tier.value_of(values)) for tier in scored),
            tuple(proved),
            granted,
            tuple(self._incumbents),
            MappingProxyType(
                {"year_variables": len(proto.variables), "year_constraints": len(proto.constraints)}
            ),
            spent,
        )

    def _teller(self, stage: Stage) -> TierTeller | None:
        if stage.number == 0:
            return None
        return TierTeller(self._incumbents, self._progress, self._stop, stage.number, stage.tier)


@dataclass
class TierTeller:
    """Hands each better plan of a tier to those who watch."""

    incumbents: list[Incumbent]
    progress: ProgressSink
    stop: Stop
    number: int
    tier: TierModel

    def __call__(self, objective: float, bound: float) -> None:
        score, limit = self.tier.score(objective), self.tier.score(bound)
        self.incumbents.append(Incumbent(self.stop.seconds, LAYER, self.number, float(score), float(limit)))
        _tell(self.progress, self.stop, self.number, score, limit)


def _tell(
    progress: ProgressSink, stop: Stop, tier: int, score: Decimal | None, bound: Decimal | None
) -> None:
    gap = None
    if score is not None and bound is not None:
        gap = float(abs(bound - score) / max(Decimal(1), abs(score)))
    progress(
        Progress(
            stop.seconds,
            "year plan",
            0.0,
            LAYER,
            tier,
            None if score is None else float(score),
            None if bound is None else float(bound),
            gap,
        )
    )


def solve_year(
    problem: Problem,
    stop: Stop,
    progress: ProgressSink,
    cuts: Sequence[Cut] = (),
    hint: YearPlan | None = None,
) -> YearOutcome:
    """A year plan for the problem within the stop; see `YearLayer` for bounds and repeated solves."""
    effort = Effort(stop.remaining, problem.workers, problem.seed, problem.deterministic_limit)
    return YearLayer(problem).plan(effort, stop, progress, cuts=cuts, hint=hint)


def frozen_of(problem: Problem, facts: YearFacts) -> Frozen:
    """The rotations and vacation weeks of academic blocks that the problem does not ask for."""
    solved = set(problem.blocks or facts.block_numbers)
    base = problem.base
    if base is None or solved.issuperset(facts.block_numbers):
        return Frozen()
    kept_weeks = frozenset(week.monday for week in facts.weeks if week.block not in solved)
    return Frozen(
        MappingProxyType(
            {(row.person, row.block): row.rotation for row in base.year if row.block not in solved}
        ),
        kept_weeks,
        frozenset(
            (row.person, row.week_start_date) for row in base.vacations if row.week_start_date in kept_weeks
        ),
    )


def plan_of(year: YearModel, values: Sequence[int]) -> YearPlan:
    """The plan that a solution stands for, with the best rank of a request each week meets."""
    rotation = {
        (person, block): name for (person, block, name), literal in year.on.items() if values[literal.index]
    }
    ranks = ranks_of(year.facts.program.requests)
    vacations = frozenset(
        (person, monday, ranks.get((person, monday)))
        for (person, monday), literal in year.away.items()
        if values[literal.index]
    )
    return YearPlan(MappingProxyType(rotation), vacations)


def ranks_of(requests: Iterable[Request]) -> dict[tuple[str, date], int]:
    """(person, Monday) -> the best rank of the vacation requests for that week."""
    found: dict[tuple[str, date], int] = {}
    for request in requests:
        if request.kind is RequestKind.VACATION and request.start_date and request.rank is not None:
            monday = request.start_date - timedelta(days=request.start_date.weekday())
            key = (request.person, monday)
            found[key] = min(request.rank, found.get(key, request.rank))
    return found


def hint_plan(year: YearModel, plan: YearPlan) -> None:
    """Start the search from a known plan."""
    for (person, block, name), literal in year.on.items():
        year.model.add_hint(literal, plan.rotation.get((person, block)) == name)
    for (person, monday), literal in year.away.items():
        year.model.add_hint(literal, (person, monday) in plan.vacation_weeks)


def add_cut(year: YearModel, cut: Cut) -> None:
    """Keep what the days asked of a plan."""
    terms: list[cp_model.LinearExprT] = []
    for coefficient, fact in cut.terms:
        terms.append(coefficient * _literal_of(year, fact))
    year.model.add(year.sum_of(terms) >= cut.at_least)


def _literal_of(year: YearModel, fact: PlanFact) -> cp_model.LinearExprT:
    if isinstance(fact, OnVacation):
        return year.away.get((fact.person, fact.monday), 0)
    here = year.literals(fact.person, fact.block, fact.rotations)
    if isinstance(fact, OnRotation):
        return year.sum_of(here)
    away = [year.away[fact.person, week] for week in fact.weeks if (fact.person, week) in year.away]
    if not away:
        return year.sum_of(here)
    present = year.model.new_bool_var(f"present {fact.person} {fact.block}")
    year.model.add(present <= year.sum_of(here))
    for literal in away:
        year.model.add_implication(present, ~literal)
    year.model.add(present + year.sum_of(away) >= year.sum_of(here))
    return present
