"""The best schedule of a small program, proved: plans and days sought together, tier by tier.

It begins at the best schedule known and at the bounds proved so far: tiers that stand at their bound are
kept, and only years are tried that a schedule as good can have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING

from src.interchange.model import Person
from src.interchange.schedule import SolveStatus
from src.solver.answer import Candidate, candidate_of, kept_rows, scored_tiers, status_of
from src.solver.daily.assemble import CancelledError
from src.solver.expand import Decisions, decisions_of
from src.solver.plan import Cut, YearPlan
from src.solver.problem import Problem, Progress, ProgressSink
from src.solver.shares import Shares
from src.solver.stop import Stop
from src.solver.whole.lives import lives_of
from src.solver.whole.model import TooLargeError, Whole
from src.solver.whole.reach import Reach, ask_for, within_reach
from src.solver.year.demand import post_demand
from src.solver.year.layer import YearLayer
from src.solver.year.model import YearModel
from src.solver.year.objective import TierModel, YearObjective
from src.solver.year.plans import add_cut
from src.solver.year.rules import add_rules
from src.solver.year.search import Answer, Effort, Ended, search
from src.solver.year.wishes import add_wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

MOST_SEQUENCES = 10_000
"""Of rotations that one resident could be thought to have; with more, nobody would see the end of it."""
SHARE_OF_REACH = 0.2
LEAST_SECONDS = 20.0
"""So long a proof may take, or as long again as the run has taken: small programs mostly need a moment."""


@dataclass(frozen=True, slots=True)
class WholeOutcome:
    """`best` where something better was found.

    `in_order` by tier: no legal schedule that is as good in the tiers before exceeds it; None = not proved.
    Empty where nothing was sought or proved.
    """

    best: Candidate | None = None
    in_order: tuple[Decimal | None, ...] = ()
    model_size: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


NONE = WholeOutcome()
"""Nothing found, nothing proved."""


class WholeSearch:
    """One search: from a schedule that is known, with bounds that every legal schedule keeps."""

    def __init__(
        self,
        problem: Problem,
        layer: YearLayer,
        shares: Shares,
        stop: Stop,
        progress: ProgressSink,
    ) -> None:
        self._problem = problem
        self._layer = layer
        self._shares = shares
        self._stop = stop
        self._progress = progress
        self._until = stop.seconds + max(LEAST_SECONDS, stop.seconds)

    def solve(self, best: Candidate, bounds: Sequence[Decimal | None], cuts: Sequence[Cut]) -> WholeOutcome:
        """The best schedule there is, as far as it is found, and what was proved of each tier.

        `cuts` are what all legal schedules keep; guesses among them are left out.
        """
        missing = len(best.score.tiers) - len(bounds)
        return (
            self._solve(best, (*bounds, *[None] * missing), cuts) if self._is_worth_it(best, bounds) else NONE
        )

    def _is_worth_it(self, best: Candidate, bounds: Sequence[Decimal | None]) -> bool:
        """Whether something is left to prove of a small program whose tiers alone say what is best."""
        is_proved = status_of(scored_tiers(best.score, bounds)) is SolveStatus.OPTIMAL
        if is_proved or self._shares.is_over:
            return False
        program = self._problem.program
        named = any(tier.weight("unmet_staffing") for tier in program.objective)
        is_told = named or not self._problem.allow_unmet
        return is_told and all(self._sequences(person) <= MOST_SEQUENCES for person in program.residents)

    def _sequences(self, person: Person) -> int:
        facts, frozen = self._layer.facts, self._layer.frozen.rotation
        mine = ((person.id, block) for block in facts.blocks_of[person.id])
        return prod(1 if key in frozen else len(facts.options[key]) for key in mine)

    def _solve(self, best: Candidate, bounds: Sequence[Decimal | None], cuts: Sequence[Cut]) -> WholeOutcome:
        self._tell()
        plans = self._plans(best, bounds, [cut for cut in cuts if cut.proved])
        if plans is None:
            return NONE
        try:
            whole = Whole(self._problem, self._layer.facts, self._layer.frozen, plans, self._stop)
        except (CancelledError, TooLargeError):
            return NONE
        return self._climb(whole, best, bounds)

    def _plans(
        self, best: Candidate, bounds: Sequence[Decimal | None], cuts: Sequence[Cut]
    ) -> dict[str, tuple[YearPlan, ...]] | None:
        """The years each resident may have in a schedule no worse than the best; None where too many."""
        reach = self._reach(best, bounds, cuts)
        if reach is None:
            return None
        found: dict[str, tuple[YearPlan, ...]] = {}
        for person in self._problem.program.residents:
            lives = lives_of(self._problem, self._layer.frozen, person, reach, self._stop)
            if lives is None:
                return None
            found[person.id] = lives
        return found

    def _reach(self, best: Candidate, bounds: Sequence[Decimal | None], cuts: Sequence[Cut]) -> Reach | None:
        layer = self._layer
        year = YearModel(layer.facts, frozen=layer.frozen, allow_unmet=self._problem.allow_unmet)
        add_rules(year)
        wishes = add_wishes(year)
        for demand in tuple(layer.posted):
            post_demand(year, wishes, demand)
        for cut in cuts:
            add_cut(year, cut)
        tiers = YearObjective(year, wishes, layer.ceilings).tiers
        for tier, reached, bound in zip(tiers, best.score.tiers, bounds, strict=True):
            ask_for(year.model, tier, reached)
            if bound != reached:
                break
        reach = within_reach(year, self._effort.part(SHARE_OF_REACH), self._stop)
        self._shares.used += 0.0 if reach is None else reach.deterministic
        return reach

    def _climb(self, whole: Whole, best: Candidate, bounds: Sequence[Decimal | None]) -> WholeOutcome:
        """Tier by tier, each kept while the next is made as large as can be.

        Where the model holds a schedule worth less than it is, it knows too little to prove anything.
        """
        found = best
        proved: list[Decimal | None] = []
        for number, (tier, known) in enumerate(zip(whole.tiers, bounds, strict=True)):
            reached, bound = found.score.tiers[number], known
            stands = self._standing(whole, tier, found)
            if stands.ended is not Ended.PROVED or tier.score(tier.value_of(stands.values)) < reached:
                break
            whole.start_from(stands.values)
            ask_for(whole.model, tier, reached)
            if known != reached:
                answer = self._searched(whole.model, tier)
                if not answer.found or answer.bound is None:
                    break
                one = self._candidate(whole, answer)
                found = one if one.is_better_than(found) else found
                reached, bound = found.score.tiers[number], tier.score(answer.bound)
                if one.score.tiers[number] > tier.score(tier.value_of(answer.values)):
                    break
            proved.append(bound)
            if bound != reached:
                break
            ask_for(whole.model, tier, reached)
        better = found if found is not best else None
        unproved = [None] * (len(bounds) - len(proved))
        return WholeOutcome(better, (*proved, *unproved), whole.size)

    def _standing(self, whole: Whole, tier: TierModel, candidate: Candidate) -> Answer:
        """A schedule as the model knows it, the tier at its best; nothing found where the model does not."""
        model = whole.model.clone()
        for index, value in whole.standing(candidate.plan, self._decisions_of(candidate)).items():
            domain = model.proto.variables[index].domain
            domain.clear()
            domain.extend((value, value))
        return self._searched(model, tier)

    def _searched(self, model: cp_model.CpModel, tier: TierModel) -> Answer:
        """The tier as large as can be, with all the effort that is left."""
        model.maximize(tier.expression())
        answer = search(model, self._effort, self._stop)
        self._shares.used += answer.deterministic
        return answer

    @property
    def _effort(self) -> Effort:
        return self._shares.effort(1.0, max(0.0, self._until - self._stop.seconds))

    def _candidate(self, whole: Whole, answer: Answer) -> Candidate:
        rows, unmet = whole.rows(answer.values)
        plan = whole.plan(answer.values)
        return candidate_of(self._problem, plan, (*kept_rows(self._problem), *rows), unmet)

    def _decisions_of(self, candidate: Candidate) -> Decisions:
        rows, problem = candidate.schedule.assignments, self._problem
        return decisions_of(problem.program, candidate.plan, rows, blocks=problem.blocks)

    def _tell(self) -> None:
        share = self._stop.seconds / max(1.0, self._stop.seconds + self._stop.remaining)
        self._progress(Progress(self._stop.seconds, "plans and days together", 0.6 + 0.38 * share))
