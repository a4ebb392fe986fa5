"""The soft terms of the objective as integers: which tier each belongs to, and at what weight."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import lcm

from src.interchange.model import HistoryCountKind, Program
from src.solver.daily.linear import Expr, LinearModel, Scale

_COSTS = ("unmet_", "fair_")
UNMET = "unmet_staffing"

_HISTORY_OF = {
    "fair_call_points": HistoryCountKind.POINTS,
    "fair_weekends": HistoryCountKind.WEEKENDS,
    "fair_holidays": HistoryCountKind.HOLIDAYS,
    "fair_nights": HistoryCountKind.NIGHTS,
    "fair_jeopardy": HistoryCountKind.JEOPARDY,
}


class Objective:
    """Tiers of `objective.toml`, in order; where none names open demand, an unscored tier before all does."""

    def __init__(self, program: Program, model: LinearModel) -> None:
        self._model = model
        named = any(tier.weight(UNMET) is not None for tier in program.objective)
        self.first_tier = 0 if named else 1
        """The place of the objective's first tier in the model's."""
        self._weights: dict[str, list[tuple[int, Fraction]]] = {}
        if not named:
            self._weights[UNMET] = [(0, Fraction(-1))]
        for place, tier in enumerate(program.objective, start=self.first_tier):
            for term, weight in tier.weights:
                sign = -1 if term.startswith(_COSTS) or term == "advisories" else 1
                self._weights.setdefault(term, []).append((place, sign * Fraction(weight)))
        self._units = {term: _unit(program, term) for term in _HISTORY_OF}
        self._scales = self._tier_scales(len(program.objective) + self.first_tier)
        self._steps = {
            term: [(tier, int(weight * self._scales[tier] / self.unit(term))) for tier, weight in weights]
            for term, weights in self._weights.items()
        }
        """What one of a term, in its units, counts in each tier."""
        model.tiers = [Scale() for _ in self._scales]

    def __contains__(self, term: str) -> bool:
        return term in self._weights

    def is_wanted_less(self, term: str) -> bool:
        """Whether some tier scores more the less there is of the term."""
        return any(weight < 0 for _, weight in self._weights.get(term, ()))

    def is_wanted_more(self, term: str) -> bool:
        """Whether some tier scores more the more there is of the term."""
        return any(weight > 0 for _, weight in self._weights.get(term, ()))

    def scale_of(self, tier: int) -> int:
        """By what a tier is multiplied so that all its weights are whole."""
        return self._scales[tier]

    def unit(self, term: str) -> int:
        """How many steps a count of the term is cut into, so that points and history become integers."""
        return self._units.get(term, 1)

    def count(self, term: str, expr: Expr) -> None:
        """Let the expression, in the term's units, count for the term; a term that no tier names does not."""
        for tier, step in self._steps.get(term, ()):
            self._model.reward(tier, expr, step)

    def score(self, tier: int, value: int) -> Decimal:
        """A tier's integer value in the objective's own units."""
        exact = Fraction(value, self._scales[tier])
        return Decimal(exact.numerator) / Decimal(exact.denominator)

    def _tier_scales(self, tiers: int) -> list[int]:
        scales = [1] * tiers
        for term, weights in self._weights.items():
            for tier, weight in weights:
                scales[tier] = lcm(scales[tier], (weight / self.unit(term)).denominator)
        return scales


def _unit(program: Program, term: str) -> int:
    kind = _HISTORY_OF[term]
    counts = [count.count for count in program.history_counts if count.kind is kind]
    if kind is HistoryCountKind.POINTS:
        counts += [call.points for call in program.calls]
    return lcm(1, *(Fraction(count).denominator for count in counts))


def history_of(program: Program, term: str) -> dict[str, Fraction]:
    """What earlier years left each person with, for a fairness term."""
    kind = _HISTORY_OF[term]
    found: dict[str, Fraction] = {}
    for count in program.history_counts:
        if count.kind is kind:
            found[count.person] = found.get(count.person, Fraction(0)) + Fraction(count.count)
    return found
