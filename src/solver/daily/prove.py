"""Small programs solved whole, tier by tier, with proof; and what bounds hold for the rest.

All bounds are of schedules under the same year plan and the same kept rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from src.solver.daily.assemble import DailyModel
from src.solver.daily.budget import Budget
from src.solver.daily.subsolve import Found, Part, State
from src.solver.daily.sums import settle_sums

MOST_VARIABLES = 6000
"""Larger models are improved part by part; as a whole they would prove nothing in good time."""
SECONDS_A_TIER = 10.0
SHARE_OF_A_TIER = 0.3
"""Of what is left, so that a proof that does not come leaves time to improve."""


@dataclass(frozen=True, slots=True)
class Proved:
    """By tier: what no schedule exceeds, and what none exceeds that is as good in the tiers before."""

    bounds: tuple[int, ...]
    in_order: tuple[int, ...]


def proved_of(daily: DailyModel) -> Proved:
    """What is known without a search: every variable at its best end."""
    bounds = State(daily.model).scores()
    return Proved(bounds, bounds)


def prove(daily: DailyModel, state: State, budget: Budget) -> Proved:
    """Solve all tiers in order as far as the budget allows; betters the state, gives bounds by tier."""
    model = daily.model
    known = proved_of(daily)
    bounds, in_order = list(known.bounds), list(known.in_order)
    free = [variable for variable in range(model.size) if model.low[variable] < model.high[variable]]
    if len(free) > MOST_VARIABLES:
        return known
    open_state = State(model)
    reached: list[tuple[dict[int, int], int]] = []
    for tier, scale in enumerate(model.tiers):
        if not budget.has_left():
            break
        part = Part(open_state, free)
        for weights, least in reached:
            part.keep(weights, least)
        part.hint({variable: state.low[variable] for variable in free})
        part.maximise(scale.weights)
        found = part.solve(budget.effort(min(SECONDS_A_TIER, SHARE_OF_A_TIER * budget.left)), budget.stop)
        budget.spend(found.deterministic)
        if found.found not in (Found.BEST, Found.SOME):
            break
        state.take(found.values)
        settle_sums(state, daily.spreads)
        in_order[tier] = min(in_order[tier], scale.constant + round(found.bound))
        if not any(weights for weights, _ in reached):
            bounds[tier] = in_order[tier]
        if found.found is not Found.BEST:
            break
        reached.append(
            (scale.weights, sum(weight * state.low[each] for each, weight in scale.weights.items()))
        )
    return Proved(tuple(bounds), tuple(in_order))
