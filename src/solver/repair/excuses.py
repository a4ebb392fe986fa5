"""Rules that stood broken before the range: rows that may stay so, as far as they were, and no further.

A window that begins on a date that cannot move may be broken by what stands there alone, where a rule is new
or somebody's hours came to be counted. Who judges a repair lets that stand if it got no worse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from src.solver.daily.linear import FREE, LINK, LinearModel, Tag
from src.solver.daily.subsolve import Effort, Found, Part, State
from src.solver.stop import Stop

MOST_BEYOND = 10**6
"""More minutes, calls or days than any window is broken by."""


def excuse(
    model: LinearModel, was: Mapping[int, int], named: Callable[[Tag], bool], effort: Effort, stop: Stop
) -> frozenset[Tag]:
    """Let the rows named go beyond their bounds as far as the old decisions took them; the tags of those.

    Rows that the model holds as broken already are added to it. None are excused when the time ends first.
    """
    slacks = _slacks(model, named)
    beyond = _beyond(model, was, slacks, effort, stop) if slacks else {}
    for slack in slacks:
        model.high[slack] = beyond.get(slack, 0)
    return frozenset(tag for slack, tag in slacks.items() if beyond.get(slack, 0))


def _slacks(model: LinearModel, named: Callable[[Tag], bool]) -> dict[int, Tag]:
    """A variable for each row that may give way."""
    rows = [row for row, tag in enumerate(model.row_tag) if _has_one_bound(model, row) and named(tag)]
    found = {model.give_way(row, MOST_BEYOND): model.row_tag[row] for row in rows}
    for broken in model.broken_rows:
        if named(broken.tag):
            found[model.give_way_to(broken, MOST_BEYOND)] = broken.tag
    return found


def _has_one_bound(model: LinearModel, row: int) -> bool:
    return (model.row_low[row] <= -FREE) != (model.row_high[row] >= FREE)


def _beyond(
    model: LinearModel, was: Mapping[int, int], slacks: Mapping[int, Tag], effort: Effort, stop: Stop
) -> Mapping[int, int]:
    """How far each row was gone beyond at the least, given what was decided."""
    state = State(model)
    state.take(was)
    free = [variable for variable in range(model.size) if state.is_open(variable)]
    kept = {row for slack in slacks for row, _ in model.columns[slack]}
    part = Part(state, free, lambda row: row in kept or model.row_tag[row] == LINK)
    part.maximise(dict.fromkeys(slacks, -1))
    found = part.solve(effort, stop)
    return found.values if found.found in (Found.BEST, Found.SOME) else {}
