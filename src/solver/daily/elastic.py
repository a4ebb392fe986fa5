"""A part of the model in which rules may be broken at a price: the cheapest breaks say what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ortools.sat.python import cp_model

from src.solver.daily.linear import FREE, Tag
from src.solver.daily.subsolve import Effort, Part, State, prepare
from src.solver.stop import Stop

Price = Callable[[Tag], int | None]


def cheapest_breaks(
    state: State, free: Sequence[int], price: Price, effort: Effort, stop: Stop
) -> tuple[Tag, ...]:
    """The tags of the rows broken in the cheapest way found; none when nothing was found in time."""
    part = Part(state, free)
    proto = part.model.proto
    slacks: list[tuple[int, Tag]] = []
    for place, row in enumerate(part.rows):
        tag = state.model.row_tag[row]
        cost = price(tag)
        if cost is None:
            continue
        linear = proto.constraints[place].linear
        low, high = linear.domain[0], linear.domain[1]
        for bound, factor in ((low, 1), (high, -1)):
            if abs(bound) >= FREE:
                continue
            slack = len(proto.variables)
            proto.variables.add().domain.extend((0, FREE // 1000))
            linear.vars.append(slack)
            linear.coeffs.append(factor)
            proto.objective.vars.append(slack)
            proto.objective.coeffs.append(cost)
            slacks.append((slack, tag))
    if stop.cancelled:
        return ()
    solver = cp_model.CpSolver()
    prepare(solver, effort, stop)
    forget = stop.on_cancel(solver.stop_search)
    try:
        status = solver.solve(part.model)
    finally:
        forget()
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return ()
    solution = solver.response_proto.solution
    return tuple(dict.fromkeys(tag for slack, tag in slacks if solution[slack]))
