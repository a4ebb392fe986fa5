"""A part of the model whose rules may be broken at a price: the cheapest breaks say what is missing."""

from __future__ import annotations

from collections.abc import Callable

from src.solver.daily.linear import FREE, Tag
from src.solver.daily.subsolve import Effort, Found, Part, PartResult
from src.solver.stop import Stop

Price = Callable[[Tag], int | None]
MOST_SLACK = 10**6


def cheapest_breaks(
    part: Part, price: Price, effort: Effort, stop: Stop
) -> tuple[tuple[Tag, ...], PartResult]:
    """The tags of the rows broken in the cheapest way found; none when nothing was found in time.

    The part is changed by it: rows with a price are no longer strict.
    """
    proto = part.model.proto
    part.forget_objective()
    slacks: list[tuple[int, Tag]] = []
    for place, tag in enumerate(part.tags):
        cost = price(tag)
        if cost is None:
            continue
        linear = proto.constraints[place].linear
        for bound, factor in ((linear.domain[0], 1), (linear.domain[1], -1)):
            if abs(bound) >= FREE:
                continue
            slack = len(proto.variables)
            proto.variables.add().domain.extend((0, MOST_SLACK))
            linear.vars.append(slack)
            linear.coeffs.append(factor)
            proto.objective.vars.append(slack)
            proto.objective.coeffs.append(cost)
            slacks.append((slack, tag))
    found = part.solve(effort, stop)
    if found.found not in (Found.BEST, Found.SOME):
        return (), found
    return tuple(dict.fromkeys(tag for slack, tag in slacks if found.solution[slack])), found
