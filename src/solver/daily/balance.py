"""Leaning towards a fair share while days are built: those who have much of something get it at a price.

The spread over the year is not known before its end. Until then each resident's total so far, history
included, is compared with the others of the PGY, and one more of it costs or earns in proportion.
"""

from __future__ import annotations

from src.solver.daily.assemble import DailyModel
from src.solver.daily.fairness import Spread
from src.solver.daily.subsolve import State


def granting_values(daily: DailyModel) -> dict[int, int]:
    """Where a search that takes the first roster had better begin: with every request granted."""
    return {
        variable: int(factor > 0) for granted in daily.requests.values() for variable, factor in granted.terms
    }


def leaning_weights(daily: DailyModel, state: State, steps: list[int]) -> dict[int, int]:
    """Weights by variable, in the sum of tiers in which a tier counts `steps[tier]`."""
    weights: dict[int, int] = {}
    for tier, scale in enumerate(daily.model.tiers):
        for spread in daily.spreads:
            price = -scale.weights.get(spread.most, 0) * steps[tier]
            if price:
                _lean(daily, state, spread, price, weights)
    return weights


def _lean(daily: DailyModel, state: State, spread: Spread, price: int, weights: dict[int, int]) -> None:
    sure = {total: _sure(state, total, spread.rows.get(total)) for total in spread.totals.values()}
    mean = sum(sure.values()) / len(sure)
    furthest = max(abs(each - mean) for each in sure.values())
    if furthest < 1:
        return
    for total, row in spread.rows.items():
        cost = round(price * (sure[total] - mean) / furthest)
        for variable, factor in daily.model.row_terms[row]:
            if variable != total and cost:
                weights[variable] = weights.get(variable, 0) + cost * factor


def _sure(state: State, total: int, row: int | None) -> int:
    """What the resident has for sure by now: what later days may add is left out."""
    if row is None:
        return state.low[total]
    high = state.row_most[row] - state.high[total]
    return state.model.row_high[row] - high
