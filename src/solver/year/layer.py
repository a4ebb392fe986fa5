"""The year plan, solved: a bound from the true rules alone, then the best plan whose days can be staffed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from copy import copy
from decimal import Decimal
from functools import cached_property

from src.interchange.schedule import Scope
from src.solver.ceilings.ceilings import Ceilings
from src.solver.plan import Cut, YearPlan
from src.solver.problem import Problem, ProgressSink
from src.solver.result import Incumbent
from src.solver.stop import Stop
from src.solver.year.ahead import look_ahead
from src.solver.year.between import look_between
from src.solver.year.demand import Demand, broken_by, demands, post_demand
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen, YearModel
from src.solver.year.objective import YearObjective
from src.solver.year.outcome import YearBounds, YearOutcome
from src.solver.year.plans import add_cut, frozen_of, hint_plan, plan_of
from src.solver.year.rules import add_rules
from src.solver.year.search import Effort, Ended, Glimpse, search
from src.solver.year.staged import Stage, Staged
from src.solver.year.telling import TierTeller, tell
from src.solver.year.weeks_ahead import look_at_weeks, weekly_rests
from src.solver.year.wishes import Wishes, add_wishes

SHARE_OF_REPAIR, SHARE_OF_FIRST_REPAIR = 0.4, 0.9
SHARE_OF_FIRST_BOUND, SHARE_OF_A_LATER_BOUND = 0.8, 0.1
WORTH_BEGINNING = 0.15
"""A plan so near to what is known to be possible is good enough for a first schedule."""
PlanSink = Callable[[YearBounds], None]
"""Called from a solver thread."""


class YearLayer:
    """Solves the year plans of one problem, again and again as the days send cuts."""

    def __init__(self, problem: Problem, frozen: Frozen | None = None) -> None:
        self.problem = problem
        self.facts = YearFacts(problem.program)
        self.frozen = frozen_of(problem, self.facts) if frozen is None else frozen
        self.ceilings = Ceilings(problem, self.facts, self.frozen)
        self.posted: dict[Demand, None] = {}
        self._demands: tuple[Demand, ...] | None = None
        self._hopes = problem.scope is not Scope.YEAR

    def apart(self) -> YearLayer:
        """The same for another thread: what one of the two posts from now on, the other does not know."""
        apart = copy(self)
        apart.posted = dict(self.posted)
        return apart

    def work_out(self, stop: Stop) -> None:
        """What dates ask and what is foreseen, for whoever wants it later; at a cancel it is left to them."""
        found = () if self.problem.allow_unmet else demands(self.facts, self.problem.blocks, stop)
        if not stop.cancelled:
            self._demands = found
            _ = self.foreseen

    @property
    def demands(self) -> tuple[Demand, ...]:
        """What single dates ask of a plan; nothing where demand may stay open."""
        if self._demands is None:
            self._demands = () if self.problem.allow_unmet else demands(self.facts, self.problem.blocks)
        return self._demands

    @cached_property
    def foreseen(self) -> tuple[Cut, ...]:
        """What plans had better hold so that free days can be given; none of it proved."""
        limits = self.problem.limits
        if self.problem.allow_unmet:
            return ()
        days_a_call = limits.call_every_days if "call_frequency" in limits.keeps else None
        blocks = self.problem.blocks
        weeks = look_at_weeks(self.facts, weekly_rests(limits.rows), blocks)
        return (*look_between(self.facts, blocks), *look_ahead(self.facts, blocks, days_a_call), *weeks)

    def bound(
        self,
        effort: Effort,
        stop: Stop,
        progress: ProgressSink,
        *,
        tiers: Collection[int] = (),
        first_only: bool = False,
        met: PlanSink | None = None,
    ) -> YearBounds:
        """What the true rules alone allow in those tiers (none named = all), or that they allow no plan.

        Demands of dates that a plan has broken before are among the rules. `first_only` ends with the first
        tier that the plan has a say in, and gives it all the effort: a proof wants one search in one piece.
        Meanwhile `met` is shown the first plan that is worth beginning with.
        """
        year, wishes = self._model()
        for demand in tuple(self.posted):  # another thread may be making plans
            post_demand(year, wishes, demand)
        found: list[Decimal | None] = []
        hoped: tuple[Decimal, ...] = ()
        spent = 0.0
        objective = YearObjective(year, wishes, self.ceilings, hopes=self._hopes)
        plan: YearPlan | None = None
        granted: frozenset[int] = frozenset()
        is_first_proved = False
        incumbents: list[Incumbent] = []
        for number, tier in enumerate(objective.tiers, start=1):
            most = tier.most if tier.is_bounded else None
            if not tier.terms or (tiers and number not in tiers) or (first_only and plan is not None):
                found.append(most)
                continue
            year.model.maximize(tier.expression())
            share = SHARE_OF_FIRST_BOUND if plan is None else SHARE_OF_A_LATER_BOUND
            part = effort if first_only else effort.part(share)
            teller = TierTeller(incumbents, progress, stop, number, tier) if plan is None else None
            glimpse = None if met is None else self._glimpse(year, wishes, objective, met)
            answer = search(year.model, part, stop, better=teller, glimpse=glimpse)
            spent += answer.deterministic
            if answer.ended is Ended.NONE_EXISTS:
                return YearBounds((), is_infeasible=True, deterministic=spent)
            if answer.found and plan is None:
                is_first_proved = answer.ended is Ended.PROVED and not tiers
                seen = _met(year, wishes, objective, answer.values)
                plan, granted, hoped = seen.plan, seen.granted, seen.hoped
            proved = most if answer.bound is None else tier.score(answer.bound)
            found.append(proved if tier.is_bounded else None)
            tell(progress, stop, number, hoped[number - 1] if hoped else None, found[-1])
        return YearBounds(
            tuple(found),
            plan,
            hoped,
            granted,
            is_first_proved=is_first_proved,
            incumbents=tuple(incumbents),
            deterministic=spent,
        )

    def _glimpse(self, year: YearModel, wishes: Wishes, objective: YearObjective, met: PlanSink) -> Glimpse:
        return Glimpse(WORTH_BEGINNING, lambda values: met(_met(year, wishes, objective, values)))

    def plan(
        self,
        effort: Effort,
        stop: Stop,
        progress: ProgressSink,
        *,
        cuts: Sequence[Cut] = (),
        start: YearBounds | YearOutcome | None = None,
        bounds: Sequence[Decimal | None] = (),
        first_only: bool = False,
        patience: Stop | None = None,
    ) -> YearOutcome:
        """The best plan found that keeps rules and cuts, and staffs its dates as far as can be foreseen.

        The plan of `start` is first mended around what it breaks, then improved. A tier that stands at what
        `bounds` say no schedule exceeds needs no further search; with `first_only` a mended plan that breaks
        nothing is not improved.
        """
        if start is not None and start.plan is not None:
            broken, met = broken_by(self.demands, start.plan, start.granted)
            self.posted |= dict.fromkeys((*broken, *met))
        year, wishes = self._model()
        for demand in self.posted:
            post_demand(year, wishes, demand)
        for cut in cuts:
            add_cut(year, cut)
        objective = YearObjective(year, wishes, self.ceilings, hopes=self._hopes)
        limits = (*bounds, *[None] * (len(objective.tiers) - len(bounds)))
        stages = [
            Stage(number, tier, limit, objective.foresight(number))
            for number, (tier, limit) in enumerate(zip(objective.tiers, limits, strict=True), start=1)
        ]
        if objective.unscored is not None:
            stages.insert(0, Stage(0, objective.unscored))
        if not self._hopes:
            stages += [Stage(0, tier) for tier in YearObjective(year, wishes, self.ceilings).tiers]
        if start is not None and start.plan is not None:
            hint_plan(year, start.plan)
        is_sound = all(cut.proved for cut in cuts)
        staged = Staged(
            self,
            year,
            wishes,
            stages,
            stop,
            progress,
            is_sound=is_sound,
            mends_first_only=first_only,
            patience=patience,
        )
        before = stop.seconds
        if start is not None:
            staged.repair(start, cuts, effort.part(SHARE_OF_FIRST_REPAIR if first_only else SHARE_OF_REPAIR))
        if first_only and staged.breaks_nothing:
            return staged.outcome()
        return staged.solve(effort.less(stop.seconds - before, staged.deterministic))

    def _model(self) -> tuple[YearModel, Wishes]:
        year = YearModel(self.facts, frozen=self.frozen, allow_unmet=self.problem.allow_unmet)
        add_rules(year)
        return year, add_wishes(year)


def _met(year: YearModel, wishes: Wishes, objective: YearObjective, values: Sequence[int]) -> YearBounds:
    """The plan that a solution stands for; nothing is proved by meeting it."""
    hoped = tuple(tier.score(tier.value_of(values)) for tier in objective.tiers)
    nothing = (None,) * len(hoped)
    return YearBounds(nothing, plan_of(year, values), hoped, wishes.granted_in(values))
