"""What the terms of an objective can come to at best, for every legal schedule of a problem.

The year plan's own terms are bounded by its search. For terms that days decide, a year plan's model counts
what is known quickly; what takes a moment is worked out once, beside other work, and taken off afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from src.interchange.model import Tier
from src.interchange.schedule import AssignmentRow, Scope
from src.solver.answer import kept_rows
from src.solver.ceilings.crowds import Question
from src.solver.ceilings.fairness import OF_CALLS, OF_DATES, FairShares
from src.solver.ceilings.heavy import least_heavy_spreads
from src.solver.ceilings.nights import SingleNights
from src.solver.ceilings.whole import WholeWeekends
from src.solver.daily.facts import ProgramFacts
from src.solver.problem import Problem
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen
from src.solver.year.weekends import most_whole_weekends

SHARED_OUT = OF_CALLS | OF_DATES


class Ceilings:
    """Bounds of one problem, with what it keeps of an existing schedule."""

    def __init__(self, problem: Problem, facts: YearFacts, frozen: Frozen) -> None:
        self.question = Question(problem, facts, frozen)

    @cached_property
    def _kept(self) -> tuple[AssignmentRow, ...]:
        return kept_rows(self.question.problem)

    @cached_property
    def least_heavy_spreads(self) -> Mapping[int | None, int]:
        """PGY -> the least spread of heavy blocks."""
        terms = {term for tier in self.question.program.objective for term, _ in tier.weights}
        if "fair_heavy_blocks" not in terms or self.question.plan_is_given:
            return {}
        return least_heavy_spreads(self.question)

    @cached_property
    def weekends(self) -> int:
        """Whole weekends that no schedule exceeds, counted quickly."""
        question = self.question
        is_whole = question.solved.issuperset(question.facts.block_numbers) and not question.frozen.weeks
        return most_whole_weekends(question.facts, all_demand_is_met=question.demand_is_met and is_whole)

    def at_best(self, term: str, weight: Decimal) -> Fraction | None:
        """The most a term of days scores, as far as it is known quickly; None = nothing is known."""
        if term == "whole_weekends":
            return max(Fraction(0), Fraction(weight) * self.weekends)
        if term == "isolated_nights":
            return max(Fraction(0), Fraction(weight) * self._nights.most())
        if weight >= 0:
            return Fraction(0)
        most = self._fair.most(term) if term in SHARED_OUT else None
        return None if most is None else -Fraction(weight) * most

    @cached_property
    def gains(self) -> tuple[Decimal, ...]:
        """Tier by tier, by how much less than `at_best` every legal schedule scores."""
        return tuple(self._gain(tier) for tier in self.question.program.objective)

    def lowered(self, bounds: Sequence[Decimal | None]) -> tuple[Decimal | None, ...]:
        """Bounds that rest on `at_best`, brought down by what more is known."""
        pairs = zip(bounds, self.gains, strict=False)
        return tuple(None if bound is None else bound - gain for bound, gain in pairs)

    def _gain(self, tier: Tier) -> Decimal:
        if self.question.problem.scope is Scope.YEAR:
            return Decimal(0)
        exact = sum((self._gain_of(term, weight) for term, weight in tier.weights), Fraction(0))
        return Decimal(exact.numerator) / Decimal(exact.denominator)

    def _gain_of(self, term: str, weight: Decimal) -> Fraction:
        if term == "whole_weekends" and weight > 0:
            most = self._whole_weekends
            return Fraction(weight) * max(0, self.weekends - most) if most is not None else Fraction(0)
        if term == "isolated_nights" and weight < 0:
            return -Fraction(weight) * self._nights.least()
        if term in SHARED_OUT and weight > 0:
            return Fraction(weight) * self._fair.least(term)
        return Fraction(0)

    @cached_property
    def _whole_weekends(self) -> int | None:
        return WholeWeekends(self.question, self._kept).most()

    @cached_property
    def _nights(self) -> SingleNights:
        return SingleNights(self.question, self._shared, self._kept)

    @cached_property
    def _fair(self) -> FairShares:
        return FairShares(self.question, self._shared, self._kept)

    @cached_property
    def _shared(self) -> ProgramFacts:
        return ProgramFacts(self.question.program)
