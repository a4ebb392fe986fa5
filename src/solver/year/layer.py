"""The year plan, solved: a bound from the true rules alone, then the best plan whose days can be staffed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from src.interchange.schedule import Scope, SolveStatus
from src.solver.plan import Cut, OnVacation, YearPlan
from src.solver.problem import Problem, ProgressSink
from src.solver.result import Incumbent
from src.solver.stop import Stop
from src.solver.year.ahead import look_ahead
from src.solver.year.demand import Demand, broken_by, demands, post_demand
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen, YearModel
from src.solver.year.objective import TierModel, YearObjective
from src.solver.year.plans import add_cut, frozen_of, hint_plan, plan_of
from src.solver.year.rules import add_rules
from src.solver.year.search import Answer, Effort, Ended, search
from src.solver.year.telling import TierTeller, tell
from src.solver.year.wishes import Wishes, add_wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

SHARE_OF_REPAIR = 0.4
SHARE_OF_FIRST_STAGE, SHARE_OF_A_LATER_STAGE = 0.7, 0.15
IDLE_SLICES = 3
ROUNDS_OF_REPAIR = 3
"""What a repair breaks elsewhere is mended in turn."""
REACHES = (1, 4)
"""How many blocks around trouble a repair may change, at first and then."""


@dataclass(frozen=True, slots=True)
class YearBounds:
    """Per tier, what no legal schedule can exceed; None = nothing proved.

    `plan` was met on the way; its tiers come to `hoped`, but it may break dates or cuts not asked about.
    """

    tiers: tuple[Decimal | None, ...]
    plan: YearPlan | None = None
    hoped: tuple[Decimal, ...] = ()
    granted: frozenset[int] = frozenset()
    is_infeasible: bool = False
    deterministic: float = 0.0


@dataclass(frozen=True, slots=True)
class YearOutcome:
    """A year plan, what its tiers come to with all hopes granted, and the requests it leaves room for.

    `granted` are rows of requests.csv; `short` counts the demands of single dates that the plan still breaks.
    `bounds` holds what the search proved of the first tier it improved, None for all others: no legal
    schedule exceeds it.
    """

    status: SolveStatus
    plan: YearPlan | None = None
    hoped: tuple[Decimal, ...] = ()
    granted: frozenset[int] = frozenset()
    short: int = 0
    bounds: tuple[Decimal | None, ...] = ()
    incumbents: tuple[Incumbent, ...] = ()
    model_size: MappingProxyType[str, int] = field(default_factory=lambda: MappingProxyType({}))
    deterministic: float = 0.0


class YearLayer:
    """Solves the year plans of one problem, again and again as the days send cuts."""

    def __init__(self, problem: Problem, frozen: Frozen | None = None) -> None:
        self.problem = problem
        self.facts = YearFacts(problem.program)
        self.frozen = frozen_of(problem, self.facts) if frozen is None else frozen
        self.posted: dict[Demand, None] = {}
        self._hopes = problem.scope is not Scope.YEAR

    @cached_property
    def demands(self) -> tuple[Demand, ...]:
        """What single dates ask of a plan; nothing where demand may stay open."""
        return () if self.problem.allow_unmet else demands(self.facts, self.problem.blocks)

    @cached_property
    def foreseen(self) -> tuple[Cut, ...]:
        """What plans had better hold so that free days can be given; none of it proved."""
        return () if self.problem.allow_unmet else look_ahead(self.facts, self.problem.blocks)

    def bound(
        self, effort: Effort, stop: Stop, progress: ProgressSink, *, tiers: Collection[int] = ()
    ) -> YearBounds:
        """What the true rules alone allow in those tiers (none named = all), or that they allow no plan.

        Demands of dates that a plan has broken before are among the rules.
        """
        year, wishes = self._model()
        for demand in self.posted:
            post_demand(year, wishes, demand)
        found: list[Decimal | None] = []
        hoped: tuple[Decimal, ...] = ()
        spent = 0.0
        objective = YearObjective(year, wishes, hopes=self._hopes)
        plan: YearPlan | None = None
        granted: frozenset[int] = frozenset()
        for number, tier in enumerate(objective.tiers, start=1):
            if not tier.terms:
                found.append(tier.score(0) if tier.is_bounded else None)
                continue
            if tiers and number not in tiers:
                found.append(None)
                continue
            year.model.maximize(tier.expression())
            answer = search(year.model, effort.part(0.8 if plan is None else 0.1), stop)
            spent += answer.deterministic
            if answer.ended is Ended.NONE_EXISTS:
                return YearBounds((), is_infeasible=True, deterministic=spent)
            if answer.found and plan is None:
                plan, granted = plan_of(year, answer.values), wishes.granted_in(answer.values)
                hoped = tuple(each.score(each.value_of(answer.values)) for each in objective.tiers)
            proved = answer.bound if tier.is_bounded else None
            found.append(None if proved is None else tier.score(proved))
            tell(progress, stop, number, hoped[number - 1] if hoped else None, found[-1])
        return YearBounds(tuple(found), plan, hoped, granted, deterministic=spent)

    def plan(
        self,
        effort: Effort,
        stop: Stop,
        progress: ProgressSink,
        *,
        cuts: Sequence[Cut] = (),
        start: YearBounds | YearOutcome | None = None,
    ) -> YearOutcome:
        """The best plan found that keeps rules and cuts, and staffs its dates as far as can be foreseen.

        The plan of `start` is first mended around what it breaks, then improved.
        """
        if start is not None and start.plan is not None:
            broken, met = broken_by(self.demands, start.plan, start.granted)
            self.posted |= dict.fromkeys((*broken, *met))
        year, wishes = self._model()
        for demand in self.posted:
            post_demand(year, wishes, demand)
        for cut in cuts:
            add_cut(year, cut)
        objective = YearObjective(year, wishes, hopes=self._hopes)
        stages = [Stage(number, tier) for number, tier in enumerate(objective.tiers, start=1)]
        if objective.unscored is not None:
            stages.insert(0, Stage(0, objective.unscored))
        if not self._hopes:
            stages += [Stage(0, tier) for tier in YearObjective(year, wishes).tiers]
        if start is not None and start.plan is not None:
            hint_plan(year, start.plan)
        is_sound = all(cut.proved for cut in cuts)
        staged = _Staged(self, year, wishes, stages, stop, progress, is_sound=is_sound)
        before = stop.seconds
        if start is not None:
            staged.repair(start, cuts, effort.part(SHARE_OF_REPAIR))
        return staged.solve(effort.less(stop.seconds - before, staged.deterministic))

    def _model(self) -> tuple[YearModel, Wishes]:
        year = YearModel(self.facts, frozen=self.frozen, allow_unmet=self.problem.allow_unmet)
        add_rules(year)
        return year, add_wishes(year)


@dataclass(frozen=True, slots=True)
class Stage:
    """Something to make as large as can be; `number` is its tier of the objective, 0 = of none."""

    number: int
    tier: TierModel


class _Staged:
    """Stages in order, each kept while the next is improved; broken demands are posted on the way."""

    def __init__(
        self,
        layer: YearLayer,
        year: YearModel,
        wishes: Wishes,
        stages: Sequence[Stage],
        stop: Stop,
        progress: ProgressSink,
        *,
        is_sound: bool,
    ) -> None:
        self._layer = layer
        self._year = year
        self._wishes = wishes
        self._stages = stages
        self._stop = stop
        self._progress = progress
        self._incumbents: list[Incumbent] = []
        self.deterministic = 0.0
        self._best: tuple[int, ...] = ()
        self._short = 0
        self._is_sound = is_sound
        """Whether every legal schedule keeps all that the model asks: what it proves is a bound then."""
        self._bounds: dict[int, Decimal] = {}

    def repair(self, start: YearBounds | YearOutcome, cuts: Sequence[Cut], effort: Effort) -> None:
        """Mend a plan around what it breaks; the stages that follow start from the mended one."""
        plan, granted = start.plan, start.granted
        for _ in range(ROUNDS_OF_REPAIR):
            if plan is None:
                return
            broken, _ = broken_by(self._layer.demands, plan, granted)
            blocks = self._blocks_of(cut for cut in cuts if not cut.is_kept_by(plan))
            blocks |= {chance.block for demand in broken for chance in demand.chances}
            answer = self._mended(plan, blocks, effort.part(1 / ROUNDS_OF_REPAIR))
            if answer is None:
                return
            short = len(self._broken_by(answer))
            self._keep(self._first_stage, answer, short)
            self._hint(answer)
            plan, granted = plan_of(self._year, answer.values), self._wishes.granted_in(answer.values)
            if not short:
                return

    def _mended(self, plan: YearPlan, blocks: frozenset[int], effort: Effort) -> Answer | None:
        """The best plan that differs only in those blocks and near them; None where none was found."""
        for reach in REACHES:
            near = frozenset(block + step for block in blocks for step in range(-reach, reach + 1))
            model = self._year.model.clone()
            self._keep_outside(model, plan, near)
            if self._first_stage.tier.terms:
                model.maximize(self._first_stage.tier.expression())
            answer = search(model, effort.part(1 / len(REACHES)), self._stop)
            self.deterministic += answer.deterministic
            if answer.found:
                return answer
        return None

    @property
    def _first_stage(self) -> Stage:
        return next((stage for stage in self._stages if stage.tier.terms), Stage(0, TierModel()))

    def _blocks_of(self, cuts: Iterable[Cut]) -> frozenset[int]:
        """The academic blocks that cuts speak of."""
        facts = [fact for cut in cuts for _, fact in cut.terms]
        block_of = self._layer.problem.program.block_of
        found = {block_of(fact.monday) if isinstance(fact, OnVacation) else fact.block for fact in facts}
        return frozenset(block for block in found if block is not None)

    def _keep_outside(self, model: cp_model.CpModel, plan: YearPlan, near: frozenset[int]) -> None:
        """Fix rotations and vacation weeks of all blocks but those near the trouble."""
        for (person, block, name), literal in self._year.on.items():
            if block not in near:
                model.add(literal == int(plan.rotation.get((person, block)) == name))
        for (person, monday), literal in self._year.away.items():
            if self._layer.problem.program.block_of(monday) not in near:
                model.add(literal == int((person, monday) in plan.vacation_weeks))

    def solve(self, effort: Effort) -> YearOutcome:
        model = self._year.model
        stages = [stage for stage in self._stages if stage.tier.terms] or [Stage(0, TierModel())]
        for place, stage in enumerate(stages):
            ended = self._settle(
                stage, effort.part(SHARE_OF_A_LATER_STAGE if place else SHARE_OF_FIRST_STAGE)
            )
            if ended is Ended.NONE_EXISTS and (not self._best or (self._short and self._needs_days)):
                return YearOutcome(SolveStatus.INFEASIBLE, deterministic=self.deterministic)
            if ended is Ended.NOTHING or self._short or self._stop.reached:
                break
            if stage.tier.terms:
                model.add(stage.tier.expression() >= stage.tier.value_of(self._best))
                self._is_sound = False
        return self._outcome()

    @property
    def _needs_days(self) -> bool:
        """Whether a plan whose dates nobody can staff is of no use; it is when only the year is asked for."""
        return self._layer.problem.scope is not Scope.YEAR

    def _settle(self, stage: Stage, effort: Effort) -> Ended:
        """Search, slice by slice, for the best solution that breaks no demand; the last search's end.

        What a slice's solution breaks is posted before the next, which starts from it.
        """
        self._year.model.maximize(stage.tier.expression())
        ended = Ended.NOTHING
        idle = 0
        part = effort.slice()
        while effort.seconds > 0 and idle < IDLE_SLICES:
            before = self._stop.seconds
            answer = search(self._year.model, part, self._stop, better=self._teller(stage))
            effort = effort.less(self._stop.seconds - before, answer.deterministic)
            part = effort.slice()
            self.deterministic += answer.deterministic
            self._note_bound(stage, answer)
            if not answer.found:
                if answer.ended is Ended.NONE_EXISTS or self._stop.reached:
                    return answer.ended if not self._best or self._short else ended
                idle += 1
                part = effort  # on a busy machine a slice may end before the search has begun
                continue
            broken = self._broken_by(answer)
            gained = self._keep(stage, answer, len(broken))
            idle = 0 if gained or broken else idle + 1
            part = part if broken else effort  # nothing to look for between: proofs need time in one piece
            ended = answer.ended if not broken else Ended.FOUND
            self._hint(answer)
            if not broken and answer.ended is Ended.PROVED:
                break
        return ended

    def _note_bound(self, stage: Stage, answer: Answer) -> None:
        if not (self._is_sound and stage.number and stage.tier.is_bounded and answer.bound is not None):
            return
        bound = stage.tier.score(answer.bound)
        self._bounds[stage.number] = min(bound, self._bounds.get(stage.number, bound))

    def _keep(self, stage: Stage, answer: Answer, short: int) -> bool:
        """Keep a solution that breaks less than the best, or as little and scores more in the stage."""
        if not self._best:
            better = True
        elif short != self._short:
            better = short < self._short
        else:
            better = stage.tier.value_of(answer.values) > stage.tier.value_of(self._best)
        if better:
            self._best, self._short = tuple(answer.values), short
        return better

    def _broken_by(self, answer: Answer) -> list[Demand]:
        """What the solution breaks; posted for the searches to come, with what it just meets."""
        plan = plan_of(self._year, answer.values)
        broken, met = broken_by(self._layer.demands, plan, self._wishes.granted_in(answer.values))
        for demand in (*broken, *met):
            if demand not in self._layer.posted:
                self._layer.posted[demand] = None
                post_demand(self._year, self._wishes, demand)
        return broken

    def _hint(self, answer: Answer) -> None:
        model = self._year.model
        model.clear_hints()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
        for index, value in enumerate(answer.values):
            model.add_hint(model.get_int_var_from_proto_index(index), value)

    def _outcome(self) -> YearOutcome:
        values = self._best
        if not values:
            return YearOutcome(SolveStatus.UNKNOWN, deterministic=self.deterministic)
        scored = [stage.tier for stage in self._stages if stage.number > 0]
        proto = self._year.model.proto
        size = {"year_variables": len(proto.variables), "year_constraints": len(proto.constraints)}
        return YearOutcome(
            SolveStatus.FEASIBLE,
            plan_of(self._year, values),
            tuple(tier.score(tier.value_of(values)) for tier in scored),
            self._wishes.granted_in(values),
            self._short,
            tuple(self._bounds.get(stage.number) for stage in self._stages if stage.number > 0),
            tuple(self._incumbents),
            MappingProxyType(size),
            self.deterministic,
        )

    def _teller(self, stage: Stage) -> TierTeller | None:
        if stage.number == 0:
            return None
        return TierTeller(self._incumbents, self._progress, self._stop, stage.number, stage.tier)


def solve_year(
    problem: Problem,
    stop: Stop,
    progress: ProgressSink,
    cuts: Sequence[Cut] = (),
    hint: YearPlan | None = None,
) -> YearOutcome:
    """A year plan for the problem within the stop; see `YearLayer` for bounds and repeated solves."""
    effort = Effort(stop.remaining, problem.workers, problem.seed, problem.deterministic_limit)
    start = None if hint is None else YearOutcome(SolveStatus.UNKNOWN, hint)
    return YearLayer(problem).plan(effort, stop, progress, cuts=cuts, start=start)
