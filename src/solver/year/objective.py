"""The objective's tiers as far as a year plan decides or foresees them, as integers.

Exact are the points of vacation weeks, rotation requests, the spread of heavy blocks and open coverage. Hoped
for are requests about days and calls: a plan leaves room for them, the days may grant them. All other terms
count at the best they could be, so that the bound of a tier holds for every schedule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

from src.interchange.model import RequestKind, Setting, Tier
from src.solver.problem import Limits
from src.solver.year.foresight import can_foresee, foreseen_terms
from src.solver.year.model import YearModel
from src.solver.year.wishes import Wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from src.solver.ceilings.ceilings import Ceilings

HEAVY = frozenset({Setting.INPATIENT, Setting.NIGHT_FLOAT})


@dataclass
class TierModel:
    """One tier: weighted literals scaled to integers, and whether its bound says anything."""

    terms: list[tuple[Fraction, cp_model.IntVar]] = field(default_factory=list)
    constant: Fraction = Fraction(0)
    is_bounded: bool = True

    @property
    def scale(self) -> int:
        return lcm(1, *(weight.denominator for weight, _ in self.terms))

    def expression(self) -> cp_model.LinearExprT:
        scale = self.scale
        return sum(int(weight * scale) * literal for weight, literal in self.terms)

    def score(self, value: float) -> Decimal:
        """A value of the expression in the objective's own units."""
        exact = Fraction(round(value), self.scale) + self.constant
        return Decimal(exact.numerator) / Decimal(exact.denominator)

    def is_known_in(self, values: Sequence[int]) -> bool:
        """Whether a solution has a value for each of the literals: those added after it have none."""
        return all(literal.index < len(values) for _, literal in self.terms)

    @property
    def ends(self) -> tuple[int, int]:
        """The least and the most that the expression can be, each term taken by itself."""
        scale = self.scale
        least = most = 0
        for weight, literal in self.terms:
            domain = list(literal.proto.domain)
            ends = sorted(int(weight * scale) * value for value in (domain[0], domain[-1]))
            least, most = least + ends[0], most + ends[1]
        return least, most

    @property
    def most(self) -> Decimal:
        """What no plan exceeds, each term at its best."""
        return self.score(self.ends[1])

    def value_at(self, score: Decimal) -> float:
        """The value of the expression that scores so."""
        return float((Fraction(score) - self.constant) * self.scale)

    def value_of(self, values: Sequence[int]) -> int:
        scale = self.scale
        return sum(int(weight * scale) * values[literal.index] for weight, literal in self.terms)


class YearObjective:
    """The tiers of a year model, in the order of the objective.

    Without `hopes` only the terms that a year plan decides count, as for a run that ends with the year plan.
    `ceilings` say what the others can come to at best; without them a tier that has any is not bounded.
    """

    def __init__(
        self, year: YearModel, wishes: Wishes, ceilings: Ceilings | None = None, *, hopes: bool = True
    ) -> None:
        self._year = year
        self._wishes = wishes
        self._ceilings = ceilings
        self._limits = Limits() if ceilings is None else ceilings.question.problem.limits
        self._hopes = hopes
        self._spreads: list[cp_model.IntVar] | None = None
        self.tiers = [self._tier(tier) for tier in year.facts.program.objective]
        if year.allow_unmet and not any(tier.weight("unmet_staffing") for tier in _tiers(year)):
            open_demand = [(Fraction(-1), shortfall) for shortfall in year.shortfalls]
            self.unscored: TierModel | None = TierModel(open_demand)
        else:
            self.unscored = None

    def foresight(self, number: int) -> Callable[[], TierModel] | None:
        """What makes the tier with the terms of days that a plan decides; None where it decides none of them.

        They take variables and rows of their own beside those of the rules, and no bound rests on them.
        """
        tier = self._year.facts.program.objective[number - 1]
        if not self._hopes or not can_foresee(tier):
            return None
        plain = self.tiers[number - 1]

        def make() -> TierModel:
            terms = [*plain.terms, *foreseen_terms(self._year, tier, self._limits)]
            return TierModel(terms, plain.constant, is_bounded=False)

        return make

    def _tier(self, tier: Tier) -> TierModel:
        made = TierModel()
        if tier.vacation_rank is not None:
            made.terms += self._vacation_points(tier.vacation_rank)
        for term, decimal in tier.weights:
            weight = Fraction(decimal)
            if term == "rotation_request":
                self._add_rotation_requests(made, weight)
            elif term == "fair_heavy_blocks":
                made.terms += [(-weight, spread) for spread in self._heavy_spreads()]
            elif term == "unmet_staffing":
                made.terms += [(-weight, shortfall) for shortfall in self._year.shortfalls]
            elif self._hopes:
                self._add_hopes(made, term, decimal)
        return made

    def _add_hopes(self, made: TierModel, term: str, decimal: Decimal) -> None:
        """Terms that days decide, at the best they could be."""
        weight = Fraction(decimal)
        if term == "day_off_request":
            made.terms += [(weight, literal) for _, literal in self._wishes.days]
        elif term == "no_call_request":
            made.terms += [(weight, literal) for _, literal in self._wishes.calls]
        else:
            best = None if self._ceilings is None else self._ceilings.at_best(term, decimal)
            made.is_bounded = made.is_bounded and best is not None
            made.constant += best or 0

    def _vacation_points(self, ranks: tuple[Decimal, ...]) -> list[tuple[Fraction, cp_model.IntVar]]:
        found: list[tuple[Fraction, cp_model.IntVar]] = []
        for request in self._year.facts.program.requests:
            if request.kind is not RequestKind.VACATION or request.start_date is None:
                continue
            monday = request.start_date - timedelta(days=request.start_date.weekday())
            literal = self._year.away.get((request.person, monday))
            if literal is not None and request.rank is not None and 1 <= request.rank <= len(ranks):
                found.append((Fraction(ranks[request.rank - 1]), literal))
        return found

    def _add_rotation_requests(self, made: TierModel, weight: Fraction) -> None:
        for request in self._year.facts.program.requests:
            if request.kind is not RequestKind.ROTATION or request.block is None or request.rotation is None:
                continue
            rotations = self._year.facts.program.expand(request.rotation)
            wish = 1 if request.weight is None else request.weight
            literals = self._year.literals(request.person, request.block, rotations)
            made.terms += [(weight * wish, literal) for literal in literals]

    def _heavy_spreads(self) -> list[cp_model.IntVar]:
        """Per PGY, the spread of inpatient and night float blocks among residents there all year."""
        if self._spreads is None:
            floors = {} if self._ceilings is None else self._ceilings.least_heavy_spreads
            self._spreads = [
                self._spread(loads, floors.get(pgy, 0))
                for pgy, loads in self._heavy_loads().items()
                if len(loads) > 1
            ]
        return self._spreads

    def _heavy_loads(self) -> dict[int | None, list[cp_model.LinearExprT]]:
        facts = self._year.facts
        heavy = frozenset(r.id for r in facts.program.rotations if r.setting in HEAVY)
        found: defaultdict[int | None, list[cp_model.LinearExprT]] = defaultdict(list)
        for person in facts.residents:
            if facts.is_there_all_year(person):
                blocks = facts.blocks_of[person.id]
                load = [lit for block in blocks for lit in self._year.literals(person.id, block, heavy)]
                found[person.pgy].append(self._year.sum_of(load))
        return found

    def _spread(self, loads: list[cp_model.LinearExprT], floor: int) -> cp_model.IntVar:
        model, most = self._year.model, len(self._year.facts.block_numbers)
        low, high = model.new_int_var(0, most, "least"), model.new_int_var(0, most, "most")
        spread = model.new_int_var(min(floor, most), most, "spread")
        if any((tier.weight("fair_heavy_blocks") or 0) < 0 for tier in _tiers(self._year)):
            model.add_min_equality(low, loads)  # who wants a spread has no more of it than there is
            model.add_max_equality(high, loads)
            model.add(spread == high - low)
            return spread
        for load in loads:
            model.add(load >= low)
            model.add(load <= high)
        model.add(spread >= high - low)
        return spread


def _tiers(year: YearModel) -> tuple[Tier, ...]:
    return year.facts.program.objective
