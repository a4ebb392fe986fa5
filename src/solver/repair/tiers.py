"""The objective's tiers as one weighted sum, each tier outweighing all that later ones can gain."""

from __future__ import annotations

from collections.abc import Mapping

from src.solver.repair.near import NearModel

LARGEST_SUM = 2**56


def tier_weights(near: NearModel, values: Mapping[int, int], last: Mapping[int, int]) -> dict[int, int]:
    """The weights by variable, with `last` as one tier more, after the objective's own.

    `values` are a solution: spreads are not expected to grow beyond what they are in it. Where numbers become
    too large to add, later tiers are left to chance.
    """
    model, spreads = near.daily.model, near.daily.spreads
    weights: dict[int, int] = dict(last)
    step = len(weights) + 1
    for scale in reversed(model.tiers):
        mine = {variable: weight for variable, weight in scale.weights.items() if variable in values}
        ends = {end for spread in spreads for end in (spread.most, spread.least)}
        reach = sum(
            abs(weight) * (model.high[variable] - model.low[variable])
            for variable, weight in mine.items()
            if variable not in ends
        )
        for spread in spreads:
            if spread.most in mine:
                least = values.get(spread.least, model.low[spread.least])
                reach += abs(mine[spread.most]) * (values[spread.most] - least + 1)
        if mine and step * (reach + 1) > LARGEST_SUM:
            weights, step = {}, 1
        for variable, weight in mine.items():
            weights[variable] = weights.get(variable, 0) + step * weight
        step *= reach + 1
    return weights


def weighted_sum(weights: Mapping[int, int], values: Mapping[int, int]) -> int:
    """What a solution is worth, settled variables aside."""
    return sum(weight * values[variable] for variable, weight in weights.items() if variable in values)
