"""Solutions of a year model as beginnings of further searches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from src.solver.stop import Stop
from src.solver.year.objective import TierModel
from src.solver.year.search import Answer, Effort, search

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def hint_solution(model: cp_model.CpModel, values: Sequence[int]) -> None:
    """Begin the next search at the solution, as far as its values go."""
    model.clear_hints()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
    for index, value in enumerate(values):
        model.add_hint(model.get_int_var_from_proto_index(index), value)


def completed(
    model: cp_model.CpModel, values: Sequence[int], tier: TierModel, effort: Effort, stop: Stop
) -> Answer:
    """The solution with the variables that were added since, as good in the tier as it allows.

    A search for better ones that begins at half a solution may find no whole one in all its time.
    """
    fixed = model.clone()
    for index, value in enumerate(values):
        domain = fixed.proto.variables[index].domain
        domain.clear()
        domain.extend((value, value))
    fixed.maximize(tier.expression())
    return search(fixed, effort, stop, lp_heavy=False)
