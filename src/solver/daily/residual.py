"""What rows ask of some free variables around a state, worked out for all rows at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from src.solver.daily.linear import LinearModel
    from src.solver.daily.subsolve import State

Integers = npt.NDArray[np.int64]


class Residual(NamedTuple):
    """A row's terms in free variables, by their places among those, and what is left of its bounds.

    None where that side always holds.
    """

    row: int
    places: Sequence[int]
    factors: Sequence[int]
    low: int | None
    high: int | None


class Columns:
    """A model's columns laid end to end: variable v has the entries `begin[v]` to `begin[v + 1]`."""

    def __init__(self, model: LinearModel) -> None:
        self.rows = len(model.row_terms)
        counts = np.fromiter(map(len, model.columns), np.int64, len(model.columns))
        self.begin: Integers = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        flat = np.fromiter(
            chain.from_iterable(chain.from_iterable(model.columns)), np.int64, 2 * int(self.begin[-1])
        )
        self.row: Integers = flat[0::2]
        self.factor: Integers = flat[1::2]
        self.low: Integers = np.array(model.low, np.int64)
        self.high: Integers = np.array(model.high, np.int64)
        self.row_low: Integers = np.array(model.row_low, np.int64)
        self.row_high: Integers = np.array(model.row_high, np.int64)

    def entries_of(self, free: Integers) -> tuple[Integers, Integers]:
        """The entries of some columns, and the place of each one's variable among them."""
        counts = self.begin[free + 1] - self.begin[free]
        places = np.repeat(np.arange(len(free)), counts)
        before = np.cumsum(counts) - counts
        return np.arange(len(places)) + (self.begin[free] - before)[places], places


def residuals(state: State, free: Sequence[int]) -> Iterator[Residual]:
    """The rows of the free variables that their values could still break, in the order they are met.

    They are worked out at once: what changes in the state afterwards does not matter.
    """
    columns = state.model.laid_out()
    chosen = np.array(free, np.int64)
    entries, places = columns.entries_of(chosen)
    if not len(entries):
        return iter(())
    by_row = np.argsort(columns.row[entries], kind="stable")
    entries, places = entries[by_row], places[by_row]
    row_of, factor = columns.row[entries], columns.factor[entries]
    begin = np.flatnonzero(np.diff(row_of, prepend=-1))
    rows = row_of[begin]

    def reach(low: Integers, high: Integers) -> tuple[Integers, Integers]:
        """The least and the most that the free terms of each row come to between those bounds."""
        at_low, at_high = factor * low[places], factor * high[places]
        return (
            np.add.reduceat(np.minimum(at_low, at_high), begin),
            np.add.reduceat(np.maximum(at_low, at_high), begin),
        )

    now = reach(_taken(state.low, free), _taken(state.high, free))
    can = reach(columns.low[chosen], columns.high[chosen])
    low = columns.row_low[rows] - (_taken(state.row_most, rows.tolist()) - now[1])
    high = columns.row_high[rows] - (_taken(state.row_least, rows.tolist()) - now[0])
    has_low, has_high = low > can[0], high < can[1]
    end = np.append(begin[1:], len(entries))
    binding = np.flatnonzero(has_low | has_high)
    met = binding[np.argsort(places[begin[binding]], kind="stable")]

    def one_by_one() -> Iterator[Residual]:
        all_places, all_factors = cast("list[int]", places.tolist()), cast("list[int]", factor.tolist())
        for each in met.tolist():
            yield Residual(
                int(rows[each]),
                all_places[begin[each] : end[each]],
                all_factors[begin[each] : end[each]],
                int(low[each]) if has_low[each] else None,
                int(high[each]) if has_high[each] else None,
            )

    return one_by_one()


def _taken(values: Sequence[int], where: Sequence[int]) -> Integers:
    return np.fromiter(map(values.__getitem__, where), np.int64, len(where))
