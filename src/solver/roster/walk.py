"""A walk through rosters: one person after another is given the best row against all others' rows, at prices
shaken by a heat that falls to nothing. Whole rows change at each step, so that few steps go far.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from src.solver.roster.problem import Row
from src.solver.roster.work import ROUNDING, Work

STEPS_A_PERSON = 3


def walk(work: Work, base: Sequence[Row], price: int, heat: float, seed: int) -> dict[int, Row] | None:
    """The rows that differ from `base`, which costs `price`, in the best roster on the way; None when the way
    led to none as good. A worse row is taken with a chance that falls with what it costs and with time
    (S. Kirkpatrick and others, "Optimization by simulated annealing", Science 220, 1983).
    """
    rng, table = np.random.default_rng(seed), work.table
    rows, there = list(base), table.there(base)
    now, least, best = float(price), float(price), list(base)
    days = np.arange(work.problem.days)
    steps = STEPS_A_PERSON * len(rows)
    for step in range(steps):
        if work.stop.reached:
            break
        person = int(rng.integers(len(rows)))
        there[table.lines(rows[person])] -= 1
        prices = table.marginal(person, there)
        shaken = prices + heat * rng.random(prices.shape)
        priced = work.pricers[person].price(shaken).rows
        if priced:
            row = priced[0][1]
            change = float((prices[days, list(row)] - prices[days, list(rows[person])]).sum())
            warm = heat * (1 - step / steps)
            if change <= ROUNDING or rng.random() < np.exp(-change / max(warm, ROUNDING)):
                rows[person], now = row, now + change
        there[table.lines(rows[person])] += 1
        if now < least + ROUNDING:
            least, best = min(now, least), list(rows)
    changed = {person: row for person, row in enumerate(best) if row != base[person]}
    return changed or None
