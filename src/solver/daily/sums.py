"""Totals and spreads over the year: they follow from the days alone and are set, not searched for."""

from __future__ import annotations

from collections.abc import Iterable

from src.solver.daily.fairness import Spread
from src.solver.daily.subsolve import State


def settle_sums(state: State, spreads: Iterable[Spread]) -> dict[int, int]:
    """Set every total, and the ends of every spread, to what the days say; what those that change were."""
    before: dict[int, int] = {}
    for spread in spreads:
        for total, row in spread.rows.items():
            _set(state, total, _value_by(state, total, row), before)
        totals = [state.low[total] for total in spread.totals.values()]
        _set(state, spread.most, max(totals), before)
        _set(state, spread.least, min(totals), before)
    return before


def _value_by(state: State, total: int, row: int) -> int:
    """What the row asks the total to be, everything else in it being settled (its factor is 1)."""
    return state.model.row_high[row] - (state.row_least[row] - state.low[total])


def _set(state: State, variable: int, value: int, before: dict[int, int]) -> None:
    if state.low[variable] != value or state.is_open(variable):
        before[variable] = state.low[variable]
        state.set(variable, value, value)
