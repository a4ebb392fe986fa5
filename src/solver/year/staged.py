"""A year plan made better stage by stage: each tier kept while the next is improved.

What a solution asks of single dates and breaks is posted before the next search, which starts from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from src.interchange.schedule import Scope, SolveStatus
from src.solver.plan import Cut, OnVacation, YearPlan
from src.solver.problem import ProgressSink
from src.solver.result import Incumbent
from src.solver.stop import Stop
from src.solver.year.demand import Demand, broken_by, post_demand
from src.solver.year.model import YearModel
from src.solver.year.objective import TierModel
from src.solver.year.outcome import YearBounds, YearOutcome
from src.solver.year.plans import plan_of
from src.solver.year.search import CLOSE_BY, Answer, Effort, Ended, search
from src.solver.year.solutions import completed, hint_solution
from src.solver.year.telling import TierTeller
from src.solver.year.wishes import Wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from src.solver.year.layer import YearLayer

SHARE_OF_FIRST_STAGE, SHARE_OF_A_LATER_STAGE = 0.7, 0.5
SHARE_OF_FORESIGHT, SHARE_OF_COMPLETING = 0.9, 0.2
"""Of the effort left, what one stage does not need being for the next; and of that, to see what there is."""
LEAST_FORESIGHT, SHARE_OF_ALL_FOR_FORESIGHT = 4.0, 0.12
"""Seconds, but no more than that share of what is left of the run, whatever the stages before it took."""
IDLE_SLICES = 3
PATIENCE, LEAST_PATIENCE = 0.25, 1.5
"""A share of the effort, but so many seconds at least: so long foresight waits for another gain."""
ROUNDS_OF_REPAIR = 3
"""What a repair breaks elsewhere is mended in turn."""
REACHES = (1, 4)
"""How many blocks around trouble a repair may change, at first and then."""
NEAR_ENOUGH = 0.15
"""The gap at which a repair ends that need not be the best."""
LITTLE, SHARE_OF_A_MEND = 0.5, 0.1
"""Of the blocks, as many as a repair may change at first so that mending a solution is worth trying."""
LEAST_REPAIR = 1.5
"""Seconds; a search near a plan is mostly proved in less, and finds nothing in much less."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Something to make as large as can be; `number` is its tier of the objective, 0 = of none.

    No legal schedule exceeds `bound` (None = nothing known).
    """

    number: int
    tier: TierModel
    bound: Decimal | None = None
    foresight: Callable[[], TierModel] | None = None
    """The tier with what plans decide of the days' terms."""

    def is_at_bound(self, values: Sequence[int]) -> bool:
        """Whether a solution is as good as any can be."""
        return self.bound is not None and self.tier.score(self.tier.value_of(values)) >= self.bound

    @property
    def enough(self) -> float | None:
        """The value of the expression at which a search may end."""
        return None if self.bound is None else self.tier.value_at(self.bound)


class Staged:
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
        mends_first_only: bool,
        patience: Stop | None = None,
    ) -> None:
        self._layer = layer
        self._year = year
        self._wishes = wishes
        self._stages = stages
        self._stop = stop
        self._patience = patience or stop
        """When to end with foresight, which never keeps a run waiting."""
        self._is_hurried = False
        self._progress = progress
        self._incumbents: list[Incumbent] = []
        self.deterministic = 0.0
        self._best: tuple[int, ...] | None = None
        """The values of a model without residents are none at all, and a plan."""
        self._short = 0
        self._is_sound = is_sound
        """Whether all schedules keep what the model asks that are as good in the tiers before: what it proves
        is a bound of theirs then."""
        self._is_first = True
        """Whether no tier before asks for anything: what is proved holds for every legal schedule."""
        self._bounds: dict[int, Decimal] = {}
        self._in_order: dict[int, Decimal] = {}
        self._mends_first_only = mends_first_only
        """Whether a repair may leave later tiers as they come: whatever does, soon."""

    def repair(self, start: YearBounds | YearOutcome, cuts: Sequence[Cut], effort: Effort) -> None:
        """Mend a plan around what it breaks; the stages that follow start from the mended one."""
        plan, granted = start.plan, start.granted
        for _ in range(ROUNDS_OF_REPAIR):
            if plan is None:
                return
            broken, _ = broken_by(self._layer.demands, plan, granted)
            blocks = self._blocks_of(cut for cut in cuts if not cut.is_kept_by(plan)) | _blocks_asked(broken)
            answer = self._mended(plan, blocks, effort.part(1 / ROUNDS_OF_REPAIR), self._stages)
            if answer is None:
                return
            short = len(self._broken_by(answer))
            self._keep(self._first_stage, answer, short)
            hint_solution(self._year.model, answer.values)
            plan, granted = plan_of(self._year, answer.values), self._wishes.granted_in(answer.values)
            if not short:
                return

    def _mended_near(
        self, stage: Stage, answer: Answer, broken: list[Demand], effort: Effort
    ) -> tuple[Answer, list[Demand]]:
        """A solution that breaks little, mended in the blocks near; as it is where that is not to be had.

        One that loses nothing by it is proved as good as can be where the other was.
        """
        mended, left = answer, broken
        for _ in range(ROUNDS_OF_REPAIR):
            near, blocks = _near(_blocks_asked(left), REACHES[0]), self._layer.facts.block_numbers
            if len(near.intersection(blocks)) > LITTLE * len(blocks):
                break
            plan, part = plan_of(self._year, mended.values), effort.part(SHARE_OF_A_MEND)
            found = self._mended(plan, _blocks_asked(left), part, [stage], REACHES[:1])
            if found is None:
                break
            mended, left = found, self._broken_by(found)
            if not left:
                keeps = stage.tier.value_of(mended.values) >= stage.tier.value_of(answer.values)
                return replace(mended, ended=answer.ended if keeps else Ended.FOUND, bound=answer.bound), left
        return answer, broken

    def _mended(
        self,
        plan: YearPlan,
        blocks: frozenset[int],
        effort: Effort,
        stages: Sequence[Stage],
        reaches: Sequence[int] = REACHES,
    ) -> Answer | None:
        """The best plan that differs only in those blocks and near them; None where none was found."""
        effort = effort.part(1 / len(reaches)).at_least(LEAST_REPAIR)
        for reach in reaches:
            near = _near(blocks, reach)
            model = self._year.model.clone()
            self._keep_outside(model, plan, near)
            found: Answer | None = None
            for stage in [stage for stage in stages if stage.tier.terms] or [Stage(0, TierModel())]:
                model.maximize(stage.tier.expression())
                answer = search(
                    model, effort, self._stop, gap=NEAR_ENOUGH if self._mends_first_only else None
                )
                self.deterministic += answer.deterministic
                found = answer if answer.found else found
                if not answer.found or self._mends_first_only:
                    break
                model.add(stage.tier.expression() >= stage.tier.value_of(answer.values))
                hint_solution(model, answer.values)
            if found is not None:
                return found
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
        asked = [stage for stage in self._stages if stage.tier.terms or stage.foresight]
        stages = asked or [Stage(0, TierModel())]
        for place, stage in enumerate(stages):
            before = self._stop.seconds, self.deterministic
            later = SHARE_OF_FORESIGHT if stage.foresight else SHARE_OF_A_LATER_STAGE
            part = effort.part(later if place else SHARE_OF_FIRST_STAGE)
            kept, ended = self._better(stage, part, proves=not place or not self._needs_days)
            effort = effort.less(self._stop.seconds - before[0], self.deterministic - before[1])
            if ended is Ended.NONE_EXISTS and (self._best is None or (self._short and self._needs_days)):
                return YearOutcome(SolveStatus.INFEASIBLE, deterministic=self.deterministic)
            if ended is Ended.NOTHING or self._short or self._stop.reached:
                break
            if kept.tier.terms and self._best is not None:
                model.add(kept.tier.expression() >= kept.tier.value_of(self._best))
                is_proved = ended is Ended.PROVED or kept.is_at_bound(self._best)
                self._is_first = False
                # where days are wanted, they may come to less than is hoped for
                self._is_sound &= is_proved and not self._needs_days
        return self.outcome()

    def _better(self, stage: Stage, effort: Effort, *, proves: bool) -> tuple[Stage, Ended]:
        """Settle a stage, with what can be foreseen of it where there is a plan; and what is to be kept."""
        foresees = stage.foresight is not None and not self._mends_first_only
        ended = Ended.FOUND
        if not foresees or self._best is None or self._short or self._is_sound:
            ended = self._settle(stage, effort, proves=proves)
        if not foresees or stage.foresight is None or self._best is None or self._short:
            return stage, ended
        if self._patience.reached:
            self._is_hurried = True
            return stage, ended
        before = self._stop.seconds, self.deterministic
        fuller = Stage(0, stage.foresight(), stage.bound)
        least = min(LEAST_FORESIGHT, SHARE_OF_ALL_FOR_FORESIGHT * self._stop.remaining)
        close_by = replace(effort, searches=CLOSE_BY).at_least(least)
        self._complete(fuller, close_by.part(SHARE_OF_COMPLETING))
        patience = max(LEAST_PATIENCE, PATIENCE * close_by.seconds)
        self._settle(fuller, close_by, proves=False, stop=self._patience, patience=patience)
        self._is_hurried |= self._patience.reached
        if self._is_hurried or fuller.tier.is_known_in(self._best):
            return fuller if fuller.tier.is_known_in(self._best) else stage, ended
        effort = effort.less(self._stop.seconds - before[0], self.deterministic - before[1])
        return stage, self._settle(stage, effort, proves=proves)

    def _complete(self, fuller: Stage, effort: Effort) -> None:
        """What the plan at hand comes to with all that is foreseen: a whole solution to begin with."""
        answer = completed(self._year.model, self._best or (), fuller.tier, effort, self._stop)
        self.deterministic += answer.deterministic
        if answer.found:
            self._best = tuple(answer.values)
            hint_solution(self._year.model, answer.values)

    @property
    def _needs_days(self) -> bool:
        """Whether a plan whose dates nobody can staff is of no use; it is when only the year is asked for."""
        return self._layer.problem.scope is not Scope.YEAR

    def _settle(
        self,
        stage: Stage,
        effort: Effort,
        *,
        proves: bool,
        stop: Stop | None = None,
        patience: float | None = None,
    ) -> Ended:
        """Search, slice by slice, for the best solution that breaks no demand; the last search's end.

        What a slice's solution breaks is posted before the next, which starts from it. Where no proof is
        wanted, for days are still to come that weigh more, the first slice that gains no more is the last.
        """
        self._year.model.maximize(stage.tier.expression())
        stop = stop or self._stop
        is_known = self._best is not None and stage.tier.is_known_in(self._best)
        if self._best is not None and is_known and not self._short and stage.is_at_bound(self._best):
            return Ended.FOUND
        ended = Ended.NOTHING
        idle, has_gained = 0, False
        part = effort.slice() if patience is None else effort
        while effort.seconds > 0 and idle < IDLE_SLICES:
            before = stop.seconds
            answer = search(
                self._year.model,
                part,
                stop,
                better=self._teller(stage),
                stop_at=stage.enough,
                patience=patience,
            )
            used = self.deterministic
            self.deterministic += answer.deterministic
            self._note_bound(stage, answer)
            broken = self._broken_by(answer) if answer.found else []
            if broken and stage is self._first_stage:
                answer, broken = self._mended_near(stage, answer, broken, effort)
            effort = effort.less(stop.seconds - before, self.deterministic - used)
            part = effort.slice()
            if not answer.found:
                if answer.ended is Ended.NONE_EXISTS or stop.reached:
                    return answer.ended if self._best is None or self._short else ended
                idle += 1
                part = effort  # on a busy machine a slice may end before the search has begun
                continue
            gained = self._keep(stage, answer, len(broken))
            idle = 0 if gained or broken else idle + 1
            if not proves and has_gained and not gained and not broken:
                break
            has_gained |= gained
            if not broken and (proves or not has_gained):
                part = effort  # nothing to look for between: proofs need time in one piece
            ended = answer.ended if not broken else Ended.FOUND
            hint_solution(self._year.model, answer.values)
            if not broken and (
                patience is not None or answer.ended is Ended.PROVED or stage.is_at_bound(answer.values)
            ):
                break
        return ended

    def _note_bound(self, stage: Stage, answer: Answer) -> None:
        if not (self._is_sound and stage.number and stage.tier.is_bounded and answer.bound is not None):
            return
        bound = stage.tier.score(answer.bound)
        for bounds in (self._bounds, self._in_order) if self._is_first else (self._in_order,):
            bounds[stage.number] = min(bound, bounds.get(stage.number, bound))

    def _keep(self, stage: Stage, answer: Answer, short: int) -> bool:
        """Keep a solution that breaks less than the best, or as little and scores more in the stage."""
        if self._best is None:
            better = True
        elif not stage.tier.is_known_in(self._best):
            better = short <= self._short
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

    @property
    def breaks_nothing(self) -> bool:
        """Whether there is a plan yet that keeps every date's demand."""
        return self._best is not None and not self._short

    def outcome(self) -> YearOutcome:
        """The best plan so far."""
        values = self._best
        if values is None:
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
            tuple(self._in_order.get(stage.number) for stage in self._stages if stage.number > 0),
            tuple(self._incumbents),
            MappingProxyType(size),
            self.deterministic,
            self._is_hurried,
        )

    def _teller(self, stage: Stage) -> TierTeller | None:
        if stage.number == 0:
            return None
        return TierTeller(self._incumbents, self._progress, self._stop, stage.number, stage.tier)


def _blocks_asked(demands: Iterable[Demand]) -> frozenset[int]:
    """The academic blocks of the dates."""
    return frozenset(chance.block for demand in demands for chance in demand.chances)


def _near(blocks: Iterable[int], reach: int) -> frozenset[int]:
    """The blocks, and so many before and after each."""
    return frozenset(block + step for block in blocks for step in range(-reach, reach + 1))
