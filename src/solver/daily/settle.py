"""What follows from the days, once they are decided: set at its best, totals and spreads last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from src.solver.daily.assemble import DailyModel
from src.solver.daily.budget import Budget
from src.solver.daily.subsolve import Found, Part, PartResult, State
from src.solver.daily.sums import settle_sums


def settle_rest(daily: DailyModel, state: State, weights: Mapping[int, int], budget: Budget) -> bool:
    """Settle all that is not a decision, and decisions still open; False where there is no way to.

    What binds some residents apart from all others is solved apart, side by side.
    """
    model = daily.model
    free = [
        variable
        for variable in range(model.size)
        if variable not in daily.sums
        and model.low[variable] < model.high[variable]
        and (state.is_open(variable) or not model.is_decision[variable])
    ]
    known = {variable: state.low[variable] for variable in free if not state.is_open(variable)}
    state.release(free)

    def settle(some: Sequence[int]) -> PartResult:
        part = Part(state, some)
        part.hint({variable: known[variable] for variable in some if variable in known})
        part.maximise({variable: weights[variable] for variable in some if variable in weights})
        return part.solve(budget.closing_effort(1), budget.closing_stop)

    portions = _portions(state, free, budget.workers)
    with ThreadPoolExecutor(max(1, len(portions)), thread_name_prefix="settle") as threads:
        found = list(threads.map(settle, portions))
    for result, some in zip(found, portions, strict=True):
        state.take(result.values or {each: known[each] for each in some if each in known})
    settle_sums(state, daily.spreads)
    return all(result.found is not Found.NONE_EXISTS for result in found)


def _portions(state: State, free: Sequence[int], count: int) -> list[list[int]]:
    """The variables in at most so many portions of like size, no row binding two of them together."""
    person = state.model.person
    groups = _together(state, free)
    by_group: dict[int, list[int]] = {}
    for variable in free:
        by_group.setdefault(groups[person[variable]], []).append(variable)
    portions: list[list[int]] = [[] for _ in range(min(count, len(by_group)))]
    for group in sorted(by_group.values(), key=len, reverse=True):
        min(portions, key=len).extend(group)
    return [sorted(portion) for portion in portions]


def _together(state: State, free: Sequence[int]) -> dict[int, int]:
    """Person -> one of those whom rows bind together, the person included."""
    model = state.model
    root = {model.person[variable]: model.person[variable] for variable in free}

    def find(one: int) -> int:
        while root[one] != one:
            root[one] = one = root[root[one]]
        return one

    first_of_row: dict[int, int] = {}
    for variable in free:
        mine = model.person[variable]
        for row, _ in model.columns[variable]:
            other = first_of_row.setdefault(row, mine)
            if other != mine:
                root[find(mine)] = find(other)
    return {person: find(person) for person in root}
