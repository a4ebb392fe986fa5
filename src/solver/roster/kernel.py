"""The compiled dynamic programme that finds one person's cheapest legal row.

A cell is (state of the runs, weekends worked and counts of some limited kinds, minutes worked in units of the
greatest common length). One day is one step; back pointers of all days give the row. Kinds that can stand for
each other (same neighbours, same length, no maximum of their own) are one *group*, of which each day takes
the cheapest.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

NO_GROUP = -1
FREE_SLOT = -1


def _can_cache() -> bool:
    """Whether compiled code can stay beside its source; without that every process compiles it once."""
    try:
        (Path(__file__).parent / "__pycache__").mkdir(exist_ok=True)
        probe = Path(__file__).parent / "__pycache__" / ".writable"
        probe.touch()
    except OSError:
        return False
    return True


_CACHE = _can_cache()
compiled: Callable[[Any], Any] = njit(cache=_CACHE, nogil=True)
compiled_fast: Callable[[Any], Any] = njit(cache=_CACHE, nogil=True, fastmath={"reassoc", "contract"})
"""With sums in any order, which lets loops over them use wide registers."""


@compiled
def cheapest_of_groups(cost: Any, group_of: Any, groups: int, group_cost: Any, group_kind: Any) -> None:
    """Per day and group the cheapest kind and its cost; infinity where no kind is open."""
    days, marks = cost.shape
    for day in range(days):
        for group in range(groups):
            group_cost[day, group] = np.inf
            group_kind[day, group] = -1
        for mark in range(1, marks):
            group = group_of[mark - 1]
            if group >= 0 and cost[day, mark] < group_cost[day, group]:
                group_cost[day, group] = cost[day, mark]
                group_kind[day, group] = mark


@compiled
def reach(source: Any, price: float, code: int, target: Any, came: Any) -> None:
    """Cells that `source` makes cheaper at `price`: side by side, which lets the loop use wide registers."""
    for at in range(source.shape[0]):
        value = source[at] + price
        better = value < target[at]
        came[at] = code if better else came[at]
        target[at] = value if better else target[at]


@compiled
def reach_counting(
    source: Any,
    packed: Any,
    price: float,
    code: int,
    slot: int,
    mask: int,
    most: int,
    target: Any,
    counts: Any,
    came: Any,
) -> None:
    """The same along the cheapest ways, which carry packed counts; `slot` says which of them grows."""
    more = np.int64(1) << slot if slot >= 0 else np.int64(0)
    for at in range(source.shape[0]):
        value = source[at] + price
        if value < target[at] and (slot < 0 or (packed[at] >> slot) & mask < most):
            target[at] = value
            counts[at] = packed[at] + more
            came[at] = code


@compiled
def run(  # noqa: C901 -- one loop nest: cutting it up costs the compiled code its speed
    off_cost: Any,
    group_cost: Any,
    group_class: Any,
    group_units: Any,
    group_shift: Any,
    group_mask: Any,
    group_most: Any,
    group_stride: Any,
    may_take: Any,
    may_follow: Any,
    weekend: Any,
    low: Any,
    high: Any,
    limits: Any,
    counting: bool,
    values: Any,
    counts: Any,
    came: Any,
    first: Any,
    last: Any,
) -> int:
    """Fill the tables day by day; returns which half of `values` holds the last day.

    `limits` = run_min, run_max, off_min, weekends_max. `values`/`counts` are [2, state, used, units − low],
    where `used` is weekends plus, by `group_stride`, the counts held exactly; `may_take[used, group]` guards
    their maxima. `came` holds a day's previous state and group in one number (0 in the place of the group:
    free day); `first` and `last` [2, state, used] say between which units anything was reached at all. With
    `counting` each cell carries the packed counts of its cheapest way and never exceeds the other maxima
    either: the rows found are legal, but not always the cheapest. Without it the answer is exact for the
    problem without those other maxima.
    """
    run_min, run_max, off_min, weekends_max = limits[0], limits[1], limits[2], limits[3]
    days, groups = group_cost.shape
    states, weeks, width = values.shape[1], weekends_max + 1, values.shape[3]
    uses = values.shape[2]
    now = 0
    sides = groups + 1
    values[:, :, :, :] = np.inf
    first[:, :, :] = width
    last[:, :, :] = -1
    if low[0] <= 0 and off_cost[0] < np.inf:
        values[now, off_min - 1, 0, 0 - low[0]] = off_cost[0]
        counts[now, off_min - 1, 0, 0 - low[0]] = 0
        came[0, off_min - 1, 0, 0 - low[0]] = 0
        first[now, off_min - 1, 0] = last[now, off_min - 1, 0] = 0 - low[0]
    spent = 1 if weekend[0] > 0 else 0
    if spent <= weekends_max:
        for group in range(groups):
            unit = group_units[group]
            if unit < low[0] or unit > high[0] or not may_take[spent, group]:
                continue
            state = off_min + group_class[group] * run_max
            price = group_cost[0, group]
            slot = group_shift[group]
            use = spent + group_stride[group]
            if price < values[now, state, use, unit - low[0]]:
                values[now, state, use, unit - low[0]] = price
                counts[now, state, use, unit - low[0]] = np.int64(1) << slot if slot >= 0 else 0
                came[0, state, use, unit - low[0]] = group + 1
                first[now, state, use] = min(first[now, state, use], unit - low[0])
                last[now, state, use] = max(last[now, state, use], unit - low[0])
    for day in range(1, days):
        then = 1 - now
        shift_low = low[day - 1] - low[day]
        room = high[day] - low[day]
        rest = off_cost[day]
        for state in range(states):
            resting = state < off_min
            if resting:
                length, cls = 0, -1
                may_rest, may_work = True, state == off_min - 1
                rest_to = min(state + 1, off_min - 1)
            else:
                cls = (state - off_min) // run_max
                length = (state - off_min) % run_max + 1
                may_rest, may_work = length >= run_min or length == day, length < run_max
                rest_to = 0
            step = 1 if weekend[day] == 1 or (weekend[day] == 2 and resting) else 0
            for use in range(uses):
                begin, end = first[now, state, use], last[now, state, use] + 1
                if begin >= end:
                    continue
                first[now, state, use], last[now, state, use] = width, -1
                source = values[now, state, use]
                packed = counts[now, state, use]
                if may_rest and rest < np.inf:
                    a, z = max(begin, -shift_low), min(end, room + 1 - shift_low)
                    if a < z:
                        to, end_to = a + shift_low, z + shift_low
                        if counting:
                            reach_counting(
                                source[a:z],
                                packed[a:z],
                                rest,
                                state * sides,
                                -1,
                                0,
                                0,
                                values[then, rest_to, use, to:end_to],
                                counts[then, rest_to, use, to:end_to],
                                came[day, rest_to, use, to:end_to],
                            )
                        else:
                            reach(
                                source[a:z],
                                rest,
                                state * sides,
                                values[then, rest_to, use, to:end_to],
                                came[day, rest_to, use, to:end_to],
                            )
                        first[then, rest_to, use] = min(first[then, rest_to, use], to)
                        last[then, rest_to, use] = max(last[then, rest_to, use], end_to - 1)
                if may_work and use % weeks + step <= weekends_max:
                    for group in range(groups):
                        price = group_cost[day, group]
                        if price == np.inf or not may_take[use, group]:
                            continue
                        if cls >= 0 and not may_follow[cls, group]:
                            continue
                        moved = shift_low + group_units[group]
                        a, z = max(begin, -moved), min(end, room + 1 - moved)
                        if a >= z:
                            continue
                        used = use + step + group_stride[group]
                        target = off_min + group_class[group] * run_max + length
                        to, end_to = a + moved, z + moved
                        if counting:
                            reach_counting(
                                source[a:z],
                                packed[a:z],
                                price,
                                state * sides + group + 1,
                                group_shift[group],
                                group_mask[group],
                                group_most[group],
                                values[then, target, used, to:end_to],
                                counts[then, target, used, to:end_to],
                                came[day, target, used, to:end_to],
                            )
                        else:
                            reach(
                                source[a:z],
                                price,
                                state * sides + group + 1,
                                values[then, target, used, to:end_to],
                                came[day, target, used, to:end_to],
                            )
                        first[then, target, used] = min(first[then, target, used], to)
                        last[then, target, used] = max(last[then, target, used], end_to - 1)
                source[begin:end] = np.inf
        now = then
    return now


@compiled
def read_back(
    values: Any,
    now: int,
    low: Any,
    first_unit: int,
    last_unit: int,
    group_units: Any,
    group_stride: Any,
    group_kind: Any,
    weekend: Any,
    off_min: int,
    came: Any,
    rows: Any,
    row_values: Any,
) -> int:
    """The cheapest rows of distinct last cells, cheapest first; returns how many there are."""
    days = low.shape[0]
    _, states, uses, width = values.shape
    sides = group_units.shape[0] + 1
    found = 0
    while found < rows.shape[0]:
        best, at_state, at_use, at_unit = np.inf, -1, -1, -1
        for state in range(states):
            for use in range(uses):
                for at in range(width):
                    unit = at + low[days - 1]
                    if first_unit <= unit <= last_unit and values[now, state, use, at] < best:
                        best, at_state, at_use, at_unit = values[now, state, use, at], state, use, unit
        if at_state < 0:
            break
        values[now, at_state, at_use, at_unit - low[days - 1]] = np.inf
        state, use, unit = at_state, at_use, at_unit
        for day in range(days - 1, -1, -1):
            code = came[day, state, use, unit - low[day]]
            before, group = code // sides, code % sides - 1
            if group == NO_GROUP:
                rows[found, day] = 0
            else:
                rows[found, day] = group_kind[day, group]
                if day == 0:
                    continue
                if weekend[day] == 1 or (weekend[day] == 2 and before < off_min):
                    use -= 1
                unit -= group_units[group]
                use -= group_stride[group]
            state = before
        row_values[found] = best
        found += 1
    return found
